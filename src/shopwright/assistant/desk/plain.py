"""A customer's message in a plain spelling, so that patterns and the database's values can be compared with it.

"T-Shirt, 5-feet, two-piece, 1.5L" becomes "tshirt, 5 ft, 2 piece, 1.5 liter"; "don't" becomes "do not"; sizes that
stand alone in capitals become `szm`, `szl`; order numbers become "#w123"; option tables in braces are taken out and
stand as `zdict0`. `plain` is idempotent on its own output. English only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from shopwright.skills.rewrite.english import NUMBER_WORDS

_DICT = re.compile(r"\{[^{}]*\}")
_PAIR = re.compile(r"'([^']+)'\s*:\s*'([^']*)'")
_LETTERS = re.compile(r"(?<![\w'’-])(XXXL|XXL|XXS|XL|XS|S|M|L)(?![\w'’&])")
_SPELLED_SIZE = re.compile(r"\b(s|m|l|xl|xxl|xs)[ -]sized?\b|\bsized? (s|m|l|xl|xxl|xs)\b")
_UNITS = {
    "ft": "feet foot ft",
    "inch": "inches inch in",
    "liter": "liters litres litre liter l",
    "ml": "milliliters millilitres ml",
    "gb": "gigabytes gigabyte gigs gig gb g",
    "tb": "terabytes terabyte tb",
    "mah": "mah",
    "lb": "pounds pound lbs lb",
    "hour": "hours hour hrs hr h",
    "degree": "degrees degree deg",
    "mm": "millimeters mm",
    "mp": "megapixels megapixel mp",
    "bar": "bars bar",
    "piece": "pieces piece pcs pc",
    "cup": "cups cup",
    "w": "watts watt w",
    "x": "x",
    "k": "k",
    "p": "p",
    "cm": "cm centimeters centimetres",
    "kg": "kg kilograms",
    "m": "meters metres",
}
_UNIT_OF = {spelling: unit for unit, spellings in _UNITS.items() for spelling in spellings.split()}
_NUMBER_UNIT = re.compile(
    r"(?<![\w#.])(\d+(?:\.\d+)?)[ -]?(" + "|".join(sorted(_UNIT_OF, key=len, reverse=True)) + r")(?![\w])"
)
_NUMBER_WORD = re.compile(r"\b(" + "|".join(word for word in NUMBER_WORDS if word != "one") + r")\b")
_SHORT = (
    (r"\bcan['’]?t\b|\bcannot\b", "can not"),
    (r"\bwon['’]t\b", "will not"),
    (r"n['’]t\b", " not"),
    (r"['’](?:d)\b", " would"),
    (r"['’]ve\b", " have"),
    (r"['’]ll\b", " will"),
    (r"['’]re\b", " are"),
    (r"['’]m\b", " am"),
    (r"\b(it|that|there|what|here|he|she)['’]s\b", r"\1 is"),
    (r"['’]s\b", ""),
    (r"\bwanna\b", "want to"),
    (r"\bgonna\b", "going to"),
    (r"\bgrey\b", "gray"),
    (r"\bwi[ -]?fi\b", "wifi"),
    (r"\bcolour", "color"),
    (
        r"\b(my|your|the|this|that|these|those|pending|recent|last|same|each|both|all|every|other|another|delivered|whole"
        r"|entire|different|possible) purchase(s?)\b(?! price)",
        r"\1 order\2",
    ),
    (r"\bthe (?:customer service )?(?:representative|rep|assistant|associate|operator)\b", "the agent"),
)
_SHORTS = tuple((re.compile(pattern), to) for pattern, to in _SHORT)
_ORDER_ID = re.compile(r"#w?(\d{5,})\b|\bw(\d{5,})\b|\b([a-z]{2}-\d{4,})\b")
_JOINED = re.compile(r"\b(t|e|i)[- ](shirt|reader|book|bike|mail|phone)(s?)\b")
_MARKS = re.compile(r"[“”\"«»*`]|(?<!\w)'|'(?!\w)")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Plain:
    """A text in plain spelling, and the option tables that `zdict0`, `zdict1` ... stand for."""

    text: str
    tables: tuple[dict[str, str], ...] = ()


def plain(message: str) -> Plain:
    """A message, its paragraphs joined by full stops, in plain spelling."""
    tables: list[dict[str, str]] = []

    def table(match: re.Match[str]) -> str:
        tables.append(dict(_PAIR.findall(match[0])))
        return f" zdict{len(tables) - 1} "

    text = _DICT.sub(table, message)
    text = _LETTERS.sub(lambda match: f"sz{match[1].lower()}", text)
    return Plain(words(re.sub(r"[\s.]*\n\s*", ". ", text)), tuple(tables))


def words(text: str) -> str:
    """A phrase (a name, an option's value) or a text without tables, in plain spelling."""
    text = _MARKS.sub(" ", text.replace("’", "'").lower())
    for pattern, to in _SHORTS:
        text = pattern.sub(to, text)
    text = _JOINED.sub(r"\1\2\3", text)
    text = _SPELLED_SIZE.sub(lambda match: f"sz{match[1] or match[2]} size", text)
    text = re.sub(r"(?<=[$€£]) (?=\d)", "", text)
    text = _NUMBER_WORD.sub(lambda match: str(NUMBER_WORDS[match[1]]), text)
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    text = _NUMBER_UNIT.sub(lambda match: f"{match[1]} {_UNIT_OF[match[2]]}", text)
    text = _ORDER_ID.sub(lambda match: f"#w{match[1] or match[2]}" if match[1] or match[2] else f"#{match[3]}", text)
    text = re.sub(r"(?<=[a-z0-9])-(?=[a-z])|(?<=[a-z])-(?=\d)", " ", re.sub(r"#[a-z]{2}-\d+", _kept, text))
    return _SPACE.sub(" ", text.replace("\0", "-")).strip()


def stem(word: str) -> str:
    """A word without its plural: "bookshelves" -> "bookshelf", "boots" -> "boot", "glass" stays."""
    if word.endswith("ves") and len(word) > 5:
        return word[:-3] + "f"
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word


def _kept(match: re.Match[str]) -> str:
    """An order number whose hyphen stays."""
    return match[0].replace("-", "\0")
