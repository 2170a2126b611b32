"""From products to columns: one pass, plain lists first, arrays at the end."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from math import nan

import numpy as np

from shopwright.catalog.offers import Offer, offers
from shopwright.catalog.units import parse_quantity
from shopwright.search.columns import AVAILABILITIES, Columns, Facts, Tables
from shopwright.search.strings import PATH, PackedStrings
from shopwright.search.texts import encoder_text, marks
from shopwright.types import AttributeValue, Product, Quantity

_AVAILABILITY = {name: code for code, name in enumerate(AVAILABILITIES)}


class ColumnsBuilder:
    """Collects products and makes `Columns` of them.

    Args:
        tables: numbers the strings; the tables of the columns that the result is joined with.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._products: list[tuple[int, str, str, int, int, float, int, int]] = []
        self._offer_counts: list[int] = []
        self._offers: list[tuple[float, int, int, bool, str]] = []
        self._product_facts = _FactRows(tables)
        self._offer_facts = _FactRows(tables)

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
                encoder_text(product),
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
            self._product_facts.add(row, product.attributes)
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
        self._product_facts.add(row, shared)
        for place, variant in enumerate(product.variants, start=len(self._offers)):
            own = {**_measured(variant.options), **variant.attributes}
            for name in varying.difference(own, variant.options).intersection(product.attributes):
                own[name] = product.attributes[name]
            self._offer_facts.add(place, own)
            self._offer_facts.add(place, variant.options)

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

    def _unsorted(self) -> Columns:
        product = list(zip(*self._products, strict=True)) if self._products else [()] * 8
        offer = list(zip(*self._offers, strict=True)) if self._offers else [()] * 5
        return Columns(
            tables=self._tables,
            key=np.array(product[0], np.int64),
            id=PackedStrings.pack(product[1]),
            encoded=marks(product[2]),
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
            product_facts=self._product_facts.build(),
            offer_facts=self._offer_facts.build(),
        )


class _FactRows:
    """Facts as they come: texts as numbers of (name, text) pairs, which mostly repeat, other values as numbers."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._pairs: dict[tuple[str, AttributeValue], int] = {}
        self._pair_codes: list[tuple[int, int]] = []
        self._texts = array("q")
        self._numbers = array("d")

    def add(self, owner: int, values: Mapping[str, AttributeValue]) -> None:
        """Append the attributes of a product or an offer."""
        pairs, texts = self._pairs, self._texts
        for item in values.items():
            pair = pairs.get(item)  # only texts are there, and they equal nothing else
            if pair is None:
                self._add(owner, *item)
            else:
                texts.append(pair)
                texts.append(owner)

    def build(self) -> Facts:
        """The facts, sorted by name."""
        pair, text_owner = np.array(self._texts, np.int64).reshape(-1, 2).T
        name, text = np.array(self._pair_codes, np.int32).reshape(-1, 2).T
        number_name, owner, value, unit = np.array(self._numbers, np.float64).reshape(-1, 4).T
        none = np.full(len(pair), -1, np.int32)
        return Facts(
            name=np.concatenate([name[pair], number_name.astype(np.int32)]),
            owner=np.concatenate([text_owner, owner]).astype(np.int32),
            text=np.concatenate([text[pair], np.full(len(value), -1, np.int32)]),
            value=np.concatenate([np.full(len(pair), nan), value]),
            unit=np.concatenate([none, unit.astype(np.int32)]),
        ).sorted()

    def _add(self, owner: int, name: str, value: AttributeValue) -> None:
        if isinstance(value, str):
            self._texts.extend((self._pair(name, value), owner))
        elif isinstance(value, bool):
            self._texts.extend((self._pair(name, "true" if value else "false"), owner))
        elif isinstance(value, tuple):
            for item in value:
                self._texts.extend((self._pair(name, item), owner))
        else:
            unit = self._tables.units.code(value.unit) if isinstance(value, Quantity) else -1
            number = value.value if isinstance(value, Quantity) else value
            self._numbers.extend((self._tables.names.code(name), owner, number, unit))

    def _pair(self, name: str, text: str) -> int:
        pair = self._pairs.get((name, text))
        if pair is None:
            pair = self._pairs[name, text] = len(self._pair_codes)
            self._pair_codes.append((self._tables.names.code(name), self._tables.values.code(text)))
        return pair


def date_number(date: str | None) -> int:
    """An ISO 8601 date, or its beginning, as the number yyyymmdd: "2025-03" is 20250300; 0 when there is none."""
    if not date:
        return 0
    digits = "".join(character for character in date[:10] if character.isdigit())[:8]
    return int(digits.ljust(8, "0")) if len(digits) >= 4 and digits.isascii() else 0


def _measured(options: Mapping[str, str]) -> dict[str, AttributeValue]:
    """The options that are quantities ("16 kg"), so that they can be compared as well as picked."""
    parsed = {name: parse_quantity(text) for name, text in options.items()}
    return {name: quantity for name, quantity in parsed.items() if quantity is not None}
