"""Conditions in a message, read against the merchant's own vocabulary.

Prices, measures, ages, brands, attribute values, yes/no facts, stock and sale, and what is not wanted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace

from shopwright.catalog.units import base, dimension
from shopwright.catalog.vocabulary import AttributeProfile, fold
from shopwright.skills.rewrite.amounts import Measure, find_measures, find_prices
from shopwright.skills.rewrite.english import FILLER, NUMBER_WORDS
from shopwright.skills.rewrite.goal import content, kind_of
from shopwright.skills.rewrite.lexicon import Lexicon, Match, Word, tokenize
from shopwright.types import Constraint, Filter, Quantity

_NEGATOR = re.compile(
    r"\b(?:without|no|not|non|except|excluding|other than|anything but|avoid|free (?:of|from)|hates?|nothing|never|"
    r"(?:have|has|got) enough|(?:allergic|allergy|intolerant) to|"
    r"(?:don['’]?t|doesn['’]?t|isn['’]?t|aren['’]?t|can['’]?t|cannot|"
    r"do not|does not)(?: (?:want|like|use|have|contain|need|eat|wear|take|tolerate|made))?)"
    r"(?:[\s-]+(?:a|an|any|the|from|made of|in|by|too|with|of|use|natural|contain(?:ing)?))*[\s-]*$",
    re.IGNORECASE,
)
_OR_LIST = re.compile(r"\s*(?:,|\bor\b|\band\b|\bnor\b)\s*$", re.IGNORECASE)
_NEGATED = re.compile(
    r"\b(?:without|no|not|except|excluding|avoid|(?:have|has|got) enough|anything but|free (?:of|from)|"
    r"(?:allergic|allergy|intolerant) to|"
    r"(?:don['’]?t|do not|can['’]?t|cannot) (?:want|like|eat|wear|use|have))\s+"
    r"(?:any\s+|a\s+|the\s+|made of\s+|real\s+|from\s+|in\s+|with\s+|by\s+)*"
    r"([a-z]+)(?:\s+(?:or|and|nor)\s+(?!without|no\b|not\b|with\b)([a-z]+))?",
    re.IGNORECASE,
)
_SUBSTANCE = re.compile(r"material|allergen|ingredient|contain|fill|lining|cover")
"""Attributes whose values are stuffs: one that is refused must not stand in any other field either."""
_FREE_OF = re.compile(r"\b([a-z]{3,})[- ]free\b", re.IGNORECASE)
_NOT_THINGS = {
    "more", "less", "too", "bigger", "larger", "smaller", "very", "the", "that", "so", "sure", "really", "just", "only",
    "problem", "idea", "over", "under", "from", "longer", "heavier", "wider", "taller", "for", "of", "to", "this", "it",
    "in", "with", "at", "on", "as", "by", "and", "or", "thing", "matter", "worries", "thanks", "need", "one", "i", "we",
}  # fmt: skip
_IN_STOCK = re.compile(r"\b(?:in stock|available (?:now|today)|ready to ship)\b", re.IGNORECASE)
_ON_SALE = re.compile(r"\b(?:on sale|on offer|discounted|reduced|in the sale)\b", re.IGNORECASE)
_CHILD = re.compile(
    r"\b(?:daughter|son|boy|girl|child|kid|toddler|niece|nephew|grand(?:son|daughter|child)|baby|"
    r"(?:he|she|who)(?:['’]s| is| turns))\b",
    re.IGNORECASE,
)
_AGED = re.compile(
    r"\b(?:turn(?:s|ing|ed)?|is|['’]s|aged?)\s+(\d{1,2})\b(?!\s*(?:cm|kg|g|l|%|€|euro|in\b|x\b|[.,]\d))", re.IGNORECASE
)
_COUNTED = re.compile(r"\b(\d{1,2})\s+([a-z]{3,})\b", re.IGNORECASE)
_SCALE = 1_100.0
"""How many times larger or smaller a unit may be than the one that an attribute is stated in."""
_FOR_SO_MANY = re.compile(
    r"\bfor (one|two|three|four|five|six|\d)\b"
    r"(?=\s*(?:$|people|persons?|players?|[,.?!]|under|below|with|without|that|which|in\b|and|up to|max|from))",
    re.IGNORECASE,
)
_YOUNGER = 4.0
"""How many years under a child's age a recommendation may begin."""

