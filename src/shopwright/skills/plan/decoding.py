"""Sequences of calls out of a pointer network: beam search under a grammar, and the choice among what it found.

The grammar is a function: from the calls picked so far to the tools that may come next. The choice is the sequence that
agrees best with all others, each by its probability (minimum Bayes risk; Kumar and Byrne, 2004): its expected F1 of
tools and of links. A longer plan that is right in part so wins over a shorter one that is likeliest as a whole. The
votes of solved tasks are mixed into the probabilities, more of them the nearer the nearest is (`memory`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopwright.models.tool_planner import Floats, ReadRequest, ToolPlanner
from shopwright.skills.plan.memory import Vote

Grammar = Callable[[Sequence[int]], NDArray[np.bool_]]
"""From the places picked so far to whether each tool may come next, shape (K,)."""

WIDTH, MOST = 12, 8
"""Sequences that are followed at a time, and calls of a plan at most."""
_VARIED, _LIKELY_CALLS = 12, 8
"""How many sequences are varied, and how many calls are tried in them."""
_TOOLS = 0.7
"""Weight of the tools in what is expected; the rest is that of the links."""
_CLOSE = 1e-3
"""Share of the best sequence's probability under which another is not weighed."""


@dataclass(frozen=True, slots=True)
class Found:
    """A sequence of calls that was found.

    Args:
        picks: places of the tools.
        score: natural logarithm of its probability.
    """

    picks: tuple[int, ...]
    score: float


def search(
    planner: ToolPlanner,
    request: ReadRequest,
    tools_KD: Floats,
    grammar: Grammar,
    linked_KK: Floats | None = None,
    width: int = WIDTH,
    most: int = MOST,
    bonus_K: Floats | None = None,
) -> list[Found]:
    """The likeliest sequences of calls that the grammar allows, best first; the empty one is never among them.

    Args:
        bonus_K: added to the log-probability of each tool before they are made to add up to 1 again.
    """
    more_K = np.append(np.zeros(len(tools_KD), np.float32) if bonus_K is None else bonus_K, np.float32(0))
    alive: list[tuple[tuple[int, ...], float]] = [((), 0.0)]
    ended: list[Found] = []
    for length in range(most + 1):
        picks_BL = np.array([picks for picks, _ in alive], np.int64).reshape(len(alive), length)
        following = planner.follow(request, tools_KD, picks_BL, linked_KK)
        grown: list[tuple[tuple[int, ...], float]] = []
        for row, (picks, score) in enumerate(alive):
            allowed = grammar(picks)
            logs = np.where(np.append(allowed & (length < most), length > 0), following.next[row] + more_K, -np.inf)
            if not np.isfinite(logs).any():
                continue
            logs = logs - np.logaddexp.reduce(logs)
            if length:
                ended.append(Found(picks, score + float(logs[-1])))
            best = np.argsort(-logs[:-1])[:width]
            grown += [((*picks, int(place)), score + float(logs[place])) for place in best if np.isfinite(logs[place])]
        alive = sorted(grown, key=lambda each: -each[1])[:width]
        ended = sorted((each for each in ended if np.isfinite(each.score)), key=lambda each: -each.score)[: 3 * width]
        if not alive or (len(ended) >= width and alive[0][1] < ended[width - 1].score):
            break
    return ended


def choose(
    found: Sequence[Found],
    votes: Sequence[Vote] = (),
    trust: float = 0.0,
    grammar: Grammar | None = None,
) -> tuple[tuple[int, ...], float]:
    """The sequence with the highest expected F1 of tools and links, and that expectation, 0 to 1.

    Sequences that nobody proposed are looked at too: the likeliest with one call left out, or one likely call put in.

    Args:
        found: sequences of the network.
        votes: sequences of solved tasks, with shares.
        trust: the share that these have in the mixture, 0 to 1.
        grammar: what may be chosen; all when None.

    Raises:
        ValueError: there is nothing to choose from.
    """
    weights = mixture(found, votes, trust)
    candidates = neighbourhood(weights)
    worth_C = expected_f1(candidates, weights)
    for place in np.argsort(-worth_C, kind="stable").tolist():
        if grammar is None or allows(grammar, candidates[place]):
            return candidates[place], float(worth_C[place])
    raise ValueError("no sequence to choose from: the grammar allows none")


