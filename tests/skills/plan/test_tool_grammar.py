from __future__ import annotations

from shopwright.skills.plan.grammar import MOST_CALLS, grammar
from skills.plan.pottery import HOURS, KILN, TOOLS

NAMES = [tool.name for tool in TOOLS]
PLACE = {name: place for place, name in enumerate(NAMES)}


def allowed(request: str, *picks: str) -> set[str]:
    may = grammar(request, TOOLS)([PLACE[name] for name in picks])
    return {name for name, one in zip(NAMES, may.tolist(), strict=True) if one}


def test_a_call_without_arguments_is_made_once() -> None:
    assert HOURS.name in allowed("when are you open?")
    assert HOURS.name not in allowed("when are you open?", HOURS.name)


def test_a_call_with_arguments_may_be_made_again_but_not_for_ever() -> None:
    assert "find_glazes" in allowed("blue and green glazes", "find_glazes")
    assert "find_glazes" not in allowed("glazes", *["find_glazes"] * MOST_CALLS)


def test_an_id_that_nobody_gave_must_be_found_first() -> None:
    assert KILN.name not in allowed("book the kiln, I am ann@example.org")
    assert KILN.name in allowed("book the kiln, I am ann@example.org", "find_member")
    assert KILN.name in allowed("book the kiln for member AB-1234")
