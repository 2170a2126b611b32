"""The ASGI application: routes, refusals, limits and the page, put together over one shop.

FastAPI's own documentation pages are switched off because they load scripts from elsewhere; the description itself is
at `/openapi.json`.
"""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from shopwright import __version__
from shopwright.serve.api import api_router
from shopwright.serve.chat import chat_router
from shopwright.serve.events import events_router
from shopwright.serve.limits import SecurityHeaders, SizeLimit
from shopwright.serve.memory import memory_router
from shopwright.serve.page_files import add_page
from shopwright.serve.problems import answer_errors, describe_problem
from shopwright.serve.recommend import recommend_router
from shopwright.serve.report import report_router
from shopwright.serve.rules import rules_router
from shopwright.serve.verify import verify_router
from shopwright.serve.workers import Workers
from shopwright.shop import Shop

DESCRIPTION = """Search a shop's catalogue, read its documents and talk to its assistant.

Every refusal is problem JSON: `error`, `status`, `detail`, `remedy`."""


def create_app(shop: Shop, workers: Workers | None = None) -> FastAPI:
    """The application over an open shop. The caller keeps the shop and closes it after the server has stopped."""
    app = FastAPI(
        title=f"{shop.name} (Shopwright)",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
    )
    workers = workers or Workers()
    answer_errors(app)
    app.include_router(api_router(shop, workers))
    app.include_router(chat_router(shop, workers))
    app.include_router(memory_router(shop, workers))
    app.include_router(events_router(shop, workers))
    app.include_router(recommend_router(shop, workers))
    app.include_router(rules_router(shop, workers))
    app.include_router(report_router(shop))
    app.include_router(verify_router(shop))
    add_page(app)
    # The last one added is the first to see a request.
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    app.add_middleware(SizeLimit)
    app.add_middleware(SecurityHeaders)
    describe_problem(app)
    return app
