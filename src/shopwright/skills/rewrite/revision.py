"""What a follow-up does to a wish: it adds to it, takes the place of words that it contradicts, or changes the thing.

Two values of one attribute, two prices, two measures of one dimension, two sizes, two orders and two persons do not
stand side by side: the later one displaces the earlier one, unless one of them is refused
("without nickel", "no lead").
Simplification: values are those that the shop's vocabulary has; where it knows none, words are only added.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from shopwright.catalog.units import dimension
from shopwright.skills.rewrite.amounts import digits_for_words, find_measures, find_prices
from shopwright.skills.rewrite.english import COMPARATIVES, OCCASION, RECIPIENT, SUPERLATIVES
from shopwright.skills.rewrite.fragments import PHRASE, Fragment, fragment
from shopwright.skills.rewrite.goal import CHEAP
from shopwright.skills.rewrite.lexicon import Lexicon, tokenize

ENDS = re.compile(
    rf"\b(?:{'|'.join(re.escape(words) for words in sorted((*SUPERLATIVES, *COMPARATIVES), key=len, reverse=True))})\b",
    re.IGNORECASE,
)
INDIFFERENT = re.compile(
    r"\b(?:any|whatever|whichever)\s+(\w+)(?:\s+(?:is fine|will do|works|goes))?\W*$|"
    r"\b(?:the )?(\w+) (?:doesn['’]?t|does not) matter\b|\bforget (?:about )?(?:the )?(\w+)\b",
    re.IGNORECASE,
)
_SIDES = ("wide", "deep", "tall", "high", "long", "thick")
_SIZE = re.compile(r"\bsizes?\s+\S+", re.IGNORECASE)
_NEGATION = re.compile(r"\b(?:not?|without|w/o|except|nothing|free)\b", re.IGNORECASE)
_EMPTY = re.compile(r"^(?:\W|\b(?:an?|the|and|or|" + PHRASE.pattern + r")\b)*$", re.IGNORECASE)


Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for: words before the thing, the thing, phrases behind it."""

    before: tuple[str, ...]
    thing: str
    behind: tuple[str, ...]
    own: bool = False
    """Whether it is one message as it was said."""

    @property
    def text(self) -> str:
        """The wish as a query."""
        return " ".join(part for part in (*self.before, self.thing, *self.behind) if part)


# ── what becomes of a wish ──


def refined(wish: Wish, message: str, lexicon: Lexicon) -> Wish:
    """The wish with what a follow-up adds, and without what that displaces."""
    if (match := INDIFFERENT.search(message)) and is_property(name := named_by(match), lexicon):
        return replace(_without(wish, lambda text: _of_attribute(text, name, lexicon)), own=False)
    said = fragment(message)
    if not said.before and not said.behind:
        return replace(wish, own=False)
    wish = _without(wish, lambda text: _displaced(text, said.text, lexicon))
    known = wish.text.lower()
    before = tuple(part for part in said.before if part.lower() not in known)
    behind = [part for part in said.behind if part.lower() not in known]
    return Wish((*before, *wish.before), wish.thing, (*wish.behind, *behind))


def named_by(match: re.Match[str]) -> str:
    """The property that does not matter."""
    return next((group.lower() for group in match.groups() if group), "")


def is_property(name: str, lexicon: Lexicon) -> bool:
    """Whether a word names something that things differ in: price, brand, or an attribute of this shop."""
    return name in ("price", "budget", "brand") or bool(lexicon.attributes_of(name))


def turned(wish: Wish, thing: str, said: Fragment, lexicon: Lexicon) -> Wish:
    """The wish for another thing, with those conditions that make sense for it."""
    words = tokenize(thing)
    levels = lexicon.categories([word.folded for word in words])
    behind = [part for part in said.behind if part not in thing]
    kept = _without(wish, lambda text: _displaced(text, " ".join((thing, *behind)), lexicon))
    return Wish(
        tuple(part for part in kept.before if _fits(part, levels, lexicon)),
        thing,
        (*(part for part in kept.behind if _fits(part, levels, lexicon)), *behind),
    )


