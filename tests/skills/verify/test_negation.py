from __future__ import annotations

import pytest

from shopwright.skills.verify.negation import negated


@pytest.mark.parametrize(
    ("claim", "evidence", "words"),
    [
        ("The jacket is waterproof.", "The jacket is not waterproof.", "waterproof"),
        ("The watch is waterproof.", "waterproof: no", "waterproof"),
        ("The bowl is dishwasher safe.", "The bowl isn't dishwasher safe.", "dishwasher"),
        ("The kit comes with a lamp.", "The kit comes without lamp.", "lamp"),
        ("The lamp is suitable for bathrooms.", "Lamp unsuitable for bathrooms", "suitable"),
        ("The soap contains palm oil.", "The soap contains no palm oil.", "palm"),
        ("The model is sold in Spain.", "The model is no longer sold in Spain.", "sold"),
        ("The shirt is not waterproof.", "Shirt, waterproof", "not waterproof"),
    ],
)
def test_a_flipped_attribute_is_found(claim: str, evidence: str, words: str) -> None:
    assert words in [claim[flip.start : flip.end] for flip in negated(claim, [evidence])]


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The jacket is waterproof.", "The jacket is waterproof, not just windproof."),
        ("The jacket is waterproof.", "Is the jacket not waterproof?"),
        (
            "The jacket is waterproof.",
            "The trousers that we sold last summer were not waterproof at all in heavy rain.",
        ),
        ("The jacket is waterproof.", "The jacket is waterproof. The hood is not waterproof."),
        ("The jacket is not waterproof.", "The jacket isn't waterproof."),
        ("The jacket is waterproof.", ""),
    ],
)
def test_in_doubt_nothing_is_said(claim: str, evidence: str) -> None:
    assert negated(claim, [evidence]) == ()
