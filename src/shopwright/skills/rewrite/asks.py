"""What a message asks about, as short codes that the plan understands.

min:WHAT  max:WHAT         the product at one end: price, rating, released, or attr:NAME
count  count:FIELD         how many products, brands, categories, values of an attribute
list:FIELD                 which brands, categories, values
range:price                from what to what
price  stock  reviews      of the product that is pointed at
options:NAME               which colours or sizes it comes in
attr:STEM                  an attribute of it, by its name or a word of the name (`attribute_names`)
compare                    several side by side
question                   a question that none of the above covers

What is to be done (cart, total, delivery, factors ...) has codes of its own, see `acts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from shopwright.catalog.units import unit_symbol
from shopwright.catalog.vocabulary import fold
from shopwright.skills.rewrite.english import (
    ATTRIBUTE_WORDS,
    COMPARATIVES,
    CONTACT,
    INTERROGATIVE,
    ORDER,
    QUESTION,
    SUPERLATIVES,
)
from shopwright.skills.rewrite.lexicon import Lexicon, tokenize

_COMPARE = re.compile(
    r"\b(?:compare|comparison|^(?:and\s+)?(?:also\s+)?(?:add|include)|versus|vs\.?|differen(?:ce|t|ces) between|"
    r"side by side|"
    r"how do(?:es)? (?:they|these|it) (?:differ|compare)|which (?:one )?is better)\b",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"\bhow many(?: different)?\s+([a-z -]+?)(?:\s+(?:do|are|of|in|can|does|have|from|for|under)\b|[?.!]|$)",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"\b(?:what|which|list(?: all)?(?: the)?)\s+(?:kinds? of |types? of |all )?"
    r"(brands?|makes?|makers|manufacturers|departments?|categories|colou?rs?|sizes?|materials?)\b",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"\bprice range\b|\bhow much do .{2,40} cost\b|\bfrom what price\b|\bprices? (?:start|of your|for your)\b",
    re.IGNORECASE,
)
_PRICE = re.compile(
    r"\bhow much\b(?=\s*(?:is|are|was|do|does|for|would|will|it|to pay|\?|$))"
    r"(?!.{0,40}\b(?:hold|weigh|contain|fit)s?\b)|"
    r"\bwhat(?:'s| is| does| do| are)?\b.{0,80}\b(?:price|cost)\b|\bprice (?:of|for)\b|\bhow expensive\b",
    re.IGNORECASE | re.DOTALL,
)
_STOCK = re.compile(r"\bin stock\b|\bavailable\b|\bavailability\b|\bsold out\b|\bhow many .{0,30}left\b", re.IGNORECASE)
_REVIEWS = re.compile(
    r"\breview(?:s|ers?)?\b|\bpeople (?:say|think)\b|\bcustomers? (?:say|think|complain|like)|\bbuyers?\b|"
    r"\bopinions?\b|\bany complaints\b|\bhow (?:is|are|was) .{0,30}rated\b|\brating of\b",
    re.IGNORECASE,
)
_EXTREME = re.compile(
    r"\b(?:(?P<least>lowest|least|shortest|smallest|fewest|lightest)|highest|longest|largest|biggest|most|best|greatest)"
    r"\s+(?P<rest>[a-z][a-z -]{2,40})"
)
_FRAGMENT = 4
"""Words up to which a question needs no verb: "guarantee?"."""
_BRANDS = ("brand", "make", "maker", "manufacturer")
_CATEGORIES = ("department", "category")


def find_asks(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The codes of what is asked, most specific first; () when nothing is asked but to find products."""
    lower = text.lower()
    if CONTACT.search(text):
        return ("contact",)
    if ORDER.search(text):
        return ("order",)
    asks: list[str] = []
    if _COMPARE.search(text):
        asks.append("compare")
    asks += _aggregates(text, lower, lexicon)
    if asks and not asks[0].startswith(("min:", "max:")):
        return tuple(asks)
    if _REVIEWS.search(text):
        asks.append("reviews")
    if asks:
        return tuple(asks)
    question = bool(QUESTION.search(text))
    if question and _STOCK.search(text):
        asks.append("stock")
    if _PRICE.search(text):
        asks.append("price")
    if question and (INTERROGATIVE.search(text) or len(text.split()) <= _FRAGMENT):
        asks += [code for code in named_attributes(lower, lexicon) if code not in asks]
    if question:
        asks = asks or ["question"]
    return tuple(asks)


