"""Any text checked against any evidence, or against a shop: what the command line and the HTTP route share.

    from shopwright.checking import Checker, Piece

    checker = Checker.open()
    checked = checker.check("The kettle holds 1.7 l.", [Piece("Capacity: 1.5 l", "kettle.md")])
    checked.verdicts[0].reason

Around the verdict on a claim over all of the evidence (`skills.verify.verifier`): what may not be evidence is left out
and named (what the shopper typed, texts that give orders to a machine), and when several pieces bear on a claim each is
also read alone. Where one holds the claim and another says otherwise, the more trusted side stands, by the table of
`skills.evidence.trust`, the claim being not supported when both weigh the same, and the reason names both. Two products
never contradict each other.

Against a shop, the evidence of a sentence is what the shop's own search finds for it: the records of the products that
it names (or the sentence before it did), their reviews, passages of the shop's documents. Prices and stock are rendered
from the store by code.

Simplification: the languages of claim and evidence are told by their commonest words; nothing is translated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

from shopwright.checking.of_shop import SearchedShop, ShopEvidence
from shopwright.checking.pieces import Piece
from shopwright.models.judge import DEFAULT_JUDGE, EmbeddedJudge
from shopwright.models.onnx_files import WEIGHTS, folder_of
from shopwright.skills.evidence.sources import refused
from shopwright.skills.evidence.trust import together, trusts
from shopwright.skills.verify.claims import claims_of, sentences_of
from shopwright.skills.verify.languages import language_of
from shopwright.skills.verify.packing import terms
from shopwright.skills.verify.repair import Repaired, repaired
from shopwright.skills.verify.verifier import Held, Verifier
from shopwright.types import Claim, Evidence, Verdict, VerdictLabel

MOST_CLAIMS = 1_000
"""Claims of one answer that are judged; 1,000 take about a minute."""
_APART = 3
"""Pieces that are also read alone."""
_SAME_MATTER = 0.6
"""Share of the claim's words, weighed by rarity, that a piece must have to contradict another about it."""
_LONGEST = 1_000_000
_WINDOW, _STEP = 4_000, 3_600
_SHOWN, _QUOTED = 3, 2


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of the evidence that decided, and the piece that it stands in."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer with a verdict on each of its claims.

    Args:
        verdicts: in the order of the claims; `Verdict.sources` are places in the evidence of that claim.
        told: for each verdict the sentences that decided.
        notes: what was left out of the evidence or not read, in words.
        judge: fingerprint of the model.
    """

    answer: str
    verdicts: tuple[Verdict, ...]
    told: tuple[tuple[Told, ...], ...]
    notes: tuple[str, ...]
    judge: str

    @property
    def summary(self) -> dict[str, int]:
        """How many claims got each label, and `claims`, how many say something."""
        counts = Counter(verdict.label for verdict in self.verdicts)
        told: dict[str, int] = {label: counts[label] for label in get_args(VerdictLabel)}
        return {"claims": len(self.verdicts) - counts["empty"], **told}

    @property
    def sound(self) -> bool:
        """Whether every claim that says something is supported."""
        return all(verdict.label in ("supported", "empty") for verdict in self.verdicts)

    def entries(self) -> list[dict[str, Any]]:
        """The claims as JSON holds them."""
        return [_entry(verdict, told) for verdict, told in zip(self.verdicts, self.told, strict=True)]


class Checker:
    """Checks texts. Safe to share between threads.

    Args:
        verifier: judges a claim.
    """

    def __init__(self, verifier: Verifier) -> None:
        self.verifier = verifier

    @classmethod
    def open(cls, models: Path = WEIGHTS) -> Checker:
        """With the judge of a shop's folder of models where it has one, else with the shipped one.

        Raises:
            ModelError: its files are missing or damaged.
        """
        return cls(Verifier(EmbeddedJudge(DEFAULT_JUDGE, folder_of(DEFAULT_JUDGE, models)), folder=models))

    def check(self, answer: str, evidence: Sequence[Piece], most: int = MOST_CLAIMS) -> Checked:
        """A verdict on every claim of a text.

        Args:
            answer: any text; one without statements has no verdicts.
            evidence: may be empty.
            most: claims that are judged; those that follow count as not supported.
        """
        notes: list[str] = []
        against = _Against(self.verifier, _usable(evidence, notes))
        return self._checked(answer, lambda _: against, notes, most)

    def check_in(self, answer: str, shop: SearchedShop, most: int = MOST_CLAIMS) -> Checked:
        """A verdict on every claim of a text, the shop being the evidence."""
        notes: list[str] = []
        found = ShopEvidence(shop)
        ends = [end for _, end in sentences_of(answer)]
        known: dict[int, _Against] = {}

        def against(claim: Claim) -> _Against:
            place = next(place for place, end in enumerate(ends) if claim.start < end)
            if place not in known:
                start = ends[place - 1] if place else 0
                pieces = _usable(found.of(answer[start : ends[place]]), notes)
                known.clear()
                known[place] = _Against(self.verifier, pieces)
            return known[place]

        return self._checked(answer, against, notes, most)

    def repair(self, checked: Checked, evidence: Sequence[Piece] | SearchedShop) -> Repaired:
        """The answer with its unsupported sentences corrected from the same evidence, or left out."""

        def again(sentence: str) -> Sequence[Verdict]:
            if isinstance(evidence, Sequence):
                return self.check(sentence, evidence).verdicts
            return self.check_in(sentence, evidence).verdicts

        return repaired(checked.answer, checked.verdicts, again)

    def _checked(self, answer: str, against: Callable[[Claim], _Against], notes: list[str], most: int) -> Checked:
        verdicts: list[Verdict] = []
        told: list[tuple[Told, ...]] = []
        claims = claims_of(answer)
        for claim in claims[:most]:
            held = against(claim)
            verdicts.append(held.verdict(claim))
            told.append(held.told(verdicts[-1]))
        rest = claims[most:]
        verdicts += [Verdict(claim, "unsupported", 0.0, reason=f"it was not read: {_few(most)}") for claim in rest]
        told += [()] * len(rest)
        if rest:
            notes.append(f"the answer makes {len(claims):,} claims, {_few(most)}: check it in parts")
        return Checked(
            answer, tuple(verdicts), tuple(told), tuple(dict.fromkeys(notes)), self.verifier.judge.fingerprint
        )


class _Against:
    """The evidence of a claim: together, and each piece alone."""

    def __init__(self, verifier: Verifier, pieces: Sequence[Piece]) -> None:
        self.verifier = verifier
        self.pieces = pieces
        self.held = Held([piece.text for piece in pieces])
        self._alone: dict[int, Held] = {0: self.held} if len(pieces) == 1 else {}

    def verdict(self, claim: Claim) -> Verdict:
        """The verdict over all pieces, settled where they contradict each other."""
        overall = self.verifier.judged(claim, self.held)
        bearing = overall.sources[:_APART]
        if len(bearing) > 1:
            alone = {place: self.verifier.judged(claim, self._held(place)) for place in bearing}
            overall = self._settled(overall, alone)
        return self._with_language(overall)

    def told(self, verdict: Verdict) -> tuple[Told, ...]:
        """Of each deciding piece the sentences that the claim is about."""
        return tuple(
            Told(self._name(place), " … ".join(_quoted(verdict, self._held(place).pieces.texts)))
            for place in verdict.sources[:_SHOWN]
        )

    def _held(self, place: int) -> Held:
        if place not in self._alone:
            self._alone[place] = Held([self.pieces[place].text])
        return self._alone[place]

    def _name(self, place: int) -> str:
        return self.pieces[place].source or f"evidence {place + 1}"

    def _settled(self, overall: Verdict, alone: Mapping[int, Verdict]) -> Verdict:
        """One verdict over pieces that were also read alone."""
        holding = [place for place, verdict in alone.items() if verdict.label == "supported"]
        denying = self._denying(overall.claim.text, alone, holding)
        if not holding:
            told = [place for place in denying if any(mark.told for mark in alone[place].marks)]
            if overall.label == "supported" and told:  # held only by mixing what two pieces say
                return replace(alone[told[0]], sources=(told[0],))
            return overall
        best = max(holding, key=lambda place: alone[place].probability)
        if not denying:
            return replace(overall if overall.label == "supported" else alone[best], sources=tuple(holding))
        weights = [self._trust(side) for side in (holding, denying)]
        reason = f"{self._names(holding)} holds it, {self._names(denying)} says otherwise{_instead(alone[denying[0]])}"
        share = weights[0] / (weights[0] + weights[1])
        if weights[0] > weights[1] + 1e-9:
            stands = replace(alone[best], probability=min(alone[best].probability, share))
            return replace(stands, sources=(*holding, *denying), reason=f"{reason}; the first is trusted more")
        why = "the second is trusted more" if weights[0] + 1e-9 < weights[1] else "neither is trusted more"
        falls = replace(alone[denying[0]], label="refuted", probability=min(share, 0.5))
        return replace(falls, sources=(*denying, *holding), reason=f"{reason}; {why}")

    def _denying(self, claim: str, alone: Mapping[int, Verdict], holding: Sequence[int]) -> list[int]:
        """The pieces that say otherwise of the same matter: about as many of the claim's words, no other product."""
        denying = [place for place, verdict in alone.items() if _denies(verdict)]
        if not holding:
            return denying
        if any(self.pieces[place].kind == "product" for place in holding):
            denying = [place for place in denying if self.pieces[place].kind != "product"]
        return [place for place in denying if self._same_matter(claim, alone[place], place)]

    def _same_matter(self, claim: str, verdict: Verdict, place: int) -> bool:
        """Whether a piece has most of the claim's words, but for those that it says otherwise."""
        rest = claim
        for mark in reversed(verdict.marks):
            rest = rest[: mark.start] + rest[mark.end :] if mark.told else rest
        held = self.held.pieces.coverage(rest, self.pieces[place].text[:_LONGEST])
        return held >= _SAME_MATTER or not terms(rest)

    def _trust(self, places: Sequence[int]) -> float:
        """Trust that not all of some pieces err; the same words count once."""
        facts = {self.pieces[place].text: _fact(self.pieces[place]) for place in places}
        return together(trusts(list(facts.values())))

    def _names(self, places: Sequence[int]) -> str:
        names = list(dict.fromkeys(map(self._name, places)))
        return names[0] if len(names) == 1 else f"{names[0]} (and {len(names) - 1} more)"

    def _with_language(self, verdict: Verdict) -> Verdict:
        """The reason of a failure completed by the languages, where they differ."""
        if verdict.label in ("supported", "empty") or not self.pieces:
            return verdict
        place = verdict.sources[0] if verdict.sources else 0
        mine, its = language_of(verdict.claim.text, 1), language_of(self.pieces[place].text[:_WINDOW])
        if not mine or not its or mine == its:
            return verdict
        note = (
            f"the claim is in {mine} and the evidence in {its}, so little more than figures and names can be compared"
        )
        return replace(verdict, reason=f"{verdict.reason}; {note}")


