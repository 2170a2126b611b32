"""Words about named products: an attribute, the price, the stock, the options, opinions, a comparison."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from shopwright.assistant.measures import find_attribute
from shopwright.assistant.render import availability_text, label, make_table, price_text
from shopwright.assistant.results import Opinions, Passages
from shopwright.assistant.wording.draft import Draft, joined
from shopwright.assistant.wording.finding import telling
from shopwright.catalog.money import format_money
from shopwright.catalog.offers import attribute_text, offers, price_span
from shopwright.catalog.units import base
from shopwright.catalog.vocabulary import Vocabulary, fold
from shopwright.models.protocols import Encoder
from shopwright.skills.evidence.facts import attribute_facts, rank, text_facts
from shopwright.types import Evidence, Need, Product, Quantity

SURE = 0.45
"""Cosine from which a sentence of a product's text counts as an answer to a question about it."""
_QUOTES = 3


def about_words(
    draft: Draft,
    need: Need,
    products: Sequence[Product],
    opinions: Mapping[str, Opinions],
    documents: Passages | None,
    encoder: Encoder,
    vocabulary: Vocabulary,
) -> None:
    """Answers what was asked about each product; without a question, tells what it is."""
    for product in products:
        if "price" in need.asks:
            _price(draft, product)
        if "stock" in need.asks:
            _stock(draft, need, product)
        if "reviews" in need.asks:
            _opinions(draft, product, opinions.get(product.id))
        _attributes(draft, need, product, encoder, opinions.get(product.id))
        if end := next((ask for ask in need.asks if ask.startswith(("min:", "max:"))), None):
            _picked(draft, product, end)
        elif not need.asks:
            _introduce(draft, need, product, vocabulary)
    if (
        "question" in need.asks
        and documents
        and draft.unknown
        and documents.passages
        and documents.passages[0].score > SURE
    ):
        best = documents.passages[0]
        draft.say(f"From “{best.title}”: {_first_sentences(best.text)}", draft.keep(best))
    for product in products:
        draft.show(product)
    if len(products) > 1:
        draft.options.append("Compare them")
    elif products:
        draft.options += ["What do reviewers say about it?", "Is it in stock?", "Show me something similar"]


def compare_words(draft: Draft, products: Sequence[Product]) -> None:
    """A table, and sentences for the differences that matter most: price, rating, and measures."""
    if len(products) < 2:
        draft.say("I need two products to compare; tell me which ones, or search for some first.")
        for product in products:
            draft.show(product)
        return
    draft.table = make_table(products)
    names = [draft.price(product) for product in products]
    draft.say(f"Side by side: {joined([product.title for product in products])}.", *names)
    priced = [(span[0], product) for product in products if (span := price_span(product))]
    if len(priced) > 1 and len({money.amount for money, _ in priced}) > 1:
        _, low = min(priced, key=lambda row: row[0].amount)
        _, high = max(priced, key=lambda row: row[0].amount)
        draft.say(
            f"The {low.title} costs least ({price_text(low)}), the {high.title} most ({price_text(high)}).",
            draft.price(low),
            draft.price(high),
        )
    rated = [product for product in products if product.rating and product.rating.count]
    if len(rated) > 1:
        best = max(rated, key=lambda product: product.rating.value if product.rating else 0.0)
        draft.say(f"Reviewers like the {best.title} best: {_rating_text(best)}.", _rating(draft, best))
    _measured(draft, products)
    for product in products:
        draft.show(product)
    draft.options += ["Which is the cheapest?", "What do reviewers say about the first one?"]


# ── one product ──


def _price(draft: Draft, product: Product) -> None:
    sale = next((item.regular for item in offers(product) if item.regular), None)
    several = len({item.price for item in offers(product)}) > 1
    if several:
        rows = [
            f"{', '.join(value for _, value in item.options)} {price_text(product, item.variant_id)}"
            for item in offers(product)
        ]
        key = draft.state(product, f"prices: {'; '.join(rows)}", "price")
        draft.say(f"The {product.title} costs {price_text(product)}, depending on the version: {'; '.join(rows)}.", key)
    else:
        note = f" (reduced from {_regular(product)})" if sale else ""
        draft.say(f"The {product.title} costs {price_text(product)}{note}.", draft.price(product))


