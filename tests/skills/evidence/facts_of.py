"""Short ways to write facts in tests."""

from __future__ import annotations

from shopwright.types import Evidence


def cell(name: str, value: str, source: str = "lark") -> Evidence:
    return Evidence("", "product", source, f"{name.replace('_', ' ')}: {value}", name, "Lark lamp")


def review(key: str, text: str, date: str | None = None) -> Evidence:
    return Evidence("", "review", key, text, "text", f"review by {key}", date=date)


def answer(key: str, text: str) -> Evidence:
    return Evidence("", "review", key, text, "answer", f"answer by {key}")


def page(key: str, text: str, date: str | None = None) -> Evidence:
    return Evidence("", "document", key, text, "Returns", key, date=date)
