"""The gate of the generator of codes: with its products joined in, the list must find more than without them.

Both lists are asked the same questions of held-out visits (`visits.questions`): the first `K` products of the behaviour
model, and the same with what the generator writes, joined as the service joins its sources (`assistant.recommending`):
a product is relevant if either is right. The generator passes when the gain in recall is above 0 for sure, by a
bootstrap paired by visit (`gating`). A weak generator can pass: what counts is what it finds that the other does not.

Simplification: of the other sources, the dial and the spread over kinds nothing is known here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shopwright.assistant.recommending.sources import WEIGHTS, WRITTEN, likely, wanted
from shopwright.skills.recommend.codes.generator import Generator
from shopwright.skills.recommend.sequence.behaviour import Behaviour
from shopwright.train.recommend.gating import LEAST, K, List, Verdict, comparison, drawn_from, places_of, told
from shopwright.train.recommend.visits import Question

_CANDIDATES = 100


def judge_codes(
    behaviour: Behaviour, generator: Generator, asked: Sequence[Question], *, level: float = 0.95, seed: int = 0
) -> Verdict:
    """Compare the list of the behaviour model with the same list joined by the generator's.

    Args:
        behaviour: that was not learned from these visits.
        generator: likewise; its items are those of the behaviour model.
        asked: questions of visits that were held out.
        level: of the interval.
        seed: of the draw of visits, and of the bootstrap.
    """
    asked = drawn_from(asked, seed)
    sources = np.array([one.visit for one in asked], np.uint64)
    alone, both = (places_of(listed, asked) for listed in (by_behaviour(behaviour), joined(behaviour, generator)))
    found = comparison("behaviour alone", both, alone, sources, level, seed)
    reasons = [f"{found.visits} visits were held out: {LEAST} are needed"] if found.visits < LEAST else []
    if not found.recall.low > 0:
        reasons.append(f"recall@{K} is not above that of behaviour alone for sure: {told(found.recall)}")
    return Verdict(not reasons, tuple(reasons), (found,))


def by_behaviour(behaviour: Behaviour) -> List:
    """Lists what the behaviour model finds likeliest."""
    return lambda history: [one.id for one in behaviour.scored(history, K)]


def joined(behaviour: Behaviour, generator: Generator) -> List:
    """Lists the products that either of the two speaks for, by the chance that any is right."""
    rows = {key: row for row, key in enumerate(behaviour.ids)}

    def listed(history: Sequence[str]) -> list[str]:
        strength = {
            one.id: WEIGHTS["behaviour"] * wanted(one.relevance) for one in behaviour.scored(history, _CANDIDATES)
        }
        back = [rows[key] for key in history if key in rows]
        allowed = np.ones(len(rows), np.bool_)
        allowed[back] = False
        items, chances = generator.propose(back, WRITTEN, allowed)
        for item, chance in zip(items.tolist(), np.exp(chances).tolist(), strict=True):
            key, other = behaviour.ids[item], WEIGHTS["codes"] * likely(chance)
            strength[key] = 1 - (1 - strength.get(key, 0.0)) * (1 - other)
        return sorted(strength, key=lambda key: -strength[key])[:K]

    return listed
