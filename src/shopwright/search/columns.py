"""The structured half of the index: prices, stock, brands, categories and attributes as arrays.

One row a product, sorted by key; one row an offer (a variant, or the product itself), grouped by product. A condition
becomes a mask over offers, and a product passes when ONE of its offers passes all conditions: "red, under 20 EUR, in
stock" is never pieced together from three variants. Any attribute name works without a schema, because attributes are
(name, owner, value) facts sorted by name.

Immutable: a commit makes new columns (`take`, `joined`), readers keep theirs. String tables only grow and are shared.
Simplification: prices are float64 here, which is exact to the cent up to 90 trillion; money is shown from the store.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from shopwright.search.strings import PackedStrings, PathTable, StringTable, ranges

Integers = NDArray[np.int64]
Masks = NDArray[np.bool_]
Array = NDArray[Any]

AVAILABILITIES = ("in_stock", "preorder", "backorder", "unknown", "out_of_stock")


@dataclass(frozen=True, slots=True)
class Tables:
    """The strings behind the numbers in columns."""

    brands: StringTable
    categories: PathTable
    currencies: StringTable
    units: StringTable
    names: StringTable
    values: StringTable

    @classmethod
    def empty(cls) -> Tables:
        """Tables without any string."""
        return cls(**{field.name: _table(field.name, ()) for field in fields(cls)})

    def dump(self) -> bytes:
        """All tables as JSON."""
        return orjson.dumps({field.name: getattr(self, field.name).values for field in fields(self)})

    @classmethod
    def load(cls, data: bytes) -> Tables:
        """The tables that `dump` wrote."""
        return cls(**{name: _table(name, values) for name, values in orjson.loads(data).items()})


def _table(name: str, values: Sequence[str]) -> Any:
    return PathTable(values) if name == "categories" else StringTable(values)


@dataclass(frozen=True, slots=True)
class Facts:
    """Attribute values, sorted by name. All arrays have shape (F,).

    Args:
        name: number of the attribute's name.
        owner: row of the product, or of the offer.
        text: number of a text value, -1 for numbers. "true" and "false" stand for booleans.
        value: the number as the merchant wrote it, NaN for texts.
        unit: number of its unit, -1 when it has none.
    """

    name: NDArray[np.int32]
    owner: NDArray[np.int32]
    text: NDArray[np.int32]
    value: NDArray[np.float64]
    unit: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.name)

    def named(self, name: int) -> slice:
        """Where the facts of a name are."""
        bounds = np.array([name, name + 1], self.name.dtype)  # another type would convert all names first
        return slice(*np.searchsorted(self.name, bounds).tolist())

    def moved(self, new_owner: Integers) -> Facts:
        """The facts with owners renumbered by `new_owner[old]`; those of -1 are dropped."""
        owner = new_owner[self.owner]
        kept = owner >= 0
        return Facts(self.name[kept], owner[kept].astype(np.int32), self.text[kept], self.value[kept], self.unit[kept])

    def joined(self, other: Facts, offset: int) -> Facts:
        """These facts and the others, whose owners start at `offset`."""
        shifted = Facts(other.name, other.owner + np.int32(offset), other.text, other.value, other.unit)
        both = [np.concatenate([getattr(self, f.name), getattr(shifted, f.name)]) for f in fields(Facts)]
        return Facts(*both).sorted()

    def sorted(self) -> Facts:
        """The facts in the order of names, owners in their order within a name."""
        order = np.argsort(self.name, kind="stable")
        return Facts(*(getattr(self, f.name)[order] for f in fields(Facts)))


@dataclass(frozen=True, slots=True)
class Columns:
    """P products and their O offers. Numbers refer to `tables`; -1 is "none", NaN is "not known".

    Args:
        key: ascending keys of products, shape (P,); the same in tantivy and among the vectors.
        offer_start: first offer of each product, and O at the end, shape (P + 1,).
        encoded: 64-bit hash of what the encoder reads, to keep a vector when only a price changed.
        released: date as the number yyyymmdd, 0 when unknown.
        availability: place in `AVAILABILITIES`, best first.
        variant: the variant's id, "" when the product itself is sold.
    """

    tables: Tables
    key: Integers
    id: PackedStrings
    encoded: NDArray[np.uint64]
    brand: NDArray[np.int32]
    category: NDArray[np.int32]
    rating: NDArray[np.float64]
    rating_count: NDArray[np.int32]
    released: NDArray[np.int32]
    offer_start: Integers
    price: NDArray[np.float64]
    currency: NDArray[np.int32]
    availability: NDArray[np.int8]
    on_sale: Masks
    variant: PackedStrings
    product_facts: Facts
    offer_facts: Facts

    @property
    def products(self) -> int:
        """P."""
        return len(self.key)

    @property
    def offers(self) -> int:
        """O."""
        return len(self.price)

    def owners(self, offers: Integers) -> Integers:
        """The product row of each of these offer rows."""
        if self.products == self.offers:
            return offers
        return np.asarray(np.searchsorted(self.offer_start, offers, side="right") - 1)

    def rows(self, keys: Integers) -> Integers:
        """The row of each key; -1 for a key that is not there."""
        if not self.products:
            return np.full(len(keys), -1, np.int64)
        if self.key[-1] == self.products - 1:  # nothing was ever removed: keys are rows
            return np.where(keys < self.products, keys, -1)
        places = np.minimum(np.searchsorted(self.key, keys), self.products - 1)
        return np.where(self.key[places] == keys, places, -1)

    def any_offer(self, offers: Masks) -> Masks:
        """Which products have an offer in the mask, shape (P,)."""
        if self.products == self.offers:
            return offers
        return np.logical_or.reduceat(offers, self.offer_start[:-1]) if self.products else np.zeros(0, np.bool_)

    def to_offers(self, products: Masks) -> Masks:
        """The mask of all offers of the products in the mask, shape (O,)."""
        return products if self.products == self.offers else np.repeat(products, np.diff(self.offer_start))

    def take(self, rows: Integers) -> Columns:
        """The columns of these product rows, in this order."""
        counts = np.diff(self.offer_start)[rows]
        offers = ranges(self.offer_start[:-1][rows], counts)
        new_product = np.full(self.products, -1, np.int64)
        new_product[rows] = np.arange(len(rows))
        new_offer = np.full(self.offers, -1, np.int64)
        new_offer[offers] = np.arange(len(offers))
        taken: dict[str, Any] = {name: getattr(self, name)[rows] for name in _PER_PRODUCT}
        taken |= {name: getattr(self, name)[offers] for name in _PER_OFFER}
        return Columns(
            tables=self.tables,
            id=self.id.take(rows),
            variant=self.variant.take(offers),
            offer_start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            product_facts=self.product_facts.moved(new_product),
            offer_facts=self.offer_facts.moved(new_offer),
            **taken,
        )

    def joined(self, other: Columns) -> Columns:
        """Both columns' products in the order of keys. Their tables must be the same and their keys distinct."""
        both: dict[str, Any] = {
            name: np.concatenate([getattr(self, name), getattr(other, name)]) for name in (*_PER_PRODUCT, *_PER_OFFER)
        }
        whole = Columns(
            tables=self.tables,
            id=self.id.joined(other.id),
            variant=self.variant.joined(other.variant),
            offer_start=np.concatenate([self.offer_start, other.offer_start[1:] + self.offers]),
            product_facts=self.product_facts.joined(other.product_facts, self.products),
            offer_facts=self.offer_facts.joined(other.offer_facts, self.offers),
            **both,
        )
        order = np.argsort(whole.key, kind="stable")
        return whole if np.array_equal(order, np.arange(len(order))) else whole.take(order)

    def dump(self) -> bytes:
        """The columns as one uncompressed NumPy archive."""
        arrays: dict[str, Array] = {name: getattr(self, name) for name in (*_PER_PRODUCT, *_PER_OFFER, "offer_start")}
        for name in ("id", "variant"):
            packed: PackedStrings = getattr(self, name)
            arrays |= {f"{name}.bytes": packed.bytes, f"{name}.ends": packed.ends}
        for name in ("product_facts", "offer_facts"):
            arrays |= {f"{name}.{f.name}": getattr(getattr(self, name), f.name) for f in fields(Facts)}
        arrays["tables"] = np.frombuffer(self.tables.dump(), np.uint8)
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **arrays)
        return buffer.getvalue()

    @classmethod
    def load(cls, path: Path) -> Columns:
        """The columns that `dump` wrote."""
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        packed = {name: PackedStrings(arrays[f"{name}.bytes"], arrays[f"{name}.ends"]) for name in ("id", "variant")}
        facts = {
            name: Facts(*(arrays[f"{name}.{f.name}"] for f in fields(Facts)))
            for name in ("product_facts", "offer_facts")
        }
        plain = {name: arrays[name] for name in (*_PER_PRODUCT, *_PER_OFFER, "offer_start")}
        return cls(tables=Tables.load(arrays["tables"].tobytes()), **plain, **packed, **facts)  # type: ignore[arg-type]


_PER_PRODUCT = ("key", "encoded", "brand", "category", "rating", "rating_count", "released")
_PER_OFFER = ("price", "currency", "availability", "on_sale")
