"""Why a product is recommended: a sentence for the shopper that holds, and the steps behind it for the merchant.

Sentences are written by code from what the sources know: counts of visits, the text that names a product, the
merchant's own relation, a sentence of common sense. Each is compared with the facts that it rests on before it is said
(`assistant.verifying`), and one that does not hold gives way to one that states nothing. None states a price.

Where common sense concluded something, the sentence is preceded by what it was concluded from: "You looked at “Banneton
proofing basket”. Sourdough sticks to hands ..."
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from shopwright.assistant.recommending.knowing import Known
from shopwright.assistant.recommending.sources import POPULAR_DAYS, Grounds, Proposed
from shopwright.assistant.verifying import compared
from shopwright.catalog.offers import stars_text
from shopwright.knowledge.graph import name_of
from shopwright.search import kinds
from shopwright.search.kinds import Kind
from shopwright.types import ChainStep, Evidence, Product, Purpose, Reason, Sentence

PLAIN: dict[Purpose, str] = {
    "for_you": "Chosen from this shop for you.",
    "goes_with": "Chosen to go with what you have in view.",
    "instead": "Chosen as something else of its kind.",
    "next": "Chosen as what may come next.",
}
"""What is said where nothing that could be said holds."""
_OFTEN, _LEAST_VISITS = 0.1, 3
"""Share of visits from which they are often, and how many must hold both products for their number to be told."""
_QUOTE = 110
_NEEDED = {
    "needed for it": "Needed for",
    "an accessory of it": "An accessory of",
    "of the same set": "Of the same set as",
    "often bought with it": "Often bought with",
    "named by the shop": "Named by the shop as what stands in for",
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A reason and the facts that it rests on."""

    text: str
    facts: tuple[str, ...] = ()


def reason(proposed: Proposed, product: Product, origin: Product | None, known: Known) -> str:
    """The sentence for the shopper.

    Args:
        proposed: the candidate with its grounds.
        product: the candidate's product.
        origin: the product that it was found from, if there is one.
        known: of whoever reads it.
    """
    told = _told(proposed, product, origin, known)
    titles = tuple(one.title for one in (product, origin) if one)
    return told.text if told.text and holds(told.text, (*titles, *told.facts)) else PLAIN[proposed.candidate.purpose]


def chain(proposed: Proposed, product: Product, origin: Product | None) -> tuple[ChainStep, ...]:
    """The steps for the merchant: those of the source, or what speaks for the product and where that stands."""
    one, grounds = proposed.candidate, proposed.grounds
    way = f"{origin.title} → {product.title}" if origin else product.title
    if one.chain and one.source == "knowledge":
        return one.chain
    if one.source == "popular" and grounds.days:
        done = f"{grounds.days.views:,} views, {grounds.days.purchases:,} purchases in {POPULAR_DAYS} days"
        return (ChainStep(way, done),)
    if grounds.together:
        of = f" of {grounds.visits:,}" if grounds.visits else ""
        return (ChainStep(way, f"{grounds.together:,}{of} visits"),)
    if grounds.why:
        return tuple(ChainStep(f"{way}: {part.note or part.part} ({part.value:+.2f})", one.id) for part in grounds.why)
    return (ChainStep(f"{way}: {one.source} ({one.relevance:.2f})", one.id),)


@lru_cache(16_384)
def holds(text: str, facts: tuple[str, ...]) -> bool:
    """Whether the numbers, dates and names of a text stand in the facts."""
    evidence = {f"e{place}": Evidence(f"e{place}", "product", "catalogue", fact) for place, fact in enumerate(facts)}
    return bool(compared([Sentence(text, tuple(evidence))], evidence).kept)


def _told(proposed: Proposed, product: Product, origin: Product | None, known: Known) -> Told:
    one, grounds = proposed.candidate, proposed.grounds
    if one.source == "knowledge":
        return _concluded(proposed, origin, known)
    if one.source == "fit" and origin:
        return _fitting(grounds.why, product, origin)
    if one.source in ("behaviour", "codes"):
        return _behaved(grounds, origin, known)
    if one.source == "meaning":
        return _alike(one.purpose, grounds.why, product, origin, known)
    if one.source == "new":
        return _new(product)
    return _popular(grounds, product)


def _concluded(proposed: Proposed, origin: Product | None, known: Known) -> Told:
    """What common sense says, after what it was concluded from."""
    because, head = proposed.candidate.because, proposed.grounds.head
    if not because:
        return Told("")
    before = f"{known.told(origin.id, _named(origin))}. " if origin and origin.id != known.product else ""
    if not origin and head.startswith("season:") and name_of(head) not in because:
        before = f"It is {name_of(head)}. "
    return Told(f"{before}{because}", (because, name_of(head)))


def _behaved(grounds: Grounds, origin: Product | None, known: Known) -> Told:
    if origin is None:
        return Told("Chosen from what shoppers look at and buy here.")
    if grounds.together >= _LEAST_VISITS and grounds.visits:
        often = "Often looked at" if grounds.together >= _OFTEN * grounds.visits else "Looked at"
        counted = f"{grounds.together:,} of {grounds.visits:,} visits"
        return Told(f"{often} together with {_named(origin)}: {counted}.", (counted,))
    if grounds.together >= _LEAST_VISITS:
        counted = f"{grounds.together:,} visits"
        return Told(f"Looked at together with {_named(origin)} in {counted}.", (counted,))
    return Told(f"{known.told(origin.id, _named(origin))}, and visits like that go on to things like this.")


