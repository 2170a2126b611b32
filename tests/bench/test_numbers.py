from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from shopwright.bench.catalogue import Catalogue
from shopwright.bench.numbers import check_numbers
from shopwright.types import Answer, Bill, Card, Evidence, Money, Product, Rating, Sentence, Step, Table

LARK = Evidence("e1", "product", "lark", "weight: 1.9 kg", "weight")
PRICE = Evidence("e1", "product", "lark", "price: from €199.00", "price")
STOCK = Evidence("e1", "product", "lark-clay", "availability: ...", "availability")
RATING = Evidence("e1", "product", "lark", "rating: 4.7 of 5", "rating")
TEXT = Evidence("e1", "product", "lark", "Packs to 46 cm.", "description")
RETURNS = Evidence("e1", "document", "policies-returns", "45 days")
REVIEW = Evidence("e1", "review", "camping-1", "Dry for 12 days.")
SHOP = Evidence("e1", "shop", "catalogue", "2 products", "count")
TENTS = {"filters": [{"field": "category", "op": "is", "values": ["Tents"]}]}


def sentence(text: str, fact: Evidence | None) -> Answer:
    return Answer((Sentence(text, (fact.id,) if fact else ()),), evidence=(fact,) if fact else ())


@pytest.mark.parametrize(
    ("text", "fact", "wrong"),
    [
        ("It weighs 1.9 kg.", LARK, 0),
        ("It weighs 1900 g.", LARK, 0),
        ("It weighs 1.8 kg.", LARK, 1),
        ("It weighs 2 kg.", LARK, 1),
        ("It weighs 4.2 lb.", LARK, 0),
        ("There are 7 in stock.", STOCK, 0),
        ("It costs €249.00, reduced from €289.00.", PRICE, 0),
        ("It costs €250.00.", PRICE, 1),
        ("It costs €249.00.", LARK, 1),
        ("Packs to 46 cm, costs €249.00.", TEXT, 0),
        ("It costs €1.90.", LARK, 1),
        ("Rated 4.7 of 5 from 3 reviews; 3 liked it, 0 did not.", RATING, 0),
        ("Rated 4.9 of 5.", RATING, 1),
        ("There are 3 versions, 2 of them in stock.", STOCK, 0),
        ("The Lark 2 trekking tent weighs 1.9 kg.", LARK, 0),
        ("Within 45 days, for €4.90.", RETURNS, 0),
        ("Within 30 days.", RETURNS, 1),
        ("Dry for 12 days, 5 stars.", REVIEW, 0),
        ("It weighs 1.9 kg.", None, 1),
        ("You asked for at most 3 kg.", None, 0),
        ("It weighs 3 kg.", LARK, 1),
    ],
)
def test_a_number_must_stand_in_what_the_sentence_cites(
    text: str, fact: Evidence | None, wrong: int, catalogue: Catalogue
) -> None:
    count, found = check_numbers(sentence(text, fact), catalogue, ["at most 3 kg please"])
    assert len(found) == wrong, found
    assert count > 0


@pytest.mark.parametrize(
    ("measure", "text", "wrong"),
    [
        ("count", "We have 2 products for tents.", 0),
        ("count", "We have 3 products for tents.", 1),
        ("count:brand", "We carry 2 brands.", 0),
        ("count:brand", "We carry 5 brands.", 1),
        ("max:price", "The dearest costs €319.00.", 0),
        ("max:price", "The dearest costs €999.00.", 1),
        ("min:attr:weight", "The lightest weighs 1.9 kg.", 0),
        ("min:attr:weight", "The lightest weighs 1.2 kg.", 1),
        ("min:attr:weight", "Up to €300, as you asked.", 0),
    ],
)
def test_a_fact_about_the_catalogue_is_counted_again(measure: str, text: str, wrong: int, catalogue: Catalogue) -> None:
    steps = (Step("f1", "facts", {"measure": measure, "query": "tents", **TENTS}),)
    _, found = check_numbers(sentence(text, SHOP), catalogue, ["tents up to €300"], steps)
    assert len(found) == wrong, found


