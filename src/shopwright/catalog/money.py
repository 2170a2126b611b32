"""Prices as shops write them: "79.99 USD", "1.299,00 EUR", "$12", "€ 1 299", "1'299.00 CHF".

What: `parse_money` and `format_money`. What not: exchange rates, arithmetic, price ranges ("5-10 EUR" is refused).

Simplifications: one separator before exactly three digits groups thousands ("1.299 EUR" and "1,299" are 1299), except
after a leading zero and in currencies of three decimals ("0.125", "1.250 KWD"); "$" is the US dollar and "¥" the yen
unless the currency that is passed uses the same sign. A price without any currency gets `XXX`, which ISO 4217 reserves
for "no currency": it is shown as a bare number rather than under a guessed sign.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from shopwright.catalog.units import plain_number
from shopwright.errors import RowError
from shopwright.types import Money

NO_CURRENCY = "XXX"

# ISO 4217 list one, without funds, metals and test codes.
_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT
MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND
VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG XXX
"""
CURRENCIES = frozenset(_CODES.split())
_EXPONENTS = dict.fromkeys(
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"], 0
) | dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)
_SIGNS = {
    "EUR": "€",
    "USD": "$",
    "GBP": "£",
    "JPY": "¥",
    "INR": "₹",
    "KRW": "₩",
    "ILS": "₪",
    "TRY": "₺",
    "VND": "₫",
} | {
    "UAH": "₴",
    "PHP": "₱",
    "NGN": "₦",
    "CAD": "CA$",
    "AUD": "A$",
    "NZD": "NZ$",
    "HKD": "HK$",
    "BRL": "R$",
    "MXN": "MX$",
}
_READ_SIGNS: Mapping[str, str] = {sign.casefold(): code for code, sign in _SIGNS.items()} | {
    "us$": "USD", "c$": "CAD", "au$": "AUD", "s$": "SGD", "nt$": "TWD", "rs": "INR", "rs.": "INR", "₽": "RUB",
    "₸": "KZT", "zł": "PLN", "kč": "CZK", "ft": "HUF", "lei": "RON", "fr.": "CHF", "sfr.": "CHF", "euro": "EUR",
    "euros": "EUR", "dollars": "USD", "rmb": "CNY", "元": "CNY", "円": "JPY", "원": "KRW", "kr": "SEK", "kr.": "DKK",
    "ksh": "KES", "r": "ZAR", "฿": "THB", "৳": "BDT", "₵": "GHS", "د.إ": "AED", "ر.س": "SAR",
}  # fmt: skip
_SHARED_SIGNS = {
    "$": frozenset(["USD", "CAD", "AUD", "NZD", "HKD", "SGD", "MXN", "TWD", "ARS", "CLP", "COP"]),
    "¥": frozenset(("JPY", "CNY")),
    "£": frozenset(["GBP", "EGP", "LBP", "GIP", "FKP"]),
    "kr": frozenset(["SEK", "NOK", "DKK", "ISK"]),
    "kr.": frozenset(["SEK", "NOK", "DKK", "ISK"]),
    "rs": frozenset(["INR", "PKR", "LKR", "NPR", "MUR"]),
    "rs.": frozenset(["INR", "PKR", "LKR", "NPR", "MUR"]),
}

_PLAIN = re.compile(r"(\d{1,12}(?:\.\d{1,2})?)(?: ([A-Z]{3}))?", re.ASCII)
_AMOUNT = re.compile(r"\d+(?:[.,'’ ]\d+)*")
_LARGEST = Decimal(10) ** 12
_FORMS = "write it as 1299.00 or 1299.00 EUR"


def exponent(currency: str) -> int:
    """How many decimals a currency has: 2 for most, 0 for JPY, 3 for KWD."""
    return _EXPONENTS.get(currency, 2)


@lru_cache(maxsize=1024)
def currency_code(text: str) -> str | None:
    """The ISO 4217 code that a text names ("eur", "€", "US$"), or None."""
    text = text.strip()
    return text.upper() if text.upper() in CURRENCIES else _READ_SIGNS.get(text.casefold())


