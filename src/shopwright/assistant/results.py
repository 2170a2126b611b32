"""What the tools return: small records that the wording reads. Products are named by id; prices are never in here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shopwright.assistant.factors import Factor
from shopwright.catalog.carts import CartLine
from shopwright.knowledge.goods import Factor as KnownFactor
from shopwright.skills.evidence.opinions import Opinion
from shopwright.types import Evidence, Filter, Money


@dataclass(frozen=True, slots=True)
class Found:
    """Products that a search found.

    Args:
        ids: best first; `variants` names the item of a product that fits the conditions.
        total: how many there are in all (at least `len(ids)`).
        relaxed: conditions that had to be given up to find any.
        close: False when nothing in the shop comes close to the words.
    """

    ids: tuple[str, ...]
    total: int
    query: str = ""
    variants: Mapping[str, str] = field(default_factory=dict)
    relaxed: tuple[Filter, ...] = ()
    close: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """A fact about the catalogue as a whole.

    Args:
        measure: what was asked ("max:price", "count:brand" ...).
        count: products looked at; of these `stated` say anything about what is measured.
        ids: the products at the asked end, best first.
        values: distinct values with the number of products, most frequent first.
        text: the measured value in words, "" when there is none.
    """

    measure: str
    count: int
    stated: int = 0
    ids: tuple[str, ...] = ()
    values: tuple[tuple[str, int], ...] = ()
    text: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True)
class Passages:
    """Pieces of the shop's documents that bear on a question, best first, with a score from 0 to 1."""

    passages: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Opinions:
    """What reviewers say of a product.

    Args:
        stars: how many gave one to five.
        aspects: what they speak of, with quotes of both sides; the product as a whole first.
        heard: sentences that share most words with the question; the field is "pro", "con" or "text", by the stars.
    """

    product_id: str
    count: int
    mean: float
    stars: tuple[int, int, int, int, int]
    aspects: tuple[Opinion, ...] = ()
    heard: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """Products that were looked up by id; ids that nothing answers to are left out."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """Products side by side.

    Args:
        rows: names of attributes in which they differ, the decisive ones first.
    """

    ids: tuple[str, ...]
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decisive:
    """What decides a purchase of a kind of thing.

    Args:
        factors: learned from the shop, most decisive first.
        known: what is generally known of the kind, by use.
    """

    kind: str
    factors: tuple[Factor, ...]
    known: tuple[KnownFactor, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """Where the picture of a product is, "" when it has none."""

    id: str
    picture: str


@dataclass(frozen=True, slots=True)
class CartView:
    """What lies in a cart, line by line, and what it costs now; the sum is None where no line has a price."""

    cart: tuple[CartLine, ...]
    total: Money | None = None
