"""Readers of product feeds: one module a format, one builder for all of them.

`open_feed(path)` recognises a file by what it holds and yields `Product`s and `RowError`s. On the way from bytes to
products: `source` unpacks, `detect` and `dialects` tell what it is, a container module (`tabular`, `jsonrows`,
`xmlrows`, `parquet`) makes rows, a dialect (`google`, `openai`, `acp`, `shopify`, `woocommerce`, `jsonld`) or the
guessed column map (`guess`, `columns`) makes records, and `build` makes products and words every refusal.
"""

from shopwright.catalog.feeds.feed import Feed, open_feed

__all__ = ["Feed", "open_feed"]
