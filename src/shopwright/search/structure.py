"""From products to columns: one pass, plain lists first, arrays at the end."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from hashlib import blake2b
from math import nan

import numpy as np

from shopwright.catalog.offers import Offer, offers
from shopwright.catalog.units import parse_quantity
from shopwright.search.columns import AVAILABILITIES, Columns, Facts, Tables
from shopwright.search.strings import PATH, PackedStrings
from shopwright.search.texts import encoder_text
from shopwright.types import AttributeValue, Product, Quantity

_AVAILABILITY = {name: code for code, name in enumerate(AVAILABILITIES)}


class ColumnsBuilder:
    """Collects products and makes `Columns` of them.

    Args:
        tables: numbers the strings; the tables of the columns that the result is joined with.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._products: list[tuple[int, str, bytes, int, int, float, int, int]] = []
        self._offer_counts: list[int] = []
        self._offers: list[tuple[float, int, int, bool, str]] = []
        self._product_facts = array("d")
        self._offer_facts = array("d")

    def __len__(self) -> int:
        return len(self._products)

    def add(self, key: int, product: Product) -> None:
        """Append a product."""
        tables, row = self._tables, len(self._products)
        rating = product.rating
        self._products.append(
            (
                key,
                product.id,
                blake2b(encoder_text(product).encode("utf-8", "surrogatepass"), digest_size=8).digest(),
                tables.brands.code(product.brand) if product.brand else -1,
                tables.categories.code(PATH.join(product.category)) if product.category else -1,
                rating.value if rating else nan,
                rating.count if rating else 0,
                date_number(product.released),
            )
        )
        every = offers(product)
        self._offer_counts.append(len(every))
        if product.variants:
            self._add_variants(row, product)
        else:
            self._add_facts(self._product_facts, row, product.attributes)
        for offer in every:
            self._add_offer(offer)

    def build(self) -> Columns:
        """The columns, products in the order of keys; of two products with one key the later one stays."""
        unsorted = self._unsorted()
        latest = {key: row for row, key in enumerate(unsorted.key.tolist())}
        rows = np.array([latest[key] for key in sorted(latest)], np.int64)
        return unsorted if np.array_equal(rows, np.arange(unsorted.products)) else unsorted.take(rows)

    def _add_variants(self, row: int, product: Product) -> None:
        """Attributes that no variant overrides become facts of the product, the others facts of each offer.

        An option is a text to pick by and, where it is a quantity ("16 kg"), a number to compare with.
        """
        varying = {name for variant in product.variants for name in (*variant.options, *variant.attributes)}
        shared = {name: value for name, value in product.attributes.items() if name not in varying}
        self._add_facts(self._product_facts, row, shared)
        for place, variant in enumerate(product.variants, start=len(self._offers)):
            own = {**_measured(variant.options), **variant.attributes}
            for name in varying.difference(own, variant.options).intersection(product.attributes):
                own[name] = product.attributes[name]
            self._add_facts(self._offer_facts, place, own)
            self._add_facts(self._offer_facts, place, variant.options)

    def _add_offer(self, offer: Offer) -> None:
        price = offer.price
        self._offers.append(
            (
                float(price.amount) if price else nan,
                self._tables.currencies.code(price.currency) if price else -1,
                _AVAILABILITY[offer.availability],
                offer.regular is not None,
                offer.variant_id or "",
            )
        )

    def _add_facts(self, facts: array[float], owner: int, values: Mapping[str, AttributeValue]) -> None:
        """Append (name, owner, text, value, unit) for each value."""
        names, texts = self._tables.names.code, self._tables.values.code
        for name, value in values.items():
            if isinstance(value, str):
                facts.extend((names(name), owner, texts(value), nan, -1))
            elif isinstance(value, bool):
                facts.extend((names(name), owner, texts("true" if value else "false"), nan, -1))
            elif isinstance(value, Quantity):
                facts.extend((names(name), owner, -1, value.value, self._tables.units.code(value.unit)))
            elif isinstance(value, tuple):
                for item in value:
                    facts.extend((names(name), owner, texts(item), nan, -1))
            else:
                facts.extend((names(name), owner, -1, float(value), -1))

    def _unsorted(self) -> Columns:
        product = list(zip(*self._products, strict=True)) if self._products else [()] * 8
        offer = list(zip(*self._offers, strict=True)) if self._offers else [()] * 5
        return Columns(
            tables=self._tables,
            key=np.array(product[0], np.int64),
            id=PackedStrings.pack(product[1]),
            encoded=np.frombuffer(b"".join(product[2]), np.uint64),
            brand=np.array(product[3], np.int32),
            category=np.array(product[4], np.int32),
            rating=np.array(product[5], np.float64),
            rating_count=np.array(product[6], np.int32),
            released=np.array(product[7], np.int32),
            offer_start=np.concatenate([[0], np.cumsum(self._offer_counts)]).astype(np.int64),
            price=np.array(offer[0], np.float64),
            currency=np.array(offer[1], np.int32),
            availability=np.array(offer[2], np.int8),
            on_sale=np.array(offer[3], np.bool_),
            variant=PackedStrings.pack(offer[4]),
            product_facts=_facts(self._product_facts),
            offer_facts=_facts(self._offer_facts),
        )


def date_number(date: str | None) -> int:
    """An ISO 8601 date, or its beginning, as the number yyyymmdd: "2025-03" is 20250300; 0 when there is none."""
    digits = "".join(character for character in (date or "")[:10] if character.isdigit())[:8]
    return int(digits.ljust(8, "0")) if len(digits) >= 4 and digits.isascii() else 0


def _facts(flat: array[float]) -> Facts:
    name, owner, text, value, unit = np.array(flat, np.float64).reshape(-1, 5).T
    return Facts(
        name.astype(np.int32), owner.astype(np.int32), text.astype(np.int32), value.copy(), unit.astype(np.int32)
    ).sorted()


def _measured(options: Mapping[str, str]) -> dict[str, AttributeValue]:
    """The options that are quantities ("16 kg"), so that they can be compared as well as picked."""
    parsed = {name: parse_quantity(text) for name, text in options.items()}
    return {name: quantity for name, quantity in parsed.items() if quantity is not None}
