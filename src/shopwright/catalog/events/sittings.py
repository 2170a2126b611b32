"""Sessions where a source names none: a visitor's events with no more than half an hour between them.

A session is named by the visitor and the second of its first event that was seen. Simplifications: events of one
visitor that arrive far out of order begin sessions of their own; of the visitors that are held in memory the half seen
longest ago is dropped when there are `_HELD`.
"""

from __future__ import annotations

GAP_S = 1_800.0
_HELD = 400_000


class Sittings:
    """Names sessions."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[float, str]] = {}

    def of(self, visitor: str, time: float) -> str:
        """The session of an event of this visitor; "" for nobody."""
        if not visitor:
            return ""
        last, name = self._last.pop(visitor, (0.0, ""))
        if not name or abs(time - last) > GAP_S:
            name = f"{visitor}.{int(time)}"
        if len(self._last) >= _HELD:
            for gone in list(self._last)[: _HELD // 2]:
                del self._last[gone]
        self._last[visitor] = time, name
        return name
