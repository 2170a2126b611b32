"""A text against its evidence: every claim gets a verdict, its unsupported words, and the reason.

    Verifier(judge).verify("It weighs 1.9 kg and floats.", ["Weight: 1.9 kg"])

For each claim the closest sentences of the evidence are packed (`packing`) and read by the judge together with it;
code compares numbers, units, dates, names and negations (`exact`). A logistic regression over both, fitted by
`shopwright train verify` (`weights/verifier.json`), gives the probability that the claim is supported in every word:
one where all of the evidence was read, another where it is a page of which the closest part was, and on which the words
that a claim shares with it tell more. A claim that stands in the evidence as it is needs no judge.
What code finds contradicted by another figure, date or name is never called supported; a negation that it finds turned
round yields to a high probability (`_SURE`).

What not: evidence is taken at its word. Whether a source may be trusted is `evidence`'s question.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from shopwright.models.onnx_files import WEIGHTS
from shopwright.models.protocols import Judge
from shopwright.skills.verify.calibrated import read_calibrated
from shopwright.skills.verify.calibration import Logistic
from shopwright.skills.verify.claims import claims_of, sentences_of, states_something
from shopwright.skills.verify.exact import Exact, compare
from shopwright.skills.verify.packing import Pieces, terms
from shopwright.types import Claim, Judgement, Mark, Verdict, VerdictLabel

READ = 120
"""Words of evidence that the judge reads with a claim."""
_LONGEST_CLAIM = 1_000
_LONGEST_PIECE = 1_000_000
_REFUTED = 0.5
_COMPARED = {"amounts": ("number", "unit"), "dates": ("date",), "names": ("name",), "negated": ("negation",)}
"""What code compares, as features: whether it marked any."""
_SUPPORTED, _DOUBTED, _SURE, _VERBATIM = 0.5, 0.49, 0.75, 0.99
"""Probability from which a claim is supported, what a denied one gets at most, from which a negation is outweighed."""
_BORNE_ON = 0.3
"""Share of the claim's words from which evidence bears on it."""


class Verifier:
    """Checks texts against evidence.

    Args:
        judge: reads a claim with evidence.
        support: probability of support from `features_of`; the shipped ones when None.
        folder: where `verifier.json` is.
    """

    def __init__(self, judge: Judge, support: Logistic | None = None, folder: Path = WEIGHTS) -> None:
        self.judge = judge
        calibrated = read_calibrated(folder)
        self.support, self.page = support or calibrated.support, support or calibrated.page
        self.marked = calibrated.marked

    def verify(self, answer: str, evidence: Sequence[str]) -> list[Verdict]:
        """A verdict on every claim of a text, in order; `Verdict.sources` are places in `evidence`."""
        held = Held(evidence)
        return [self.judged(claim, held) for claim in claims_of(answer)]

    def judged(self, claim: Claim, held: Held) -> Verdict:
        """The verdict on one claim."""
        if not states_something(claim):
            return Verdict(claim, "empty", 1.0, reason="it states nothing that could be checked")
        text = claim.text[:_LONGEST_CLAIM]
        places = held.pieces.chosen(text, READ)
        if not places:
            return Verdict(claim, "unsupported", 0.0, reason="there is no evidence")
        read = held.pieces.joined(places)
        judgement = self.judge.judge([(text, read)])[0]
        exact = compare(text, [held.pieces.texts[place] for place in places])
        features = features_of(text, read, judgement, exact, held.pieces)
        support = self.page if held.pieces.is_page else self.support
        probability = _VERBATIM if _stands(text, held.pieces.texts) else support.probability(features)
        if _is_denied(exact, probability):
            probability = min(probability, _DOUBTED)
        label = _label(probability, judgement, exact, features["coverage"])
        marks = () if label == "supported" else marks_of(judgement, exact, self.marked)
        closeness = held.pieces.closeness(text)
        best = sorted(places, key=lambda place: -closeness[place])
        sources = tuple(dict.fromkeys(held.sources[place] for place in best if closeness[place] > 0))
        return Verdict(claim, label, probability, sources, marks, _reason(label, text, marks, exact, bool(sources)))


class Held:
    """Evidence as sentences that remember which piece they come from.

    Args:
        evidence: pieces of text of any length; what is beyond a million characters of one is left out.
    """

    def __init__(self, evidence: Sequence[str]) -> None:
        parts = [
            (place, text[start:end])
            for place, text in enumerate(piece[:_LONGEST_PIECE] for piece in evidence)
            for start, end in sentences_of(text)
        ]
        self.sources = [place for place, _ in parts]
        self.pieces = Pieces([part for _, part in parts])


