"""The weights of the parts of a result's score, chosen on judged queries over a real index.

Both halves of the engine name candidates for every query, and `EmbeddedIndex.candidates` tells what each says of them.
Settings of the weights are drawn at random, each judged by nDCG@10 and recall@100 over all queries, and the mean of
the best is taken: a single best of 1,500 fits a hundred queries too well. The row of the tail, which only completes a
list, is chosen by recall alone, and the share of the cross-encoder on the products that have a judgement.

Judgements must cover what an engine finds, since what has none counts as irrelevant; those of clusters of like products
mislead (docs/log.md). `cross_validated` says what the choice is worth on queries that it was not made on.

Simplification: the share of a category in a list is taken under even weights, not anew for every setting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from shopwright.models.pairs import relevance
from shopwright.models.protocols import PairScorer
from shopwright.search.embedded import EmbeddedIndex
from shopwright.search.fusion import FEATURES, HEAD, LENGTHS, FusionWeights
from shopwright.search.reread import MOST

Floats = NDArray[np.float64]

RECALL_WEIGHT = 0.7
"""What a point of recall@100 is worth in points of nDCG@10 when settings are compared."""
_BEST = 40
_FOLDS = 5
_DISCOUNTS = 1.0 / np.log2(np.arange(2, 12))
_SHARES = np.linspace(0.0, 0.9, 10)


@dataclass(frozen=True, slots=True)
class Candidates:
    """What an index found for one query.

    Args:
        ids: of the products, shape (N,) as a list.
        features: what both halves say of them, shape (N, F).
        words: of the query, as `FusionWeights.of` counts them.
        gains: what each is worth; NaN where nobody judged it, which counts as 0.
        relevant: which of them recall counts, shape (N,).
        ideal: the discounted gain of the best ten of all judged products.
        wanted: how many relevant products there are in all.
        judged: the gain that the cross-encoder expects, NaN for what it has not read.
    """

    ids: Sequence[str]
    features: Floats
    words: int
    gains: Floats
    relevant: NDArray[np.bool_]
    ideal: float
    wanted: int
    judged: Floats

    def scores(self, weights: FusionWeights) -> Floats:
        """The score of each candidate by the rows of the head, shape (N,)."""
        lexical, dense = bool(self.features[:, 0].any()), bool(self.features[:, 2].any())
        return self.features @ weights.of(self.words, lexical, dense)


def candidates(index: EmbeddedIndex, query: str, gains: Mapping[str, float], least: float) -> Candidates:
    """The candidates of a judged query.

    Args:
        index: filled with vectors.
        gains: of the judged products.
        least: the lowest gain that recall counts.
    """
    found = index.candidates(query)
    own = np.array([gains.get(product, np.nan) for product in found.ids], np.float64)
    best = np.sort(list(gains.values()))[::-1][: len(_DISCOUNTS)]
    return Candidates(
        ids=found.ids,
        features=found.features,
        words=found.words,
        gains=own,
        relevant=np.nan_to_num(own) >= least,
        ideal=float(best @ _DISCOUNTS[: len(best)]),
        wanted=sum(gain >= least for gain in gains.values()),
        judged=np.full(len(own), np.nan),
    )


def reread(
    each: Candidates, query: str, texts: Mapping[str, str], scorer: PairScorer, weights: FusionWeights
) -> Candidates:
    """The candidates after the cross-encoder has read the first of them under some weights.

    Args:
        texts: what it reads of a product, by id.
    """
    first = np.argsort(-each.scores(weights), kind="stable")[:MOST]
    if not len(first):
        return each
    judged = each.judged.copy()
    judged[first] = relevance(scorer.probabilities(query, [texts[each.ids[place]] for place in first.tolist()]))
    return replace(each, judged=judged)


def choose_weights(sets: Sequence[Sequence[Candidates]], *, tries: int = 1_500, seed: int = 0) -> FusionWeights:
    """The rows of the head, and that of the tail.

    Args:
        sets: queries by set; each set counts the same, however many queries it has.
        tries: random settings that are compared.
    """
    settings = _drawn(tries, seed)
    return _chosen(settings, _values(settings, sets), sets, [np.arange(len(some)) for some in sets])


def choose_reread(weights: FusionWeights, lists: Sequence[Candidates]) -> FusionWeights:
    """The weights with that share of the cross-encoder which orders the judged products of the lists best."""
    values = [mean_ndcg_of_judged(replace(weights, reread=float(share)), lists) for share in _SHARES]
    return replace(weights, reread=float(_SHARES[int(np.argmax(values))]))


def cross_validated(
    sets: Sequence[Sequence[Candidates]], *, tries: int = 1_500, seed: int = 0
) -> Sequence[tuple[float, float]]:
    """nDCG@10 and recall@100 of each set's queries, ordered by the weights that the other four fifths choose."""
    settings = _drawn(tries, seed)
    values = _values(settings, sets)
    folds = [np.random.default_rng(seed).permutation(len(some)) % _FOLDS for some in sets]
    found: list[list[tuple[float, float]]] = [[] for _ in sets]
    for fold in range(_FOLDS):
        weights = _chosen(settings, values, sets, [np.flatnonzero(own != fold) for own in folds])
        for place, (some, own) in enumerate(zip(sets, folds, strict=True)):
            held = [some[query] for query in np.flatnonzero(own == fold).tolist()]
            found[place] += [_judge(each, _order(each, weights)) for each in held]
    return [_means(pairs) for pairs in found]


