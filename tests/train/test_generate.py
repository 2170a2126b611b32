from __future__ import annotations

import random

from shopwright.train.generate import generated_examples, generated_query, misspelled
from shopwright.types import Product

TENT = Product(
    "tent",
    "Fellrunner Tarn 2 two-person trekking tent FR-2210X",
    brand="Fellrunner",
    category=("Camping", "Tents"),
    attributes={"colour": "moss green", "weight": 2.1},
)


def test_queries_are_made_of_the_products_own_words() -> None:
    generator = random.Random(1)
    made = [generated_query(TENT, generator) for _ in range(300)]
    assert len(set(made)) > 50
    own = {"fellrunner", "tarn", "2", "two-person", "trekking", "tent", "tents", "moss", "green", "fr-2210x"}
    right = [query for query in made if set(query.split()) <= own]
    assert 0.7 < len(right) / len(made) < 1.0  # the others have a typing error
    assert any("moss green" in query for query in made)
    assert sum("fr-2210x" in query for query in made) < len(made) / 3


def test_a_seed_gives_the_same_queries() -> None:
    first = [example.query for example in generated_examples([TENT] * 20, "own", seed=3)]
    assert first == [example.query for example in generated_examples([TENT] * 20, "own", seed=3)]
    assert first != [example.query for example in generated_examples([TENT] * 20, "own", seed=4)]


def test_the_product_is_what_is_right() -> None:
    example = next(generated_examples([TENT], "mine"))
    assert (dict(example.labels), example.catalogue) == ({"tent": "E"}, "mine")


def test_a_title_without_words_gives_no_query() -> None:
    assert list(generated_examples([Product("x", "+++")])) == []


def test_a_typing_error_changes_one_long_word_and_leaves_short_ones() -> None:
    assert misspelled("a b c", random.Random(0)) == "a b c"
    for seed in range(60):
        changed = misspelled("red kettle for tea", random.Random(seed))
        assert changed.startswith("red ")
        assert abs(len(changed) - len("red kettle for tea")) <= 1