def _fitting(why: Sequence[Reason], product: Product, origin: Product) -> Told:
    """What the strongest evidence says, the merchant's word first."""
    named = _named(origin)
    for part in sorted(why, key=lambda part: -part.value):
        if part.part == "merchant":
            return Told(f"{_NEEDED.get(part.note, 'Goes with')} {named}.")
        if part.part != "text":
            continue
        if part.note.startswith("fits ") and (entry := _entry(product, Kind(origin).heads)):
            return Told(f"Made for {entry}.", (entry,))
        if part.note.startswith("goes with ") and (entry := _entry(origin, frozenset({Kind(product).head}))):
            return Told(f"{named} is made to be used with {entry}.", (entry,))
        if part.note.startswith("names "):
            return Told(f"Its description speaks of {named}.")
        said = (text for text in kinds.texts(product) if text != product.title and text.startswith(part.note))
        if sentence := next(said, ""):
            return Told(f"From its description: “{_cut(sentence)}”", (sentence,))
    if shelf := _shelf(product, origin):
        return Told(f"From {shelf}, as {named} is.", (shelf,))
    return Told(f"Close in meaning to {named}.")


def _alike(purpose: Purpose, why: Sequence[Reason], product: Product, origin: Product | None, known: Known) -> Told:
    if origin is None:
        return Told(f"Close to what you said: “{_cut(known.said)}”.", (known.said,)) if known.said else Told("")
    if purpose != "instead":
        shelf = _shelf(product, origin)
        also = f"; both are from {shelf}" if shelf else ""
        return Told(f"{known.told(origin.id, _named(origin))}, and this is close to it{also}.", (shelf,))
    if merchant := next((part for part in why if part.part == "merchant"), None):
        return Told(f"{_NEEDED.get(merchant.note, 'In place of')} {_named(origin)}.")
    shelf = _shelf(product, origin)
    kind = f"also from {shelf}" if shelf else "close to it in kind"
    return Told(f"In place of {_named(origin)}: {kind}{_shared(why, product)}.", (shelf, *product.attributes))


def _shared(why: Sequence[Reason], product: Product) -> str:
    """The attributes in which a substitute is equal, as far as they can be told in passing."""
    note = next((part.note for part in why if part.part == "attributes"), "")
    names = [name for name in product.attributes if name.replace("_", " ") in note.split(", ")]
    same = [name for name in names if not isinstance(product.attributes[name], bool)]
    too = [name for name in names if product.attributes[name] is True]
    told = f", with the same {_joined([name.replace('_', ' ') for name in same])}" if same else ""
    return told + (f", {_joined([name.replace('_', ' ') for name in too])} too" if too else "")


def _popular(grounds: Grounds, product: Product) -> Told:
    if days := grounds.days:
        if days.purchases > 1:
            counted = f"{days.purchases:,} times"
            return Told(f"Bought {counted} here in the last {POPULAR_DAYS} days.", (counted, f"{POPULAR_DAYS} days"))
        counted = f"{days.views:,} times" if days.views != 1 else "once"
        return Told(f"Looked at {counted} here in the last {POPULAR_DAYS} days.", (counted, f"{POPULAR_DAYS} days"))
    if (rating := product.rating) and rating.count:
        stars, count = stars_text(rating.value), f"{rating.count:,} {'rating' if rating.count == 1 else 'ratings'}"
        return Told(f"Rated {stars} of 5 stars, the mean of {count}.", (f"{stars} of 5 stars", count))
    if product.category:
        return Told(f"From {product.category[0]}, one of the departments of this shop.", (product.category[0],))
    return Told("")


def _new(product: Product) -> Told:
    if not product.released:
        return Told("")
    year, month, day = product.released[:10].split("-")
    told = f"{int(day)} {_MONTHS[int(month) - 1]} {year}"
    return Told(f"New: it came out on {told}.", (told,))


# ── words ──


def _named(product: Product | None) -> str:
    """A product as it is spoken of: its title up to the first comma, in quotation marks."""
    return f"“{product.title.split(',')[0].strip()}”" if product else ""


def _entry(product: Product, heads: frozenset[str]) -> str:
    """What a product's attributes say that it goes with, where that is one of these kinds."""
    return next((entry for entry in kinds.fitting(product) if kinds.head(entry) in heads), "")


def _shelf(product: Product, origin: Product) -> str:
    """The narrowest category that both are in; "" where they share none."""
    shared = ""
    for one, other in zip(product.category, origin.category, strict=False):
        if one != other:
            break
        shared = one
    return f"“{shared}”" if shared else ""


def _cut(text: str) -> str:
    """A text that is not too long to be quoted, cut between words."""
    text = text.strip()
    return text if len(text) <= _QUOTE else f"{text[:_QUOTE].rsplit(' ', 1)[0]} …"


def _joined(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)
