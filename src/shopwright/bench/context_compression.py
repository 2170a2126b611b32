"""Shorter texts, measured: does what answers the question survive at half, a third and a fifth of the tokens?

squad2   paragraph and question (SQuAD 2.0): an answer's words stand in the result, as SQuAD compares them
wice     web page and claim (WiCE): share of the letters of the supporting sentences that stand in it
epqa     question and what is known of a product, attributes, bullets, reviews: the same of the best full answer

    answer_kept@50, @33, @20    mean over questions, at that share of the tokens of the embedded language model
    rate_error@50 ...           tokens asked for less tokens got, over those of the text, as absolute values
    over@50 ...                 share of texts in which what is protected took more than was asked for
    numbers_kept@50 ...         share of the numbers, in figures or words, that are left; negations_kept
    chars_per_s                 of 1,000,000 characters made of the texts of one set, at half, tokens counted

The unsuffixed system protects the whole text (`protect="text"`), `:sentence` what is in kept sentences, `:budget` is
`:sentence` that never exceeds the budget, `:encoder` is `:budget` with cosines. Baselines in the same run:
`:truncation` (the beginning), `:random` (sentences drawn with a seed), `:bm25` (whole sentences only), `:selfinfo`
(words that the embedded language model expects go first, without protection and without the question: Selective
Context). Compare baselines with `:budget`, which keeps to the budget as they do; `rate@50` ... say what was kept.
"""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shopwright.bench.evidence_rows import read_rows
from shopwright.bench.task import BenchSet, NeededFile, Options, Row, mean_row
from shopwright.errors import ConfigError
from shopwright.models.embedded import EmbeddedEncoder
from shopwright.models.language.engine import EmbeddedLanguageModel
from shopwright.models.protocols import Encoder, Vectors
from shopwright.skills.context.compression import Protection, compress
from shopwright.skills.context.compression.fitting import longest_fitting
from shopwright.skills.context.compression.relevance import Terms
from shopwright.skills.context.compression.surprisal import Surprisal
from shopwright.skills.context.compression.words import NEGATION, NUMBER, Words, words_of

BENCH, SET = "context", "compression"
RATES = {"50": 0.5, "33": 1 / 3, "20": 0.2}
QUESTIONS = {"squad2": 150, "wice": 30, "epqa": 100}
"""Of each kind, drawn with a seed; the pages of WiCE are ten times as long as the other texts."""
_SEED, _PAGE = 0, 1_000_000
SQUAD, WICE, EPQA = "evidence/squad2.jsonl.gz", "evidence/wice/claims.jsonl", "evidence/epqa.jsonl.gz"
LANGUAGE_MODEL = "lm-s-int8"

Extent = tuple[int, int]
Count = Callable[[str], int]
System = Callable[["Case", int], tuple[str, Sequence[Extent]]]
"""Text and budget to the shorter text and the slices of the source that it is."""


@dataclass(frozen=True, slots=True)
class Case:
    """A text, a question, and what of the text answers it: words of which one must survive, or places in it.

    Args:
        answers: texts that answer; empty where places do.
        wanted: alternatives, each with places in the text that belong together.
    """

    kind: str
    text: str
    query: str
    answers: tuple[str, ...] = ()
    wanted: tuple[tuple[Extent, ...], ...] = ()


class _Remembered:
    """An `Encoder` that encodes a sentence once: every rate asks for the same ones."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Vectors] = {}
        self.dimensions, self.fingerprint = encoder.dimensions, encoder.fingerprint

    def encode(self, texts: Sequence[str], *, batch_size: int = 8) -> Vectors:
        """Vectors of the texts, shape (N, D)."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(fresh, self._encoder.encode(fresh, batch_size=batch_size), strict=True))
        return np.array([self._known[text] for text in texts])


def cases(folder: Path) -> dict[str, list[Case]]:
    """The questions of each kind, at most so many as `QUESTIONS` says, in a seeded order."""
    found = {
        "squad2": list(_squad(folder / SQUAD)),
        "wice": list(_wice(folder / WICE)),
        "epqa": list(_epqa(folder / EPQA)),
    }
    generator = np.random.default_rng(_SEED)
    return {
        kind: [every[place] for place in generator.permutation(len(every))[: QUESTIONS[kind]].tolist()]
        for kind, every in found.items()
    }