def features_of(claim: str, read: str, judgement: Judgement, exact: Exact, pieces: Pieces) -> dict[str, float]:
    """What the probability of support rests on."""
    content = set(terms(claim))
    marked = [
        probability for start, end, probability in judgement.unsupported if content & set(terms(claim[start:end]))
    ]
    marked = marked or [0.0]
    return {
        "supports": judgement.supports,
        "refutes": judgement.refutes,
        "relevance": judgement.relevance,
        "held_words": sum(math.log(1 - 0.98 * each) for each in marked) / len(marked),
        "marks_share": sum(each > 0.5 for each in marked) / len(marked),
        **{kind: float(any(mark.reason in reasons for mark in exact.marks)) for kind, reasons in _COMPARED.items()},
        "contradicted": float(any(exact.contradicted)),
        "coverage": pieces.coverage(claim, read),
        "pairs": _pairs_held(claim, read),
        "length": min(len(content), 40) / 40,
    }


PAGE_FEATURES = ("coverage", "pairs", "length")
"""Shared words, shared pairs of neighbouring words, and the claim's length: they count on pages only, because a claim
over a short text repeats its words as well when it is wrong."""


def _pairs_held(claim: str, read: str) -> float:
    """Share of the claim's pairs of neighbouring words that the text has."""
    said, there = claim.lower().split(), read.lower().split()
    pairs, held = list(pairwise(said)), set(pairwise(there))
    return sum(pair in held for pair in pairs) / max(len(pairs), 1)


def _stands(claim: str, texts: Sequence[str]) -> bool:
    """Whether the claim is a whole piece of the evidence, capitals, spaces and end marks aside."""
    bare = _bare(claim)
    return bool(bare) and any(len(text) < 2 * len(claim) + 20 and _bare(text) == bare for text in texts)


def _bare(text: str) -> str:
    return " ".join(text.lower().strip(" .!?:;\"“”'").split())


def marks_of(judgement: Judgement, exact: Exact, least: float) -> tuple[Mark, ...]:
    """The words that code found missing, and those that the judge did, joined where they touch."""
    taken = list(exact.marks)
    run: list[tuple[int, int, float]] = []
    for start, end, probability in judgement.unsupported:
        known = any(mark.start < end and start < mark.end for mark in exact.marks)
        if probability < least or known:
            continue
        if run and start - run[-1][1] <= 1:
            run[-1] = (run[-1][0], end, max(probability, run[-1][2]))
        else:
            run.append((start, end, probability))
    taken += [Mark(start, end, "words", probability=probability) for start, end, probability in run]
    return tuple(sorted(taken, key=lambda mark: mark.start))


def _is_denied(exact: Exact, probability: float) -> bool:
    """Whether a figure, date or name of the evidence stands against the claim, or a negation that is not outweighed."""
    against = {mark.reason for mark, contradicted in zip(exact.marks, exact.contradicted, strict=True) if contradicted}
    return bool(against - {"negation"}) or ("negation" in against and probability < _SURE)


def _label(probability: float, judgement: Judgement, exact: Exact, coverage: float) -> VerdictLabel:
    if probability >= _SUPPORTED:
        return "supported"
    if judgement.refutes >= _REFUTED or (any(exact.contradicted) and judgement.supports < _REFUTED):
        return "refuted"
    return "partial" if coverage >= _BORNE_ON and judgement.relevance >= _BORNE_ON else "unsupported"


def _reason(label: VerdictLabel, claim: str, marks: Sequence[Mark], exact: Exact, found: bool) -> str:
    """One sentence for a person."""
    if label == "supported":
        return "the evidence holds it, in other words" if any(exact.contradicted) else "the evidence holds it"
    told = [f"“{claim[mark.start : mark.end]}” where the evidence says “{mark.told}”" for mark in marks if mark.told]
    missing = [f"“{claim[mark.start : mark.end]}”" for mark in marks if not mark.told]
    parts = told[:3] + ([f"nothing for {', '.join(missing[:4])}"] if missing else [])
    opening = _OPENINGS[label] if found else "no evidence speaks of it"
    return f"{opening}: {'; '.join(parts)}" if parts else opening


_OPENINGS: Mapping[VerdictLabel, str] = {
    "refuted": "the evidence says otherwise",
    "partial": "the evidence holds only a part of it",
    "unsupported": "the evidence does not say it",
}
