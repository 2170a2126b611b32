"""`bench evidence`, which value: true, false and unrelated passages together, sifted and answered (RGB).

rgb_fact_en, rgb_fact_zh    robust: share of questions whose answer holds the true value and not the false one;
                            misled: holds the false one; silent: no answer; p50_ms of one question's passages

Of each question, the true passages, the same passages edited to state a false value, and unrelated ones are given
together, in an order that a fixed seed shuffles, as documents of different sources. An answer holds a value when it
repeats it (RGB's own check), case, accents, commas and full stops aside, and not as a part of another word or number
("161万" is not held by "1361万"). A true value may be several that must all be held, each with alternatives; one false
value that is held makes an answer wrong.

    :majority   the value that more of the passages hold, told which two there are to choose from; a tie counts half
    :reader     what the judge reads in the passage that it finds best, without sifting (`reading.read`)
"""

from __future__ import annotations

import hashlib
import random
import re
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from shopwright.bench.evidence_rows import BENCH, p50_row, read_rows, timed
from shopwright.bench.task import Row, mean_row
from shopwright.models.protocols import Judge
from shopwright.skills.evidence.reading import read
from shopwright.skills.evidence.sifting import sift
from shopwright.types import Evidence

Values = tuple[tuple[str, ...], ...]
"""Values that belong together, each with its alternatives."""
_KEYS = ("query", "answer", "fakeanswer", "positive", "positive_wrong", "negative")


@dataclass(frozen=True, slots=True)
class Disputed:
    """A question, its passages in a fixed random order, and what is true and what is false."""

    question: str
    passages: tuple[str, ...]
    true: Values
    false: Values


def read_disputed(path: Path) -> list[Disputed]:
    """The questions.

    Raises:
        CorpusError: see `read_rows`.
    """
    found = []
    for row in read_rows(path, *_KEYS):
        passages = [*row["positive"], *row["positive_wrong"], *row["negative"]]
        seed = hashlib.blake2b(row["query"].encode(), digest_size=8).digest()
        random.Random(int.from_bytes(seed)).shuffle(passages)
        found.append(Disputed(row["query"], tuple(passages), _values(row["answer"]), _values(row["fakeanswer"])))
    return found


def disputed_rows(name: str, judge: Judge, questions: Sequence[Disputed]) -> Iterator[Row]:
    """The figures of sifting and of the baselines."""
    times: list[float] = []
    yield from _answered(name, "", questions, lambda one: timed(lambda: _sifted(one, judge), times))
    yield p50_row(name, times)
    started = time.perf_counter()
    chosen = [majority(one) for one in questions]
    yield mean_row(BENCH, name, "robust:majority", chosen, time.perf_counter() - started)
    yield from _answered(name, ":reader", questions, lambda one: read(one.question, facts(one), judge).answer)


def _sifted(one: Disputed, judge: Judge) -> str:
    return sift(one.question, facts(one), judge).answer


def _answered(
    name: str, suffix: str, questions: Sequence[Disputed], answer: Callable[[Disputed], str]
) -> Iterator[Row]:
    started = time.perf_counter()
    answers = [answer(one) for one in questions]
    seconds = time.perf_counter() - started
    told = list(zip(questions, answers, strict=True))
    yield mean_row(BENCH, name, f"robust{suffix}", [robust(said, one) for one, said in told], seconds)
    yield mean_row(BENCH, name, f"misled{suffix}", [float(holds_any(said, one.false)) for one, said in told], seconds)
    yield mean_row(BENCH, name, f"silent{suffix}", [float(not said.strip()) for said in answers], seconds)


def facts(one: Disputed) -> list[Evidence]:
    """The passages as documents that know nothing of one another."""
    return [Evidence(f"e{place}", "document", f"d{place}", text) for place, text in enumerate(one.passages, 1)]


def robust(answer: str, one: Disputed) -> float:
    """1 where the answer holds all of the true value and nothing of the false one, else 0."""
    return float(holds_all(answer, one.true) and not holds_any(answer, one.false))


def majority(one: Disputed) -> float:
    """1 where more passages hold the true value than the false one, .5 where as many do."""
    true = sum(holds_all(text, one.true) for text in one.passages)
    false = sum(holds_all(text, one.false) for text in one.passages)
    return float(true > false) + 0.5 * float(true == false)


def holds_all(text: str, values: Values) -> bool:
    """Whether a text holds one alternative of each of the values."""
    return all(any(holds(text, alternative) for alternative in value) for value in values)


def holds_any(text: str, values: Values) -> bool:
    """Whether a text holds an alternative of any of the values."""
    return any(holds(text, alternative) for value in values for alternative in value)


def holds(text: str, value: str) -> bool:
    """Whether a text repeats a value, and not as a part of a longer word or number."""
    wanted = _plain(value)
    before = r"(?<![0-9])(?<![0-9]\.)" if wanted[:1].isdigit() else r"(?<![a-z])" if wanted[:1].isascii() else ""
    after = r"(?!\.?[0-9])" if wanted[-1:].isdigit() else r"(?![a-z])" if wanted[-1:].isascii() else ""
    return bool(wanted) and re.search(before + re.escape(wanted) + after, _plain(text)) is not None


def _plain(text: str) -> str:
    """Lower case, without accents, commas, full stops (one between digits stays), and blanks beside Chinese signs."""
    folded = "".join(s for s in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(s))
    words = " ".join(re.sub(r"\.(?![0-9])|(?<![0-9])\.|,", "", folded).split())
    return re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", words)


def _values(stated: str | Sequence[str | Sequence[str]]) -> Values:
    """A value, or several that belong together, or alternatives in a nested list."""
    several = [stated] if isinstance(stated, str) else stated
    return tuple((each,) if isinstance(each, str) else tuple(each) for each in several)
