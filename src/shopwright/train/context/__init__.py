"""The model's own window: retrieval taught by made-up documents, longer windows by scaled rotary positions, and caches.

`retrieval` writes the documents, `rope` and `stretch` scale positions, `extend` trains; `reading` runs a model with a
cache that can be thinned, `scores` and `caches` thin it. Start reading at `extend.py` and `caches.py`.
"""
