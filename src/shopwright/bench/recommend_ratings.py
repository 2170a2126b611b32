"""Whom does a recommended product surprise pleasantly? Ratings of one product by each person (Taobao Serendipity).

A person is pleasantly surprised who rates Serendipity 4 or 5 of 5. Measured is the AUC, with bootstrap intervals over
persons:

    auc                        `serendipity` as it ships, at its default, on the ratings of the three parts; the report
                               draws it over the dial
    auc:bare                   the plain product of the three ratings, not softened
    auc:product                relevance x unexpectedness
    auc:relevance              the one rating; so `auc:unexpectedness`, `auc:timeliness`
    auc:without_own_ratings    none of the person's ratings of the product: a logistic regression on the answers about
                               curiosity (C1 to C10) and personality (P1 to P10), and on what others said of the product
                               and of its category

Nobody is predicted by a model that learned from that person: five folds of persons, and the mean over five divisions.
Clicks are left out, as they come after the recommendation; so are the two ratings of diversity, which are about it.

Source: Chen et al. (2019), "How serendipity improves user satisfaction with recommendations?"
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopwright.bench.evidence_rows import measured_row, read_rows
from shopwright.bench.task import BenchSet, NeededFile, Options, Row
from shopwright.errors import CorpusError
from shopwright.selective import auroc
from shopwright.skills.recommend.serendipity import ADVENTURE, serendipity
from shopwright.train.intent.models import folds_of, rewards_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_BENCH, _NAME, _FILE = "recommend", "taobao_serendipity", "recommend/taobao_serendipity.jsonl.gz"
_PARTS = ("Relevance", "Unexpectedness", "Timeliness")
_RATINGS = (*_PARTS, "Novelty", "Serendipity")
_ANSWERS = tuple(f"{kind}{number}" for kind in "CP" for number in range(1, 11))
_LOWEST, _HIGHEST, _SURPRISED = 1.0, 5.0, 4.0
_FOLDS, _DIVISIONS, _RIDGE = 5, 5, 30.0
_OTHERS = {"CategoryId": 10.0, "ItemId": 5.0}
"""Whose ratings by others are learned from, and how many average ratings are added to theirs."""
_DIAL = np.linspace(0.0, 1.0, 11)


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """What N persons said, a product each.

    Args:
        ratings: N numbers from 1 to 5 under the name of each rating.
        answers: of each person to 20 questions about curiosity and personality, N x 20.
        persons: a number for each person.
        groups: numbers of the product's category and of the product, N each, under the names of their columns.
    """

    ratings: Mapping[str, Floats]
    answers: Floats
    persons: Ints
    groups: Mapping[str, Ints]

    @property
    def surprised(self) -> NDArray[np.bool_]:
        """Whom the product surprised pleasantly."""
        return self.ratings["Serendipity"] >= _SURPRISED


def rating_rows(options: Options) -> Iterator[Row]:
    """Measures the formula, its parts, and a prediction without the person's own ratings."""
    assert options.data is not None
    people = read_ratings(options.data / _FILE)
    yield replace(_measured("auc", formula(people), people), curve=_dial(people))
    relevance, unexpected, timely = (people.ratings[name] for name in _PARTS)
    for name, scores in {
        "bare": relevance * unexpected * timely,
        "product": relevance * unexpected,
        "relevance": relevance,
        "unexpectedness": unexpected,
        "timeliness": timely,
    }.items():
        yield _measured(f"auc:{name}", scores, people)
    began = time.perf_counter()
    predicted = without_own_ratings(people)
    yield _measured("auc:without_own_ratings", predicted, people, time.perf_counter() - began)


def read_ratings(path: Path) -> Ratings:
    """The ratings of the file.

    Raises:
        CorpusError: a row that lacks a column or has something else than a number in it, or no row at all.
    """
    rows = read_rows(path, "UserId", *_OTHERS, *_RATINGS, *_ANSWERS)
    return Ratings(
        {name: _numbers(path, rows, name) for name in _RATINGS},
        np.array([_numbers(path, rows, name) for name in _ANSWERS]).T,
        _numbered(rows, "UserId"),
        {name: _numbered(rows, name) for name in _OTHERS},
    )


def formula(people: Ratings, adventure: float = ADVENTURE) -> Floats:
    """The shipped score on the ratings of the three parts, 1 to 5 as 0 to 1; N."""
    relevance, unexpected, timely = ((people.ratings[name] - _LOWEST) / (_HIGHEST - _LOWEST) for name in _PARTS)
    return serendipity(relevance, unexpected, timely, adventure)


def without_own_ratings(people: Ratings) -> Floats:
    """Probability that each person is pleasantly surprised, from models that saw neither the person nor the ratings.

    Returns:
        N numbers, the mean over the divisions into folds.
    """
    found = np.zeros(len(people.persons))
    for seed in range(_DIVISIONS):
        fold = folds_of(people.persons, _FOLDS, seed)
        for each in range(_FOLDS):
            found[fold == each] += _predicted(people, fold != each)[fold == each]
    return found / _DIVISIONS


def _predicted(people: Ratings, known: NDArray[np.bool_]) -> Floats:
    """What the model of the known persons says of everybody."""
    features = np.column_stack([people.answers, *_from_others(people, known)])
    nothing = np.zeros(int(known.sum()), np.int64)
    predict = rewards_of(features[known], nothing, people.surprised[known].astype(np.float64), 1, ridge=_RIDGE)
    return predict(features)[:, 0]


def _from_others(people: Ratings, known: NDArray[np.bool_]) -> Iterator[Floats]:
    """Means of the other ratings of the product's category and of the product by known persons, and how many."""
    for name, prior in _OTHERS.items():
        groups = people.groups[name]
        others = np.bincount(groups, known)[groups] - known
        yield np.log1p(others)
        for values in people.ratings.values():
            total = np.bincount(groups, known * values)[groups] - known * values
            yield (total + prior * values[known].mean()) / (others + prior)


def _dial(people: Ratings) -> tuple[tuple[float, float], ...]:
    return tuple((float(at), auroc(formula(people, float(at)), people.surprised.tolist())) for at in _DIAL)


def _measured(metric: str, scores: Floats, people: Ratings, seconds: float = 0.0) -> Row:
    surprised = people.surprised
    order = np.argsort(people.persons, kind="stable")
    units = [own.tolist() for own in np.split(order, np.flatnonzero(np.diff(people.persons[order])) + 1)]
    row = measured_row(_NAME, metric, lambda at: auroc(scores[at], surprised[at].tolist()), units, seconds)
    return replace(row, bench=_BENCH)


def _numbers(path: Path, rows: list[dict[str, Any]], name: str) -> Floats:
    try:
        values = np.array([float(row[name]) for row in rows])
    except (TypeError, ValueError) as error:
        raise CorpusError(f"{path}, column {name!r} has no number in a row ({error}): copy the file again") from error
    if not np.isfinite(values).all():
        raise CorpusError(f"{path}, column {name!r} has a number that is not finite: copy the file again")
    return values


def _numbered(rows: list[dict[str, Any]], name: str) -> Ints:
    return np.unique([str(row[name]) for row in rows], return_inverse=True)[1].astype(np.int64)


SET = BenchSet(_NAME, rating_rows, (NeededFile(_FILE, "ratings of one product each, with 20 answers of the person"),))
