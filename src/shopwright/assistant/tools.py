"""The tools of a conversation: typed functions over the store and the indexes.

    search(query, filters, without, sort, limit)     products that fit
    recommend(...)                                   the same, spread over categories
    facts(measure, query, filters, ...)              counts, ranges and extremes over every product that fits
    lookup(ids)  image(id)                           named products
    compare(ids)  factors(kind)  compatible(id)      see `deciding`
    substitute(id)                                   what can be bought in its place
    reviews(id, question)                            opinions
    documents(query, kinds, limit)                   policies, answers, guides

A search that finds nothing gives up conditions one by one, the least certain first, and says which.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shopwright.assistant.deciding import Deciding
from shopwright.assistant.judging import HEARD, Judging
from shopwright.assistant.matching import heads, is_kind, is_named, matches_words, mentions
from shopwright.assistant.measures import measure_facts
from shopwright.assistant.results import (
    Facts,
    Found,
    Named,
    Opinions,
    Passages,
    Picture,
)
from shopwright.catalog.offers import price_span
from shopwright.catalog.store import Store
from shopwright.catalog.vocabulary import fold, words
from shopwright.errors import ToolError
from shopwright.models.protocols import Encoder
from shopwright.search.passages import PassageHit, PassageIndex
from shopwright.search.protocols import Index
from shopwright.skills.evidence.facts import review_facts
from shopwright.skills.evidence.opinions import summarise
from shopwright.skills.evidence.terms import content
from shopwright.skills.reason.split import clauses
from shopwright.skills.rewrite.lexicon import Lexicon, tokenize
from shopwright.types import Evidence, Filter, Hit, Mode, Product, Review, SearchRequest, Sort

_POOL, _LOOKED_AT = 60, 10
_TELLING = 4
"""Words from which a sentence of a review is worth quoting."""
_CONTACT = re.compile(r"\bcontact|\bcustomer (?:service|care|support)\b|\bhelp ?desk\b", re.IGNORECASE)
_POLICIES, _GUIDES = ("policy", "faq", "page"), ("guide",)
_GUIDE_LEAD = 0.08
_SERVICE = re.compile(
    r"^\W*(?:\w+\W+){0,2}?(?:can|could|may|must|do|does|will|is|are) (?:i|you|we|there|it|the)\b", re.IGNORECASE
)
"""Questions about what the shop does, to which a buying guide is no answer."""
_MOST = 10_000
_MOST_WORDS = 0.5
"""Share of the query's words that a product must have to be about it."""
_SAME = 0.55
"""Cosine from which a title means the same as a kind of thing whose name the catalogue does not have."""
CLOSE = 0.42
"""Cosine of query and title under which, without a word in common, a product is not what was asked for."""


