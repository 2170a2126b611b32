"""What a request may cost and what each response must carry: two small ASGI layers.

`SizeLimit` refuses an address over 16 kB (414) and a body over 64 kB (413), or over 4 MB where evidence and 1 MB where
events are sent, also one sent in pieces without a declared length. `SecurityHeaders` adds the content security policy
and its companions to whatever leaves.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shopwright.serve.problems import problem

MAX_BODY = 64 * 1024
"""Bytes of a request body."""
LARGER = {"/api/verify": 4 * 1024 * 1024, "/api/events": 1024 * 1024}
"""Bytes of the bodies that bring evidence, or many events, by path."""
MAX_ADDRESS = 16 * 1024
"""Bytes of path and query string."""

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: https: http:",  # a feed's pictures live on the merchant's own hosts
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


class SizeLimit:
    """Refuses requests that are larger than any honest one."""

    def __init__(self, app: ASGIApp, max_body: int = MAX_BODY, max_address: int = MAX_ADDRESS) -> None:
        self.app = app
        self.max_body = max_body
        self.max_address = max_address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 413 or 414."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        address = len(scope.get("raw_path") or b"") + len(scope.get("query_string", b""))
        if address > self.max_address:
            detail = f"the address has {address:,} bytes; at most {self.max_address:,} are read"
            await problem(414, detail, "shorten the query, or send it as a message to /api/chat")(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        most = LARGER.get(scope["path"], self.max_body)
        if declared.isdigit() and int(declared) > most:
            await problem(413, _too_large(int(declared), most), "send less text")(scope, receive, send)
            return
        await self.app(scope, self._counted(receive, most), send)

    def _counted(self, receive: Receive, most: int) -> Receive:
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise HTTPException(413, _too_large(received, most))
            return message

        return counted


def _too_large(size: int, most: int) -> str:
    return f"the body has {size:,} bytes; at most {most:,} are read"


class SecurityHeaders:
    """Adds the headers that keep a browser from running what a feed may have smuggled in."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and dress its response; a header that the route set itself stays."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("content-security-policy", CONTENT_SECURITY_POLICY)
                headers.setdefault("x-content-type-options", "nosniff")
                headers.setdefault("referrer-policy", "strict-origin-when-cross-origin")
                headers.setdefault("cross-origin-opener-policy", "same-origin")
                headers.setdefault("permissions-policy", "camera=(), geolocation=(), microphone=()")
                if scope["path"].startswith("/api/"):
                    headers.setdefault("cache-control", "no-store")
            await send(message)

        await self.app(scope, receive, dressed)
