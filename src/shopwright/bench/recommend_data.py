"""Sequences of users and the texts of items, from a folder of `recommend/`.

    sequences.txt    user item item ...       oldest first; the last item is held out, the one before may be tuned on
    items.jsonl      {"id": 1, "title": "...", "attrs": ["brand", "category", ..., "leaf"]}

Titles and attributes may be missing, and items may be missing from `items.jsonl` altogether. The last attribute is the
leaf category. The top category is the first attribute that is a category: brands stand first or not at all, so a first
attribute is a category where other items have it second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from shopwright.errors import CorpusError
from shopwright.models.protocols import Encoder
from shopwright.sequences.encoder import Vectors
from shopwright.sequences.log import Ints
from shopwright.skills.recommend.sequence.items import Items

SEQUENCES, ITEMS = "sequences.txt", "items.jsonl"
_NOTHING = frozenset(("", "unknown", "nan", "none", "na"))


@dataclass(frozen=True, eq=False)
class Histories:
    """Users' sequences over N items.

    Args:
        sequences: numbers of items, 0 to N - 1, a list a user, three or more.
        texts: title and attributes of each item; "" where there is nothing.
        attributes: of each item, in their order.
    """

    sequences: list[Ints]
    texts: list[str]
    attributes: list[tuple[str, ...]]

    @property
    def leaves(self) -> Ints:
        """A number for the leaf category of each item; -1 where it is not known."""
        return _numbered([own[-1] if own else "" for own in self.attributes])

    @property
    def tops(self) -> Ints:
        """A number for the top category of each item; -1 where it is not known."""
        second = {own[1] for own in self.attributes if len(own) > 1}
        return _numbered([_top(own, second) for own in self.attributes])

    def items(self, vectors_ND: Vectors) -> Items:
        """The items with the vectors of their texts."""
        return Items.of(vectors_ND, self.attributes)


def read_histories(folder: Path) -> Histories:
    """The sequences and items of a folder; users of fewer than three items are left out.

    Raises:
        CorpusError: a line of `items.jsonl` that is no object with an "id", or no user with three items.
    """
    rows: dict[str, dict[str, Any]] = {}
    for place, line in enumerate((folder / ITEMS).read_bytes().splitlines(), 1):
        if line.strip():
            row = _row(line, f"{ITEMS}, line {place}")
            rows[str(row["id"])] = row
    users = [line.split()[1:] for line in (folder / SEQUENCES).read_text(encoding="utf-8").splitlines()]
    users = [user for user in users if len(user) >= 3]
    if not users:
        raise CorpusError(f"{folder / SEQUENCES}: no user with three items; a line is 'user item item item ...'")
    numbers = {key: number for number, key in enumerate(rows)}
    for user in users:
        for key in user:
            numbers.setdefault(key, len(numbers))
    known = [rows.get(key, {}) for key in numbers]
    attributes = [_attributes(row) for row in known]
    titles = [str(row.get("title") or "").strip() for row in known]
    texts = [". ".join(filter(None, (title, ", ".join(own)))) for title, own in zip(titles, attributes, strict=True)]
    return Histories([np.array([numbers[key] for key in user], np.int64) for user in users], texts, attributes)


def text_vectors(texts: Sequence[str], encoder: Encoder) -> Vectors:
    """Vectors of the texts, zero for empty ones."""
    vectors = np.zeros((len(texts), encoder.dimensions), np.float32)
    some = [place for place, text in enumerate(texts) if text]
    if some:
        vectors[some] = encoder.encode([texts[place] for place in some])
    return vectors


def _row(line: bytes, where: str) -> dict[str, Any]:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise CorpusError(f"{where}: no JSON ({error}); an item is an object with an id") from error
    if not isinstance(row, dict) or "id" not in row:
        raise CorpusError(f'{where}: must be an object with an "id"')
    return row


def _attributes(row: dict[str, Any]) -> tuple[str, ...]:
    own = row.get("attrs") or ()
    return tuple(str(one) for one in own if str(one).strip().casefold() not in _NOTHING)


def _top(own: tuple[str, ...], second: set[str]) -> str:
    if not own:
        return ""
    return own[0] if len(own) == 1 or own[0] in second else own[1]


def _numbered(names: Sequence[str]) -> Ints:
    numbers = {name: number for number, name in enumerate(dict.fromkeys(name for name in names if name))}
    return np.array([numbers.get(name, -1) for name in names], np.int64)
