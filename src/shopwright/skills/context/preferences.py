"""What a message tells of the shopper that lasts: sizes, allergies, diets, tastes, people, home, habits of spending.

    find_preferences("I wear 44 and I'm allergic to nuts.", "s1", 3, now)
    # size "shoes 44" for two years, allergy "nuts" for good, each with the sentence that said so

Only statements about oneself count, and about one's own people ("my son ..."), who are named before a colon: a size
"son: shoes 27". Wishes of the moment, questions, suppositions and what others say are left alone; in doubt nothing is
found, since a wrong memory costs more than a missing one. Rules in English; nothing is learned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shopwright.skills.context.sizes import own_sizes, sizes_of_others
from shopwright.skills.context.statements import statements
from shopwright.skills.context.tastes import Stated, allergies, diets, tastes
from shopwright.types import Preference, PreferenceKind

YEAR = 365.25 * 86_400.0
LASTS: dict[PreferenceKind, float | None] = {
    "size": 2 * YEAR, "allergy": None, "diet": None, "dislike": 2 * YEAR, "like": 2 * YEAR, "person": YEAR,
    "place": 3 * YEAR, "budget": YEAR, "other": YEAR,
}  # fmt: skip
"""Seconds after which each kind is forgotten by itself."""
CHILD_SIZE_LASTS = YEAR / 2
BABY_LASTS = YEAR / 4

_LONGEST_QUOTE = 1_000
_CHILD = (
    "son|daughter|boy|girl|kid|child|toddler|baby|grandson|granddaughter|grandchild|nephew|niece|twins?|stepson|"
    "stepdaughter|godson|goddaughter"
)
_ADULT = (
    "husband|wife|partner|girlfriend|boyfriend|mother|mum|mom|father|dad|sister|brother|fianc[eé]e?|grandmother|"
    "grandfather|grandma|grandpa"
)
_PEOPLE = rf"(?:{_CHILD}|{_ADULT})"
_NUMBER_WORDS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
)  # fmt: skip
_NUMBERS = {word: str(number) for number, word in enumerate(_NUMBER_WORDS, 1)}
_COUNT = rf"(?:\d{{1,2}}|{'|'.join(_NUMBERS)})"
_OLD = r"(?P<unit>\s*-?\s*(?:years?|months?|weeks?))?"
_AGES = (
    re.compile(rf"\b(?:my|our)\s+(?:\w+\s+)?(?P<who>{_CHILD})s?,?\s+(?:who\s+|which\s+|that\s+)?(?:(?:is|are)\s+"
        rf"(?:now\s+|almost\s+|about\s+"
        rf")?|(?:has\s+)?(?:just\s+)?turn(?:s|ed)\s+)(?P<age>{_COUNT})\b{_OLD}", re.IGNORECASE),
    re.compile(rf"\b(?:my|our|have\s+an?|'ve\s+got\s+an?|got\s+an?)\s+(?P<age>{_COUNT})[ -](?P<unit>years?|"
        rf"months?|weeks?)[ -]old\s+(?P<who>{_CHILD})\b", re.IGNORECASE),
    re.compile(rf"\b(?:have|'ve\s+got)\s+(?P<who>twins|an?\s+(?:{_CHILD}))\s*,\s*(?:they're|they\s+are|he's|"
        rf"she's|he\s+is|she\s+is)\s+(?P<age>{_COUNT})\b{_OLD}", re.IGNORECASE),
    re.compile(rf"\b(?:my|our)\s+(?P<who>{_CHILD})\s*[,(]\s*(?:aged?\s+)?(?P<age>\d{{1,2}})(?P<unit>\s+months?|"
        rf"\s+years?)?"
        rf"\s*[,)]", re.IGNORECASE),
)  # fmt: skip
_PETS = re.compile(
    rf"\b(?:I|we)(?:\s+have|'ve\s+got|\s+own)\s+(?P<pets>(?:an?|{_COUNT})\s+(?:\w+\s+)?(?:dog|cat|puppy|kitten|"
    rf"horse|rabbit|parrot|hamster|"
    rf"budgie|guinea pig)s?(?:\s+and\s+(?:an?|{_COUNT})\s+(?:dog|cat|horse|rabbit|parrot|hamster)s?)*)\b",
    re.IGNORECASE,
)
_THEIRS = re.compile(
    rf"\b(?:my|our)\s+(?:\w+\s+)??(?P<who>{_PEOPLE})\b(?!'s?\s+(?:friend|teacher|birthday))", re.IGNORECASE
)
_OTHERS = re.compile(
    r"\b(?:friend|neighbou?r|colleague|boss|someone|somebody|people|guests?|reviewers?|customers?|model)\b",
    re.IGNORECASE,
)
_SPEAKS = re.compile(r"\b(?:I|I'm|I've|we|we're|me|my|mine)\b", re.IGNORECASE)
_PRONOUN = re.compile(r"^(?:and\s+|but\s+)?(?:he|she|they)\b", re.IGNORECASE)
_HOME = "flat|apartment|studio|house|cottage|van|boat|room|bungalow|garden|balcony|terrace|kitchen|cellar|attic"
_PLACE = re.compile(
    r"\b(?:I|we)(?:\s+(?:still|now|all))?\s+live\s+(?:in|on|near|by)\s+(?:an?\s+|the\s+)?(?P<place>[^.,;!?]+)|"
    rf"\b(?:I|we)\s+(?:only\s+)?(?:have|'ve\s+got)\s+(?:only\s+)?an?\s+(?P<has>(?:\w+\s+)?(?:{_HOME}))\b|"
    rf"\b(?:I|we)\s+(?:don't|do not)\s+have\s+(?:an?|any)\s+(?P<lacks>{_HOME}|car|lift|elevator|oven|dishwasher|"
    rf"freezer|bath|driveway|garage)\b",
    re.IGNORECASE,
)  # fmt: skip
_PLACE_ENDS = re.compile(r"\s(?:so|and|but|with|without|where|which|on|because|right|now|at)\b", re.IGNORECASE)
_NO_PLACE = re.compile(
    r"^(?:hope|fear|peace|denial|it|there|here|this|that|\d+\s+\w+\s+(?:road|street|lane|avenue))\b", re.IGNORECASE
)
_HABIT = r"(?:usually|normally|never|always|generally|rarely|typically|seldom)"
_AMOUNT = r"(?:[€$£]\s?)?\d[\d.,]*\d|\d"
_BUDGET = re.compile(
    rf"\b(?:I|we)\s+{_HABIT}\s+(?:spend|pay)\s+(?:more\s+than|at\s+most|up\s+to|under|around|about|over|less\s+"
    rf"than|between|no\s+more\s+than)\s+"
    rf"(?P<amount>[^.,;!?]+)|\bmy\s+(?:usual\s+|typical\s+|normal\s+)?(?P<budget>(?:\w+\s+)?budget(?:\s+for\s+"
    rf"\w+)?)\s+is\s+(?P<habit>{_HABIT})?\s*"
    rf"(?:around|about|under|at\s+most|up\s+to)?\s*(?P<sum>(?:{_AMOUNT})(?:\s?(?:€|euros?|pounds?|dollars?))?)",
    re.IGNORECASE,
)  # fmt: skip


def find_preferences(message: str, session_id: str, turn: int, at: float) -> list[Preference]:
    """What a message tells of the shopper that lasts, in the order of the message, each once.

    Args:
        turn, at: where and when it was said, kept as provenance; `at` in seconds since 1970.
    """
    found: dict[Stated, Preference] = {}
    someone = ""
    for sentence in statements(message):
        if match := _THEIRS.search(sentence):
            someone = match["who"].lower()
        elif not _PRONOUN.match(sentence):
            someone = ""
        for stated in _stated(sentence, someone):
            kind, value = stated
            lasts = _lasts(kind, value)
            expires = None if lasts is None else at + lasts
            quote = sentence[:_LONGEST_QUOTE]
            found.setdefault(stated, Preference(kind, value, quote, session_id, turn, at, expires))
    return list(found.values())


def _stated(sentence: str, someone: str) -> Iterator[Stated]:
    """What one sentence states; `someone` of the shopper's is spoken of."""
    yield from _people(sentence)
    if someone:
        yield from (("size", f"{someone}: {size}") for size in sizes_of_others(sentence))
        yield from (("allergy", f"{someone}: {what.lower()}") for what in allergies(sentence))
    elif _OTHERS.search(sentence):
        return
    if _SPEAKS.search(sentence):
        yield from (("size", size) for size in own_sizes(sentence))
        yield from () if someone else (("allergy", what.lower()) for what in allergies(sentence))
        yield from (("diet", diet) for diet in diets(sentence))
    yield from tastes(sentence)
    yield from (("place", place) for place in _places(sentence))
    yield from (("budget", budget) for budget in _budgets(sentence))


