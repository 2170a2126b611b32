"""What a shopper did and said, as far as common sense can begin at it, and what it is taken to mean.

Products are ids of the shop; an id that it no longer has says nothing here. Not here: who the shopper is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from shopwright.types import Filter
from shopwright.types.recommending import Candidate, ChainStep

Act = Literal["looked at", "in the basket", "bought", "said", "known", "season", "supposed"]
"""How something came to be known of a shopper."""


class Bought(NamedTuple):
    """A product that was bought, and how many days ago, where that is known."""

    id: str
    days: float | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """What is known of somebody.

    Args:
        seen: ids of products that were looked at, oldest first.
        basket: ids of products in the basket.
        bought: what was bought.
        said: the shopper's words, of this conversation.
        profile: words that the shopper let the shop keep ("vegan", "has a dog").
        nodes: nodes of the graph that somebody else read out of the words, with how sure that is.
        month: 1 to 12; 0 when seasons shall not count.
    """

    seen: tuple[str, ...] = ()
    basket: tuple[str, ...] = ()
    bought: tuple[Bought, ...] = ()
    said: str = ""
    profile: tuple[str, ...] = ()
    nodes: Mapping[str, float] = field(default_factory=dict)
    month: int = 0


class Clue(NamedTuple):
    """What speaks for a node: a product and how it came up, or words.

    Args:
        node: a product type, or what was said.
        weight: 0 to 1.
        act: how it is known.
        product: id, or "" for words.
        days: since it was bought; None when it was not, or nobody knows.
        sure: how surely the product is of the type.
    """

    node: str
    weight: float
    act: Act
    product: str = ""
    days: float | None = None
    sure: float = 1.0


@dataclass(frozen=True, slots=True)
class Supposed:
    """What a shopper is taken to do, be, have or celebrate.

    Args:
        node: of the graph ("activity:sourdough baking").
        confidence: 0 to 1.
        clues: what speaks for it, the strongest first.
        steps: the same for the merchant, with file and line.
    """

    node: str
    confidence: float
    clues: tuple[Clue, ...]
    steps: tuple[ChainStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposed:
    """A candidate, and what its order can be made from.

    Args:
        candidate: with its reason and chain.
        surprise: how few would have thought of it, 0 to 1, as its author says, or by the length of the way.
        type: the product type that it is, "bench scraper".
        head: the node that it was concluded from; "activity:sourdough baking".
        act: how that is known, of the strongest clue.
        timely: it is the month, or so long after the purchase, for which it is meant.
    """

    candidate: Candidate
    surprise: float
    type: str
    head: str
    act: Act
    timely: bool = False


@dataclass(frozen=True, slots=True)
class Dropped:
    """A way that was not taken: from where to which product type, and why not."""

    head: str
    type: str
    why: str
    source: str


@dataclass(frozen=True, slots=True)
class Thoughts:
    """What follows from a trail.

    Args:
        proposed: the surest first, each product once.
        supposed: what the shopper is taken to do or be, the surest first.
        dropped: what was left out, and why.
        avoided: conditions that nothing recommended should break ("not leather").
        notes: what the shopper or merchant should know of how this was found.
    """

    proposed: tuple[Proposed, ...] = ()
    supposed: tuple[Supposed, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    avoided: tuple[Filter, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The candidates alone."""
        return tuple(one.candidate for one in self.proposed)
