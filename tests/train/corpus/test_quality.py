from __future__ import annotations

from dataclasses import replace

import pytest

from shopwright.catalog.demo import demo_documents, demo_products
from shopwright.train.corpus.quality import PROSE, RULES, STRUCTURED, first_failed
from shopwright.train.corpus.render import render
from shopwright.types import Product

GOOD = (
    "We pitch it in about five minutes now, and the porches swallow a sixty litre pack each. The floor is slick, so our "
    "mats slid downhill all night until I dabbed some seam sealer on it. It has stood through a week of Welsh rain."
)
JUNK = {
    "too_short": "Nice tent.",
    "word_length": "Supercalifragilistic " * 20,
    "symbols": " ".join(["~~^^ tent @@ __ $$ rain ^^"] * 10),
    "letters": " ".join(["!!! ... ((((( the of and 12,,, ;;;"] * 10),
    "digits": " ".join(["the size of it 123456 987654"] * 10),
    "capitals": GOOD.upper(),
    "single_letters": " ".join("the tent is dry and light in the rain of the west"),
    "braces": " ".join(["if {x} then {y} of the {z}"] * 10),
    "ellipses": "\n".join(["The tent is light and very dry…", "We liked the floor of the tent...", "It has a fine porch to sit in…"]),
    "duplicate_lines": "\n".join(["The tent is light and very dry in the rain of the west."] * 6),
    "boilerplate": "Home | Sign in | My account | Cart (0)\nThis site uses cookies to improve your stay. Accept all cookies\nPrivacy policy and all rights reserved, we hope that you like it here.",
    "gibberish": "qzx wvkj xqpf zzkt the jqxv of pwqz kxjv and vbqz xkcd wqpz fjxk zqvb mxkq pzwx",
    "stop_words": "red tents blue boots green lamps cheap stoves wool socks steel mugs canvas packs nylon ropes copper pans oak shelves",
    "duplicate_grams": "the rain in the west is wet and cold " * 8,
}  # fmt: skip


@pytest.mark.parametrize("name", JUNK)
def test_each_kind_of_junk_is_removed(name: str) -> None:
    assert first_failed(JUNK[name]) is not None


@pytest.mark.parametrize(
    "name",
    ["too_short", "symbols", "capitals", "braces", "duplicate_lines", "boilerplate", "stop_words"],
)
def test_the_rule_that_removes_is_named(name: str) -> None:
    assert first_failed(JUNK[name]) == name


COOKIES = (
    "These cookies are the best ginger cookies that I have eaten. My children ask for cookies every day of the week. The "
    "cookies are crisp outside. I would buy these cookies again, and I gave a box of cookies to my neighbour."
)
BANNER = (
    "This website uses cookies. We share data with advertising partners. You may withdraw your consent at any time. Read "
    "our privacy notice, or accept the necessary ones only and go on to the shop."
)


def test_notices_are_removed_and_cookies_that_are_eaten_stay() -> None:
    assert first_failed(BANNER) in ("notices", "boilerplate")
    assert first_failed(COOKIES) is None


def test_one_word_again_and_again_is_stuffing() -> None:
    places = ("Leeds", "York", "Ohio", "Texas", "Dublin", "Austin")
    text = " ".join(f"Any sofa in {place} is our sofa, sofa {place} for the home and sofa for you." for place in places)
    assert first_failed(text, replace(PROSE, duplicate_grams=1.0, top_gram=1.0)) == "top_word"


def test_a_glossary_at_the_end_is_no_menu() -> None:
    terms = "\n".join(f"term {number}" for number in range(12))
    assert (
        first_failed("\n\n".join([GOOD, GOOD.replace("tent", "hut").replace("mats", "beds"), terms])) != "unpunctuated"
    )
    assert first_failed(terms) is not None


def test_good_text_stays() -> None:
    assert first_failed(GOOD) is None
    kept = [first_failed(document.text) for document in demo_documents()]
    assert kept.count(None) >= 0.95 * len(kept), kept


def test_rendered_products_stay() -> None:
    kept = [first_failed(render(product), STRUCTURED) for product in demo_products() if isinstance(product, Product)]
    assert kept.count(None) >= 0.97 * len(kept)


def test_a_threshold_can_be_moved() -> None:
    assert first_failed("Nice tent for the two of us.", replace(PROSE, words=(3, 100))) is None


def test_empty_text_is_too_short_and_names_are_unique() -> None:
    assert first_failed("") == "too_short"
    assert len({name for name, _ in RULES}) == len(RULES)
