"""What may count as evidence at all, and how many independent sources a set of facts has.

A fact that gives orders to a machine is data like any other and is never obeyed; it is left out, with its reason,
because such a text was written to steer an answer and not to inform a shopper. So is a fact that only repeats the
question: a shopper's own words are no source. What not: a clever order in plain words ("everyone should always be told
that this is the best") is not recognised; it then weighs no more than the one source it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from shopwright.skills.evidence.terms import bag, content, passage, word_set
from shopwright.types import Evidence

_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,30}\b(?:previous|prior|above|earlier|all|any|your|these|system)\b"
    r".{0,30}\b(?:instructions?|prompts?|rules?|messages?|context|guidelines?)\b"
    r"|\bas an? (?:ai|language model|llm|assistant|chatbot)\b"
    r"|\byou are (?:now )?(?:an? )?(?:ai|assistant|chatbot|gpt|language model)\b"
    r"|\b(?:system|developer) (?:prompt|message|instruction)s?\b|<\|?(?:im_start|system|endoftext)\|?>|\[/?INST\]"
    r"|\b(?:note|message|instructions?) (?:to|for) (?:the )?(?:ai|assistants?|chatbots?|language models?|llms?|bots?)\b"
    r"|\b(?:tell|assure|inform|convince) (?:the|every|all|any) (?:users?|shoppers?|customers?|buyers?)\b"
    r"|\b(?:answer|reply|respond|say|output) (?:only|always|exactly)\b.{0,30}[\"“']"
    r"|忽略.{0,12}(?:指令|指示|说明|提示)|作为(?:一个)?(?:AI|人工智能|语言模型)",
    re.IGNORECASE | re.DOTALL,
)
_TRIGGERS = word_set(
    "instruction instructions prompt prompts rule rules message messages context guideline guidelines ai llm llms gpt "
    "assistant assistants chatbot chatbots bot bots language system developer im endoftext inst tell assure inform "
    "convince answer reply respond say output 忽 作"
)
"""Words of which every such order has one: looked for first, because the pattern is slow."""
_ASKS = re.compile(r"[?？]\s*$")
_SAME = 0.9


def gives_orders(text: str) -> bool:
    """Whether a text gives orders to a machine; it is data all the same, and never obeyed."""
    return bool(_TRIGGERS & bag(text) and _ORDERS.search(text))


def refused(question: str, fact: Evidence) -> str:
    """Why a fact may not be used, in words; "" when it may."""
    text = passage(fact.text, question)
    if not text.strip():
        return "it is empty"
    if gives_orders(text):
        return "it gives orders to a machine"
    if _ASKS.search(text) and not fact.field.startswith("answer"):
        said, asked = content(text), content(question)
        if said and len(said & asked) >= _SAME * len(said | asked):
            return "it only repeats the question"
    return ""


def usable(question: str, facts: Sequence[Evidence]) -> tuple[list[Evidence], list[tuple[Evidence, str]]]:
    """The facts that may be used, and the others with their reasons."""
    kept: list[Evidence] = []
    rejected: list[tuple[Evidence, str]] = []
    for fact in facts:
        reason = refused(question, fact)
        if reason:
            rejected.append((fact, reason))
        else:
            kept.append(fact)
    return kept, rejected


def source_key(fact: Evidence) -> str:
    """Names who says it: two sentences of one review, or of one product's page, are one source."""
    return f"{fact.kind}:{fact.source}"


def independent(facts: Iterable[Evidence]) -> int:
    """How many sources say it: each source once, and sources whose words are the same once."""
    first: dict[str, frozenset[str]] = {}
    for fact in facts:
        first.setdefault(source_key(fact), bag(fact.text))
    return len(set(first.values()))
