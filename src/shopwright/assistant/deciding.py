"""The tools that help to decide: products side by side, and what matters for a kind of thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shopwright.assistant.factors import decisive, ranks, sentences_about
from shopwright.assistant.matching import is_kind, is_named
from shopwright.assistant.offers.fit import compatible
from shopwright.assistant.results import Compared, Decisive, Found
from shopwright.catalog.store import Store
from shopwright.catalog.vocabulary import fold, words
from shopwright.errors import ToolError
from shopwright.knowledge.goods import factors
from shopwright.search.passages import PassageIndex
from shopwright.search.protocols import Index
from shopwright.skills.evidence.facts import review_facts, sentences
from shopwright.types import Evidence, Filter, Product, SearchRequest

_KIN, _FEW, _LOOKED_AT, _HEARD = 60, 6, 10, 20
"""Products of a kind that are looked at; from how many a kind tells what decides; results that say what a kind is;
reviews of a product that are heard."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """The tools over one shop."""

    store: Store
    index: Index
    passages: PassageIndex

    def compare(self, ids: Sequence[str]) -> Compared:
        """Products side by side, the properties that decide first.

        Args:
            ids: of the products, two or more.
        """
        found = self.store.products(list(ids))
        if not found:
            raise ToolError(f"none of the products {list(ids)} is in the catalogue any more; search for them again")
        products = [found[key] for key in ids if key in found]
        decide = ranks([*products, *self._kin(products, set())])
        return Compared(tuple(each.id for each in products), tuple(sorted(decide, key=lambda name: -decide[name])))

    def factors(self, kind: str) -> Decisive:
        """What decides the purchase of a kind of thing: which properties matter, their values, what guides say.

        Args:
            kind: words for the kind of thing, e.g. "tent".
        """
        page = self.index.search(SearchRequest(query=kind, limit=_LOOKED_AT))
        named = {fold(word) for word in words(kind)[-1:]}
        products = self._kin(list(self.store.products([hit.id for hit in page.hits]).values()), named)
        told = [fact for product in products for fact in review_facts(self.store.reviews(product.id, limit=_HEARD))]
        guides = self.passages.search(f"how to choose {kind}", _LOOKED_AT, kinds=("guide",))
        read = [
            Evidence("", "document", hit.document_id, text, field=hit.heading, title=hit.title)
            for hit in guides
            for text in sentences(hit.text)
        ]
        return Decisive(kind, decisive(products, [*sentences_about(read, kind), *told]), factors(kind))

    def compatible(self, id: str, kind: str = "", limit: int = 6) -> Found:
        """Products that work with a product: that fit it, are made for it or that the merchant names as its own.

        Args:
            id: of the product that is there already.
            kind: words for the kind of thing that is wanted, e.g. "battery"; "" for any.
            limit: how many products.
        """
        product = self.store.product(id)
        page = self.index.search(SearchRequest(query=kind or product.title, limit=_KIN))
        related = [key for ids in product.related.values() for key in ids]
        known = self.store.products([*related, *(hit.id for hit in page.hits)])
        head = words(kind)[-1:]
        others = [other for other in known.values() if other.id != product.id]
        judged = compatible(product, "", [other for other in others if not head or is_named(other, head[0])])
        fits = [one.product.id for one in judged if one.verdict == "fits"]
        return Found(tuple(fits[:limit]), len(fits), f"{kind} for {product.title}".strip(), close=bool(fits))

    def _kin(self, products: Sequence[Product], named: set[str]) -> list[Product]:
        """All products of the kind that these are of: of the narrowest category that is named, or that most are in.

        Args:
            named: the head word of the kind; the products must be called so.
        """
        paths = [product.category for product in products if product.category]
        called = [path[: i + 1] for path in paths for i, level in enumerate(path) if _is_head(level, named)]
        if not called and not paths:
            return list(products)
        path = max(called or paths, key=(called or paths).count)
        kin: list[Product] = []
        for depth in range(len(path), 0, -1):
            wanted = Filter("category", "is", (" > ".join(path[:depth]),))
            page = self.index.search(SearchRequest(filters=(wanted,), limit=_KIN))
            found = self.store.products([hit.id for hit in page.hits]).values()
            kin = [product for product in found if is_kind(product, named, path[:depth])]
            if len(kin) >= _FEW or (depth > 1 and called):
                break
        return kin


def _is_head(level: str, named: set[str]) -> bool:
    return bool(named & {fold(word) for word in words(level)[-1:]})
