"""What became of reward data: what went in, what was refused, and what is wrong with what is there.

Nothing that is counted here as refused is in a store; nothing that is counted as left out is in a group.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

_PLACES = 5
"""Where refused rows stand: this many of each reason are named."""


@dataclass(slots=True)
class RewardReport:
    """An account of reward data.

    Args:
        read: rows that came.
        stored: rows that went in, by table.
        again: rows that were there before or came twice, by table.
        refused: rows that did not go in, by reason.
        places: where some of the refused stand, by reason.
        found: what is wrong or noteworthy in what is stored, by name.
        one_sided: annotators who nearly always say the same.
    """

    read: int = 0
    stored: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    places: dict[str, list[str]] = field(default_factory=dict)
    found: Counter[str] = field(default_factory=Counter)
    one_sided: tuple[str, ...] = ()

    def refuse(self, reason: str, where: str = "") -> None:
        """Count a row that does not go in."""
        self.refused[reason] += 1
        named = self.places.setdefault(reason, [])
        if where and len(named) < _PLACES:
            named.append(where)

    def lines(self) -> list[str]:
        """The account in words, a line each."""
        told = [f"{self.read:,} rows read"] if self.read else []
        told += [f"{count:,} {table} stored" for table, count in self.stored.items()]
        told += [f"{count:,} {table} were there already" for table, count in self.again.items()]
        for reason, count in self.refused.most_common():
            places = ", ".join(self.places.get(reason, ()))
            told.append(f"{count:,} refused: {reason}" + (f" ({places})" if places else ""))
        told += [f"{count:,} {name}" for name, count in self.found.items()]
        if self.one_sided:
            told.append(f"one-sided annotators, left out of training: {', '.join(self.one_sided)}")
        return told