def _fits(part: str, levels: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether a condition may be asked of things of these categories: price, person and purpose of all of them."""
    if (
        find_prices(part, [])
        or RECIPIENT.search(part)
        or OCCASION.search(part)
        or ENDS.search(part)
        or CHEAP.search(part)
    ):
        return True
    if measures := find_measures(part):
        kind = dimension(measures[0].unit)
        return bool(kind and levels) and any(
            lexicon.frequency(p, levels) for p in lexicon.measured_in(kind or "", levels)
        )
    profiles = [lexicon.vocabulary.attributes[name] for name, _, _ in _values(part, lexicon)]
    if profiles:
        return bool(levels) and any(lexicon.frequency(profile, levels) for profile in profiles)
    return part.lower().startswith("for ") or bool(lexicon.brands(tokenize(part))) or bool(_NEGATION.match(part))


# ── what displaces what ──


def _without(wish: Wish, displaced: Callable[[str], Iterable[Span]]) -> Wish:
    """The wish without the displaced words; a phrase of which only "in" is left goes too, the thing itself stays."""

    def rest(text: str) -> str:
        for start, end in sorted(displaced(text), reverse=True):
            text = f"{text[:start]} {text[end:]}"
        return "" if _EMPTY.match(text) else " ".join(text.split())

    before, behind = (tuple(filter(None, map(rest, parts))) for parts in (wish.before, wish.behind))
    return Wish(before, rest(wish.thing) or wish.thing, behind)


def _displaced(text: str, said: str, lexicon: Lexicon) -> list[Span]:
    """The places in a text of the wish that something said later takes the place of."""
    spans: list[Span] = []
    now, before = digits_for_words(said).lower(), digits_for_words(text).lower()
    measures = find_measures(before)
    if find_prices(now, [(m.start, m.end) for m in find_measures(now)]):
        spans += [(price.start, price.end) for price in find_prices(before, [(m.start, m.end) for m in measures])]
    said_measures = {(dimension(m.unit), _side(now, m.end)) for m in find_measures(now)}
    for found in measures:
        side = _side(before, found.end)
        if (dimension(found.unit), side) in said_measures:
            spans.append((found.start, before.index(side, found.end) + len(side)))
    for pattern in (_SIZE, RECIPIENT):
        if pattern.search(said):
            spans += [match.span() for match in pattern.finditer(text)]
    if ENDS.search(said) or CHEAP.search(said):
        spans += [match.span() for pattern in (ENDS, CHEAP) for match in pattern.finditer(text)]
    spans += _other_values(text, said, lexicon)
    return _apart(spans)


def _other_values(text: str, said: str, lexicon: Lexicon) -> Iterable[Span]:
    """Values of an attribute of which something said later names another, or refuses this one."""
    wanted: dict[str, set[str]] = {}
    refused: dict[str, set[str]] = {}
    for name, value, span in _values(said, lexicon):
        (refused if _NEGATION.search(said[: span[0]]) else wanted).setdefault(name, set()).add(value)
    for name, value, span in _values(text, lexicon):
        if _NEGATION.search(text[: span[0]]):
            gone = value in wanted.get(name, ())
        else:
            gone = value in refused.get(name, ()) or (name in wanted and value not in wanted[name])
        if gone:
            yield span


def _values(text: str, lexicon: Lexicon) -> list[tuple[str, str, Span]]:
    """Attribute, value and place of every value in a text, in all its readings; words that name goods are none."""
    words = tokenize(text)
    return [
        (match.field.removeprefix("attr:"), match.value, (words[match.first].start, words[match.last - 1].end))
        for readings in lexicon.values(words)
        for match in readings
        if not lexicon.names_goods(words[match.last - 1].folded) and match.value not in _SIDES
    ]


def _of_attribute(text: str, name: str, lexicon: Lexicon) -> list[Span]:
    """Where a text states a price, or a value of the attribute of this name."""
    if name in ("price", "budget"):
        places = [(price.start, price.end) for price in find_prices(digits_for_words(text), [])]
        return _apart([*places, *(match.span() for match in CHEAP.finditer(text))])
    if name == "brand":
        words = tokenize(text)
        return [(words[match.first].start, words[match.last - 1].end) for match in lexicon.brands(words)]
    names = {profile.name for profile in lexicon.attributes_of(name)}
    return _apart([span for attribute, _, span in _values(text, lexicon) if attribute in names])


def _side(text: str, end: int) -> str:
    """Which side a measure is of, when the next word says it: "80 cm wide"."""
    match = re.match(rf"\s*({'|'.join(_SIDES)})\b", text[end:].lower())
    return match[1] if match else ""


def _apart(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that overlap put together."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
