"""Words for what a search found, for a recommendation, for a question back, and for nothing found."""

from __future__ import annotations

from collections.abc import Sequence

from shopwright.assistant.render import label, price_text
from shopwright.assistant.results import Found, Passages
from shopwright.assistant.stated import find_attribute
from shopwright.assistant.strategy.narrowing import Narrowing
from shopwright.assistant.wording.draft import Draft, Lookup, condition_text, joined
from shopwright.catalog.offers import attribute_text
from shopwright.catalog.vocabulary import Vocabulary
from shopwright.types import AttributeValue, Filter, Need, Product

_NAMED = 2
"""Products that are described in sentences; the rest are cards."""
_QUESTIONS = {
    "category": "Which kind do you have in mind?",
    "price": "How much would you like to spend?",
    "brand": "Is there a brand that you prefer?",
}
_DULL = {
    "colour",
    "color",
    "care",
    "warranty",
    "ean",
    "gtin",
    "dimensions",
    "country_of_origin",
    "product_type",
    "type",
}


def found_words(draft: Draft, found: Sequence[tuple[Need, Found]], lookup: Lookup, words: Vocabulary) -> None:
    """Sentences and cards for one result list, or one for each sub-goal."""
    for goal, result in found:
        products = lookup(result.ids)
        _one(draft, goal, result, [products[key] for key in result.ids if key in products], words)
    if len(draft.cards) > 1:
        draft.options += ["Compare the first two", "Which is the cheapest?", "Which has the best reviews?"]


def recommend_words(
    draft: Draft, found: Sequence[tuple[Need, Found]], guides: Passages | None, lookup: Lookup, words: Vocabulary
) -> None:
    """A few products from several corners of the shop, with a guide when one fits."""
    found_words(draft, found, lookup, words)
    if guides and guides.passages and guides.passages[0].score > 0.45:
        best = guides.passages[0]
        key = draft.keep(best)
        draft.say(f"Our guide “{best.title}” may help you choose.", key)


def ask_words(draft: Draft, need: Need, shop: str, words: Vocabulary, question: Narrowing | None = None) -> None:
    """A question back with answers to tap: the one that narrows most, else one about the person or the departments."""
    if question is not None:
        noun = _noun(need)
        draft.say(f"There is more than one answer to “{noun}” here, so one question first. {_question(question)}")
        draft.options += question.options
        return
    if need.recipient or need.occasion:
        whom = f"your {need.recipient}" if need.recipient else "the person"
        draft.say(f"What does {whom} enjoy, and how much would you like to spend?")
    else:
        draft.say(f"I can search {shop}, compare products, and answer questions about them and about our policies.")
        draft.say("What are you looking for?")
    draft.options += [name for name, _ in words.departments[:8]]


def _question(question: Narrowing) -> str:
    """A question about a field of the shop."""
    if question.field in _QUESTIONS:
        return _QUESTIONS[question.field]
    name = label(question.field.removeprefix("attr:")).lower()
    return f"Should it be {name}?" if set(question.answers) <= {"Yes", "No"} else f"Which {name} suits you?"


def decline_words(draft: Draft, shop: str) -> None:
    """The answer to a message that tries to give the assistant new rules."""
    draft.say(f"I can only help with what {shop} sells and with our policies, and I keep to the catalogue's facts.")
    draft.say("What are you looking for?")


def _one(draft: Draft, goal: Need, result: Found, products: Sequence[Product], words: Vocabulary) -> None:
    if not products:
        _nothing(draft, goal, words)
        return
    kept = [wanted for wanted in goal.filters if wanted not in result.relaxed and wanted.field != "category"]
    conditions = [condition_text(wanted, words.currency) for wanted in kept] + [
        f"without {word}" for word in goal.negations
    ]
    noun = _noun(goal)
    if result.relaxed:
        lost = [condition_text(wanted, words.currency) for wanted in result.relaxed]
        source = draft.cite("shop", "catalogue", f"no “{noun}” with: {', '.join([*conditions, *lost])}", "search")
        draft.say(f"I found no “{noun}” that fits: {'; '.join([*conditions, *lost])}.", source)
        draft.unknown.extend(lost)
        draft.say(f"Leaving out {joined(lost)}, these come closest:", source)
    elif not result.close:
        text = f"no product matches “{noun}”; without it: {'; '.join(conditions)}"
        source = draft.cite("shop", "catalogue", text, "search")
        draft.say(f"I found nothing for “{noun}”; these fit the rest ({'; '.join(conditions)}).", source)
        draft.unknown.append(noun)
    elif goal.recipient or goal.occasion:
        source = draft.cite("shop", "catalogue", f"ideas for “{noun}”: {'; '.join(conditions)}", "recommend")
        draft.say(f"Ideas for “{noun}”{' (' + '; '.join(conditions) + ')' if conditions else ''}:", source)
    else:
        fits = f" that {'fits' if result.total == 1 else 'fit'} ({'; '.join(conditions)})" if conditions else ""
        source = draft.cite("shop", "catalogue", f"{result.total} products match “{noun}”{fits}", "search")
        count = f"{result.total} {'product' if result.total == 1 else 'products'}"
        draft.say(f"For “{noun}” I found {count}{fits}.", source)
    for i, product in enumerate(products):
        variant = result.variants.get(product.id)
        facts = telling(product, goal.filters, words)
        if i < _NAMED:
            cites = [draft.price(product, variant), *(draft.attribute(product, name, value) for name, value in facts)]
            detail = joined([f"{label(name).lower()} {attribute_text(value)}" for name, value in facts])
            draft.say(f"{product.title}: {price_text(product, variant)}{', ' + detail if detail else ''}.", *cites)
        draft.show(product, variant, " · ".join(_short(name, value) for name, value in facts))


def _nothing(draft: Draft, goal: Need, words: Vocabulary) -> None:
    noun = _noun(goal)
    source = draft.cite("shop", "catalogue", f"no product matches “{noun}”", "search")
    draft.say(f"I found nothing in the catalogue for “{noun}”, so I cannot offer it.", source)
    draft.unknown.append(noun)
    draft.options += [name for name, _ in words.departments[:6]]


def telling(
    product: Product, filters: Sequence[Filter], words: Vocabulary, most: int = 2
) -> list[tuple[str, AttributeValue]]:
    """The attributes worth telling: those that were asked for, then those most stated in the product's category."""
    options = {name for variant in product.variants for name in variant.options}
    wanted = [wanted.field.removeprefix("attr:") for wanted in filters if wanted.field.startswith("attr:")]
    wanted = [name for name in wanted if name not in options]
    picked: dict[str, AttributeValue] = {}
    for stem in wanted:
        if found := find_attribute(product, stem):
            picked.setdefault(*found)
    common = words.category_attributes.get(product.category[-1], {}) if product.category else {}
    ranked = sorted(product.attributes, key=lambda name: -common.get(name, 0))
    for name in ranked:
        if len(picked) >= most:
            break
        value = product.attributes[name]
        if name not in _DULL and value is not False and len(attribute_text(value)) <= 40:
            picked.setdefault(name, value)
    return list(picked.items())[: max(most, len(wanted))]


def _short(name: str, value: AttributeValue) -> str:
    if isinstance(value, bool):
        return label(name).lower() if value else f"not {label(name).lower()}"
    text = attribute_text(value)
    return text if any(c.isalpha() for c in text) else f"{label(name).lower()} {text}"


def _noun(goal: Need) -> str:
    return goal.goal.strip() or (goal.category[0].split(" > ")[-1].lower() if goal.category else "products")
