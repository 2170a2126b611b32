"""What the conversation asks of the judge: which facts answer, whether they do, what customers say; and its thresholds.

Whether an answer is given is decided by the calibrated probability that the facts answer (`skills/verify/sufficiency`)
against one threshold: a half, or the one that keeps the merchant's promise. All other numbers that decide what is said
stand here, below, and nowhere else in the assistant.

The judge is loaded with the first question that needs it. It remembers what it read, by question and fact.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from shopwright.models.judge import DEFAULT_JUDGE, EmbeddedJudge
from shopwright.models.onnx_files import WEIGHTS, folder_of
from shopwright.models.protocols import Encoder, Judge
from shopwright.skills.evidence.dedupe import Weighed
from shopwright.skills.evidence.facts import sentences
from shopwright.skills.evidence.ranking import ranked, shown
from shopwright.skills.evidence.reading import Counts, read, statement
from shopwright.skills.evidence.sources import usable
from shopwright.skills.verify.calibrated import read_calibrated
from shopwright.skills.verify.risk import RiskControl
from shopwright.skills.verify.sufficiency import Sufficient
from shopwright.skills.verify.verifier import Verifier
from shopwright.types import Evidence

logger = logging.getLogger(__name__)

BALANCED = 0.5
"""Probability that the facts answer from which an answer is given, where the merchant promised nothing."""
READ = 12
"""Facts that the judge reads with one question."""
HEARD = 16
"""Sentences of customers that it reads with one question: those that share most words with it."""
ANSWERS = 0.5
"""Relevance from which a fact is told beside the best one, and from which a review is about a question."""
ALSO = 0.15
"""How close behind the best a second fact must be to be told too, and one that was asked by name to be meant."""
CLOSEST = 0.1
"""Relevance from which what does not answer is told as what comes closest."""
SAYS = 0.5
"""Probability from which a quote is a yes, or a no."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The facts for a question, the one that answers best first, and whether they answer it."""

    facts: tuple[Weighed, ...] = ()
    probability: float = 0.0
    sure: bool = False

    @property
    def also(self) -> tuple[Weighed, ...]:
        """The best fact, and others that answer nearly as well."""
        least = max(ANSWERS, self.facts[0].score - ALSO) if self.facts else 0.0
        return (*self.facts[:1], *(fact for fact in self.facts[1:] if fact.score >= least))


@dataclass(frozen=True, slots=True)
class Said:
    """What customers say to a question of yes or no: how many say which, and a quote of each side."""

    counts: Counts
    quotes: tuple[Evidence, ...]


class Judging:
    """The judge, the encoder and the calibration of one shop.

    Args:
        judge: None for the shop's own, or else the shipped one.
        models: the shop's folder of models.
        answers_wrong: share of given answers that may be wrong; None: the balanced threshold. A promise that cannot be
            kept is told in the log, and the least that can be is kept.
    """

    def __init__(
        self, judge: Judge | None, encoder: Encoder | None, models: Path = WEIGHTS, answers_wrong: float | None = None
    ) -> None:
        self._judge = judge
        self._loading = threading.Lock()
        self.encoder = encoder
        self.models = models
        self.answers_wrong = answers_wrong
        if broken := self.broken_promise():
            logger.warning("%s", broken)

    @property
    def judge(self) -> Judge:
        """The judge, loaded once, when it is first asked for.

        Raises:
            ModelError: its files are missing or damaged.
        """
        with self._loading:
            self._judge = self._judge or EmbeddedJudge(DEFAULT_JUDGE, folder_of(DEFAULT_JUDGE, self.models))
            return self._judge

    @cached_property
    def verifier(self) -> Verifier:
        """Checks what an endpoint writes."""
        return Verifier(self.judge, folder=self.models)

    @cached_property
    def threshold(self) -> float:
        """Probability from which an answer is given; for a promise that cannot be kept, that of the least that can."""
        control = self.promised()
        if control is None:
            return BALANCED
        if control.remedy:
            control = read_calibrated(self.models).promise(_kept(control))
        return control.threshold

    def promised(self) -> RiskControl | None:
        """What became of the merchant's promise; None without one."""
        return None if self.answers_wrong is None else read_calibrated(self.models).promise(self.answers_wrong)

    def broken_promise(self) -> str:
        """That the promise cannot be kept, the least that can be and is, and what to do; empty when all is well."""
        control = self.promised()
        if control is None or not control.remedy:
            return ""
        return (
            f"answers_wrong {control.alpha:.1%} cannot be promised from {control.n:,} calibration questions; "
            f"{_kept(control):.1%} is kept in its place: promise that or more in shop.toml, "
            "or calibrate on more questions"
        )

    def doubts(self) -> str:
        """What is wrong with what decides: fitted for another judge, or a promise that cannot be kept; else empty."""
        fitted = read_calibrated(self.models).judge
        if fitted != self.judge.fingerprint:
            return (
                f"verifier.json was fitted for the judge {fitted}, not for {self.judge.fingerprint}: "
                "fit it again with shopwright train verify"
            )
        return self.broken_promise()

    def answered(self, question: str, facts: Sequence[Evidence]) -> Answered:
        """The facts that answer a question best, and whether they answer it."""
        found = ranked(question, facts, self.judge, self.encoder, k=READ, prefilter=READ)
        return self.weighed(question, found)

    def weighed(self, question: str, found: Sequence[Weighed]) -> Answered:
        """Whether facts that are ranked already answer."""
        if not found:
            return Answered()
        weighed = self._sufficient.weigh(question, [shown(fact) for fact in found])
        best = found[weighed.best]
        others = [fact for fact in found if fact is not best]
        return Answered((best, *others), weighed.probability, weighed.probability >= self.threshold)

    def ranked(self, question: str, facts: Sequence[Evidence]) -> list[Weighed]:
        """The facts in the order of their relevance."""
        return ranked(question, facts, self.judge, self.encoder, k=READ, prefilter=READ)

    def customers(self, question: str, facts: Sequence[Evidence]) -> Said | None:
        """What customers say to a question of yes or no; None when it is no such question, or none speaks of it."""
        facts, _ = usable(question, facts)
        counts = read(question, facts, self.judge).counts
        if counts is None or not counts.mentioned:
            return None
        judged = self.judge.judge([(statement(question), shown(fact)) for fact in facts])
        yes = max(zip(judged, facts, strict=True), key=lambda pair: pair[0].supports)
        no = max(zip(judged, facts, strict=True), key=lambda pair: pair[0].refutes)
        quotes = [yes[1]] if counts.yes and yes[0].supports >= SAYS else []
        quotes += [no[1]] if counts.no and no[0].refutes >= SAYS and no[1] not in quotes else []
        return Said(counts, tuple(quotes))

    @cached_property
    def _sufficient(self) -> Sufficient:
        return Sufficient(self.judge, folder=self.models, encoder=self.encoder)


def _kept(control: RiskControl) -> float:
    """The least promise that can be kept, rounded up."""
    return min(math.ceil(control.least * 1000) / 1000, 0.999)


def sentence_facts(passages: Sequence[Evidence]) -> list[Evidence]:
    """The sentences of passages of documents, each as a fact of its own."""
    return [
        Evidence("", "document", passage.source, text, field=passage.field, title=passage.title, date=passage.date)
        for passage in passages
        for text in sentences(passage.text)
    ]
