"""Those who can be talked to in a bench: the shop's assistant, and the plainest one that could stand in its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from shopwright.shop import Shop
from shopwright.types import Answer, Sentence, Step, Strategy

SHOWN = 6


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, the session to go on in, and how it came about: the strategy and the steps of the plan."""

    session: str | None
    answer: Answer
    strategy: Strategy = Strategy.SEARCH
    steps: tuple[Step, ...] = ()


class Talker(Protocol):
    """Answers messages. Safe to be called from several threads, each with sessions of its own."""

    def reply(self, message: str, session: str | None) -> Reply:
        """Answer a message in a session, or in a new one."""
        ...


@dataclass(frozen=True, slots=True)
class ShopTalker:
    """The shop's assistant, as the page and the API call it."""

    shop: Shop

    def reply(self, message: str, session: str | None) -> Reply:
        """One turn of conversation."""
        turn = self.shop.chat(message, session_id=session)
        return Reply(turn.session_id, turn.answer, turn.trace.decision.strategy, turn.trace.plan.steps)


@dataclass(frozen=True, slots=True)
class SearchTalker:
    """The baseline: searches for the message as typed and shows the first six results, whatever was asked."""

    shop: Shop

    def reply(self, message: str, session: str | None) -> Reply:
        """The first six results."""
        page = self.shop.search(message, limit=SHOWN)
        products = self.shop.products([hit.id for hit in page.hits])
        cards = tuple(self.shop.card(products[hit.id], hit.variant_id) for hit in page.hits if hit.id in products)
        return Reply(session, Answer((Sentence("Here is what I found."),), cards))
