"""Everything that a message says about what is wanted, each reading at its place and with a confidence.

`conditions` keeps what products can be filtered by, one condition a field. Here a message with several things in it
gives all of its prices and values, and what no field of the shop can hold is kept too: `find_mentions` needs no
vocabulary for prices, measures, refusals, compatibility, recipient, occasion, quantity, order, services and vouchers.

Fields of the filters, besides those of `types.Filter`: see `types.Need.mentions`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shopwright.catalog.units import base, dimension
from shopwright.catalog.vocabulary import AttributeProfile
from shopwright.skills.rewrite.amounts import Measure, find_measures, find_prices
from shopwright.skills.rewrite.english import (
    AUDIENCE,
    COLOURS,
    HIGH_PRICE,
    LOW_PRICE,
    MATERIALS,
    NO_QUALITIES,
    QUALITIES,
    QUALITY_WORDS,
)
from shopwright.skills.rewrite.goal import breaks, named_kind
from shopwright.skills.rewrite.lexicon import Lexicon, tokenize
from shopwright.skills.rewrite.refusals import find_refusals
from shopwright.skills.rewrite.values import LABELLED, ValueMention, Values, key_of
from shopwright.skills.rewrite.vouchers import find_budget, find_services, find_voucher
from shopwright.skills.rewrite.wishes import (
    Said,
    find_fits,
    find_occasion,
    find_quantity,
    find_recipient,
    find_sort,
)
from shopwright.types import Constraint, Filter, Quantity, Sort, Voucher

Span = tuple[int, int]

_DIMENSIONS = re.compile(
    r"\b\d{3}/\d{2} ?r\d{2}\b|(?<![\w.])m?\d+(?:[.,]\d+)?\s?(?:cm|mm|m|in|inch(?:es)?|\")?"
    r"(?:\s?(?:x|×|by)\s?\d+(?:[.,]\d+)?){1,2}(?:ish)?"
    r"(?:\s?(?:cm|mm|m|ft|inch(?:es)?|in|\")(?![a-z]))?",
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"\b(?P<scheme>(?:uk|eu|us|size|talla|größe)\s+(?:uk\s+|eu\s+|us\s+)?)(?P<size>\d{1,3}(?:[.,]5)?|xx?s|xx?l|s|m|l)\b|"
    r"\b(?P<word>(?:king|queen|double|single|twin|cabin)[- ]size(?:d)?|extra (?:small|large)|medium|xx?[sl])\b"
    r"|(?<=, )(?P<letter>[sml])(?=,|$)|\b(?P<waist>\d{2}/\d{2}|w\d{2} l\d{2})\b",
    re.IGNORECASE,
)
_PACK = re.compile(r"\b(?:pack|set|box) of (\d{1,3})\b|\b(\d{1,3}|two|three|four|five|six|ten)-pack\b", re.IGNORECASE)
_OLD = re.compile(
    r"\b(?:aged?|ages)\s+(\d{1,2})(?:\s?(?:-|to)\s?(\d{1,2}))?\b|\b(\d{1,2})[- ]years?[- ]old\b|\b(\d{1,2})\+(?=$|\s)|"
    r"\b(?:he|she|who)(?:['’]?s| is)(?: turning)? (\d{1,2})\b(?! (?:cm|kg))",
    re.IGNORECASE,
)
_COUNT = re.compile(r"(?<![\w.,/-])(\d{1,4})[- ]([a-z]{3,})\b(?!\s*(?:x|×))", re.IGNORECASE)
_ENDS = (
    r"(?!(?:for|and|or|with|under|in|on|included|to|please|pls|that|which|but|from|if|you|over|below|around|about|at|"
    r"without|of|max|approx|roughly|is|not?|who|by|as)\b)"
)
_WITH = re.compile(
    r"\b(?:with|w/|has|have)\s+(?!(?:the|to|best|good|no|more|less|it|out|you|my)\b)(?:an?\s+|some\s+)?"
    r"(?:(?P<number>\d{1,3})\s+)?"
    rf"(?P<what>[a-z][\w-]+(?:\s{_ENDS}[a-z][\w-]+)?)\b",
    re.IGNORECASE,
)
_USE = re.compile(
    r"(?<!look)(?<!looking )(?<!search )(?<!searching )\bfor\s+(?:(?:an?|the)\s+)?"
    r"(?P<what>(?!(?:me|my|sale|less|more|under|around|about|up|between|it|that|this|some|something|any|free|your|our)\b)"
    rf"[a-z][\w-]+(?:\s{_ENDS}[a-z][\w-]+)?)",
    re.IGNORECASE,
)
_NO_COUNT = re.compile(
    r"inch|pesos?|bucks|euros?|dollar|pound|quid|grand|pack|pairs?|more|less|each|year|month|week|hour|day|minute|piece|"
    r"would|max|people|person|with|from|that|this|usd|for|and|below|under|dinner",
    re.IGNORECASE,
)
_BRANDED = re.compile(
    r"\b(?:made by|from the brand|by|from)\s+([a-z][\w&'’-]*)(?:\s+(?:or|and)\s+([a-z][\w&'’-]*))?",
    re.IGNORECASE,
)
_NO_BRAND = re.compile(
    r"(?:\d+\w*|is|the|a|an|my|our|reviews?|ratings?|popularity|rating|price|score|star|customer|popular|relevance|friday|monday|tuesday|wednesday|"
    r"thursday|saturday|sunday|tomorrow|next|hand|post|mail|car|bike|train|new|date|any|name|cash)$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Mentions:
    """What was read: the readings with their places, and those that have a field of their own in a `Need`."""

    found: list[Constraint] = field(default_factory=list)
    fits: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    voucher: Voucher | None = None
    quantity: int | None = None
    budget: float | None = None
    recipient: str | None = None
    occasion: str | None = None
    sort: Sort | None = None
    offers: tuple[Span, ...] = ()
    """Where voucher, budget beside it and services stand: no conditions on products are found there."""
    taken: list[Span] = field(default_factory=list)

    def add(self, wanted: Filter, span: Span, confidence: float, *, take: bool = True) -> None:
        """Keep a reading; what stands on the same characters is not read again unless `take` is false."""
        self.found.append(Constraint(wanted, span, confidence))
        if take:
            self.taken.append(span)

    def free(self, start: int, end: int) -> bool:
        """Whether nothing was read on these characters."""
        return not any(a < end and start < b for a, b in self.taken)

    @property
    def all(self) -> tuple[Constraint, ...]:
        """The readings in the order of the message."""
        return tuple(sorted(self.found, key=lambda one: one.span))


def find_mentions(text: str, lexicon: Lexicon, values: Values) -> Mentions:
    """Every reading of a message.

    Args:
        text: as `amounts.digits_for_words` gives it; offsets are those of the message.
    """
    read = Mentions()
    _offers(read, text)
    measures = find_measures(text)
    _prices(read, text, measures)
    sizes = [match.span() for match in _DIMENSIONS.finditer(text)]
    spans = [*sizes, *((one.start, one.end) for one in measures if dimension(one.unit) != "count")]
    _wishes(read, text, spans)
    refused = [said for said in find_refusals(text) if read.free(said.start, said.end)]
    compared = [measure for measure in measures if measure.low != measure.high]
    _measures(read, text, compared, lexicon)
    _known_values(read, text, values, refused, lexicon)
    _measures(read, text, [measure for measure in measures if measure not in compared], lexicon)
    _properties(read, text)
    _kind(read, text, lexicon)
    return read


def _offers(read: Mentions, text: str) -> None:
    """Voucher, budget and services."""
    if voucher := find_voucher(text):
        read.voucher = voucher.voucher
        for part, span in voucher.parts.items():
            amount = getattr(voucher.voucher, part)
            read.add(Filter(f"voucher:{part}", "range", low=amount, high=amount), span, 0.9)
        if budget := find_budget(text):
            read.budget = budget[0]
            read.add(Filter("budget", "range", high=budget[0]), budget[1], 0.95)
    services = find_services(text)
    read.services = tuple(dict.fromkeys(code for code, _ in services))
    for code, span in services:
        read.add(Filter("service", values=(code,)), span, 0.9)
    read.offers = tuple(read.taken)


def _prices(read: Mentions, text: str, measures: Iterable[Measure]) -> None:
    spans = [*read.taken, *((measure.start, measure.end) for measure in measures)]
    for price in find_prices(text, spans):
        wanted = Filter("price", "range", low=price.low, high=price.high, unit=price.currency)
        read.add(wanted, (price.start, price.end), 0.95)
    for pattern, level in ((LOW_PRICE, "low"), (HIGH_PRICE, "high")):
        match = pattern.search(text)
        if match and read.free(*match.span()) and not re.search(r"\b(?:most|least)\s+$", text[: match.start()]):
            read.add(Filter("price", values=(level,)), match.span(), 0.7)


def _wishes(read: Mentions, text: str, measured: Sequence[Span]) -> None:
    """Order, quantity, recipient, occasion, compatibility.

    Args:
        measured: places of sizes and measures, which are none of these.
    """
    if sort := find_sort(text):
        read.sort = sort[0]
        read.add(Filter("sort", values=(sort[0],)), (sort[1].start, sort[1].end), 0.9)
    occasion, recipient = find_occasion(text), find_recipient(text)
    read.occasion = occasion.value if occasion else None
    read.recipient = recipient.value if recipient else None
    for name, said in (("occasion", occasion), ("recipient", recipient)):
        if said:
            read.add(Filter(name, values=(said.value,)), (said.start, said.end), 0.85)
    quantity = find_quantity(text)
    if quantity and not any(a <= quantity[1].start < b for a, b in (*read.taken, *measured)):
        read.quantity = quantity[0]
        number = float(quantity[0])
        read.add(Filter("quantity", "range", low=number, high=number), (quantity[1].start, quantity[1].end), 0.85)
    fits = find_fits(text, [*read.taken, *measured])
    read.fits = tuple(dict.fromkeys(said.value for said in fits))
    for said in fits:
        read.add(Filter("fits", values=(said.value,)), (said.start, said.end), 0.75)


def _known_values(read: Mentions, text: str, values: Values, refused: Sequence[Said], lexicon: Lexicon) -> None:
    """Brands and values of the shop's vocabulary; what is refused is a value or else its words."""
    found = [value for value in values.find(text, read.taken) if not _names_goods(text, value, values, lexicon)]
    for said in refused:
        named = [value for value in found if (value.start, value.end) == (said.start, said.end)]
        for value in named:
            name = "brand" if value.attribute == "brand" else f"attr:{value.attribute}"
            read.add(Filter(name, "not", (value.value,)), (value.start, value.end), value.confidence)
        if not named:
            read.add(Filter("text", "not", (said.value,)), (said.start, said.end), 0.7)
    for value in found:
        if read.free(value.start, value.end):
            name = "brand" if value.attribute == "brand" else f"attr:{value.attribute}"
            read.add(Filter(name, values=(value.value,)), (value.start, value.end), value.confidence)


