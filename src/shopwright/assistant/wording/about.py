"""Words about named products: price, stock, opinions, what they are; details of one are in `details`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest

from shopwright.assistant.judging import ANSWERS, Judging
from shopwright.assistant.matching import match_variants
from shopwright.assistant.render import availability_text, label, price_text
from shopwright.assistant.results import Opinions, Passages
from shopwright.assistant.stated import find_attribute
from shopwright.assistant.wording.answering import asked_of, names_aspect
from shopwright.assistant.wording.details import detail_words
from shopwright.assistant.wording.draft import Draft, joined
from shopwright.assistant.wording.finding import telling
from shopwright.assistant.wording.refusing import Contact
from shopwright.catalog.money import format_money
from shopwright.catalog.offers import attribute_text, offer, offers, stars_text
from shopwright.catalog.vocabulary import Vocabulary
from shopwright.skills.evidence.terms import content
from shopwright.types import Evidence, Need, Product

_QUOTES, _ASPECTS = 4, 3


def about_words(
    draft: Draft,
    need: Need,
    products: Sequence[Product],
    opinions: Mapping[str, Opinions],
    documents: Passages | None,
    vocabulary: Vocabulary,
    judging: Judging,
    contact: Contact,
) -> None:
    """Answers what was asked about each product; without a question, tells what it is."""
    for product in products:
        if "price" in need.asks:
            _price(draft, need, product)
        if "stock" in need.asks:
            _stock(draft, need, product)
        if "reviews" in need.asks:
            _opinions(draft, need, product, opinions.get(product.id), judging)
        if not {"price", "stock", "reviews"} & set(need.asks) or _asks_more(need):
            detail_words(draft, need, product, opinions.get(product.id), documents, judging, contact)
        if end := next((ask for ask in need.asks if ask.startswith(("min:", "max:"))), None):
            _picked(draft, product, end)
        elif not need.asks:
            _introduce(draft, need, product, vocabulary)
    for product in products:
        chosen = match_variants(product, need.text)
        draft.show(product, chosen[0].id if len(chosen) == 1 else None)
    if len(products) > 1:
        draft.options.append("Compare them")
    elif products:
        draft.options += ["What do reviewers say about it?", "Is it in stock?", "Show me something similar"]


def _asks_more(need: Need) -> bool:
    """Whether more than price, stock or opinions is asked; "when is it back in stock" asks when."""
    return any(ask.startswith("attr:") for ask in need.asks) or bool(re.search(r"\bwhen\b", need.text, re.IGNORECASE))


def _price(draft: Draft, need: Need, product: Product) -> None:
    named = match_variants(product, need.text)
    items = [item for item in offers(product) if not named or item.variant_id in {variant.id for variant in named}]
    if len({item.price for item in items}) > 1:
        rows = [f"{', '.join(v for _, v in item.options)} {price_text(product, item.variant_id)}" for item in items]
        key = draft.state(product, f"prices: {'; '.join(rows)}", "price")
        draft.say(f"The {product.title} costs {price_text(product)}, by version: {'; '.join(rows)}.", key)
        return
    chosen = items[0].variant_id if named else None
    version = f" in {', '.join(v for _, v in items[0].options)}" if len(items) == 1 and named else ""
    regular = items[0].regular
    note = f" (reduced from {format_money(regular)})" if regular else ""
    cite = draft.price(product, chosen)
    draft.say(f"The {product.title}{version} costs {price_text(product, chosen)}{note}.", cite)


def _stock(draft: Draft, need: Need, product: Product) -> None:
    named = match_variants(product, need.text)
    if named and len(named) < len(product.variants):
        rows = [
            f"{', '.join(variant.options.values())} {availability_text(product, variant.id) or 'not stated'}"
            for variant in named
        ]
        draft.say(f"Availability of the {product.title}: {'; '.join(rows)}.", draft.stock(product))
        return
    words = availability_text(product)
    if not words:
        draft.unknown.append("availability")
        draft.say(f"The catalogue does not say whether the {product.title} is in stock.", draft.price(product))
        return
    gone = [", ".join(v for _, v in item.options) for item in offers(product) if not item.buyable and item.options]
    tail = f"; sold out: {joined(gone)}" if gone and "sold out" not in words else ""
    draft.say(f"The {product.title} is {words}{tail}.", draft.stock(product))


def _opinions(draft: Draft, need: Need, product: Product, opinions: Opinions | None, judging: Judging) -> None:
    if not opinions or not opinions.count:
        draft.unknown.append("reviews")
        draft.say(f"The {product.title} has no reviews yet.", draft.rating(product))
        return
    noun = "review" if opinions.count == 1 else "reviews"
    summary = f"{stars_text(round(opinions.mean, 2))} of 5 from {opinions.count} {noun}"
    low, high = opinions.stars[0] + opinions.stars[1], opinions.stars[3] + opinions.stars[4]
    fact = f"reviews: {summary}; {high} of them with 4 or 5 stars, {low} with 1 or 2"
    draft.say(
        f"Reviewers give the {product.title} {summary}; {high} liked it, {low} did not.",
        draft.state(product, fact, "rating"),
    )
    wanted = content(need.text)
    whole, others = opinions.aspects[:1], opinions.aspects[1:]
    named = [opinion for opinion in others if content(opinion.aspect) <= wanted]
    for opinion in (named or others)[:_ASPECTS]:
        words = opinion.words()
        draft.say(f"{words[:1].upper()}{words[1:]}.", draft.state(product, f"reviews of {words}", "reviews"))
    quotes = _about_it(need, product, opinions, judging) or [
        quote for opinion in (*named, *whole, *others) for quote in opinion.quotes
    ]
    for quote in list({quote.text: quote for quote in quotes}.values())[:_QUOTES]:
        draft.say(f"“{quote.text}”", draft.keep(quote))


def _about_it(need: Need, product: Product, opinions: Opinions, judging: Judging) -> list[Evidence]:
    """Quotes of both sides on what the question names ("the battery"); none for a question on the whole."""
    if not names_aspect(need.text, product):
        return []
    found = [fact for fact in judging.ranked(asked_of(need.text, product), opinions.heard) if fact.score >= ANSWERS]
    sides = [[fact for fact in found if (fact.field == "con") == con] for con in (False, True)]
    return [fact for pair in zip_longest(*sides) for fact in pair if fact is not None]


def _picked(draft: Draft, product: Product, ask: str) -> None:
    """ "The lightest of these": the product that `references` picked, with the value that decided."""
    end, _, what = ask.partition(":")
    stem = what.removeprefix("attr:")
    words = f"{'lowest' if end == 'min' else 'highest'} {label(stem).lower()}"
    if what == "rating":
        draft.say(f"Of these the {product.title} has the {words}: {draft.rating_text(product)}.", draft.rating(product))
    elif what != "price" and (found := find_attribute(product, stem)):
        key = draft.attribute(product, *found)
        draft.say(f"Of these the {product.title} has the {words}: {attribute_text(found[1])}.", key)
    else:
        draft.say(f"Of these the {product.title} has the {words}: {price_text(product)}.", draft.price(product))


def _introduce(draft: Draft, need: Need, product: Product, vocabulary: Vocabulary) -> None:
    facts = telling(product, need.filters, vocabulary, most=4)
    detail = joined([f"{label(name).lower()} {attribute_text(value)}" for name, value in facts])
    cites = [draft.price(product), *(draft.attribute(product, name, value) for name, value in facts)]
    reduced = offer(product).regular
    note = f" (reduced from {format_money(reduced)})" if reduced and len(product.variants) < 2 else ""
    words = f"The {product.title} costs {price_text(product)}{note}{'; ' + detail if detail else ''}."
    draft.say(words, *cites)