def neighbourhood(weights: Mapping[tuple[int, ...], float]) -> list[tuple[int, ...]]:
    """The sequences themselves, and the likeliest with one call left out or one likely call put in."""
    likely = sorted(weights, key=lambda picks: -weights[picks])
    shares: dict[int, float] = defaultdict(float)
    for picks, weight in weights.items():
        for place in set(picks):
            shares[place] += weight
    hot = sorted(shares, key=lambda place: -shares[place])[:_LIKELY_CALLS]
    made = dict.fromkeys(likely)
    for picks in likely[:_VARIED]:
        made |= dict.fromkeys(picks[:at] + picks[at + 1 :] for at in range(len(picks)) if len(picks) > 1)
        made |= dict.fromkeys(
            (*picks[:at], place, *picks[at:]) for place in hot if place not in picks for at in range(len(picks) + 1)
        )
    return list(made)


def expected_f1(candidates: Sequence[tuple[int, ...]], weights: Mapping[tuple[int, ...], float]) -> Floats:
    """The expected weighted mean of the F1 of tools and of links of each candidate, shape (C,)."""
    likely = list(weights)
    share_S = np.array([weights[picks] for picks in likely], np.float32)
    worth_C = np.zeros(len(candidates), np.float32)
    for share, parts in ((_TOOLS, _tools_of), (1 - _TOOLS, _links_of)):
        known = {part: place for place, part in enumerate({part for picks in likely for part in parts(picks)})}
        ours_CN, theirs_SN = (_marked([parts(each) for each in some], known) for some in (candidates, likely))
        ours_C, theirs_S = (np.array([len(parts(each)) for each in some], np.float32) for some in (candidates, likely))
        total_CS = ours_C[:, None] + theirs_S[None, :]
        f1_CS = np.where(total_CS > 0, 2 * (ours_CN @ theirs_SN.T) / np.maximum(total_CS, 1), 1.0)
        worth_C += share * (f1_CS @ share_S)
    return worth_C / max(float(share_S.sum()), 1e-12)


def allows(grammar: Grammar, picks: Sequence[int]) -> bool:
    """Whether a grammar allows every call of a sequence at its place."""
    return all(bool(grammar(picks[:at])[place]) for at, place in enumerate(picks))


def _tools_of(picks: tuple[int, ...]) -> set[Any]:
    return set(picks)


def _links_of(picks: tuple[int, ...]) -> set[Any]:
    return set(pairwise(picks))


def _marked(some: Sequence[set[Any]], known: Mapping[Any, int]) -> Floats:
    """1 where a part is in a set, shape (sets, parts)."""
    marks = np.zeros((len(some), len(known)), np.float32)
    for row, parts in enumerate(some):
        marks[row, [known[part] for part in parts if part in known]] = 1.0
    return marks


def mixture(found: Sequence[Found], votes: Sequence[Vote], trust: float) -> dict[tuple[int, ...], float]:
    """The probability of every sequence that is worth weighing."""
    trust = (trust if found else 1.0) if votes else 0.0
    weights: dict[tuple[int, ...], float] = defaultdict(float)
    logs = np.array([each.score for each in found])
    shares = np.exp(logs - np.logaddexp.reduce(logs)) if len(logs) else logs
    for each, share in zip(found, shares.tolist(), strict=True):
        weights[each.picks] += (1 - trust) * share
    for picks, share in votes:
        weights[picks] += trust * share
    most = max(weights.values(), default=0.0)
    return {picks: weight for picks, weight in weights.items() if weight > _CLOSE * most}
