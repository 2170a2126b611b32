"""Which product of an earlier turn is meant: "the tent from before", "the second lamp you showed me yesterday".

The lists that were shown are found by what was asked then and what stood in them (`Recall`); of their products those
count whose title shares the words that are left of the message, or whose meaning is near. Of equals the one that was
shown last is meant, and the first with "first".

Simplification: a product is recognised by its title and category of today, not by what was said of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from shopwright.catalog.vocabulary import fold, words
from shopwright.models.protocols import Encoder
from shopwright.skills.context.recall import Recall
from shopwright.types import ASSISTANT, Product, Utterance

Lookup = Callable[[Sequence[str]], dict[str, Product]]

EARLIER = re.compile(
    r"\b(?:from (?:before|earlier|the (?:beginning|start))|earlier|(?:you|we|i)(?:['’]?d|['’]?ve| had| have)? "
    r"(?:showed|shown|show|found|saw|seen|looked at|mentioned|recommended|suggested|talked about|discussed)"
    r"(?: me| us)?(?: (?:before|earlier|first|yesterday|last \w+|at (?:first|the (?:beginning|start))))?|"
    r"(?:at|in) the (?:beginning|start)|back then|a while ago|the other day|yesterday|last (?:week|time|month))\b",
    re.IGNORECASE,
)
"""What is said of a product that is no longer on the page."""
_FIRST = re.compile(r"\b(?:first|beginning|start)\b", re.IGNORECASE)
_LITTLE = frozenset(
    re.findall(
        r"\w+",
        "a an and at be can could did do does earlier first for from had have how i in is it last me much my of on one "
        "or please product show showed shown still tell that the there thing this to us was we were what which with "
        "you your add put cart basket again about compare price cost before beginning start yesterday week time",
    )
)
_LISTS, _LEAST = 40, 0.38


def says_earlier(message: str) -> bool:
    """Whether a message speaks of a product that was shown before."""
    return bool(EARLIER.search(message))


def find_shown(
    recall: Recall, message: str, lookup: Lookup, encoder: Encoder, limit: int = 3
) -> list[tuple[Product, Utterance]]:
    """Products that the message means, the likeliest first, each with the turn that showed it.

    Args:
        recall: of the conversation.
        lookup: products by id, as they are now; those that are no longer sold are left out.
    """
    found = recall.search(message, limit=_LISTS * 4, speakers=(ASSISTANT,))
    lists = [each.utterance for each in found if each.utterance.kind == "product"][:_LISTS]
    if not lists:
        return []
    lists.sort(key=lambda said: said.turn, reverse=not _FIRST.search(message))
    shown: dict[str, Utterance] = {}
    for said in lists:
        for key in said.ids:
            shown.setdefault(key, said)
    products = list(lookup(list(shown)).values())
    wanted = [word for word in words(EARLIER.sub(" ", message)) if word not in _LITTLE]
    if not wanted or not products:
        return [(product, shown[product.id]) for product in products if shown[product.id] == lists[0]][:limit]
    asked = {fold(word) for word in wanted}
    titles = [f"{product.title} {product.category[-1] if product.category else ''}" for product in products]
    alike_N = encoder.encode(titles) @ encoder.encode([" ".join(wanted)])[0]
    scored = []
    for place, (product, title) in enumerate(zip(products, titles, strict=True)):
        shared = len(asked & {fold(word) for word in words(title)}) / len(asked)
        if shared or alike_N[place] >= _LEAST:
            recency = lists.index(shown[product.id])
            scored.append((round(shared, 2), -recency, float(alike_N[place]), place))
    scored.sort(reverse=True)
    return [(products[row[-1]], shown[products[row[-1]].id]) for row in scored[:limit]]
