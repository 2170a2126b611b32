from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopwright.catalog.codec import (
    digest,
    dump_plain,
    dump_product,
    load_document,
    load_heading,
    load_product,
    load_review,
)
from shopwright.types import Document, Money, Product, Quantity, Rating, Review, Variant

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
values = st.one_of(
    texts,
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.builds(Quantity, st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["kg", "cm"])),
    st.tuples(texts, texts),
)
money = st.builds(Money, st.decimals(0, 10**9, places=2), st.sampled_from(["EUR", "JPY"]))
attributes = st.dictionaries(st.text("abc_", min_size=1), values, max_size=4)
variants = st.builds(
    Variant,
    id=texts,
    options=st.dictionaries(texts, texts, max_size=2),
    price=st.none() | money,
    sale_price=st.none() | money,
    stock=st.none() | st.integers(0, 10**6),
    attributes=attributes,
    title=st.none() | texts,
)
products = st.builds(
    Product,
    id=texts,
    title=texts,
    description=texts,
    highlights=st.tuples(texts),
    brand=st.none() | st.text(min_size=1, max_size=9),
    category=st.tuples(texts, texts),
    attributes=attributes,
    price=st.none() | money,
    variants=st.lists(variants, max_size=2).map(tuple),
    rating=st.none() | st.builds(Rating, st.floats(1, 5), st.integers(0, 99)),
    related=st.dictionaries(st.sampled_from(["accessory", "substitute"]), st.tuples(texts), max_size=2),
)


@given(products)
def test_a_product_comes_back_as_it_was(product: Product) -> None:
    assert load_product(dump_product(product)) == product


@given(products)
def test_a_heading_is_the_beginning_of_a_product(product: Product) -> None:
    heading = load_heading(dump_product(product))
    assert heading == Product(product.id, product.title, description=product.description, category=product.category)


def test_money_keeps_its_cents() -> None:
    product = Product("a", "A", price=Money(Decimal("12.50"), "EUR"))
    again = load_product(dump_product(product))
    assert again.price is not None
    assert str(again.price.amount) == "12.50"


def test_digest_tells_changes() -> None:
    one, two = Product("a", "A"), Product("a", "A", brand="B")
    assert digest(dump_product(one)) == digest(dump_product(Product("a", "A")))
    assert digest(dump_product(one)) != digest(dump_product(two))


@pytest.mark.parametrize("text", ["", "naïve café", "שלום", "日本語", "a\nb"])
def test_documents_and_reviews_come_back(text: str) -> None:
    document = Document("d", "T", text, "faq", ("A", "B"), "2026-01-01")
    review = Review("r", "p", 4, text, "t", "Ines", "2026-01-02")
    assert load_document(dump_plain(document)) == document
    assert load_review(dump_plain(review)) == review
