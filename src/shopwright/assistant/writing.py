"""The built-in wording: what the tools returned, told in sentences with their evidence, cards, tables and sums.

Which words are written follows from the strategy and from what came back, not from how it was planned, so that a plan
of a large model is told by the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from shopwright.assistant.buying.basket import Basket
from shopwright.assistant.buying.delivery import Delivery
from shopwright.assistant.buying.totals import Total
from shopwright.assistant.results import CartView, Compared, Decisive, Facts, Found, Named, Opinions, Passages, Picture
from shopwright.assistant.strategy.narrowing import Narrowing
from shopwright.assistant.tools import Tools, filter_of
from shopwright.assistant.wording.about import about_words
from shopwright.assistant.wording.buying import (
    approval_words,
    basket_words,
    cart_words,
    delivery_words,
    total_words,
)
from shopwright.assistant.wording.choosing import factor_words
from shopwright.assistant.wording.comparing import compare_words
from shopwright.assistant.wording.draft import Draft
from shopwright.assistant.wording.finding import ask_words, decline_words, found_words, recommend_words
from shopwright.assistant.wording.foreign import foreign_words
from shopwright.assistant.wording.instead import beside_words, instead_words
from shopwright.assistant.wording.reasons import conflict_words, wish_words
from shopwright.assistant.wording.shopfacts import document_words, fact_words
from shopwright.catalog.vocabulary import Vocabulary
from shopwright.skills.plan.references import resolve
from shopwright.skills.reason.subgoals import Reasoned
from shopwright.types import Answer, Constraint, Decision, Need, Plan, Product, Step, StepResult, Strategy

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scene:
    """What an answer is made of.

    Args:
        goals: what was searched for, in the order of the steps "s1", "s2" ...
        results: in the order of the plan.
        agreed: whether the shopper said yes or no to what was asked for approval; None where nothing was.
        reasoned: how the goals were thought of, where the message does not name them.
        planned: the plan where the planner made it; its results are told one after the other.
        question: what is asked back.
    """

    need: Need
    decision: Decision
    goals: Sequence[Need]
    results: Sequence[StepResult]
    agreed: bool | None = None
    reasoned: Reasoned | None = None
    planned: Plan | None = None
    question: Narrowing | None = None

    @property
    def values(self) -> Mapping[str, Any]:
        """What the steps returned that were done, by step."""
        return {result.step: result.value for result in self.results if result.status == "done"}

    def first(self, kind: type[T]) -> T | None:
        """The first value of a kind."""
        return next((value for value in self.values.values() if isinstance(value, kind)), None)

    def found(self) -> list[tuple[Need, Found]]:
        """The goals whose search came back, each with what was found."""
        values = self.values
        pairs = [(goal, values.get(f"s{place}")) for place, goal in enumerate(self.goals, 1)]
        return [(goal, value) for goal, value in pairs if isinstance(value, Found)]


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes answers over one state of a shop."""

    name: str
    tools: Tools
    vocabulary: Vocabulary

    def write(self, scene: Scene) -> Answer:
        """The answer of a turn."""
        draft = Draft()
        waiting = next((result.approval for result in scene.results if result.approval), None)
        if scene.planned is not None:
            self._each(draft, scene, scene.planned)
            if waiting is not None:
                approval_words(draft, waiting)
        elif waiting is not None:
            if scene.agreed:
                draft.say("Done.")
            approval_words(draft, waiting)
        else:
            self._words(scene)(draft)
        instead_words(draft, self.tools.instead, self.tools.store.products)
        return draft.answer()

    def _words(self, scene: Scene) -> Callable[[Draft], None]:
        """What is to be said."""
        match scene.decision.strategy:
            case Strategy.DECLINE:
                return lambda draft: decline_words(draft, self.name)
            case Strategy.ASK:
                return lambda draft: ask_words(draft, scene.need, self.name, self.vocabulary, scene.question)
            case Strategy.COMPARE:
                return lambda draft: self._compare(draft, scene)
            case Strategy.SERVE:
                return lambda draft: self._serve(draft, scene)
            case _:
                return lambda draft: self._tell(draft, scene)

    def _each(self, draft: Draft, scene: Scene, plan: Plan) -> None:
        """Every result in the order of the plan, each in the words of its kind."""
        steps = {step.id: step for step in plan.steps}
        ended = {result.step: result for result in scene.results}
        for result in scene.results:
            if result.status == "done":
                arguments = resolve(steps[result.step].arguments, ended)
                self._one(draft, scene.need, replace(steps[result.step], arguments=arguments), result)
        if not draft.sentences and all(result.approval is None for result in scene.results):
            draft.say("I could not look that up just now; please try again in a moment.")

    def _one(self, draft: Draft, need: Need, step: Step, result: StepResult) -> None:
        """One result of a made plan; `step` has its references resolved."""
        value: object = result.value
        lookup, words, judging = self.tools.store.products, self.vocabulary, self.tools.judging
        match value:
            case Found():
                found_words(draft, [(_asked(need, step), value)], lookup, words)
            case Compared():
                compare_words(draft, self._ordered(value.ids), value.rows)
            case Decisive():
                factor_words(draft, value, lookup)
            case Facts():
                fact_words(draft, need, value, lookup, words)
            case Total():
                total_words(draft, self._ordered(_ids(step)), value)
            case Delivery():
                delivery_words(draft, value)
            case Basket():
                basket_words(draft, value, lookup, need.budget)
            case CartView():
                cart_words(draft, value, lookup)
            case Passages():
                document_words(draft, need, value, judging, self.tools.contact)
            case Named() | Opinions():
                ids = value.ids if isinstance(value, Named) else (value.product_id,)
                opinions = {value.product_id: value} if isinstance(value, Opinions) else {}
                asked = need if need.asks else replace(need, asks=("reviews",) if opinions else ())
                about_words(draft, asked, self._ordered(ids), opinions, None, words, judging, self.tools.contact)
            case _ if "." in step.tool:
                foreign_words(draft, step.tool, value)

    def _tell(self, draft: Draft, scene: Scene) -> None:
        need, lookup, words, judging = scene.need, self.tools.store.products, self.vocabulary, self.tools.judging
        found, documents = scene.found(), scene.values.get("p1")
        facts = [value for value in scene.values.values() if isinstance(value, Facts)]
        if decisive := scene.first(Decisive):
            factor_words(draft, decisive, lookup)
        elif scene.first(Picture):
            for product in self._ordered(need.references)[:1]:
                draft.say(f"This is the {product.title}.", draft.price(product))
                draft.show(product)
        elif total := scene.first(Total):
            total_words(draft, self._ordered(need.references), total, scene.first(Delivery))
        elif facts:
            for fact in facts:
                fact_words(draft, need, fact, lookup, words)
        elif isinstance(named := scene.values.get("d1"), Named):
            opinions = {value.product_id: value for value in scene.values.values() if isinstance(value, Opinions)}
            passages = documents if isinstance(documents, Passages) else None
            about_words(draft, need, self._ordered(named.ids), opinions, passages, words, judging, self.tools.contact)
        elif isinstance(documents, Passages):
            found_words(draft, found, lookup, words)
            document_words(draft, need, documents, judging, self.tools.contact)
            if scene.decision.strategy is Strategy.HAND_OVER:
                draft.say("I cannot see or change orders myself; our customer service can.")
        elif found and need.references:
            beside = self._ordered(found[0][1].ids)
            beside_words(draft, self._ordered(need.references)[0], beside, "compatible" in need.asks)
        elif found:
            self._found(draft, scene, found)
        else:
            draft.say("I could not look that up just now; please try again in a moment.")

    def _found(self, draft: Draft, scene: Scene, found: Sequence[tuple[Need, Found]]) -> None:
        lookup, words, basket = self.tools.store.products, self.vocabulary, scene.first(Basket)
        if scene.reasoned and scene.reasoned.goals:
            values = scene.values
            pairs = [(goal, values.get(f"s{place}")) for place, goal in enumerate(scene.reasoned.goals, 1)]
            thought = [(goal, _kept(value, basket, scene)) for goal, value in pairs if isinstance(value, Found)]
            wish_words(draft, scene.reasoned, thought, lookup, words)
        elif scene.decision.strategy is Strategy.RECOMMEND:
            conflict_words(draft, scene.reasoned)
            guides = scene.values.get("guides")
            recommend_words(draft, found, guides if isinstance(guides, Passages) else None, lookup, words)
        else:
            conflict_words(draft, scene.reasoned)
            found_words(draft, found, lookup, words)
        if scene.question:
            draft.options[:0] = scene.question.options
        if basket:
            basket_words(draft, basket, lookup, scene.need.budget)

    def _compare(self, draft: Draft, scene: Scene) -> None:
        compared = scene.first(Compared)
        compare_words(draft, self._ordered(compared.ids if compared else ()), compared.rows if compared else ())

    def _serve(self, draft: Draft, scene: Scene) -> None:
        if scene.agreed is False:
            draft.say("Then I leave it as it is.")
        elif cart := scene.first(CartView):
            if any(result.tool in ("cart_add", "cart_remove") for result in scene.results):
                draft.say("Done.")
            cart_words(draft, cart, self.tools.store.products)
        elif scene.results:
            for result in scene.results:
                draft.say(f"That could not be done: {result.error}")
        else:
            draft.say("Tell me which product you mean, or search for it first.")

    def _ordered(self, ids: Sequence[str]) -> list[Product]:
        products = self.tools.store.products(list(ids))
        return [products[key] for key in ids if key in products]


def _asked(need: Need, step: Step) -> Need:
    """What a search of a made plan was asked, which need not be all that the message says."""
    conditions = tuple(Constraint(filter_of(record)) for record in step.arguments.get("filters") or ())
    without = tuple(step.arguments.get("without") or ())
    return replace(need, goal=str(step.arguments.get("query") or ""), constraints=conditions, negations=without)


def _kept(found: Found, basket: Basket | None, scene: Scene) -> Found:
    """Of a bundle only what went into the basket."""
    if basket is None or scene.decision.strategy is not Strategy.BUNDLE:
        return found
    return replace(found, ids=tuple(key for key in found.ids if key in basket.ids))


def _ids(step: Step) -> Sequence[str]:
    ids = step.arguments.get("ids", ())
    return [key for key in ids if isinstance(key, str)] if isinstance(ids, list | tuple) else ()