@dataclass(frozen=True, slots=True)
class Tools:
    """The tools of one shop. `all()` gives them by name to the executor.

    `instead` gives the ids of what can be bought in place of a product, nearest first; `hidden` are products that are
    not to be found, since the shopper turned them down.
    """

    store: Store
    index: Index
    passages: PassageIndex
    encoder: Encoder
    lexicon: Lexicon
    judging: Judging
    instead: Callable[[Product], Sequence[str]] = lambda _: ()
    hidden: frozenset[str] = frozenset()

    def all(self) -> Mapping[str, Callable[..., Any]]:
        """The tools by the names that plans use."""
        deciding = Deciding(self.store, self.index, self.passages)
        return {
            "search": self.search,
            "recommend": self.recommend,
            "facts": self.facts,
            "lookup": self.lookup,
            "compare": deciding.compare,
            "compatible": deciding.compatible,
            "factors": deciding.factors,
            "image": self.image,
            "substitute": self.substitute,
            "reviews": self.reviews,
            "documents": self.documents,
        }

    # ── products ──

    def search(
        self,
        query: str = "",
        filters: Sequence[Mapping[str, Any]] = (),
        without: Sequence[str] = (),
        sort: Sort = "relevance",
        limit: int = 6,
        kind: str = "",
    ) -> Found:
        """Search the catalogue: products that fit the words and all conditions, best first.

        Args:
            query: words for what is wanted.
            filters: conditions, e.g. {"field": "price", "op": "range", "high": 80}; fields are price, brand, category,
                availability, rating, on_sale and attr:NAME.
            without: words that the products must not be about or made of.
            sort: the order of the results.
            limit: how many products.
            kind: the words of the query that name a kind of thing; nothing is found for a kind that the shop has not.
        """
        wanted = [filter_of(record) for record in filters]
        relaxed: list[Filter] = []
        while True:
            if any(lost.field == "price" for lost in relaxed):
                sort = "price_asc"
            found = self._search(query, tuple(wanted), without, sort, limit, kind)
            if not found.ids and self.hidden:
                found = replace(self, hidden=frozenset())._search(query, tuple(wanted), without, sort, limit, kind)
            if found.ids or all(condition.field == "category" for condition in wanted):
                return Found(found.ids, found.total, query, found.variants, tuple(relaxed), found.close)
            lost = wanted.pop(_weakest(wanted))
            relaxed.append(lost)
            if lost.field.startswith("attr:") and lost.op == "is":
                query = f"{query} {_words_of(lost)}".strip()

    def recommend(
        self,
        query: str = "",
        filters: Sequence[Mapping[str, Any]] = (),
        without: Sequence[str] = (),
        sort: Sort = "relevance",
        limit: int = 6,
        kind: str = "",
    ) -> Found:
        """Ideas for a person, an occasion or a taste: as `search`, spread over several categories.

        Args:
            query: words for the person, the occasion or the taste.
            filters: conditions, as for `search`.
            without: words that the products must not be about or made of.
            sort: the order of the results.
            limit: how many products.
            kind: the words of the query that name a kind of thing.
        """
        found = self.search(query, filters, without, sort, limit * 4, kind)
        if (not found.ids or found.relaxed) and filters:
            wanted = tuple(filter_of(record) for record in filters)
            page = self.index.search(SearchRequest(query=query, filters=wanted, limit=limit * 4))
            hits = [hit for hit in page.hits if hit.id not in self.hidden]
            variants = {hit.id: hit.variant_id for hit in hits if hit.variant_id}
            found = Found(tuple(hit.id for hit in hits), len(hits), found.query, variants, close=False)
        products = self.store.products(found.ids)
        picked: list[str] = []
        seen: dict[tuple[str, ...], int] = {}
        for key in found.ids:
            category = products[key].category[:2] if key in products else ()
            if seen.get(category, 0) < 2:
                seen[category] = seen.get(category, 0) + 1
                picked.append(key)
        return replace(found, ids=tuple(picked[:limit]))

    def facts(
        self,
        measure: str,
        query: str = "",
        filters: Sequence[Mapping[str, Any]] = (),
        without: Sequence[str] = (),
        limit: int = 6,
        kind: str = "",
    ) -> Facts:
        """A fact about the catalogue as a whole: how many there are, which values, from what to what, which is first.

        Args:
            measure: count, count:FIELD, list:FIELD, range:price, min:FIELD or max:FIELD.
            query: words for the products that are counted.
            filters: conditions, as for `search`.
            without: words that the products must not be about or made of.
            limit: how many products are named.
            kind: the words of the query that name a kind of thing.
        """
        wanted = tuple(filter_of(record) for record in filters)
        products = self._every(query, wanted, without)
        if kind and not any(condition.field == "category" for condition in wanted):
            head = words(kind)[-1]
            products = [product for product in products if is_named(product, head)] or products
        if measure.startswith(("min:", "max:", "range:")):
            kinds = heads(wanted)
            products = [product for product in products if is_kind(product, kinds)] or products
        return measure_facts(measure, products, limit)

    def lookup(self, ids: Sequence[str]) -> Named:
        """Everything that the catalogue says of products whose ids are known, in the same order.

        Args:
            ids: of the products.

        Raises:
            ToolError: when none of them exists.
        """
        found = self.store.products(list(ids))
        if not found:
            raise ToolError(f"none of the products {list(ids)} is in the catalogue any more; search for them again")
        return Named(tuple(key for key in ids if key in found))

    def image(self, id: str) -> Picture:
        """The picture of a product, to be shown beside it.

        Args:
            id: of the product.
        """
        product = self.store.product(id)
        return Picture(product.id, product.images[0] if product.images else "")

    def substitute(self, id: str, cheaper: bool = False, limit: int = 6) -> Found:
        """What can be bought in place of a product, nearest first.

        Args:
            id: of the product.
            cheaper: only what costs less.
            limit: how many products.
        """
        product = self.store.product(id)
        found = self.store.products(list(self.instead(product)))
        near = [other for other in self.instead(product) if other in found]
        if cheaper and (span := price_span(product)):
            lower = {key: price_span(other) for key, other in found.items()}
            near = [key for key in near if (there := lower[key]) and there[0].amount < span[0].amount]
        return Found(tuple(near[:limit]), len(near), product.title, close=bool(near))

    def reviews(self, id: str, question: str = "") -> Opinions:
        """What reviewers say about a product: stars, aspects, and their sentences that may bear on a question.

        Args:
            id: of the product.
            question: what somebody wants to know of it.
        """
        reviews = self.store.reviews(id, limit=200)
        if not reviews:
            return Opinions(id, 0, 0.0, (0, 0, 0, 0, 0))
        one, two, three, four, five = (sum(review.rating == star for review in reviews) for star in range(1, 6))
        mean = sum(review.rating for review in reviews) / len(reviews)
        names = [name.replace("_", " ") for name in self.store.product(id).attributes]
        aspects = tuple(summarise(reviews, aspects=names, quotes=1))
        return Opinions(id, len(reviews), mean, (one, two, three, four, five), aspects, _heard(reviews, question))

    def documents(self, query: str, kinds: Sequence[str] | None = None, limit: int = 4) -> Passages:
        """What the shop's documents say on a question: policies and answers first, guides where they fit better.

        Args:
            query: the question.
            kinds: only documents of these kinds (policy, faq, page, guide).
            limit: how many passages.
        """
        hits = self._policies(query, limit, kinds or _POLICIES)
        if kinds is None and not _SERVICE.search(query):
            guides = self.passages.search(query, 1, kinds=_GUIDES)
            if guides and (not hits or guides[0].score > hits[0].score + _GUIDE_LEAD):
                hits = [*guides, *hits][:limit]
        evidence = tuple(
            Evidence("", "document", hit.document_id, hit.text, field=hit.heading, title=hit.title, score=hit.score)
            for hit in hits
        )
        return Passages(evidence)

    def contact(self) -> Evidence | None:
        """Where the shop's documents say how to reach somebody; None when they do not."""
        hits = self.passages.search("How can I reach customer service: phone number, e-mail?", 4, kinds=_POLICIES)
        found = next((hit for hit in hits if _CONTACT.search(f"{hit.title} {hit.heading}")), None)
        if found is None:
            return None
        return Evidence("", "document", found.document_id, found.text, field=found.heading, title=found.title)

    # ── inside ──

    def _policies(self, question: str, limit: int, kinds: Sequence[str]) -> list[PassageHit]:
        """The best passages for the whole question and for each of its parts."""
        best: dict[tuple[str, str], PassageHit] = {}
        for asked in dict.fromkeys([question, *clauses(question)[:4]]):
            for hit in self.passages.search(self._without_goods(asked), limit, kinds=kinds):
                key = (hit.document_id, hit.text)
                if key not in best or best[key].score < hit.score:
                    best[key] = hit
        return sorted(best.values(), key=lambda hit: -hit.score)[:limit]

    def _without_goods(self, question: str) -> str:
        """The question without the goods it names, of which policies do not speak: return a tent -> return a."""
        kept = [token.text for token in tokenize(question) if not self.lexicon.names_goods(token.folded)]
        return " ".join(kept) if len(kept) > 2 else question

    def _search(
        self, query: str, filters: tuple[Filter, ...], without: Sequence[str], sort: Sort, limit: int, kind: str
    ) -> Found:
        page = self.index.search(SearchRequest(query=query, filters=filters, limit=_POOL))
        hits = [*self._so_called(kind, filters), *page.hits]
        hits = list({hit.id: hit for hit in reversed(hits) if hit.id not in self.hidden}.values())[::-1]
        products = self.store.products([hit.id for hit in hits])
        hits = [hit for hit in hits if hit.id in products and not mentions(products[hit.id], without)]
        about = self._about(query, kind, filters, [products[hit.id] for hit in hits])
        close = [hit for hit in hits if hit.id in about]
        if query and any(wanted.field == "category" for wanted in filters):
            named = {fold(word) for word in words(kind)[-1:]} or heads(filters)
            levels = [value for wanted in filters if wanted.field == "category" for value in wanted.values]
            close = [hit for hit in close if is_kind(products[hit.id], named, levels)] or close
            close = [hit for hit in close if matches_words(products[hit.id], kind, share=1.0)] or close
            close.sort(key=lambda hit: not named & {fold(word) for word in words(products[hit.id].title)})
        if sort != "relevance" and close:
            close.sort(key=lambda hit: _order(products[hit.id], sort))
        variants = {hit.id: hit.variant_id for hit in close if hit.variant_id}
        total = page.total if not query and not without and not self.hidden else len(close)
        return Found(tuple(hit.id for hit in close[:limit]), total, query, variants, (), bool(close))

    def _so_called(self, kind: str, filters: tuple[Filter, ...]) -> list[Hit]:
        """Products with every word of the kind in their title, whatever category they stand in."""
        wanted = {fold(word) for word in words(kind)}
        if len(wanted) < 2 or not any(condition.field == "category" for condition in filters):
            return []
        others = tuple(condition for condition in filters if condition.field != "category")
        page = self.index.search(SearchRequest(query=kind, filters=others, limit=_LOOKED_AT))
        products = self.store.products([hit.id for hit in page.hits])
        return [hit for hit in page.hits if wanted <= {fold(word) for word in words(products[hit.id].title)}]

    def _about(self, query: str, kind: str, filters: Sequence[Filter], products: Sequence[Product]) -> set[str]:
        """Products about what was asked: in its category, with most of its words, or (of the first) near in meaning."""
        if not query or any(wanted.field == "category" for wanted in filters):
            return {product.id for product in products}
        head = words(kind)[-1:]
        known = not head or any(is_named(product, head[0]) for product in products)
        named = [product for product in products if known and (not head or is_named(product, head[0]))]
        about = {product.id for product in named if matches_words(product, query, share=_MOST_WORDS)}
        others = [product for product in products[:_LOOKED_AT] if product.id not in about]
        if others:
            texts = [f"{product.title}. {' '.join(product.category[-1:])}" for product in others]
            vectors_ND = self.encoder.encode([kind if kind and not known else query, *texts])
            near = vectors_ND[1:] @ vectors_ND[0] >= (CLOSE if known else _SAME)
            about |= {product.id for product, is_near in zip(others, near, strict=True) if is_near}
        return about

    def _every(self, query: str, filters: tuple[Filter, ...], without: Sequence[str]) -> list[Product]:
        """Every product that fits: by the filters, and with all words of the query that no category filter covers."""
        covered = {
            fold(w) for wanted in filters if wanted.field == "category" for value in wanted.values for w in words(value)
        }
        rest = [word for word in words(query) if fold(word) not in covered]
        if not rest and not filters:
            return [product for product in self.store.all_products() if not mentions(product, without)]
        mode: Mode = "lexical" if rest else "hybrid"
        ids: list[str] = []
        for offset in range(0, _MOST, 1000):
            request = SearchRequest(query=" ".join(rest), filters=filters, limit=1000, offset=offset, mode=mode)
            page = self.index.search(request)
            ids += [hit.id for hit in page.hits]
            if len(page.hits) < 1000:
                break
        products = self.store.products(ids)
        return [
            products[key]
            for key in ids
            if key in products
            and matches_words(products[key], " ".join(rest), share=1.0)
            and not mentions(products[key], without)
        ]