def survival(case: Case, text: str, kept: Sequence[Extent]) -> float:
    """How much of the best answer is left, 0 to 1."""
    if case.answers:
        held = f" {_plain(text)} "
        return float(any(f" {_plain(answer)} " in held for answer in case.answers))
    mask = np.zeros(len(case.text) + 1, np.bool_)
    for start, end in kept:
        mask[start:end] = True
    shares = []
    for together in case.wanted:
        places = np.concatenate([np.arange(start, end) for start, end in together])
        letters = places[[not case.text[place].isspace() for place in places.tolist()]]
        shares.append(float(mask[letters].mean()) if len(letters) else 0.0)
    return max(shares, default=0.0)


def compression_rows(every: Mapping[str, Sequence[Case]], systems: Mapping[str, System], count: Count) -> Iterator[Row]:
    """The rows of some systems over some questions; the name "" is the system, others are suffixes."""
    for name, system in systems.items():
        suffix = f":{name}" if name else ""
        for rate_name, rate in RATES.items():
            figures: dict[str, list[float]] = defaultdict(list)
            started = time.perf_counter()
            for kind, some in every.items():
                for case in some:
                    _measure(case, kind, system, rate, count, figures)
            seconds = time.perf_counter() - started
            for metric, values in figures.items():
                part, _, of = metric.partition("/")
                yield mean_row(BENCH, f"{SET}_{of}" if of else SET, f"{part}@{rate_name}{suffix}", values, seconds)


def _measure(case: Case, kind: str, system: System, rate: float, count: Count, figures: dict[str, list[float]]) -> None:
    whole = count(case.text)
    budget = int(rate * whole + 1e-9)
    text, kept = system(case, budget)
    got = count(text)
    alive = survival(case, text, kept)
    figures["answer_kept"].append(alive)
    figures[f"answer_kept/{kind}"].append(alive)
    figures["rate_error"].append(abs(budget - got) / whole)
    figures["over"].append(float(got > budget))
    figures["rate"].append(got / whole)
    words = words_of(case.text)
    present = _words_kept(words, kept)
    for metric, wanted in (("numbers_kept", NUMBER), ("negations_kept", NEGATION)):
        figures[metric] += present[words.kind == wanted].astype(float).tolist()


def _words_kept(words: Words, kept: Sequence[Extent]) -> NDArray[np.bool_]:
    mask = np.zeros(len(words.text) + 1, np.int64)
    for start, end in kept:
        mask[start:end] = 1
    before = np.concatenate([[0], np.cumsum(mask)])
    return np.asarray(before[words.ends] - before[words.starts] == words.ends - words.starts)


def systems_of(count: Count, model: EmbeddedLanguageModel, encoder: Encoder | None) -> dict[str, System]:
    """The system, its variants and the baselines, by name."""
    surprisal = cache(lambda text: Surprisal(model)(words_of(text)))
    cosines = None if encoder is None else _Remembered(encoder)

    def ours(protect: Protection, encoder: Encoder | None = None) -> System:
        def run(case: Case, budget: int) -> tuple[str, Sequence[Extent]]:
            made = compress(case.text, case.query, tokens=budget, count=count, protect=protect, encoder=encoder)
            return made.text, made.kept

        return run

    def truncation(case: Case, budget: int) -> tuple[str, Sequence[Extent]]:
        words = words_of(case.text)
        return _filled(words, np.arange(len(words.starts)), budget, count)

    def random(case: Case, budget: int) -> tuple[str, Sequence[Extent]]:
        words = words_of(case.text)
        drawn = np.random.default_rng(_SEED).permutation(words.sentences)
        return _filled(words, np.argsort(drawn[words.sentence], kind="stable"), budget, count)

    def bm25(case: Case, budget: int) -> tuple[str, Sequence[Extent]]:
        return _whole_sentences(case, budget, count)

    def selfinfo(case: Case, budget: int) -> tuple[str, Sequence[Extent]]:
        return _filled(words_of(case.text), np.argsort(-surprisal(case.text), kind="stable"), budget, count)

    named = {"": ours("text"), "sentence": ours("sentence"), "budget": ours("budget")}
    if cosines is not None:
        named["encoder"] = ours("budget", cosines)
    return {**named, "truncation": truncation, "random": random, "bm25": bm25, "selfinfo": selfinfo}


def _filled(words: Words, order: NDArray[np.int64], budget: int, count: Count) -> tuple[str, Sequence[Extent]]:
    """As many words in that order as fit, in the order of the text."""
    text = words.text

    def extents(size: int) -> list[Extent]:
        places = np.sort(order[:size])
        return [(int(words.starts[place]), int(words.ends[place])) for place in places.tolist()]

    def joined(size: int) -> str:
        return " ".join([text[start:end] for start, end in extents(size)])

    lengths = (words.ends - words.starts + 1)[order]
    size, _ = longest_fitting(
        lambda k: count(joined(k)), lengths, budget, 0, max(count(joined(len(order))), budget + 1)
    )
    return joined(size), extents(size)


