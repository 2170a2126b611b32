"""Finding products and passages: the `Index` protocol and its embedded engine.

Read in this order: `protocols` (the contract), `texts` (what of a product is searched), `lexical`, `spelling` (BM25),
`dense` (vectors), `fusion` and `ranking` (one list of two), `structure`, `columns`, `filters` and `facets` (prices,
stock, attributes), `commits` (what a crash leaves), `answer` (one request), `embedded` (all together), and beside them
`passages` (policies and guides).
"""
