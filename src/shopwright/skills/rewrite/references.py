"""Which products a message points at: by place ("the first two"), by comparison ("the cheaper one"), by a word that
fits only one ("the blue one"), by pronoun ("it"), or by name ("the Lark 2").

Simplification: places and comparisons count over the products last shown; nothing earlier is pointed at by place.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence, Set

from shopwright.catalog.offers import attribute_text
from shopwright.catalog.units import base
from shopwright.catalog.vocabulary import fold
from shopwright.skills.rewrite.asks import attribute_names
from shopwright.skills.rewrite.english import COMPARATIVES, FILLER, NUMBER_WORDS, ORDINALS, QUESTION
from shopwright.skills.rewrite.goal import content, kind_of
from shopwright.skills.rewrite.lexicon import Lexicon, tokenize
from shopwright.types import Context, Filter, Product, Quantity

_ORDINAL = "|".join(sorted(ORDINALS, key=len, reverse=True))
_NUMBER = "|".join(NUMBER_WORDS)
_PLACES = re.compile(
    rf"\b(?P<group>first|top|last)\s+(?P<many>{_NUMBER}|\d)\b"
    rf"|\b(?:number|no\.?|option|#)\s*(?P<number>\d)\b"
    rf"|\b(?:the\s+)?(?P<ordinal>{_ORDINAL})(?:\s+(?:one|option|product|item))?(?=\s*(?:[,.?!]|$|and\b|or\b|is\b|one\b|with\b|to\b|vs\b|in\b|have\b|has\b))"
    rf"|\b(?:the\s+)?(?P<end>last|latter|former)(?:\s+(?:one|option|of (?:them|these|those)))?\b",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\b(?:both|all(?: of (?:them|these|those))?|these|those|them|they|their|the (?:two|three))\b", re.IGNORECASE
)
_AMONG = re.compile(r"\b(?:of (?:them|these|those|the two|the three)|one\b|out of)", re.IGNORECASE)
_IT = re.compile(r"\b(?:it|its|it's|that one|this one|that|this)\b", re.IGNORECASE)
_THE_X_ONE = re.compile(
    r"\bthe\s+(?P<before>[\w -]{2,40}?)\s+(?:one|version|model)s?\b"
    r"|\bthe (?:one|version|model)s?\s+(?:with|in|from|by|that has|made of|for)\s+"
    r"(?:the\s+|an?\s+)?(?P<after>[\w -]{2,40})",
    re.IGNORECASE,
)
_NAME = 5
"""Letters from which a rare first word of a title is taken for a name without a capital."""
_BESIDE = re.compile(r"\b(?:for|with|to|on) (?:it|that|this|them)\b", re.IGNORECASE)
_REFUSED = re.compile(r"\b(?:not|no|without|except|but not|anything but)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_JOINT = re.compile(r"\b(?:compare|comparison|versus|vs\.?|difference)\b", re.IGNORECASE)
_OTHER = re.compile(
    r"\b(?:something|anything|alternatives?|is there|are there|do you have|have you|got|please|options?|instead|too)\b|"
    r"^\W*(?:\w+\W*){1,3}$",
    re.IGNORECASE,
)
_MORE = re.compile(r"\b(?:add|include|put)\b|\b(?:and|also|plus) the\b", re.IGNORECASE)


def resolve(text: str, context: Context, lexicon: Lexicon) -> tuple[str, ...]:
    """The ids of the products that the message points at, best match first; () when it points at none."""
    named = by_name(text, (*context.shown, *context.focus, *context.candidates), lexicon)
    if _MORE.search(text) and len(context.focus) > 1 and (more := named or _by_property(text, context)):
        return tuple(dict.fromkeys((*(product.id for product in context.focus), *more)))
    if _JOINT.search(text):
        several = (*named, *_by_place(text, context), *_pronoun(text, context), *_by_property(text, context))
        if len(set(several)) > 1:
            return tuple(dict.fromkeys(several))
    if len(named) > 1 or (named and not context.shown):
        return named
    for finder in (_by_place, _by_comparison, _by_property):
        if found := finder(text, context):
            return tuple(dict.fromkeys((*named, *found))) if named and finder is _by_place else named or found
    if named:
        return named
    if _ALL.search(text) and context.shown:
        return tuple(product.id for product in context.shown[:4])
    if _BESIDE.search(text) and _other_goods(text, lexicon):
        return ()
    if not QUESTION.search(text) and kind_of(text, content(text, ()), lexicon)[1]:
        return ()  # "paper for it": new goods, for the old ones
    return _pronoun(text, context)


def _other_goods(text: str, lexicon: Lexicon) -> bool:
    """Whether a message names goods by a word that stands in titles or categories."""
    kind, levels = kind_of(text, content(text, ()), lexicon)
    return bool(levels) or (bool(kind) and lexicon.title_counts[kind[-1].folded] > 0)


def _by_place(text: str, context: Context) -> tuple[str, ...]:
    shown = context.shown
    picked: list[int] = []
    for match in _PLACES.finditer(text):
        if match["group"]:
            word = match["many"].lower()
            count = NUMBER_WORDS.get(word) or int(word) if not word.isdigit() else int(word)
            picked += range(count) if match["group"].lower() != "last" else range(len(shown) - count, len(shown))
        elif match["number"]:
            picked.append(int(match["number"]) - 1)
        elif match["ordinal"]:
            picked.append(ORDINALS[match["ordinal"].lower()])
        else:
            picked.append(0 if match["end"].lower() == "former" else len(shown) - 1)
    return tuple(dict.fromkeys(shown[i].id for i in picked if 0 <= i < len(shown)))


def _by_comparison(text: str, context: Context) -> tuple[str, ...]:
    if not _AMONG.search(text):
        return ()
    lower = text.lower()
    for phrase, (what, end) in COMPARATIVES.items():
        if re.search(rf"\b{re.escape(phrase)}\b", lower):
            return extreme(what, end, context)
    return ()


def extreme(what: str, end: str, context: Context) -> tuple[str, ...]:
    """The product at one end ("min", "max") of a measure, among those talked about or else shown."""
    among = context.focus if len(context.focus) > 1 else context.shown
    measured = [(value, product.id) for product in among if (value := measure(product, what)) is not None]
    return ((min(measured) if end == "min" else max(measured))[1],) if measured else ()


def relative(text: str, context: Context) -> Filter | None:
    """ "Something lighter": the condition that a comparison with the product talked about (or shown first) makes."""
    products = context.focus or context.shown
    if not products or not _OTHER.search(text):
        return None
    lower = text.lower()
    for phrase, (what, end) in COMPARATIVES.items():
        if re.search(rf"\b{re.escape(phrase)}\b", lower) and (value := measure(products[0], what)) is not None:
            if what == "price" and isinstance(value, float):
                return _beyond("price", value, 0.01, end, None)
            names = attribute_names(what, products[0].attributes)
            held = products[0].attributes[names[0]] if names else None
            if isinstance(held, Quantity):
                return _beyond(f"attr:{names[0]}", held.value, held.value * 0.001, end, held.unit)
    return None


def _beyond(name: str, value: float, step: float, end: str, unit: str | None) -> Filter:
    """Less than the value for the end "min", more for "max"."""
    if end == "min":
        return Filter(name, "range", high=value - step, unit=unit)
    return Filter(name, "range", low=value + step, unit=unit)


def points_among(text: str) -> bool:
    """Whether a superlative is meant among the products on the page: "which one", "of these"."""
    return bool(_AMONG.search(text))


def _by_property(text: str, context: Context) -> tuple[str, ...]:
    if not (match := _THE_X_ONE.search(text)):
        return ()
    wanted = {token.folded for token in tokenize(match["before"] or match["after"])}
    focus = {product.id for product in context.focus}
    scores = [
        (len(wanted & _describing(product)), product.id not in focus, -i) for i, product in enumerate(context.shown)
    ]
    best = max(scores, default=(0, False, 0))
    return (context.shown[-best[2]].id,) if best[0] else ()


def _pronoun(text: str, context: Context) -> tuple[str, ...]:
    focus = context.focus or context.shown[:1]
    if _IT.search(text) and focus:
        return (focus[0].id,)
    return ()


def by_name(text: str, products: Sequence[Product], lexicon: Lexicon) -> tuple[str, ...]:
    """Products whose name stands in the message, in the order of mention.

    A name counts when enough of its rare words are there; each product must be named by a word of its own.
    """
    words = {
        token.folded: token.start
        for token in reversed(tokenize(text))
        if not FILLER.fullmatch(token.text) and not _REFUSED.search(text[: token.start])
    }
    counts = lexicon.title_counts
    scored: list[tuple[float, set[str], Product]] = []
    for product in {product.id: product for product in products}.values():
        title = [token.folded for token in tokenize(product.title)][:12]
        brand = {token.folded for token in tokenize(product.brand or "")}
        weights = {word: 1 / math.log2(2 + counts.get(word, 0)) for word in title}
        rare = {w for w in title if w in words and counts.get(w, 0) <= 4 and w not in brand and not lexicon.in_level(w)}
        model = {word for word in rare if len(word) >= 4 and re.search(r"\d", word)}
        here = {word for word in title if word in words}
        share = sum(weights[word] for word in here) / (sum(weights.values()) or 1)
        if rare and (
            model
            or share >= 0.8
            or (title[0] in here and (share >= 0.55 or _leads(text, title) or _is_own(title, here, counts)))
        ):
            scored.append((share + len(model), here, product))
    scored.sort(key=lambda row: -row[0])
    accepted: list[tuple[int, str]] = []
    covered: set[str] = set()
    for _, here, product in scored:
        own = here - covered
        if any(counts.get(word, 0) <= 4 and not lexicon.in_level(word) for word in own):
            covered |= here
            accepted.append((min(words[word] for word in own), product.id))
    return tuple(product_id for _, product_id in sorted(accepted))


def _is_own(title: Sequence[str], here: Set[str], counts: Mapping[str, int]) -> bool:
    """Whether the first word of a title is a name of its own, and another word of the title is said with it."""
    return len(title[0]) >= _NAME and counts.get(title[0], 0) <= 2 and len(here) > 1


def _leads(text: str, title: Sequence[str]) -> bool:
    """Whether the first word of a title stands in the text as a name: its second word follows, or it has a capital."""
    tokens = tokenize(text)
    for i, token in enumerate(tokens):
        if token.folded == title[0]:
            follows = i + 1 < len(tokens) and len(title) > 1 and tokens[i + 1].folded == title[1]
            if follows or (i > 0 and text[token.start].isupper()):
                return True
    return False


def measure(product: Product, what: str) -> float | str | None:
    """A product's value for a kind of measure: price, rating, released, or an attribute by part of its name.

    Prices are what the cheapest variant costs now; quantities are in their base unit.
    """
    if what == "price":
        money = product.sale_price or product.price
        return float(money.amount) if money else None
    if what == "rating":
        return product.rating.value if product.rating else None
    if what == "released":
        return product.released
    for name in attribute_names(what.removeprefix("attr:"), product.attributes):
        value = product.attributes[name]
        if isinstance(value, Quantity):
            return base(value).value
        if isinstance(value, float):
            return value
    return None


def _describing(product: Product) -> set[str]:
    texts = [product.title, product.brand or "", *(attribute_text(value) for value in product.attributes.values())]
    texts += [option for variant in product.variants for option in variant.options.values()]
    return {fold(token.text) for text in texts for token in tokenize(text)}
