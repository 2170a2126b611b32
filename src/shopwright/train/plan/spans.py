"""Where a gold argument comes from: from earlier steps, from words of the request, or from neither.

Authors write "tent for two" as people would call a search, not as they copied it, so that the words of a request that
share most words with a value stand for it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shopwright.train.plan.examples import references

_TOKEN = re.compile(r"[^\W_]+(?:[-'.@_/:]+[^\W_]+)*")
_LIKE = 0.5
"""F1 of words from which a part of the request stands for a value."""
_LONGEST = 30
_TELLING = 3
"""Letters of a word with which such a part may begin."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a gold argument comes from.

    Args:
        steps: ids of the earlier steps that it refers to.
        span: characters of the request that say it; None where none do.
        given: whether the call has the argument at all.
    """

    steps: tuple[str, ...] = ()
    span: tuple[int, int] | None = None
    given: bool = True


def origin(value: Any, request: str) -> Origin:
    """Where the value of an argument comes from; see the module."""
    steps = tuple(dict.fromkeys(references(value)))
    if steps:
        return Origin(steps)
    words = " ".join(_leaves(value)) if not isinstance(value, bool) else ""
    return Origin((), span_of(words, request)) if words else Origin()


def span_of(value: str, request: str) -> tuple[int, int] | None:
    """The part of a request that is most like a value: itself where it stands there, else by words in common.

    >>> span_of("tent for two", "I need a tent for two people")
    (9, 21)
    """
    place = request.lower().find(value.lower())
    if place >= 0:
        return place, place + len(value)
    wanted = Counter(match[0].lower() for match in _TOKEN.finditer(value))
    telling = {word for word in wanted if len(word) >= _TELLING or word.isdigit()}
    said = [(match.start(), match.end(), match[0].lower()) for match in _TOKEN.finditer(request)]
    best, found = _LIKE, None
    for first in range(len(said)):
        if said[first][2] not in telling:
            continue
        shared: Counter[str] = Counter()
        for last in range(first, min(first + _LONGEST, len(said))):
            shared[said[last][2]] += 1
            if said[last][2] not in wanted:
                continue
            common = sum((shared & wanted).values())
            likeness = 2 * common / (last - first + 1 + sum(wanted.values()))
            if likeness > best:
                best, found = likeness, (said[first][0], said[last][1])
    return found


def _leaves(value: Any) -> list[str]:
    """The words and numbers of a value; of records none, which are no part of what was said."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, bool) or value is None or isinstance(value, Mapping):
        return []
    if isinstance(value, Sequence):
        return [leaf for part in value for leaf in _leaves(part)]
    return [f"{value:g}" if isinstance(value, float) else str(value)]
