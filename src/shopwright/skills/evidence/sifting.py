"""False passages: what a set of passages says when some of them were changed.

Passages that are copies of one another but for a value (`twins`) count once. The values in which they differ are
rivals, and each is scored by the signs of `signs`, by the relevance and the trust of the passages that state it, and by
the model's own check where one is given. The passages of the losing value are rejected, each with its reason; where the
signs do not decide, all are kept and the dispute is told. Afterwards the judge's answers over all kept passages are put
together by value, near-copies counted once, and a lone passage against several is rejected too.

Weights are round numbers set by hand and fitted to nothing, in the order in which a person would trust the signs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from shopwright.models.protocols import Judge
from shopwright.skills.evidence import signs
from shopwright.skills.evidence.ranking import shown
from shopwright.skills.evidence.sources import usable
from shopwright.skills.evidence.terms import bag, content, passage
from shopwright.skills.evidence.trust import together, trusts
from shopwright.skills.evidence.twins import Twins, twins
from shopwright.skills.evidence.values import Value, agree, named, value_of, values
from shopwright.types import Evidence, Judgement

Prior = Callable[[str, str], float]
"""The model's own check: (a passage with `GAP` where a value stood, the value) -> its log-probability there."""

GAP = "____"

WEIGHTS = {
    "elsewhere": 2.0,
    "left over": 2.0,
    "adds up": 1.5,
    "weekday": 1.5,
    "near": 1.0,
    "believed": 0.5,
    "prior": 1.0,
}
"""What each sign counts for."""

_DECIDED = 0.1
_SURE = 0.5
_HEARD = 40
"""Passages, the weightiest, whose answers are put together."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the values in dispute.

    Args:
        value: as the first passage writes it.
        evidence: the passages that state it, copies left out.
        signs: what each sign says of it; only differences between sides mean something.
    """

    value: str
    evidence: tuple[Evidence, ...]
    signs: dict[str, float]

    @property
    def score(self) -> float:
        """The signs together."""
        return sum(WEIGHTS[name] * strength for name, strength in self.signs.items())


@dataclass(frozen=True, slots=True)
class Dispute:
    """Values that copies of one passage state in one place, the best first; `decided` is whether the signs tell."""

    sides: tuple[Side, ...]
    decided: bool

    @property
    def reason(self) -> str:
        """By which sign most."""
        best, second = self.sides[0].signs, self.sides[1].signs
        return max(best, key=lambda name: WEIGHTS[name] * (best[name] - second[name]))


@dataclass(frozen=True, slots=True)
class Sifted:
    """The facts that stand, those that do not with the reason for a person, what was in dispute, and the answer.

    Args:
        answer: the words of the best kept passage that answer, "" when there are none.
        support: share of the weight of all answers that agrees with it, 0 to 1.
        source: the passage of the answer.
    """

    kept: tuple[Evidence, ...]
    rejected: tuple[tuple[Evidence, str], ...]
    disputes: tuple[Dispute, ...] = ()
    answer: str = ""
    support: float = 0.0
    source: Evidence | None = None


@dataclass(slots=True)
class _Cluster:
    """Occurrences of one value over the passages of a dispute."""

    found: list[tuple[int, Value]]
    rivals: set[int]

    @property
    def value(self) -> Value:
        return self.found[0][1]

    @property
    def places(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(place for place, _ in self.found))


def sift(question: str, facts: Sequence[Evidence], judge: Judge, prior: Prior | None = None) -> Sifted:
    """The passages that may be believed, and the answer that they give together.

    Args:
        prior: the model's own check of a value in context; its differences are added to the vote.
    """
    told, rejected = usable(question, facts)
    told = [replace(fact, text=passage(fact.text, question)) for fact in told]
    once = {bag(fact.text): fact for fact in reversed(told)}
    read = [fact for fact in told if once[bag(fact.text)] is fact]
    if not read:
        return Sifted((), tuple(rejected))
    judged = judge.judge([(question, shown(fact)) for fact in read])
    pairs = twins(read)
    found = [_settled(question, read, group, prior) for group in _groups(read, pairs)]
    place = {id(fact): number for number, fact in enumerate(read)}
    out: dict[int, str] = {}
    for dispute in found:
        if dispute.decided:
            for side in dispute.sides[1:]:
                out |= {place[id(fact)]: _reason(side, dispute) for fact in side.evidence if place[id(fact)] not in out}
    out |= _outvoted(read, judged, pairs, out)
    won, open_ = _standing(found, place)
    answer, support, source = _answer(read, judged, pairs, [p for p in range(len(read)) if p not in out | open_], won)
    whys = [out.get(place[id(once[bag(fact.text)])], "") for fact in told]
    rejected += [(fact, why) for fact, why in zip(told, whys, strict=True) if why]
    kept = tuple(fact for fact, why in zip(told, whys, strict=True) if not why)
    return Sifted(kept, tuple(rejected), tuple(found), answer, support, source)


