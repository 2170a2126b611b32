"""What shoppers do in a shop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shopwright.types.products import Money


@dataclass(frozen=True, slots=True)
class Event:
    """A shopper's action under its GA4 e-commerce name (`view_item`, `add_to_cart`, `purchase`, `search` ...).

    `items` are product or variant ids; `time` is seconds since the epoch; `fields` keeps the event's other fields.
    """

    name: str
    session_id: str
    time: float
    items: tuple[str, ...] = ()
    shopper_id: str | None = None
    query: str | None = None
    value: Money | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
