"""What a policy is told: the need, what retrieval finds for it, the conversation, the hour, the shopper, as features.

The names of the features are kept with every decision, and a policy knows them by name:

    document_*, product_score, ...   the signals of the rules (`skills.intent.rules`)
    need:*                           what the reading found: conditions, a kind of thing, a present, a question ...
    found:*                          what a search finds: how many, how sure, over how many kinds; what a question tells
    like:*, near:*                   how near the message is to a few ways to ask, and to 64 messages of all sorts, as
                                     the encoder sees it
    talk:*, when:*, shopper:*        the conversation, the time of day and the device, what is known of the shopper
    visit:*                          what was clicked in this visit, as a model of sessions sees it, where there is one
    rules:, possible:STRATEGY        1 for what the rules would do, and for each that is possible

There is no table from these to strategies: the rules are one policy, learned ones are others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shopwright.catalog.events.decisions import INTO_CART
from shopwright.skills.intent.asking import Question, best_question, entropy, likelihoods
from shopwright.skills.intent.rules import DOCUMENT_LIKELY
from shopwright.types import Constraint, Context, Decision, Filter, Need, Product, SearchPage, Strategy

_HALF = 0.5
_LIKE = {
    "present": "a present for somebody's birthday",
    "mood": "something nice and beautiful for the home",
    "trouble": "help, I have a problem and do not know what to get for it",
    "outing": "we are going away, what do we need",
    "start": "everything I need to get started",
    "exact": "a certain product with an exact size and specification",
    "torn": "I cannot decide between these two",
    "look": "just looking around, nothing in mind",
    "choose": "how do I choose the right one, what matters",
    "policy": "delivery, returns and payment",
    "order": "where is my order",
    "person": "let me talk to a person, I am unhappy",
    "greeting": "hello, thank you",
}
"""Ways to ask, each by an example; their names end in the report on a policy."""
_NEAR = dict(
    line.split("\t", 1) for line in Path(__file__).with_name("messages.tsv").read_text(encoding="utf-8").splitlines()
)
"""Messages in the middle of 64 clusters of those that the simulated shoppers of the split train write."""
MESSAGES = (*_LIKE.values(), *_NEAR.values())
"""What a message is held against; see `like_features`."""
_STEEP = 2.0


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a search for the need finds.

    Args:
        products: best first.
        chances: probability of each to be what is wanted, by its score alone.
        total: matches in all.
        question: the clarifying question that tells most about them.
        part: the part of the shop where most of them are, as a condition.
    """

    products: tuple[Product, ...] = ()
    chances: tuple[float, ...] = ()
    total: int = 0
    question: Question | None = None
    part: Filter | None = None

    @classmethod
    def of(cls, need: Need, page: SearchPage, products: Mapping[str, Product]) -> Candidates:
        """From a page of results; fields that the need settles are not asked about."""
        hits = [hit for hit in page.hits if hit.id in products]
        found = tuple(products[hit.id] for hit in hits)
        chances = tuple(likelihoods([hit.score for hit in hits]))
        settled = {wanted.field for wanted in need.filters if wanted.field != "category"}
        settled |= {"price"} if need.budget else set()
        question = best_question(found, chances, settled) if need.goal or need.constraints else None
        return cls(found, chances, page.total, question, _part(found, chances))

    def features(self) -> dict[str, float]:
        """How sure the search is, and over what it is spread."""
        if not self.products:
            return {"found:none": 1.0}
        shares = sorted(self.chances, reverse=True)
        second = shares[1] if len(shares) > 1 else 0.0
        return {
            "found:total": math.log1p(self.total),
            "found:doubt": entropy(self.chances),
            "found:first": shares[0],
            "found:margin": shares[0] - second,
            "found:departments": entropy(self._mass(0).values()),
            "found:kinds": entropy(self._mass(-1).values()),
            "found:gain": self.question.gain if self.question else 0.0,
            "found:answers": float(len(self.question.options)) if self.question else 0.0,
            "found:asks_kind": float(self.question is not None and self.question.field == "category"),
            "found:price_spread": _spread([float(p.price.amount) for p in self.products if p.price]),
        }

    def _mass(self, level: int) -> dict[str, float]:
        mass: dict[str, float] = {}
        for product, chance in zip(self.products, self.chances, strict=True):
            name = product.category[level] if product.category else ""
            mass[name] = mass.get(name, 0.0) + chance
        return mass


@dataclass(frozen=True, slots=True)
class Situation:
    """What a turn is decided from.

    Args:
        features: numbers by name.
        possible: strategies that can do anything here, in the order of `Strategy`.
        rules: what the rules would do.
        candidates: what a search finds.
        session_id: of the conversation, by which a share of the conversations is picked.
    """

    features: Mapping[str, float]
    possible: tuple[Strategy, ...]
    rules: Decision
    candidates: Candidates = Candidates()
    session_id: str = ""

    @property
    def logged(self) -> dict[str, float]:
        """The features as they are kept: those that are not 0."""
        return {name: round(value, 6) for name, value in self.features.items() if value}


