"""What the rewriter's language model is asked, in the form that it was trained on.

    meant   the query as it was meant: corrected, taken apart or joined, abbreviations spelled out; else as it is
    also    another query for the same wish: a synonym, what serves the use, what a vague wish comes down to, broader

A prompt is a few short lines, those about the context only where there is one:

    in: camping tents                     the category that the shopper is in
    before: red dress                     what was searched before
    query: ~ w i n d w film
    meant:

A word of the query that the tokenizer has not whole is spelled out: pieces of a misspelled word say little of how it is
spelled ("win", "dw"), its letters do. What is written is spelled as ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

Task = Literal["meant", "also"]

TASKS: tuple[Task, ...] = get_args(Task)
LONGEST = 120
"""Characters of a query, a category or an earlier query that the model reads."""

_SPELLED = "~"


def prompt(query: str, task: Task, whole: Callable[[str], bool], *, category: str = "", before: str = "") -> str:
    """The text that the model goes on with; what it writes begins with a space.

    Args:
        query: as typed.
        task: what is wanted.
        whole: whether the tokenizer has a word as one token.
        category: that the shopper is in.
        before: the query before.
    """
    lines = [f"in: {_line(category)}"] if category else []
    lines += [f"before: {_line(before)}"] if before else []
    words = [word if whole(word) else " ".join((_SPELLED, *word)) for word in _line(query).split()]
    return "\n".join([*lines, f"query: {' '.join(words)}", f"{task}:"])


def _line(text: str) -> str:
    return " ".join(text[:LONGEST].split()).lower()
