from __future__ import annotations

from shopwright.skills.plan.paths import path, same_name
from shopwright.types import ToolSpec
from skills.plan.pottery import GLAZES, HOURS, KILN, MEMBER, PRICE

TEXT = {"type": "string"}


def test_the_part_with_the_same_name_and_type_is_taken() -> None:
    assert path(GLAZES, PRICE, "glaze_ids") == "glaze_ids"
    assert path(MEMBER, KILN, "member_id") == "member_id"
    assert same_name(MEMBER, KILN, "member_id")
    assert not same_name(GLAZES, KILN, "member_id")


def test_one_of_a_list_is_its_first() -> None:
    one = ToolSpec("glaze_safety", "", {"type": "object", "properties": {"glaze_id": TEXT}})
    assert path(GLAZES, one, "glaze_id") == "glaze_ids.0"
    assert path(GLAZES, PRICE, "glaze_ids", single=True) == "glaze_ids.0"


def test_a_part_of_another_type_is_never_taken() -> None:
    assert path(PRICE, KILN, "member_id") is None


def test_a_tool_that_declares_no_result_gives_it_whole() -> None:
    assert path(HOURS, KILN, "hours") == ""


def test_parts_of_records_are_reached() -> None:
    order = ToolSpec(
        "order",
        returns={"type": "object", "properties": {"order": {"type": "object", "properties": {"member_id": TEXT}}}},
    )
    assert path(order, KILN, "member_id") == "order.member_id"
