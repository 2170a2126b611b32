"""Requests and demonstrations over the demo shop."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from shopwright.catalog.demo import demo_products
from shopwright.errors import CorpusError
from shopwright.train.align.assignments import Assignment
from shopwright.train.align.world import requests
from shopwright.train.align.world.demonstrations import LONGEST, SHORTEST, WRITERS, demonstrated, demonstrations
from shopwright.train.align.world.evidence import short_name, told
from shopwright.train.align.world.objectives import score
from shopwright.train.align.world.requests import assignments, split
from shopwright.train.align.world.wording import cues, parts, reasons, rows, wordings
from shopwright.types import Product, Quantity


@cache
def catalogue() -> tuple[Product, ...]:
    return tuple(item for item in demo_products() if isinstance(item, Product))


@cache
def some() -> tuple[Assignment, ...]:
    return tuple(assignments(catalogue(), 3, 120))


def test_assignments_are_short_and_the_same_for_the_same_seed() -> None:
    again = list(assignments(catalogue(), 3, 120))
    assert [(one.id, one.prompt) for one in again] == [(one.id, one.prompt) for one in some()]
    assert len({one.id for one in some()}) == 120
    for one in some():
        assert 45 <= len(one.prompt.split()) <= 90
        assert 2 <= len(one.evidence) <= 3
        assert 1 <= len(one.needs) <= 3
        lines = one.prompt.split("\n")[1:]
        for line, (name, facts) in zip(lines, one.evidence.items(), strict=True):
            assert line == f"{name}: " + "; ".join(f"{fact} {value}" for fact, value in facts.items())
            assert len(facts) >= 3
            assert "price" in facts


def test_no_product_stands_on_two_sides_of_the_split() -> None:
    sides: dict[str, set[str]] = defaultdict(set)
    for one in assignments(catalogue(), 5, 600):
        for name in one.evidence:
            sides[name].add(split(one.id))
    assert set.union(*sides.values()) == {"train", "valid", "test"}
    shared = [name for name, parts_ in sides.items() if len(parts_) > 1]
    assert len(shared) <= 0.01 * len(sides), shared  # a short name that two products have


def test_a_catalogue_without_comparable_products_is_refused() -> None:
    with pytest.raises(CorpusError, match="two products"):
        next(assignments([Product("a", "A pan", category=("Pans",))], 0, 1))


def test_few_products_end_instead_of_turning_forever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "_patterns", lambda: (requests.Pattern(("rating",), "Which one is rated best?"),))
    shelf = [one for one in catalogue() if one.category[-1] == "Frying pans"]
    plain = [
        replace(one, variants=(), attributes={"material": "oiled carbon steel sheet", "made_in": "a town in Austria"})
        for one in shelf[:2]
    ]
    found = list(assignments(plain, 0, 10**6))
    assert found
    assert len({one.prompt for one in found}) == len(found)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Lotusbank Root natural rubber yoga mat", "Lotusbank Root yoga mat"),
        ("Steady 400 g joiner's hammer", "Steady joiner's hammer"),
        ("Ironmoth Kiln stretch work trousers", "Ironmoth Kiln"),
        ("Ribbed wool socks", "Ribbed option"),
        ("Trio 65 W GaN charger, three ports", "Trio GaN charger"),
        ("", ""),
    ],
)
def test_names_are_short_and_singular(title: str, name: str) -> None:
    assert short_name(title) == name


def test_values_are_told_as_short_texts() -> None:
    values = [True, Quantity(2.5, "kg"), 3.0, ("ash", "steel"), "a text of far too many words"]
    assert [told(value) for value in values] == ["yes", "2.5 kg", "3", "ash and steel", ""]


def test_demonstrations_are_of_mixed_skill() -> None:
    made = list(demonstrated(some()[:60], 20, seed=1))
    assert demonstrations(made[0], 20, seed=1) == made[0].answers
    counts = Counter(len(answer.split()) for one in made for answer in one.answers)
    assert min(counts) >= SHORTEST
    assert max(counts) <= LONGEST
    assert all(len(one.answers) == len(set(one.answers)) == 20 for one in made)
    scores_NK = [score(one, one.answers) for one in made]
    every = np.vstack(scores_NK)
    assert (every.std(axis=0) > 0.12).all()
    assert not any((scores == scores.max(axis=0)).all(axis=1).any() for scores in scores_NK)
    assert np.abs(np.corrcoef(every.T) - np.eye(4)).max() < 0.5
    assert 0.4 < np.mean([scores.min(axis=1).max() for scores in scores_NK]) < 0.8


def test_the_written_files_are_whole() -> None:
    assert len(rows("sentences")) >= 350
    assert len(rows("requests")) >= 150
    for name in ("sentences", "requests", "uses"):
        texts = [tuple(row) for row in rows(name)]
        assert len(texts) == len(set(texts)), name
    facts = {one.fact for one in wordings().values()} | {"*", "drilling needed"}
    assert {fact for fact, _, _ in reasons()} <= facts
    used = {tuple(step.split("/")) for writer in WRITERS for plan in writer.plans for step in plan.split()}
    assert used <= set(parts())
    assert {"slang", "hype", "promise", "filler", "courtesy", "verb"} <= set(cues())
