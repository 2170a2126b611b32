"""Finding products and passages: the `Index` protocol, its embedded engine, and the oracle that tests compare it with.

Read in this order: `protocols` (the contract), `texts` (what of a product is searched), `lexical`, `spelling` (BM25),
`dense` (vectors), `fusion` and `ranking` (one list of two), `structure`, `columns`, `filters` and `facets` (prices,
stock, attributes), `commits` (what a crash leaves), `answer` (one request), `embedded` (all together), and beside them
`passages` (policies and guides) and `oracle` (the plain index of the tests).
"""
