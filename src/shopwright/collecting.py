"""A large model writes rewrites for the queries that a shop answers badly; those that help are kept and looked up.

    from shopwright.collecting import collect, doubtful_queries

    queries = doubtful_queries(shop.report(days=30, limit=200), 200)
    collected = collect(shop, EndpointModel(EndpointConfig.parse("http://localhost:8080/v1#qwen3")), queries)

Nothing of this happens while a shopper waits. A rewrite is tried as it would be used, beside the words of its query,
and accepted when all of this holds:

- the model is more sure than not (`SURE`);
- the first products that words find (`FIRST`) hold some that they did not hold before;
- the best of those (`BEST`) are, for the query as it was typed, expected to be worth `LEAST` or more by the reranker,
  and for its first accepted rewrite too, since of slang the reranker is not sure;
- the best of all the first products are not worth less than before, and neither is the result page as a whole, words
  and meaning together.

What is accepted goes to `rewrites.tsv` at once (`assistant.accepted`): the shop's searches follow within a second, and
`shopwright train rewrite` learns from it. What was sent are texts of shoppers: see `least` of the report.

Simplifications: a query whose rewrites were all refused is asked again with the next collection. The reranker refuses
more than a person would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from shopwright.assistant.accepted import record, recorded
from shopwright.assistant.remote import RemoteRewriter
from shopwright.catalog.vocabulary import Vocabulary
from shopwright.config import Home
from shopwright.errors import ConfigError, MalformedOutputError, ModelError
from shopwright.knowledge.synonyms import Synonyms
from shopwright.models.pairs import relevance
from shopwright.models.protocols import LanguageModel, PairScorer
from shopwright.search.answer import Relevance
from shopwright.search.embedded import EmbeddedIndex
from shopwright.search.fusion import weights_of
from shopwright.search.lexical import FUNCTION_WORDS
from shopwright.search.report import Report
from shopwright.search.texts import named
from shopwright.skills.rewrite.accepted_rewriter import Accepted, table_of, words_of
from shopwright.skills.rewrite.lexicon import Lexicon
from shopwright.types import Product, SearchRequest
from shopwright.types.search import Mode

SURE = 0.5
"""The model's confidence from which a rewrite is tried."""
FIRST = 10
"""Results that are compared."""
BEST = 3
"""Of them, so many that fit best are what a rewrite is judged by."""
LEAST = 0.2
"""What those must be worth on average to a shopper, where 1 is exactly what was asked and .1 a substitute."""
MOST_KEPT = 3
"""Rewrites of one query."""
_WORSE = 0.005
_MOST_FAILED = 3


class Searched(Protocol):
    """What is asked of a shop."""

    @property
    def home(self) -> Home:
        """Its folder."""
        ...

    @property
    def index(self) -> EmbeddedIndex:
        """What is searched."""
        ...

    @property
    def rewriter(self) -> Accepted:
        """Of its searches."""
        ...

    @property
    def scorer(self) -> PairScorer | None:
        """Judges products for a query."""
        ...

    @property
    def vocabulary(self) -> Vocabulary:
        """Its brands."""
        ...

    def products(self, ids: Sequence[str]) -> Mapping[str, Product]:
        """Products by id."""
        ...


@dataclass(frozen=True, slots=True)
class Tried:
    """One rewrite and what it did.

    Args:
        query, rewrite: as they were typed and written.
        found: products among the first ones that were not there before.
        before, after: what the best of the first products are worth for the query, 0 to 1.
        refused: why it was not accepted; "" when it was.
    """

    query: str
    rewrite: str
    found: int
    before: float
    after: float
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Collected:
    """What came of a collection.

    Args:
        asked: queries that were sent.
        known: queries that had accepted rewrites already or came before, and were not sent.
        failed: queries for which the model gave no usable answer.
        tried: rewrites, in the order in which they were tried.
    """

    asked: int
    known: int
    failed: int
    tried: tuple[Tried, ...]

    @property
    def accepted(self) -> tuple[Tried, ...]:
        """The rewrites that are kept."""
        return tuple(each for each in self.tried if not each.refused)


@dataclass(frozen=True, slots=True)
class Made:
    """What a shop's rewriters make of a query: words beside it, and what they find when they alone are searched.

    Args:
        source: "accepted" or "model".
        query: with the words in the place of those that they stand for.
        weight: of the words beside those that were typed, 0 to 1.
        total: products that the words of `query` find.
        first: id of the first of them; "" when there is none.
    """

    source: str
    query: str
    weight: float
    total: int
    first: str


def doubtful_queries(report: Report, most: int) -> list[str]:
    """The queries of a report that found nothing by words or are weak, most asked first."""
    doubtful = {one.query: one for one in (*report.without_results, *report.weak)}
    return sorted(doubtful, key=lambda query: -doubtful[query].times)[:most]


