"""Prices and measures in a message: "under 80 euros", "20-30 quid", "around 50", "between 1 and 2 kg", "13 inch".

Every finder returns what it read together with the character span that it stands on, so that the reader can tell the
shopper what was understood and take the words out of the goal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from shopwright.catalog.units import convert, find_quantities
from shopwright.skills.rewrite.english import ABOUT, AT_LEAST, AT_MOST, NUMBER_WORDS, OR_LESS, OR_MORE

_CURRENCY = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "$": "USD", "usd": "USD", "dollar": "USD",
    "dollars": "USD", "bucks": "USD", "buks": "USD", "buck": "USD", "£": "GBP", "gbp": "GBP", "quid": "GBP",
    "pound": "GBP", "pounds": "GBP", "php": "PHP", "₱": "PHP", "peso": None, "pesos": None, "inr": "INR", "₹": "INR",
    "rupee": None, "rupees": None, "rs": None, "yen": "JPY", "jpy": "JPY", "¥": None, "chf": "CHF", "francs": "CHF",
    "sgd": "SGD", "aud": "AUD", "cad": "CAD", "thb": "THB", "baht": "THB", "myr": "MYR", "rm": "MYR",
}  # fmt: skip
"""Signs and words of money; None where several countries use the word."""
_SIGN = (
    r"(?:€|\$|£|₱|₹|¥|eur(?:os?)?\b|usd\b|dollars?\b|bu(?:c)?ks?\b|gbp\b|quid\b|pounds?\b|php\b|pesos?\b|inr\b|rs\b|"
    r"rupees?\b|yen\b|jpy\b|chf\b|francs\b|sgd\b|aud\b|cad\b|thb\b|baht\b|myr\b|rm\b)"
)
_NUMBER = r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,2})?"
_WORTH = (
    r"spend|budget(?: is| of|:)?(?: only)?|(?:only )?ha(?:ve|s)(?: only| just)?|can (?:pay|spend)|pay|"
    r"price(?:d)?(?: at| of)?|cost(?:s|ing)?|thinking|like"
)
_PRICE = re.compile(
    rf"(?P<refused>\b(?:isn['’]?t|not) (?=\W?\d))?"
    rf"(?P<compare>\b(?:{AT_MOST[3:-1]}|{AT_LEAST[3:-1]}|{ABOUT[3:-1]}|between|for|{_WORTH})"
    r"(?:\s+(?:like|the|a))*"
    r"\s*|[<>~]=?\s*)?"
    rf"(?P<sign>{_SIGN}\s*)?`?(?<![\d.,])(?P<low>{_NUMBER})`?(?P<many>\s?k\b|\s*grand\b)?(?P<ish>[\s-]?ish\b)?"
    rf"(?:\s*(?P<unit1>{_SIGN}))?(?P<ish1>[\s-]?ish\b)?"
    rf"(?:\s*(?:-|–|—|to|and|&|,?\s*max(?:imum)?)(?:,? say,?)?\s*(?:{_SIGN}\s*)?(?P<high>{_NUMBER})(?P<many2>\s?k\b)?)?"
    rf"(?:\s*(?P<unit>{_SIGN}))?(?P<ish2>[\s-]?ish\b)?"
    rf"(?:\s*(?P<after>{OR_LESS}|{OR_MORE}|budget\b|approx(?:imately)?\b|limit\b)|\s*(?P<more>\+)(?!\w))?",
    re.IGNORECASE,
)
_SPREAD = 0.2
"""How far "around 50" reaches on either side."""

_ROUND = {
    "ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000,
}  # fmt: skip
_TEN_WORDS = "ten|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TENS = re.compile(
    rf"\b(?:(?:an?|{_ONES})\s+)?(?:hundred|thousand)\b(?!\s+of\b)"
    rf"(?:(?:\s+and)?[\s-]+(?:{_TEN_WORDS})\b)?(?:[\s-]+(?:{_ONES})\b)?|"
    rf"\b(?:{_TEN_WORDS})\b(?!\s+of\b)(?:[\s-]+(?:{_ONES})\b)?",
    re.IGNORECASE,
)
_ROUND_DIGITS = re.compile(r"\b(\d{1,2})\s+(hundred|thousand|grand)\b", re.IGNORECASE)
_NOTES = re.compile(r"\ba (fiver|tenner)\b", re.IGNORECASE)
_SHARED_HUNDRED = re.compile(rf"\b({_ONES})(?=(?:\s+(?:and|to|or)\s+|\s*-\s*)(?:{_ONES})\s+hundred\b)", re.IGNORECASE)
_HALF = re.compile(r"\bhalf an? (?=(?:kilo|litre|liter|metre|meter|pound|hour)\b)", re.IGNORECASE)
_POUNDS = re.compile(r"pounds?\b", re.IGNORECASE)
_WEIGHT = re.compile(r"weigh|heav|dumbbell|kettlebell|lift|load|lbs?\b|test\b", re.IGNORECASE)
"""Where pounds are a weight and no money."""
_GROUPED = re.compile(r"\b\d{1,3}(?:\.000)+\b(?=\s*[a-z])")
"""15.000 mm: a dot before three zeros and a unit groups thousands."""
_UNIT_WORD = re.compile(
    r"\b(an?|one)\b(?=[\s-]+(?:hour|kilo|kilogram|litre|liter|metre|meter|minute|week|day|month|year)\b)", re.I
)
_NUMBER_WORD = re.compile(
    rf"\b({'|'.join(NUMBER_WORDS)})\b(?=[\s-]+(?:person|people|man|adult|cup|piece|seat|year|litre|liter))", re.I
)


_AFTER = re.compile(
    rf"[\s-]*(?:tall|wide|long|high|deep|body)?\s*(?:(?P<less>{OR_LESS})\b|(?P<more>{OR_MORE})\b|\+)|"
    r"(?:\s+[a-z]+){1,3}\s+(?P<least>at least|minimum|or more)\b",
    re.IGNORECASE,
)
_CERTAIN = re.compile(r"\b(?:price[ds]?|pricing|costs?|costing|spend|pay|budget)\b[^.;:,\d]{0,16}$", re.IGNORECASE)
"""What before a number makes it a price even without a currency."""


@dataclass(frozen=True, slots=True)
class PriceRange:
    """A wish about price; bounds in `currency` (None: the shop's own)."""

    low: float | None
    high: float | None
    currency: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Measure:
    """A wish about a measured attribute; bounds in `unit`."""

    low: float | None
    high: float | None
    unit: str
    start: int
    end: int


def digits_for_words(text: str) -> str:
    """ "two-person" -> "  2-person", "an hour" -> " 1 hour": words that count as digits, offsets kept."""
    text = _NOTES.sub(lambda match: ("£5" if match[1].lower() == "fiver" else "£10").rjust(len(match[0])), text)
    text = _SHARED_HUNDRED.sub(lambda match: f"{NUMBER_WORDS[match[1].lower()]}00".rjust(len(match[0])), text)
    text = _ROUND_DIGITS.sub(
        lambda match: str(int(match[1]) * (_ROUND.get(match[2].lower()) or 1000)).rjust(len(match[0])), text
    )
    text = _TENS.sub(lambda match: str(_value_of(match[0])).rjust(len(match[0])), text)
    text = _HALF.sub(lambda match: "0.5 ".rjust(len(match[0])), text)
    text = _GROUPED.sub(lambda match: (match[0].replace(".", "")).ljust(len(match[0])), text)
    text = _UNIT_WORD.sub(lambda match: "1".rjust(len(match[0])), text)
    return _NUMBER_WORD.sub(lambda match: str(NUMBER_WORDS[match[0].lower()]).rjust(len(match[0])), text)


def _value_of(words: str) -> int:
    """ "five hundred" -> 500, "a hundred" -> 100, "twenty" -> 20."""
    total = 0
    for word in re.split(r"[\s-]+", words.lower()):
        if word in ("hundred", "thousand", "grand"):
            total = max(total, 1) * _ROUND[word]
        else:
            total += _ROUND.get(word) or NUMBER_WORDS.get(word) or 0
    return total


def find_measures(text: str) -> list[Measure]:
    """Quantities with units, with the comparison that stands before them."""
    found = []
    for span in find_quantities(text):
        unit = span.high.unit
        if unit == "lb" and _POUNDS.search(text[span.start : span.end]) and not _WEIGHT.search(text):
            continue  # money
        low: float | None = convert(span.low.value, span.low.unit, unit)
        high: float | None = span.high.value
        before = text[max(0, span.start - 24) : span.start]
        start, end = span.start, span.end
        if comparison := re.search(rf"{AT_MOST}\s*$", before, re.IGNORECASE):
            low = None
        elif comparison := re.search(rf"{AT_LEAST}\s*$", before, re.IGNORECASE):
            high = None
        elif (comparison := re.search(rf"{ABOUT}\s*$", before, re.IGNORECASE)) and low is not None and high is not None:
            low, high = low * (1 - _SPREAD), high * (1 + _SPREAD)
        if (after := _AFTER.match(text, span.end)) and span.low == span.high:
            low, high = (None, span.high.value) if after["less"] else (span.low.value, None)
            end = after.end()
        if comparison:
            start -= len(comparison[0])
        found.append(Measure(low, high, unit, start, end))
    return found


def find_prices(text: str, taken: list[tuple[int, int]]) -> list[PriceRange]:
    """Amounts of money. A number without a currency counts only after a comparison ("under 80") or with "budget".

    Args:
        taken: spans that were read as measures already.
    """
    found = []
    for match in _PRICE.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        if match["refused"] and not match["compare"]:
            continue
        compare = (match["compare"] or "").strip().lower()
        after = (match["after"] or match["more"] or "").lower()
        about = bool(match["ish"] or match["ish1"] or match["ish2"]) or after.startswith("approx")
        sign = (match["sign"] or match["unit"] or match["unit1"] or "").strip().lower()
        if not sign and not _CERTAIN.search(text[: match.start("low")]):
            stated = compare or after or about or (match["high"] and _TOTAL.match(text, match.end()))
            if not stated or _counts_things(text, match.end(), compare, after):
                continue
        low = _amount(match["low"], match["many"] or match["many2"])
        high = _amount(match["high"], match["many2"]) if match["high"] else None
        bounds = _bounds(compare, after, low, high, about)
        found.append(PriceRange(*bounds, _CURRENCY.get(sign), match.start(), match.end()))
    return found


_TOTAL = re.compile(
    r"\s*(?:each|total|altogether|(?:all )?together|all in|in (?:total|all)|per piece|combined|overall|"
    r"between (?:them|the (?:two|three|four))|incl(?:\.|uding|usive))(?!\w)",
    re.IGNORECASE,
)
"""What after a number says what it is the price of."""
_COUNTING = ("for", "some", "from", "like", "have", "has")
"""What stands before people and pieces as often as before a price."""
_FOLLOWS = {
    "for", "and", "or", "please", "with", "in", "if", "but", "that", "which", "total", "each", "max", "altogether",
    "all", "tops", "mate", "lol", "like", "not", "no", "only", "at", "pls", "per", "so", "would", "is", "limit",
    "budget", "range", "now", "from", "because", "made", "ideally", "on",
}  # fmt: skip


def _counts_things(text: str, end: int, compare: str, after: str = "") -> bool:
    """Whether the number counts something ("for 2 people", "about 3 of them") rather than money."""
    if after:
        return not compare and after not in ("budget", "max", "tops", "limit", "maximum", "or less", "at most")
    follows = re.compile(r"\s*(?:-|%|x\b|×|°|\d|[a-z]+)", re.IGNORECASE).match(text, end)
    if compare not in _COUNTING and _TOTAL.match(text, end):
        return False
    if compare in (*_COUNTING, "within") or compare.startswith(("min", "max.")):
        return not (compare.startswith("m") and not follows)
    word = follows[0].strip().lower() if follows else ""
    return bool(word) and word not in _FOLLOWS


def _bounds(compare: str, after: str, low: float, high: float | None, about: bool) -> tuple[float | None, float | None]:
    if high is not None:
        return (low, high) if low <= high else (high, low)
    if about or re.match(ABOUT + r"\b|~", compare) or (compare.endswith("like") and not after):
        return round(low * (1 - _SPREAD), 2), round(low * (1 + _SPREAD), 2)
    if after and (after == "+" or re.fullmatch(OR_MORE, after, re.IGNORECASE)):
        return low, None
    if re.match(AT_MOST, compare):
        return None, low
    if re.match(AT_LEAST, compare):
        return low, None
    return None, low


def _amount(text: str, many: str | None = None) -> float:
    if re.search(r"[.,]\d{3}(?:\D|$)", text):
        text = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", text)
    return float(text.replace(",", ".")) * (1000 if many else 1)