def _heard(reviews: Sequence[Review], question: str) -> tuple[Evidence, ...]:
    """The sentences of reviews that share most words with a question, then the latest; short ones say little."""
    asked = content(question)
    sides = {review.id: "pro" if review.rating >= 4 else "con" if review.rating <= 2 else "text" for review in reviews}
    told = [replace(fact, field=sides[fact.source]) for fact in review_facts(reviews) if _tells(fact.text)]
    return tuple(sorted(told, key=lambda fact: -len(asked & content(fact.text)))[:HEARD]) if asked else ()


def _tells(text: str) -> bool:
    return len(text.split()) >= _TELLING


def filter_of(record: Mapping[str, Any]) -> Filter:
    """A condition out of the plain record that plans carry.

    Raises:
        ToolError: it names no field that products have.
    """
    if re.fullmatch(r"price|brand|category|availability|rating|on_sale|attr:.+", record.get("field", "")) is None:
        raise ToolError(
            f"filter field {record.get('field')!r}: "
            "use price, brand, category, availability, rating, on_sale or attr:NAME"
        )
    return Filter(**{**record, "values": tuple(record.get("values", ()))})


def _weakest(filters: Sequence[Filter]) -> int:
    """The condition to give up first: attribute values, other attributes, the brand, the price, last the category."""
    worth = {"category": 5, "price": 4, "availability": 3, "brand": 2, "on_sale": 1}
    ranks = [worth.get(wanted.field, 0) + (0.5 if wanted.op == "range" else 0) for wanted in filters]
    return min(range(len(filters)), key=lambda i: (ranks[i], -i))


def _words_of(wanted: Filter) -> str:
    """A condition as words to search for once it is no longer asked of the attributes."""
    return wanted.field.removeprefix("attr:").replace("_", " ") if wanted.values == ("true",) else wanted.values[0]


def _order(product: Product, sort: Sort) -> tuple[bool, float | str]:
    if sort in ("price_asc", "price_desc"):
        span = price_span(product)
        if span is None:
            return (True, 0.0)
        return (False, float(span[0].amount) if sort == "price_asc" else -float(span[1].amount))
    if sort == "rating":
        return (product.rating is None, -product.rating.value if product.rating else 0.0)
    return (product.released is None, "".join(chr(255 - ord(c)) for c in product.released or ""))
