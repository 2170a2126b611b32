"""Filling a store with the demo shop, and knowing later whether that is what it holds.

A mark in the store says it: begun, the fingerprint of the data that filled it, or that an own feed came after. A kill
between the first and the second leaves "begun", which asks for filling again. Search indexes are not touched here.
"""

from __future__ import annotations

from shopwright.catalog import demo
from shopwright.catalog.ingest import IngestReport, Progress, ingest_items
from shopwright.catalog.store import Store

_DEMO, _BEGUN, _OWN = "demo", b"begun", b"own"


def fill_with_demo(store: Store, progress: Progress | None = None) -> IngestReport:
    """Make a store hold the packaged demo shop: its name, products, reviews, documents, customers and orders."""
    store.set_meta(_DEMO, _BEGUN)
    store.set_meta("name", demo.NAME.encode())
    report = ingest_items(store, demo.demo_products(), source="demo shop", full=True, progress=progress)
    store.put_reviews(demo.demo_reviews(), full=True)
    store.put_customers(*demo.demo_customers())
    store.put_documents(demo.demo_documents(), full=True)
    store.set_meta(_DEMO, demo.fingerprint().encode())
    return report


def is_demo(store: Store) -> bool:
    """Whether the demo shop was put into this store, and no feed after it. Before it was marked, its name told."""
    mark = store.meta(_DEMO)
    return mark != _OWN if mark is not None else store.meta("name") == demo.NAME.encode()


def wants_demo(store: Store) -> bool:
    """Whether there is something to fill: the store is empty, or holds a demo shop that was left half filled or filled
    from other data than is packaged now. A store that took in another feed is never a demo shop.
    """
    if store.count() == 0:
        return True
    return is_demo(store) and store.meta(_DEMO) != demo.fingerprint().encode()


def mark_own(store: Store) -> None:
    """Note that an own feed was read into a store, so that it is a demo shop no longer."""
    if is_demo(store):
        store.set_meta(_DEMO, _OWN)
