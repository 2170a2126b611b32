"""How far a source is to be believed, by what it is and how old it is. The whole of the rule is the table below.

What is shown to be wrong is not believed for its kind: trust weighs, it does not decide; see `conflicts`.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Sequence
from typing import Literal

from shopwright.types import Evidence

SourceKind = Literal["specification", "maker", "shop", "answer", "review"]

TRUST: dict[SourceKind, tuple[float, str]] = {
    "specification": (0.95, "the maker"),  # a cell of the product's attributes
    "maker": (0.85, "the maker's text"),  # highlights and description: written to sell
    "shop": (0.80, "the shop"),  # policies, frequent questions, guides
    "answer": (0.50, "customer"),  # customers' answers to a question: somebody asked, somebody knew
    "review": (0.40, "reviewer"),
}
"""Trust of one source of each kind, 0 to 1, and who speaks there, in words."""

YEARLY = 0.9
"""What is left of a source's trust for each year by which it is older than the newest of its kind; half at least."""

_TEXT_FIELDS = frozenset(("highlights", "description", "title", "text"))


def source_kind(fact: Evidence) -> SourceKind:
    """What the source of a fact is."""
    if fact.kind == "product":
        return "maker" if fact.field in _TEXT_FIELDS else "specification"
    if fact.kind == "review":
        return "answer" if fact.field.startswith("answer") else "review"
    return "shop"


def by_customers(fact: Evidence) -> bool:
    """Whether a customer says it."""
    return source_kind(fact) in ("answer", "review")


def day(date: str | None) -> datetime.date | None:
    """An ISO date, also a year or a month alone, as a day; None when it is none."""
    parts = (date or "")[:10].split("-")
    try:
        return datetime.date(*(int(part) for part in (*parts, "1", "1")[:3]))
    except (ValueError, TypeError):
        return None


def trusts(facts: Sequence[Evidence]) -> list[float]:
    """Trust of each fact: its kind's, less for what is older than the newest of its kind; no date costs nothing."""
    newest: dict[SourceKind, datetime.date] = {}
    for fact in facts:
        when = day(fact.date)
        if when is not None:
            newest[source_kind(fact)] = max(when, newest.get(source_kind(fact), when))
    return [_aged(fact, newest) for fact in facts]


def _aged(fact: Evidence, newest: dict[SourceKind, datetime.date]) -> float:
    kind, when = source_kind(fact), day(fact.date)
    years = (newest[kind] - when).days / 365.25 if when is not None else 0.0
    return TRUST[kind][0] * max(0.5, math.pow(YEARLY, years))


def together(trust: Iterable[float]) -> float:
    """Trust of what several independent sources say: that not all of them err."""
    return 1.0 - math.prod(1.0 - one for one in trust)
