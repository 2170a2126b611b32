"""`bench context`, the sets `locomo` and `topics`: what is found again of a long conversation, and its episodes.

locomo   turn_recall@5, @10, @25   mean share of a question's evidence turns among the first; also by category
         recall@1000tokens         share of them within 1,000 tokens of recalled text, by the language model's tokenizer
         abstain_auroc             `Recall.answerable`, questions that the talk does not answer (category 5) against
                                   the rest
         ms_per_search             and `:30000`, the same in a conversation of 30,000 utterances
topics   accuracy                  the subject that is asked for by its place, letter case and articles aside
         accuracy:dips             the same, episodes found by similarity alone; the title may still be an opening's

The text of a turn is what was said and the caption of its image. Evidence is read with the published audit's
corrections; ids that name no turn are left out, and so are questions without any. Nothing is trained or tuned on the
answers here; the weights in `skills/context/recall.py` are round numbers from plateaus of these talks (docs/log.md).

    :bm25     speaker and text, stemmed; for abstention its highest score; topics: the title of the turn that it finds
    :dense    zero-shot cosine of the shipped encoder between the question and speaker and text
    :fused    both by reciprocal rank
"""

from __future__ import annotations

import calendar
import re
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from shopwright.assistant.remembering.counting import count_tokens
from shopwright.bench.baselines import Bm25, Dense, reciprocal_rank_fusion
from shopwright.bench.evidence_rows import measured_row, read_rows
from shopwright.bench.task import BenchSet, NeededFile, Options, Row, mean_row
from shopwright.bench.vectors import remembering
from shopwright.metrics import recall, token_f1
from shopwright.models.embedded import EmbeddedEncoder
from shopwright.models.protocols import Encoder
from shopwright.selective import auroc
from shopwright.skills.context.episodes import Segmenter, title_of
from shopwright.skills.context.ordinals import asked_episode
from shopwright.skills.context.recall import Recall
from shopwright.skills.context.vectors import Rows, quantised
from shopwright.types.memory import ASSISTANT, SHOPPER, Utterance

_BENCH = "context"
_LOCOMO, _TOPICS = "longtext/locomo.jsonl.gz", "longtext/topics.jsonl.gz"
_KS = (5, 10, 25)
_TOKENS = 1_000
_UNANSWERED = 5
_CONSIDERED = 200
_SPOKEN_AT = "%I:%M %p on %d %B, %Y"
_SECONDS_A_TURN = 20.0

Count = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a talk: its category, and ids of the utterances that answer it."""

    text: str
    category: int
    evidence: frozenset[str]


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation and the questions about it."""

    utterances: tuple[Utterance, ...]
    questions: tuple[Asked, ...]


def read_talks(path: Path) -> list[Talk]:
    """The talks of LoCoMo.

    Raises:
        CorpusError: see `read_rows`.
    """
    return [_talk(row) for row in read_rows(path, "conversation", "qa")]


def _talk(row: dict[str, Any]) -> Talk:
    said = row["conversation"]
    numbers = sorted(int(key[8:]) for key in said if re.fullmatch(r"session_\d+", key))
    utterances: list[Utterance] = []
    places: dict[tuple[int, int], str] = {}
    for number in numbers:
        begun = calendar.timegm(time.strptime(said[f"session_{number}_date_time"], _SPOKEN_AT))
        for place, turn in enumerate(said[f"session_{number}"]):
            caption = f" [{turn['blip_caption']}]" if turn.get("blip_caption") else ""
            at = begun + place * _SECONDS_A_TURN
            one = Utterance(len(utterances), 0, turn["speaker"], turn["text"] + caption, at)
            places |= dict.fromkeys(_ids([turn["dia_id"]]), one.id)
            utterances.append(one)
    questions = [
        Asked(
            each["question"], int(each["category"]), frozenset(places[id_] for id_ in _evidence(each) if id_ in places)
        )
        for each in row["qa"]
    ]
    return Talk(tuple(utterances), tuple(questions))


def _evidence(question: dict[str, Any]) -> set[tuple[int, int]]:
    return _ids((question.get("audit") or {}).get("correct_evidence") or question["evidence"])


def _ids(written: Collection[str]) -> set[tuple[int, int]]:
    """Session and turn of ids as they come: "D8:6; D9:17", "D:11:26", "D30:05"."""
    return {(int(a), int(b)) for text in written for a, b in re.findall(r"D:?(\d+):(\d+)", text)}


# ── locomo ──────────────────────────────────────────────────────────────────────────────────────────────────────────

Ranker = Callable[[Talk, str, int], list[int]]
"""A talk, a question, how many: rows of the talk, best first."""