def _people(sentence: str) -> Iterator[Stated]:
    for pattern in _AGES:
        if match := pattern.search(sentence):
            who = re.sub(r"^an?\s+", "", match["who"].lower())
            age = _NUMBERS.get(match["age"].lower(), match["age"])
            unit = re.sub(r"\W", "", match["unit"] or "").rstrip("s").replace("year", "")
            yield "person", " ".join(part for part in (who, age, unit) if part)
            break
    if match := _PETS.search(sentence):
        yield "person", re.sub(r"^an?\s+", "", match["pets"].lower())


def _places(sentence: str) -> Iterator[str]:
    if match := _PLACE.search(sentence):
        if match["lacks"]:
            yield f"no {match['lacks'].lower()}"
            return
        place = _PLACE_ENDS.split(match["place"] or match["has"], maxsplit=1)[0].strip()
        if place and not _NO_PLACE.match(place):
            yield place


def _budgets(sentence: str) -> Iterator[str]:
    if match := _BUDGET.search(sentence):
        if match["amount"] and re.search(r"\d", match["amount"]):
            yield match["amount"].strip()
        elif match["sum"] and (
            match["habit"] or re.search(r"\bmy\s+(?:usual|typical|normal)\b", sentence, re.IGNORECASE)
        ):
            yield f"{match['budget'].lower()} {match['sum']}"


def _lasts(kind: PreferenceKind, value: str) -> float | None:
    """Seconds that a preference is kept: children grow."""
    if kind == "size" and re.match(rf"(?:{_CHILD}):", value):
        return CHILD_SIZE_LASTS
    if kind == "person" and re.search(r"\b(?:month|week)$", value):
        return BABY_LASTS
    return LASTS[kind]