def _quoted(verdict: Verdict, sentences: Sequence[str]) -> list[str]:
    """Two sentences at most, in their order: one with another value first, then those with most words still wanted."""
    others = [mark.told for mark in verdict.marks if mark.told]
    left, held = set(terms(verdict.claim.text)), [set(terms(sentence)) for sentence in sentences]
    picked: list[int] = []
    while len(picked) < _QUOTED:
        worth = [
            (not picked and any(other in sentence for other in others), len(left & words))
            for sentence, words in zip(sentences, held, strict=True)
        ]
        best = max(range(len(worth)), key=worth.__getitem__)
        if best in picked or not any(worth[best]):
            break
        picked.append(best)
        left -= held[best]
    return [sentences[place] for place in sorted(picked)]


def _usable(evidence: Sequence[Piece], notes: list[str]) -> list[Piece]:
    """The pieces that may be evidence; of the others the notes say why not."""
    kept: list[Piece] = []
    for place, piece in enumerate(evidence):
        name = piece.source or f"evidence {place + 1}"
        why = "a shopper's own words are no source" if piece.kind == "shopper" else _orders(piece)
        if not piece.text.strip():
            why = "it is empty"
        if why:
            notes.append(f"{name} was left out: {why}")
            continue
        kept.append(piece if piece.source else replace(piece, source=name))
        if len(piece.text) > _LONGEST:
            notes.append(f"{name} has {len(piece.text):,} characters: the first {_LONGEST:,} were read")
    return kept