@pytest.mark.parametrize(("number", "wrong"), [(1, 0), (2, 0), (3, 1)])
def test_a_search_cannot_find_more_than_there_is(number: int, wrong: int, catalogue: Catalogue) -> None:
    steps = (Step("s1", "search", {"query": "roomy", "filters": [{"field": "price", "op": "range", "low": 249.0}]}),)
    _, found = check_numbers(sentence(f"I found {number} products.", SHOP), catalogue, [], steps)
    assert len(found) == wrong


@pytest.mark.parametrize(
    ("card", "wrong"),
    [
        (Card("lark", "Lark 2 trekking tent", "from €199.00", rating=Rating(4.67, 3), reason="weight 1.9 kg"), 0),
        (Card("lark", "Lark 2 trekking tent", "€249.00", "€289.00", "only 2 left", "lark-clay"), 0),
        (Card("lark", "Lark 2 trekking tent", "€199.00", variant_id="lark-clay"), 1),
        (Card("lark", "Lark 2 trekking tent", "€99.00"), 1),
        (Card("lark", "Lark 2 trekking tent", "€249.00", "€299.00"), 1),
        (Card("lark", "Lark 2 trekking tent", "€249.00", stock="only 4 left"), 1),
        (Card("lark", "Lark 2 trekking tent", "€249.00", rating=Rating(4.9, 3)), 1),
        (Card("lark", "Lark 2 trekking tent", "€249.00", reason="weight 1.2 kg"), 1),
        (Card("eagle", "Eagle", "€1.00"), 1),
    ],
)
def test_cards_are_compared_with_the_store(card: Card, wrong: int, catalogue: Catalogue) -> None:
    _, found = check_numbers(Answer(cards=(card,)), catalogue)
    assert len(found) == wrong, found


@pytest.mark.parametrize(
    ("row", "cell", "wrong"),
    [
        ("Price", "from €249.00", 0),
        ("Price", "€4.67", 1),
        ("Rating", "4.7 of 5 (3)", 0),
        ("Weight", "1.9 kg", 0),
        ("Weight", "2 kg", 1),
        ("Availability", "in stock (2 of 3 versions)", 0),
        ("Weight", None, 0),
    ],
)
def test_a_cell_holds_numbers_of_its_own_row(row: str, cell: Any, wrong: int, catalogue: Catalogue) -> None:
    answer = Answer(table=Table(("Lark",), ("lark",), ((row, (cell,)),)))
    _, found = check_numbers(answer, catalogue)
    assert len(found) == wrong, found


def test_an_empty_answer_says_no_number(catalogue: Catalogue) -> None:
    assert check_numbers(Answer(), catalogue) == (0, [])


class TestBills:
    """A sum counts as right where it is that of its lines, and its lines where they are the store's prices."""

    @staticmethod
    def judged(*lines: tuple[str, str, int, str], rows: tuple[tuple[str, str], ...] = (), total: str = "") -> list[str]:
        tent = Product("tent", "Tent", price=Money(Decimal("89.00"), "EUR"))
        mat = Product("mat", "Mat", price=Money(Decimal("19.90"), "EUR"))
        bill = Bill("Basket", lines, rows, total)
        _, wrong = check_numbers(Answer(bill=bill), Catalogue.of([tent, mat]))
        return wrong

    def test_right_and_wrong_sums(self) -> None:
        lines = (("tent", "Tent", 1, "€89.00"), ("mat", "Mat", 2, "€39.80"))
        assert self.judged(*lines, rows=(("Delivery", "€4.90"),), total="€133.70") == []
        assert self.judged(*lines, rows=(("Voucher", "-€10.00"),), total="€118.80") == []
        assert self.judged(*lines, total="€120.00") == ["bill “Basket”: 120"]
        assert self.judged(("tent", "Tent", 1, "€79.00"), total="€79.00") != []