def _standing(found: Sequence[Dispute], place: dict[int, int]) -> tuple[dict[int, str], dict[int, str]]:
    """The values that lead a dispute by the places of their passages, and those of the other sides of open disputes.

    An open dispute rejects nothing; its leading value is answered all the same, and `Sifted.disputes` says that it is
    open.
    """
    won: dict[int, str] = {}
    open_: dict[int, str] = {}
    for dispute in found:
        won |= {place[id(fact)]: dispute.sides[0].value for fact in dispute.sides[0].evidence}
        if not dispute.decided:
            open_ |= {place[id(fact)]: side.value for side in dispute.sides[1:] for fact in side.evidence}
    return won, {number: value for number, value in open_.items() if number not in won}


def _reason(side: Side, dispute: Dispute) -> str:
    return (
        f"it is a copy of another passage with “{side.value}” in place of “{dispute.sides[0].value}”, "
        f"which other evidence bears out ({dispute.reason})"
    )


def _groups(read: Sequence[Evidence], pairs: Sequence[Twins]) -> list[list[_Cluster]]:
    """Values that rival one another, directly or through a third, as groups of clusters."""
    clusters: list[_Cluster] = []
    for pair in pairs:
        for one, other in pair.swaps:
            if agree(one, other):
                continue
            mine, its = _cluster(clusters, pair.one, one), _cluster(clusters, pair.other, other)
            if mine != its:
                clusters[mine].rivals.add(its)
                clusters[its].rivals.add(mine)
    for cluster in clusters:
        cluster.found = _grown(read, cluster.found)
    groups: list[list[_Cluster]] = []
    seen: set[int] = set()
    for start in range(len(clusters)):
        stack, group = [start], []
        while stack:
            place = stack.pop()
            if place not in seen:
                seen.add(place)
                group.append(clusters[place])
                stack.extend(clusters[place].rivals)
        if len(group) > 1:
            groups.append(group)
    return groups


def _grown(read: Sequence[Evidence], found: list[tuple[int, Value]]) -> list[tuple[int, Value]]:
    """Chinese names grown to all signs that stand beside them everywhere: 法 is 法国 when 国 always follows."""
    texts = [read[place].text for place, _ in found]
    spans = [(value.start, value.end) for _, value in found]
    if len({text[max(0, a - 4) : b + 4] for text, (a, b) in zip(texts, spans, strict=True)}) < 2:
        return found
    if found[0][1].kind != "name" or found[0][1].text.isascii():
        return found
    for _ in range(3):
        after = {text[b : b + 1] for text, (_, b) in zip(texts, spans, strict=True)}
        if len(after) == 1 and (sign := after.pop()).isalpha() and not sign.isascii():
            spans = [(a, b + 1) for a, b in spans]
    return [(place, named(read[place].text, a, b)) for (place, _), (a, b) in zip(found, spans, strict=True)]


def _cluster(clusters: list[_Cluster], place: int, value: Value) -> int:
    for number, cluster in enumerate(clusters):
        if cluster.value.name == value.name and agree(cluster.value, value):
            if (place, value) not in cluster.found:
                cluster.found.append((place, value))
            return number
    clusters.append(_Cluster([(place, value)], set()))
    return len(clusters) - 1


def _settled(question: str, read: Sequence[Evidence], group: list[_Cluster], prior: Prior | None) -> Dispute:
    inside = {place for cluster in group for place in cluster.places}
    rests = [
        _rest(read[place].text, [value for c in group for p, value in c.found if p == place])
        for place in sorted(inside)
    ]
    common = list(dict.fromkeys([question, *rests]))
    outside = list(dict.fromkeys(fact.text for place, fact in enumerate(read) if place not in inside))
    around = frozenset().union(*(content(rest) for rest in rests)) - content(question)
    others = [value for text in (*common, *outside) for value in values(text)]
    trust = trusts(read)
    sides = []
    for cluster in group:
        rivals = [other.value for other in group if other is not cluster]
        seen = [signs.Occurrence(v, read[p].text, _rest(read[p].text, [v])) for p, v in cluster.found]
        strength = {
            "elsewhere": math.log1p(2 * signs.elsewhere(cluster.value, rivals, question, outside, around)),
            "left over": math.log1p(sum(signs.told(cluster.value, rivals, text) for text in common)),
            "near": signs.near(cluster.value, others),
            "adds up": max(signs.adds_up(one.value, values(one.rest)) for one in seen),
            "weekday": sum(signs.weekday(one) for one in seen) / len(seen),
            "believed": together(trust[p] for p in cluster.places),
        }
        if prior is not None:
            checks = [prior(_gapped(one.passage, one.value), one.value.text) for one in seen[:4]]
            strength["prior"] = math.tanh(sum(checks) / len(checks) / 4)
        sides.append(Side(cluster.value.text, tuple(read[p] for p in cluster.places), strength))
    sides.sort(key=lambda side: -side.score)
    return Dispute(tuple(sides), sides[0].score - sides[1].score >= _DECIDED)


