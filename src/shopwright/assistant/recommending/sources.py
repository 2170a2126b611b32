"""Where candidates come from, and which sources a place asks for which purpose.

    behaviour   what shoppers like this one went on to (`skills.recommend.sequence`), where a model was trained
    codes       what a generator of semantic ids writes after these (`skills.recommend.codes`), where one was trained
    meaning     what is near in meaning to what they looked at or said; in place of a product its substitutes
    fit         what goes with a product, by the merchant's word or by what texts state (`search.related`)
    knowledge   what common sense thinks of (`guessing`)
    popular     what was looked at and bought most of late, by the shop's own events; else what is best rated
    new         what came out of late

Each says how relevant a candidate is between 0 and 1, best first, and what a reason can be made of (`Grounds`). Scores
of different sources mean different things: each is brought to a share of what counts as certain for it, and `WEIGHTS`
says how far it is trusted. These were set by hand; what trials of the dial tell may set them later.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np

from shopwright.assistant.recommending.goods import Goods
from shopwright.assistant.recommending.guessing import thoughts
from shopwright.assistant.recommending.knowing import Known
from shopwright.assistant.thinking import CommonSense
from shopwright.catalog.events.kept import ProductDays
from shopwright.knowledge.graph import kind_of, name_of
from shopwright.search.columns import Masks
from shopwright.skills.recommend.codes.coded import Coded
from shopwright.skills.recommend.sequence.behaviour import Behaviour
from shopwright.skills.recommend.supposing.trail import Thoughts
from shopwright.types import Candidate, CandidateSource, Filter, Place, Purpose, Reason

PURPOSES: Mapping[Place, tuple[Purpose, ...]] = {
    "home": ("for_you",),
    "product": ("goes_with", "instead", "next"),
    "basket": ("goes_with",),
    "after": ("next", "goes_with"),
    "conversation": ("for_you",),
}
"""What suits a place, the first purpose first."""
SOURCES: Mapping[Purpose, tuple[CandidateSource, ...]] = {
    "for_you": ("knowledge", "behaviour", "codes", "fit", "meaning", "new", "popular"),
    "goes_with": ("fit", "knowledge"),
    "instead": ("meaning",),
    "next": ("behaviour", "codes", "knowledge"),
}
"""Who is asked for a purpose."""
WEIGHTS: Mapping[CandidateSource, float] = {
    "behaviour": 0.9, "codes": 0.5, "fit": 0.9, "knowledge": 0.9, "meaning": 0.7, "popular": 0.25, "new": 0.3,
}  # fmt: skip
"""How far a source is trusted where something is known of whoever asks."""
TALKING: Mapping[CandidateSource, float] = {**WEIGHTS, "knowledge": 1.0, "behaviour": 0.5, "codes": 0.3, "fit": 0.5}
"""The same in a conversation: what was said counts before what is done otherwise."""
STRANGERS: Mapping[CandidateSource, float] = {**WEIGHTS, "popular": 0.6, "new": 0.5}
"""The same where nothing is known of them."""
NEW_DAYS, POPULAR_DAYS = 60, 30
"""What came out so long ago is new, what was looked at since then counts as popular."""
WRITTEN = 20
"""Products that the generator of codes writes at most, and beams of its search."""

_RATED, _PRAISED = 0.1, 0.6
"""What being best rated says of being wanted: beside other signs, and where there are none."""
_STARS, _UNRATED = (3.0, 5.0), 0.1
"""Mean ratings that speak for nothing and for as much as ratings can, and what no rating at all is worth."""
_LIKELY = 0.25
"""Probability of being chosen next from which a product is taken to be wanted for certain; most have a tenth of it."""
_CERTAIN, _SHELVED = 1.5, 0.5
"""The score from which related products are taken to fit for certain; what is left of it where only shelves say so."""
_ANCHORS, _LATELY, _NEAR, _SAID, _MOST, _FEW = 5, 2, 24, 60, 100, 50
_SURE = 0.8
"""Confidence from which a condition is taken to be theirs."""
_FADES, _SEASONAL = 0.9, 0.3
"""What is left of a product's part with each one that was looked at later, and of the season's with any wish at all."""
_CHOSEN = 3
"""What was looked at or bought less often is not called popular."""
_APART, _ALIKE = 0.4, 0.8
_UNSAID, _MEANT = 0.3, 0.7
"""Cosines of two products, and of words and a product, that mean nothing, and that mean the same kind of thing."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a reason can be made of.

    Args:
        why: what speaks for a related product.
        together, visits: visits that held both products, and those that held the one that it was found from.
        days: how often it was looked at and bought of late.
        head: what common sense concluded it from, a node of its graph.
        surprise: how few would have thought of it; None where nobody says.
    """

    why: tuple[Reason, ...] = ()
    together: int = 0
    visits: int = 0
    days: ProductDays | None = None
    head: str = ""
    surprise: float | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """A candidate with its grounds; `weight` says how far its source is trusted here."""

    candidate: Candidate
    grounds: Grounds = field(default_factory=Grounds)
    weight: float = 1.0

    @property
    def strength(self) -> float:
        """What the candidate counts."""
        return self.candidate.relevance * self.weight

    @property
    def telling(self) -> bool:
        """Whether it says why: from which product it was found, or a sentence."""
        return bool(self.candidate.origin or self.candidate.because)


class Sources:
    """The sources of one shop at one moment, for one who asks.

    Args:
        goods: the catalogue.
        known: of whoever asks.
        place: where it appears.
        today: the day, in UTC.
        popular: what was looked at most of late, most viewed first.
        behaviour: the model, where there is one.
        sense: common sense, if there is any.
        codes: the generator of codes, where there is one.

    Raises:
        ConfigError: a filter is none of what is allowed.
    """

    def __init__(
        self,
        goods: Goods,
        known: Known,
        place: Place,
        today: date,
        popular: Sequence[ProductDays] = (),
        behaviour: Behaviour | None = None,
        sense: CommonSense | None = None,
        codes: Coded | None = None,
    ) -> None:
        self.goods, self.known, self.place, self.today = goods, known, place, today
        self.popular, self.behaviour = popular, behaviour
        self._sense, self._codes = sense, codes
        self._passing = goods.sellable(known.filters)
        self._never = frozenset(goods.rows(known.never).tolist())
        self._weights = STRANGERS if known.empty else TALKING if place == "conversation" else WEIGHTS

    @cached_property
    def thoughts(self) -> Thoughts:
        """What common sense concludes."""
        return thoughts(self._sense, self.known, self.place, self.today, self._usable)

    @cached_property
    def _agreeing(self) -> Masks | None:
        """What breaks no condition that common sense draws from what is known of them; None: all.

        A product that says of itself that it is not what they are ("vegan: no") breaks one.
        """
        told = [one for one in self.thoughts.supposed if one.confidence >= _SURE and kind_of(one.node) == "condition"]
        stated = (Filter(f"attr:{name_of(one.node).replace(' ', '_')}", "not", ("false",)) for one in told)
        filters = (*self.thoughts.avoided, *stated)
        return self.goods.sellable(filters) if filters else None

    def _usable(self, product_id: str) -> bool:
        row = self.goods.row(product_id)
        return row >= 0 and bool(self._passing[row]) and row not in self._never

    def may(self, row: int) -> bool:
        """Whether a product may be recommended at all.

        That is: it can be bought, meets the filters, was not refused, and is not what such a person avoids.
        """
        allowed = row >= 0 and bool(self._passing[row]) and row not in self._never
        return allowed and (self._agreeing is None or bool(self._agreeing[row]))

    def proposed(self, purpose: Purpose) -> list[Proposed]:
        """What all sources propose for a purpose; a product comes once for each source that proposes it."""
        asks: Mapping[CandidateSource, Callable[[Purpose], Iterator[Proposed]]] = {
            "behaviour": self._behaviour, "codes": self._written, "meaning": self._meaning, "fit": self._fit,
            "knowledge": self._knowledge, "popular": self._popular, "new": self._new,
        }  # fmt: skip
        return [one for source in SOURCES[purpose] for one in asks[source](purpose)]

    @property
    def blank(self) -> bool:
        """Whether nothing is known, neither of whoever asks nor of what others do."""
        return self.known.empty and not self.popular and self.behaviour is None

    def rated(self, purpose: Purpose, relevance: float = _RATED) -> Iterator[Proposed]:
        """What is best rated, of every department; the best of all is of this relevance."""
        for row, stars in self.goods.rated:
            share = _share(stars, *_STARS) if stars else _UNRATED
            candidate = Candidate(self.goods.id(row), "popular", purpose, relevance * share)
            yield Proposed(candidate, weight=self._weights["popular"])

    def primitive(self) -> Mapping[str, int]:
        """What anybody would list: the most popular, and what is nearest to what was last looked at."""
        history = self.known.history
        if self.behaviour is not None:
            return self.behaviour.primitive(history)
        ranks = {one.product: place for place, one in enumerate(self.popular[:100])}
        if self.blank:
            ranks = {self.goods.id(row): place for place, (row, _) in enumerate(self.goods.rated)}
        near = self.goods.near(self.goods.row(history[-1]), _NEAR) if history else ()
        for place, (row, _) in enumerate(near):
            ranks[self.goods.id(row)] = min(place, ranks.get(self.goods.id(row), place))
        return ranks

    # ── the sources ──

    def _behaviour(self, purpose: Purpose) -> Iterator[Proposed]:
        history = self.known.history
        if self.behaviour is None or not history:
            return
        scored = self.behaviour.scored(history, _MOST)
        visits = {each: _visits(self.behaviour, each) for each in {one.because for one in scored if one.together}}
        for one in scored:
            candidate = Candidate(one.id, "behaviour", purpose, wanted(one.relevance), one.because)
            grounds = Grounds(together=one.together, visits=visits.get(one.because, 0))
            yield Proposed(candidate, grounds, self._weights["behaviour"])

    def _written(self, purpose: Purpose) -> Iterator[Proposed]:
        rows = self.goods.rows(self.known.history)
        if self._codes is None or not len(rows) or (generator := self.goods.coded(self._codes)) is None:
            return
        allowed = self._passing.copy()
        allowed[rows[rows >= 0]] = False
        items, chances = generator.propose(rows, WRITTEN, allowed)
        for row, chance in zip(items.tolist(), np.exp(chances).tolist(), strict=True):
            candidate = Candidate(self.goods.id(row), "codes", purpose, likely(chance))
            yield Proposed(candidate, weight=self._weights["codes"])

    def _meaning(self, purpose: Purpose) -> Iterator[Proposed]:
        weight = self._weights["meaning"]
        if purpose == "instead":
            for origin in self._anchors():
                for hit in self.goods.substitutes(origin):
                    relevance = min(hit.score / _CERTAIN, 1.0)
                    candidate = Candidate(hit.id, "meaning", purpose, relevance, origin)
                    yield Proposed(candidate, Grounds(hit.why), weight)
            return
        for back, origin in enumerate(reversed(self.known.history[-_ANCHORS:])):
            for row, cosine in self.goods.near(self.goods.row(origin), _NEAR):
                relevance = _share(cosine, _APART, _ALIKE) * _FADES**back
                candidate = Candidate(self.goods.id(row), "meaning", purpose, relevance, origin)
                yield Proposed(candidate, weight=weight)
        if self.known.said:
            for row, cosine in self.goods.said(self.known.said, _SAID):
                relevance = _share(cosine, _UNSAID, _MEANT)
                candidate = Candidate(self.goods.id(row), "meaning", purpose, relevance)
                yield Proposed(candidate, Grounds(surprise=0.0), weight)  # what was said is expected

    def _fit(self, purpose: Purpose) -> Iterator[Proposed]:
        for origin in self._anchors():
            for hit in self.goods.complements(origin):
                said = any(part.part in ("merchant", "text") for part in hit.why)
                relevance = min(hit.score / _CERTAIN, 1.0) * (1.0 if said else _SHELVED)
                candidate = Candidate(hit.id, "fit", purpose, relevance, origin)
                yield Proposed(candidate, Grounds(hit.why), self._weights["fit"])

    def _knowledge(self, purpose: Purpose) -> Iterator[Proposed]:
        for thought in self.thoughts.proposed:
            one = thought.candidate
            if purpose == "for_you" or (one.origin and (one.purpose == "next") == (purpose == "next")):
                fades = _SEASONAL if thought.act == "season" and not self.known.empty else 1.0
                candidate = replace(one, purpose=purpose, relevance=one.relevance * fades)
                grounds = Grounds(head=thought.head, surprise=thought.surprise)
                yield Proposed(candidate, grounds, self._weights["knowledge"])

    def _popular(self, purpose: Purpose) -> Iterator[Proposed]:
        weight = self._weights["popular"]
        most = math.log1p(max((one.views + one.purchases for one in self.popular), default=0)) or 1.0
        for days in self.popular[:_FEW]:
            if days.views + days.purchases < _CHOSEN:
                continue
            relevance = math.log1p(days.views + days.purchases) / most
            yield Proposed(Candidate(days.product, "popular", purpose, relevance), Grounds(days=days), weight)
        if not self.popular and self.behaviour is not None:
            listed = self.behaviour.popular(_FEW)
            for one in listed:
                relevance = one.relevance / listed[0].relevance
                yield Proposed(Candidate(one.id, "popular", purpose, relevance), weight=weight)
        elif self.blank:
            yield from self.rated(purpose, _PRAISED)

    def _new(self, purpose: Purpose) -> Iterator[Proposed]:
        weight = self._weights["new"]
        for row, age in self.goods.latest(self.today, NEW_DAYS, _FEW):
            yield Proposed(Candidate(self.goods.id(row), "new", purpose, 1.0 - age / (2 * NEW_DAYS)), weight=weight)

    def _anchors(self) -> tuple[str, ...]:
        """The products that others shall go with or stand in for."""
        known = self.known
        if known.product:
            return (known.product,)
        named = {"basket": known.basket, "after": known.bought}.get(self.place)
        return known.history[-_LATELY:] if named is None else named[-_ANCHORS:]


def wanted(chance: float) -> float:
    """How relevant a product is, 0 to 1, that the behaviour model gives this probability of being chosen next."""
    return math.sqrt(likely(chance))


def likely(chance: float) -> float:
    """The same of the generator of codes, taken as it is: most of what it writes is far less likely than the first."""
    return min(chance / _LIKELY, 1.0)


def _share(value: float, low: float, high: float) -> float:
    """How far a value is on its way from one bound to another, 0 to 1."""
    return min(max((value - low) / (high - low), 0.0), 1.0)


def _visits(behaviour: Behaviour, product_id: str) -> int:
    """How many of the visits that the model was learned from held a product."""
    numbers = behaviour.numbers([product_id]).tolist()
    return behaviour.model.memory.neighbours.together(numbers[0], numbers[0]) if numbers else 0
