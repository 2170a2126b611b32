"""Stage 2: what the search says of the rewrites that a model makes; no person judges them.

Each candidate is searched as if a shopper had typed it, and scored as in BEQUE (Peng et al., 2024):

    relevance   what the cross-encoder thinks of its first results, for the query as it was typed
    increment   share of the right products that only the candidate finds, and the query does not
    hits        share of the products bought after the query that the candidate finds

Right are products that people judged to be exactly what was asked for; bought, what behaviour says, and where there is
no behaviour the right ones stand in for it. The query itself is a candidate too, so that leaving it alone is learned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from shopwright.models.pairs import relevance
from shopwright.models.protocols import PairScorer
from shopwright.search.embedded import EmbeddedIndex
from shopwright.skills.rewrite.generator import Generator
from shopwright.skills.rewrite.rewriter import lattice
from shopwright.skills.rewrite.tasks import TASKS, Task
from shopwright.train.examples import Example
from shopwright.train.outcome import Report
from shopwright.train.rewrite.noise import misspelled
from shopwright.types import SearchRequest

_DEEP = 100
_READ = 5
_WIDTH = 5
_REPORT_EVERY = 500


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate and its reward, with the parts that it is the sum of."""

    text: str
    relevance: float
    increment: float
    hits: float

    @property
    def reward(self) -> float:
        """The mean of the three, 0 to 1."""
        return (self.relevance + self.increment + self.hits) / 3.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """The candidates of a query, best first."""

    task: Task
    query: str
    candidates: tuple[Scored, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """A catalogue on which candidates are tried.

    Args:
        index: of its products.
        texts: what the cross-encoder reads of each product, by id.
        asked: query -> ids of the right products.
        bought: query -> ids of the products bought after it; the right ones where it is not there.
    """

    index: EmbeddedIndex
    texts: Mapping[str, str]
    asked: Mapping[str, Sequence[str]]
    bought: Mapping[str, Sequence[str]]


def asked_of(examples: Iterable[Example], catalogue: str, seed: int = 0) -> dict[str, tuple[str, ...]]:
    """Query -> its right products, from labels; each query also once mistyped."""
    chance = Random(f"asked {seed}")
    found: dict[str, tuple[str, ...]] = {}
    for example in examples:
        right = tuple(key for key, label in example.labels.items() if label == "E")
        if example.catalogue == catalogue and right:
            found[example.query.lower()] = right
            found.setdefault(misspelled(example.query.lower(), chance), right)
    return found


def ranked(
    generator: Generator,
    grounds: Mapping[str, Ground],
    scorer: PairScorer,
    most: int,
    *,
    seed: int = 0,
    report: Report = print,
) -> Iterator[Ranked]:
    """Candidates of the model for queries of the grounds, scored; those without a difference are left out.

    Args:
        generator: the model after stage 1.
        grounds: catalogue -> where it is tried.
        scorer: the cross-encoder.
        most: queries, drawn from all grounds.
        seed: of the draw.
        report: told of progress.
    """
    every = [(name, query) for name, ground in grounds.items() for query in ground.asked]
    chosen = Random(f"feedback {seed}").sample(every, min(most, len(every)))
    for done, (name, query) in enumerate(chosen, 1):
        bench = _Bench(grounds[name], query, scorer)
        for task in TASKS:
            written = [each.text for each in generator.write(query, task, width=_WIDTH)]
            texts = dict.fromkeys([query, *written, *(bench.corrected(generator) if task == "meant" else ())])
            scored = sorted(map(bench.score, texts), key=lambda each: -each.reward)
            if scored[0].reward - scored[-1].reward > 1e-6:
                yield Ranked(task, query, tuple(scored))
        if done % _REPORT_EVERY == 0:
            report(f"feedback: {done} of {len(chosen)} queries")


class _Bench:
    """Tries candidates for one query."""

    def __init__(self, ground: Ground, query: str, scorer: PairScorer) -> None:
        self._ground, self._query, self._scorer = ground, query, scorer
        self._right = set(ground.asked[query])
        self._bought = set(ground.bought.get(query, ground.asked[query]))
        self._before = set(self._found(query))

    def score(self, text: str) -> Scored:
        found = self._found(text)
        first = [self._ground.texts[key] for key in found[:_READ]]
        judged = relevance(self._scorer.probabilities(self._query, first)).mean() if first else 0.0
        new = (set(found) & self._right) - self._before
        hits = set(found) & self._bought
        return Scored(text, float(judged), len(new) / len(self._right), len(hits) / max(len(self._bought), 1))

    def corrected(self, generator: Generator) -> list[str]:
        """What a shop would write for the query: see `skills.rewrite.rewriter`."""
        lexical = self._ground.index.state.lexical
        typed = [word.plain for word in lexical.read(self._query, literal=True)]
        found = generator.write(" ".join(typed), "meant", width=_WIDTH, lattice=lattice(typed, lexical))
        return [each.text for each in found]

    def _found(self, text: str) -> list[str]:
        request = SearchRequest(text, limit=_DEEP, mode="lexical", literal=True)
        return [hit.id for hit in self._ground.index.search(request).hits]
