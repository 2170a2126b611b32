"""What became of a file, or of a batch, of events: every line is stored, left out, refused or a duplicate."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any

SHOWN = 20
"""Lines that are named for each reason; all are counted."""


@dataclass(slots=True)
class EventReport:
    """An account of events, in which `read` = `stored` + `duplicates` + all that were left out or refused.

    Args:
        source, format: where they came from.
        read: lines that were not blank.
        stored: events that are new.
        duplicates: events that were there already, in this file or before it.
        others: names of events that are not of commerce, with how many were left out.
        refused: why events were refused, with how many; see `Unfit` for the reasons.
        marked: why sessions of this file were marked (`doubts.REASONS`), with how many events of them are kept and
            left out of everything that counts or learns.
        unknown: events with a product that the catalogue does not have; they are stored, since it may come.
        out_of_order: events that came after a later one of their session; they are stored in their place in time.
        lines: for each reason, "duplicate", "out of order" and "unknown product" among them, the first lines and what
            was wrong there.
        first, last: times of the earliest and latest event stored, in seconds since the epoch.
        seconds: that it took.
    """

    source: str
    format: str = ""
    read: int = 0
    stored: int = 0
    duplicates: int = 0
    others: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    marked: Counter[str] = field(default_factory=Counter)
    unknown: int = 0
    out_of_order: int = 0
    lines: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    first: float | None = None
    last: float | None = None
    seconds: float = 0.0

    def note(self, reason: str, line: int, detail: str = "") -> None:
        """Name a line, where there is room."""
        shown = self.lines.setdefault(reason, [])
        if len(shown) < SHOWN:
            shown.append((line, detail))

    def refuse(self, reason: str, line: int, detail: str) -> None:
        """Count and name an event that is not taken."""
        self.refused[reason] += 1
        self.note(reason, line, detail)

    def merge(self, other: EventReport) -> None:
        """Add another account to this one."""
        for name in ("read", "stored", "duplicates", "unknown", "out_of_order", "seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("others", "refused", "marked"):
            getattr(self, name).update(getattr(other, name))
        for reason, lines in other.lines.items():
            for line, detail in lines:
                self.note(reason, line, detail)
        times = [time for time in (self.first, other.first, self.last, other.last) if time is not None]
        self.first, self.last = min(times, default=None), max(times, default=None)

    def record(self) -> dict[str, Any]:
        """As JSON values."""
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: dict(value) if isinstance(value, Counter) else value for name, value in told.items()}