def _orders(piece: Piece) -> str:
    """Why a text may not be used, wherever in it the reason stands."""
    text = piece.text[:_LONGEST]
    for start in range(0, max(len(text), 1), _STEP):
        window = text[start : start + _WINDOW]
        why = refused("", replace(_fact(piece), text=window)) if window.strip() else ""
        if why:
            return why
    return ""


def _fact(piece: Piece) -> Evidence:
    kind = "document" if piece.kind == "shopper" else piece.kind
    return Evidence("", kind, piece.source, piece.text, date=piece.date)


def _denies(verdict: Verdict) -> bool:
    """Whether a piece says otherwise: as the judge reads it, or with another value."""
    return verdict.label == "refuted" or (verdict.label != "supported" and any(mark.told for mark in verdict.marks))


def _instead(verdict: Verdict) -> str:
    said = [f"“{mark.told}”" for mark in verdict.marks if mark.told]
    return f" ({', '.join(said[:2])})" if said else ""


def _few(most: int) -> str:
    return f"only the first {most:,} of an answer are judged"


def _entry(verdict: Verdict, told: Sequence[Told]) -> dict[str, Any]:
    claim = verdict.claim
    marks = [
        {
            "start": claim.start + mark.start,
            "end": claim.start + mark.end,
            "text": claim.text[mark.start : mark.end],
            "reason": mark.reason,
            "told": mark.told,
        }
        for mark in verdict.marks
    ]
    return {
        "claim": claim.text,
        "start": claim.start,
        "end": claim.end,
        "label": verdict.label,
        "probability": round(verdict.probability, 4),
        "marks": marks,
        "sources": [{"name": one.name, "text": one.text} for one in told],
        "reason": verdict.reason,
    }
