from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import pytest

from shopwright.skills.plan.replies import cut, is_empty


@dataclass
class Found:
    ids: tuple[str, ...] = ()
    total: int = 0
    query: str = "tent"
    notes: list[str] = field(default_factory=list)


class TestCut:
    @pytest.mark.parametrize("value", ["short", b"bytes", [1, 2], {"a": ["b"]}, Found(("a",)), None, object()])
    def test_what_fits_is_the_very_same_object(self, value: Any) -> None:
        kept, note = cut(value, 1_000)
        assert kept is value
        assert note is None

    def test_a_huge_text_is_cut_at_once(self) -> None:
        huge = "x" * 50_000_000
        started = time.perf_counter()
        kept, note = cut(huge)
        assert time.perf_counter() - started < 0.5
        assert len(kept) == 1_000_000
        assert note == "its result was cut to 1,000,000 of 50,000,000 characters"

    def test_shapes_stay(self) -> None:
        kept, note = cut({"ids": [str(i) for i in range(1_000)], "last": 1}, 500)
        assert kept["ids"][:2] == ["0", "1"]
        assert len(kept["ids"]) < 250
        assert "500 characters" in str(note)
        record, _ = cut(Found(tuple("ab" * 1_000)), 500)
        assert record["ids"][:2] == ["a", "b"]

    def test_many_empty_things(self) -> None:
        kept, note = cut([""] * 2_000_000, 1_000)
        assert len(kept) < 1_000
        assert note

    def test_deep_and_endless_values(self) -> None:
        deep: list[Any] = []
        for _ in range(100_000):
            deep = [deep]
        assert cut(deep, 1_000)[1]
        endless: list[Any] = []
        endless.append(endless)
        assert cut(endless, 1_000)[1]


@pytest.mark.parametrize("value", [None, "", [], {}, (), {"ids": [], "total": 0}, Found(), {"a": None}])
def test_empty(value: Any) -> None:
    assert is_empty(value)


@pytest.mark.parametrize("value", [0, False, "x", [0], {"ids": ["a"]}, {"text": "yes"}, Found(("a",), 1), {"ok": True}])
def test_not_empty(value: Any) -> None:
    assert not is_empty(value)
