"""`POST /api/events`: what shoppers do, in batches, from this page or from a shop's own.

A batch is taken at once and written by a thread within a second or so. It may be sent again: an event is known by its
`id` and the second of its `time`, or without `id` by all that it says. Events that cannot be taken are told, each with
its place in the batch, and do not hold up the others; sending them again is of no use. When too many wait to be written
the whole batch is refused (503 with Retry-After): send it again after that.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from shopwright.catalog.events.importing import sifted
from shopwright.catalog.events.kept import SKEW_S
from shopwright.catalog.events.names import NAMES
from shopwright.catalog.events.reading import Read
from shopwright.catalog.events.report import EventReport
from shopwright.catalog.events.row import LONGEST_ID, LONGEST_QUERY, MOST_ITEMS, Unfit, row_of
from shopwright.errors import ConfigError
from shopwright.serve.problems import refusals
from shopwright.serve.schemas import SESSION_ID, SHOPPER_ID, View
from shopwright.serve.workers import Workers
from shopwright.shop import Shop

MOST_EVENTS = 500
"""Events of a batch."""
_EXAMPLE: dict[str, Any] = {
    "conversation": None,
    "events": [
        {"name": "view_item", "session": "v-81", "time": 1767225600.0, "items": ["tarn-2-tent"], "id": "e-1"},
        {"name": "search", "session": "v-81", "time": 1767225604.5, "query": "two-person tent", "id": "e-2"},
    ],
}


class EventForm(BaseModel):
    """An event under its GA4 name."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[str, Field(min_length=1, max_length=80, examples=["view_item"])]
    session: Annotated[str, Field(pattern=SESSION_ID, description="of the visit; it ends after half an hour of rest")]
    time: Annotated[float, Field(description="when, in seconds since 1970")]
    items: Annotated[list[Annotated[str, Field(min_length=1, max_length=LONGEST_ID)]], Field(max_length=MOST_ITEMS)] = (
        Field(default_factory=list, description="ids of products or variants")
    )
    shopper: Annotated[str, Field(pattern=SHOPPER_ID)] | None = Field(None, description="only of one who agreed")
    query: Annotated[str, Field(max_length=LONGEST_QUERY)] | None = Field(None, description="of a search")
    value: float | None = Field(None, ge=0, description="what it was worth, in `currency`")
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    item_list_id: Annotated[str, Field(min_length=1, max_length=80)] | None = Field(
        None, description="of the list that the products stood in; `recommendations` for those of /api/recommend"
    )
    id: Annotated[str, Field(min_length=1, max_length=64)] | None = Field(None, description="the event's own")


class EventBatch(BaseModel):
    """Events, and the conversation with the assistant that their visit is part of, if there is one."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_EXAMPLE]})

    events: Annotated[list[EventForm], Field(min_length=1, max_length=MOST_EVENTS)]
    conversation: Annotated[str, Field(pattern=SESSION_ID)] | None = None


class RefusedEvent(View):
    """An event that is not taken. `place`: in the batch, from 0."""

    place: int
    reason: str = Field(examples=["future"])
    detail: str


class EventsTaken(View):
    """What became of a batch: `accepted` events wait to be written, `refused` counts the others by reason."""

    accepted: int
    refused: Mapping[str, int] = Field(examples=[{"future": 1}])
    which: list[RefusedEvent] = Field(description="the first 20 of each reason")


def events_router(shop: Shop, workers: Workers) -> APIRouter:
    """The route that takes events."""
    router = APIRouter(tags=["events"])

    @router.post("/api/events", status_code=202, responses=refusals(413, 503))
    async def events(batch: EventBatch) -> EventsTaken:
        """Take events of visits, up to 500 at once; a batch may be sent again."""
        return await workers.look_up(_take, shop, batch)

    return router


def _take(shop: Shop, batch: EventBatch) -> EventsTaken:
    log = shop.events
    if not log.kept.days:
        raise ConfigError("this shop keeps no events: events_days is 0 in shop.toml")
    report = EventReport("http", "simple")
    taken = list(sifted(_read(batch), report, log.kept.oldest(), time.time() + SKEW_S))
    log.add([row for _, row in taken], batch.conversation, report)
    lines = [(line, reason, detail) for reason, found in report.lines.items() for line, detail in found]
    which = [RefusedEvent(place=line - 1, reason=reason, detail=detail) for line, reason, detail in sorted(lines)]
    return EventsTaken(accepted=len(taken), refused=report.refused, which=which)


def _read(batch: EventBatch) -> Iterator[Read]:
    for number, one in enumerate(batch.events, 1):
        try:
            if one.name not in NAMES:
                raise Unfit("unknown name", f"{one.name!r} is not one of {', '.join(sorted(NAMES))}")
            yield (
                number,
                row_of(
                    one.name,
                    one.session,
                    one.time,
                    tuple(dict.fromkeys(one.items)),
                    shopper=one.shopper,
                    query=one.query,
                    value=one.value,
                    currency=one.currency,
                    fields={"item_list_id": one.item_list_id} if one.item_list_id else None,
                    id=f"{one.session}\0{one.id}" if one.id else None,
                ),
            )
        except Unfit as fault:
            yield number, fault
