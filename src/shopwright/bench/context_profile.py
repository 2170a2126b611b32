"""`bench context`, set `profile`: which lasting preferences are found in messages, and which are made up.

The messages are the project's own, `context_said/messages.jsonl` (see its datasheet), half for development and half
held out. A preference counts as found when one of the same kind was stated whose words, without articles and endings,
are a part of the found ones or the other way round, with the same numbers.

- `precision`, `recall`, `f1` are over the preferences of the held-out half, `:dev` over the other half;
- `:keywords` is the baseline: every message with a word of the kind ("allergic", "size 44", "vegan", "hate", "love")
  states it, and what follows the word is what is stated.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from shopwright.bench.task import BenchSet, Options, Row
from shopwright.skills.context.preferences import find_preferences

BENCH, NAME = "context", "profile"
FILE = Path(__file__).parent / "context_said" / "messages.jsonl"

Stated = tuple[str, str]
Finder = Callable[[str], Sequence[Stated]]

_KEYWORDS = (
    ("allergy", r"\b(?:allergic to|intolerant to|allergy to)\s+(\w+)|\b(\w+)[- ](?:allergy|intolerant)"),
    ("diet", r"\b(vegan|vegetarian|halal|kosher)\b"),
    ("size", r"\b(?:size|wear|take)\s+(?:a\s+)?(?:size\s+)?(\d\d?|X*[SML])\b"),
    ("dislike", r"\b(?:hate|don't like|dislike|avoid|can't stand|never wear)\s+(\w+)"),
    ("like", r"\b(?:love|like|prefer)\s+(\w+)"),
    ("person", r"\bmy\s+((?:son|daughter|husband|wife)\b.{0,8}\d*)"),
    ("place", r"\blive in\s+(?:a\s+)?(\w+\s*\w*)"),
    ("budget", r"\b(?:budget|spend)\b\D*(\d+)"),
)
_PLAIN = {"a", "an", "the", "of", "for", "on", "in", "is", "my", "usually", "euro", "pound", "year", "at", "most"}


@dataclass(frozen=True, slots=True)
class Told:
    """A message and what it states."""

    message: str
    said: tuple[Stated, ...]
    split: str


def read_told(path: Path = FILE) -> list[Told]:
    """The labelled messages."""
    rows = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    return [
        Told(row["message"], tuple((one["kind"], one["value"]) for one in row["said"]), row["split"]) for row in rows
    ]


def found(message: str) -> list[Stated]:
    """What the shop finds."""
    return [(one.kind, one.value) for one in find_preferences(message, "bench", 0, 0.0)]


def keywords(message: str) -> list[Stated]:
    """What a list of words finds."""
    found_words = ((kind, match) for kind, words in _KEYWORDS for match in re.finditer(words, message, re.IGNORECASE))
    return [(kind, next((group for group in match.groups() if group), "")) for kind, match in found_words]


def same(one: Stated, other: Stated) -> bool:
    """Whether two preferences are one."""
    first, second = _words(one[1]), _words(other[1])
    numbers = [{word for word in words if word[0].isdigit()} for words in (first, second)]
    return one[0] == other[0] and numbers[0] == numbers[1] and bool(first) and (first <= second or second <= first)


def agreement(told: Sequence[Told], finder: Finder) -> dict[str, tuple[float, int]]:
    """Precision, recall and F1, each with what it rests on; 0 where there is nothing to divide by."""
    right = given = wanted = 0
    for one in told:
        left, answers = list(one.said), list(finder(one.message))
        wanted, given = wanted + len(left), given + len(answers)
        for answer in answers:
            if match := next((gold for gold in left if same(gold, answer)), None):
                left.remove(match)
                right += 1
    precision, recall = right / given if given else 0.0, right / wanted if wanted else 0.0
    both = precision + recall
    f1 = 2 * precision * recall / both if both else 0.0
    return {"precision": (precision, given), "recall": (recall, wanted), "f1": (f1, wanted)}


def rows(_: Options) -> Iterator[Row]:
    """The figures of the held-out half, of the other half, and of the baseline."""
    told = read_told()
    held = [one for one in told if one.split == "held"]
    dev = [one for one in told if one.split == "dev"]
    for suffix, some, finder in (("", held, found), (":keywords", held, keywords), (":dev", dev, found)):
        begun = time.perf_counter()
        figures = agreement(some, finder)
        took = time.perf_counter() - begun
        for metric, (value, n) in figures.items():
            yield Row(BENCH, NAME, metric + suffix, value, n, None, took if metric == "precision" else 0.0)


def _words(value: str) -> set[str]:
    """The words of a value without their endings."""
    plain = (re.sub(r"(?<=\w{3})(?:es|s)$", "", word) for word in re.findall(r"\w+(?:\.\d+)?", value.casefold()))
    return {word for word in plain if word not in _PLAIN}


SETS = (BenchSet(NAME, rows),)
"""For `bench.context`."""
