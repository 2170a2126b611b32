"""A shopping task taken apart: what is looked for, what it points at, and what shall be done with what is found.

"Find the cheapest offer for X, add it to the cart and check out. Pay by card: ..." has a phrase (X), picks the
cheapest, and ends in a checkout. A page's address or a product's id points at a product; the words beside it say
whether that very product is meant, something that works with it, or something in its place.

A card's number and code are cut out before anything else reads the text: what is kept is its last four digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from shopwright.skills.rewrite.english import LOW_PRICE

Relation = Literal["find", "this", "compatible", "substitute"]
"""What is wanted of the things pointed at: "this" is they themselves, "find" that nothing is pointed at."""

Act = Literal["list", "cart", "checkout"]

_URL = re.compile(r"https?://[^\s'\"\]\[<>)]+[^\s'\"\]\[<>).,;:!?]")
_CARD = re.compile(r"(?<![\w/])\d(?:[ -]?\d){12,18}(?!\w)")
_CODE = re.compile(r"\b(?:cvv2?|cvc|security code|card code)\b\W{0,3}\d{3,4}\b", re.IGNORECASE)
_EXPIRES = re.compile(r"\b(?:expir\w+|valid until)(?: date)?\W{0,3}(\d{1,2}\s?/\s?\d{2,4})", re.IGNORECASE)
_PAYMENT = re.compile(
    r"\b(?:pay (?:via|by|with|using)|payment|use the following|(?:shipping |billing )?address:)", re.I
)
_ADDRESS = re.compile(r"\baddress\b\s*:?\s*(.+?)(?=,?\s*(?:credit|card|cvv|expir|payment|pay\b)|$)", re.I | re.S)
_CHECKOUT = re.compile(
    r"\b(?:check(?:ing)? ?out|(?:complete|finish|place|submit) (?:the |my |an? )?(?:\w+ )?(?:order|purchase|checkout)|"
    r"(?:buy|order|purchase) (?:it|them|this|these)\b)",
    re.IGNORECASE,
)
_CART = re.compile(r"\b(?:add|put|place)\b[^.]*?\b(?:cart|basket|trolley|bag)s?\b", re.IGNORECASE)
_ACT = re.compile(
    r"[,;.]?\s*\b(?:and |then )*(?:add|put|place) "
    r"(?:it|them|each|all|this|these|those|the (?:offer|product|item)s?)\b.*|"
    r"\b(?:in)?to (?:the|my|its|their|each) (?:\w+ )?(?:shopping )?(?:cart|basket|trolley)s?\b.*|"
    r"[,;.]?\s*\b(?:and |then )+(?:buy|order|purchase|check ?out|complete)\b.*|"
    r"(?:\.|,|\band\b)\s*(?:if|in case|when|return|please return|list|give)\b[^.]*\b(?:all of them|multiple|several|"
    r"share|same|lowest|tie)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_SUBSTITUTE = re.compile(
    r"\b(?:alternatives?|substitutes?|replacements?|instead of|in place of|comparable|equivalents?|similar)\b"
    r"(?:\s+(?:offers?|products?|options?|models?))*(?:\s+(?:for|to|of|than))?\s*",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^\W*(?:(?:please|can you|could you|i(?: a|')m|i|we|would|like|want|need|to|looking|search(?:ing)?|find|look|show|"
    r"get|give|tell|list|add|put|place|buy|order|purchase|recommend|me|us|which|what|are|is|for|out|up|have|has|all|every|any|each|"
    r"the|a|an|some|best|cheapest|lowest|least|most|priced?|expensive|affordable|possible|available|different|"
    r"offers?|products?|items?|deals?|options?|shops?|of|in|on)\b[\s,:]*)+",
    re.IGNORECASE,
)
_OFFERS = re.compile(r"^.{0,80}?\b(?:offers?|deals?|products?|items?|listings?)\b\s+(?:for|of|on)\s+", re.I | re.S)
_ARTICLE = re.compile(r"^(?:(?:an?|the|some|any|all|this|these|my)\s+)+", re.IGNORECASE)
_ID = re.compile(r"(?<![\w/.-])[a-z0-9]+(?:-[a-z0-9]+){2,}(?![\w.-]*/)")
_JOINT = re.compile(r"\s*(?:;|,?\s+(?:and|as well as|plus)\s+(?:also\s+)?(?=(?:an?|the|for)\s+|the cheapest|[A-Z]))\s*")


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who the order goes to."""

    name: str = ""
    email: str = ""
    lines: tuple[str, ...] = ()
    postcode: str = ""
    region: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """All that is kept of a card: how its number ends and until when it is valid."""

    last_four: str
    expires: str = ""


