from __future__ import annotations

from pathlib import Path

import pytest

from common_sense import graph_of
from shopwright.knowledge.graph import Graph
from shopwright.skills.reason.wishes import denied_words, mentions


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    return graph_of(tmp_path_factory.mktemp("graph"))


def _named(text: str, graph: Graph) -> dict[str, str]:
    return {mention.node: mention.denied for mention in mentions(text, graph)}


def test_words_in_any_form_name_what_somebody_does(graph: Graph) -> None:
    named = _named("My dad retires in June. He fishes and reads.", graph)
    assert named == {"recipient:father": "", "event:retirement": "", "activity:fishing": "", "activity:reading": ""}


def test_a_doer_names_the_activity(graph: Graph) -> None:
    assert "activity:camping" in _named("something for a keen camper", graph)


def test_a_mention_stands_where_its_words_do(graph: Graph) -> None:
    text = "for the garden, please"
    (mention,) = mentions(text, graph)
    assert text[mention.start : mention.end] == "garden"


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("he loves the water but not fishing", "activity:fishing"),
        ("she doesn't fish any more", "activity:fishing"),
        ("we have no garden", "place:garden"),
        ("she already has a tent", "product:tent"),
    ],
)
def test_what_is_denied_is_known_to_be(graph: Graph, text: str, node: str) -> None:
    assert _named(text, graph)[node]


@pytest.mark.parametrize("text", ["we have no tent yet", "I don't own a tent", "not only a tent"])
def test_who_lacks_a_thing_may_want_it(graph: Graph, text: str) -> None:
    assert _named(text, graph)["product:tent"] == ""


def test_a_denial_ends_with_its_clause(graph: Graph) -> None:
    assert _named("he does not read, but he fishes", graph) == {"activity:reading": "refused", "activity:fishing": ""}


def test_who_bakes_bread_does_not_ask_for_bread(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, "activity:bread baking\tuses\tproduct:bread\t.5\tcraft\n")
    assert set(_named("my wife bakes bread", graph)) == {"activity:bread baking"}


def test_an_age_is_a_birthday(graph: Graph) -> None:
    assert "occasion:sixth birthday" in _named("my niece turns six", graph)
    assert "occasion:sixth birthday" in _named("for her 6th birthday", graph)
    assert "occasion:sixth birthday" not in _named("on the 6th floor", graph)


def test_an_allergy_in_other_words(graph: Graph) -> None:
    assert _named("she is allergic to nuts", graph) == {"condition:nut allergy": ""}


def test_earlier_denials_are_words() -> None:
    assert denied_words(["he does not drink", "not fishing"]) == [frozenset({"drink"}), frozenset({"fish"})]


def test_nothing_names_nothing(graph: Graph) -> None:
    assert mentions("", graph) == []
    assert mentions("?! 12", graph) == []
