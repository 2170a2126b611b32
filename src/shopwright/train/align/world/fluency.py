"""How much of an answer reads like English: whether its words stand beside each other as they do in written text.

A salad of words may hold every fact, reason and courtesy that the other figures look for. So each three neighbours of a
sentence are looked up among those of packaged text: guides, reviews and descriptions of the demo shop, documents of
`train.verify`, tips of `knowledge.beyond`, and the sentences of `written/`, filled at random. Words are taken by class:
the 150 most frequent as themselves, the others by their ending, every number as one, every product's name as one (class
n-grams, Brown et al. 1992, with endings for classes). Good English that is unlike all this has up to 15 in 100 strange.

It knows no grammar beyond three words. The tables are made when they are first needed, in one to two seconds.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from shopwright.catalog.demo import demo_documents, demo_products, demo_reviews
from shopwright.knowledge.beyond import FOLDER, read_tips
from shopwright.train.align.world.wording import Wording, parts, reasons, rows, wordings
from shopwright.train.align.world.words import number, words
from shopwright.train.verify.written import documents
from shopwright.types import Product

NAME = "<name>"
"""Stands for a product's name."""
_MASK = "Nnn"
_FREQUENT, _FILLED = 150, 25
_ENDINGS = ("ing", "ed", "ly", "est", "er", "s")
_BAD = frozenset(("slang", "hype", "promise", "filler", "number", "ramble", "broken"))
_SLOT = re.compile(r"\{(\w+)\}")


def strangeness(small: Sequence[str]) -> float:
    """The share of a sentence's threes of neighbours that packaged text does not have, from 0 to 1.

    Args:
        small: its words and signs in small letters, names replaced by `NAME`.
    """
    frequent, threes = _known()
    run = ["<s>", *(_class_of(word, frequent) for word in small), "</s>"]
    return sum(three not in threes for three in zip(run, run[1:], run[2:], strict=False)) / max(1, len(small))


def _class_of(word: str, frequent: frozenset[str]) -> str:
    if word in frequent or not word[0].isalnum():
        return word
    if number(word) is not None or word[0].isdigit():
        return "0"
    return next((f"-{ending}" for ending in _ENDINGS if word.endswith(ending)), "-")


@cache
def _known() -> tuple[frozenset[str], frozenset[tuple[str, ...]]]:
    """The frequent words, and the threes of packaged text."""
    sentences = [sentence for text in _texts() for sentence in _split(text)]
    counts = Counter(word for sentence in sentences for word in sentence if number(word) is None)
    frequent = frozenset([NAME, *(word for word, _ in counts.most_common(_FREQUENT))])
    threes = set[tuple[str, ...]]()
    for sentence in sentences:
        run = ["<s>", *(_class_of(word, frequent) for word in sentence), "</s>"]
        threes.update(zip(run, run[1:], run[2:], strict=False))
    return frequent, frozenset(threes)


def _split(text: str) -> Iterator[list[str]]:
    """The sentences of a text as words in small letters."""
    sentence: list[str] = []
    for word in words(text.replace(NAME, _MASK)):
        if word != "\n":
            sentence.append(NAME if word == _MASK else word.lower())
        if sentence and (word == "\n" or word[0] in ".!?"):
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _texts() -> Iterator[str]:
    for document in demo_documents():
        yield document.text
    for review in demo_reviews():
        yield review.text
    for product in demo_products():
        if isinstance(product, Product):
            yield product.description
    for written in documents():
        yield from written.sentences
    for path in sorted(FOLDER.glob("*.tsv")):
        yield from (tip.because for tip in read_tips(path))
    yield from _filled()


def _filled() -> Iterator[str]:
    """The written sentences of good answers with their slots filled, each several times."""
    draw = random.Random(0)
    fills = _fills()
    for (move, _), some in sorted(parts().items()):
        for part in some if move not in _BAD else ():
            for _ in range(_FILLED):
                yield _SLOT.sub(lambda slot: draw.choice(fills[slot[1].removeprefix("other_")]), part.text)


def _fills() -> dict[str, list[str]]:
    told = list(wordings().values())
    values = ["2 kg", "steel", "2 years", "oak and steel", "recycled polyester", "machine wash 30"]
    says = [
        text.format(value=value)
        for one in told
        for text in (one.says, one.denies)
        if text
        for value in _values_of(one, values)
    ]
    by_move = {
        move: [text for (_, _, of), texts in reasons().items() if of == move for text in texts]
        for move in ("why", "drawback", "advice")
    }
    money = ["20.00 euros", "9.90 dollars"]
    return by_move | {
        "advice_small": [text[:1].lower() + text[1:] for text in by_move["advice"]],
        "name": [NAME],
        "other": [NAME],
        "says": says,
        "says2": says,
        "fact": [f"the {one.fact}" for one in told],
        "value": [*values, *money],
        "noun": [one.noun.format(value=value) for one in told if one.noun for value in _values_of(one, values)],
        "more": [text for one in told for text in (*one.more, *one.less)],
        "price": money,
        "diff": money,
        "budget": money,
        "rating": ["4.2"],
        "use": [row[1] for row in rows("uses")],
    }


def _values_of(wording: Wording, values: Sequence[str]) -> Sequence[str]:
    return values if wording.kind == "text" else values[:1]
