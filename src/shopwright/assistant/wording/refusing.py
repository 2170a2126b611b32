"""Words for a question that nothing answers: what is not known, what comes closest, and whom to ask.

The words differ with the case: the catalogue of a product, the shop's documents, an amount. Whom to ask is the shop's
own document on how to reach it; without one, the maker for a product.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from shopwright.assistant.judging import CLOSEST
from shopwright.assistant.wording.answering import quoted
from shopwright.assistant.wording.draft import Draft
from shopwright.skills.evidence.facts import sentences
from shopwright.types import Evidence, Product

Contact = Callable[[], Evidence | None]
"""Gives the document that says how to reach the shop."""

_TOLD = 2
_LONGEST = 80
_REACHED = re.compile(r"@|\+?\d[\d\s/-]{5,}\d")


def named(question: str) -> str:
    """What was asked, short, to name what is not known."""
    asked = " ".join(question.split()).rstrip("?!. ")
    return asked if len(asked) <= _LONGEST else f"{asked[: _LONGEST - 1].rsplit(' ', 1)[0]}…"


def product_unknown(
    draft: Draft,
    what: str,
    question: str,
    product: Product,
    close: Sequence[Evidence],
    contact: Contact,
    customers: Callable[[], bool],
) -> None:
    """The catalogue does not say it of a product: what customers say to it, else what comes closest and whom to ask.

    Args:
        what: the attributes that were asked for by name, "" when none was.
        close: facts of the product, the closest first.
        customers: tells what customers say; returns whether they say anything.
    """
    draft.unknown.append(what or named(question))
    near = [fact for fact in close if fact.score >= CLOSEST][:_TOLD]
    source = draft.keep(near[0]) if near else draft.price(product)
    about = f"anything about the {what}" if what else "that"
    draft.say(f"The catalogue does not say {about} of the {product.title}.", source)
    if customers():
        return
    if near:
        told = " ".join(quoted(fact) for fact in near)
        draft.say(f"Closest to it is what it does say: {told}", *map(draft.keep, near))
    whom_words(draft, contact, product)


def document_unknown(draft: Draft, question: str, close: Sequence[Evidence], contact: Contact) -> None:
    """The shop's documents do not say it."""
    draft.unknown.append(named(question))
    read = draft.cite("shop", "documents", "the documents were searched; none answers", "search")
    draft.say("Our documents do not say anything about that, and I would rather not guess.", read)
    for fact in [fact for fact in close if fact.score >= CLOSEST][:1]:
        draft.say(f"Closest to it, from “{fact.title}”: {fact.text}", draft.keep(fact))
    whom_words(draft, contact)
    draft.options.append("How can I contact you?")


def whom_words(draft: Draft, contact: Contact, product: Product | None = None) -> None:
    """Who may know."""
    found = contact()
    if found is not None:
        reached = next((text for text in sentences(found.text) if _REACHED.search(text)), "")
        told = f"Our customer service may know; see “{found.title}”{': ' + reached if reached else '.'}"
        draft.say(told, draft.keep(found))
    elif product is not None:
        maker = f"the maker, {product.brand}," if product.brand else "the maker"
        draft.say(f"Whoever made it will know: please ask {maker} or our customer service.")
    else:
        draft.say("Please ask our customer service.")
