"""One rewrite of a query, whoever made it: the generator, a large model behind an endpoint, a rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RewriteKind = Literal["corrected", "synonym", "use", "relaxed", "broad"]
"""What was done: a slip mended, other words for the same, a need turned into a thing, a condition left out, a wider
kind of thing."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A query that finds what another one meant.

    Args:
        text: the query to search.
        kind: what was done.
        score: log-probability or confidence of whoever made it; higher is better, comparable within one list only.
    """

    text: str
    kind: RewriteKind
    score: float