def measure(weights: FusionWeights, lists: Sequence[Candidates]) -> tuple[float, float]:
    """Mean nDCG@10 and recall@100 of the lists in the order of the weights, head and tail."""
    return _means([_judge(each, _order(each, weights)) for each in lists])


def mean_ndcg_of_judged(weights: FusionWeights, lists: Sequence[Candidates]) -> float:
    """Mean nDCG@10 of the products that have a judgement and were reread, as the reranked list has them."""
    values = []
    for each in lists:
        kept = np.flatnonzero(~np.isnan(each.gains) & ~np.isnan(each.judged))
        best = np.sort(each.gains[kept])[::-1][: len(_DISCOUNTS)]
        ideal = float(best @ _DISCOUNTS[: len(best)])
        if len(kept) < 2 or ideal <= 0:
            continue
        mixed = (1 - weights.reread) * each.scores(weights)[kept] + weights.reread * each.judged[kept]
        first = each.gains[kept][np.argsort(-mixed, kind="stable")][: len(_DISCOUNTS)]
        values.append(float(first @ _DISCOUNTS[: len(first)]) / ideal)
    return float(np.mean(values)) if values else 0.0


def save_weights(weights: FusionWeights, path: Path, about: dict[str, object]) -> None:
    """Write the weights with what they were chosen on; `FusionWeights.load` reads them."""
    record = {
        "features": FEATURES,
        "weights": [[round(value, 4) for value in row] for row in weights.rows.tolist()],
        "tail": [round(value, 4) for value in weights.tail.tolist()],
        "reread": round(weights.reread, 4),
        "about": about,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(orjson.dumps(record, option=orjson.OPT_INDENT_2))
    partial.replace(path)


# ── settings: how much the words count at each length of query, and how each half's part is split ──


def _drawn(tries: int, seed: int) -> Floats:
    """Random settings, shape (tries, 7): the words' part at 1, 2, 3+ words, its share of ranks, the meaning's shares of
    gaps and of ranks, and the category's part."""
    draw = np.random.default_rng(seed)
    lexical = np.sort(draw.uniform(0.2, 0.95, (tries, LENGTHS)), axis=1)[:, ::-1]
    others = draw.uniform(0.0, [0.5, 0.5, 0.25, 0.4], (tries, 4))
    return np.concatenate([lexical, others], axis=1)


def _tails() -> Floats:
    """The settings among which the tail is chosen; there ranks count, and category."""
    grid = [
        (words, words, words, ranks, 0.0, gaps, category)
        for words in (0.2, 0.35, 0.5)
        for ranks in (0.3, 0.6, 0.9)
        for gaps in (0.25, 0.5)
        for category in (0.3, 0.6, 0.9)
    ]
    return np.array(grid)


def _weights(setting: Floats) -> FusionWeights:
    *by_length, lexical_rank, gap, dense_rank, category = setting.tolist()
    rows = np.array(
        [
            [
                words * (1 - lexical_rank),
                words * lexical_rank,
                (1 - words) * (1 - gap - dense_rank),
                (1 - words) * gap,
                (1 - words) * dense_rank,
                category,
            ]
            for words in by_length
        ]
    )
    rows /= rows.sum(axis=1, keepdims=True)
    return FusionWeights(rows, rows[0])


def _values(settings: Floats, sets: Sequence[Sequence[Candidates]]) -> Sequence[Floats]:
    """What each query is worth under each setting, by set, shape (settings, queries); NaN where nothing is judged."""
    made = [_weights(setting) for setting in settings]
    return [np.array([[_value(*_judge(each, _head(each, one))) for each in some] for one in made]) for some in sets]


def _chosen(
    settings: Floats,
    values: Sequence[Floats],
    sets: Sequence[Sequence[Candidates]],
    queries: Sequence[NDArray[np.intp]],
) -> FusionWeights:
    """The weights that some queries of each set choose: head by `values`, tail by recall."""
    head = _mean_of_best(settings, values, queries)
    tails = [_weights(setting).rows[0] for setting in _tails()]
    some = [[own[place] for place in places.tolist()] for own, places in zip(sets, queries, strict=True)]
    recalls = [np.mean([measure(replace(head, tail=tail), own)[1] for own in some]) for tail in tails]
    order = np.argsort(recalls)[::-1][: len(tails) // 4]
    return replace(head, tail=np.mean([tails[place] for place in order], axis=0))


def _mean_of_best(settings: Floats, values: Sequence[Floats], queries: Sequence[NDArray[np.intp]]) -> FusionWeights:
    """The mean of the settings that are best over some queries of each set."""
    worth = np.sum([np.nanmean(own[:, some], axis=1) for own, some in zip(values, queries, strict=True)], axis=0)
    best = np.argsort(-worth, kind="stable")[: min(_BEST, max(1, len(settings) // 10))]
    return _weights(settings[best].mean(axis=0))


def _value(gained: float, recalled: float) -> float:
    return gained + RECALL_WEIGHT * (0.0 if np.isnan(recalled) else recalled)


def _head(each: Candidates, weights: FusionWeights) -> NDArray[np.intp]:
    return np.argsort(-each.scores(weights), kind="stable")[:100]


def _order(each: Candidates, weights: FusionWeights) -> NDArray[np.intp]:
    """The first hundred as a search orders them: the head by its row, what follows by the tail's."""
    order = np.argsort(-each.scores(weights), kind="stable")
    rest = order[HEAD:]
    lexical, dense = bool(each.features[:, 0].any()), bool(each.features[:, 2].any())
    rest = rest[np.argsort(-(each.features[rest] @ weights.of_tail(lexical, dense)), kind="stable")]
    return np.concatenate([order[:HEAD], rest])[:100]


def _judge(each: Candidates, order: NDArray[np.intp]) -> tuple[float, float]:
    """nDCG@10 and recall@100 of one list; NaN where there is nothing to gain or to find."""
    first = np.nan_to_num(each.gains[order[: len(_DISCOUNTS)]])
    gained = float(first @ _DISCOUNTS[: len(first)]) / each.ideal if each.ideal > 0 else float("nan")
    return gained, float(each.relevant[order].sum()) / each.wanted if each.wanted else float("nan")


def _means(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    columns = np.array(pairs, np.float64).reshape(-1, 2)
    known = [column[~np.isnan(column)] for column in columns.T]
    gained, recalled = (float(column.mean()) if len(column) else 0.0 for column in known)
    return gained, recalled