def _rest(text: str, taken: Sequence[Value]) -> str:
    for value in sorted(taken, key=lambda value: -value.start):
        text = f"{text[: value.start]} {text[value.end :]}"
    return text


def _gapped(text: str, value: Value) -> str:
    return f"{text[: value.start]}{GAP}{text[value.end :]}"


def _stated(read: Sequence[Evidence], judged: Sequence[Judgement], place: int) -> Value | None:
    """The value of the words that the judge takes for the answer, when it is sure enough that they are."""
    start, end = judged[place].answer
    if judged[place].answerable < _SURE or not 0 <= start < end <= len(shown(read[place])):
        return None
    return value_of(shown(read[place]), start, end)


def _copies(pairs: Sequence[Twins], count: int) -> list[int]:
    """For each passage the first of those that it is a copy of."""
    first = list(range(count))
    for pair in pairs:
        low = min(first[pair.one], first[pair.other])
        first[pair.one] = first[pair.other] = low
    return first


def _weights(read: Sequence[Evidence], judged: Sequence[Judgement], pairs: Sequence[Twins]) -> list[float]:
    """Relevance times trust of each passage; of several copies the first alone counts."""
    trust, first = trusts(read), _copies(pairs, len(read))
    counted: set[tuple[int, str]] = set()
    weights = []
    for place, one in enumerate(judged):
        value = _stated(read, judged, place)
        key = (first[place], value.text if value else "")
        weights.append(0.0 if key in counted else max(0.0, one.relevance) * trust[place])
        counted.add(key)
    return weights


def _outvoted(
    read: Sequence[Evidence], judged: Sequence[Judgement], pairs: Sequence[Twins], out: dict[int, str]
) -> dict[int, str]:
    """Lone passages whose date or quantity several independent, together twice as weighty passages contradict."""
    weights = _weights(read, judged, pairs)
    said = {
        p: value
        for p in range(len(read))
        if p not in out and (value := _stated(read, judged, p)) and value.kind != "name"
    }
    lost: dict[int, str] = {}
    for place, value in said.items():
        against = [
            p for p, other in said.items() if other.dimension == value.dimension and not agree(value, other, 0.1)
        ]
        united = [
            p
            for p in against
            if sum(agree(said[p], said[q], 0.1) for q in against) >= len(against) / 2 and weights[p] > 0
        ]
        backing = sum(weights[p] for p, other in said.items() if agree(value, other, 0.1) and p != place)
        if len(united) >= 2 and backing == 0.0 and sum(weights[p] for p in united) > 2 * weights[place]:
            lost[place] = f"it alone says “{value.text}”; {len(united)} other sources say “{said[united[0]].text}”"
    return lost


def _answer(
    read: Sequence[Evidence],
    judged: Sequence[Judgement],
    pairs: Sequence[Twins],
    kept: Sequence[int],
    won: dict[int, str],
) -> tuple[str, float, Evidence | None]:
    """The answer with the most weight over the kept passages: the judge's words, or the value that won a dispute."""
    weights = _weights(read, judged, pairs)
    said: dict[int, Value] = {}
    for place in kept:
        value = _stated(read, judged, place)
        start = read[place].text.find(won[place]) if place in won else -1
        value = value_of(read[place].text, start, start + len(won[place])) if start >= 0 else value
        if value is not None and value.text.strip():
            said[place] = value
    if not said:
        return "", 0.0, None
    heard = sorted(said, key=lambda place: (place in won, weights[place]), reverse=True)[:_HEARD]
    shares = {p: sum(weights[q] for q in heard if agree(said[p], said[q], 0.02)) for p in heard}
    most = max(judged[place].relevance for place in heard)
    best = max(heard, key=lambda p: (p in won and judged[p].relevance >= most / 5, shares[p], judged[p].relevance))
    total = sum(weights[place] for place in heard)
    return said[best].text.strip(" .,;:"), min(1.0, shares[best] / total) if total else 0.0, read[best]