def _regular(product: Product) -> str:
    return next(format_money(item.regular) for item in offers(product) if item.regular)


def _stock(draft: Draft, need: Need, product: Product) -> None:
    asked = {wanted.field.removeprefix("attr:"): wanted.values for wanted in need.filters if wanted.op == "is"}
    for variant in product.variants:
        options = {name: value for name, value in variant.options.items() if value.lower() in asked.get(name, ())}
        if options and len(product.variants) > 1:
            words = availability_text(product, variant.id) or "listed, but its stock is not stated"
            version = ", ".join(variant.options.values())
            draft.say(f"The {product.title} in {version} is {words}.", draft.stock(product))
            return
    words = availability_text(product)
    if not words:
        draft.unknown.append("availability")
        draft.say(f"The catalogue does not say whether the {product.title} is in stock.", draft.price(product))
        return
    gone = [", ".join(v for _, v in item.options) for item in offers(product) if not item.buyable and item.options]
    tail = f"; sold out: {joined(gone)}" if gone and "sold out" not in words else ""
    draft.say(f"The {product.title} is {words}{tail}.", draft.stock(product))


def _attributes(draft: Draft, need: Need, product: Product, encoder: Encoder, opinions: Opinions | None) -> None:
    asked = [ask for ask in need.asks if ask.startswith(("attr:", "list:attr:", "options:"))]
    if not asked and "question" not in need.asks:
        return
    if _polar(draft, need, product):
        return
    for ask in asked:
        stem = ask.rpartition(":")[2]
        if _options(draft, product, stem) or _attribute(draft, product, stem):
            return
    facts = [*text_facts(product), *attribute_facts(product)]
    ranked = rank(f"{need.text} {product.title}", facts, encoder, k=1)
    told = [fact for fact in rank(need.text, facts, encoder, k=2) if fact.score >= SURE and not asked]
    if told:
        draft.say(f"The catalogue says of the {product.title}: {_quote(told[0])}", draft.keep(told[0]))
        return
    what = joined([label(ask.rpartition(":")[2]).lower() for ask in asked]) if asked else "that"
    draft.unknown.append(what)
    source = draft.keep(ranked[0]) if ranked else draft.price(product)
    draft.say(
        f"The catalogue does not say {'anything about the ' + what if asked else what} of the {product.title}.", source
    )
    if opinions and opinions.quotes and opinions.quotes[0].score >= SURE:
        quote = opinions.quotes[0]
        draft.say(f"A reviewer writes: “{quote.text}”", draft.keep(quote))


def _options(draft: Draft, product: Product, stem: str) -> bool:
    values = dict.fromkeys(
        v.options[name] for v in product.variants for name in v.options if name == stem or fold(name) == stem
    )
    if not values:
        return False
    name = label(stem).lower()
    key = draft.state(product, f"{name}: {', '.join(values)}", stem)
    draft.say(f"The {product.title} comes in these versions ({name}): {joined(list(values))}.", key)
    return True


def _attribute(draft: Draft, product: Product, stem: str) -> bool:
    found = find_attribute(product, stem)
    if not found:
        return False
    name, value = found
    key = draft.attribute(product, name)
    words = label(name).lower()
    if isinstance(value, bool):
        answer = "yes" if value else "no"
        draft.say(f"{answer.capitalize()}: the catalogue says of the {product.title}, {words}: {answer}.", key)
    else:
        draft.say(f"The {product.title}: {words} {attribute_text(value)}.", key)
    return True


def _polar(draft: Draft, need: Need, product: Product) -> bool:
    """ "Is it waterproof?" where the constraint reader found the yes/no attribute or the value that is meant."""
    for wanted in need.filters:
        name = wanted.field.removeprefix("attr:")
        if wanted.field.startswith("attr:") and name in product.attributes:
            return _attribute(draft, product, name)
        if wanted.field.startswith("attr:") and wanted.values:
            options = [v.options[name] for v in product.variants if name in v.options]
            there = [option for option in dict.fromkeys(options) if option.lower() in wanted.values]
            if options:
                key = draft.state(product, f"{label(name).lower()}: {', '.join(dict.fromkeys(options))}", name)
                yes = (
                    f"Yes, the {product.title} comes in {joined(there)}."
                    if there
                    else f"No, the {product.title} comes in {joined(list(dict.fromkeys(options)))} only."
                )
                draft.say(yes, key)
                return True
    return False