Span = tuple[int, int]


@dataclass(slots=True)
class Conditions:
    """What was found: the constraints, unwanted words, and the character spans they stand on."""

    constraints: list[Constraint] = field(default_factory=list)
    negations: list[str] = field(default_factory=list)
    taken: list[Span] = field(default_factory=list)

    def add(self, wanted: Filter, span: Span, confidence: float) -> None:
        """Keep a condition; a second value of the same field means either of them."""
        self.taken.append(span)
        for i, known in enumerate(self.constraints):
            same = (known.filter.field, known.filter.op) == (wanted.field, wanted.op)
            if same and wanted.op == "range":
                return
            if same:
                values = tuple(dict.fromkeys((*known.filter.values, *wanted.values)))
                self.constraints[i] = replace(known, filter=replace(wanted, values=values))
                return
        self.constraints.append(Constraint(wanted, span, confidence))


def find_conditions(
    text: str, lexicon: Lexicon, names: Set[str] = frozenset(), around: Sequence[str] = ()
) -> Conditions:
    """Every condition in a message.

    Args:
        text: number words before countable nouns are digits already (`digits_for_words`).
        names: folded words of products that the message names, which are no conditions.
        around: the categories talked about so far, for a message that names none.
    """
    found = Conditions()
    measures = find_measures(text)
    for price in find_prices(text, [(measure.start, measure.end) for measure in measures]):
        wanted = Filter("price", "range", low=price.low, high=price.high, unit=price.currency)
        found.add(wanted, (price.start, price.end), 0.95)
    spans = [*found.taken, *((measure.start, measure.end) for measure in measures)]
    kind, levels = kind_of(text, content(text, spans), lexicon)
    levels = levels or tuple(around)
    _people(found, text, levels, lexicon)
    for measure in measures:
        _measure(found, text, measure, levels, lexicon)
    _age(found, text, lexicon)
    _counted(found, text, lexicon)
    _words(found, text, names, [word.folded for word in kind], levels, lexicon)
    _unwanted(found, text, lexicon)
    for pattern, name, value in ((_IN_STOCK, "availability", "in_stock"), (_ON_SALE, "on_sale", "true")):
        if match := pattern.search(text):
            found.taken.append(match.span())
            if name == "on_sale" or not text.rstrip().endswith("?"):
                found.add(Filter(name, values=(value,)), match.span(), 0.9)
    return found


# ── measures ──


def _measure(found: Conditions, text: str, measure: Measure, levels: Sequence[str], lexicon: Lexicon) -> None:
    if _inside(measure.end - 1, found.taken):
        return
    unit = "°C" if measure.unit == "°" else measure.unit
    if (kind := dimension(unit)) is None:
        return
    candidates = lexicon.measured_in(kind, levels)
    if kind == "time" and re.match(r"[\s-]*old\b", text[measure.end :]):
        if measure.high is not None:
            _add_age(found, measure.high, (measure.start, measure.end), lexicon)
        return
    near = {token.folded for token in tokenize(text[max(0, measure.start - 30) : measure.end + 30])}
    named = [profile for profile in candidates if _is_named(profile, near)]
    usable = named or [profile for profile in candidates if levels and lexicon.frequency(profile, levels)]
    usable = usable or (candidates if len(candidates) == 1 else [])
    usable = [profile for profile in usable if _plausible(profile, measure, unit)] or usable
    usable = [profile for profile in usable if _same_scale(profile, unit)] or usable
    if usable:
        wanted = Filter(f"attr:{usable[0].name}", "range", low=measure.low, high=measure.high, unit=unit)
        found.add(wanted, (measure.start, measure.end), 0.9 if named or len(usable) == 1 else 0.7)


