"""One request over one state of the index: from words and filters to a page of results.

The query is read as it was meant (`correction`). Filters give a selection of products (`filters`). The lexical half
ranks, the dense half ranks, both within the selection; products that only BM25 found get their exact cosine; `fusion`
makes one list. For any order but relevance the list is what the lexical half matches, sorted; without a query it is the
whole selection, well-rated products first.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from math import inf, isnan
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError
from shopwright.models.protocols import Encoder, PairScorer, Vectors
from shopwright.search.columns import Integers, Masks
from shopwright.search.commits import State
from shopwright.search.expansion import ENOUGH, FIRST, Beside, completed, related_words
from shopwright.search.facet_order import FacetOrder
from shopwright.search.facets import Narrowed, facets
from shopwright.search.filters import Selection, select
from shopwright.search.fusion import FEATURES, LENGTHS, FusionWeights, shipped_weights
from shopwright.search.highlight import highlight
from shopwright.search.lexical import LexicalIndex, Tags, Word, stem
from shopwright.search.merchandising import DEPTH, Merchandiser, reorders
from shopwright.search.protocols import DEEPEST, Rewrite, Rewriter, Thesaurus
from shopwright.search.ranking import Ranking, by_field, by_relevance
from shopwright.search.reread import reread
from shopwright.search.rules import Rules
from shopwright.search.strings import PATH, ranges
from shopwright.search.tags import needed_tags
from shopwright.search.texts import name_of
from shopwright.search.widening import rewritten, widened
from shopwright.types import Facet, Hit, Reason, SearchPage, SearchRequest, Sort

_DEPTHS = (100, 200, 1_000, DEEPEST)
_NARROW = 300
_SCAN = 1_000
_DEEPEST_SCAN = 20_000
_INSTEAD, _MOST_GONE = 3, 6
_LEAST_COSINE = 0.33
_MEANT_AND_TYPED = (0.5, 0.5)
_LEAST_NORM = 1e-9
_EVEN = FusionWeights(np.full((LENGTHS, len(FEATURES)), 1.0), np.full(len(FEATURES), 1.0))


@dataclass(frozen=True, slots=True)
class Relevance:
    """How results are found and scored.

    Args:
        weights: of the fusion.
        scorer: the cross-encoder that may read the best of them.
        thesaurus: other names of what is asked for.
        rewriter: other words for what was asked.
    """

    weights: FusionWeights = field(default_factory=shipped_weights)
    scorer: PairScorer | None = None
    thesaurus: Thesaurus | None = None
    rewriter: Rewriter | None = None


@dataclass(frozen=True, slots=True)
class Candidates:
    """What an index finds for a query: ids, their features (N, F), and how many words of the query count."""

    ids: Sequence[str]
    features: NDArray[np.float64]
    words: int


class Answer:
    """The work on one request. Make one a request and call `page`.

    Args:
        state: the index.
        request: checked by `check_request`.
        encoder: of the query; None to go without the dense half.
        vector: the query's vector, if it is known already.
        rules: of the merchant; only for the order by relevance.
        relevance: how results are scored.
    """

    def __init__(
        self,
        state: State,
        request: SearchRequest,
        encoder: Encoder | None,
        vector: Vectors | None,
        rules: Rules | None = None,
        relevance: Relevance | None = None,
    ) -> None:
        self._state, self._request = state, request
        self._relevance = relevance or Relevance()
        self._columns = state.columns
        self._encoder, self._vector = encoder, vector
        self._timings: dict[str, float] = {}
        self._rewrites: Sequence[Rewrite] = ()
        self._selection = select(self._columns, request.filters) if request.filters else None
        self._tags = needed_tags(request.filters)
        with self._clock("rewrite"):
            self._words = self._meant(state.lexical)
            self._query = request.query if request.literal else self._corrected(state.lexical)
        self._rules = rules.matching(self._words, date.today()) if rules and request.sort == "relevance" else ()
        self._ruled: Mapping[int, Sequence[Reason]] = {}
        self._read: Mapping[int, Reason] = {}
        self._fused = Ranking(np.zeros(0, np.int64), np.zeros(0))
        wanted = max(2 * (request.offset + request.limit), DEPTH if reorders(self._rules) else 0)
        self._depth = next(depth for depth in _DEPTHS if wanted <= depth or depth == DEEPEST)

    def _meant(self, lexical: LexicalIndex) -> tuple[Word, ...]:
        """The words of the query; unless it is literal, corrected and with other names of what they mean."""
        thesaurus, rewriter = self._relevance.thesaurus, self._relevance.rewriter
        words = lexical.read(self._request.query, self._request.literal, thesaurus)
        if self._request.literal or not words:
            return words
        if rewriter is not None:
            self._rewrites = tuple(rewriter.rewrites([word.plain for word in words], lexical))
            words = rewritten(words, self._rewrites)
        return widened(words, lexical.within(thesaurus)) if thesaurus is not None else words

    def _corrected(self, lexical: LexicalIndex) -> str:
        return lexical.correction(self._request.query, self._relevance.thesaurus).text

    def page(self) -> SearchPage:
        """The results."""
        request = self._request
        if not request.query.strip() and self._vector is None:
            ranking, total = self._sorted(self._selected())
        elif request.sort != "relevance":
            ranking, total = self._sorted(self._sortable())
        else:
            self._fused = ranking = self._ranked()
            if request.rerank_ms > 0 and self._relevance.scorer and len(ranking.rows):
                with self._clock("reread"):
                    ranking = self._reread(ranking, self._relevance.scorer)
            with self._clock("count"):
                total = self._total()
        if self._rules:
            with self._clock("rules"):
                merchandiser = Merchandiser(self._rules, self._state, self._selection, request.explain)
                ranking, self._ruled = merchandiser.apply(ranking)
        shown = slice(request.offset, request.offset + request.limit)
        hits = self._hits(ranking, shown)
        found: tuple[Facet, ...] = ()
        if request.facets:
            with self._clock("facets"):
                found = self._facets(ranking.rows)
        searched = self._query if self._query != request.query else ""
        return SearchPage(hits, total, found, self._timings, self._state.coverage, searched)

    def candidates(self) -> Candidates:
        """All that either half finds, and what both say of it."""
        self._relevance = Relevance(_EVEN)
        ranking = self._ranked()
        even = _EVEN.of(1, bool(len(ranking.lexical)), bool(len(ranking.dense))).max()
        ids = [self._columns.id[row] for row in ranking.rows.tolist()]
        return Candidates(ids, ranking.weighted / even, self._counted())

    # ── the halves ──

    def _ranked(self) -> Ranking:
        lexical_keys, lexical_scores = self._lexical_half()
        dense_keys, dense_scores, vector = self._dense_half()
        with self._clock("fuse"):
            keys = np.union1d(lexical_keys, dense_keys)
            cosines = np.full(len(keys), np.nan)
            cosines[np.searchsorted(keys, dense_keys)] = dense_scores
            missing = np.flatnonzero(np.isnan(cosines))
            if vector is not None and len(missing):
                cosines[missing] = self._state.dense.scores(vector, keys[missing])
            weights, words = self._relevance.weights, self._counted()
            ranking = by_relevance(
                self._columns, lexical_keys, lexical_scores, dense_keys, keys, cosines, words, weights
            )
        request = self._request
        reached = request.offset + request.limit > FIRST and len(ranking.rows) >= FIRST
        if not reached or request.literal or request.mode == "dense" or not self._words:
            return ranking
        return self._completed(ranking, dense_keys, dense_scores)

    def _completed(self, ranking: Ranking, near: Integers, cosines: NDArray[np.float32]) -> Ranking:
        """The ranking with what words of the nearest products find, after its first results."""
        if self._vector is not None and not len(near):
            near, cosines = self._nearest(np.asarray(self._vector, np.float32).reshape(-1))
        corrected = self._query != self._request.query or bool(self._rewrites)
        if not corrected and self._state.lexical.count(self._words) >= ENOUGH:
            return ranking
        beside = related_words(self._state.lexical, self._words, near, cosines.tolist(), corrected)
        if not beside:
            return ranking
        found = self._columns.rows(self._lexical_half(beside, "expand")[0])
        with self._clock("expand"):
            return completed(ranking, found[found >= 0], corrected)

    def _counted(self) -> int:
        """How many words of the query count."""
        return sum(word.counts for word in self._words) or len(self._words)

    def _reread(self, ranking: Ranking, scorer: PairScorer) -> Ranking:
        """The ranking after the cross-encoder has read its first products."""
        share, budget = self._relevance.weights.reread, self._request.rerank_ms
        ranking, self._read = reread(ranking, self._query, self._texts, scorer, share, budget)
        return ranking

    def _texts(self, rows: Integers) -> list[str]:
        """What the cross-encoder reads of the products in these rows: `texts.named`, from what the index keeps."""
        columns, keys = self._columns, self._columns.key[rows].tolist()
        stored = self._state.lexical.stored(keys)
        brands, categories = columns.tables.brands.values, columns.tables.categories.values
        texts = []
        for row, key in zip(rows.tolist(), keys, strict=True):
            brand, category = int(columns.brand[row]), int(columns.category[row])
            narrowest = categories[category].split(PATH)[-1] if category >= 0 else None
            texts.append(name_of(stored[key][0], brands[brand] if brand >= 0 else None, narrowest))
        return texts

    def _why(self, row: int) -> tuple[Reason, ...]:
        """The parts of a product's score, when they were asked for."""
        if not self._request.explain:
            return ()
        read = self._read.get(row)
        return (*self._fused.parts(row), *([read] if read else []), *self._ruled.get(row, ()))

    def _lexical_half(self, beside: Beside = (), stage: str = "lexical") -> tuple[Integers, NDArray[np.float64]]:
        """Keys and scores of at most `depth` products of the selection, best first; `beside` are further stems."""
        if self._request.mode == "dense" or not self._words:
            return np.zeros(0, np.int64), np.zeros(0)
        with self._clock(stage):
            lexical, selection = self._state.lexical, self._selection
            if selection is None:
                return lexical.rank(self._words, self._depth, beside=beside)
            if selection.count <= _NARROW:
                passing = self._columns.key[selection.products].tolist()
                return lexical.rank(self._words, self._depth, keys=passing, beside=beside)
            keys, scores = lexical.rank(self._words, _SCAN, self._tags, beside=beside)
            if len(keys) == _SCAN and np.count_nonzero(self._passes(keys)) < self._depth // 2:
                keys, scores = lexical.rank(self._words, _DEEPEST_SCAN, self._tags, beside=beside)
            kept = self._passes(keys)
            return keys[kept][: self._depth], scores[kept][: self._depth]

    def _dense_half(self) -> tuple[Integers, NDArray[np.float32], Vectors | None]:
        """Keys and cosines of at most `depth` products of the selection, best first, and the query's vector."""
        nothing = np.zeros(0, np.int64), np.zeros(0, np.float32), None
        if self._request.mode == "lexical" or not len(self._state.dense):
            return nothing
        vector = self._query_vector()
        if vector is None:
            return nothing
        return *self._nearest(vector), vector

    def _nearest(self, vector: Vectors) -> tuple[Integers, NDArray[np.float32]]:
        """Keys and cosines of the `depth` products of the selection that are nearest to a vector, best first."""
        with self._clock("dense"):
            among = None if self._selection is None else self._state.dense_rows[self._selection.products]
            keys, cosines = self._state.dense.search(vector, self._depth, among)
            kept = cosines >= _LEAST_COSINE
            return keys[kept], cosines[kept]

    def _meaning(self) -> str:
        """What was meant, for the encoder: the query as corrected, or with its words rewritten."""
        if not self._rewrites:
            return self._query
        words: list[str] = [word.plain if word.meant is None else " ".join(word.meant) for word in self._words]
        for each in self._rewrites:
            words[each.start : each.end] = [" ".join(each.words), *[""] * (each.end - each.start - 1)]
        return " ".join(filter(None, words))

    def _query_vector(self) -> Vectors | None:
        """The query's vector; of a corrected query the mean of what was meant and what was typed, which finds more."""
        typed, meant = self._request.query, self._meaning()
        if self._vector is None and self._encoder is not None and typed.strip():
            with self._clock("encode"):
                if meant == typed:
                    self._vector = self._encoder.encode([typed])[0]
                else:
                    mean = np.average(self._encoder.encode([meant, typed]), axis=0, weights=_MEANT_AND_TYPED)
                    self._vector = mean / max(float(np.linalg.norm(mean)), _LEAST_NORM)
        return None if self._vector is None else np.asarray(self._vector, np.float32).reshape(-1)

    # ── what is counted ──

    def _total(self) -> int:
        if self._request.mode == "dense":
            return self._columns.products if self._selection is None else self._selection.count
        if not self._words:
            return 0
        if self._selection is None and not self._request.facets:
            return self._state.lexical.count(self._words)
        return len(self._matched())

    def _matched(self) -> Integers:
        """Rows of the products that the lexical half matches and the filters pass."""
        rows = self._matched_by_words(self._tags)
        return rows if self._selection is None else rows[self._selection.products[rows]]

    def _matched_by_words(self, tags: Tags = ()) -> Integers:
        """Rows of the products that the lexical half matches, ascending."""
        rows = self._columns.rows(self._state.lexical.matching(self._words, tags))
        return rows[rows >= 0]

    def _selected(self) -> Integers:
        """Rows of all products that pass the filters."""
        if self._selection is None:
            return np.arange(self._columns.products)
        return np.flatnonzero(self._selection.products)

    def _sortable(self) -> Integers:
        """What an order other than relevance is about: what the words match, or the nearest when they match nothing."""
        rows = self._matched() if self._words and self._request.mode != "dense" else np.zeros(0, np.int64)
        return rows if len(rows) else self._columns.rows(self._dense_half()[0])

    def _sorted(self, rows: Integers) -> tuple[Ranking, int]:
        ranked = by_field(self._columns, rows, self._request.sort, self._selection)
        return Ranking(ranked, np.zeros(len(ranked))), len(ranked)

    # ── the page ──

    def _hits(self, ranking: Ranking, shown: slice) -> tuple[Hit, ...]:
        rows = ranking.rows[shown]
        with self._clock("highlight"):
            texts = self._state.lexical.stored(self._columns.key[rows].tolist()) if self._words else {}
        stems = frozenset(each for word in self._words for each in word.stems)
        lexical_ranks, dense_ranks = (_ranks(keys) for keys in (ranking.lexical, ranking.dense))
        instead = self._instead(rows)
        hits = []
        for row, score in zip(rows.tolist(), ranking.scores[shown].tolist(), strict=True):
            key = int(self._columns.key[row])
            title, description = texts.get(key, ("", ""))
            pieces = {"title": highlight(title, stems, stem), "description": highlight(description, stems, stem)}
            halves = {"lexical": lexical_ranks.get(key), "dense": dense_ranks.get(key)}
            hits.append(
                Hit(
                    id=self._columns.id[row],
                    score=float(score),
                    ranks={name: rank for name, rank in halves.items() if rank is not None},
                    highlights={name: found for name, found in pieces.items() if found},
                    variant_id=self._variant(row),
                    why=self._why(row),
                    instead=instead.get(row, ()),
                )
            )
        return tuple(hits)

    def _instead(self, rows: Integers) -> dict[int, tuple[str, ...]]:
        """For the first few of these that cannot be bought: what could be bought in their place, filters held."""
        near = self._state.near
        passing = None if self._selection is None else self._selection.products
        gone = rows[~near.buyable[rows]][:_MOST_GONE].tolist()
        found = {row: near.substitutes(row, _INSTEAD, passing).rows for row in gone}
        return {row: tuple(self._columns.id[other] for other in others.tolist()) for row, others in found.items()}

    def _variant(self, row: int) -> str | None:
        """The passing offer that can be had soonest and costs least; None without filters or variants."""
        if self._selection is None:
            return None
        columns = self._columns
        start, end = columns.offer_start[row : row + 2].tolist()
        if end == start + 1:
            return columns.variant[start] or None
        passing = [offer for offer in range(start, end) if self._selection.offers[offer]]
        if not passing:
            return None
        return columns.variant[min(passing, key=self._offer_order)] or None

    def _offer_order(self, offer: int) -> tuple[int, float]:
        price = float(self._columns.price[offer])
        return int(self._columns.availability[offer]), inf if isnan(price) else price

    def _facets(self, ranked: Integers) -> tuple[Facet, ...]:
        filtered = [condition.field for condition in self._request.filters if condition.op == "is"]
        about = self._about(ranked)

        def narrow(field: str) -> Narrowed:
            others = [each for each in self._request.filters if not (each.field == field and each.op == "is")]
            selection = select(self._columns, others) if field else self._selection
            return self._narrowed(about, selection)

        return facets(narrow, filtered, self._facet_order())

    def _facet_order(self) -> FacetOrder | None:
        """What the query is about, where its vector is known."""
        if self._vector is None or self._encoder is None:
            return None
        return self._state.meanings.order(self._encoder, np.asarray(self._vector, np.float32).reshape(-1))

    def _about(self, ranked: Integers) -> Integers:
        """Rows of the products that facets are about, before filters: what the words match, or else what was ranked."""
        if not self._request.query.strip() and self._vector is None:
            return np.arange(self._columns.products)
        rows = self._matched_by_words() if self._words and self._request.mode != "dense" else ranked
        return rows if len(rows) else np.sort(ranked)

    def _narrowed(self, rows: Integers, selection: Selection | None) -> Narrowed:
        """The rows and their offers that pass."""
        columns = self._columns
        if selection is not None:
            rows = rows[selection.products[rows]]
        starts = columns.offer_start[rows]
        offers = ranges(starts, columns.offer_start[rows + 1] - starts)
        if selection is not None:
            offers = offers[selection.offers[offers]]
        return Narrowed(columns, self._state.counter, rows, offers)

    def _passes(self, keys: Integers) -> Masks:
        rows = self._columns.rows(keys)
        if self._selection is None:
            return rows >= 0
        return (rows >= 0) & self._selection.products[rows]

    @contextmanager
    def _clock(self, stage: str) -> Iterator[None]:
        """Add the milliseconds of the block to the stage's timing."""
        started = time.perf_counter()
        yield
        self._timings[stage] = self._timings.get(stage, 0.0) + 1000 * (time.perf_counter() - started)


def _ranks(keys: Integers) -> dict[int, int]:
    return {key: rank for rank, key in enumerate(keys.tolist(), start=1)}


def check_request(request: SearchRequest) -> None:
    """Refuse a page that cannot be.

    Raises:
        ConfigError: a negative offset or limit, a page beyond `DEEPEST`, an unknown order or mode.
    """
    if request.offset < 0 or request.limit < 0 or request.offset + request.limit > DEEPEST:
        raise ConfigError(
            f"offset {request.offset} + limit {request.limit}: both from 0, together at most {DEEPEST}; add filters"
        )
    if request.sort not in get_args(Sort):
        raise ConfigError(f"sort {request.sort!r}: expected one of {', '.join(get_args(Sort))}")
    if request.mode not in ("hybrid", "lexical", "dense"):
        raise ConfigError(f"mode {request.mode!r}: expected hybrid, lexical or dense")