def _picked(draft: Draft, product: Product, ask: str) -> None:
    """ "The lightest of these": the product that `references` picked, with the value that decided."""
    end, _, what = ask.partition(":")
    stem = what.removeprefix("attr:")
    words = f"{'lowest' if end == 'min' else 'highest'} {label(stem).lower()}"
    if what == "price":
        draft.say(f"Of these the {product.title} has the {words}: {price_text(product)}.", draft.price(product))
    elif what == "rating":
        draft.say(f"Of these the {product.title} has the {words}: {_rating_text(product)}.", _rating(draft, product))
    elif found := find_attribute(product, stem):
        key = draft.attribute(product, found[0])
        draft.say(f"Of these the {product.title} has the {words}: {attribute_text(found[1])}.", key)
    else:
        draft.say(f"Of these it is the {product.title}: {price_text(product)}.", draft.price(product))


def _introduce(draft: Draft, need: Need, product: Product, vocabulary: Vocabulary) -> None:
    facts = telling(product, need.filters, vocabulary, most=4)
    detail = joined([f"{label(name).lower()} {attribute_text(value)}" for name, value in facts])
    cites = [draft.price(product), *(draft.attribute(product, name) for name, _ in facts)]
    draft.say(f"The {product.title} costs {price_text(product)}{'; ' + detail if detail else ''}.", *cites)


# ── opinions ──


def _rating(draft: Draft, product: Product) -> str:
    rating = product.rating
    text = f"{rating.value:.1f} of 5 from {rating.count} reviews" if rating else "none"
    return draft.state(product, f"rating: {text}", "rating")


def _rating_text(product: Product) -> str:
    rating = product.rating
    return f"{rating.value:.1f} of 5 from {rating.count} reviews" if rating else "no rating"


def _opinions(draft: Draft, product: Product, opinions: Opinions | None) -> None:
    if not opinions or not opinions.count:
        draft.unknown.append("reviews")
        draft.say(f"The {product.title} has no reviews yet.", _rating(draft, product))
        return
    summary = f"{opinions.mean:.1f} of 5 from {opinions.count} {'review' if opinions.count == 1 else 'reviews'}"
    low, high = opinions.stars[0] + opinions.stars[1], opinions.stars[3] + opinions.stars[4]
    key = draft.state(product, f"reviews: {summary}; {high} of them with 4 or 5 stars, {low} with 1 or 2", "rating")
    draft.say(f"Reviewers give the {product.title} {summary}; {high} liked it, {low} did not.", key)
    for quote in opinions.quotes[:_QUOTES]:
        draft.say(f"“{quote.text}”", draft.keep(quote))


# ── comparison ──


def _measured(draft: Draft, products: Sequence[Product], most: int = 2) -> None:
    """The measured attributes that differ most between products that all state them."""
    shared = set.intersection(*(set(product.attributes) for product in products))
    gaps: list[tuple[float, str]] = []
    for name in sorted(shared):
        values = [_base(product, name) for product in products]
        if all(value is not None for value in values):
            numbers = [value for value in values if value is not None]
            top = max(abs(value) for value in numbers)
            gaps.append(((max(numbers) - min(numbers)) / top if top else 0.0, name))
    for gap, name in sorted(gaps, reverse=True)[:most]:
        if gap > 0:
            rows = [f"{product.title} {attribute_text(product.attributes[name])}" for product in products]
            draft.say(f"{label(name)}: {'; '.join(rows)}.", *(draft.attribute(product, name) for product in products))


def _base(product: Product, name: str) -> float | None:
    value = product.attributes[name]
    if isinstance(value, Quantity):
        return base(value).value
    return value if type(value) is float else None


def _quote(fact: Evidence) -> str:
    return f"“{fact.text}”" if fact.field in ("description", "highlights") else f"{fact.text}."


def _first_sentences(text: str, most: int = 2) -> str:
    return " ".join(re.split(r"(?<=[.!?])\s+", text.strip())[:most])
