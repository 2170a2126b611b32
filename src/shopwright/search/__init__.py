"""Finding products and passages: the `Index` protocol, its embedded engine, and the oracle that tests compare it with.

Read in this order: `protocols` (the contract) · `texts` (what of a product is searched) · `lexical` and `spelling` (BM25) ·
`dense` (vectors) · `fusion` (one list of two) · `columns`, `filters`, `facets` (structure) · `embedded` (all together).
"""
