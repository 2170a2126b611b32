"""Values of arguments in the words of a request: numbers, e-mail addresses, order numbers, product ids, dates, texts.

`value` turns some words of a request into a value that fits a schema, or says that they hold none; nothing is made up.
A schema tells its kind by type, format, enum, and by the words of the argument's name and description.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shopwright.models.tool_planner import words_of

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_CODE = re.compile(
    r"\b(?=[A-Za-z-]{0,12}\d)(?:[A-Z]{1,6}-?\d{3,14}|[A-Z0-9]{2,8}(?:-[A-Z0-9]{2,10}){1,4}|#?\d{4,16})\b"
)
_SLUG = re.compile(r"\b[a-z0-9]+(?:-[a-z0-9]+){1,7}\b")
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2})?\b")
_NUMBER = re.compile(r"(?<![\w.-])(?:[€$£]\s?)?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")
_QUOTED = re.compile(r"[\"“‘'«]([^\"”’'»]{1,200})[\"”’'»]")
_LIST = re.compile(r"\s*(?:,|;|\band\b|&|\bor\b)\s*", re.IGNORECASE)
_EDGES = " \t\n.,;:!?\"'“”‘’()"
_SPELLED = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {word: number for number, word in enumerate(_SPELLED)} | {"a": 1, "an": 1, "couple": 2, "pair": 2}
_ID = frozenset(("id", "ids", "number", "no", "nr", "code", "ref", "reference", "sku"))
_PRODUCT = frozenset(("product", "item", "items", "article", "slug"))

Schema = Mapping[str, Any]


def kind_of(name: str, schema: Schema) -> str:
    """What an argument holds: "number", "flag", "choice", "email", "date", "id", "list", "record" or "text"."""
    said = [*words_of(name).split(), *words_of(str(schema.get("description", ""))).split()]
    own, told = said[: len(words_of(name).split())], set(said)
    match schema.get("type"):
        case "integer" | "number":
            return "number"
        case "boolean":
            return "flag"
        case "array":
            return "list"
        case "object":
            return "record"
    if "enum" in schema:
        return "choice"
    if "email" in own or "mail" in own or schema.get("format") == "email":
        return "email"
    if str(schema.get("format", "")).startswith("date") or "date" in told & {"date", "iso"}:
        return "date"
    return "id" if own and (own[-1] in _ID or "id" in told or "ids" in told) else "text"


def could_be(request: str, name: str, schema: Schema) -> bool:
    """Whether some words of a request could be the value of an argument."""
    match kind_of(name, schema):
        case "email":
            return bool(_EMAIL.search(request))
        case "id":
            return any(ids(request))
        case "list" if kind_of(name, _items(schema)) == "id":
            return any(ids(request))
        case _:
            return True


def ids(text: str) -> Iterator[str]:
    """What looks like the id of something: order numbers, then slugs of two hyphens or with a digit; no dates."""
    text = _EMAIL.sub(" ", _DATE.sub(" ", text))
    yield from (match[0].lstrip("#") for match in _CODE.finditer(text))
    for match in _SLUG.finditer(text):
        if match[0].count("-") > 1 or any(letter.isdigit() for letter in match[0]):
            yield match[0]


def value(words: str, name: str, schema: Schema, request: str = "") -> Any:
    """The value that some words give an argument; None when they give none.

    Args:
        words: the part of the request that is about it.
        schema: of the argument.
        request: the whole of it, for what can be told by its form alone.
    """
    match kind_of(name, schema):
        case "number":
            found = numbers(words) or (numbers(request) if len(numbers(request)) == 1 else [])
            return _bounded(found, schema)
        case "flag":
            return True
        case "choice":
            return choice(words, schema["enum"]) or choice(request, schema["enum"])
        case "email":
            return _only(_EMAIL.findall(words) or _EMAIL.findall(request))
        case "date":
            return _only(_DATE.findall(words)) or words.strip(_EDGES) or None
        case "id":
            return next(ids(words), None) or _only(list(dict.fromkeys(ids(request)))) or _bare(words)
        case "list":
            return _values(words, name, _items(schema), request)
        case "record":
            return None
        case _:
            return words.strip(_EDGES) or None


def numbers(text: str) -> list[float]:
    """The numbers in a text, also small ones in words; digits that are part of a word are not among them."""
    found = [(match.start(), float(match[1].replace(",", "") + (match[2] or ""))) for match in _NUMBER.finditer(text)]
    words = [(match.start(), match[0].lower()) for match in re.finditer(r"[A-Za-z]+", text)]
    if not found:
        found = [(place, float(_NUMBERS[word])) for place, word in words if word in _NUMBERS]
    return [number for _, number in sorted(found)]


def choice(words: str, allowed: Sequence[Any]) -> Any:
    """The one of some allowed values whose words are said; None when none or several are."""
    said = set(words_of(words).split())
    stems = {word[:5] for word in said}
    known = [each for each in allowed if isinstance(each, str) and words_of(each)]
    found = [each for each in known if set(words_of(each).split()) <= said]
    found = found or [each for each in known if {word[:5] for word in words_of(each).split()} <= stems]
    return found[0] if len(found) == 1 else None


def _values(words: str, name: str, items: Schema, request: str) -> list[Any] | None:
    match kind_of(name, items):
        case "id":
            found: list[Any] = list(dict.fromkeys(ids(words) or ids(request)))
            found = found or list(dict.fromkeys(ids(request)))
        case "number":
            found = list(numbers(words))
            found = [int(each) if items.get("type") == "integer" else each for each in found]
        case "choice":
            found = [each for each in items["enum"] if choice(words, [each]) is not None]
        case "list" | "record" | "flag":
            found = []
        case _:
            found = [part.strip(_EDGES) for part in _LIST.split(words) if part.strip(_EDGES)]
    return found or None


def _items(schema: Schema) -> Schema:
    items = schema.get("items")
    return items if isinstance(items, Mapping) else {}


def _bounded(found: Sequence[float], schema: Schema) -> float | int | None:
    low, high = schema.get("minimum", float("-inf")), schema.get("maximum", float("inf"))
    whole = schema.get("type") == "integer"
    fitting = [each for each in found if low <= each <= high and (not whole or each.is_integer())]
    return None if not fitting else int(fitting[0]) if fitting[0].is_integer() else fitting[0]


def _only(found: Sequence[str]) -> str | None:
    """The one thing found; None when there are several different ones, among which nobody may guess."""
    return found[0] if len(set(found)) == 1 else None


def _bare(words: str) -> str | None:
    """One word that is no number of its own and no sentence, as an id."""
    bare = words.strip(_EDGES)
    return bare if bare and " " not in bare else None
