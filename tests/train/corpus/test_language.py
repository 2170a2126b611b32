from __future__ import annotations

import pytest

from shopwright.errors import ConfigError
from shopwright.train.corpus.language import checked_languages, detect, is_wanted

pytest.importorskip("py3langid")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The tent stayed dry all night, and we slept very well in it.", "en"),
        ("Das Zelt blieb die ganze Nacht trocken, und wir haben gut geschlafen.", "de"),
        ("La tente est restée sèche toute la nuit et nous avons bien dormi.", "fr"),
        ("テントは一晩中乾いていて、とてもよく眠れましたので満足です。", "ja"),
        ("12 34", "und"),
    ],
)
def test_detect(text: str, code: str) -> None:
    assert detect(text)[0] == code


def test_wanted_languages() -> None:
    assert is_wanted("The tent stayed dry all night, and we slept very well in it.")
    assert not is_wanted("Das Zelt blieb die ganze Nacht trocken, und wir haben gut geschlafen.")
    assert is_wanted("4K")
    with pytest.raises(ConfigError, match="xx"):
        checked_languages(("en", "xx"))


@pytest.mark.parametrize(
    "text",
    [
        "Der Tisch hat in der Mitte ein Glas und war an der Wand, so hat er es gern, was man will und an was man denkt.",
        "De tafel is van hout en we zijn er blij mee, want het is een mooie tafel met vier stoelen in de kamer van oma.",
        "Je ne sais pas si la table est en bois, mais on est bien content, car la chaise a la bonne taille pour tous.",
    ],
)
def test_what_looks_a_little_like_english_is_not_taken_for_it(text: str) -> None:
    assert not is_wanted(text)
