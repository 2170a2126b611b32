"""Words for what decides the purchase of a kind of thing: its properties, their values, and what guides say of them."""

from __future__ import annotations

from shopwright.assistant.factors import Factor
from shopwright.assistant.render import label
from shopwright.assistant.results import Decisive
from shopwright.assistant.stated import attribute_values
from shopwright.assistant.wording.draft import Draft, Lookup, joined
from shopwright.knowledge.goods import Factor as KnownFactor

_TOLD, _KNOWN = 4, 3
_COMPARED = {"at_least": "at least ", "at_most": "at most ", "is": "", "not": "not "}


def factor_words(draft: Draft, found: Decisive, lookup: Lookup) -> None:
    """The decisive properties, the most decisive first, each with its values in this shop and a quote."""
    if not found.factors:
        source = draft.cite("shop", "catalogue", f"nothing for “{found.kind}”", "factors")
        draft.say(f"I found nothing in the catalogue for “{found.kind}”, so I cannot say what to look for.", source)
        draft.unknown.append(found.kind)
        return
    names = joined([label(factor.attribute).lower() for factor in found.factors[:_TOLD]])
    source = draft.cite("shop", "catalogue", f"products of “{found.kind}” differ most in {names}", "factors")
    draft.say(f"What decides for “{found.kind}”: {names}.", source)
    for factor in found.factors[:_TOLD]:
        _factor(draft, factor, lookup)
    for known in found.known[:_KNOWN]:
        _known(draft, known)


def _factor(draft: Draft, factor: Factor, lookup: Lookup) -> None:
    name, products = label(factor.attribute), lookup(factor.examples)
    stated = [(product, attribute_values(product, factor.attribute)) for product in products.values()]
    sources = [draft.attribute(product, factor.attribute, values[0]) for product, values in stated if values]
    told = f"here from {' to '.join(factor.values)}" if factor.measured else ", ".join(factor.values)
    draft.say(f"{name}: {told}{' and more' if factor.more else ''}.", *sources)
    for quote in factor.quotes[:1]:
        who = f"our guide “{quote.title}”" if quote.kind == "document" else f"a {quote.title}"
        draft.say(f"From {who}: “{quote.text}”", draft.keep(quote))


def _known(draft: Draft, factor: KnownFactor) -> None:
    """A rule of thumb: for whom which property should be how, and why."""
    use = joined(factor.use.split("; ")[:2])
    wanted = f"{factor.property} {_COMPARED[factor.comparison]}{' or '.join(factor.values[:3])}"
    told = f"{f'For {use}: ' if use else ''}{wanted}, because {factor.why}"
    draft.say(f"{told[:1].upper()}{told[1:]}.", draft.cite("sense", "buying/factors.tsv", told, factor.property))
