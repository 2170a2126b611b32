"""Words for a question that facts of several sources may answer: the catalogue, the documents, customers.

The judge ranks them beside each part of the question. What the catalogue says sufficiently is told as its word, else
what the documents say as theirs; what customers say is counted and quoted as theirs, and never takes the catalogue's
place. Where sources contradict each other, both are told, with their citations.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shopwright.assistant.judging import ANSWERS, Answered, Judging, sentence_facts
from shopwright.assistant.results import Opinions, Passages
from shopwright.assistant.wording.draft import Draft
from shopwright.catalog.vocabulary import fold
from shopwright.skills.evidence.conflicts import Conflict, conflicts
from shopwright.skills.evidence.reading import is_yes_or_no
from shopwright.skills.evidence.terms import content
from shopwright.skills.evidence.trust import by_customers, source_kind
from shopwright.skills.reason.split import clauses
from shopwright.skills.rewrite.lexicon import tokenize
from shopwright.types import Evidence, Product

_TOLD, _PARTS = 2, 2
"""Facts that are told at most of one part of a question, and parts that are answered."""
_CITED = 3
"""Sources of one side of a conflict that are cited at most."""


def asked_of(text: str, product: Product) -> str:
    """A question with "it" in the place of the product's name, as the facts leave the name out too.

    "How tall is the Tarn 2 inside?" -> "How tall is it inside?". A single word of the name stays: it may be what is
    asked about ("How long does the battery last?" of a "Battery lawn mower").
    """
    own = {token.folded for token in tokenize(product.title)}
    runs: list[tuple[int, int, int]] = []
    tokens = tokenize(text)
    start = 0
    for place in range(len(tokens) + 1):
        if place == len(tokens) or tokens[place].folded not in own:
            if place - start > 1:
                runs.append((place - start, tokens[start].start, tokens[place - 1].end))
            start = place + 1
    if not runs:
        return text
    _, first, last = max(runs)
    before = re.sub(r"\b(?:the|this|that|your|a|an)\s+$", "", text[:first], flags=re.IGNORECASE)
    return f"{before}it{text[last:]}"


def is_text(fact: Evidence) -> bool:
    """Whether a fact is a sentence and not a cell."""
    return fact.field in ("description", "highlights")


def quoted(fact: Evidence) -> str:
    """A fact as the catalogue's word: a sentence between quotes, a cell as it stands."""
    end = "" if fact.text.endswith((".", "!", "?")) else "."
    return f"“{fact.text}”{end}" if is_text(fact) else f"{fact.text}{end}"


def answer_words(
    draft: Draft,
    question: str,
    product: Product,
    facts: Sequence[Evidence],
    opinions: Opinions | None,
    documents: Passages | None,
    judging: Judging,
) -> tuple[bool, tuple[Evidence, ...]]:
    """Tell what answers the question about a product, or those of its parts that something answers.

    Returns:
        Whether the catalogue or the documents answer any part, and the facts of the catalogue, the closest first.
    """
    every = [*facts, *(sentence_facts(documents.passages) if documents else ())]
    parts = clauses(question)[:_PARTS]
    parts = parts if len(parts) > 1 else [question]
    answers = [_answer(part, every, judging) for part in parts]
    for part, answer in zip(parts, answers, strict=True):
        if answer.told.sure:
            _say(draft, product, answer.told.also[:_TOLD])
        elif any(other.told.sure for other in answers):
            draft.unknown.append(part)
            draft.say(f"The catalogue does not say of the {product.title}: {part}.", draft.price(product))
    told = any(answer.told.sure for answer in answers)
    if told:
        heard = opinions.heard if opinions else ()
        contradicted = conflict_words(draft, question, product, [*facts, *heard])
        if not contradicted and all(not answer.told.sure or is_text(answer.told.facts[0]) for answer in answers):
            customer_words(draft, question, product, opinions, judging)
    return told, tuple(fact for answer in answers for fact in answer.close)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What answers a question, of the catalogue or else of the documents, and the closest facts of the catalogue."""

    told: Answered
    close: tuple[Evidence, ...]


def _answer(question: str, facts: Sequence[Evidence], judging: Judging) -> _Answer:
    found = judging.ranked(question, facts)
    stated = judging.weighed(question, [fact for fact in found if fact.kind == "product"])
    told = stated
    if not stated.sure:
        told = judging.weighed(question, [fact for fact in found if fact.kind == "document"])
    return _Answer(told, stated.facts)


def _say(draft: Draft, product: Product, facts: Sequence[Evidence]) -> None:
    if facts[0].kind == "document":
        document_facts(draft, facts)
        return
    for fact in facts:
        draft.say(f"The catalogue says of the {product.title}: {quoted(fact)}", draft.keep(fact))


def document_facts(draft: Draft, facts: Sequence[Evidence]) -> None:
    """Sentences of documents in their own words, the title before the first of each."""
    said = ""
    for fact in facts:
        draft.say(fact.text if fact.title == said else f"{fact.title}: {fact.text}", draft.keep(fact))
        said = fact.title


def customer_words(draft: Draft, question: str, product: Product, opinions: Opinions | None, judging: Judging) -> bool:
    """What customers say to the question: of yes or no how many say which with a quote of each, else the best quote.

    Returns:
        Whether they say anything.
    """
    if opinions is None or not opinions.heard:
        return False
    if is_yes_or_no(question):
        said = judging.customers(question, opinions.heard)
        if said is None:
            return False
        counts = said.counts
        fact = f"reviewers who mention it: {counts.mentioned}; yes: {counts.yes}; no: {counts.no}"
        words = counts.words()
        keys = [draft.keep(quote) for quote in said.quotes]
        draft.say(f"{words[:1].upper()}{words[1:]}.", draft.state(product, fact, "reviews"), *keys)
        for quote, key in zip(said.quotes, keys, strict=True):
            draft.say(f"“{quote.text}”", key)
        return True
    found = judging.answered(question, opinions.heard)
    if not found.sure or found.facts[0].score < ANSWERS:
        return False
    draft.say(f"A reviewer writes: “{found.facts[0].text}”", draft.keep(found.facts[0]))
    return True


def conflict_words(draft: Draft, question: str, product: Product, facts: Sequence[Evidence]) -> bool:
    """Tell the first conflict over what is asked between sources of different kinds; returns whether there is one."""
    for conflict in conflicts(question, facts):
        if len({source_kind(side.evidence[0]) for side in conflict.sides}) > 1:
            _tell(draft, product, conflict)
            return True
    return False


def _tell(draft: Draft, product: Product, conflict: Conflict) -> None:
    words = conflict.words()
    counts = "; ".join(f"{side.value}: {side.count}" for side in conflict.sides if by_customers(side.evidence[0]))
    keys = [draft.keep(fact) for side in conflict.sides for fact in side.evidence[:_CITED]]
    if counts:
        keys.append(draft.state(product, f"reviewers by what they say of {conflict.subject}: {counts}", "reviews"))
    draft.say(f"{words[:1].upper()}{words[1:]}.", *keys)


def names_aspect(text: str, product: Product) -> bool:
    """Whether a question for opinions asks about something: the battery, and not the product as a whole."""
    own = content(product.title) | _OPINION
    return bool({word for word in content(text) - own if fold(word) not in own})


_OPINION = content(
    "review reviews reviewer reviewers customer customers people buyer buyers opinion opinions say says said think "
    "thought find tell told complain complaint complaints like liked love rated rating ratings good bad others other "
    "users owners experience please hello one ones first second third last product anything something know mention"
)
