"""Words for what a shopper did not name: ideas that were asked for, and one suggestion that closes an answer.

The sentence of a tip is its author's, and cites the file and line where it stands; other steps of the way cite theirs.
Prices are the store's. None of these sentences comes from a language model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shopwright.assistant.render import make_card, price_text
from shopwright.assistant.suggesting import Idea
from shopwright.assistant.wording.draft import Draft, Lookup, joined
from shopwright.types import Answer

_QUIET = "All right: I suggest nothing more in this conversation, unless you ask for ideas."
_ALL = "Those were all the ideas that I have for this. Tell me more of what it is for, and I think again."
_HEADS, _FAR = 2, 0.3
"""What ideas are for, as it is named at most, and the surprise from which one is not the first that comes to mind."""


def ideas_words(ideas: Sequence[Idea], lookup: Lookup) -> Answer:
    """The ideas, each with its product and its reason."""
    draft = Draft()
    heads = list(dict.fromkeys(idea.head for idea in ideas if idea.head))[:_HEADS]
    far = any(idea.surprise >= _FAR for idea in ideas)
    beyond = f"For {joined(heads)}, beyond the first things that come to mind:"
    draft.say(beyond if heads and far else f"Ideas for {joined(heads)}:" if heads else "A few ideas:")
    for idea in ideas:
        product = idea.product
        text = f"{product.title}, {price_text(product)}: {idea.reason}"
        draft.say(text, draft.price(product), *_sources(draft, idea, lookup))
        draft.show(product, reason=f"{idea.head} → {idea.type}" if idea.head and idea.type else "")
    draft.options += ["More ideas", "Put the first one into my basket", "No more suggestions"]
    return draft.answer()


def aside_words(answer: Answer, idea: Idea) -> Answer:
    """An answer with one suggestion at its end, in a sentence and as a product apart from those that were found."""
    draft = Draft(sentences=list(answer.sentences), facts=list(answer.evidence))
    draft.say(
        f"For {idea.head}, people rarely think of {idea.type}: {idea.reason}", *_sources(draft, idea, lambda _: {})
    )
    card = make_card(idea.product, None, f"{idea.head} → {idea.type}")
    return replace(answer, sentences=tuple(draft.sentences), evidence=tuple(draft.facts), aside=card)


def no_ideas_words(*, quiet: bool) -> Answer:
    """The answer to a message that wants no suggestions, or for which none is left."""
    draft = Draft()
    draft.say(_QUIET if quiet else _ALL)
    return draft.answer()


def _sources(draft: Draft, idea: Idea, lookup: Lookup) -> list[str]:
    """What the reason rests on: lines of common sense, products that were looked at, what was counted."""
    keys = []
    lines = [step for step in idea.chain if ".tsv:" in step.source]
    for step in lines:
        text = idea.reason if step is lines[-1] else step.text
        keys.append(draft.cite("sense", step.source, text, title=step.text))
    origins = lookup([step.source for step in idea.chain if step not in lines])
    keys += [draft.price(product) for product in origins.values() if product.id != idea.product.id]
    if not lines:
        counted = "; ".join(f"{step.text} ({step.source})" for step in idea.chain)
        keys.append(draft.cite("shop", "recommendations", f"{counted}: {idea.reason}", "recommend"))
    return keys
