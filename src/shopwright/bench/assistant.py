"""`bench assistant`: the written conversations, played over the demo shop and judged by programs.

    shopwright bench assistant [--set journeys_heldout] [--model URL#NAME]

Measured on `journeys` (all), on its halves `journeys_dev` and `journeys_heldout`, and for each kind (`journeys_facts`):

- `success`: share of conversations whose every check passes; `checks`: share of checks;
- `grounded`: share of factual sentences with a source that exists; `wrong_numbers`: how many numbers the store does not
  hold (see `numbers`), `n` being how many there were;
- `refusal_precision`, `refusal_recall`: over the kinds whose right answer is that there is none, against the others;
- `p50_ms`, `p95_ms` of a turn, one after another; `turns_per_s` with 16 talkers at once.

The suffix `:search` is the baseline that shows the first six results for whatever is said. An assistant that says
nothing scores 0 everywhere, except that it says no wrong number.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from shopwright.bench.catalogue import Catalogue
from shopwright.bench.checks import Given, passes, problems, refuses
from shopwright.bench.conversations import FOLDER, REFUSED_KINDS, Conversation, Line, load_conversations
from shopwright.bench.grounding import grounded_sentences
from shopwright.bench.numbers import check_numbers
from shopwright.bench.talkers import Reply, SearchTalker, ShopTalker, Talker
from shopwright.bench.task import BenchSet, Options, Row, Task, mean_row
from shopwright.errors import ConfigError
from shopwright.shop import Shop
from shopwright.types import Strategy

TALKERS = 16
_LEFT_OPEN = ("unknown", "refuses", "asks")


@dataclass(frozen=True, slots=True)
class Played:
    """A turn that was played: the reply, how long it took, and which checks passed."""

    line: Line
    reply: Reply
    seconds: float
    passed: tuple[bool, ...]
    sentences: tuple[int, int]
    numbers: int
    wrong: tuple[str, ...]
    refused: bool


@dataclass(frozen=True, slots=True)
class Journey:
    """A conversation that was played."""

    conversation: Conversation
    turns: tuple[Played, ...]

    @property
    def success(self) -> bool:
        """Whether every check passed."""
        return all(passed for turn in self.turns for passed in turn.passed)

    @property
    def refused(self) -> bool:
        """Whether the assistant gave up: where it should, in a turn that asks for it; elsewhere, in a turn that wanted
        an answer and did not get it."""
        if self.conversation.kind in REFUSED_KINDS:
            asked = [turn for turn in self.turns if turn.line.has("unknown", "refuses")] or list(self.turns)
        else:
            asked = [turn for turn in self.turns if not (all(turn.passed) or _may_be_left_open(turn.line))]
        return any(turn.refused for turn in asked)


def play(conversation: Conversation, talker: Talker, catalogue: Catalogue) -> Journey:
    """Say the lines of a conversation one after another in one session, and judge each answer."""
    session: str | None = None
    played: list[Played] = []
    for i, line in enumerate(conversation.turns):
        started = time.perf_counter()
        reply = talker.reply(line.say, session)
        seconds = time.perf_counter() - started
        session = reply.session
        said = [earlier.say for earlier in conversation.turns[: i + 1]]
        played.append(judge(line, reply, seconds, said, catalogue))
    return Journey(conversation, tuple(played))


def judge(line: Line, reply: Reply, seconds: float, said: Sequence[str], catalogue: Catalogue) -> Played:
    """What there is to say about one answer; `said` are the shopper's messages so far."""
    given = Given(reply.answer, reply.strategy, catalogue)
    count, wrong = check_numbers(reply.answer, catalogue, said, reply.steps)
    return Played(
        line=line,
        reply=reply,
        seconds=seconds,
        passed=tuple(passes(check, given) for check in line.checks),
        sentences=grounded_sentences(reply.answer, catalogue),
        numbers=count,
        wrong=tuple(wrong),
        refused=refuses(given),
    )


def score(set_name: str, journeys: Sequence[Journey], seconds: float, suffix: str = "") -> Iterator[Row]:
    """The rows of one set, or those of a baseline under a suffix (":search")."""
    turns = [turn for journey in journeys for turn in journey.turns]
    mean = partial(mean_row, "assistant", set_name, seconds=seconds)
    yield mean(f"success{suffix}", [float(journey.success) for journey in journeys])
    yield mean(f"checks{suffix}", [float(passed) for turn in turns for passed in turn.passed])
    if not suffix:
        factual, grounded = (sum(turn.sentences[i] for turn in turns) for i in (0, 1))
        yield Row("assistant", set_name, "grounded", grounded / factual if factual else 0.0, factual, None, seconds)
        wrong = sum(len(turn.wrong) for turn in turns)
        yield Row("assistant", set_name, "wrong_numbers", wrong, sum(turn.numbers for turn in turns), None, seconds)
    yield from _refusals(set_name, journeys, seconds, suffix)


def latencies(set_name: str, journeys: Sequence[Journey]) -> Iterator[Row]:
    """Half and 95 % of the turns took at most this long, in milliseconds."""
    took = np.array([1000 * turn.seconds for journey in journeys for turn in journey.turns])
    for metric, share in (("p50_ms", 50), ("p95_ms", 95)):
        value = float(np.percentile(took, share))
        yield Row("assistant", set_name, metric, value, len(took), None, float(took.sum()) / 1000)


