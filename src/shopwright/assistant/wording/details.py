"""Words for a question about one product: an attribute, an option, a sentence of its text, or that nothing is said.

Attributes that were asked for by name come first; else every attribute and sentence is compared with the question, and
the closest is told when it is close enough. Versions that the question names ("the 40 cm one") count with their own
values. What is not stated is said to be unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from shopwright.assistant.matching import match_variants
from shopwright.assistant.render import availability_text, label
from shopwright.assistant.results import Opinions
from shopwright.assistant.wording.draft import Draft, joined
from shopwright.catalog.offers import attribute_text
from shopwright.catalog.units import dimension, unit_symbol
from shopwright.catalog.vocabulary import fold
from shopwright.models.protocols import Encoder
from shopwright.skills.evidence.facts import attribute_facts, rank, text_facts
from shopwright.skills.rewrite.asks import attribute_names
from shopwright.skills.rewrite.english import ATTRIBUTE_WORDS
from shopwright.skills.rewrite.lexicon import tokenize
from shopwright.types import AttributeValue, Evidence, Need, Product, Quantity, Variant

SURE_ATTRIBUTE, SURE_YES_NO, SURE_TEXT = 0.34, 0.45, 0.48
"""Cosine from which an attribute answers a question, a yes/no question, and from which a sentence of a text does."""
_ALSO, _RIVAL = 0.04, 0.03
"""How close behind the best a second fact may be to be told too, and one that was asked by name to be meant."""
_ALL = 1_000
_HOW_MANY = re.compile(r"\bhow many ([a-z]+(?: [a-z]+)?)\b", re.IGNORECASE)
_AMOUNT = re.compile(r"\bhow (?:many|much)\b", re.IGNORECASE)
_YES_NO = re.compile(r"\W*(?:can|could|is|are|does|do|did|will|would|may|has|have)\b", re.IGNORECASE)
_WHEN = re.compile(r"\bwhen\b|\bback in stock\b|\brestock", re.IGNORECASE)


def detail_words(draft: Draft, need: Need, product: Product, encoder: Encoder, opinions: Opinions | None) -> None:
    """Answer what was asked of the product, or say that the catalogue does not."""
    stems = _stems(need, product, encoder)
    if not stems and "question" not in need.asks and not any(ask.startswith("attr:") for ask in need.asks):
        return
    if _WHEN.search(need.text) and "stock" in need.asks:
        draft.unknown.append("when it is back")
        draft.say(f"The catalogue does not say when the {product.title} comes back.", draft.stock(product))
        return
    variants = match_variants(product, need.text)
    told = _polar(draft, need, product, variants)
    if not told:
        answers = [_options(draft, product, stem) or _attribute(draft, product, stem, variants) for stem in stems]
        told = any(answers)
        if told:
            _admit_no_amount(draft, need, [sentence.text for sentence in draft.sentences])
    if not told:
        _closest(draft, need, product, stems, variants, encoder, opinions)


def _stems(need: Need, product: Product, encoder: Encoder) -> list[str]:
    """What was asked by name: without words that are part of the product's name, or that mean another attribute here.

    "Weight limit" names the weight, but the maximum load is closer to the question.
    """
    own = {token.folded for token in tokenize(product.title)}
    asked = [ask.rpartition(":")[2] for ask in need.asks if ask.startswith(("attr:", "list:attr:", "options:"))]
    stems = [stem for stem in asked if not {fold(part) for part in stem.split("_")} <= own]
    sure = [stem for stem in stems if any(words in need.text.lower() for words in ATTRIBUTE_WORDS.get(stem, ()))]
    if len(sure) == len(stems):
        return stems
    question = " ".join(token.text for token in tokenize(need.text) if token.folded not in own) or need.text
    scores = {fact.field: fact.score for fact in rank(question, attribute_facts(product), encoder, k=_ALL)}
    best = max(scores.values(), default=0.0)
    return [
        stem
        for stem in stems
        if stem in sure or scores.get(stem, best) >= best - _RIVAL or any(stem in v.options for v in product.variants)
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


def _closest(
    draft: Draft,
    need: Need,
    product: Product,
    stems: Sequence[str],
    variants: Sequence[Variant],
    encoder: Encoder,
    opinions: Opinions | None,
) -> None:
    own = {token.folded for token in tokenize(product.title)}
    question = " ".join(token.text for token in tokenize(need.text) if token.folded not in own) or need.text
    facts = [*attribute_facts(product), *text_facts(product)]
    facts += [
        Evidence("", "product", product.id, f"{label(name).lower()}: {attribute_text(value)}", name, product.title)
        for variant in (variants if len(variants) == 1 else ())
        for name, value in variant.attributes.items()
    ]
    asked = _asked_dimension(need.text)
    facts = [fact for fact in facts if not asked or _fits(product, fact, asked)]
    ranked = _ranked((question, need.text), facts, encoder)
    least = SURE_YES_NO if _YES_NO.match(need.text) else SURE_ATTRIBUTE
    sure = [fact for fact in ranked if fact.score >= (SURE_TEXT if _is_text(fact) else least)]
    if sure:
        for fact in sure[:2]:
            if fact.score >= sure[0].score - _ALSO:
                draft.say(f"The catalogue says of the {product.title}: {_quote(fact)}", draft.keep(fact))
        _admit_no_amount(draft, need, [fact.text for fact in sure[:1]])
        return
    what = joined([label(stem).lower() for stem in stems])
    draft.unknown.append(what or "that")
    source = draft.keep(ranked[0]) if ranked else draft.price(product)
    about = f"anything about the {what}" if what else "that"
    draft.say(f"The catalogue does not say {about} of the {product.title}.", source)
    if opinions and opinions.quotes and opinions.quotes[0].score >= SURE_TEXT:
        quote = opinions.quotes[0]
        draft.say(f"A reviewer writes: “{quote.text}”", draft.keep(quote))


def _admit_no_amount(draft: Draft, need: Need, told: Sequence[str]) -> None:
    """ "How much caffeine?" is not answered by "caffeine: high"."""
    if _AMOUNT.search(need.text) and not any(re.search(r"\d", text) for text in told):
        draft.unknown.append("how much")
        draft.say("The catalogue does not say how much exactly.")


def _ranked(questions: Sequence[str], facts: Sequence[Evidence], encoder: Encoder) -> list[Evidence]:
    """The facts closest to any wording of the question."""
    best: dict[tuple[str, str], Evidence] = {}
    for question in dict.fromkeys(questions):
        for fact in rank(question, facts, encoder, k=4):
            known = best.get((fact.field, fact.text))
            best[fact.field, fact.text] = fact if known is None or fact.score > known.score else known
    return sorted(best.values(), key=lambda fact: -fact.score)


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


def _is_text(fact: Evidence) -> bool:
    return fact.field in ("description", "highlights")


def _quote(fact: Evidence) -> str:
    return f"“{fact.text}”" if _is_text(fact) else f"{fact.text}."
