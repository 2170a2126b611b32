"""A shopping task over one or several shops: read, found, and where it asks for it put into carts and ordered.

    mall = Mall([Storefront("north", products), Storefront("south", others)])
    mall.run("Find the cheapest offer for the Lark 2 tent and add it to the cart").offers

A shop of up to 2,000 products is looked through whole; of a larger one the index gives what may be meant. A page's
address is found by the host that the shop's addresses and pictures have, and by its last part, which is made of the
title. Nothing is guessed: a page that no shop has gives a note and no offers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import urlsplit

from shopwright.assistant.offers.cart import Cart, Order, checked_out, filled
from shopwright.assistant.offers.errands import Errand, read_errand
from shopwright.assistant.offers.extremes import cheapest_of_each, narrowed, read_extreme
from shopwright.assistant.offers.finding import Offer, cheapest, fitting
from shopwright.assistant.offers.fit import compatible, values
from shopwright.assistant.offers.goals import Goal, read_goal
from shopwright.assistant.offers.kinds import kind_of
from shopwright.assistant.offers.substitutes import kept_measures, substitutes, tolerance
from shopwright.assistant.offers.wishes import chosen, kind_meant, meant, plugged, without_adjectives
from shopwright.errors import ToolError
from shopwright.knowledge.goods import Goods, Kind, folded, plain
from shopwright.models.protocols import Encoder, PairScorer
from shopwright.search.protocols import Index
from shopwright.skills.rewrite.english import COLOURS
from shopwright.types import Product, SearchRequest

_WHOLE = 2_000
_POOL = 400
_SLUG = 150
_ENTITY = re.compile(r"&amp;|-amp(?=-)|&")


@dataclass(frozen=True)
class Storefront:
    """A shop's offers, and its index when it is too large to be looked through."""

    name: str
    products: Sequence[Product]
    index: Index | None = None

    @cached_property
    def hosts(self) -> frozenset[str]:
        """The hosts of its pages and pictures."""
        links = {link for product in self.products[:200] for link in (product.url, *product.images[:1]) if link}
        return frozenset(urlsplit(link).netloc for link in links if "//" in link)

    @cached_property
    def by_id(self) -> dict[str, Product]:
        """Its products by id."""
        return {product.id: product for product in self.products}

    @cached_property
    def by_page(self) -> dict[str, Product]:
        """Its products by what their page's address is made of."""
        found: dict[str, Product] = {}
        for product in self.products:
            found.setdefault(page_key(product.title), product)
            if product.url:
                found.setdefault(page_key(last_part(product.url)), product)
        return found

    def pool(self, goal: Goal) -> list[Product]:
        """What of the shop may be meant by a goal."""
        if self.index is None or len(self.products) <= _WHOLE:
            return list(self.products)
        kind = _kinds().get(goal.kind or "")
        names = (kind.name, *kind.names[:3]) if kind else ()
        ids: dict[str, None] = {}
        for query in (goal.text, *names):
            ids.update(dict.fromkeys(hit.id for hit in self.index.search(SearchRequest(query, limit=_POOL)).hits))
        return [self.by_id[key] for key in ids if key in self.by_id]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a task: the offers found, the carts and orders that it asked for, and notes on what did not work."""

    errand: Errand
    offers: tuple[Offer, ...] = ()
    carts: tuple[Cart, ...] = ()
    orders: tuple[Order, ...] = ()
    notes: tuple[str, ...] = field(default=())


class Mall:
    """Shops that are shopped together.

    Args:
        encoder: reads wishes that have no words in common with what is known; None to go without.
        scorer: reads a wish together with an offer; None to go without.
    """

    def __init__(
        self, shops: Iterable[Storefront], encoder: Encoder | None = None, scorer: PairScorer | None = None
    ) -> None:
        self.shops = tuple(shops)
        self._encoder, self._scorer = encoder, scorer

    def run(self, task: str) -> Outcome:
        """Do a task given in words."""
        errand = read_errand(task)
        offers, notes = self._found(errand)
        if errand.act == "list" or not offers:
            return Outcome(errand, tuple(offers), notes=tuple(notes))
        if errand.act == "checkout" and errand.relation == "find":
            offers = _one_each(offers, errand)
        carts = filled(offers)
        orders: tuple[Order, ...] = ()
        if errand.act == "checkout":
            try:
                orders = checked_out(carts, errand.buyer, errand.card)
            except ToolError as error:
                notes.append(str(error))
        return Outcome(errand, tuple(offers), tuple(carts.values()), orders, tuple(notes))

    def find(self, goal: Goal) -> list[Offer]:
        """Every offer that fits a goal, wishes included."""
        offers = [Offer(shop.name, product) for shop in self.shops for product in shop.pool(goal)]
        if goal.kind is None and goal.wish and not goal.model and self._encoder and self._scorer:
            goal = replace(goal, kind=kind_meant(goal, offers, self._encoder, self._scorer))
        found = meant(goal, self._encoder)
        fits = fitting(without_adjectives(goal, found), offers)
        if not goal.wish and not found:
            return fits
        plugs = plugged(goal, fits)
        if plugs is None and goal.kind and "connection" in Goods.packaged().chain(goal.kind):
            plugs = plugged(goal, fitting(replace(goal, kind="connection", words=frozenset()), offers))
        return chosen(goal, found, fits, self._scorer) if plugs is None else plugs

    def pointed(self, address: str) -> Offer | None:
        """The offer that an address or an id points at."""
        host = urlsplit(address).netloc if "//" in address else ""
        owners = [shop for shop in self.shops if host and host in shop.hosts] or list(self.shops)
        key = page_key(last_part(address))
        for shop in owners:
            product = shop.by_id.get(address) or shop.by_page.get(key)
            if product is not None:
                return Offer(shop.name, product)
        return None

    def _found(self, errand: Errand) -> tuple[list[Offer], list[str]]:
        notes: list[str] = []
        this: list[Offer] = []
        for address in errand.pointed:
            if (offer := self.pointed(address)) is None:
                notes.append(f"{address}: no shop has this page")
            else:
                this.append(offer)
        if errand.relation == "this":
            return this, notes
        found: list[Offer] = []
        for phrase in errand.phrases or ("",):
            extreme, rest = read_extreme(phrase)
            goal = read_goal(rest)
            match errand.relation:
                case "find":
                    offers = self.find(goal)
                case "compatible":
                    offers = self._compatible(this, goal)
                case _:
                    offers = [offer for one in this for offer in self._substitutes(one, goal, errand)]
            offers = narrowed(extreme, offers)
            low = cheapest_of_each if extreme.each else cheapest
            found += low(offers) if errand.cheapest else offers
        return list({(offer.shop, offer.product.id): offer for offer in found}.values()), notes

    def _compatible(self, this: Sequence[Offer], goal: Goal) -> list[Offer]:
        """What of the goal's kind works with all of the products."""
        pool = [Offer(shop.name, product) for shop in self.shops for product in shop.pool(goal)]
        kinds = [kind for one in this if (kind := _kinds().get(kind_of(one.product) or ""))]
        names = frozenset(folded(" ".join(name for kind in kinds for name in (kind.name, *kind.names))))
        asked = replace(goal, words=goal.words - names, values=_not_of(goal, this), wish="")
        own = {id(offer.product): offer for offer in fitting(asked, pool)}
        for one in this:
            judged = compatible(one.product, "", [offer.product for offer in own.values()])
            fits = {id(item.product) for item in judged if item.verdict == "fits"}
            own = {key: offer for key, offer in own.items() if key in fits}
        return list(own.values()) if this else []

    def _substitutes(self, one: Offer, goal: Goal, errand: Errand) -> list[Offer]:
        asked = replace(goal, kind=None, kinds=(), words=goal.words & COLOURS, values=(), wish="", model=False)
        asked = replace(asked, name=()) if goal.model else asked
        loss, same = tolerance(goal.text), kept_measures(goal.text)
        pool = [Offer(shop.name, product) for shop in self.shops for product in shop.pool(goal)]
        offers = {id(offer.product): offer for offer in fitting(asked, pool)}
        cheaper = bool(re.search(r"\bcheaper\b", errand.said, re.IGNORECASE))
        products = [offer.product for offer in offers.values()]
        alike = substitutes(one.product, products, cheaper, loss=loss, same=same)
        return [offers[id(item.product)] for item in alike]


def _kinds() -> Mapping[str, Kind]:
    return Goods.packaged().kinds


def _not_of(goal: Goal, this: Sequence[Offer]) -> tuple[tuple[str, frozenset[str]], ...]:
    """The values that a goal names, without those by which the things pointed at are described."""
    found = []
    for name, some in goal.values:
        described = (
            frozenset[str]().union(*(values(one.product, name) for one in this)) if name != "plug" else frozenset()
        )
        if left := some - described:
            found.append((name, left))
    return tuple(found)


def _one_each(offers: Sequence[Offer], errand: Errand) -> list[Offer]:
    """What is ordered: of offers that tie, the first; nobody pays twice for one thing."""
    return list(offers) if len(errand.phrases) > 1 or not errand.cheapest else list(offers[:1])


def last_part(address: str) -> str:
    """The last part of a path: the slug of a product's page."""
    return urlsplit(address).path.rstrip("/").rpartition("/")[2] or address


def page_key(text: str) -> str:
    """What a title and the slug made of it have in common: letters and digits without accents, the first 150."""
    return re.sub(r"[^a-z0-9]", "", plain(_ENTITY.sub("-", text)))[:_SLUG]
