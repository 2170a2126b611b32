"""Reading: the words that answer a question, where they stand, and for yes and no how many say which.

The judge marks the answer in each fact. What counts as an answer is what it is sure of; among those the most relevant,
best-trusted one is given, in its own words. A question that can be answered by yes or no is put to every customer's
text as a statement ("Is it loud?" -> "It is loud"), which the judge finds supported, contradicted or neither; a review
counts once, by the sum of what its sentences say.

What not: no question is split; "Is it light and cheap?" is one statement, and half of it is unclear.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shopwright.models.protocols import Judge
from shopwright.skills.evidence.conflicts import Conflict, conflicts
from shopwright.skills.evidence.facts import sentences
from shopwright.skills.evidence.ranking import shown
from shopwright.skills.evidence.sources import source_key, usable
from shopwright.skills.evidence.terms import content, passage, word_set
from shopwright.skills.evidence.trust import by_customers, source_kind, trusts
from shopwright.types import Evidence, Judgement

ANSWERS = 0.5
"""Probability from which the judge's words count as an answer, and relevance from which a text mentions it."""

_AUXILIARY = re.compile(
    r"(?:(?:so|and|but|also|hi|hello|ok),?\s+)*(is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|may|"
    r"isn't|aren't|doesn't|don't|can't|won't)\s+(.+?)\s*\??$",
    re.IGNORECASE | re.DOTALL,
)
_PRONOUN = word_set("it they this these that those there he she you i we anyone anybody somebody")
_DETERMINER = word_set("the this that these those my your its a an")
_VERB = word_set(
    "be have fit work come need take last use make go get do hold help run support include require contain"
)
_EITHER = re.compile(r"\bor\b", re.IGNORECASE)
_SAYS_YES = re.compile(r"\s*(?:yes|yep|yeah|yup|sure|absolutely|definitely|correct)\b|\s*(?:是的|对)", re.IGNORECASE)
_SAYS_NO = re.compile(
    r"\s*(?:no|nope|nah|not (?:at all|really))\b(?! (?:problem|issue|doubt|complaint))|\s*(?:不|没有)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many independent customers say yes, no, or speak of it without saying which."""

    yes: int
    no: int
    unclear: int
    who: str = "reviewer"

    @property
    def mentioned(self) -> int:
        """How many speak of it at all."""
        return self.yes + self.no + self.unclear

    def words(self) -> str:
        """The counts for a shopper: "8 of 11 reviewers who mention it say yes, 2 say no"."""
        if not self.mentioned:
            return f"no {self.who} mentions it"
        if self.mentioned == 1:
            said = "yes" if self.yes else "no" if self.no else ""
            return f"the one {self.who} who mentions it {f'says {said}' if said else 'does not say yes or no'}"
        told = [
            f"{count} say{'s' if count == 1 else ''} {name}"
            for count, name in ((self.yes, "yes"), (self.no, "no"))
            if count
        ]
        if not told:
            return f"none of {self.mentioned} {self.who}s who mention it says yes or no"
        first, _, rest = told[0].partition(" ")
        return ", ".join([f"{first} of {self.mentioned} {self.who}s who mention it {rest}", *told[1:]])


@dataclass(frozen=True, slots=True)
class Reading:
    """What facts say to a question.

    Args:
        answer: the words that answer, as they stand in `evidence` at `span`; "" when nothing answers.
        probability: that they are the answer.
        counts: for a question of yes or no, over customers.
        conflicts: what contradicts what.
        rejected: facts that were not read, with the reason.
    """

    answer: str = ""
    span: tuple[int, int] = (0, 0)
    evidence: Evidence | None = None
    probability: float = 0.0
    counts: Counts | None = None
    conflicts: tuple[Conflict, ...] = ()
    rejected: tuple[tuple[Evidence, str], ...] = ()


def read(question: str, facts: Sequence[Evidence], judge: Judge) -> Reading:
    """The answer among the facts, the counts, and the conflicts; nothing is written that does not stand there."""
    kept, rejected = usable(question, facts)
    if not kept:
        return Reading(rejected=tuple(rejected))
    texts = [passage(shown(fact), question) for fact in kept]
    judged = judge.judge([(question, text) for text in texts])
    trust = trusts(kept)
    order = sorted(range(len(kept)), key=lambda p: -judged[p].relevance * judged[p].answerable * (0.5 + 0.5 * trust[p]))
    counts = _counts(question, kept, texts, judged, judge) if is_yes_or_no(question) else None
    disputes = tuple(conflicts(question, kept))
    for place in order:
        start, end = judged[place].answer
        if judged[place].answerable >= ANSWERS and 0 <= start < end <= len(texts[place]):
            shift = max(0, kept[place].text.find(texts[place][start:end]))
            answer = texts[place][start:end]
            return Reading(
                answer,
                (shift, shift + len(answer)),
                kept[place],
                judged[place].answerable,
                counts,
                disputes,
                tuple(rejected),
            )
    return Reading(counts=counts, conflicts=disputes, rejected=tuple(rejected))


def is_yes_or_no(question: str) -> bool:
    """Whether a question can be answered by yes or no ("Is it A or B?" cannot)."""
    last = re.split(r"(?<=[.!?])\s+", question.strip())[-1]
    if question.rstrip("?？ ").endswith(("吗", "么")):
        return True
    return bool(_AUXILIARY.match(last)) and not _EITHER.search(last)


def statement(question: str) -> str:
    """A question of yes or no as the statement that yes would make: "Is it loud?" -> "It is loud."."""
    match = _AUXILIARY.match(re.split(r"(?<=[.!?])\s+", question.strip())[-1])
    if match is None:
        return question.rstrip("?？吗么 ")
    verb, rest = match[1].lower(), match[2].split()
    size = 1
    if rest[0].lower() in _DETERMINER and len(rest) > 2 and rest[1].lower() not in _VERB:
        size = 2
    elif rest[0].lower() not in _PRONOUN and len(rest) == 1:
        return f"It {verb} {rest[0]}."
    subject, remainder = " ".join(rest[:size]), " ".join(rest[size:])
    verb = "" if verb in ("do", "does", "did") else f"{verb} "
    return f"{subject[:1].upper()}{subject[1:]} {verb}{remainder}".strip() + "."


def _counts(
    question: str, facts: Sequence[Evidence], texts: Sequence[str], judged: Sequence[Judgement], judge: Judge
) -> Counts:
    """Who says yes and who no: each source once, copies of a text once."""
    claim = statement(question)
    about = [p for p, fact in enumerate(facts) if by_customers(fact) and judged[p].relevance >= ANSWERS]
    about += [
        p for p, fact in enumerate(facts) if source_kind(fact) == "answer" and p not in about and _plain(texts[p])
    ]
    checked = judge.judge([(claim, texts[place]) for place in about]) if about else []
    votes: dict[str, float] = {}
    seen: dict[str, str] = {}
    for place, one in zip(about, checked, strict=True):
        key = source_key(facts[place])
        if len(texts[place]) > 40 and seen.setdefault(texts[place].casefold(), key) != key:
            continue
        plain = _plain(texts[place]) if source_kind(facts[place]) == "answer" else 0
        vote = float(plain) if plain else one.supports - one.refutes
        votes[key] = votes.get(key, 0.0) + vote
    yes, no = sum(vote >= 0.4 for vote in votes.values()), sum(vote <= -0.4 for vote in votes.values())
    asked = all(source_kind(facts[place]) == "answer" for place in about) and bool(about)
    return Counts(yes, no, len(votes) - yes - no, "customer" if asked else "reviewer")


def _plain(text: str) -> int:
    """1 or -1 where an answer begins with yes or no."""
    return bool(_SAYS_YES.match(text)) - bool(_SAYS_NO.match(text))


_OFF_ASPECT = 0.6
"""What is left of a sentence's score when it has no word of what is asked about."""


def review_answers(question: str, review: str, judge: Judge) -> tuple[float, tuple[int, int]]:
    """How probable it is that a review answers a question, and where: the best sentence's score and span.

    A sentence scores its relevance, weighted by how sure the judge is of words that answer; less when neither it nor
    its neighbour before it ("The screen? Gorgeous.") has a word of what the question is about. The review's score is
    that of its best sentence: one sentence answers, and a long review is no better for its length.
    """
    text = passage(review, question)
    found, start = [], 0
    for sentence in sentences(text):
        place = text.find(sentence, start)
        if place >= 0:
            found.append((place, sentence))
            start = place + len(sentence)
    if not found or not question.strip():
        return 0.0, (0, 0)
    judged = judge.judge([(question, sentence) for _, sentence in found])
    aspect, before = content(question), frozenset[str]()
    best, span = 0.0, (0, 0)
    offset = max(0, review.find(text))
    for (place, sentence), one in zip(found, judged, strict=True):
        there = content(sentence)
        score = one.relevance * (0.5 + 0.5 * one.answerable) * (1.0 if aspect & (there | before) else _OFF_ASPECT)
        if score > best:
            first, last = one.answer if one.answer[0] < one.answer[1] else (0, len(sentence))
            best, span = min(1.0, score), (offset + place + first, offset + place + last)
        before = there
    return best, span