def attribute_names(stem: str, names: Iterable[str]) -> list[str]:
    """The attributes that `attr:STEM` may mean: the one of this name first, then those with it as a word of theirs.

    noise -> noise, noise_level
    """
    found = [name for name in names if stem == name or stem in name.split("_")]
    return sorted(found, key=lambda name: name != stem)


def _aggregates(text: str, lower: str, lexicon: Lexicon) -> list[str]:
    extremes = _named_extremes(lower, lexicon)
    for phrase, (what, end) in SUPERLATIVES.items():
        for place in re.finditer(rf"\b{re.escape(phrase)}\b", lower):
            if not any(start <= place.start() < stop for start, stop, _ in extremes):
                extremes.append((place.start(), place.end(), _extreme_code(end, what)))
    if not extremes and re.search(r"\bwhich\b", lower):
        for phrase, (what, end) in COMPARATIVES.items():
            if said := re.search(rf"\b{re.escape(phrase)}\b", lower):
                extremes.append((said.start(), said.end(), _extreme_code(end, what)))
    if extremes:
        return list(dict.fromkeys(code for _, _, code in sorted(extremes)))
    if match := _COUNT.search(text):
        if re.search(r"\b(?:left|in stock)\b", lower):
            return ["stock"]
        first = fold(match[1].split()[0].lower())
        if unit_symbol(first) or first in ("people", "person") or lexicon.names_attribute(first):
            return []
        return [f"count:{_field(first, lexicon)}"] if _field(first, lexicon) else ["count"]
    if match := _LIST.search(text):
        field = _field(fold(match[1].split()[0].lower()), lexicon)
        if field:
            return [f"list:{field}"]
    if _RANGE.search(text):
        return ["range:price"]
    return []


def _extreme_code(end: str, what: str) -> str:
    return f"{end}:{what}" if what in ("price", "rating", "released") else f"{end}:attr:{what}"


def _named_extremes(lower: str, lexicon: Lexicon) -> list[tuple[int, int, str]]:
    """ "the longest battery life": superlatives right before an attribute's name, or its last words, with spans."""
    found = []
    for match in _EXTREME.finditer(lower):
        said = [token.folded for token in tokenize(match["rest"])][:3]
        if said and said[0] in ("rating", "rated", "review", "price", "priced"):
            continue
        for length in (3, 2, 1):
            named = [
                p for p in lexicon.vocabulary.attributes.values() if _ends(p.label, said[:length]) and p.low is not None
            ]
            if named and len(said) >= length:
                best = max(named, key=lambda profile: (len(profile.label.split()) == length, profile.count))
                found.append((match.start(), match.end(), f"{'min' if match['least'] else 'max'}:attr:{best.name}"))
                break
    return found


def _ends(label: str, said: list[str]) -> bool:
    return bool(said) and [fold(word) for word in label.split()][-len(said) :] == said


def _field(noun: str, lexicon: Lexicon) -> str | None:
    if noun in _BRANDS:
        return "brand"
    if noun in _CATEGORIES:
        return "category"
    spelling = {"color": "colour"}.get(noun, noun)
    found = lexicon.attributes_of(spelling)
    return f"attr:{found[0].name}" if found and noun in ("colour", "color", "size", "material") else None


def named_attributes(lower: str, lexicon: Lexicon) -> list[str]:
    """Attributes whose name, or a word that people use for it, stands in a question."""
    said = {token.folded for token in tokenize(lower)}
    found = []
    for stem, phrases in ATTRIBUTE_WORDS.items():
        if any(re.search(rf"\b{re.escape(phrase)}\b", lower) for phrase in phrases):
            found.append(f"attr:{stem}")
    for profile in lexicon.vocabulary.attributes.values():
        label = [fold(word) for word in profile.label.split()]
        if label and set(label) <= said and len(profile.label) > 3:
            found.append(f"attr:{profile.name}")
    names = list(dict.fromkeys(found))
    return [name for name in names if not any(other != name and other.startswith(f"{name}_") for other in names)]