def _people(found: Conditions, text: str, levels: Sequence[str], lexicon: Lexicon) -> None:
    """ "a tent for two", where the goods are stated to be for a number of people."""
    match = _FOR_SO_MANY.search(text)
    sizes = [
        profile for profile in lexicon.measured_in("people", levels) if levels and lexicon.frequency(profile, levels)
    ]
    players = [lexicon.vocabulary.attributes.get(f"players_{end}") for end in ("min", "max")]
    if match and all(p and levels and lexicon.frequency(p, levels) for p in players):
        number = float(NUMBER_WORDS.get(match[1].lower()) or match[1])
        found.add(Filter("attr:players_min", "range", high=number), match.span(), 0.8)
        found.add(Filter("attr:players_max", "range", low=number), match.span(), 0.8)
    elif match and sizes:
        number = float(NUMBER_WORDS.get(match[1].lower()) or match[1])
        wanted = Filter(f"attr:{sizes[0].name}", "range", low=number, high=number, unit="persons")
        found.add(wanted, match.span(), 0.8)


def _plausible(profile: AttributeProfile, measure: Measure, unit: str) -> bool:
    """Whether the value lies among those that the catalogue states, give or take a factor of two."""
    value = base(Quantity(measure.high if measure.high is not None else measure.low or 0.0, unit)).value
    return profile.low is not None and profile.high is not None and profile.low / 2 <= value <= profile.high * 2


def _same_scale(profile: AttributeProfile, unit: str) -> bool:
    """Whether the attribute is stated in units of a like size: an hour is no measure of ages in years."""
    if profile.unit is None or dimension(profile.unit) != dimension(unit):
        return True
    ratio = base(Quantity(1.0, unit)).value / base(Quantity(1.0, profile.unit)).value
    return 1 / _SCALE <= ratio <= _SCALE


def _is_named(profile: AttributeProfile, near: Set[str]) -> bool:
    """Whether a word nearby is, or begins (temp, batt), a word of the attribute's name."""
    parts = [fold(word) for word in profile.label.split() if not FILLER.fullmatch(word)]
    return any(part == word or (len(word) >= 4 and part.startswith(word)) for part in parts for word in near)


def _age(found: Conditions, text: str, lexicon: Lexicon) -> None:
    if _CHILD.search(text) and (match := _AGED.search(text)):
        _add_age(found, float(match[1]), match.span(), lexicon)


def _add_age(found: Conditions, years: float, span: Span, lexicon: Lexicon) -> None:
    """ "for a 6 year old": made for that age or a few years less."""
    ages = [profile for profile in lexicon.measured_in("time") if "age" in profile.name.split("_")]
    if ages:
        low = max(0.0, years - _YOUNGER)
        found.add(Filter(f"attr:{ages[0].name}", "range", low=low, high=years, unit="years"), span, 0.8)


def _counted(found: Conditions, text: str, lexicon: Lexicon) -> None:
    """ "for 2 players" where the shop states players_min and players_max."""
    names = lexicon.vocabulary.attributes
    for match in _COUNTED.finditer(text):
        noun = match[2].lower()
        for stem in (noun, f"{noun}s"):
            if f"{stem}_min" in names and f"{stem}_max" in names:
                found.add(Filter(f"attr:{stem}_min", "range", high=float(match[1])), match.span(), 0.8)
                found.add(Filter(f"attr:{stem}_max", "range", low=float(match[1])), match.span(), 0.8)
                break


# ── words ──


def _words(
    found: Conditions, text: str, names: Set[str], kind: Sequence[str], levels: Sequence[str], lexicon: Lexicon
) -> None:
    tokens = [w for w in tokenize(text) if not _inside(w.start, found.taken) and w.folded not in names]
    used: set[int] = set()
    for matches in (lexicon.brands(tokens), lexicon.flags(tokens)):
        for match in matches:
            if (
                match.value == "true"
                and match.last - match.first == 1
                and lexicon.names_goods(tokens[match.first].folded)
            ):
                continue  # "speakers" are goods here, not a monitor that has some
            if used.isdisjoint(range(match.first, match.last)):
                used.update(range(match.first, match.last))
                _add_word(found, text, tokens, match, 0.9 if match.field == "brand" else 0.8, lexicon)
    for readings in lexicon.values(tokens):
        span = range(readings[0].first, readings[0].last)
        if used.isdisjoint(span) and (chosen := _choose(tokens, readings, kind, levels, lexicon)):
            used.update(span)
            _add_word(found, text, tokens, chosen, 0.85 if _profile(chosen, lexicon).option else 0.6, lexicon)


