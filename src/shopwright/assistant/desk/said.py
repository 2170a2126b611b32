"""What a reader remembers while it goes through a message: requests so far, products and order numbers named before."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from shopwright.assistant.desk.names import Mention, Names
from shopwright.assistant.desk.requests import Reading

_ORDER = re.compile(r"#[a-z0-9-]+|\bending (?:in|with) (\d{2,})|\bends (?:in|with) (\d{2,})")
BECAUSE = re.compile(r"\b(?:because|since|due to|so that(?! (?:it|they) match)|as (?:you|i|it)|in case)\b[^.;,]*")


@dataclass(slots=True)
class Said:
    """A message that is being read.

    Args:
        text: all of it, in plain spelling.
        seen: products that were named in the clauses before, the last one last.
        numbers: order numbers likewise.
    """

    text: str
    names: Names
    reading: Reading
    seen: list[Mention] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)

    def last(self) -> Mention:
        """The product that was named last; there has to be one."""
        return self.seen[-1]

    def around(self) -> str:
        """The clause before, for what it says of the order."""
        return self.reading.loose[-1] if self.reading.loose else ""


def numbers_in(text: str) -> list[str]:
    """Order numbers in a plain text, or their last digits."""
    return [m[0] if m[0].startswith("#") else m[1] or m[2] for m in _ORDER.finditer(text)]
