"""`shopwright train fusion`: choose the weights of a score's parts, compare them with those in force, write the better.

Needs neither torch nor the extra `train`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from shopwright.models.protocols import PairScorer
from shopwright.search.fusion import FusionWeights
from shopwright.train.fusion import (
    candidates,
    choose_reread,
    choose_weights,
    cross_validated,
    measure,
    reread,
    save_weights,
)
from shopwright.train.judged import JudgedIndex
from shopwright.train.outcome import Outcome, Report


def fusion(
    sets: Mapping[str, JudgedIndex],
    running: FusionWeights,
    target: Path,
    *,
    scorer: PairScorer | None = None,
    gated: bool = True,
    seed: int = 0,
    tries: int = 1_500,
    report: Report = print,
) -> Outcome:
    """Choose the weights of the fusion on judged queries; see `train.fusion`.

    Args:
        sets: by name; each counts the same.
        running: the weights in force, which the chosen ones must beat on queries that they were not chosen on.
        target: the file to write.
        scorer: the cross-encoder, whose share is chosen too; without one it stays as it is.
        gated: False to write in any case, as for what ships, whose running weights know these queries.
    """
    lists = {
        name: [candidates(each.index, query, gains, each.least) for query, gains in each.queries.items()]
        for name, each in sets.items()
    }
    report(", ".join(f"{name}: {len(some)} queries" for name, some in lists.items()))
    held = cross_validated(list(lists.values()), tries=tries, seed=seed)
    chosen = replace(choose_weights(list(lists.values()), tries=tries, seed=seed), reread=running.reread)
    if scorer:
        read = [
            reread(each, query, sets[name].texts, scorer, chosen)
            for name, some in lists.items()
            for each, query in zip(some, sets[name].queries, strict=True)
        ]
        chosen = choose_reread(chosen, read)
        report(f"share of the cross-encoder: {chosen.reread:.1f}")
    before, after = {}, {}
    for (name, some), (gained, recalled) in zip(lists.items(), held, strict=True):
        before[f"{name} ndcg@10"], before[f"{name} recall@100"] = measure(running, some)
        after[f"{name} ndcg@10"], after[f"{name} recall@100"] = gained, recalled
        own = measure(chosen, some)
        report(f"{name}: on the queries that they were chosen on {own[0]:.3f} / {own[1]:.3f}")
    better = sum(after.values()) > sum(before.values())
    if better or not gated:
        about = {"chosen_on": {name: len(some) for name, some in lists.items()}, "seed": seed, "held_out": after}
        save_weights(chosen, target, about)
    return Outcome(before, after, better or not gated)
