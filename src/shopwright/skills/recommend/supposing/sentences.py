"""The reason for an edge of common sense as a sentence by code, that holds of any product of the type.

"Goes with acoustic guitars.", "Used for fly fishing.", "Helps with staying dry, which comes with fishing." The subject,
the product, is left out, as in the other reasons that code writes. Tips bring sentences of their own.

Simplification: plurals by English rule, with a short list of nouns that have none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shopwright.knowledge.graph import Edge, kind_of, name_of

_MASS_WORDS = """
bedding paper tape oil soap powder tea coffee food wool yarn fabric wax glue flour sugar salt spray wood rope milk
chocolate honey jam rice pasta bread butter cheese water wine beer gin paint varnish grease foil film furniture clothing
jewellery luggage equipment gear litter hay straw soil compost mulch gravel sand clay ink leather linen cutlery crockery
cookware tableware glassware stationery gas fuel sealant silicone wire
"""
_MASS = frozenset(_MASS_WORDS.split())
_USED: Mapping[str, str] = {
    "activity": "Used for {}.", "event": "Useful for {}.", "need": "Helps with {}.", "occasion": "Suits {}.",
    "season": "For this time of the year: {}.", "place": "Chosen with this place in mind: {}.",
    "condition": "Chosen with this in mind: {}.", "recipient": "Chosen with somebody in mind: {}.",
    "culture": "Belongs to {} custom.",
}  # fmt: skip
"""How the name of a node of each kind stands in a sentence; those that would need an article stand after a colon."""
_DONE = ("activity", "event", "occasion", "season")
"""What a need may be said to come with."""


def sentence(steps: Sequence[Edge]) -> str:
    """The reason that edges, from what is known of a shopper to a product type, give."""
    last = steps[-1]
    if kind_of(last.head) == "product":
        return f"{'Needed for' if last.relation == 'requires' else 'Goes with'} {plural(name_of(last.head))}."
    template = "A present for this: {}." if last.relation == "gift" else _USED[kind_of(last.head)]
    reason = template.format(name_of(last.head))
    if len(steps) == 1 or kind_of(steps[0].head) not in _DONE:
        return reason
    return f"{reason[:-1]}, which comes with {name_of(steps[0].head)}."


def plural(name: str) -> str:
    """A product type as one speaks of all of its kind: "acoustic guitars", "pet bedding"."""
    noun = name.split()[-1]
    if noun in _MASS or noun.endswith(("ware", "ing")) or (noun.endswith("s") and not noun.endswith(("ss", "us"))):
        return name
    if noun.endswith(("ch", "sh", "x", "z", "ss", "us")):
        return f"{name}es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{name[:-1]}ies"
    if noun.endswith("fe"):
        return f"{name[:-2]}ves"
    return f"{name}s"
