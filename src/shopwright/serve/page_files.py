"""The page and the demo shop's pictures, as static files.

The page's files have no versions in their names, so a browser keeps them but asks each time (`no-cache` and an ETag,
answered 304). Pictures are SVG and therefore documents: each is sent under a policy that lets it run nothing, also when
opened by itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import anyio
from fastapi import FastAPI, Response
from fastapi import Path as InPath
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from shopwright.catalog.demo import PICTURES
from shopwright.errors import NotFoundError

PAGE = Path(__file__).parent / "page"
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


class PageFiles(StaticFiles):
    """Static files that are asked for again each time and mostly answered with 304."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or 304 when the browser has it already."""
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "no-cache"
        return response


def add_page(app: FastAPI) -> None:
    """Add `/`, `/static/...` and `/pictures/NAME.svg`."""

    @app.get("/", include_in_schema=False)
    async def index() -> FileResponse:
        return FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})

    @app.get("/pictures/{name}.svg", include_in_schema=False)
    async def picture(name: Annotated[str, InPath(pattern=r"^[a-z0-9][a-z0-9_-]{0,119}$")]) -> Response:
        path = PICTURES / f"{name}.svg"
        if not await anyio.Path(path).is_file():
            raise NotFoundError(f"picture {name!r}: the demo shop has none of that name")
        headers = {"Content-Security-Policy": _SANDBOX, "Cache-Control": "public, max-age=86400"}
        return FileResponse(path, media_type="image/svg+xml", headers=headers)

    app.mount("/static", PageFiles(directory=PAGE), name="static")
