"""What shoppers type, made safe to read: valid Unicode, no control characters, bounded."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


def clean(text: str) -> str:
    """The text with lone surrogates and control characters turned into blanks, and trimmed. Newlines and tabs stay."""
    return _CONTROL.sub(" ", text.encode("utf-8", "replace").decode("utf-8")).strip()


def typed(text: str) -> str:
    """The text as `clean` gives it, with a blank at its end when it ended in one: the last word is complete then."""
    kept = clean(text)
    return f"{kept} " if kept and text[-1:].isspace() else kept


def cut(text: str, limit: int) -> tuple[str, str | None]:
    """The first `limit` characters, and a note when there were more."""
    if len(text) <= limit:
        return text, None
    return text[:limit], f"The query has {len(text):,} characters; the first {limit:,} were used."