def read_queries(path: Path) -> list[str]:
    """The queries of a file, one a line; empty lines are left out.

    Raises:
        ConfigError: the file cannot be read or is not UTF-8.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"queries {path}: {error}; expected a text file with a query on each line") from error
    return [" ".join(line.split()) for line in lines if line.strip()]


def collect(
    shop: Searched, model: LanguageModel, queries: Iterable[str], tell: Callable[[Tried], None] | None = None
) -> Collected:
    """Ask a model for rewrites of queries, try them on the shop's search, and keep those that help.

    Args:
        shop: open; its searches follow.
        model: behind an endpoint.
        queries: most important first; of two spellings of one query the first counts.
        tell: told of each rewrite that was tried.

    Raises:
        ConfigError: the shop has no reranker.
        ModelError: the model cannot be reached, or its first answers are all malformed; what was accepted before is
            kept.
        StoreError: the file of accepted rewrites cannot be written.
    """
    trial = _Trial(shop)
    remote = RemoteRewriter(model, trial.finds, Lexicon(shop.vocabulary))
    done = {words_of(query) for query in recorded(shop.home.path)}
    asked = known = failed = 0
    tried: list[Tried] = []
    for query in queries:
        words = words_of(query)
        if not words or words in done:
            known += bool(words)
            continue
        done.add(words)
        asked += 1
        try:
            proposed = [one.text for one in remote.rewrite(query) if one.score >= SURE]
        except MalformedOutputError as error:
            failed += 1
            if failed == asked == _MOST_FAILED:
                raise ModelError(f"none of the first {failed} answers could be used: {error}") from error
            continue
        except ModelError as error:
            kept = sum(not each.refused for each in tried)
            raise ModelError(
                f"{error}; {asked - 1} queries were asked and {kept} rewrites accepted, which are kept: "
                "see that the endpoint answers and run the same again"
            ) from error
        kept_here: list[str] = []
        for one in trial.of(query, proposed):
            tried.append(one)
            if not one.refused:
                kept_here.append(one.rewrite)
                record(shop.home.path, query, kept_here)
            if tell:
                tell(one)
    return Collected(asked, known, failed, tuple(tried))


def made(shop: Searched, query: str) -> list[Made]:
    """What the rewriters of a shop make of a query, in the order in which they are used; [] for most queries."""
    lexical = shop.index.state.lexical
    typed = [word.plain for word in lexical.read(query)]
    source = "accepted" if shop.rewriter.knows(typed) else "model"
    found = []
    for run in shop.rewriter.rewrites(typed, lexical):
        text = " ".join((*typed[: run.start], *run.words, *typed[run.end :]))
        page = shop.index.search(SearchRequest(text, limit=1, mode="lexical", literal=True))
        found.append(Made(source, text, run.weight, page.total, page.hits[0].id if page.hits else ""))
    return found


class _Trial:
    """Tries rewrites on a shop's search."""

    def __init__(self, shop: Searched) -> None:
        if shop.scorer is None:
            raise ConfigError("this shop has no reranker to judge rewrites: open it with one (Shop.open, scorer=...)")
        self._shop, self._scorer = shop, shop.scorer
        self._weights = weights_of(shop.home.models)

    def finds(self, query: str) -> bool:
        """Whether the catalogue has a product with words of a query."""
        return self._shop.index.search(SearchRequest(query, limit=1, mode="lexical", literal=True)).total > 0

    def of(self, query: str, rewrites: Sequence[str]) -> Iterator[Tried]:
        """Each rewrite beside the query and those that were accepted before it."""
        kept: list[str] = []
        words, page = self._judged(query, kept, "lexical"), self._judged(query, kept, "hybrid")
        before = _best(words.values())
        for rewrite in rewrites[: 2 * MOST_KEPT]:
            new_words = self._judged(query, [*kept, rewrite], "lexical")
            new_page = self._judged(query, [*kept, rewrite], "hybrid")
            after, found = _best(new_words.values()), [id for id in new_words if id not in words]
            refused = ""
            if not found:
                refused = "finds nothing else"
            elif any(_best(self._worth(text, found).values()) < LEAST for text in (query, *kept[:1])):
                refused = "what it finds is something else"
            elif after < before or sum(new_page.values()) < sum(page.values()) - _WORSE * FIRST:
                refused = "the results become worse"
            yield Tried(query, rewrite, len(found), before, after, refused)
            if not refused:
                kept.append(rewrite)
                words, page, before = new_words, new_page, after
            if len(kept) == MOST_KEPT:
                return

    def _judged(self, query: str, rewrites: Sequence[str], mode: Mode) -> dict[str, float]:
        """The first products for a query with rewrites beside it, and what each is worth for the query alone."""
        table = table_of({query: rewrites}, FUNCTION_WORDS)
        rewriter = Accepted(lambda: table, self._shop.rewriter.inner)
        engine = self._shop.index.scored(Relevance(self._weights, None, Synonyms.packaged(), rewriter))
        ids = [hit.id for hit in engine.search(SearchRequest(query, limit=FIRST, mode=mode)).hits]
        return self._worth(query, ids)

    def _worth(self, query: str, ids: Sequence[str]) -> dict[str, float]:
        """What products are worth for a query, 0 to 1 each."""
        products = self._shop.products(ids)
        texts = {id: named(products[id]) for id in ids if id in products}
        if not texts:
            return {}
        worth = relevance(self._scorer.probabilities(query, list(texts.values())))
        return dict(zip(texts, worth.tolist(), strict=True))


def _best(worth: Iterable[float]) -> float:
    """The mean of the best few; of fewer than that, too."""
    best = sorted(worth, reverse=True)[:BEST]
    return float(np.mean(best)) if best else 0.0
