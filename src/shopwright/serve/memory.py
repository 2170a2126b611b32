"""The routes of a shopper's memory: consent, what is known, its export, and forgetting.

A shopper's id is a secret that the page makes, 128 random bits: whoever has it may read and delete what is kept under
it, and nothing lists ids. A merchant whose shoppers log in lets a gateway put an id of its own in, from the login, and
refuses what comes from outside. A conversation's id is a secret likewise.

To forget a preference forgets the message that said it, and with it what else was said there, as the assistant does
when it is asked: its words would stay otherwise.

Simplifications: ids stand in paths, so a gateway's log of requests holds them; an answer that is being written while
its conversation is forgotten is stored afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import Field

from shopwright.catalog.forgetting import Forgotten
from shopwright.errors import NotFoundError
from shopwright.serve.problems import refusals
from shopwright.serve.schemas import SESSION_ID, SHOPPER_ID, View
from shopwright.serve.workers import Workers
from shopwright.shop import Shop
from shopwright.types import PreferenceKind, Utterance

ShopperId = Annotated[str, Path(pattern=SHOPPER_ID, examples=["5f0c9d3e7a1b48f2a6d4c8e0b7319f52"])]
SessionId = Annotated[str, Path(pattern=SESSION_ID, examples=["pK3vJ0x2QmWc81aZ"])]
Key = Annotated[str, Path(pattern=r"^[0-9a-f]{24}$", examples=["0f9b3c5a7d1e2486ac90bd31"])]


class PreferenceView(View):
    """Something about a shopper that lasts, with the words that said it. Times are seconds since 1970, UTC."""

    id: str
    kind: PreferenceKind
    value: str = Field(examples=["shoes 44"])
    quote: str = Field(examples=["I wear 44"])
    session_id: str
    turn: int = Field(description="number of its turn in that conversation, from 0")
    at: float
    expires: float | None = Field(description="when it is forgotten by itself; null for never")


class MemoryResponse(View):
    """What is kept about a shopper. `consent` says when they agreed, in seconds since 1970; null when they did not."""

    consent: float | None
    preferences: list[PreferenceView]


class ConsentView(View):
    """When the shopper agreed, and to which version of the text."""

    at: float
    version: str


class ExportedSession(View):
    """A conversation with all that was said, returned and shown in it."""

    session_id: str
    utterances: list[Utterance]


class ExportedEvent(View):
    """Something that a shopper did. `time`: seconds since 1970, UTC."""

    name: str = Field(examples=["view_item"])
    session_id: str
    time: float
    items: list[str]
    query: str | None


class ExportResponse(View):
    """All that is kept about a shopper."""

    shopper: str
    consent: ConsentView | None
    preferences: list[PreferenceView]
    never: list[str] = Field(description="ids of products that are not to be shown again")
    sessions: list[ExportedSession]
    events: list[ExportedEvent]


class ForgottenResponse(View):
    """What was deleted. `swept`: whether its bytes are gone from the files too, or go with the next clean-up."""

    rows: Mapping[str, int] = Field(description="rows by table", examples=[{"turns": 4, "utterances": 11}])
    swept: bool


def memory_router(shop: Shop, workers: Workers) -> APIRouter:
    """The routes over a shop's memory of shoppers and conversations."""
    router = APIRouter(tags=["memory"])

    @router.get("/api/shoppers/{id}/memory", responses=refusals(503))
    async def memory(id: ShopperId) -> MemoryResponse:
        """What is kept about a shopper; nothing for an id that nobody has."""
        return await workers.look_up(_memory, shop, id)

    @router.put("/api/shoppers/{id}/consent", responses=refusals(503))
    async def consent(id: ShopperId) -> MemoryResponse:
        """Agree that preferences are kept, from now on."""
        await workers.look_up(shop.profiles.give_consent, id, time.time())
        return await workers.look_up(_memory, shop, id)

    @router.delete("/api/shoppers/{id}/consent", responses=refusals(503))
    async def withdraw(id: ShopperId) -> ForgottenResponse:
        """Withdraw the consent, which deletes the preferences; conversations stay."""
        return _told(await workers.look_up(shop.profiles.withdraw_consent, id))

    @router.delete("/api/shoppers/{id}/preferences/{key}", responses=refusals(404, 503))
    async def forget_preference(id: ShopperId, key: Key) -> ForgottenResponse:
        """Forget a preference and the message that said it, with what else was said there."""
        return _told(await workers.look_up(_forget_preference, shop, id, key))

    @router.get("/api/shoppers/{id}/export", responses=refusals(503))
    async def export(id: ShopperId, response: Response) -> ExportResponse:
        """All that is kept about a shopper, as a file: consent, preferences, conversations."""
        response.headers["Content-Disposition"] = 'attachment; filename="what-the-shop-remembers.json"'
        return await workers.look_up(_export, shop, id)

    @router.delete("/api/shoppers/{id}", responses=refusals(503))
    async def forget_shopper(id: ShopperId) -> ForgottenResponse:
        """Forget a shopper: conversations with their carts, what they did in the shop, preferences, consent."""
        await workers.look_up(shop.events.flush)
        return _told(await workers.look_up(shop.conversations.memory.forget_shopper, id))

    @router.delete("/api/sessions/{id}", responses=refusals(503))
    async def forget_session(id: SessionId) -> ForgottenResponse:
        """Forget a conversation, or a visit, with its cart and events, and the preferences that were said there."""
        await workers.look_up(shop.events.flush)
        return _told(await workers.look_up(shop.conversations.memory.forget_session, id))

    return router


def is_anothers(shop: Shop, session_id: str | None, shopper_id: str | None) -> bool:
    """Whether a conversation is that of another shopper than this one; False where nobody is named."""
    if not session_id or not shopper_id:
        return False
    return shop.conversations.memory.shopper(session_id) not in (None, shopper_id)


def _memory(shop: Shop, shopper_id: str) -> MemoryResponse:
    known = shop.profiles.preferences(shopper_id, time.time())
    return MemoryResponse(
        consent=shop.profiles.consent(shopper_id),
        preferences=[
            PreferenceView(
                id=key,
                kind=one.kind,
                value=one.value,
                quote=one.quote,
                session_id=one.session_id,
                turn=one.turn,
                at=one.at,
                expires=one.expires,
            )
            for key, one in known.items()
        ],
    )


def _export(shop: Shop, shopper_id: str) -> ExportResponse:
    shop.profiles.preferences(shopper_id, time.time())  # what has expired is not kept any more
    return ExportResponse.model_validate(shop.profiles.export(shopper_id))


def _forget_preference(shop: Shop, shopper_id: str, key: str) -> Forgotten:
    known = shop.profiles.preferences(shopper_id, time.time()).get(key)
    if known is None:
        raise NotFoundError(
            f"preference {key!r}: nothing of that id is kept about this shopper; "
            "/api/shoppers/{id}/memory says what is"
        )
    return shop.conversations.forget(known.session_id, known.turn, known.turn)


def _told(forgotten: Forgotten) -> ForgottenResponse:
    return ForgottenResponse(rows=forgotten.rows, swept=forgotten.swept)
