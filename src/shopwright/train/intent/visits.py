"""The models of visits, from the shop's own events: the next product, and whether a visit ends in a purchase.

Visits that look like bots or poison are left out (`catalog.events.doubts`). The newest tenth is held out: the model of
the next product is kept only where it finds more of the next ones than counting what was opened together and than the
most opened ones, by the lower end of a paired interval; the model of purchases only where it tells those visits apart
that end in one. What does not win is not kept, and what was kept before stays.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shopwright.assistant.strategy.visits import BUYING_FILE, NEXT_FILE, OPENED
from shopwright.catalog.events.kept import Events
from shopwright.catalog.events.names import PURCHASE
from shopwright.catalog.learned import forget_choices, sources_of
from shopwright.errors import CorpusError
from shopwright.offpolicy import Estimate
from shopwright.selective import auroc
from shopwright.sequences.log import Floats, Ints, Sessions
from shopwright.skills.intent.sessions.baselines import counts, popular, reciprocal_ranks
from shopwright.skills.intent.sessions.buying import Act, BuyingModel
from shopwright.skills.intent.sessions.model import SessionSettings
from shopwright.skills.intent.sessions.products import ProductSessions

LEAST = 200
"""Visits with two products opened that a model can be learned from."""
K = 20
_HELD_OUT = 10
_LEVEL = 0.95
_LEAST_AUROC = 0.55


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found on the visits that were held out.

    Args:
        visits: that were learned from.
        held: next products that were asked for.
        found: share of them among the first `K`: of the model, of counts, of the most opened.
        gain: of the model over the better of the two, and the lower end of its interval.
        buying: area under ROC of the model of purchases; NaN where no visit, or every one, ended in a purchase.
        kept: names of the files that were written.
    """

    visits: int
    held: int
    found: dict[str, float]
    gain: float
    low: float
    buying: float
    kept: tuple[str, ...]


def train_visits(
    events: Events,
    folder: Path,
    settings: SessionSettings | None = None,
    say: Callable[[str], None] = lambda _line: None,
) -> Measured:
    """Learn from what a shop keeps, and write what wins.

    Args:
        events: of the shop.
        folder: of its models.
        settings: of the model of the next product.
        say: is told of progress.

    Raises:
        CorpusError: too few visits.
    """
    named = _visits(events)
    visits = [acts for _, acts in named]
    opened = [[item for _, name, items in acts if name in OPENED for item in items] for acts in visits]
    usable = [products for products in opened if len(products) > 1]
    if len(usable) < LEAST:
        raise CorpusError(f"{len(usable)} visits opened two products or more: {LEAST} are needed; import more events")
    say(f"{len(visits):,} visits, {len(usable):,} of them with two products or more")
    early, late = usable[: -(len(usable) // _HELD_OUT)], usable[-(len(usable) // _HELD_OUT) :]
    model = ProductSessions.fit(early, settings)
    ranks = _ranks(model, early, late)
    best = max(ranks["counts"], ranks["pop"], key=lambda found: float((found > 0).mean()))
    gains = (ranks["model"] > 0).astype(np.float64) - (best > 0)
    gain, low = float(gains.mean()), Estimate("paired", float(gains.mean()), len(gains), gains).interval(_LEVEL)[0]
    kept: list[str] = []
    folder.mkdir(parents=True, exist_ok=True)
    if low > 0:
        say("the model of the next product wins: learning it from all visits")
        whose = [session for (session, _), products in zip(named, opened, strict=True) if len(products) > 1]
        ProductSessions.fit(usable, settings, sources_of(events.store, whose)).save(folder / NEXT_FILE)
        forget_choices(events.store, folder)  # of who was forgotten while it was learned
        kept.append(NEXT_FILE)
    told, buying = _buying(visits)
    if buying is not None and told > _LEAST_AUROC:
        buying.save(folder / BUYING_FILE)
        kept.append(BUYING_FILE)
    found = {name: float((each > 0).mean()) for name, each in ranks.items()}
    return Measured(len(early), len(best), found, gain, low, told, tuple(kept))


def _visits(events: Events) -> list[tuple[str, list[Act]]]:
    """Undoubted visits with their ids, the oldest first."""
    visits: list[tuple[str, list[Act]]] = [
        (session[0].session_id, [(one.time, one.name, one.items) for one in session]) for session in events.sessions()
    ]
    return sorted(visits, key=lambda visit: visit[1][0][0])


def _ranks(model: ProductSessions, early: Sequence[Sequence[str]], late: Sequence[Sequence[str]]) -> dict[str, Floats]:
    """1 / place of every next product by the model and by what it must beat."""
    number = {product: place for place, product in enumerate(model.ids)}
    known = Sessions.of([[number[product] for product in visit] for visit in early], len(number))
    asked: list[Ints] = [np.array([number.get(key, len(number)) for key in visit], np.int64) for visit in late]
    return {
        "model": reciprocal_ranks(model.model.distribution, asked, K),
        "counts": reciprocal_ranks(counts(known), asked, K),
        "pop": reciprocal_ranks(popular(known, K), asked, K),
    }


def _buying(visits: Sequence[Sequence[Act]]) -> tuple[float, BuyingModel | None]:
    """Area under ROC on the newest tenth, each visit as it stood before its purchase; and the model of all visits."""
    cut = len(visits) - len(visits) // _HELD_OUT
    try:
        model = BuyingModel.fit(visits[:cut])
        sure, bought = [], []
        for acts in visits[cut:]:
            first = next((at for at, (_, name, _) in enumerate(acts) if name == PURCHASE), len(acts))
            if first:
                sure.append(model.probability(acts[: (first + 1) // 2]))
                bought.append(first < len(acts))
        told = auroc(sure, bought) if len({*bought}) == 2 else math.nan
        return told, BuyingModel.fit(visits) if told > _LEAST_AUROC else None
    except CorpusError:
        return math.nan, None
