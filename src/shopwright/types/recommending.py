"""What a shopper might like: what is asked, what may be proposed, and what is recommended and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from shopwright.types.search import Filter

Place = Literal["home", "product", "basket", "after", "conversation"]
"""Where recommendations appear: the page without a wish, a product's page, the basket, after a purchase, a talk."""

Purpose = Literal["for_you", "goes_with", "instead", "next"]
"""What a product is recommended as: for this person, with a product, in place of it, or as what comes after it."""

CandidateSource = Literal["behaviour", "codes", "meaning", "fit", "knowledge", "popular", "new"]
"""Who proposed a product: what shoppers did, a generator of semantic ids that learned from what they did, what texts
mean, what fits, common sense, what sells, what came in."""


@dataclass(frozen=True, slots=True)
class RecommendRequest:
    """What is known of somebody to whom something shall be recommended.

    Args:
        place: where it appears.
        purpose: only products of that purpose; None: whatever suits the place.
        product: id of the product whose page it is, if it is one.
        seen: ids of products that were looked at, oldest first; may hold ids that the shop no longer has.
        basket, bought: ids of products in the basket, and of those bought before.
        said: a wish in the shopper's words.
        adventure: from 0, what is expected, to 1, what nobody would have thought of.
        limit: how many at most.
        filters: all hold on what is recommended.
        never: ids of products that the shopper does not want to see again.
        shown: how often each product was shown to the shopper and left alone.
        shopper: id of one who agreed to be known; "" for nobody.
        session: id of the visit or conversation that asks; "" for none.
    """

    place: Place = "home"
    purpose: Purpose | None = None
    product: str | None = None
    seen: tuple[str, ...] = ()
    basket: tuple[str, ...] = ()
    bought: tuple[str, ...] = ()
    said: str = ""
    adventure: float = 0.5
    limit: int = 10
    filters: tuple[Filter, ...] = ()
    never: tuple[str, ...] = ()
    shown: Mapping[str, int] = field(default_factory=dict)
    shopper: str = ""
    session: str = ""


@dataclass(frozen=True, slots=True)
class ChainStep:
    """A step of the way from what is known of a shopper to a product, and where it is written.

    Args:
        text: the step in words, "camping → light without mains".
        source: file and line of common sense, id of a product, or what was counted ("14 of 210 visits").
    """

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product that one source proposes.

    Args:
        id: of the product.
        source: who proposes it.
        purpose: as what.
        relevance: probability, 0 to 1, that it is wanted, as the source sees it.
        origin: id of the product that it was found from, if there is one.
        chain: why, step by step.
        because: the reason as a sentence that holds of any product of this kind, if the source has one.
    """

    id: str
    source: CandidateSource
    purpose: Purpose
    relevance: float
    origin: str = ""
    chain: tuple[ChainStep, ...] = ()
    because: str = ""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A recommended product.

    Args:
        id: of the product.
        purpose: as what it is recommended.
        source: who proposed it.
        reason: one sentence for the shopper, which holds.
        chain: the same step by step, for the merchant.
        relevance, unexpectedness, timeliness: 0 to 1, what the order was made from.
        score: what it was ordered by before it was spread over kinds of products.
    """

    id: str
    purpose: Purpose
    source: CandidateSource
    reason: str
    chain: tuple[ChainStep, ...]
    relevance: float
    unexpectedness: float
    timeliness: float
    score: float


@dataclass(frozen=True, slots=True)
class Recommendations:
    """Recommended products, best first.

    Args:
        items: at most as many as were asked for; fewer, or none, when nothing sensible is left.
        place: where they appear.
        adventure: the dial that they were made with.
        policy: what set the dial: "asked", "default", or the name of a trial.
        propensity: the probability with which it was set so.
        notes: what the shopper or merchant should know of how they were found.
    """

    items: tuple[Recommendation, ...]
    place: Place
    adventure: float
    policy: str = "default"
    propensity: float = 1.0
    notes: tuple[str, ...] = ()