def _names_goods(text: str, value: ValueMention, values: Values, lexicon: Lexicon) -> bool:
    """Whether a word is rather the goods themselves, in a shop with a tree of categories.

    It is where goods are filed under the word, or it is the last of the words with which the message begins.
    """
    words = tokenize(value.value)
    if not values.has_tree or len(words) != 1 or value.confidence >= LABELLED or value.value in COLOURS | MATERIALS:
        return False
    if lexicon.names_goods(words[0].folded):
        return True
    before = tokenize(text[: value.start])
    first = not any(lexicon.names_goods(word.folded) for word in before) and not breaks(text[: value.start].lstrip())
    return first and (value.end == len(text.rstrip()) or breaks(text[value.end :].split(maxsplit=1)[0]))


def _measures(read: Mentions, text: str, measures: Iterable[Measure], lexicon: Lexicon) -> None:
    """Quantities with units, of the attribute that is measured so where the shop has just one or one that is named."""
    for measure in measures:
        if not read.free(measure.end - 1, measure.end) or (kind := dimension(measure.unit)) is None:
            continue
        name, confidence = f"measure:{kind}", 0.7
        if profile := _measured(text, measure, lexicon, kind):
            name, confidence = f"attr:{profile.name}", 0.8
        wanted = Filter(name, "range", low=measure.low, high=measure.high, unit=measure.unit)
        read.add(wanted, (measure.start, measure.end), confidence)


