"""A product's options as a customer speaks of them: their names, their values in plain spelling, and which is more.

What: `Schema`, made from a product's variants, and the scales on which values are compared (numbers with units, sizes,
low to high). What not: reading a text (`wishes.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from shopwright.assistant.desk.plain import stem, words
from shopwright.assistant.desk.records import Variant

_SCALES = (
    "xxs xs s m l xl xxl xxxl",
    "small medium large extra-large",
    "portable small medium large",
    "low medium high",
    "none low medium high",
    "beginner intermediate expert",
    "easy medium hard",
    "basic professional",
    "half full",
    "no yes",
    "mini standard high-back",
    "fixed adjustable",
    "lcd amoled",
)
_RANKS = tuple({value: rank for rank, value in enumerate(scale.split())} for scale in _SCALES)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_GENERIC = frozenset(
    [
        "high",
        "low",
        "medium",
        "small",
        "large",
        "full",
        "half",
        "none",
        "no",
        "yes",
        "fixed",
        "standard",
        "basic",
        "s",
        "m",
        "l",
        "xl",
        "xxl",
        "xs",
        "fresh",
        "new",
        "one",
        "non",
        "set",
        "size",
        "color",
        "type",
        "and",
        "or",
        "with",
        "to",
        "for",
        "in",
    ]
)
_SAME_MEASURE = {"ml": ("liter", 0.001), "liter": ("ml", 1000.0), "inch": ("inch", 1.0)}
_SIZE_LETTERS = frozenset(["xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl"])
_SIZE_WORDS = {"small": "s", "medium": "m", "large": "l", "extra large": "xl", "extra small": "xs"}


@dataclass(frozen=True, slots=True)
class Value:
    """A value of an option.

    Args:
        key: the option's name, as the database has it.
        value: as the database has it.
        phrases: ways to say it, in plain spelling, longest first.
        generic: whether it says nothing without the option's name beside it ("9", "high", "none").
        unit: of a number, "" otherwise.
        number: where it starts with one or is one.
    """

    key: str
    value: str
    phrases: tuple[str, ...]
    generic: bool
    unit: str = ""
    number: float | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    """The options of one product.

    Args:
        cues: option -> words that point at it ("difficulty", "level").
        ranks: option -> value -> place on its scale; options without an order are missing.
    """

    values: tuple[Value, ...]
    cues: dict[str, frozenset[str]]
    ranks: dict[str, dict[str, float]]


def schema(variants: Iterable[Variant]) -> Schema:
    """The options that a product's variants have."""
    known: dict[str, list[str]] = {}
    for variant in variants:
        for key, value in variant.options.items():
            values = known.setdefault(key, [])
            if value not in values:
                values.append(value)
    tokens = {(key, value): set(words(value).split()) for key, values in known.items() for value in values}
    made = []
    for key, values in known.items():
        for value in values:
            own = tokens[key, value]
            others = set().union(*(tokens[key, other] for other in values if other != value), set())
            shared = {token for (other, _), rest in tokens.items() if other != key for token in rest}
            made.append(_value(key, value, own - others - shared, {stem(word) for word in words(key).split()}))
    cues = {key: frozenset(stem(word) for word in re.findall(r"[a-z]+", words(key))) for key in known}
    ranks = {key: found for key, values in known.items() if (found := _rank(tuple(values)))}
    return Schema(tuple(made), cues, ranks)


def _converted(number: float, unit: str) -> set[str]:
    """The same measure in its other unit: 1000 ml and 1 liter, 500 ml and half a liter."""
    other, factor = _SAME_MEASURE[unit]
    said = {f"{number * factor:g} {other}"}
    return said | ({"half a liter", "half liter"} if (number, unit) in ((500.0, "ml"), (0.5, "liter")) else set())


def _value(key: str, value: str, distinct: set[str], cues: set[str]) -> Value:
    spelled = words(value)
    phrases = {spelled}
    number = _NUMBER.search(spelled)
    unit = ""
    if value.lower() in _SIZE_LETTERS:
        phrases = {f"sz{value.lower()}"} | ({value.lower()} if len(value) > 1 else set())
        phrases |= {word for word, letter in _SIZE_WORDS.items() if letter == value.lower()}
    elif number and number.start() == 0:
        rest = spelled[number.end() :].strip(" %")
        unit = rest.split()[0] if rest else ("%" if "%" in spelled else "")
        phrases |= {f"{number[0]} {unit}".strip()} if unit != "%" else {f"{number[0]} %", f"{number[0]} percent"}
    else:
        phrases |= {token for token in distinct if token not in _GENERIC and len(token) > 1 and not token.isdigit()}
        for token in list(distinct):
            if token.endswith("shell"):
                phrases |= {token.removesuffix("shell") + " shell", f"{token.removesuffix('shell')} material"}
                phrases |= {f"{token.removesuffix('shell')} {cue}" for cue in cues} | {
                    f"{token.removesuffix('shell')} sided"
                }
    if value.lower() in ("none", "not resistant", "no"):
        phrases = {spelled} if value.lower() != "no" else set()
        named = cues | ({f"{words(key)[:-4]}ant"} if key.endswith("ance") else set())
        phrases |= {f"{no} {cue}" for no in ("no", "not", "without", "without any", "non") for cue in named}
    if value.lower() == "yes":
        phrases = {cue for cue in cues if len(cue) > 5 and not cue.endswith("ance")}
        phrases |= {f"{words(key)[:-4]}ant"} if key.endswith("ance") else set()
        phrases |= {"waterproof"} if "water" in cues else set()
    phrases |= {stem(phrase) for phrase in phrases if " " not in phrase}
    phrases |= {f"{phrase}en" for phrase in phrases if phrase.isalpha() and phrase.endswith(("d", "l"))}
    phrases |= {f"{phrase[:-1]}ies" for phrase in phrases if phrase.endswith("y")}
    if spelled.replace(" ", "").isalpha():
        phrases.add(spelled.replace(" ", ""))
    if number and unit in _SAME_MEASURE:
        phrases |= _converted(float(number[0]), unit)
    generic = bool(re.fullmatch(r"\d+(?:\.\d+)?", spelled)) or (
        spelled in _GENERIC and value.lower() not in _SIZE_LETTERS
    )
    if value.lower() in ("yes", "no", "none", "not resistant"):
        generic = False
    ordered = tuple(sorted(phrases - {""}, key=len, reverse=True))
    return Value(key, value, ordered, generic, unit, float(number[0]) if number else None)


@lru_cache(maxsize=512)
def _rank(values: tuple[str, ...]) -> dict[str, float]:
    """Value -> place, where the values stand on one scale; empty otherwise."""
    lowered = [words(value).replace(" ", "-") for value in values]
    for scale in _RANKS:
        if all(value in scale for value in lowered):
            return {value: float(scale[low]) for value, low in zip(values, lowered, strict=True)}
    numbers = [_NUMBER.search(words(value.replace("full size", "100%"))) for value in values]
    found = [match for match in numbers if match]
    shapes = {_NUMBER.sub("#", words(value.replace("full size", "100%"))).split()[0] for value in values if value}
    if len(found) == len(values) and (
        len({_NUMBER.sub("#", words(value)) for value in values}) == 1 or len(shapes) == 1
    ):
        return {
            value: float(match[0]) * (1000 if " tb" in words(value) else 1)
            for value, match in zip(values, found, strict=True)
        }
    return {}
