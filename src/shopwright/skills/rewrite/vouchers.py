"""What a message says about vouchers and about the services of the seller.

"I have a voucher: 10% off, at most 134, from 149 on" is a `Voucher`; "with free delivery" is a service. A voucher is
only looked for where the word or one of its kind stands: "50% off" alone is a wish for a sale.

Simplification: one voucher a message; the amounts are in whatever currency the shop has.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from shopwright.skills.rewrite.english import SERVICES
from shopwright.types import Voucher

Span = tuple[int, int]

_NUMBER = r"(?:[€$£₱₹]|PHP|USD|EUR|GBP)?\s*`?(\d+(?:,\d{3})*(?:\.\d+)?)`?"
_SHARE = r"`?(\d{1,2}(?:\.\d+)?)\s*(?:%|percent)`?"
_VOUCHER = re.compile(r"\b(?:voucher|coupon|promo(?:tion)? code|discount code|gift code)s?\b", re.IGNORECASE)
_THRESHOLD = re.compile(
    r"(?:total|order|basket|cart|spend(?:ing)?|purchase)[^.\n]{0,40}?\b(?:exceeds?|over|above|more than|at least|of|"
    rf"minimum|from|reach(?:es)?)\s+{_NUMBER}|"
    rf"(?:minimum (?:spend|order|purchase)(?: of| is|:)?|when (?:i|you) spend)\s+{_NUMBER}|"
    rf"\bon (?:orders|purchases) (?:over|above|of|from)\s+{_NUMBER}",
    re.IGNORECASE,
)
_PERCENTAGE = re.compile(rf"{_SHARE}\s*(?:off|discount)?", re.IGNORECASE)
_FIXED = re.compile(
    rf"(?:discount|reduction|deduction|worth|value|takes?|saves?)(?: me)?(?: of)?\s+{_NUMBER}(?!\d|\s*(?:%|percent))|"
    rf"{_NUMBER}\s*(?:pesos?|php|euros?|dollars?|pounds?|quid)?\s+off\b",
    re.IGNORECASE,
)
_CAP = re.compile(
    rf"\b(?:cap(?:ped)?|limit(?:ed)?|maximum(?: discount)?|max(?: discount)?|up to|at most|no more than)"
    rf"(?: (?:of|at|to|is))?\s+{_NUMBER}",
    re.IGNORECASE,
)
_SAME_SHOP = re.compile(
    r"\b(?:same|one|single|this|that|a particular) (?:shop|store|seller)\b|\bshop voucher\b", re.IGNORECASE
)
_BUDGET = re.compile(
    rf"\bbudget(?:\s+(?:is|of|to|for|all|this|in|total|up|limit|only|just|around|about|at|most))*\s*:?\s*{_NUMBER}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FoundVoucher:
    """A voucher, and the spans on which its parts stand: threshold, amount, share, cap."""

    voucher: Voucher
    parts: dict[str, Span]

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where it stands."""
        return tuple(self.parts.values())


def find_services(text: str) -> list[tuple[str, Span]]:
    """Services that are asked for, with their places: ("free_shipping", (12, 25))."""
    found = ((code, match.span()) for code, pattern in _SERVICES for match in pattern.finditer(text))
    return sorted(found, key=lambda row: row[1])


def find_budget(text: str) -> tuple[float, Span] | None:
    """The amount that is called a budget."""
    match = _BUDGET.search(text)
    return (_value(match), match.span()) if match else None


def find_voucher(text: str) -> FoundVoucher | None:
    """The voucher that a message tells the rules of; None without one."""
    if not (named := _VOUCHER.search(text)):
        return None
    begin = max(text.rfind("\n", 0, named.start()), text.rfind(". ", 0, named.start()), 0)
    parts: dict[str, Span] = {}
    values: dict[str, float] = {}
    for name, pattern in (("threshold", _THRESHOLD), ("cap", _CAP), ("share", _PERCENTAGE), ("amount", _FIXED)):
        if name == "amount" and "share" in values:
            continue
        for match in pattern.finditer(text, begin):
            if not any(start < match.end() and match.start() < end for start, end in parts.values()):
                values[name], parts[name] = _value(match), match.span()
                break
    if "share" not in values and "cap" in values and "amount" not in values:
        values["amount"], parts["amount"] = values.pop("cap"), parts.pop("cap")
    if not parts:
        return None
    share = values.get("share")
    return FoundVoucher(
        Voucher(
            threshold=values.get("threshold"),
            amount=values.get("amount"),
            share=None if share is None else round(share / 100, 6),
            cap=values.get("cap"),
            same_shop=bool(_SAME_SHOP.search(text, begin)),
        ),
        parts,
    )


def _value(match: re.Match[str]) -> float:
    return float(next(group for group in match.groups() if group).replace(",", ""))


def _compiled(compiler: Callable[[str, int], re.Pattern[str]]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((code, compiler(pattern, re.IGNORECASE)) for code, pattern in SERVICES)


_SERVICES = _compiled(re.compile)