def parse_money(text: object, currency: str | None = None) -> Money:
    """The price that a text or number is.

    Args:
        text: a text such as "1.299,00 EUR", or a number, taken as it is and rounded to four decimals.
        currency: ISO 4217 code of prices that name none.

    Raises:
        RowError: when it is no single price of zero or more.
    """
    if isinstance(text, str):
        match = _PLAIN.fullmatch(text)
        if match and (match[2] is None or match[2] in CURRENCIES):
            return Money(Decimal(match[1]), match[2] or currency or NO_CURRENCY)
        return _written(text, currency)
    if isinstance(text, int | float | Decimal) and not isinstance(text, bool):
        return Money(_checked(_rounded(text), text), currency or NO_CURRENCY)
    raise RowError(f"price {_shown(text)} is not a price: {_FORMS}")


def minor_money(amount: object, currency: str | None = None) -> Money:
    """The price given in the smallest unit of its currency: 4995 is 49.95 EUR, and 4995 JPY.

    Raises:
        RowError: when it is no number of zero or more.
    """
    money = parse_money(amount, currency)
    return Money(money.amount.scaleb(-exponent(money.currency)), money.currency)


def format_money(money: Money) -> str:
    """The price for people: "€12.50", "$1,299.00", "¥1,300", "CHF 12.50", "12.50" without a currency."""
    digits = exponent(money.currency)
    amount = abs(money.amount).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    minus = "-" if money.amount < 0 else ""
    if money.currency == NO_CURRENCY:
        return f"{minus}{amount:,}"
    sign = _SIGNS.get(money.currency)
    return f"{minus}{sign}{amount:,}" if sign else f"{minus}{money.currency} {amount:,}"


def _written(text: str, default: str | None) -> Money:
    """A price with signs, grouping or words around it."""
    if len(text) > 60:
        raise RowError(f"price {_shown(text)} is not a price: {_FORMS}")
    plain = unicodedata.normalize("NFKC", text).replace("٫", ".").replace("٬", ",").strip()
    plain = "".join(str(unicodedata.digit(char)) if char.isdigit() else char for char in plain)
    match = _AMOUNT.search(plain)
    if match is None:
        raise RowError(f"price {_shown(text)} holds no number: {_FORMS}, or leave the field empty")
    before, after = plain[: match.start()].strip(), plain[match.end() :].strip()
    after = re.sub(r"^[.,]\s*[-–—]+|^[.,](?=\s|$)", "", after).strip()  # "12,-" is how some countries write 12.00
    if before.rstrip().endswith(("-", "−", "–")) or before.startswith(("-", "−")) or (before, after[-1:]) == ("(", ")"):
        raise RowError(f"price {_shown(text)} is negative: a price is zero or more")
    currency = _currency(before, after, text, default)
    number = plain_number(match[0], dot_groups=exponent(currency) != 3)
    if number is None:
        raise RowError(f"price {_shown(text)} is not one number: {_FORMS}")
    return Money(_checked(Decimal(number), text), currency)


def _currency(before: str, after: str, text: str, default: str | None) -> str:
    """The currency that the words around the number name. Two words must not contradict each other."""
    named: list[str] = []
    for word in filter(None, (before, after)):
        code = currency_code(word)
        if code is None:
            raise RowError(f"price {_shown(text)}: {word!r} is neither a currency nor part of a number: {_FORMS}")
        shared = _SHARED_SIGNS.get(word.casefold(), frozenset())
        named.append(default if default in shared else code)
        if len(named) == 2 and named[0] != named[1]:
            if named[1] in _SHARED_SIGNS.get(before.casefold(), frozenset()):
                return named[1]
            raise RowError(f"price {_shown(text)} names two currencies, {named[0]} and {named[1]}: give one")
    return named[0] if named else default or NO_CURRENCY


def _rounded(number: float | Decimal) -> Decimal:
    try:
        exact = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
        return exact if exact == exact.to_integral_value() else exact.quantize(Decimal("1.0000")).normalize()
    except (InvalidOperation, OverflowError):
        return Decimal("NaN")


def _checked(amount: Decimal, source: object) -> Decimal:
    if not amount.is_finite() or not 0 <= amount < _LARGEST:
        raise RowError(f"price {_shown(source)} is out of range: a price is zero or more and below {_LARGEST:,}")
    return amount


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:60]}..."