def throughput(set_name: str, conversations: Sequence[Conversation], talker: Talker, talkers: int = TALKERS) -> Row:
    """Turns a second with several shoppers at once; they share the conversations among them."""

    def talk(conversation: Conversation) -> int:
        session: str | None = None
        for line in conversation.turns:
            session = talker.reply(line.say, session).session
        return len(conversation.turns)

    started = time.perf_counter()
    with ThreadPoolExecutor(talkers) as pool:
        turns = sum(pool.map(talk, conversations))
    seconds = time.perf_counter() - started
    return Row("assistant", set_name, "turns_per_s", turns / seconds, turns, None, seconds)


def measure(conversations: Sequence[Conversation], options: Options, set_name: str, parts: bool) -> Iterator[Row]:
    """Fill a demo shop in a temporary folder and yield what `measure_in` measures there."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, Shop.open(folder, model=options.model) as shop:
        shop.ingest_demo()
        shop.wait()
        yield from measure_in(shop, conversations, set_name, parts)


def measure_in(shop: Shop, conversations: Sequence[Conversation], set_name: str, parts: bool) -> Iterator[Row]:
    """Play conversations in a shop and yield the rows of the set and, with `parts`, of its parts.

    Raises:
        ConfigError: a conversation that measures nothing (see `checks.problems`).
    """
    catalogue = Catalogue.read(shop.store)
    see_that_they_measure(conversations, catalogue)
    talker = ShopTalker(shop)
    talker.reply("hello", None)  # builds the vocabulary, which the first turn should not pay for
    journeys, seconds = _timed(conversations, talker, catalogue)
    baseline, baseline_seconds = _timed(conversations, SearchTalker(shop), catalogue)
    yield from score(set_name, journeys, seconds)
    yield from score(set_name, baseline, baseline_seconds, ":search")
    yield from latencies(set_name, journeys)
    yield throughput(set_name, conversations, talker)
    for name, belongs in _parts(conversations) if parts else ():
        yield from score(name, [journey for journey in journeys if belongs(journey.conversation)], seconds)
        succeeded = [float(journey.success) for journey in baseline if belongs(journey.conversation)]
        yield mean_row("assistant", name, "success:search", succeeded, baseline_seconds)


def see_that_they_measure(conversations: Iterable[Conversation], catalogue: Catalogue) -> None:
    """Refuse conversations whose checks the catalogue can never meet, or that an empty answer passes.

    Raises:
        ConfigError: naming the first twenty.
    """
    found = [text for conversation in conversations for text in problems(conversation, catalogue)]
    if found:
        more = f"\nand {len(found) - 20} more" if len(found) > 20 else ""
        raise ConfigError("conversations that measure nothing; correct them:\n" + "\n".join(found[:20]) + more)


def conversation_sets(folder: Path = FOLDER) -> tuple[BenchSet, ...]:
    """`journeys`, its halves, and one set a kind."""
    conversations = load_conversations(folder)
    sets = [BenchSet("journeys", lambda options: measure(conversations, options, "journeys", parts=True))]
    for name, belongs in _parts(conversations):
        chosen = [conversation for conversation in conversations if belongs(conversation)]
        sets.append(BenchSet(name, partial(_measure_part, chosen, name), default=False))
    return tuple(sets)


def _measure_part(conversations: Sequence[Conversation], name: str, options: Options) -> Iterator[Row]:
    return measure(conversations, options, name, parts=False)


def _parts(conversations: Sequence[Conversation]) -> list[tuple[str, Callable[[Conversation], bool]]]:
    parts: list[tuple[str, Callable[[Conversation], bool]]] = [
        ("journeys_dev", lambda conversation: not conversation.held_out),
        ("journeys_heldout", lambda conversation: conversation.held_out),
    ]
    kinds = dict.fromkeys(conversation.kind for conversation in conversations)
    parts += [(f"journeys_{kind}", partial(_is_of, kind)) for kind in kinds]
    return [(name, belongs) for name, belongs in parts if any(map(belongs, conversations))]


def _is_of(kind: str, conversation: Conversation) -> bool:
    return conversation.kind == kind


def _timed(conversations: Sequence[Conversation], talker: Talker, catalogue: Catalogue) -> tuple[list[Journey], float]:
    started = time.perf_counter()
    journeys = [play(conversation, talker, catalogue) for conversation in conversations]
    return journeys, time.perf_counter() - started


def _refusals(set_name: str, journeys: Sequence[Journey], seconds: float, suffix: str) -> Iterator[Row]:
    """Precision and recall of giving up; 0 where nothing was refused, no row where nothing should be."""
    should = [journey for journey in journeys if journey.conversation.kind in REFUSED_KINDS]
    refused = [journey for journey in journeys if journey.refused]
    if not should:
        return
    right = sum(journey.refused for journey in should)
    precision = right / len(refused) if refused else 0.0
    yield Row("assistant", set_name, f"refusal_precision{suffix}", precision, len(refused), None, seconds)
    yield Row("assistant", set_name, f"refusal_recall{suffix}", right / len(should), len(should), None, seconds)


def _may_be_left_open(line: Line) -> bool:
    """Whether a question back, a hand-over or "I do not know" is among the right answers to a line."""
    return line.has(*_LEFT_OPEN) or any(
        check.type == "strategy" and {Strategy.ASK, Strategy.HAND_OVER, Strategy.DECLINE}.intersection(check.any)
        for check in line.checks
    )


TASK = Task("assistant", lambda _data: conversation_sets())
