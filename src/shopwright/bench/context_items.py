"""What `bench context` asks of a model's window: items of lists of identifiers, and of essays with a made-up fact.

The lists of `kv_75` and `kv_140` (after Liu et al., arXiv:2307.03172) are cut to as many records as a length holds, the
wanted one at its relative place; the prompt is one JSON object, then the key and where its value begins. In `needle` a
sentence with a fact drawn from a seed stands in essays, at five depths in turn.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from shopwright.bench.task import NeededFile
from shopwright.errors import CorpusError

_SEED = 8
_DEPTHS = (0.1, 0.3, 0.5, 0.7, 0.9)
_SYLLABLES = ("mar", "vel", "ton", "ri", "so", "ned", "pal", "gus", "he", "lim", "dro", "cas")
_SPARE, _OPENING = 8, 2

Encode = Callable[[str], Sequence[int]]

FILES = {
    "kv_75": NeededFile("longtext/kv_75.jsonl.gz", "lists of 75 random keys and values"),
    "kv_140": NeededFile("longtext/kv_140.jsonl.gz", "lists of 140 random keys and values"),
    "needle": NeededFile("longtext/essays.jsonl.gz", "essays"),
}
"""What each set reads."""


@dataclass(frozen=True, slots=True)
class Item:
    """A text, a question about it, and the answer.

    Args:
        text: tokens, the first of them the end token, on which attention can rest.
        question: tokens that follow the text.
        value: the answer as it must be written.
        most: tokens that an answer may have.
    """

    text: tuple[int, ...]
    question: tuple[int, ...]
    value: str
    most: int

    def right(self, written: str) -> bool:
        """Whether an answer begins with the value and goes on with nothing that could be part of it."""
        answer = written.strip()
        behind = answer[len(self.value) : len(self.value) + 1]
        return answer.startswith(self.value) and not behind.isalnum()


Make = Callable[[int, int], Item]
"""An item by its number and its length in tokens, answer included."""


def maker(name: str, data: Path, encode: Encode, end: int) -> Make:
    """What makes the items of a set.

    Args:
        name: of the set.
        data: folder of benchmark data.
        encode: text to tokens.
        end: the token that every text begins with.

    Raises:
        CorpusError: the file is damaged.
    """
    records = read_lines(data / FILES[name].path)
    if name == "needle":
        return needles(records, encode, end)
    return lists(records, encode, end)


def lists(records: Sequence[dict[str, Any]], encode: Encode, end: int) -> Make:
    """Items of lists of keys and values, as one JSON object."""

    def make(number: int, length: int) -> Item:
        record = records[number % len(records)]
        pairs = [tuple(pair) for pair in record["ordered_kv_records"]]
        question = tuple(encode(f'}}\nKey: "{record["key"]}"\nValue: "'))
        most = len(encode(f'{record["value"]}"')) + _SPARE
        members = [encode(f', "{key}": "{value}"') for key, value in pairs]
        wanted = pairs.index((record["key"], record["value"]))
        kept = _around(list(map(len, members)), wanted, length - 1 - _OPENING - len(question) - most)
        key, value = pairs[kept[0]]
        text = (end, *encode(f'{{"{key}": "{value}"'), *(token for place in kept[1:] for token in members[place]))
        return Item(text, question, record["value"], most)

    return make


def needles(records: Sequence[dict[str, Any]], encode: Encode, end: int) -> Make:
    """Items of essays with a made-up fact."""
    hay: list[int] = [token for record in records for token in encode(f"{record['text']}\n\n")]

    def make(number: int, length: int) -> Item:
        chance = np.random.default_rng([_SEED, number])
        name = " ".join("".join(chance.choice(_SYLLABLES, 3)).capitalize() for _ in range(2))
        value = str(int(chance.integers(10_000, 10_000_000)))
        needle = encode(f" The code of {name} is {value}.")
        question = tuple(encode(f"\nThe code of {name} is"))
        most = len(encode(f" {value}")) + 2
        room = length - 1 - len(question) - most - len(needle)
        start = int(chance.integers(max(len(hay) - room, 1)))
        text = hay[start : start + room]
        place = round(_DEPTHS[number % len(_DEPTHS)] * len(text))
        return Item((end, *text[:place], *needle, *text[place:]), question, value, most)

    return make


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The records of a file of gzipped JSON lines.

    Raises:
        CorpusError: it is damaged.
    """
    try:
        with gzip.open(path) as file:
            found = [orjson.loads(line) for line in file]
    except (OSError, EOFError, ValueError) as error:
        raise CorpusError(f"{path} is damaged ({error}): copy it again") from error
    if not found:
        raise CorpusError(f"{path} is empty: copy it again")
    return found


def may_become(written: str, value: str) -> bool:
    """Whether what was written is a beginning of the value; what cannot become right need not be written on."""
    answer = written.strip()
    return value.startswith(answer) and answer != value


def _around(sizes: Sequence[int], wanted: int, room: int) -> range:
    """As many neighbours of the wanted record as fit, as many shares of them before it as in the whole list."""
    first = last = wanted
    left = room - sizes[wanted]
    total = len(sizes) - 1
    while True:
        before, after = wanted - first, last - wanted
        earlier = first > 0 and (last == len(sizes) - 1 or before * (total - wanted) <= after * wanted)
        if not earlier and last == len(sizes) - 1:
            break
        following = first - 1 if earlier else last + 1
        if sizes[following] > left:
            break
        left -= sizes[following]
        first, last = (following, last) if earlier else (first, following)
    return range(first, last + 1)
