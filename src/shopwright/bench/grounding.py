"""Which sentences of an answer state facts, and which of those have a source that exists.

A sentence is factual unless it is a question, introduces what follows (":"), or speaks of the assistant itself ("I can
search ...", but not "I found no ..."); one that holds a number or names a product of the shop is factual in any case.
A source exists when the sentence cites evidence of the answer and the store holds what that evidence names.
"""

from __future__ import annotations

import re

from shopwright.bench.catalogue import Catalogue
from shopwright.types import Answer, Sentence

_ABOUT_ITSELF = re.compile(
    r"^(?:i\b(?! found)|i['’]m|sorry|hello|hi\b|thank|welcome|please|let me|tell me|you can (?:ask|tell)|here is what)",
    re.IGNORECASE,
)


def grounded_sentences(answer: Answer, catalogue: Catalogue) -> tuple[int, int]:
    """How many sentences of an answer are factual, and how many of these have a source."""
    factual = [sentence for sentence in answer.sentences if is_factual(sentence, answer, catalogue)]
    return len(factual), sum(has_source(sentence, answer, catalogue) for sentence in factual)


def is_factual(sentence: Sentence, answer: Answer, catalogue: Catalogue) -> bool:
    """Whether a sentence states something that could be wrong."""
    text = sentence.text.strip()
    if text.endswith("?"):
        return False
    if re.search(r"\d", text) or any(title in text for title in _titles(answer, catalogue)):
        return True
    return not (text.endswith(":") or _ABOUT_ITSELF.match(text))


def has_source(sentence: Sentence, answer: Answer, catalogue: Catalogue) -> bool:
    """Whether a sentence cites something, and everything that it cites exists."""
    facts = {fact.id: fact for fact in answer.evidence}
    return bool(sentence.citations) and all(key in facts and catalogue.holds(facts[key]) for key in sentence.citations)


def _titles(answer: Answer, catalogue: Catalogue) -> list[str]:
    shown = [catalogue.product(card.product_id) for card in answer.cards]
    return [product.title for product in shown if product]
