"""The route that checks a text: against pieces of evidence that come with it, or against the shop.

Two requests are read at a time, since each may take seconds; of those that wait, few do.
"""

from __future__ import annotations

from typing import Annotated, Any

import anyio
from anyio import CapacityLimiter
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from shopwright.checking.checker import Checked, Checker
from shopwright.checking.pieces import Piece, PieceKind
from shopwright.errors import ConfigError, ModelError
from shopwright.serve.problems import refusals
from shopwright.serve.schemas import View
from shopwright.serve.text import clean
from shopwright.shop import Shop
from shopwright.types.verification import MarkReason, VerdictLabel

MAX_CLAIMS = 200
"""Claims of a request that are judged."""
MAX_PIECES = 500
MAX_WAITING = 32
_TOGETHER = 2
_EXAMPLE: dict[str, Any] = {
    "answer": "The kettle holds 1.7 l and has two years of warranty.",
    "evidence": [{"text": "Capacity: 1.5 l. Warranty: two years.", "source": "kettle.md", "kind": "document"}],
}


class PieceForm(BaseModel):
    """A piece of evidence."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: str
    source: Annotated[str, Field(max_length=300, description="its name, as the answer tells it")] = ""
    kind: PieceKind = Field("document", description="what the shopper typed is evidence of nothing")
    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None


class VerifyRequest(BaseModel):
    """A text, and what to check it against: pieces of text, or null for the shop."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_EXAMPLE]})

    answer: Annotated[str, Field(min_length=1)]
    evidence: Annotated[list[str | PieceForm], Field(max_length=MAX_PIECES)] | None = None


class MarkView(View):
    """Words that the evidence does not hold, by their place in the answer."""

    start: int
    end: int
    text: str
    reason: MarkReason
    told: str = Field(description="what the evidence says in their place, else empty", examples=["1.5 l"])


class SourceView(View):
    """A sentence of the evidence that decided, and the name of its piece."""

    name: str
    text: str


class ClaimView(View):
    """A claim of the answer (`answer[start:end]`) with its verdict."""

    claim: str
    start: int
    end: int
    label: VerdictLabel
    probability: float = Field(description="calibrated, that the claim is supported in every word")
    marks: list[MarkView]
    sources: list[SourceView]
    reason: str


class SummaryView(View):
    """How many claims there are that state something, and how many got each label."""

    claims: int
    supported: int
    partial: int
    refuted: int
    unsupported: int
    empty: int


class VerifyResponse(View):
    """The answer as it was read, with a verdict on each claim. `notes` names evidence that was left out, and why."""

    answer: str
    claims: list[ClaimView]
    summary: SummaryView
    notes: list[str]
    judge: str = Field(description="fingerprint of the model", examples=["judge-l6-int8-0123456789ab"])


def verify_router(shop: Shop) -> APIRouter:
    """The route over a shop, whose judge also reads what is checked against other evidence."""
    router = APIRouter(tags=["verify"])
    limiter: list[CapacityLimiter] = []  # made inside the event loop, on first use

    def check(answer: str, pieces: list[Piece] | None) -> Checked:
        checker = Checker(shop.judging.verifier)
        return (
            checker.check_in(answer, shop, MAX_CLAIMS) if pieces is None else checker.check(answer, pieces, MAX_CLAIMS)
        )

    @router.post("/api/verify", responses=refusals(413, 503))
    async def verify(request: VerifyRequest) -> VerifyResponse:
        """Check a text: each claim with its verdict, unsupported words, and the sentence that decided."""
        answer = clean(request.answer)
        if not answer:
            raise ConfigError("answer: the text is empty: send the text to check")
        pieces = None if request.evidence is None else [_piece(one) for one in request.evidence]
        if not limiter:
            limiter.append(CapacityLimiter(_TOGETHER))
        if limiter[0].statistics().tasks_waiting >= MAX_WAITING:
            raise ModelError(f"{MAX_WAITING} texts wait to be checked already; try again in a few seconds")
        checked = await anyio.to_thread.run_sync(check, answer, pieces, limiter=limiter[0])
        return VerifyResponse.model_validate(
            {
                "answer": checked.answer,
                "claims": checked.entries(),
                "summary": checked.summary,
                "notes": list(checked.notes),
                "judge": checked.judge,
            }
        )

    return router


def _piece(one: str | PieceForm) -> Piece:
    if isinstance(one, str):
        return Piece(clean(one))
    return Piece(clean(one.text), clean(one.source), one.kind, one.date)
