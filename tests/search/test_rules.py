from __future__ import annotations

import json
import logging
import os
import string
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopwright.errors import ConfigError
from shopwright.search.lexical import Word, stem
from shopwright.search.rules import Rule, Rules, RulesFile
from shopwright.types import Filter

TODAY = date(2025, 10, 1)
BOOST = {"name": "autumn", "action": "boost", "ids": ["a"], "amount": 0.2}
PIN = {"name": "gifts", "action": "pin", "ids": ["b", "a"]}


def names(rules: Rules, query: str, on: date = TODAY) -> list[str]:
    return [rule.name for rule in rules.matching([Word(word, stem(word)) for word in query.split()], on)]


def refused(entry: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        Rules.parse([PIN, entry])
    return str(caught.value)


# ── which rules apply ──


def test_all_words_must_stand_in_the_query_in_any_form_and_order() -> None:
    rules = Rules((Rule("one", "pin", "glass teapots", ids=("a",)), Rule("every", "in_stock_first")))
    assert names(rules, "teapot of glass") == ["one", "every"]
    assert names(rules, "teapot") == ["every"]
    assert names(rules, "") == ["every"]


def test_a_spelling_counts_and_a_part_of_a_compound_does_not() -> None:
    rules = Rules((Rule("kettles", "pin", "kettle", ids=("a",)), Rule("tables", "pin", "table", ids=("b",))))
    typed = [Word("ketle", "ketl", ((stem("kettle"), 1.0),)), Word("tablecloth", "tablecloth", ((stem("table"), 0.5),))]
    assert [rule.name for rule in rules.matching(typed, TODAY)] == ["kettles"]


def test_both_days_are_included() -> None:
    rules = Rules((Rule("week", "in_stock_first", since=date(2025, 9, 1), until=date(2025, 9, 7)),))
    days = [date(2025, 8, 31), date(2025, 9, 1), date(2025, 9, 7), date(2025, 9, 8)]
    assert [bool(names(rules, "x", day)) for day in days] == [False, True, True, False]


# ── reading ──


def test_rules_are_read_as_written() -> None:
    entry = {
        **BOOST, "query": "rain", "since": "2025-09-01", "until": "2025-11-30",
        "filters": [{"field": "attr:weight", "op": "range", "high": 2, "unit": "kg"}, {"field": "brand", "values": ["Veil"]}],
    }  # fmt: skip
    light = Filter("attr:weight", "range", high=2.0, unit="kg")
    wanted = Rule(
        "autumn", "boost", "rain", ("a",), (light, Filter("brand", values=("Veil",))), 0.2, date(2025, 9, 1), date(2025, 11, 30)
    )  # fmt: skip
    assert list(Rules.parse([entry])) == [wanted]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("pin", "a text instead of a rule"),
        ({"action": "pin"}, "no name"),
        ({"name": "x"}, "no action; give one of boost, bury, pin, in_stock_first"),
        ({**BOOST, "action": "promote"}, "'promote': expected one of boost, bury, pin, in_stock_first"),
        ({**BOOST, "weight": 2}, "a rule has 'weight': expected name, action"),
        ({**BOOST, "amount": "0.2"}, "amount '0.2': expected a number"),
        ({**BOOST, "amount": True}, "expected a number"),
        ({**BOOST, "amount": 1.5}, "amount 1.5: expected a share"),
        ({**BOOST, "amount": 0}, "above 0 and at most 1"),
        ({**BOOST, "ids": []}, "boost without products: give ids, filters or both"),
        ({**BOOST, "ids": "a"}, "ids 'a': expected a list"),
        ({**BOOST, "ids": [1]}, "ids holds 1: expected texts"),
        ({**BOOST, "ids": ["a", "a"]}, "stands twice"),
        ({**BOOST, "query": "!?"}, "no word in it; leave it out for every query"),
        ({**BOOST, "query": 7}, "query 7: expected a text"),
        ({**BOOST, "since": "1 May"}, "since '1 May': expected a day as YYYY-MM-DD"),
        ({**BOOST, "until": "2025-02-30"}, "until '2025-02-30'"),
        ({**BOOST, "until": ""}, "until ''"),
        ({**BOOST, "since": "2025-02-02", "until": "2025-02-01"}, "since 2025-02-02 is after until 2025-02-01"),
        ({**BOOST, "filters": [{"field": "colour", "values": ["red"]}]}, "filter field 'colour': expected one of brand, category"),
        ({**BOOST, "filters": [{"field": "brand"}]}, "a filter on brand without values"),
        ({**BOOST, "filters": [{"field": "brand", "value": "Veil"}]}, "a filter has 'value': expected field, op, values"),
        ({**BOOST, "filters": [{"field": "price", "op": "range"}]}, "without bounds"),
        ({**BOOST, "filters": [{"field": "price", "op": "below"}]}, "expected is, not or range"),
        ({**PIN, "name": "x", "amount": 0.1}, "only boost and bury have one"),
        ({"name": "x", "action": "pin", "filters": [{"field": "on_sale", "values": ["true"]}]}, "pin without products"),
        ({"name": "x", "action": "in_stock_first", "ids": ["a"]}, "about the whole list"),
        ({"name": " ", "action": "in_stock_first"}, "expected 1 to 80 characters"),
        (PIN, "rule 1 has this name too"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_rule_that_can_mean_nothing_is_refused_by_its_number(entry: Any, said: str) -> None:
    told = refused(entry)
    assert told.startswith("rule 2")
    assert said in told


def test_a_list_is_wanted() -> None:
    with pytest.raises(ConfigError, match=r"an object instead of a list of rules; write \["):
        Rules.parse({"rules": []})


@pytest.mark.parametrize("text", ["", "[{]", '[{"name": NaN}]', "\xff"])
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine.json"
    file.write_text(text, encoding="latin-1")
    with pytest.raises(ConfigError, match=r"mine\.json: not JSON"):
        Rules.load(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        Rules.load(tmp_path / "none.json")


words = st.text(string.ascii_lowercase, min_size=1, max_size=6)
bounds = st.none() | st.floats(0, 100)
conditions = st.one_of(
    st.builds(Filter, st.sampled_from(["brand", "category", "attr:colour"]), st.sampled_from(["is", "not"]),
              st.lists(words, min_size=1, max_size=2).map(tuple)),
    st.builds(lambda low: Filter("price", "range", low=low), st.floats(0, 100)),
)  # fmt: skip
boosts = st.builds(
    Rule, words, st.sampled_from(["boost", "bury"]), words | st.just(""), st.lists(words, min_size=1, unique=True).map(tuple),
    st.lists(conditions, max_size=2).map(tuple), st.floats(0.01, 1), st.none() | st.just(TODAY), st.none() | st.just(TODAY),
)  # fmt: skip
pins = st.builds(Rule, words, st.just("pin"), words, st.lists(words, min_size=1, unique=True).map(tuple))
every_rule = st.lists(
    boosts | pins | st.builds(Rule, words, st.just("in_stock_first")), unique_by=lambda rule: rule.name
)


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(every_rule)
def test_what_is_written_is_read(items: list[Rule]) -> None:
    rules = Rules(tuple(items))
    assert Rules.parse(json.loads(json.dumps(rules.entries()))) == rules


# ── the file ──


def test_the_file_is_followed_without_a_restart(tmp_path: Path) -> None:
    file = RulesFile(tmp_path / "rules.json")
    assert not file()
    Rules.parse([BOOST]).save(file.path)
    assert [rule.name for rule in file()] == ["autumn"]
    Rules.parse([BOOST, PIN]).save(file.path)
    assert [rule.name for rule in file()] == ["autumn", "gifts"]
    file.path.unlink()
    assert not file()
    assert list(tmp_path.iterdir()) == [], "no half-written file stays"


def test_a_broken_file_leaves_the_last_good_rules_and_warns_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = RulesFile(tmp_path / "rules.json")
    Rules.parse([BOOST]).save(file.path)
    assert len(file()) == 1
    file.path.write_text(json.dumps([BOOST, {**PIN, "action": "pen"}]))
    with caplog.at_level(logging.WARNING):
        assert [len(file()) for _ in range(3)] == [1, 1, 1]
    assert len(caplog.records) == 1
    assert "rule 2 ('gifts'): action 'pen'" in caplog.text
    Rules.parse([PIN]).save(file.path)
    assert [rule.name for rule in file()] == ["gifts"]


def test_a_file_that_cannot_be_read_is_no_end(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = RulesFile(tmp_path / "rules.json")
    file.path.mkdir()
    assert not file()
    assert "What was read before stays" in caplog.text


def test_a_change_of_equal_length_within_a_tick_is_seen(tmp_path: Path) -> None:
    file = RulesFile(tmp_path / "rules.json")
    one = Rules((Rule("one", "in_stock_first"),))
    one.save(file.path)
    assert [rule.name for rule in file()] == ["one"]
    stamp = file.path.stat().st_mtime_ns
    Rules((replace(one.items[0], name="two"),)).save(file.path)
    os.utime(file.path, ns=(stamp, stamp))
    assert [rule.name for rule in file()] == ["two"]
