"""Every refusal as problem JSON (`application/problem+json`, RFC 9457): `{error, status, detail, remedy}`.

422 invalid            the request cannot be understood, or asks for something that cannot be
404 not_found          an id or path that nothing answers to
405 method_not_allowed
409 conflict           the conversation is another shopper's
413 too_large          a body over the cap      414 too_large   an address over the cap
503 unavailable        the store, a model or a missing extra; or too many turns at once (with Retry-After)
500 failed             anything else: logged with its traceback, told without it
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from shopwright.errors import (
    ConfigError,
    MissingExtraError,
    ModelError,
    NotFoundError,
    ShopwrightError,
    StoreError,
    ToolError,
)

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_CODES = {
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    414: "too_large",
    500: "failed",
    503: "unavailable",
}
_STATUS: tuple[tuple[type[ShopwrightError], int], ...] = (
    (NotFoundError, 404),
    (ConfigError, 422),
    (ToolError, 422),
    (ModelError, 503),
    (StoreError, 503),
    (MissingExtraError, 503),
)


class Problem(BaseModel):
    """Why a request was refused and what to do about it."""

    error: str = Field(description="a word for programs: invalid, not_found, too_large, unavailable, failed ...")
    status: int = Field(description="the HTTP status")
    detail: str = Field(description="the value that was refused and what is allowed")
    remedy: str | None = Field(default=None, description="what to do instead")


def problem(
    status: int, detail: str, remedy: str | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """A refusal as a response. Text that is not valid Unicode is replaced, so that telling never fails itself."""
    body = {"error": _CODES.get(status, "invalid"), "status": status, "detail": _sound(detail), "remedy": remedy}
    return JSONResponse(body, status, dict(headers or {}), MEDIA_TYPE)


def from_error(error: ShopwrightError) -> JSONResponse:
    """The refusal that stands for an error of the library."""
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    headers = {"Retry-After": "2"} if status == 503 else None
    return problem(status, str(error), headers=headers)


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that may refuse with these statuses (422 and 413/414 hold for all)."""
    said = {
        404: "No such id",
        409: "Another shopper's",
        422: "Not understood",
        503: "Not available now",
        413: "Too large",
        414: "Address too long",
    }
    return {
        status: {"description": said[status], "content": {MEDIA_TYPE: {"schema": _REFERENCE}}}
        for status in (422, 414, *statuses)
    }


def answer_errors(app: FastAPI) -> None:
    """Turn every error of the application into problem JSON."""

    @app.exception_handler(ShopwrightError)
    async def on_shopwright(_: Request, error: ShopwrightError) -> JSONResponse:
        if not isinstance(error, NotFoundError | ConfigError | ToolError):
            logger.warning("request failed: %s", error)
        return from_error(error)

    @app.exception_handler(RequestValidationError)
    async def on_invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        return problem(422, "; ".join(_describe(issue) for issue in error.errors()[:5]))

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, error: HTTPException) -> JSONResponse:
        detail = str(error.detail)
        if error.status_code == 404:
            detail = f"nothing at {request.url.path!r}; the API is described at /openapi.json"
        status = 422 if error.status_code == 400 else error.status_code
        return problem(status, detail, headers=error.headers)

    @app.exception_handler(Exception)
    async def on_other(_: Request, error: Exception) -> JSONResponse:
        logger.error("request failed", exc_info=error)
        return problem(500, "the shop could not answer this request; the server's log says why")


def describe_problem(app: FastAPI) -> None:
    """Put the schema of a refusal into the application's description, where `refusals` points."""
    schema = app.openapi()
    schema["components"]["schemas"]["Problem"] = Problem.model_json_schema()


_REFERENCE = {"$ref": "#/components/schemas/Problem"}


def _describe(issue: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in issue.get("loc", ()) if part not in ("body", "query", "path"))
    given = issue.get("input")
    value = f" (given {str(given)[:60]!r})" if isinstance(given, str | int | float) else ""
    return f"{where or 'request'}: {issue.get('msg', 'invalid')}{value}"


def _sound(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
