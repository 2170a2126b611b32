"""The catalogue as recommending asks it: one state of the index by product id, and what stands beside each product.

Rows are those of the state's columns. What costs milliseconds, the relations of a product and its neighbours, is worked
out when it is first asked for and kept as long as the state is; so is the text of products that were shown.
"""

from __future__ import annotations

import itertools
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import CorpusError
from shopwright.models.protocols import Encoder, Vectors
from shopwright.search import kinds
from shopwright.search.columns import Integers, Masks
from shopwright.search.commits import State
from shopwright.search.kinds import Kind
from shopwright.search.protocols import Load
from shopwright.search.related import Related
from shopwright.search.strings import PATH
from shopwright.skills.recommend.codes.coded import Coded
from shopwright.skills.recommend.codes.generator import Generator
from shopwright.types import Filter, Hit, Product

logger = logging.getLogger(__name__)

Floats = NDArray[np.float64]
_KEPT, _PRODUCTS = 4_096, 10_000
_RELATED, _DAYS = 24, 2
_LEAST_MEANING = 0.15
"""Cosine under which a complement that the merchant did not name means something else."""
_WORDS = 0.2
"""What the best match in words adds to a cosine."""
_RATINGS, _EACH = 10.0, 3
"""Ratings of the mean of all that each product is given beforehand; products of a department among the best rated."""


