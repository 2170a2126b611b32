"""The sides of a choice: "moka pot or french press, whats less faff" -> moka pot, french press.

Simplification: English connectives; a side is what is left of the words around them once read, and inherits the head of
the last side where it names none of its own ("cloth doll or baby doll", but also "the canvas ones": the ones).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from shopwright.types import Need

_BETWEEN = re.compile(
    r"\s*(?:\bor (?:rather )?(?:the |a |an )?|\bvs\.?|\bversus\b|\bagainst\b|\bcompared (?:to|with)\b)\s*",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.!?;:(,]|\s+for\s|\s-\s", re.IGNORECASE)
_SENTENCES = re.compile(r"[.!?;:]\s*")
_ASKED = re.compile(r"(?:which|what|who|how|is|are|do|does)\b", re.IGNORECASE)
_ASIDE = re.compile(r"^.*?\b(?:between|decide|deciding|torn)\b[:,]?\s*", re.IGNORECASE)
_MOST = 4


def sides(need: Need, read: Callable[[str], Need]) -> tuple[Need, ...]:
    """The needs of what is weighed against one another; () where there are no two of them.

    Args:
        read: reads a piece of the message by itself.
    """
    first, *others = _BETWEEN.split(need.text)
    if not others:
        return ()
    before = _ASIDE.sub("", _SENTENCES.split(first)[-1])
    pieces = [part for part in before.split(",") if part.strip() and not _ASKED.match(part.strip())]
    pieces += [_ENDS.split(other, maxsplit=1)[0] for other in others]
    found = {side.goal: side for side in map(read, pieces) if side.goal}
    if len(found) < 2:
        return ()
    budget = need.budget
    return tuple(replace(side, text=need.text, budget=side.budget or budget) for side in found.values())[:_MOST]
