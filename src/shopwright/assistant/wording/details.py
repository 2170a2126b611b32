"""Words for a question about one product: an attribute, an option, a sentence of its text, or that nothing is said.

Attributes that were asked for by name come first; else the facts of all sources are weighed (`answering`). Versions
that the question names ("the 40 cm one") count with their own values. What is not stated is said to be unknown
(`refusing`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial

from shopwright.assistant.judging import ALSO, Judging
from shopwright.assistant.matching import match_variants
from shopwright.assistant.render import availability_text, label
from shopwright.assistant.results import Opinions, Passages
from shopwright.assistant.wording.answering import answer_words, asked_of, conflict_words, customer_words
from shopwright.assistant.wording.draft import Draft, joined
from shopwright.assistant.wording.refusing import Contact, product_unknown, whom_words
from shopwright.catalog.offers import attribute_text
from shopwright.catalog.units import dimension, unit_symbol
from shopwright.catalog.vocabulary import fold
from shopwright.skills.evidence.facts import attribute_facts, text_facts
from shopwright.skills.rewrite.asks import attribute_names
from shopwright.skills.rewrite.english import ATTRIBUTE_WORDS
from shopwright.skills.rewrite.lexicon import tokenize
from shopwright.types import AttributeValue, Evidence, Need, Product, Quantity, Sentence, Variant

_HOW_MANY = re.compile(r"\bhow many ([a-z]+(?: [a-z]+)?)\b", re.IGNORECASE)
_AMOUNT = re.compile(r"\bhow (?:many|much)\b", re.IGNORECASE)
_WHEN = re.compile(r"\bwhen\b|\bback in stock\b|\brestock", re.IGNORECASE)


def detail_words(
    draft: Draft,
    need: Need,
    product: Product,
    opinions: Opinions | None,
    documents: Passages | None,
    judging: Judging,
    contact: Contact,
) -> None:
    """Answer what was asked of the product, or say that the catalogue does not."""
    question = asked_of(need.text, product)
    stems = _stems(need, question, product, judging)
    if not stems and "question" not in need.asks and not any(ask.startswith("attr:") for ask in need.asks):
        return
    if _WHEN.search(need.text) and "stock" in need.asks:
        draft.unknown.append("when it is back")
        draft.say(f"The catalogue does not say when the {product.title} comes back.", draft.stock(product))
        whom_words(draft, contact, product)
        return
    variants = match_variants(product, need.text)
    facts = _facts(need, product, variants)
    if _polar(draft, need, product, variants):
        _contradicted(draft, question, product, facts, opinions)
        return
    begun = len(draft.sentences)
    answers = [_options(draft, product, stem) or _attribute(draft, product, stem, variants) for stem in stems]
    close: tuple[Evidence, ...] = ()
    told = any(answers)
    if told:
        _contradicted(draft, question, product, facts, opinions)
    else:
        told, close = answer_words(draft, question, product, facts, opinions, documents, judging)
    if told:
        _admit_no_amount(draft, need, draft.sentences[begun:])
        return
    what = joined([label(stem).lower() for stem in stems])
    customers = partial(customer_words, draft, question, product, opinions, judging)
    product_unknown(draft, what, need.text, product, close, contact, customers)


def _contradicted(
    draft: Draft, question: str, product: Product, facts: Sequence[Evidence], opinions: Opinions | None
) -> None:
    if opinions:
        conflict_words(draft, question, product, [*facts, *opinions.heard])


def _stems(need: Need, question: str, product: Product, judging: Judging) -> list[str]:
    """What was asked by name: without words that are part of the product's name, or that mean another attribute here.

    "Weight limit" names the weight, but the maximum load is closer to the question.
    """
    own = {token.folded for token in tokenize(product.title)}
    asked = [ask.rpartition(":")[2] for ask in need.asks if ask.startswith(("attr:", "list:attr:", "options:"))]
    stems = [stem for stem in asked if not {fold(part) for part in stem.split("_")} <= own]
    sure = [stem for stem in stems if any(words in need.text.lower() for words in ATTRIBUTE_WORDS.get(stem, ()))]
    if len(sure) == len(stems):
        return stems
    scores = {fact.field: fact.score for fact in judging.ranked(question, attribute_facts(product))}
    best = max(scores.values(), default=0.0)
    return [
        stem
        for stem in stems
        if stem in sure or scores.get(stem, best) >= best - ALSO or any(stem in v.options for v in product.variants)
    ]


def _polar(draft: Draft, need: Need, product: Product, variants: Sequence[Variant]) -> bool:
    """ "Is it waterproof?", "does it come in blue?": a condition that the reader found, held against the product."""
    for wanted in need.filters:
        name = wanted.field.removeprefix("attr:")
        if not wanted.field.startswith("attr:") or wanted.op == "range":
            continue
        options = dict.fromkeys(v.options[name] for v in product.variants if name in v.options)
        if options:
            there = [option for option in options if option.lower() in wanted.values]
            key = draft.state(product, f"{label(name).lower()}: {', '.join(options)}", name)
            if there:
                state = _stock_of(product, variants)
                draft.say(f"Yes, the {product.title} comes in {joined(there)}{state}.", key, draft.stock(product))
            else:
                draft.say(f"No, the {product.title} comes in {joined(list(options))} only.", key)
            return True
        if name in product.attributes:
            return _attribute(draft, product, name, variants)
    return False


def _stock_of(product: Product, variants: Sequence[Variant]) -> str:
    states = dict.fromkeys(availability_text(product, variant.id) for variant in variants)
    return f" ({', '.join(state for state in states if state)})" if any(states) else ""


def _options(draft: Draft, product: Product, stem: str) -> bool:
    names = [name for v in product.variants for name in v.options if stem in (name, fold(name))]
    if not names:
        return False
    values = dict.fromkeys(v.options[names[0]] for v in product.variants if names[0] in v.options)
    name = label(names[0]).lower()
    key = draft.state(product, f"{name}: {', '.join(values)}", names[0])
    draft.say(f"The {product.title} comes in these versions ({name}): {joined(list(values))}.", key)
    return True


def _attribute(draft: Draft, product: Product, stem: str, variants: Sequence[Variant]) -> bool:
    stated = _stated(product, stem, variants)
    if not stated:
        return False
    name = next(iter(stated))
    values = stated[name]
    words = label(name).lower()
    if len(values) > 1:
        rows = [f"{version} {attribute_text(value)}" for version, value in values.items()]
        key = draft.state(product, f"{words}: {'; '.join(rows)}", name)
        draft.say(f"The {product.title}, {words} by version: {'; '.join(rows)}.", key)
        return True
    value = next(iter(values.values()))
    key = draft.attribute(product, name, value)
    if isinstance(value, bool):
        answer = "yes" if value else "no"
        draft.say(f"{answer.capitalize()}: the catalogue says of the {product.title}, {words}: {answer}.", key)
    else:
        draft.say(f"The {product.title}: {words} {attribute_text(value)}.", key)
    return True


def _stated(product: Product, stem: str, variants: Sequence[Variant]) -> Mapping[str, Mapping[str, AttributeValue]]:
    """The first attribute of this name (or with it as a word): its value by version, one entry when all are alike."""
    every = variants or product.variants
    names = attribute_names(stem, [*product.attributes, *(name for variant in every for name in variant.attributes)])
    if not names:
        return {}
    name = names[0]
    values: dict[str, AttributeValue] = {}
    for variant in every:
        value = variant.attributes.get(name, product.attributes.get(name))
        if value is not None:
            values[", ".join(variant.options.values())] = value
    if len({attribute_text(value) for value in values.values()}) > 1:
        return {name: values}
    value = next(iter(values.values()), product.attributes.get(name))
    return {} if value is None else {name: {"": value}}


def _facts(need: Need, product: Product, variants: Sequence[Variant]) -> list[Evidence]:
    """What the catalogue says of a product, and of the one version that was named; no measure of another dimension."""
    facts = [*attribute_facts(product), *text_facts(product)]
    facts += [
        Evidence("", "product", product.id, f"{label(name).lower()}: {attribute_text(value)}", name, product.title)
        for variant in (variants if len(variants) == 1 else ())
        for name, value in variant.attributes.items()
    ]
    asked = _asked_dimension(need.text)
    return [fact for fact in facts if not asked or _fits(product, fact, asked)]


def _admit_no_amount(draft: Draft, need: Need, told: Sequence[Sentence]) -> None:
    """ "How much caffeine?" is not answered by "caffeine: high"."""
    if told and _AMOUNT.search(need.text) and not any(re.search(r"\d", sentence.text) for sentence in told):
        draft.unknown.append("how much")
        draft.say("The catalogue does not say how much exactly.", *told[0].citations)


def _asked_dimension(question: str) -> str | None:
    """The physical dimension that "how many ..." asks for: "how many kilowatt hours" -> energy."""
    match = _HOW_MANY.search(question)
    if match and match[1].lower().endswith(("watt hour", "watt hours")):
        return "energy"
    for words in (match[1], match[1].split()[0]) if match else ():
        if unit := unit_symbol(words):
            return dimension(unit)
    return None


def _fits(product: Product, fact: Evidence, asked: str) -> bool:
    """Whether an attribute may answer for a dimension: not one that is measured in another."""
    value = product.attributes.get(fact.field)
    return not isinstance(value, Quantity) or dimension(value.unit) == asked
