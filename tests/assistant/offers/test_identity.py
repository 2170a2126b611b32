"""Whether a title is that very product."""

from __future__ import annotations

import pytest

from shopwright.assistant.offers.identity import Title, compare, rarity, tokens


def fits(name: str, title: str) -> bool:
    found = compare(tokens(name), Title(title), {})
    return not found.lacking and not found.excess and found.share >= 0.7


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Velmor TWIN QX4060 NOVA", "Velmor DUAL QX 4060 NOVA, 8GB"),
        ("Tolva Softsilence Ultra", "Tolva SoftSilence Ultra Wireless Headphones - Black"),
        ("Tolva Soft Silence 45", "Tolva SoftSilence 45 Headphones"),
        ("Kanon ALP K7 Mark II", "Kanon ALP K7 II"),
        ("Kanon ALP K7 Mark II", "ALP K7 Mark II boîtier nu, plein format"),
        ("Orlo T31 Plus", "Smartphone ORLO T31+ 5G 12/256GB Black"),
        ("Crux QV300", "300GB Crux QV300 SSD"),
        ("Ember Wolf black", "Ember Wolf Memory Black"),
    ],
)
def test_the_same(name: str, title: str) -> None:
    assert fits(name, title)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Velmor TWIN QX4060 NOVA", "Velmor TWIN QX4060 Ti NOVA, 8GB"),
        ("Velmor QX4060 Ti", "Velmor QX4060, 8GB"),
        ("Tolva Calm 700", "Tolva Calm 700DX Case"),
        ("Tolva Calm Block 700", "Tolva Calm Block Power Supply, 700W"),
        ("Brask Z640 STORM", "Brask Z640M STORM, Intel Z640"),
        ("Kanon ALP K7", "Kanon ALP K7 II"),
        ("Kanon ALP K7", "Kanon ALP K7 C Body"),
        ("Kanon ALP K7 C", "Kanon ALP K7 Body"),
        ("Kanon ALP K7", "Kanon ALP K70"),
        ("Gaming 4", "Gaming Board with 4 DDR4"),
        ("Ember Wolf white", "Ember Wolf Memory Black"),
    ],
)
def test_another_one(name: str, title: str) -> None:
    assert not fits(name, title)


def test_rare_words_weigh_more() -> None:
    weights = rarity([tokens("Velmor case"), tokens("Velmor fan"), tokens("Velmor lamp")])
    assert weights["lamp"] > weights["velmor"]
