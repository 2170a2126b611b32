"""Words for facts about the catalogue as a whole, and for what the shop's documents say."""

from __future__ import annotations

from shopwright.assistant.judging import Judging, sentence_facts
from shopwright.assistant.render import label
from shopwright.assistant.results import Facts, Passages
from shopwright.assistant.wording.answering import document_facts
from shopwright.assistant.wording.draft import Draft, Lookup, condition_text, joined
from shopwright.assistant.wording.refusing import Contact, document_unknown
from shopwright.catalog.vocabulary import Vocabulary
from shopwright.skills.reason.split import clauses
from shopwright.types import Need

_LISTED = 8
_NEAR = 0.2
"""How far below the best passage's score another one may be quoted."""
_PASSAGES, _PARTS = 4, 3
"""Passages whose sentences are weighed, and parts of a question that are answered."""


def fact_words(draft: Draft, need: Need, facts: Facts, lookup: Lookup, vocabulary: Vocabulary) -> None:
    """A count, a list, a range or an extreme, with the number of products that it rests on."""
    noun = need.goal or (need.category[0].lower() if need.category else "product")
    conditions = [condition_text(wanted, vocabulary.currency) for wanted in need.filters if wanted.field != "category"]
    scope = (
        f"“{noun}”{' (' + '; '.join(conditions) + ')' if conditions else ''}"
        if noun != "product" or conditions
        else "the whole shop"
    )
    if not facts.count:
        draft.unknown.append(noun)
        draft.say(
            f"I found nothing in the catalogue for {scope}.",
            draft.cite("shop", "catalogue", f"0 products: {scope}", "count"),
        )
        return
    kind, _, what = facts.measure.partition(":")
    name = label(what.removeprefix("attr:")).lower()
    if facts.measure == "count":
        key = draft.cite("shop", "catalogue", f"{facts.count} products: {scope}", "count")
        draft.say(f"We have {facts.count} {'product' if facts.count == 1 else 'products'} for {scope}.", key)
    elif kind in ("count", "list"):
        _values(draft, facts, scope, name)
    elif not facts.stated:
        draft.unknown.append(name)
        key = draft.cite("shop", "catalogue", f"none of {facts.count} products for {scope} states it", facts.measure)
        draft.say(f"The catalogue does not state the {name} of any of the {facts.count} products for {scope}.", key)
    elif kind == "range":
        key = draft.cite("shop", "catalogue", f"prices of {facts.stated} products for {scope}: {facts.text}", "price")
        draft.say(f"For {scope} our prices go from {facts.text} ({facts.stated} products).", key)
    else:
        _extreme(draft, facts, scope, kind, name, lookup)
    products = lookup(facts.ids)
    for key in facts.ids[:_LISTED]:
        if key in products:
            draft.show(products[key])


def _values(draft: Draft, facts: Facts, scope: str, name: str) -> None:
    number = len(facts.values)
    listed = [value for value, _ in facts.values[:_LISTED]]
    plural = {"category": "departments", "brand": "brands"}.get(name, f"values of {name}")
    count = f"{number} {plural if number != 1 else plural.removesuffix('s')}"
    text = f"{count}: {', '.join(value for value, _ in facts.values)}"
    key = draft.cite("shop", "catalogue", f"{scope}: {text}", facts.what)
    more = ", among them" if number > len(listed) else ":"
    draft.say(f"For {scope} we carry {count}{more} {joined(listed)}.", key)
    draft.options += listed[:6] if facts.what in ("category", "brand") else []


def _extreme(draft: Draft, facts: Facts, scope: str, kind: str, name: str, lookup: Lookup) -> None:
    best = lookup(facts.ids[:1]).get(facts.ids[0])
    if best is None:
        return
    words = {
        ("min", "price"): "cheapest", ("max", "price"): "most expensive", ("max", "rating"): "best rated",
        ("min", "rating"): "lowest rated", ("max", "released"): "newest", ("min", "released"): "oldest",
    }.get((kind, name), f"one with the {'lowest' if kind == 'min' else 'highest'} {name}")  # fmt: skip
    source = f"{words} of {facts.stated} products for {scope}: {best.title}, {name} {facts.text}"
    key = draft.cite("shop", "catalogue", source, facts.measure)
    tail = "" if facts.stated == facts.count else f" (of {facts.stated} that state it)"
    draft.say(f"The {words} for {scope} is the {best.title}: {name} {facts.text}{tail}.", key, draft.price(best))


def document_words(draft: Draft, need: Need, found: Passages, judging: Judging, contact: Contact) -> None:
    """The sentences of the shop's documents that answer each part of the question, as they stand there."""
    passages = found.passages[:_PASSAGES]
    near = [passage for passage in passages if passage.score >= passages[0].score - _NEAR]
    pieces = sentence_facts(near)
    parts = (clauses(need.text) or [need.text])[:_PARTS]
    answers = [judging.answered(part, pieces) for part in parts]
    if not any(answer.sure for answer in answers):
        close = sorted((fact for answer in answers for fact in answer.facts[:1]), key=lambda fact: -fact.score)
        document_unknown(draft, need.text, close, contact)
        return
    most = 3 if len(parts) == 1 else 2
    picked = {(fact.source, fact.text) for answer in answers if answer.sure for fact in answer.facts[:most]}
    document_facts(draft, [piece for piece in pieces if (piece.source, piece.text) in picked])
