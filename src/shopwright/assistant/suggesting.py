"""What a conversation suggests that the shopper did not name: ideas when asked for, and seldom one unasked.

    suggesting.heard(message, session)         the message without what it says of suggestions, which is kept
    suggesting.asked(need, session)            what hypotheses think of for what was said, pointed at, or in the cart
    suggesting.closing(need, session, answer)  one tip after an answer about goods for an activity or an occasion
    suggesting.meant(need, session)            the product of a suggestion that a message speaks of

Both keep to the conditions stated in the talk: the most that a thing may cost, and what must not be in it. What a wish
demands of the goods it names (a weight, a category) does not bind other goods. Nothing is suggested twice in a
conversation. An aside needs a tip that most would agree with and few would think of; it comes once in three turns at
most, and never after the shopper wanted no suggestions.

Not here: when a message asks for ideas (`skills.intent.ideas`), and the words (`wording.beyond`).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import numpy as np

from shopwright.assistant.matching import mentions
from shopwright.assistant.recommending.goods import Goods
from shopwright.assistant.recommending.guessing import thoughts
from shopwright.assistant.recommending.knowing import Known
from shopwright.assistant.recommending.reasons import reason
from shopwright.assistant.recommending.recommending import Recommending
from shopwright.assistant.recommending.sources import Grounds
from shopwright.assistant.recommending.sources import Proposed as Grounded
from shopwright.assistant.session import Session
from shopwright.assistant.thinking import CommonSense
from shopwright.catalog.carts import load_cart
from shopwright.catalog.offers import offer
from shopwright.catalog.store import Store
from shopwright.catalog.vocabulary import fold, words
from shopwright.knowledge.graph import kind_of, name_of
from shopwright.skills.context.state import Noted, Suggested
from shopwright.skills.intent.ideas import about, silences, unsilenced
from shopwright.skills.recommend.serendipity import serendipity
from shopwright.skills.recommend.supposing.sentences import plural
from shopwright.skills.recommend.supposing.trail import Proposed, Trail
from shopwright.types import Answer, ChainStep, Filter, Need, Preference, Product, RecommendRequest

IDEAS = 4
"""Ideas of an answer."""
PAUSE = 3
"""Turns from one suggestion to the next that nobody asked for."""
SENSE, SURPRISE = 0.63, 0.5
"""Least of a tip that is told unasked: its relevance, which is .9 of its sense where words said what it is for."""
_OBVIOUS = 0.14
"""Surprise under which a thing is the first that everybody thinks of."""
_ADVENTURE, _LEAST, _ALIKE = 0.8, 0.25, 0.35
"""The dial for ideas, the least relevance of one, and that of one which is only close to what was said."""
_DONE = ("activity", "event", "occasion")
"""Kinds of nodes after which something may be suggested unasked."""
_ABOUT = (*_DONE, "place", "season", "need")
"""Kinds of nodes that ideas may be for."""
_TOGETHER, _ANYBODYS = ("goes_with", "next"), ("popular", "new")
"""Purposes that count beside a product, and sources that know nothing of a wish."""
_AGAINST = ("allergy", "dislike")
_TASTES = (*_AGAINST, "like", "diet", "person", "other")
"""Kinds of preferences that speak against a thing, and those that suggest or rule out any."""
_FOR = re.compile(r"\bfor (?:an?|my|our|his|her|their|some(?:one|body))\b", re.IGNORECASE)
"""What says that a thing is for somebody who is named."""
_NAMED, _BEFORE = 0.6, 4
"""How sure it must be what an idea is for, and earlier wishes that are looked at for that."""


@dataclass(frozen=True, slots=True)
class Idea:
    """A product that was thought of.

    Args:
        product: that is suggested.
        reason: a sentence that holds.
        chain: how it was found, step by step.
        type: the product type in the plural, "doormats"; "" where only the product is known.
        head: what it is for in words, "camping"; "" where that is not said.
        surprise: how few would have thought of it, 0 to 1.
    """

    product: Product
    reason: str
    chain: tuple[ChainStep, ...]
    type: str = ""
    head: str = ""
    surprise: float = 0.0

    def __str__(self) -> str:
        return ", ".join(f"{step.text} ({step.source})" for step in self.chain)


@dataclass(frozen=True, slots=True)
class Suggesting:
    """Suggests over one shop. Safe to share between threads.

    Args:
        recommending: of the shop, for what is recommended where no hypothesis helps, and for what is never to be shown.
        goods: gives the catalogue as it stands.
        sense: common sense.
        store: of carts.
        known: gives what is known of the shopper of a conversation.
        today: gives the day, in UTC.
    """

    recommending: Recommending
    goods: Callable[[], Goods]
    sense: CommonSense
    store: Store
    known: Callable[[Session], Sequence[Preference]] = lambda _: ()
    today: Callable[[], date] = lambda: datetime.now(UTC).date()

    def heard(self, message: str, session: Session) -> str:
        """A message as it is to be read: where it wants no suggestions beside something else, without these words."""
        silence = silences(message)
        if silence:
            session.state = replace(session.state, quiet=(Noted("no suggestions", session.turns),))
        return unsilenced(message) if silence == "also" else message

    def asked(self, need: Need, session: Session) -> tuple[Idea, ...] | None:
        """Ideas for a message that asks for some; those that are told are kept in the session.

        Returns:
            What few would have thought of, best first; () where none is wanted, or none is left of those told before;
            None where the message is to be answered otherwise.
        """
        if silences(need.text):
            return ()
        before = session.state.suggested
        ideas = self._ideas(need, session)
        _remember(ideas, session)
        return ideas if ideas or before else None

    def closing(self, need: Need, session: Session, answer: Answer) -> Idea | None:
        """One tip to close an answer with; None where none is strong enough, it is too soon, or something is open."""
        stands_open = answer.unknown or answer.approval or answer.bill or session.question or need.references
        soon = any(one.turn > session.turns - PAUSE for one in session.state.suggested)
        if not answer.cards or stands_open or soon or session.state.quiet:
            return None
        ideas = self._tips(need, session, {card.product_id for card in answer.cards})[:1]
        _remember(ideas, session)
        return ideas[0] if ideas else None

    def meant(self, need: Need, session: Session) -> Need:
        """The need with the suggested product that it names by its type, where it asks something of one thing."""
        said = {fold(word) for word in words(need.text)}
        for one in reversed(session.state.suggested):
            if need.asks and one.type and {fold(word) for word in words(one.type)} <= said:
                return replace(need, references=(one.product,), follow_up=True)
        return need

    def _ideas(self, need: Need, session: Session) -> tuple[Idea, ...]:
        """Hypotheses by how surprising yet sensible they are, then what is recommended otherwise."""
        known = self._known(need, session)
        may = self._may(need, session, {*known.history})
        thought = thoughts(self.sense, known, "product" if known.product else "conversation", self.today(), may)
        may.avoid(thought.avoided)
        sensible = [one for one in thought.proposed if one.candidate.relevance >= _LEAST]
        own = [one for one in sensible if _FOR.search(need.text) or kind_of(one.head) != "recipient"]
        best = _best([one for one in own if one.surprise >= _OBVIOUS])
        ideas = (self._idea(one, known, may.goods) for one in best)
        said = [one for one in thought.supposed if one.clues[0].act == "said" and one.confidence >= _NAMED]
        head = next((name_of(one.node) for one in said if kind_of(one.node) in _ABOUT), "")
        return may.first(itertools.chain(ideas, self._recommended(known, head, session, need)))

    def _tips(self, need: Need, session: Session, shown: Set[str]) -> tuple[Idea, ...]:
        """The tips for what a message says that are strong enough to be told unasked."""
        thinker = self.sense.thinker()
        if thinker is None:
            return ()
        known = Known(basket=self._cart(session), tastes=self._tastes(session))
        may = self._may(need, session, {*known.basket, *shown})
        thought = thinker.of(Trail(said=need.text, profile=known.tastes, month=self.today().month), may)
        may.avoid(thought.avoided)
        text = need.text.lower()
        told = [one for one in thought.proposed if _is_strong(one, text) and one.type not in text]
        told.sort(key=lambda one: -one.candidate.relevance * one.surprise)
        return may.first(self._idea(one, known, may.goods) for one in told)

    def _known(self, need: Need, session: Session) -> Known:
        """What counts: the product that is pointed at, else what was said and, where that names nothing, before it."""
        cart, tastes = self._cart(session), self._tastes(session)
        if need.references:
            return Known(product=need.references[0], basket=cart)
        before = (session.need.text if session.need else "", *(note.text for note in reversed(session.state.wishes)))
        said = next(filter(self._names, (need.text, *before[:_BEFORE])), "")
        return Known(said=said, basket=cart, seen=() if said else session.focus, tastes=tastes)

    def _names(self, text: str) -> bool:
        """Whether a text surely says what something is for."""
        return any(sure >= _NAMED for sure in self.sense.mentioned(text).values())

    def _cart(self, session: Session) -> tuple[str, ...]:
        return tuple(dict.fromkeys(line.product_id for line in load_cart(self.store, session.id)))

    def _tastes(self, session: Session) -> tuple[str, ...]:
        """What is known of the shopper, in words that common sense reads."""
        return tuple(
            f"no {one.value}" if one.kind in _AGAINST else one.value
            for one in self.known(session)
            if one.kind in _TASTES
        )

    def _may(self, need: Need, session: Session, hidden: Set[str]) -> _May:
        """What may be suggested here; `hidden` are products that the shopper has in view."""
        never = self.recommending.nevers.of(session.shopper, session.id)
        avoided = [one.value for one in self.known(session) if one.kind in _AGAINST]
        return _May(self.goods(), {*never, *session.state.rejected_ids, *hidden}, need, session, avoided)

    def _idea(self, one: Proposed, known: Known, goods: Goods) -> Idea | None:
        """A hypothesis as an idea; None where its product went meanwhile."""
        origin = one.candidate.origin
        found = goods.products([one.candidate.id, *([origin] if origin else [])])
        product = found.get(one.candidate.id)
        if product is None:
            return None
        told = reason(Grounded(one.candidate, Grounds(head=one.head)), product, found.get(origin), known)
        head = name_of(one.head) if one.act == "said" and kind_of(one.head) in _ABOUT else ""
        return Idea(product, told, one.candidate.chain, plural(one.type), head, one.surprise)

    def _recommended(self, known: Known, head: str, session: Session, need: Need) -> Iterator[Idea]:
        """What is recommended otherwise: beside a product what goes with it, else as on the page.

        Of what ideas are for, `head` or in the words of the message, what is merely popular or hardly close is none.
        """
        said = head or about(need.text)
        request = RecommendRequest(
            place="product" if known.product else "home",
            product=known.product,
            seen=known.seen,
            basket=known.basket,
            said=said,
            adventure=_ADVENTURE,
            limit=6 * IDEAS,
            filters=_conditions(need, session),
            session=session.id,
            shopper=session.shopper,
        )
        items = self.recommending.recommend(request).items
        if known.product:
            items = tuple(one for one in items if one.purpose in _TOGETHER)
        elif said:
            items = tuple(one for one in items if one.source not in _ANYBODYS and one.relevance >= _ALIKE)
        products = self.goods().products([one.id for one in items])
        named = "" if known.product else head
        return (Idea(products[one.id], one.reason, one.chain, head=named) for one in items if one.id in products)


class _May:
    """What may be suggested: it can be bought, meets the conditions, is wanted and was not suggested before.

    Args:
        goods: the catalogue.
        unwanted: ids of products that are not to be suggested.
        avoided: what the shopper does not like or stand.
    """

    def __init__(
        self, goods: Goods, unwanted: Set[str], need: Need, session: Session, avoided: Sequence[str] = ()
    ) -> None:
        self.goods = goods
        conditions = _conditions(need, session)
        self._sellable = goods.sellable(conditions)
        self._unwanted = unwanted
        self._most = min((one.high for one in conditions if one.field == "price" and one.high), default=None)
        suggested = session.state.suggested
        self._told = {one.product for one in suggested} | {one.type for one in suggested if one.type}
        before = session.need.negations if session.need else ()
        self._without = tuple(dict.fromkeys((*need.negations, *before, *(word.lower() for word in avoided))))

    def __call__(self, product_id: str) -> bool:
        row = self.goods.row(product_id)
        return row >= 0 and bool(self._sellable[row]) and product_id not in self._unwanted

    def avoid(self, conditions: Sequence[Filter]) -> None:
        """Leave out what breaks conditions that follow from what is known of the shopper."""
        if conditions:
            self._sellable = self._sellable & self.goods.sellable(tuple(conditions))

    def first(self, ideas: Iterable[Idea | None]) -> tuple[Idea, ...]:
        """The first ideas that may be told, one of a type."""
        taken: list[Idea] = []
        told = set(self._told)
        for idea in ideas:
            if idea is not None and self._tells(idea) and told.isdisjoint((idea.product.id, idea.type)):
                taken.append(idea)
                told |= {idea.product.id, idea.type} - {""}
            if len(taken) == IDEAS:
                break
        return tuple(taken)

    def _tells(self, idea: Idea) -> bool:
        """Whether the product that an idea ends in meets the conditions, with what it costs and what its texts say."""
        price = offer(idea.product).price
        dear = self._most is not None and (price is None or float(price.amount) > self._most)
        return self(idea.product.id) and not dear and not mentions(idea.product, self._without)


def _remember(ideas: Sequence[Idea], session: Session) -> None:
    """Keep what is suggested in this turn."""
    told = [Suggested(idea.product.id, idea.type, session.turns) for idea in ideas]
    session.state = session.state.after_suggesting(told)


def _best(found: Sequence[Proposed]) -> list[Proposed]:
    """Hypotheses by how surprising yet sensible they are."""
    relevance = np.array([one.candidate.relevance for one in found])
    scores = serendipity(relevance, np.array([one.surprise for one in found]), np.ones(len(found)), _ADVENTURE)
    return [found[place] for place in np.argsort(-scores, kind="stable").tolist()]


def _is_strong(one: Proposed, text: str) -> bool:
    """Whether something may be told unasked; one word must stand as it is: a stove that can run means no running."""
    sure = one.act == "said" and one.candidate.relevance >= SENSE and one.surprise >= SURPRISE
    name = name_of(one.head)
    return sure and kind_of(one.head) in _DONE and (" " in name or name in words(text))


def _conditions(need: Need, session: Session) -> tuple[Filter, ...]:
    """What was said of prices and against materials, here and in the last wish; of two most prices the later one."""
    before = session.need.filters if session.need else ()
    prices = [one for one in (*need.filters, *before) if one.field == "price" and one.op == "range" and one.high]
    if budget := need.budget or (session.need.budget if session.need else None):
        prices.append(Filter("price", "range", high=float(budget.amount), unit=budget.currency))
    against = [one for one in (*need.filters, *before) if one.op == "not" and one.field != "category"]
    return (*(replace(one, low=None) for one in prices[:1]), *dict.fromkeys(against))
