from __future__ import annotations

import pytest

from shopwright.skills.verify.languages import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The kettle is red and it has a handle.", "English"),
        ("Der Kessel ist rot und hat einen Griff.", "German"),
        ("La bouilloire est rouge et la poignée est dans le sac.", "French"),
        ("这个水壶是红色的。", "Chinese"),
        ("このやかんは赤いです。", "Japanese"),
        ("Чайник красный.", "Russian"),
        ("Tarn 2: 2.1 kg", ""),
        ("", ""),
        ("12 345", ""),
    ],
)
def test_the_language_of_a_text(text: str, language: str) -> None:
    assert language_of(text) == language


def test_a_short_claim_may_show_it_by_one_word() -> None:
    assert (language_of("The kettle holds 2 l."), language_of("The kettle holds 2 l.", 1)) == ("", "English")
