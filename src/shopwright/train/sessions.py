"""Pairs for the rewriter out of what shoppers do: a query without a click, the next query, a click.

    read = read_events(Path("events.jsonl"))
    mined = mine(read.events)
    mined.rewrites()       [Rewrite("hairdrier", ("hairdryer",), "own"), ...]
    mined.bought           {"hairdryer": {"dryer-2": 14, ...}, ...}

A query that nobody clicked under, followed within minutes and in the same session by one that led to a click, a cart or
a purchase, is one vote of that shopper. It counts if the second query shares a word or most of the letters with the
first, or comes right after it. Votes become a pair where there are enough of them, where they are enough of
all who typed the first query, and where more went on to the second than chance explains: a popular query follows many
others.

Simplifications: a session is taken as the log has it; a purchase in a later session counts for nothing; which products
a query found is not known, only which were touched after it.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shopwright.catalog.vocabulary import fold, words
from shopwright.errors import ConfigError
from shopwright.train.events import CARTS, CLICKS, PURCHASES, SEARCHES
from shopwright.train.rewrites import MOST, Rewrite
from shopwright.types import Event

CLICK, CART, PURCHASE = 1, 2, 3
"""Weight of a vote, by how far the second query led."""
_ALIKE = 0.4
"""Share of common letter trigrams (Jaccard) from which two queries are forms of one another."""


@dataclass(frozen=True, slots=True)
class MiningSettings:
    """When votes become a pair.

    Args:
        minutes: within which a search is followed by its click, and a query by its rewrite.
        most_queries: searches of a session; one with more is a program.
        least_support: shoppers who made the step.
        least_share: of all shoppers who typed the first query; one that mostly does well stays as it is.
        chance: the greatest probability with which as many would have come to the second query by its popularity alone.
    """

    minutes: float = 10.0
    most_queries: int = 50
    least_support: int = 3
    least_share: float = 0.1
    chance: float = 0.001

    def __post_init__(self) -> None:
        positive = self.minutes > 0 and self.most_queries >= 2 and self.least_support >= 1
        if not positive or not 0 <= self.least_share <= 1 or not 0 < self.chance <= 1:
            raise ConfigError(
                f"{self}: minutes above 0, most_queries from 2, least_support from 1, least_share from 0 to 1 and "
                "chance above 0 and to 1 are allowed"
            )


@dataclass(frozen=True, slots=True)
class Step:
    """A query, the one that shoppers went on to, and how many did.

    Args:
        support: shoppers who went from the one to the other.
        share: of all shoppers who typed `query`.
        weight: their votes, a click 1, a cart 2, a purchase 3.
    """

    query: str
    rewrite: str
    support: int
    share: float
    weight: int


@dataclass(slots=True)
class Mined:
    """What sessions tell.

    Args:
        steps: the pairs, the most voted first.
        bought: products that were bought after a query, with how often.
        sessions: how many were read.
        bots: how many of them were left out as programs.
        failed: searches without a click.
    """

    steps: list[Step] = field(default_factory=list)
    bought: dict[str, Counter[str]] = field(default_factory=dict)
    sessions: int = 0
    bots: int = 0
    failed: int = 0

    def rewrites(self) -> list[Rewrite]:
        """The pairs by query, the most voted rewrites first, in the form that training reads."""
        found: dict[str, list[str]] = defaultdict(list)
        for step in self.steps:
            found[step.query].append(step.rewrite)
        return [Rewrite(query, tuple(listed[:MOST])) for query, listed in found.items()]


@dataclass(slots=True)
class _Search:
    """A search of a session and how far it led."""

    query: str
    time: float
    weight: int = 0


def mine(events: Iterable[Event], settings: MiningSettings | None = None) -> Mined:
    """The pairs and purchases in a log, whatever its order."""
    settings = settings or MiningSettings()
    mined = Mined()
    votes: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    typed: dict[str, set[str]] = defaultdict(set)
    for session in _sessions(events):
        mined.sessions += 1
        searches, bought = _searches(session, settings.minutes * 60)
        if len(searches) > settings.most_queries:
            mined.bots += 1
            continue
        for query, item in bought:
            mined.bought.setdefault(query, Counter())[item] += 1
        shopper = session[0].shopper_id or session[0].session_id
        for query in {search.query for search in searches}:
            typed[query].add(shopper)
        mined.failed += sum(not search.weight for search in searches)
        for first, second in _went_on(searches, settings.minutes * 60):
            of_pair = votes[first.query, second.query]
            of_pair[shopper] = max(of_pair.get(shopper, 0), second.weight)
    mined.steps = sorted(_steps(votes, typed, settings), key=lambda step: (-step.weight, step.query, step.rewrite))
    return mined


def normal(query: str) -> str:
    """A query as it is counted: lower case, single spaces, one form of each letter."""
    return " ".join(unicodedata.normalize("NFKC", query).lower().split())


def _sessions(events: Iterable[Event]) -> Iterator[list[Event]]:
    """The events of each session in order of time."""
    sessions: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        sessions[event.session_id].append(event)
    for session in sessions.values():
        yield sorted(session, key=lambda event: event.time)


def _searches(session: Sequence[Event], within_s: float) -> tuple[list[_Search], list[tuple[str, str]]]:
    """The searches of a session with how far each led, and what was bought after which query.

    A cart or a purchase belongs to the search after which its product was last touched, else to the one just before.
    """
    searches: list[_Search] = []
    touched: dict[str, _Search] = {}
    bought: list[tuple[str, str]] = []
    for event in session:
        if event.name in SEARCHES and event.query and (query := normal(event.query)):
            if searches and searches[-1].query == query:
                searches[-1].time = event.time  # another page of it
            else:
                searches.append(_Search(query, event.time))
            continue
        recent = searches[-1] if searches and event.time - searches[-1].time <= within_s else None
        if event.name in CLICKS and recent:
            recent.weight = max(recent.weight, CLICK)
            touched.update(dict.fromkeys(event.items, recent))
        elif event.name in CARTS | PURCHASES:
            for item in event.items:
                if search := touched.get(item, recent):
                    search.weight = max(search.weight, CART if event.name in CARTS else PURCHASE)
                    touched.setdefault(item, search)
                    if event.name in PURCHASES:
                        bought.append((search.query, item))
    return searches, bought


def _went_on(searches: Sequence[_Search], within_s: float) -> Iterator[tuple[_Search, _Search]]:
    """Each search that led nowhere, with the one that led further: the next, or the first that is like it."""
    for i, first in enumerate(searches):
        if first.weight:
            continue
        for j, second in enumerate(searches[i + 1 :]):
            if second.time - first.time > within_s:
                break
            if second.query != first.query and second.weight and (j == 0 or alike(first.query, second.query)):
                yield first, second
                break


def alike(one: str, other: str) -> bool:
    """Whether two queries share a word, or most of their letters."""
    if {fold(word) for word in words(one)} & {fold(word) for word in words(other)}:
        return True
    pieces, others = _trigrams(one), _trigrams(other)
    return len(pieces & others) >= _ALIKE * len(pieces | others)


def _trigrams(text: str) -> set[str]:
    joined = f"^{text.replace(' ', '')}$"
    return {joined[i : i + 3] for i in range(len(joined) - 2)}


def _steps(
    votes: Mapping[tuple[str, str], Mapping[str, int]], typed: Mapping[str, Collection[str]], settings: MiningSettings
) -> Iterator[Step]:
    """The pairs that enough shoppers voted for, and more than chance would bring."""
    went_on: Counter[str] = Counter()
    came_to: Counter[str] = Counter()
    for (query, rewrite), shoppers in votes.items():
        went_on[query] += len(shoppers)
        came_to[rewrite] += len(shoppers)
    every = sum(went_on.values())
    for (query, rewrite), shoppers in votes.items():
        support, of, share = len(shoppers), went_on[query], len(shoppers) / len(typed[query])
        elsewhere = every - of
        expected = (came_to[rewrite] - support + 1) / (elsewhere + 1) if elsewhere else 0.0
        if support < settings.least_support or share < settings.least_share:
            continue
        if at_least(support, of, min(1.0, expected)) <= settings.chance:
            yield Step(query, rewrite, support, share, sum(shoppers.values()))


def at_least(successes: int, trials: int, probability: float) -> float:
    """The binomial probability of so many successes or more."""
    if successes <= 0 or probability >= 1:
        return 1.0
    if probability <= 0:
        return 0.0
    log_p, log_q = math.log(probability), math.log1p(-probability)
    log_all = math.lgamma(trials + 1)
    return min(1.0, sum(
        math.exp(log_all - math.lgamma(k + 1) - math.lgamma(trials - k + 1) + k * log_p + (trials - k) * log_q)
        for k in range(successes, trials + 1)
    ))  # fmt: skip
