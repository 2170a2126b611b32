"""Which kind of goods a product is: from what its title names, its category, or marks in its title.

What stands after "for" or "with" belongs to another thing. In one clause an accessory counts before the thing that it
belongs to ("leather strap Apple Watch"), else the last name does ("SSD enclosure"). Titles in several languages are
read as far as `knowledge/buying/kinds.tsv` has their names. A description is read only where there is no category.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from shopwright.knowledge.goods import Goods, KindMention, folded
from shopwright.types import Product

_OTHER = re.compile(r"(?:^|\s)(?:for|with|w/|without|including|incl\.?|inc\.?|fits|requires|supports?|\+)\s", re.I)
_CLAUSE = re.compile(r"\s*[,;|*]\s*")
_SEVERAL = re.compile(r"&|,|/|\band\b", re.IGNORECASE)
_NO_KIND = frozenset({"accessory", "equipment", "part", "spare"})
"""Words of a category that holds what belongs to a kind of thing, not the thing."""
_ACCESSORY = frozenset({"accessory", "pc accessory", "tool part", "appliance part"})


def kind_of(product: Product) -> str | None:
    """The kind of a product, or None where nothing tells it."""
    return _kind(product.title, product.category, product.description[:160])


def own_name(title: str) -> str:
    """What of a title names the product itself: before "for", "with" ..., unless it begins so."""
    other = _OTHER.search(title, min(len(title), 3))
    return title[: other.start()] if other else title


def is_accessory(kind: str) -> bool:
    """Whether things of the kind are bought to go with another thing."""
    return not _ACCESSORY.isdisjoint(Goods.packaged().chain(kind))


@lru_cache(maxsize=200_000)
def _kind(title: str, category: tuple[str, ...], told: str) -> str | None:
    goods = Goods.packaged()
    clauses = _CLAUSE.split(title)
    first = goods.mentions(own_name(clauses[0]))
    if found := _chosen(first, category):
        return found
    rest = [mention for clause in clauses[1:] for mention in goods.mentions(own_name(clause)) if not mention.shared]
    shelf = _shelf(category) if own_name(title) == title or len(clauses) > 1 else None  # what is for a kind is not it
    if rest and (shelf is None or any(mention.kind == shelf for mention in rest)):
        return shelf or rest[-1].kind
    if shelf:
        return shelf
    sign = goods.signed(own_name(title))
    return sign.kind if sign else None if category else _told(told)


def _chosen(mentions: Sequence[KindMention], category: Sequence[str]) -> str | None:
    own = [mention for mention in mentions if not mention.shared]
    if not own and category and (shelf := _shelf(category)) and shelf not in {mention.kind for mention in mentions}:
        return shelf
    if accessories := [mention for mention in own if is_accessory(mention.kind)]:
        return accessories[-1].kind
    if own:
        return own[-1].kind
    return _shared([mention.kind for mention in mentions], category)


def _shared(kinds: Sequence[str], category: Sequence[str]) -> str | None:
    """Of kinds with the same name the one of whose chain the category speaks most; None when it speaks of none."""
    spoken = set(folded(" ".join(category)))
    goods = Goods.packaged()
    shares = {kind: len(spoken & set(folded(" ".join(goods.chain(kind))))) for kind in kinds}
    best = max(kinds, key=lambda kind: shares[kind], default=None)
    return best if best is not None and (shares[best] or not category) else None


def _shelf(category: Sequence[str]) -> str | None:
    """The kind that a category names: its last level in some words, or a broader one in no other words.

    A level of several things ("Cases & covers") names none.
    """
    goods = Goods.packaged()
    for place, level in enumerate(reversed(category)):
        if not _NO_KIND.isdisjoint(folded(level)) or _SEVERAL.search(level):
            return None
        mentions = [mention for mention in goods.mentions(level) if place == 0 or _whole(mention, level)]
        own = [mention.kind for mention in mentions if not mention.shared]
        if own:
            return own[-1]
        if mentions:
            return _shared([mention.kind for mention in mentions], category)
    return None


def _whole(mention: KindMention, level: str) -> bool:
    return mention.start == 0 and mention.end == len(level)


def _told(text: str) -> str | None:
    mentions = [mention for mention in Goods.packaged().mentions(text.split(". ")[0]) if not mention.shared]
    return mentions[0].kind if mentions else None