def locomo_rows(
    talks: Sequence[Talk], encoder: Encoder, remembered: Encoder, count: Count, long: int = 30_000
) -> Iterator[Row]:
    """The figures of recall and of the baselines.

    Args:
        encoder: what recall searches with; its time is in `ms_per_search`.
        remembered: the same weights, for the vectors of the talks.
        count: tokens of a text.
        long: utterances of the conversation in which the time of a search is measured again.
    """
    rows = [quantised(remembered.encode([each.text for each in talk.utterances])) for talk in talks]
    indexes = {id(talk): Recall(encoder) for talk in talks}
    for talk, vectors_ND in zip(talks, rows, strict=True):
        indexes[id(talk)].add(talk.utterances, vectors_ND)
    times: list[float] = []

    def recalled(talk: Talk, question: str, limit: int) -> list[int]:
        started = time.perf_counter()
        found = indexes[id(talk)].search(question, limit)
        times.append(time.perf_counter() - started)
        return [each.utterance.turn for each in found]

    yield from ranked_rows("", recalled, talks, count)
    yield mean_row(_BENCH, "locomo", "ms_per_search", [1e3 * each for each in times], sum(times))
    yield from _long_rows(talks, rows, encoder, long)
    yield _abstaining("", talks, lambda talk, question: indexes[id(talk)].answerable(question))
    yield from _baseline_rows(talks, remembered, count)


def _baseline_rows(talks: Sequence[Talk], encoder: Encoder, count: Count) -> Iterator[Row]:
    texts = {id(talk): [f"{each.speaker}: {each.text}" for each in talk.utterances] for talk in talks}
    words = {key: Bm25(each) for key, each in texts.items()}
    dense = {key: Dense(each, encoder) for key, each in texts.items()}

    def by_words(talk: Talk, question: str, limit: int) -> list[int]:
        return words[id(talk)].search(question, limit)

    def by_vectors(talk: Talk, question: str, limit: int) -> list[int]:
        return dense[id(talk)].search(question, limit)

    def fused(talk: Talk, question: str, limit: int) -> list[int]:
        lists = [ranker(talk, question, _CONSIDERED) for ranker in (by_words, by_vectors)]
        return reciprocal_rank_fusion(lists)[:limit]

    yield from ranked_rows(":bm25", by_words, talks, count)
    yield _abstaining(":bm25", talks, lambda talk, question: float(words[id(talk)].scores(question).max()))
    yield from ranked_rows(":dense", by_vectors, talks, count)
    yield _abstaining(":dense", talks, lambda talk, question: float(dense[id(talk)].scores(question).max()))
    yield from ranked_rows(":fused", fused, talks, count)


def ranked_rows(suffix: str, ranker: Ranker, talks: Sequence[Talk], count: Count) -> Iterator[Row]:
    """Recall at each k, by category at 10, and within the budget of tokens."""
    started = time.perf_counter()
    asked = [(talk, one) for talk in talks for one in talk.questions if one.category != _UNANSWERED and one.evidence]
    found = [ranker(talk, one.text, _CONSIDERED) for talk, one in asked]
    named = [[talk.utterances[row].id for row in rows] for (talk, _), rows in zip(asked, found, strict=True)]
    seconds = time.perf_counter() - started
    for k in _KS:
        values = [recall(ids, one.evidence, k) for ids, (_, one) in zip(named, asked, strict=True)]
        yield mean_row(_BENCH, "locomo", f"turn_recall@{k}{suffix}", values, seconds)
        if k == 10:
            for category in sorted({one.category for _, one in asked}):
                those = [value for value, (_, one) in zip(values, asked, strict=True) if one.category == category]
                yield mean_row(_BENCH, "locomo", f"turn_recall@10:category_{category}{suffix}", those, seconds)
    sizes = {id(talk): [count(each.text) for each in talk.utterances] for talk in talks}
    values = []
    for (talk, one), rows in zip(asked, found, strict=True):
        kept = [talk.utterances[row].id for row in within_budget(rows, sizes[id(talk)], _TOKENS)]
        values.append(recall(kept, one.evidence, len(kept)))
    yield mean_row(_BENCH, "locomo", f"recall@{_TOKENS}tokens{suffix}", values, seconds)


def within_budget(rows: Sequence[int], sizes: Sequence[int], tokens: int) -> list[int]:
    """Those of the rows, best first, that fit together; one that does not fit is passed over, as in `Recall.within`."""
    kept = []
    for row in rows:
        if sizes[row] <= tokens:
            kept.append(row)
            tokens -= sizes[row]
    return kept


