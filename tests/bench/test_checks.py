from __future__ import annotations

from typing import Any

import pytest

from shopwright.bench.catalogue import Catalogue
from shopwright.bench.checks import Given, ends, normal, passes, problems, text_has
from shopwright.bench.conversations import KEYS, Conversation, Line, read_check
from shopwright.types import Answer, Card, Evidence, Sentence, Strategy, Table


def said(*texts: str, cites: Evidence | None = None, **more: Any) -> Answer:
    evidence = (cites,) if cites else ()
    keys = tuple(fact.id for fact in evidence)
    return Answer(tuple(Sentence(text, keys) for text in texts), evidence=evidence, **more)


def cards(*ids: str, text: str = "") -> Answer:
    return Answer((Sentence(text),) if text else (), tuple(Card(key, key, "") for key in ids))


def table(*ids: str, rows: tuple[str, ...] = ("Price", "Weight")) -> Answer:
    return Answer(table=Table(ids, ids, tuple((row, tuple("" for _ in ids)) for row in rows)))


LARK = Evidence("e1", "product", "lark", "Weight: 1.9 kg", "weight")
CLAY = Evidence("e1", "product", "lark-clay", "price: €249.00", "price")
REVIEW = Evidence("e1", "review", "camping-1", "Dry for 12 days.")
RETURNS = Evidence("e1", "document", "policies-returns", "45 days")
TENTS: list[Any] = [["category", "=", "Tents"]]

CASES: list[tuple[dict[str, Any], Answer, Answer]] = [
    ({"type": "shows", "any": ["lark", "wok"]}, cards("tarn", "lark"), cards("tarn")),
    ({"type": "shows", "all": ["lark", "tarn"]}, cards("tarn", "lark"), cards("lark")),
    ({"type": "shows_only", "where": TENTS}, cards("lark", "tarn"), cards("lark", "wok")),
    ({"type": "shows_only", "where": TENTS}, cards("lark"), cards("no-such-product")),
    ({"type": "shows_mostly", "where": TENTS}, cards("lark", "wok"), cards("wok", "lark", "tarn")),
    ({"type": "shows_mostly", "where": TENTS}, cards("lark", "tarn", "wok"), cards("lark", "wok", "skillet")),
    ({"type": "shows_no_cards_where", "where": TENTS}, cards("wok"), cards("wok", "lark")),
    ({"type": "says", "any": ["45 days", "45-day"]}, said("Within 45 days."), said("Within 145 days.")),
    ({"type": "says", "all": ["4.90", "60"]}, said("€4.90, free from €60.00."), said("€4.90, always.")),
    ({"type": "says_not", "any": ["free"]}, said("It costs €5."), said("It is FREE.")),
    ({"type": "table", "products": ["lark", "tarn"], "rows": ["weight"]}, table("lark", "tarn"), table("lark", "wok")),
    ({"type": "table", "products": ["lark"], "rows": ["Colour"]}, table("lark", rows=("Colour",)), table("lark")),
    ({"type": "cites", "any": ["lark"]}, said("1.9 kg.", cites=LARK), said("1.9 kg.")),
    ({"type": "cites", "any": ["lark"]}, said("€249.", cites=CLAY), said("45 days.", cites=RETURNS)),
    ({"type": "cites", "any": ["lark"]}, said("Dry.", cites=REVIEW), cards("lark")),
    ({"type": "cites", "any": ["returns"]}, said("45 days.", cites=RETURNS), said("45 days.", cites=LARK)),
    ({"type": "unknown"}, said("The catalogue doesn’t say."), said("It weighs 1.9 kg.")),
    ({"type": "unknown"}, said("Hm.", unknown=("weight",)), said("Certainly.")),
    ({"type": "unknown"}, said("I can't tell."), said("Opened food cannot be returned.", cites=RETURNS)),
    ({"type": "refuses"}, said("I found nothing like it."), said("Here it is.")),
    ({"type": "count", "of": "products", "where": TENTS}, said("We have 2 tents."), said("We have 12 tents.")),
    ({"type": "count", "of": "brands", "where": TENTS}, said("Two brands."), said("Three brands.")),
    ({"type": "count", "of": "brands"}, said("4 brands."), cards("lark")),
    ({"type": "extreme", "of": "price", "end": "max", "where": TENTS}, cards("tarn"), cards("lark", "tarn")),
    ({"type": "extreme", "of": "price", "end": "min"}, said("The Stoutmoor skillet."), said("The Brigade wok.")),
    ({"type": "extreme", "of": "attr:weight", "end": "min"}, cards("lark"), cards("tarn")),
    ({"type": "asks"}, said("For how many people?"), said("Here are some tents.")),
    ({"type": "asks"}, said("Well.", options=("Tents",)), said("Well.")),
]