def _whole_sentences(case: Case, budget: int, count: Count) -> tuple[str, Sequence[Extent]]:
    """The sentences nearest to the question for which there is room, none of them cut."""
    words = words_of(case.text)
    table = Terms(words)
    numbers = np.arange(words.sentences)
    starts = words.starts[np.searchsorted(words.sentence, numbers)]
    ends = words.ends[np.searchsorted(words.sentence, numbers, "right") - 1]
    extents = list(zip(starts.tolist(), ends.tolist(), strict=True))
    chosen: list[Extent] = []
    left = budget
    for place in np.argsort(-table.closeness(table.of(case.query)), kind="stable").tolist():
        tokens = count(" " + case.text[slice(*extents[place])])
        if tokens <= left:
            chosen.append(extents[place])
            left -= tokens
    while count(made := " ".join([case.text[start:end] for start, end in sorted(chosen)])) > budget:
        chosen.pop()
    return made, sorted(chosen)


def _run(options: Options) -> Iterator[Row]:
    if options.data is None:
        raise ConfigError("bench context, set compression: needs --data DIR")
    model = EmbeddedLanguageModel(LANGUAGE_MODEL)
    counted = cache(lambda text: len(model.vocabulary.encode(text)))
    every = cases(options.data)
    yield from compression_rows(every, systems_of(counted, model, EmbeddedEncoder()), counted)
    yield speed_row(every["wice"], lambda text: len(model.vocabulary.encode(text)))


def speed_row(some: Sequence[Case], count: Count) -> Row:
    """Characters a second over one long text, made of the texts in turn."""
    page = "\n".join(case.text for case in some)
    page = (page * (_PAGE // max(len(page), 1) + 1))[:_PAGE]
    started = time.perf_counter()
    compress(page, some[0].query, rate=0.5, count=count)
    seconds = time.perf_counter() - started
    return Row(BENCH, SET, "chars_per_s", len(page) / seconds, len(page), None, seconds)


def _squad(path: Path) -> Iterator[Case]:
    for row in read_rows(path, "context", "question", "answers", "answerable"):
        if row["answerable"] and row["answers"]:
            yield Case("squad2", row["context"], row["question"], tuple(row["answers"]))


def _wice(path: Path) -> Iterator[Case]:
    for row in read_rows(path, "claim", "evidence", "supporting_sentences"):
        text, places = _lines(row["evidence"])
        wanted = tuple(tuple(places[each] for each in group) for group in row["supporting_sentences"] if group)
        if wanted:
            yield Case("wice", text, row["claim"], wanted=wanted)


def _epqa(path: Path) -> Iterator[Case]:
    asked: dict[tuple[str, str], list[tuple[str, bool]]] = defaultdict(list)
    for row in read_rows(path, "question", "ASIN", "candidate", "label"):
        asked[row["question"], row["ASIN"]].append((row["candidate"], row["label"] == "2"))
    generator = np.random.default_rng(_SEED)  # the file has the best candidates of a question first
    for (question, _), ordered in sorted(asked.items()):
        candidates = [ordered[place] for place in generator.permutation(len(ordered)).tolist()]
        text, places = _lines([candidate for candidate, _ in candidates])
        wanted = tuple((place,) for place, (_, good) in zip(places, candidates, strict=True) if good)
        if wanted and len(candidates) >= 5:
            yield Case("epqa", text, question, wanted=wanted)


def _lines(parts: Sequence[str]) -> tuple[str, list[Extent]]:
    """The parts as lines of one text, and their places."""
    places: list[Extent] = []
    end = 0
    for part in parts:
        places.append((end, end + len(part)))
        end += len(part) + 1
    return "\n".join(parts), places


def _plain(text: str) -> str:
    """As SQuAD compares answers: lower case, no punctuation, no articles."""
    return " ".join(re.sub(r"\b(?:a|an|the)\b", " ", re.sub(r"[^\w\s]", "", text.lower())).split())


SETS = (
    BenchSet(
        SET,
        _run,
        (
            NeededFile(SQUAD, "SQuAD 2.0 paragraphs and questions"),
            NeededFile(WICE, "WiCE claims with evidence"),
            NeededFile(EPQA, "product questions with candidate sentences"),
        ),
    ),
)
"""For `bench.context`."""