def _measured(text: str, measure: Measure, lexicon: Lexicon, kind: str) -> AttributeProfile | None:
    known = [profile for profile in lexicon.measured_in(kind) if _within(profile, measure)]
    near = set(key_of(text[max(0, measure.start - 30) : measure.end + 30]))
    named = [profile for profile in known if near & set(key_of(profile.label))]
    return next(iter(named or known), None)


def _within(profile: AttributeProfile, measure: Measure) -> bool:
    bound = measure.high if measure.high is not None else measure.low
    value = base(Quantity(bound or 0.0, measure.unit)).value
    return profile.low is not None and profile.high is not None and profile.low / 2 <= value <= profile.high * 2


def _kind(read: Mentions, text: str, lexicon: Lexicon) -> None:
    """The words that name the kind of thing, of those that nothing else was read from."""
    if span := named_kind(text, read.taken, lexicon):
        read.add(Filter("kind", values=(text[slice(*span)].lower(),)), span, 0.7)


def _properties(read: Mentions, text: str) -> None:
    """Sizes, ages, packs, counted parts, colours, materials, qualities and makers, as English tells them."""
    for match in _DIMENSIONS.finditer(text):
        _feature(read, match.span(), match[0].lower(), "size", 0.8)
    for match in _SIZE.finditer(text):
        group = next(name for name in ("size", "word", "letter", "waist") if match[name])
        said = match[0] if match["scheme"] and not re.match(r"size|talla|größe", match[0], re.I) else match[group]
        _feature(read, match.span(), said.lower(), "size", 0.8)
    for match in _PACK.finditer(text):
        _counted(read, match.span(), match[1] or match[2], "pack")
    for match in AUDIENCE.finditer(text):
        who = match["who"].lower()
        _feature(read, match.span(), who if who.endswith(("men", "x", "ies", "ren")) else f"{who}s", "audience", 0.7)
    for match in _WITH.finditer(text):
        if match["number"]:
            _counted(read, match.span(), match["number"], match["what"].lower())
        else:
            _feature(read, match.span("what"), match["what"].lower(), "part", 0.5)
    for match in _OLD.finditer(text):
        if read.free(*match.span()):
            low = next(float(group) for group in match.groups() if group)
            high = None if match[4] else float(match[2] or low)
            read.add(Filter("measure:time", "range", low=low, high=high, unit="years"), match.span(), 0.8)
    for match in _COUNT.finditer(text):
        if not _NO_COUNT.match(match[2]):
            _counted(read, match.span(), match[1], match[2].lower())
    for match in QUALITY_WORDS.finditer(text):
        _feature(read, match.span(), match[0].lower(), "quality", 0.6)
    for match in QUALITIES.finditer(text):
        if match[0].lower() not in NO_QUALITIES:
            _feature(read, match.span(), match[0].lower(), "quality", 0.7)
    for word in re.finditer(r"[^\W\d_]+", text):
        said = word[0].lower()
        if said in COLOURS or said in MATERIALS:
            _feature(read, word.span(), said, "colour" if said in COLOURS else "material", 0.7)
    for match in _USE.finditer(text):
        _feature(read, match.span("what"), match["what"].lower(), "use", 0.5)
    for match in _BRANDED.finditer(text):
        for place in (1, 2):
            if match[place] and not _NO_BRAND.match(match[place]) and read.free(*match.span(place)):
                read.add(Filter("brand", values=(match[place].lower(),)), match.span(place), 0.6)


def _feature(read: Mentions, span: Span, value: str, kind: str, confidence: float) -> None:
    if read.free(*span):
        read.add(Filter("feature", values=(value,), unit=kind), span, confidence)


def _counted(read: Mentions, span: Span, number: str, noun: str) -> None:
    if read.free(*span) and number.isdigit():
        read.add(Filter(f"count:{noun}", "range", low=float(number), high=float(number)), span, 0.6)