def need_features(need: Need) -> dict[str, float]:
    """What the reading found, as numbers."""
    fields = [constraint.filter.field for constraint in need.constraints]
    return {
        "need:words": math.log1p(len(need.text.split())),
        "need:goal_words": float(len(need.goal.split())),
        "need:kind": float(bool(need.product_type)),
        "need:category": float("category" in fields),
        "need:conditions": float(sum(field not in ("category", "price") for field in fields)),
        "need:price": float("price" in fields or need.budget is not None),
        "need:without": float(len(need.negations)),
        "need:person": float(bool(need.recipient)),
        "need:occasion": float(bool(need.occasion)),
        "need:quantity": float(bool(need.quantity)),
        "need:sorted": float(bool(need.sort)),
        "need:points": float(len(need.references)),
        "need:question": float(need.interrogative),
        "need:asks": float(len(need.asks)),
        "need:compares": float("compare" in need.asks),
        "need:counts": float(bool(need.aggregates)),
        "need:order": float("order" in need.asks),
        "need:contact": float("contact" in need.asks),
        "need:factors": float("factors" in need.asks),
        "need:follows": float(need.follow_up),
        INTO_CART: float("cart:add" in need.asks),
    }


def like_features(cosines: Sequence[float]) -> dict[str, float]:
    """How near a message is to each of `MESSAGES`, from its cosines with them."""
    ways, messages = cosines[: len(_LIKE)], cosines[len(_LIKE) :]
    like = {f"like:{name}": float(value) for name, value in zip(_LIKE, ways, strict=True)}
    near = {f"near:{name}": math.exp(_STEEP * (value - 1)) for name, value in zip(_NEAR, messages, strict=True)}
    return like | near


def talk_features(context: Context, just_asked: bool, device: str, known: int, at: datetime) -> dict[str, float]:
    """The conversation so far, the device, the time, and how much is known of the shopper.

    Args:
        context: as the reading had it.
        just_asked: whether the message answers a question back.
        device: "phone", or anything else.
        known: preferences that the shopper let the shop keep.
        at: local time.
    """
    hour = 2 * math.pi * (at.hour + at.minute / 60) / 24
    return {
        "talk:turns": math.log1p(context.turns),
        "talk:shown": math.log1p(len(context.shown)),
        "talk:asked": float(just_asked),
        "when:hour_sin": math.sin(hour),
        "when:hour_cos": math.cos(hour),
        "when:weekend": float(at.weekday() >= 5),
        "shopper:phone": float(device == "phone"),
        "shopper:known": math.log1p(known),
    }


def possible_strategies(
    need: Need,
    rules: Decision,
    candidates: Candidates,
    *,
    thinks: bool,
    serves: bool,
    just_asked: bool,
    told: float = 0.0,
) -> tuple[Strategy, ...]:
    """The strategies that can do anything with a message.

    What the rules decline, acts on a cart, and what follows an answer to a question back, stay theirs.

    Args:
        thinks: whether there is common sense, which bundles need.
        serves: whether there is a service desk.
        just_asked: whether the message answers a question back.
        told: score of the best passage of the shop's documents, without which only a question is answered.
    """
    if just_asked or rules.strategy is Strategy.DECLINE or any(ask.startswith("cart:") for ask in need.asks):
        return (rules.strategy,)
    several = len(candidates.products) > 1 or len(need.references) > 1
    asks = bool(need.asks or need.references or need.interrogative) or told >= DOCUMENT_LIKELY
    can = {
        Strategy.ANSWER: asks,
        Strategy.SEARCH: bool(candidates.products),
        Strategy.ASK: True,
        Strategy.COMPARE: several,
        Strategy.RECOMMEND: thinks or bool(candidates.products),
        Strategy.BUNDLE: thinks,
        Strategy.BROWSE: candidates.part is not None,
        Strategy.SERVE: serves,
        Strategy.HAND_OVER: True,
    }
    return tuple(strategy for strategy in Strategy if can.get(strategy) or strategy is rules.strategy)


def within(need: Need, part: Filter) -> Need:
    """The need, to look around in a part of the shop: its words no longer count, its other conditions do."""
    others = tuple(constraint for constraint in need.constraints if constraint.filter.field != "category")
    return need if need.category else Need(need.text, constraints=(Constraint(part), *others), language=need.language)


def _part(products: Sequence[Product], chances: Sequence[float]) -> Filter | None:
    """The narrowest part of the shop that holds half of the mass, else the department that holds most."""
    held: dict[tuple[str, ...], float] = {}
    for product, chance in zip(products, chances, strict=True):
        for depth in range(1, len(product.category)):
            held[product.category[:depth]] = held.get(product.category[:depth], 0.0) + chance
    if not held:
        return None
    most = [path for path, mass in held.items() if mass >= _HALF]
    best = max(most, key=len) if most else max((path for path in held if len(path) == 1), key=lambda path: held[path])
    return Filter("category", values=(" > ".join(best),))


def _spread(prices: Sequence[float]) -> float:
    """Ratio of the dearest to the cheapest price, as a logarithm."""
    return math.log(max(prices) / min(prices)) if prices and min(prices) > 0 else 0.0
