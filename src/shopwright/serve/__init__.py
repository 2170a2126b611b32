"""The faces of a shop that speak HTTP: the JSON API, the streamed conversation and the page for a browser.

`create_app(shop)` builds the ASGI application, `serve(shop)` serves it. Nothing in here decides what an answer says;
everything comes from `shopwright.shop.Shop`.
"""

from shopwright.serve.app import create_app
from shopwright.serve.server import serve

__all__ = ["create_app", "serve"]
