"""Looks at a message from all sides before a strategy is picked: documents, products, words, the conversation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from shopwright.assistant.session import Session
from shopwright.assistant.stated import states_asked
from shopwright.assistant.strategy.situation import (
    MESSAGES,
    Candidates,
    Situation,
    like_features,
    need_features,
    possible_strategies,
    talk_features,
)
from shopwright.assistant.tools import Tools
from shopwright.catalog.vocabulary import fold, words
from shopwright.models.protocols import Vectors
from shopwright.skills.intent.rules import decide
from shopwright.skills.intent.settle import settle
from shopwright.skills.reason.situation import tells_situation
from shopwright.skills.rewrite.english import CHAT, INJECTION
from shopwright.skills.rewrite.reader import Reader
from shopwright.types import Context, Filter, Need, SearchRequest

Behaviour = Callable[[str], Mapping[str, float]]
"""Features of what was clicked in a conversation's visit; empty where nothing is known."""
_LOOKED_AT, _TITLES, _LONGEST = 40, 3, 500
"""Candidates; of these the titles that are held against the message; characters of it that count."""


def _unknown(_session_id: str) -> Mapping[str, float]:
    return {}


class Looking:
    """Makes situations over one state of a shop.

    Args:
        tools: of the shop.
        reader: of its messages.
        thinks: whether there is common sense.
        serves: whether there is a service desk.
        behaviour: what the visit's clicks tell.
        clock: local time.
    """

    def __init__(
        self,
        tools: Tools,
        reader: Reader,
        thinks: bool,
        serves: bool,
        behaviour: Behaviour | None = None,
        clock: Callable[[], datetime] = datetime.now,
    ) -> None:
        self.tools, self.reader = tools, reader
        self.thinks, self.serves = thinks, serves
        self.behaviour, self.clock = behaviour or _unknown, clock
        self._departments = {name for name, _ in reader.vocabulary.departments}
        self._messages: Vectors | None = None

    def look(self, need: Need, context: Context, session: Session, known: int = 0) -> tuple[Need, Situation]:
        """The need as retrieval settles it, and what a policy is told of it.

        Args:
            need: as it was read.
            context: that it was read against.
            session: of the conversation.
            known: preferences that are known of the shopper.
        """
        titles = [product.title for product in context.candidates[:_TITLES]]
        message, *named = self.tools.encoder.encode([need.text[:_LONGEST], *titles])
        product_score = max((float(title @ message) for title in named), default=0.0)
        signals = self._signals(need, context, product_score, session.just_asked)
        need = settle(need, context, signals)
        rules = decide(need, signals)
        candidates = self._candidates(need)
        possible = possible_strategies(
            need,
            rules,
            candidates,
            thinks=self.thinks,
            serves=self.serves,
            just_asked=session.just_asked,
            told=signals["document_score"],
        )
        features = {
            **signals,
            **need_features(need),
            **candidates.features(),
            **like_features(self._known() @ message),
            **talk_features(context, session.just_asked, session.device, known, self.clock()),
            **self.behaviour(session.id),
            f"rules:{rules.strategy}": 1.0,
            **{f"possible:{strategy}": 1.0 for strategy in possible},
        }
        return need, Situation(features, possible, rules, candidates, session.id)

    def branches(self, need: Need, most: int = 8) -> dict[str, Filter]:
        """The parts below the part of the shop that a need is narrowed to, the largest first."""
        page = self.tools.index.search(SearchRequest(filters=need.filters, limit=1, facets=True))
        facet = next((facet for facet in page.facets if facet.field == "category"), None)
        return {value.label: value.filter for value in facet.values[:most]} if facet else {}

    def _known(self) -> Vectors:
        if self._messages is None:
            self._messages = self.tools.encoder.encode(list(MESSAGES))
        return self._messages

    def _candidates(self, need: Need) -> Candidates:
        query = (need.goal or need.text)[:_LONGEST]
        page = self.tools.index.search(SearchRequest(query=query, filters=need.filters, limit=_LOOKED_AT))
        if not page.hits and need.filters:
            page = self.tools.index.search(SearchRequest(query=query, limit=_LOOKED_AT))
        return Candidates.of(need, page, self.tools.store.products([hit.id for hit in page.hits]))

    def _signals(self, need: Need, context: Context, product_score: float, narrowed: bool) -> dict[str, float]:
        """What the rules are told; see `skills.intent.rules`."""
        passages = self.tools.documents(need.text[:_LONGEST], limit=3).passages
        best = passages[0] if passages else None
        said = {fold(word) for word in words(need.goal)}
        there = {fold(word) for word in words(f"{best.title} {best.field} {best.text}")} if best else set()
        guide = best is not None and self.tools.store.document(best.source).kind == "guide"
        return {
            "document_score": max((passage.score for passage in passages), default=0.0),
            "document_words": len(said & there) / len(said) if said else 0.0,
            "document_guide": float(guide),
            "goal_known": float(self.reader.knows(need.product_type or need.goal)),
            "product_score": product_score,
            "department": float(any(name in need.category for name in self._departments)),
            "focus_states": float(bool(context.focus) and states_asked(context.focus[0], need.asks)),
            "shown": float(len(context.shown)),
            "situation": float(self.thinks and tells_situation(need)),
            "narrowed": float(narrowed),
            "injection": float(bool(INJECTION.search(need.text))),
            "chat": float(bool(CHAT.match(need.text)) or not need.text.strip()),
        }
