"""Words for a wish that was thought through: what it needs, why, step by step, and the first products for each.

The chain is told so that it can be refuted: each of its steps cites the line of the graph where it stands.
"""

from __future__ import annotations

from collections.abc import Sequence

from shopwright.assistant.render import price_text
from shopwright.assistant.results import Found
from shopwright.assistant.wording.draft import Draft, Lookup, condition_text, joined
from shopwright.catalog.vocabulary import Vocabulary
from shopwright.knowledge.graph import Edge, name_of
from shopwright.skills.reason.chains import Chain
from shopwright.skills.reason.subgoals import Reasoned, SubGoal
from shopwright.types import Product

_SHOWN, _ADVISED, _NAME = 2, 2, 4
"""Products shown for each sub-goal, pieces of advice, and words of a node that is no clause of the shopper's."""
_RELATIONS = {
    "leads_to": "leads to", "met_by": "is met by", "goes_with": "goes with", "advises": "asks for care",
}  # fmt: skip
"""Relations as people say them, where that is not their name."""


def wish_words(
    draft: Draft, reasoned: Reasoned, found: Sequence[tuple[SubGoal, Found]], lookup: Lookup, words: Vocabulary
) -> None:
    """For each sub-goal its chain and its best products; what contradicts itself first, advice last."""
    conflict_words(draft, reasoned)
    shown: set[str] = set()
    missed: list[SubGoal] = []
    for goal, result in found:
        known = lookup(result.ids)
        products = [known[key] for key in result.ids if key in known and key not in shown][:_SHOWN]
        shown.update(product.id for product in products)
        if products:
            _goal(draft, goal, result, products, words)
        else:
            missed.append(goal)
    if missed:
        _missed(draft, missed)
    thought = {node for goal, _ in found for node in goal.chain.nodes}
    for edge in [edge for edge in reasoned.advice if edge.head in thought][:_ADVISED]:
        draft.say(f"{name_of(edge.tail).rstrip('.')}.", _source(draft, edge))
    if shown:
        draft.options += ["Compare the first two", "Put the first one into my basket"]


def conflict_words(draft: Draft, reasoned: Reasoned | None) -> None:
    """A question for each pair of wishes that cannot both be met."""
    for conflict in reasoned.conflicts if reasoned else ():
        draft.say(f"You ask for {conflict.what} and for {conflict.with_what}: {conflict.why}. Which matters more?")
        draft.options += [conflict.what, conflict.with_what]


def _goal(draft: Draft, goal: SubGoal, result: Found, products: Sequence[Product], words: Vocabulary) -> None:
    why = [_source(draft, edge) for edge in goal.chain.steps if edge.place]
    thought = f" ({_told(goal.chain)})" if _told(goal.chain) else ""
    named = joined([f"{product.title}, {price_text(product, result.variants.get(product.id))}" for product in products])
    prices = [draft.price(product, result.variants.get(product.id)) for product in products]
    draft.say(f"{goal.name.capitalize()}{thought}: {named}.", *why, *prices)
    if result.relaxed:
        lost = joined([condition_text(wanted, words.currency) for wanted in result.relaxed])
        source = draft.cite("shop", "catalogue", f"no “{goal.name}” with: {lost}", "search")
        draft.say(f"None of these is {lost}.", source)
        draft.unknown.append(f"{goal.name}: {lost}")
    for product in products:
        draft.show(product, result.variants.get(product.id), _told(goal.chain))


def _missed(draft: Draft, goals: Sequence[SubGoal]) -> None:
    """What would help and cannot be offered."""
    names = joined([goal.name for goal in goals])
    source = draft.cite("shop", "catalogue", f"nothing fits for: {names}", "search")
    draft.say(f"I also thought of {names}, but the catalogue has nothing that fits.", source)
    draft.unknown += [goal.name for goal in goals]


def _told(chain: Chain) -> str:
    """The chain in words; where it begins with the shopper's own clause, without that."""
    nodes = [name_of(node) for node in chain.nodes]
    own = len(nodes[0].split()) > _NAME or any(letter.isdigit() for letter in nodes[0])
    return " → ".join(nodes[1:] if own else nodes) if chain.steps and len(nodes) > 1 + own else ""


def _source(draft: Draft, edge: Edge) -> str:
    relation = _RELATIONS.get(edge.relation, edge.relation.replace("_", " "))
    return draft.cite("sense", edge.place, f"{name_of(edge.head)} {relation} {name_of(edge.tail)}", edge.relation)
