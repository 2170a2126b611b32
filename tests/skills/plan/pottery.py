"""A tool set that occurs nowhere else: a pottery's kilns, glazes and courses."""

from __future__ import annotations

from shopwright.types import ToolSpec

TEXT = {"type": "string"}
GLAZES = ToolSpec(
    "find_glazes",
    "Glazes by colour.",
    {"type": "object", "properties": {"colour": TEXT, "limit": {"type": "integer"}}, "required": ["colour"]},
    {"type": "object", "properties": {"glaze_ids": {"type": "array", "items": TEXT}, "count": {"type": "integer"}}},
)
PRICE = ToolSpec(
    "glaze_price",
    "What glazes cost together.",
    {"type": "object", "properties": {"glaze_ids": {"type": "array", "items": TEXT}}, "required": ["glaze_ids"]},
    {"type": "object", "properties": {"total": {"type": "number"}}},
)
KILN = ToolSpec(
    "book_kiln",
    "Reserve the kiln.",
    {"type": "object", "properties": {"hours": {"type": "integer"}, "member_id": TEXT}, "required": ["member_id"]},
    {"type": "object", "properties": {"slot": TEXT}},
    writes=True,
)
MEMBER = ToolSpec(
    "find_member",
    "Who somebody is.",
    {"type": "object", "properties": {"email": TEXT}, "required": ["email"]},
    {"type": "object", "properties": {"member_id": TEXT}},
)
HOURS = ToolSpec("opening_hours", "When the pottery is open.", {"type": "object", "properties": {}})
TOOLS = (GLAZES, PRICE, KILN, MEMBER, HOURS)