def _add_word(
    found: Conditions, text: str, tokens: Sequence[Word], match: Match, sure: float, lexicon: Lexicon
) -> None:
    span = (tokens[match.first].start, tokens[match.last - 1].end)
    negated = _is_negated(text, span, found)
    if match.value == "true":
        found.add(Filter(match.field, "not" if negated else "is", ("true",)), span, sure)
    elif match.field == "brand":
        found.add(Filter("brand", "not" if negated else "is", (match.value,)), span, sure)
    elif negated:
        if _SUBSTANCE.search(match.field):
            _refuse(found, match.value, span, lexicon)
        found.add(Filter(match.field, "not", _widened(match, lexicon)), span, sure)
    else:
        found.add(Filter(match.field, values=_widened(match, lexicon)), span, sure)


def _is_negated(text: str, span: Span, found: Conditions) -> bool:
    before = text[: span[0]]
    if _NEGATOR.search(before) or re.match(r"[\s-]*free\b", text[span[1] :]):
        return True
    joined = _OR_LIST.search(before)
    return bool(joined) and any(
        c.filter.op == "not" and c.span[1] >= joined.start() - 1 for c in found.constraints if joined
    )


def _refuse(found: Conditions, word: str, span: Span, lexicon: Lexicon) -> None:
    """Something not wanted: by the shop's "free of it" attribute where there is one, and by word."""
    free = [p for p in lexicon.attributes_of(f"{fold(word)} free") if p.kind == "bool"]
    if free:
        found.add(Filter(f"attr:{free[0].name}", values=("true",)), span, 0.8)
    if word not in found.negations:
        found.negations.append(word)


def _unwanted(found: Conditions, text: str, lexicon: Lexicon) -> None:
    for match in _FREE_OF.finditer(text):
        if not _inside(match.start(), found.taken):
            _refuse(found, match[1].lower(), match.span(), lexicon)
            found.taken.append(match.span())
    for match in _NEGATED.finditer(text):
        for group in (1, 2):
            word = (match[group] or "").lower()
            if word and word not in _NOT_THINGS and not _inside(match.start(group), found.taken):
                _refuse(found, word, match.span(group), lexicon)
                found.taken.append((match.start(), match.end(group)))


def _choose(
    tokens: Sequence[Word], readings: Sequence[Match], kind: Sequence[str], levels: Sequence[str], lexicon: Lexicon
) -> Match | None:
    """The attribute that a value is meant of: one named just before it, else an option, else one of the category."""
    first, last = readings[0].first, readings[0].last
    said = {token.folded for token in tokens[first:last]}
    if levels and kind and kind[-1] in said and lexicon.categories(kind):
        return None
    bare = all(len(word) <= 2 or word.isdigit() or word in NUMBER_WORDS for word in said)
    names_goods = len(said) == 1 and bool(lexicon.categories(list(said)))
    nearby = {token.folded for token in tokens[max(0, first - 2) : first]}
    best: tuple[int, Match] | None = None
    for match in readings:
        profile = _profile(match, lexicon)
        labelled = bool({fold(word) for word in profile.label.split()} & nearby)
        in_place = lexicon.frequency(profile, levels) if levels else match.count
        if (bare or names_goods) and not labelled:
            continue
        if labelled or (in_place if levels else profile.option):
            rank = labelled * 10_000 + profile.option * 1_000 + in_place
            if best is None or rank > best[0]:
                best = (rank, match)
    return best[1] if best else None


def _widened(match: Match, lexicon: Lexicon) -> tuple[str, ...]:
    """ "blue" also means "midnight blue": every value of the attribute that holds the words said."""
    pattern = re.compile(rf"(?:^|[\s/-]){re.escape(match.value)}(?:$|[\s/-])")
    values = _profile(match, lexicon).values
    return tuple(dict.fromkeys((match.value, *(value for value in values if pattern.search(value)))))


def _profile(match: Match, lexicon: Lexicon) -> AttributeProfile:
    return lexicon.vocabulary.attributes[match.field.removeprefix("attr:")]


def _inside(position: int, spans: Sequence[Span]) -> bool:
    return any(start <= position < end for start, end in spans)
