from __future__ import annotations

import pytest

from shopwright.bench.catalogue import Catalogue
from shopwright.bench.grounding import grounded_sentences
from shopwright.types import Answer, Card, Evidence, Sentence

FACTS = (
    Evidence("e1", "product", "lark", ""),
    Evidence("e2", "document", "policies-dragons", ""),
    Evidence("e3", "shop", "catalogue", ""),
)
CARDS = (Card("lark", "Lark 2 trekking tent", "€249.00"),)


@pytest.mark.parametrize(
    ("text", "cites", "factual", "grounded"),
    [
        ("It is waterproof.", ("e1",), 1, 1),
        ("It is waterproof.", (), 1, 0),
        ("We have many tents.", ("e3",), 1, 1),
        ("You may return it.", ("e2",), 1, 0),  # no such document
        ("You may return it.", ("e9",), 1, 0),  # no such evidence
        ("What are you looking for?", (), 0, 0),
        ("The closest that we have:", (), 0, 0),
        ("I can search the shop.", (), 0, 0),
        ("I found no such tent.", (), 1, 0),
        ("I would buy the Lark 2 trekking tent.", (), 1, 0),
        ("Here is what I found.", (), 0, 0),
        ("I know 3 of them.", (), 1, 0),
    ],
)
def test_factual_sentences_need_a_source_that_exists(
    text: str, cites: tuple[str, ...], factual: int, grounded: int, catalogue: Catalogue
) -> None:
    assert grounded_sentences(Answer((Sentence(text, cites),), CARDS, evidence=FACTS), catalogue) == (factual, grounded)