def _abstaining(suffix: str, talks: Sequence[Talk], sure: Callable[[Talk, str], float]) -> Row:
    started = time.perf_counter()
    asked = [(talk, one) for talk in talks for one in talk.questions]
    scores = np.array([sure(talk, one.text) for talk, one in asked])
    answered = np.array([one.category != _UNANSWERED for _, one in asked])
    units = [[place] for place in range(len(asked))]
    seconds = time.perf_counter() - started
    row = measured_row(
        "locomo",
        f"abstain_auroc{suffix}",
        lambda places: auroc(scores[places], answered[places].tolist()),
        units,
        seconds,
    )
    return replace(row, bench=_BENCH)


def _long_rows(talks: Sequence[Talk], rows: Sequence[Rows], encoder: Encoder, size: int) -> Iterator[Row]:
    """The time of a search in a conversation that repeats the talks up to so many utterances."""
    said = [each for talk in talks for each in talk.utterances]
    times = -(-size // len(said))
    repeated = [replace(each, turn=turn) for turn, each in enumerate((said * times)[:size])]
    index = Recall(encoder)
    started = time.perf_counter()
    index.add(repeated, np.concatenate([*rows] * times)[:size])
    added = time.perf_counter() - started
    seconds = []
    for question in [one.text for talk in talks for one in talk.questions[:10]]:
        started = time.perf_counter()
        index.search(question)
        seconds.append(time.perf_counter() - started)
    yield mean_row(_BENCH, "locomo", f"ms_per_search:{size}", [1e3 * each for each in seconds], sum(seconds))
    yield Row(_BENCH, "locomo", f"ms_per_added:{size}", 1e3 * added / size, size, None, added)


# ── topics ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat with an assistant, and questions for subjects by their place."""

    utterances: tuple[Utterance, ...]
    questions: tuple[tuple[str, str], ...]


def read_chats(path: Path) -> list[Chat]:
    """The chats of LongChat's topic retrieval.

    Raises:
        CorpusError: see `read_rows`.
    """
    return [
        Chat(_turns(row["input"]), tuple(zip(row["instructions"], row["outputs"], strict=True)))
        for row in read_rows(path, "input", "instructions", "outputs")
    ]


def _turns(text: str) -> tuple[Utterance, ...]:
    parts = re.split(r"(USER|ASSISTANT):", text)[1:]
    speakers = {"USER": SHOPPER, "ASSISTANT": ASSISTANT}
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return tuple(Utterance(turn, 0, speakers[who], said.strip()) for turn, (who, said) in enumerate(pairs))


def topic_rows(chats: Sequence[Chat], encoder: Encoder) -> Iterator[Row]:
    """The figures of the episodes and of the baseline."""

    def named(one: Chat, words: bool) -> list[str]:
        segmenter = Segmenter(words=words)
        vectors_ND = encoder.encode([each.text for each in one.utterances])
        for each, vector_D in zip(one.utterances, vectors_ND, strict=True):
            segmenter.add(each, vector_D)
        episodes = segmenter.episodes()
        found = [asked_episode(question, episodes) for question, _ in one.questions]
        return [each.title if each else "" for each in found]

    def by_words(one: Chat) -> list[str]:
        engine = Bm25([each.text for each in one.utterances])
        rows = [engine.search(question, 1) for question, _ in one.questions]
        return [title_of([one.utterances[each[0]].text]) if each else "" for each in rows]

    yield accuracy_row("accuracy", chats, partial(named, words=True))
    yield accuracy_row("accuracy:dips", chats, partial(named, words=False))
    yield accuracy_row("accuracy:bm25", chats, by_words)


def accuracy_row(metric: str, chats: Sequence[Chat], answer: Callable[[Chat], Sequence[str]]) -> Row:
    """The share of the questions that are answered with the words of the gold title, and no others."""
    started = time.perf_counter()
    values = []
    for one in chats:
        gold = [title for _, title in one.questions]
        values += [float(token_f1(said, title) == 1.0) for said, title in zip(answer(one), gold, strict=True)]
    return mean_row(_BENCH, "topics", metric, values, time.perf_counter() - started)


# ── the sets ────────────────────────────────────────────────────────────────────────────────────────────────────────


def measure_locomo(options: Options) -> Iterator[Row]:
    """The rows of `locomo`."""
    encoder = EmbeddedEncoder()
    talks = read_talks((options.data or Path()) / _LOCOMO)
    yield from locomo_rows(talks, encoder, remembering(encoder), count_tokens)


def measure_topics(options: Options) -> Iterator[Row]:
    """The rows of `topics`."""
    yield from topic_rows(read_chats((options.data or Path()) / _TOPICS), remembering(EmbeddedEncoder()))


SETS = (
    BenchSet("locomo", measure_locomo, (NeededFile(_LOCOMO, "talks with questions and evidence turns"),)),
    BenchSet("topics", measure_topics, (NeededFile(_TOPICS, "chats whose n-th topic is asked for"),)),
)
"""For `bench.context`."""
