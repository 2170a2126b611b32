"""Products from records: the one place where values are checked and refusals are worded.

A *record* is a mapping from our field names to raw values. Its form is that of Shopwright's own JSONL feed, and every
reader translates its format into it:

    {"id", "title", "description", "highlights": [...], "brand", "category": [...] or "A > B", "attributes": {...},
     "price", "sale_price", "list_price", "currency", "sale_start", "sale_end", "availability", "stock",
     "options": [...], "variants": [{"id", "options": {...}, "price", "sale_price", "stock", "attributes": {...}}],
     "images": [...], "url", "rating", "rating_count", "gtin", "mpn", "condition", "related": {...}, "released"}

Prices may also stand in minor units (`price_minor` 4995 is 49.95), and in `list_price`, the higher price that is
struck out, with `price` as what is charged. A row is refused for a missing id or title, a price that is none, and a
negative stock; everything else that is wrong is left out, with a note where the merchant would want to know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from shopwright.catalog.attributes import attribute_name, read_attributes
from shopwright.catalog.feeds import values
from shopwright.catalog.money import currency_code, minor_money, parse_money
from shopwright.catalog.text import TEXT_LIMIT, TITLE_LIMIT, clean_line, clean_text, slug
from shopwright.errors import RowError
from shopwright.types import Availability, Money, Product, Variant

FIELDS = (
    "id", "title", "description", "highlights", "brand", "category", "attributes", "price", "price_minor", "sale_price",
    "sale_price_minor", "list_price", "list_price_minor", "currency", "sale_start", "sale_end", "sale_dates",
    "availability", "stock", "options", "variants", "images", "url", "rating", "rating_count", "rating_best", "gtin",
    "mpn", "condition", "related", "released", "group_id", "group_title",
)  # fmt: skip

Record = Mapping[str, Any]
_NOTES_KEPT = 1_000
_VARIANTS = 2_000
_PRICES = frozenset(name for name in FIELDS if "price" in name)
_SHORT = 120
_AVAILABILITY_ORDER: tuple[Availability, ...] = ("in_stock", "preorder", "backorder", "unknown", "out_of_stock")


class Builder:
    """Turns records into products.

    Args:
        currency: ISO 4217 code of prices that name none.
        lists: whether "a; b" in an attribute is a list, as in formats that have no other way to write one.
        now: the moment at which sales are judged; the present when None.

    Attributes:
        notes: what was left out or cut, in words, each with its line; the first thousand.
        line: that of the last product that was built; None when unknown.
    """

    def __init__(self, currency: str | None = None, *, lists: bool = False, now: datetime | None = None) -> None:
        self.currency = currency
        self.lists = lists
        self.now = now or datetime.now(UTC)
        self.notes: list[str] = []
        self.line: int | None = None

    def note(self, line: int | None, text: str) -> None:
        """Remember something about a row that the merchant should know."""
        if len(self.notes) < _NOTES_KEPT:
            self.notes.append(text if line is None else f"line {line}: {text}")

    def product(self, record: Record, line: int | None = None) -> Product:
        """The product that a record describes.

        Raises:
            RowError: when the row is refused.
        """
        self.line = line
        try:
            return self._product(record, line)
        except RowError as error:
            raise RowError(error.reason, line) from error

    def variant(self, record: Record, product_id: str, number: int, line: int | None = None) -> Variant:
        """The variant that a record describes, for formats whose rows are variants.

        Args:
            number: its place among the product's variants, from 1; part of its id where it has no other.

        Raises:
            RowError: when the row is refused.
        """
        try:
            return self._variant(record, product_id, number, self._currency(record.get("currency")), line)
        except RowError as error:
            raise RowError(error.reason, line) from error

    def _product(self, record: Record, line: int | None) -> Product:
        get = record.get
        product_id = values.read_id(get("id"))
        if not product_id:
            raise RowError("the row has no id: every product needs one that stays the same from feed to feed")
        title = self._title(get("title"), product_id, line)
        currency = self._currency(get("currency"))
        variants = self._variants(rows, product_id, currency, line) if (rows := get("variants")) else ()
        price, sale_price = (None, None) if _PRICES.isdisjoint(record) else self._prices(record, currency, line)
        stock, availability = _supply(record)
        if variants:
            price, sale_price = lowest_price(variants, price, sale_price)
            stock = _total(variants, stock)
            best = best_availability([item.availability for item in variants])
            availability = availability if best == "unknown" else best
        gtin = get("gtin")
        known_gtin = values.read_gtin(gtin) if gtin else None
        if gtin and known_gtin is None:
            self.note(line, f"gtin {values.text_of(gtin)[:40]!r} has a wrong length or check digit and was left out")
        return Product(
            id=product_id,
            title=title,
            description=self._text(get("description"), "description", line),
            highlights=values.read_list(get("highlights")) if get("highlights") else (),
            brand=self._short(get("brand")),
            category=values.read_path(get("category")) if get("category") else (),
            attributes=self._attributes(get("attributes")),
            price=price,
            sale_price=sale_price,
            availability=availability,
            stock=stock,
            variants=variants,
            images=values.read_images(get("images")) if get("images") else (),
            url=values.read_url(get("url")) if get("url") else None,
            rating=values.read_rating(rating, get("rating_count"), get("rating_best"))
            if (rating := get("rating"))
            else None,
            gtin=known_gtin,
            mpn=self._short(get("mpn")),
            condition=self._short(get("condition")),
            released=values.read_date(released) if (released := get("released")) else None,
            related=values.read_related(related) if (related := get("related")) else {},
        )

    def _title(self, value: object, product_id: str, line: int | None) -> str:
        raw = value if type(value) is str else values.text_of(value)
        title = clean_line(raw, TITLE_LIMIT)
        if not title:
            raise RowError(f"product {product_id!r} has no title: every product needs one")
        if len(raw) > TITLE_LIMIT and title.endswith(" …"):
            self.note(line, f"title of {len(raw):,} characters was cut to {TITLE_LIMIT}")
        return title

    def _text(self, value: object, name: str, line: int | None) -> str:
        if not value:
            return ""
        raw = value if isinstance(value, str) else values.text_of(value)
        text = clean_text(raw, TEXT_LIMIT)
        if len(raw) > TEXT_LIMIT and text.endswith(" …"):
            self.note(line, f"{name} of {len(raw):,} characters was cut to {TEXT_LIMIT:,}")
        return text

    def _short(self, value: object) -> str | None:
        return (clean_line(values.text_of(value), _SHORT) or None) if value else None

    def _attributes(self, value: object) -> dict[str, Any]:
        return read_attributes(values.json_object_in(value), lists=self.lists) if value else {}

    def _currency(self, value: object) -> str | None:
        if not value:
            return self.currency
        code = currency_code(values.text_of(value))
        if code is None:
            raise RowError(f"currency {value!r} is not known: give a code of ISO 4217 such as EUR or USD")
        return code

    def _prices(self, record: Record, currency: str | None, line: int | None) -> tuple[Money | None, Money | None]:
        """Regular price and, when a sale runs, sale price."""
        price = _money(record, "price", currency)
        listed = self._lenient(record, "list_price", currency, line)
        sale = self._lenient(record, "sale_price", currency, line)
        if listed is not None and price is None:
            price, listed = listed, None
        if price is None:
            return sale, None
        if listed is not None and listed.currency == price.currency and listed.amount > price.amount and sale is None:
            price, sale = listed, price
        if sale is None or not self._runs(record):
            return price, None
        if sale.currency != price.currency or not 0 < sale.amount < price.amount:
            if 0 < sale.amount != price.amount:
                self.note(line, f"sale price {sale.amount} {sale.currency} is not below the price {price.amount} "
                                f"{price.currency} and was left out")  # fmt: skip
            return price, None
        return price, sale

    def _lenient(self, record: Record, name: str, currency: str | None, line: int | None) -> Money | None:
        """A price that a product can be sold without: left out with a note when it is none."""
        try:
            return _money(record, name, currency)
        except RowError as error:
            self.note(line, f"{name.replace('_', ' ')} was left out: {error.reason}")
            return None

    def _runs(self, record: Record) -> bool:
        """Whether the sale runs now: between `sale_start` and `sale_end`, or inside `sale_dates` ("start/end")."""
        start, end = record.get("sale_start"), record.get("sale_end")
        if dates := record.get("sale_dates"):
            start, _, end = values.text_of(dates).partition("/")
        begins = values.read_time(start) if start else None
        ends = values.read_time(end, end=True) if end else None
        return not (begins and self.now < begins) and not (ends and self.now >= ends)

    def _variants(self, value: object, product_id: str, currency: str | None, line: int | None) -> tuple[Variant, ...]:
        rows = values.json_object_in(value)
        if not isinstance(rows, list | tuple):
            return ()
        found: dict[str, Variant] = {}
        for number, row in enumerate(rows[:_VARIANTS], start=1):
            if isinstance(row, Mapping | Variant):
                variant = row if isinstance(row, Variant) else self._variant(row, product_id, number, currency, line)
                if variant.id in found:
                    self.note(
                        line, f"variant {variant.id!r} stands twice in product {product_id!r}: the first was kept"
                    )
                found.setdefault(variant.id, variant)
        return tuple(found.values())

    def _variant(self, row: Record, product_id: str, number: int, currency: str | None, line: int | None) -> Variant:
        currency = self._currency(row.get("currency")) if row.get("currency") else currency
        options = _options(row.get("options"))
        stock, availability = _supply(row)
        price, sale_price = self._prices(row, currency, line)
        title = row.get("title")
        images = values.read_images(row.get("image") or row.get("images"))
        suffix = "-".join(filter(None, map(slug, options.values()))) or str(number)
        return Variant(
            id=values.read_id(row.get("id")) or f"{product_id}-{suffix}",
            options=options,
            price=price,
            sale_price=sale_price,
            availability=availability,
            stock=stock,
            attributes=self._attributes(row.get("attributes")),
            title=(clean_line(values.text_of(title)) or None) if title else None,
            gtin=values.read_gtin(row.get("gtin")) if row.get("gtin") else None,
            image=images[0] if images else None,
            url=values.read_url(row.get("url")) if row.get("url") else None,
        )


def _money(record: Record, name: str, currency: str | None) -> Money | None:
    value = record.get(name)
    if isinstance(value, Money):
        return value
    if value is not None and not (isinstance(value, str) and not value.strip()):
        return parse_money(value, currency)
    minor = record.get(f"{name}_minor")
    return None if minor is None or minor == "" else minor_money(minor, currency)


def _supply(record: Record) -> tuple[int | None, Availability]:
    """Stock and availability: what is stated, unless the number in stock says otherwise."""
    number, word = record.get("stock"), record.get("availability")
    stock = None if number is None else values.read_stock(number)
    stated = "unknown" if word is None else values.read_availability(word)
    if stock == 0 and stated in ("in_stock", "unknown"):
        return stock, "out_of_stock"
    return stock, "in_stock" if stock and stated == "unknown" else stated


def best_availability(stated: Sequence[Availability]) -> Availability:
    """The availability of a product by those of its variants: it can be had when one of them can."""
    return min(stated, key=_AVAILABILITY_ORDER.index)


def _options(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping):
        return {}
    pairs = ((attribute_name(str(name))[0], clean_line(values.text_of(text), _SHORT)) for name, text in value.items())
    return {name: text for name, text in pairs if name and text}


def lowest_price(
    variants: tuple[Variant, ...], price: Money | None, sale_price: Money | None
) -> tuple[Money | None, Money | None]:
    """Price and sale price of the variant that costs least; a variant without a price has the product's."""
    offers = [
        (item.price or price, item.sale_price if item.price else item.sale_price or sale_price) for item in variants
    ]
    priced = [(regular, sale) for regular, sale in offers if regular is not None]
    if not priced:
        return price, sale_price
    return min(priced, key=lambda offer: (offer[1] or offer[0]).amount)


def _total(variants: tuple[Variant, ...], stock: int | None) -> int | None:
    counts = [item.stock for item in variants]
    return sum(count for count in counts if count is not None) if None not in counts else stock