@dataclass(frozen=True, slots=True)
class Errand:
    """A shopping task.

    Args:
        phrases: what is looked for, a phrase for each thing; () when only what is pointed at is meant.
        pointed: addresses of pages or ids of products.
        cheapest: only the cheapest of what fits; all that tie.
    """

    relation: Relation
    phrases: tuple[str, ...]
    pointed: tuple[str, ...] = ()
    cheapest: bool = False
    act: Act = "list"
    buyer: Buyer | None = None
    card: Card | None = None
    said: str = field(default="", repr=False)


def read_errand(text: str) -> Errand:
    """Read a task in English. A card's number is in no part of what is returned."""
    card = _card(text)
    said = _CODE.sub("", _CARD.sub(lambda match: f"card ending in {re.sub(r'[^0-9]', '', match[0])[-4:]}", text))
    payment = _PAYMENT.search(said)
    order, paid = (said[: payment.start()], said[payment.start() :]) if payment else (said, "")
    act: Act = "checkout" if _CHECKOUT.search(order) else "cart" if _CART.search(order) else "list"
    pointed = tuple(dict.fromkeys(_URL.findall(order)))
    words = _URL.sub(" ", order)
    if not pointed and (ids := tuple(match[0] for match in _ID.finditer(words) if any(c.isdigit() for c in match[0]))):
        pointed, words = ids, _ID.sub(" ", words)
    phrase = _phrase(words)
    cheapest = bool(LOW_PRICE.search(words) or re.search(r"\b(?:cheapest|lowest price|least expensive)\b", words, re.I))
    relation: Relation = "find"
    if pointed:
        other = _SUBSTITUTE.search(words)
        relation = "substitute" if other else "compatible" if _wants(phrase) else "this"
        if other:
            phrase = _tidy(_ACT.sub("", words[other.end() :]))
    phrases = _several(phrase) if relation == "find" else ((phrase,) if relation != "this" else ())
    return Errand(relation, phrases, pointed, cheapest, act, _buyer(paid), card, said)


def _phrase(words: str) -> str:
    """The words that name what is looked for, without what shall be done with it."""
    asked = _ACT.sub("", words)
    after = _OFFERS.match(asked)
    return _tidy(asked[after.end() :] if after else _LEAD.sub("", asked, count=1))


def _tidy(text: str) -> str:
    text = re.sub(r"\s+", " ", re.sub(r"\[\W*\]", " ", text)).strip(" ,.;:'\"[]")
    return _ARTICLE.sub("", text)


def _wants(phrase: str) -> bool:
    """Whether a phrase beside an address names another thing than the page."""
    left = re.sub(
        r"\b(?:add|put|place|buy|order|the|this|these|products?|offers?|items?|on|of|at|pages?|links?|urls?|websites?|to|"
        r"my|respective|shopping|carts?|basket|and|it|them|from|following|complete|checkout|process|check|out)\b|\W",
        "",
        phrase,
        flags=re.IGNORECASE,
    )
    return bool(left)


def _several(phrase: str) -> tuple[str, ...]:
    """The phrases of several things: cut where a joint is followed by an article or a capital on both sides."""
    pieces = [
        _tidy(re.sub(r"^(?:the )?cheapest (?:offers? )?(?:for |of )?", "", piece)) for piece in _JOINT.split(phrase)
    ]
    whole = [piece for piece in pieces if len(piece) > 3]
    named = [piece for piece in whole if len(re.findall(r"\b[A-Z][\w-]+", piece)) >= 2]
    return tuple(whole) if len(whole) > 1 and len(named) == len(whole) else (phrase,)


def _card(text: str) -> Card | None:
    number = _CARD.search(text)
    if number is None:
        return None
    expires = _EXPIRES.search(text)
    return Card(re.sub(r"\D", "", number[0])[-4:], expires[1].replace(" ", "") if expires else "")


def _buyer(paid: str) -> Buyer | None:
    """The buyer of an address in one line: name, e-mail, street and number, postcode, region, country."""
    found = _ADDRESS.search(paid)
    if found is None:
        return None
    cells = [cell.strip(" .") for cell in found[1].split(",") if cell.strip(" .")]
    email = next((cell for cell in cells if "@" in cell), "")
    postcode = next((cell for cell in reversed(cells) if re.fullmatch(r"[A-Z]{0,2}\d{4,}[\w -]*", cell)), "")
    rest = [cell for cell in cells if cell not in (email, postcode)]
    place = cells.index(postcode) if postcode else len(cells)
    after = [cell for cell in cells[place + 1 :] if cell != email]
    lines = tuple(cell for cell in rest[1:] if cell not in after)
    country = after[-1] if after else ""
    return Buyer(rest[0] if rest else "", email, lines, postcode, after[0] if len(after) > 1 else "", country)