class Goods:
    """The products of one state. Safe for many threads.

    Args:
        state: of the index.
        load: gives products by id, from the store.
        encoder: for products that have no vector yet, and for what was said.
    """

    def __init__(self, state: State, load: Load, encoder: Encoder) -> None:
        self.state = state
        self._load, self._encoder = load, encoder
        self._products: dict[str, Product] = {}
        self._related = Related(state, self.products, encoder)
        self.complements = lru_cache(_KEPT)(self._complements)
        self.substitutes = lru_cache(_KEPT)(self._substitutes)
        self.near = lru_cache(_KEPT)(self._near)
        self.said = lru_cache(_KEPT)(self._said)
        self.latest = lru_cache(_DAYS)(self._latest)
        self.coded = lru_cache(1)(self._coded)

    # ── products ──

    def row(self, product_id: str) -> int:
        """The row of a product, or of the product that has a variant with this id; -1 where there is none."""
        return self._rows.get(product_id, -1)

    def rows(self, ids: Iterable[str]) -> Integers:
        """The row of each; -1 for an id that nothing answers to."""
        return np.fromiter((self._rows.get(each, -1) for each in ids), np.int64)

    def id(self, row: int) -> str:
        """The product in a row."""
        return self.state.columns.id[row]

    def product(self, product_id: str) -> Product | None:
        """A product with its texts; None where it went meanwhile."""
        return self.products([product_id]).get(product_id)

    def products(self, ids: Sequence[str]) -> Mapping[str, Product]:
        """Products with their texts by id."""
        known = self._products
        if missing := [each for each in ids if each not in known]:
            if len(known) > _PRODUCTS:
                known = self._products = {}
                missing = list(ids)
            known.update(self._load(missing))
        return {each: known[each] for each in ids if each in known}

    def sellable(self, filters: tuple[Filter, ...]) -> Masks:
        """Which products can be bought and meet all filters, shape (P,).

        Raises:
            ConfigError: a filter is none of what is allowed.
        """
        buyable = self.state.near.buyable
        return buyable & self.state.selected(filters).products if filters else buyable

    def group(self, row: int) -> str:
        """The narrowest category as a path "Outdoor > Tents"; "" where the product has none."""
        code = int(self.state.columns.category[row])
        return self.state.columns.tables.categories.values[code] if code >= 0 else ""

    def department(self, row: int) -> str:
        """The broadest category; "" where the product has none."""
        return self.group(row).split(PATH)[0]

    def ages(self, rows: Integers, today: date) -> Floats:
        """Days since each product came out, NaN where nobody says, shape (N,)."""
        released = self.state.columns.released[rows]
        days = {int(code): _days(int(code), today) for code in np.unique(released)}
        return np.array([days[int(code)] for code in released], np.float64)

    def vectors(self, rows: Integers) -> Vectors:
        """The vectors of these rows, shape (N, D); zeros for a product that has none yet."""
        return self.state.dense.gathered(self.state.columns.key[rows])

    def _coded(self, coded: Coded) -> Generator | None:
        """A generator of codes over these rows; None where its codebook is of another encoder."""
        try:
            return coded.over(self.state.columns.id.unpack(), self.vectors)
        except CorpusError as error:
            logger.warning("the generator of codes proposes nothing: %s", error)
            return None

    # ── beside a product ──

    def _complements(self, product_id: str) -> tuple[Hit, ...]:
        product = self.product(product_id)
        hits = self._related.complements(product, _RELATED) if product else ()
        others = self.products([hit.id for hit in hits])
        return tuple(hit for hit in hits if product and hit.id in others and _fits(product, others[hit.id], hit))

    def _substitutes(self, product_id: str) -> tuple[Hit, ...]:
        product = self.product(product_id)
        return self._related.substitutes(product, _RELATED) if product else ()

    def _near(self, row: int, most: int) -> tuple[tuple[int, float], ...]:
        """The rows nearest in meaning with their cosines, without itself."""
        vector = self.state.near.vector(row)
        found = self._nearest(vector, most + 1) if vector is not None else ()
        return tuple((other, cosine) for other, cosine in found if other != row)

    def _said(self, text: str, most: int) -> tuple[tuple[int, float], ...]:
        """The rows nearest to words, with their cosines; those that have rare ones of the words are nearer."""
        near = dict(self._nearest(self._encoder.encode([text])[0], most)) if len(self.state.dense) else {}
        keys, scores = self.state.lexical.rank(self.state.lexical.read(text), most)
        shares = scores / scores.max(initial=1e-9)
        for row, share in zip(self.state.columns.rows(keys).tolist(), shares.tolist(), strict=True):
            if row in near:
                near[row] += _WORDS * share
        return tuple(sorted(near.items(), key=lambda found: -found[1]))

    def _nearest(self, vector: Vectors, most: int) -> tuple[tuple[int, float], ...]:
        keys, cosines = self.state.dense.search(vector, most)
        rows = self.state.columns.rows(keys)
        return tuple((int(row), float(c)) for row, c in zip(rows, cosines, strict=True) if row >= 0)

    # ── lists of the whole shop ──

    def _latest(self, today: date, days: int, most: int) -> tuple[tuple[int, float], ...]:
        """Rows of what came out in the last days with their age, newest first."""
        columns = self.state.columns
        first = int(date.fromordinal(today.toordinal() - days).strftime("%Y%m%d"))
        young = (columns.released >= first) & (columns.released <= int(today.strftime("%Y%m%d")))
        rows = np.flatnonzero(young & self.state.near.buyable)
        rows = rows[np.argsort(-columns.released[rows], kind="stable")[:most]]
        return tuple(zip(rows.tolist(), self.ages(rows, today).tolist(), strict=True))

    @cached_property
    def rated(self) -> tuple[tuple[int, float], ...]:
        """Of each department the best rated, at most three, by a mean that few ratings pull towards that of all.

        One without a rating stands for a department in which nothing is rated, with a mean of 0.
        """
        columns = self.state.columns
        count = np.where(np.isnan(columns.rating), 0, columns.rating_count)
        mean = float(np.average(columns.rating[count > 0], weights=count[count > 0])) if count.any() else 0.0
        shrunk = (np.nan_to_num(columns.rating) * count + mean * _RATINGS) / (count + _RATINGS)
        scores = np.where(count > 0, shrunk, 0.0)
        rows = np.flatnonzero(self.state.near.buyable)
        best: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for row in rows[np.argsort(-scores[rows], kind="stable")].tolist():
            own = best[self.department(row)]
            if not own or (len(own) < _EACH and scores[row] > 0):
                own.append((row, float(scores[row])))
        return tuple(sorted(itertools.chain(*best.values()), key=lambda found: -found[1]))

    @cached_property
    def _rows(self) -> dict[str, int]:
        columns = self.state.columns
        owners = columns.owners(np.arange(columns.offers)).tolist()
        rows = {name: row for name, row in zip(columns.variant.unpack(), owners, strict=True) if name}
        return rows | {name: row for row, name in enumerate(columns.id.unpack())}


def _fits(product: Product, other: Product, hit: Hit) -> bool:
    """Whether a complement is for this product.

    Not where it is made for others of the kind alone, which it names, nor where it shares a word of the name and means
    something else: an espresso machine for 58 mm baskets goes with no proving basket.
    """
    if any(part.part == "merchant" for part in hit.why):
        return True
    if sum(part.value for part in hit.why if part.part == "meaning") < _LEAST_MEANING:
        return False
    heads = Kind(product).heads
    entries = [entry for entry in kinds.fitting(other) if kinds.head(entry) in heads]
    names = [Kind(Product("", entry)).name for entry in entries]
    return not names or any(not name or name in product.title for name in names)


def _days(released: int, today: date) -> float:
    """Days since a date written yyyymmdd; NaN for 0."""
    if not released:
        return float("nan")
    year, rest = divmod(released, 10_000)
    return float((today - date(year, max(rest // 100, 1), max(rest % 100, 1))).days)