@pytest.mark.parametrize(
    ("record", "gold", "wrong"), CASES, ids=lambda value: value.get("type") if isinstance(value, dict) else ""
)
def test_each_check_passes_a_right_answer_and_fails_a_wrong_one(
    record: dict[str, Any], gold: Answer, wrong: Answer, catalogue: Catalogue
) -> None:
    check = read_check(record, "here")
    assert passes(check, Given(gold, Strategy.SEARCH, catalogue))
    assert not passes(check, Given(wrong, Strategy.SEARCH, catalogue))
    if record["type"] not in ("says_not", "shows_no_cards_where"):
        assert not passes(check, Given(Answer(), Strategy.SEARCH, catalogue))


def test_strategies_are_checked(catalogue: Catalogue) -> None:
    check = read_check({"type": "strategy", "any": ["compare", "answer"]}, "here")
    assert passes(check, Given(Answer(), Strategy.COMPARE, catalogue))
    assert not passes(check, Given(Answer(), Strategy.SEARCH, catalogue))


@pytest.mark.parametrize("strategy", [Strategy.ASK, Strategy.DECLINE, Strategy.HAND_OVER])
def test_leaving_the_question_open_is_refusing(strategy: Strategy, catalogue: Catalogue) -> None:
    assert passes(read_check({"type": "refuses"}, "here"), Given(Answer(), strategy, catalogue))


def test_every_type_has_a_case() -> None:
    assert {record["type"] for record, _, _ in CASES} | {"strategy"} == set(KEYS)


def test_the_best_rated_product_may_be_told_with_or_without_single_opinions(catalogue: Catalogue) -> None:
    check = read_check({"type": "extreme", "of": "rating", "end": "max"}, "here")
    assert ends(check, catalogue) == {"lark", "tarn"}


@pytest.mark.parametrize(
    ("text", "piece", "found"),
    [
        ("It costs €1,299.00 today", "1299", True),
        ("It costs €1,299.00 today", "1,299.00", True),
        ("It costs €1,299.50 today", "1299", False),
        ("It costs €249.00.", "249", True),
        ("It weighs 1.90 kg", "1.9 kg", True),
        ("It weighs 11.9 kg", "1.9 kg", False),
        ("Within 4–7 days", "4-7 days", True),
        ("A 45-day right", "45-DAY", True),
        ("version 2.5", "2", False),
        ("We can’t", "cannot", True),
    ],
)
def test_numbers_are_whole_numbers_in_any_spelling(text: str, piece: str, found: bool) -> None:
    assert text_has(text, piece) is found


def test_normal_text_has_plain_numbers_and_no_contractions() -> None:
    assert normal("It  doesn’t cost €1,250.00,  does it?") == "it does not cost €1250, does it?"


def conversation(*checks: dict[str, Any]) -> Conversation:
    lines = (Line("x", tuple(read_check(check, "here") for check in checks)),)
    return Conversation("facts-001", "facts", lines, "facts.jsonl:1")


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ({"type": "says_not", "any": ["x"]}, "an empty answer passes"),
        ({"type": "shows", "any": ["lark", "eagle"]}, "product 'eagle' is not in the catalogue"),
        ({"type": "table", "products": ["eagle"]}, "product 'eagle'"),
        ({"type": "cites", "any": ["policies-eagles"]}, "neither a product nor a document"),
        ({"type": "shows_only", "where": [["attr:wieght", "<=", "2 kg"]]}, "no product has attr:wieght"),
        ({"type": "shows_only", "where": [["price", "<=", 1]]}, "no product meets"),
        ({"type": "extreme", "of": "attr:volume", "end": "min"}, "has attr:volume"),
    ],
)
def test_a_check_that_can_never_be_met_is_found(check: dict[str, Any], words: str, catalogue: Catalogue) -> None:
    assert any(words in text for text in problems(conversation(check), catalogue))


def test_a_sound_conversation_has_no_problems(catalogue: Catalogue) -> None:
    assert list(problems(conversation({"type": "shows", "any": ["lark"]}, {"type": "unknown"}), catalogue)) == []
