"""A simulated shop in which texts tell what goes together: products of one group are chosen in one visit."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from shopwright.catalog.events.kept import Events
from shopwright.catalog.events.log import EventLog
from shopwright.catalog.events.row import Row, row_of
from shopwright.sequences.encoder import EncoderSettings
from shopwright.skills.recommend.sequence.memory import MemorySettings
from shopwright.skills.recommend.sequence.sequence_model import SequenceSettings
from shopwright.train.recommend.visits import Catalogue

GROUPS, EACH = 30, 8
QUICK = SequenceSettings(
    EncoderSettings(dimensions=8, window=20, passes=1, drawn=20, least=10), MemorySettings(20, 10), choices=40
)
NOW = time.time() - 20 * 86_400


def catalogue(groups: int = GROUPS, *, without: Sequence[str] = ()) -> Catalogue:
    """Products "0-0" to "29-7", a group's texts alike."""
    ids = [key for group in range(groups) for one in range(EACH) if (key := f"{group}-{one}") not in without]
    vectors = np.zeros((len(ids), 40), np.float32)
    for place, key in enumerate(ids):
        vectors[place, int(key.split("-")[0])] = 1.0
    attributes = tuple((f"brand {key.split('-')[0]}",) for key in ids)
    return Catalogue(tuple(ids), vectors, attributes, {key: key for key in ids} | {f"{key}-red": key for key in ids})


def visit(number: int, random: np.random.Generator, groups: int = GROUPS, *, grouped: bool = True) -> list[Row]:
    """Two to four products, of one group or of any; every fourth shopper comes again."""
    first = int(random.integers(groups))
    chosen = random.permutation(EACH)[: int(random.integers(2, 5))].tolist()
    group = [first] * len(chosen) if grouped else random.integers(groups, size=len(chosen)).tolist()
    items = [f"{each}-{one}" for each, one in zip(group, chosen, strict=True)]
    at, session = NOW + 600 * number, f"v{number}"
    shopper = f"simulated.{number // 2}" if number % 8 < 2 else None
    rows = [row_of("view_item", session, at + 30 * place, (item,), shopper=shopper) for place, item in enumerate(items)]
    return [*rows, row_of("purchase", session, at + 200, (items[-1],), shopper=shopper, value=9.0, currency="EUR")]


def fill(events: Events, first: int, end: int, groups: int = GROUPS, *, grouped: bool = True) -> None:
    """The visits of these numbers."""
    random = np.random.default_rng(first)
    log = EventLog(events)
    for number in range(first, end):
        log.add(visit(number, random, groups, grouped=grouped), f"v{number}")
    assert log.flush()
    log.close()
