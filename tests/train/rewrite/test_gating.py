from __future__ import annotations

from pathlib import Path

from shopwright.search.embedded import EmbeddedIndex
from shopwright.skills.rewrite.gate import FEATURES, FILE, Case, Gate
from shopwright.skills.rewrite.generator import Written
from shopwright.skills.rewrite.rewriter import Rewriter
from shopwright.train.rewrite.gating import Tried, fitted, save_gate, tried
from shopwright.types import Product


def case(gain: float, words: int = 2) -> Case:
    return Case(("flourescent",), ("fluorescent",), -1.0, -1.0 - gain, 0, 30, 2, words)


def cases(count: int = 200) -> list[Tried]:
    """Likelier rewrites help, unlikelier ones do harm; every fourth case only measures."""
    return [
        Tried(case(gain, 1 + place % 5), gain > 0, place % 4 == 0) for place in range(count) for gain in (6.0, -6.0)
    ]


class Says:
    """A generator that writes the same for everything, and keeps what it was asked."""

    def __init__(self, *texts: str) -> None:
        self._texts, self.asked = texts, []

    def write(self, query: str, *_: object, **__: object) -> tuple[Written, ...]:
        self.asked.append(query)
        return tuple(Written(text, -0.2) for text in self._texts)


OTHER = Gate((1.0,) * len(FEATURES))


def test_it_learns_what_helps_from_what_helped() -> None:
    gate, measured = fitted(cases(), OTHER)
    assert gate.probability(case(6.0)) > 0.9
    assert gate.probability(case(-6.0)) < 0.1
    assert measured["precision"] == 1.0
    assert (measured["n"], measured["base"], measured["recall"]) == (100.0, 0.5, 1.0)
    assert measured["ece"] < 0.1


def test_without_right_and_wrong_cases_the_other_gate_stands() -> None:
    for nothing in ([], [each for each in cases() if each.held], [each for each in cases() if each.helps]):
        assert fitted(nothing, OTHER)[0] == OTHER


def test_a_gate_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    gate, measured = fitted(cases(), OTHER)
    save_gate(gate, measured, "shopwright train rewrite", "a test", tmp_path)
    assert Gate.load(tmp_path / FILE) == gate
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert len(gate.weights) == len(FEATURES)


def judged(folder: Path, says: Says, *queries: str, seed: int = 0) -> list[Tried]:
    index = EmbeddedIndex(folder)
    titles = ["Waterproof boots"] * 100 + ["Garden hose"] * 400 + ["Fluorescent light", "Frying pan"] * 20
    index.apply([(str(place), Product(str(place), title)) for place, title in enumerate(titles)], 1)
    lexical = index.state.lexical
    rewriter = Rewriter(says, Gate.open())
    return tried(rewriter, [(lexical, query) for query in queries], seed, lambda _: None)


def test_giving_back_what_was_typed_before_a_slip_is_a_success(tmp_path: Path) -> None:
    says = Says("waterproof", "boots")
    found = judged(tmp_path, says, *["waterproof"] * 30)
    assert "waterproof" not in says.asked, "a right query without doubt is not tried"
    assert len(says.asked) > 20
    assert all(each.helps == (each.case.written == ("waterproof",)) for each in found)
    assert {each.helps for each in found} == {True, False}
    assert any(each.case.typed_frequency == 0 for each in found)
    assert len({each.held for each in found}) == 1, "a query only measures, or only teaches"


def test_merchants_mistype_too(tmp_path: Path) -> None:
    found = judged(tmp_path, Says("waterproof"), *["waterproof"] * 60)
    assert {each.case.typed_frequency > 0 for each in found} == {True, False}


def test_what_is_written_for_a_right_query_is_wrong(tmp_path: Path) -> None:
    found = [each for each in judged(tmp_path, Says("boots"), "zzlamp") if each.case.typed == ("zzlamp",)]
    assert found
    assert not any(each.helps for each in found)


def test_cases_are_the_same_for_a_seed(tmp_path: Path) -> None:
    queries = ["fluorescent light", "waterproof boots", "frying pan"] * 5
    one, other = (judged(tmp_path / name, Says("waterproof boots"), *queries) for name in ("a", "b"))
    assert one == other
    assert one != judged(tmp_path / "c", Says("waterproof boots"), *queries, seed=1)
