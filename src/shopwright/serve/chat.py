"""`POST /api/chat`: one turn of conversation, streamed as server-sent events or returned as one JSON.

The library's generator runs in one thread from its first event to its last. Each event crosses to the event loop
through a small channel: a slow reader slows the turn down, and when one leaves, the generator is closed at its next
event. While nothing is said, a comment line every `HEARTBEAT_S` seconds keeps proxies awake.

Events carry the names of `types.TurnEventKind`; `error` (problem JSON) ends a stream that failed midway.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import closing
from functools import partial
from typing import Annotated, Any, get_args

import anyio
from anyio.streams.memory import MemoryObjectSendStream
from fastapi import APIRouter, Header, Response
from pydantic_core import to_jsonable_python
from sse_starlette import EventSourceResponse, ServerSentEvent

from shopwright.errors import ShopwrightError
from shopwright.serve.memory import is_anothers
from shopwright.serve.problems import from_error, problem, refusals
from shopwright.serve.schemas import CHAT_EXAMPLE, ChatRequest
from shopwright.serve.text import clean
from shopwright.serve.workers import Workers
from shopwright.shop import Shop
from shopwright.types import Turn, TurnEvent, TurnEventKind

logger = logging.getLogger(__name__)

Answering = Callable[[], Generator[TurnEvent, None, None]]
"""Begins a turn."""

HEARTBEAT_S = 10
"""Seconds between signs of life."""
_CHANNEL = 16
_PHONE = "Mobi"
"""What browsers of phones have in their user agent (MDN: "Mobi" anywhere in it)."""
_EVENT_SCHEMA = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "event": {"enum": [*get_args(TurnEventKind), "error"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
}


def chat_router(shop: Shop, workers: Workers) -> APIRouter:
    """The conversation's route over a shop."""
    router = APIRouter(tags=["conversation"])

    @router.post(
        "/api/chat",
        response_model=None,
        responses={
            200: {
                "model": Turn,
                "description": "Events as they happen, `done` last with the whole turn; with `stream` false, the turn",
                "content": {"text/event-stream": {"schema": _EVENT_SCHEMA, "example": CHAT_EXAMPLE}},
            },
            **refusals(409, 413, 503),
        },
    )
    async def chat(request: ChatRequest, user_agent: Annotated[str, Header()] = "") -> Response:
        """Say something to the assistant and get its answer, streamed by default."""
        message = clean(request.message)
        if not message:
            return problem(422, "message: nothing to read in it", "write a question, e.g. 'a light tent for two'")
        workers.admit()
        if await workers.look_up(is_anothers, shop, request.session_id, request.shopper):
            detail = f"session_id {request.session_id!r}: the conversation is another shopper's"
            return problem(409, detail, "begin a new conversation: leave session_id out")
        session_id, shopper = request.session_id, request.shopper or ""
        device = "phone" if _PHONE in user_agent else ""
        if not request.stream:
            turn = await workers.take_turn(shop.chat, message, session_id=session_id, shopper=shopper, device=device)
            return Response(to_json(turn), media_type="application/json")
        answer = partial(shop.stream, message, session_id=session_id, shopper=shopper, device=device)
        return _streamed(answer, workers)

    return router


def to_json(value: Any) -> str:
    """Any value of a turn as JSON; what a tool returned and JSON does not know becomes its text."""
    return json.dumps(to_jsonable_python(value, fallback=str, inf_nan_mode="null"), ensure_ascii=True)


def _streamed(answer: Answering, workers: Workers) -> EventSourceResponse:
    send, receive = anyio.create_memory_object_stream[ServerSentEvent](_CHANNEL)

    async def produce() -> None:
        async with send:
            await workers.take_turn(_pump, answer, send)

    async def told() -> AsyncIterator[ServerSentEvent]:
        async with receive:
            async for event in receive:
                yield event

    return EventSourceResponse(
        told(),
        data_sender_callable=produce,
        ping=HEARTBEAT_S,
        ping_message_factory=partial(ServerSentEvent, comment="still here"),
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _pump(answer: Answering, send: MemoryObjectSendStream[ServerSentEvent]) -> None:
    """Carry the events of a turn over; runs in a worker thread until the end or until nobody listens."""

    def say(name: str, data: str) -> None:
        anyio.from_thread.run(send.send, ServerSentEvent(data=data, event=name))

    try:
        with closing(answer()) as events:
            for event in events:
                anyio.from_thread.check_cancelled()
                say(event.kind, to_json(event.data))
    except ShopwrightError as error:
        logger.warning("turn failed: %s", error)
        say("error", bytes(from_error(error).body).decode())
    except Exception as error:
        logger.error("turn failed", exc_info=error)
        say("error", bytes(problem(500, "the assistant could not finish this answer").body).decode())
