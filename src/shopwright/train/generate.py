"""Queries from a catalogue, by rule: what is there to learn from before anybody has searched.

Each product gives one query, in one of the ways in which people name what they want: words of the title in their order,
the kind of thing with its brand, the kind with an attribute's value; now and then with a typing error, or with two
words run together. Model numbers and sizes are kept seldom, since few people type them. The product is labelled exact;
what else would fit is not known, so such examples teach by contrast with other products only.

Deterministic for a seed. These are no real queries; what is learned from them is checked on ones that people wrote.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator

from shopwright.train.examples import Example
from shopwright.types import Product

_WORD = re.compile(r"[^\W_][\w.'+-]*")
_CODE = re.compile(r"(?=.*\d)(?=.*[a-z])[\w-]{4,}", re.IGNORECASE)
_ERRORS = 0.15
_CODES_KEPT = 0.2
_LONGEST = 5
_KEYS = {"a": "s", "e": "r", "i": "o", "o": "p", "n": "m", "t": "r", "s": "a", "l": "k", "r": "e", "c": "v", "d": "s"}
"""A neighbour of a key, for slips of the finger."""


def generated_examples(products: Iterable[Product], catalogue: str = "own", seed: int = 0) -> Iterator[Example]:
    """One query a product; products whose title has no usable word give none."""
    generator = random.Random(f"{catalogue} {seed}")
    for product in products:
        query = generated_query(product, generator)
        if query:
            yield Example(query, {product.id: "E"}, catalogue, "generated")


def generated_query(product: Product, generator: random.Random) -> str:
    """A query that the product answers; "" when its title says nothing."""
    words = [word for word in _WORD.findall(product.title) if _kept(word, generator)]
    if not words:
        return ""
    form = generator.random()
    texts = [value for value in product.attributes.values() if isinstance(value, str) and len(value) <= 25]
    if form < 0.2 and product.category:
        chosen = [product.brand or words[0], product.category[-1]]
    elif form < 0.45 and texts:
        chosen = [generator.choice(texts), *_run(words, generator, 2)]
    elif form < 0.6 and len(words) > 3:
        chosen = [words[place] for place in sorted(generator.sample(range(min(len(words), 12)), 3))]
    else:
        chosen = _run(words, generator, generator.randint(1, _LONGEST))
    query = " ".join(dict.fromkeys(" ".join(chosen).lower().split()))
    return misspelled(query, generator) if generator.random() < _ERRORS else query


def misspelled(text: str, generator: random.Random) -> str:
    """The text with one typing error in a word of five letters or more; as it is when there is none."""
    words = text.split()
    long = [place for place, word in enumerate(words) if len(word) >= 5 and word.isalpha()]
    if not long:
        return text
    place = generator.choice(long)
    word, at = words[place], generator.randrange(1, len(words[place]) - 1)
    match generator.randrange(5):
        case 0:
            word = word[:at] + word[at + 1 :]
        case 1:
            word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case 2:
            word = word[:at] + word[at] + word[at:]
        case 3:
            word = word[:at] + _KEYS.get(word[at], "e") + word[at + 1 :]
        case _ if place + 1 < len(words):
            word += words.pop(place + 1)
        case _:
            word = f"{word[:at]} {word[at:]}"
    words[place] = word
    return " ".join(words)


def _kept(word: str, generator: random.Random) -> bool:
    return not _CODE.fullmatch(word) or generator.random() < _CODES_KEPT


def _run(words: list[str], generator: random.Random, count: int) -> list[str]:
    """Neighbouring words, oftener from the beginning of a title, where the kind of thing stands."""
    last = max(len(words) - count, 0)
    start = min(generator.randint(0, last), generator.randint(0, last))
    return words[start : start + count]
