from __future__ import annotations

import pytest

from shopwright.skills.verify.check import check, stated
from shopwright.types import Evidence, Sentence

EVIDENCE = {
    "e1": Evidence("e1", "product", "lark", "price: €1,289.00"),
    "e2": Evidence("e2", "product", "lark", "weight: 1.9 kg"),
    "e3": Evidence("e3", "shop", "catalogue", "we shipped 999 million parcels"),
    "e4": Evidence("e4", "product", "lark", "rope: 1,500 m", title="Second Lark"),
    "e5": Evidence("e5", "product", "lark", "reviews: 12; size 13 inch; 4 in stock"),
}


@pytest.mark.parametrize(
    ("sentence", "passes"),
    [
        (Sentence("It costs €1,289.00.", ("e1",)), True),
        (Sentence("It costs €1289.", ("e1",)), True),
        (Sentence("It costs €1,298.00.", ("e1",)), False),
        (Sentence("It weighs 1.9 kg and costs €1,289.00.", ("e1", "e2")), True),
        (Sentence("It weighs 1.8 kg.", ("e2",)), False),
        (Sentence("We shipped 999 million parcels.", ("e3",)), True),
        (Sentence("We shipped 9.99 million parcels.", ("e3",)), False),
        (Sentence("It weighs 1.9 kg.", ()), False),
        (Sentence("What are you looking for?", ()), True),
        (Sentence("It weighs 1.9 kg.", ("e9",)), False),
        (Sentence("It weighs 1.9 g.", ("e2",)), False),
        (Sentence("It weighs 1900 g.", ("e2",)), True),
        (Sentence("It weighs 1.9 lb.", ("e2",)), False),
        (Sentence("It is rated 1.9.", ("e2",)), True),
        (Sentence("It costs $1,289.00.", ("e1",)), False),
        (Sentence("It costs 1,289 EUR.", ("e1",)), True),
        (Sentence("It weighs 1,289 kg.", ("e1",)), False),
        (Sentence("It costs €1.90.", ("e2",)), False),
        (Sentence("It costs €1,289.00.", ("e1", "e4")), True),
        (Sentence("The rope has 1500 metres.", ("e4",)), True),
        (Sentence("The rope has 1,500 million metres.", ("e4",)), False),
        (Sentence("12 people reviewed the 13-inch model; 4 in stock.", ("e5",)), True),
    ],
)
def test_numbers_must_stand_in_the_evidence(sentence: Sentence, passes: bool) -> None:
    kept, removed = check([sentence], EVIDENCE)
    assert bool(kept) is passes
    assert bool(removed) is not passes


def test_numbers_by_value() -> None:
    said = stated("1,299.50 and 2 million, 13-14 inch, 3000 mm")
    assert [number.value for number in said] == [1299.5, 2e6, 13, 14, 3000]
