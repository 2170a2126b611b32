from __future__ import annotations

from facts_of import answer, cell, page, review

from shopwright.skills.evidence.trust import source_kind, together, trusts
from shopwright.types import Evidence


def test_the_makers_cell_is_trusted_most_and_a_review_least() -> None:
    told = Evidence("", "product", "lark", "Runs all day.", "description")
    facts = [cell("battery_life", "12 h"), told, page("returns", "30 days"), answer("a", "Yes"), review("r", "12 h")]
    assert [source_kind(fact) for fact in facts] == ["specification", "maker", "shop", "answer", "review"]
    assert trusts(facts) == sorted(trusts(facts), reverse=True)


def test_older_of_one_kind_is_trusted_less_and_never_less_than_half() -> None:
    new, old, ancient = trusts([page("a", "x", "2024-01-01"), page("b", "x", "2022-01-01"), page("c", "x", "1950")])
    assert new > old > ancient
    assert ancient >= new / 2


def test_a_date_that_is_none_costs_nothing() -> None:
    assert trusts([page("a", "x", "last spring"), page("b", "x", "2024-01-01")])[0] == 0.8


def test_many_are_trusted_more_than_one_and_never_wholly() -> None:
    assert 0.4 < together([0.4, 0.4]) < together([0.4] * 5) < 1
