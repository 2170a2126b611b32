"""Recommendations of one shop: what every source proposes, sorted out, put in order, each with its reason.

    found = recommending.recommend(RecommendRequest(place="product", product="tarn-2-tent"))
    for one in found.items:
        print(one.id, one.purpose, one.reason)

A place has one purpose or several (`sources.PURPOSES`); each purpose is a list of its own (`lists`), and the lists take
turns. Where nothing is known and nothing happened the best rated of every department are shown, and a note says so.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import get_args

from shopwright.assistant.recommending.dial import Dial, keep
from shopwright.assistant.recommending.goods import Goods
from shopwright.assistant.recommending.knowing import Knowing, Known
from shopwright.assistant.recommending.lists import Lists
from shopwright.assistant.recommending.sources import POPULAR_DAYS, PURPOSES, Sources
from shopwright.assistant.thinking import CommonSense
from shopwright.catalog.events.decisions import Decisions
from shopwright.catalog.events.kept import Events, ProductDays
from shopwright.catalog.nevers import Nevers
from shopwright.catalog.profile import Profiles
from shopwright.errors import ConfigError
from shopwright.skills.recommend.codes.coded import Coded
from shopwright.skills.recommend.sequence.behaviour import Behaviour
from shopwright.types import Place, Purpose, Recommendations, RecommendRequest

MOST = 100
"""Recommendations that can be asked for at once."""
PLACES, ALL_PURPOSES = get_args(Place), get_args(Purpose)
_POPULAR, _POPULAR_S = 200, 60.0


class Recommending:
    """Recommends; safe for many threads.

    Args:
        events: of the shop.
        profiles: of its shoppers.
        goods: gives the catalogue as it stands.
        behaviour: gives the model of behaviour, or None.
        sense: common sense, if there is any.
        dial: sets what was not asked for.
        clock: seconds since the epoch.
        codes: gives the generator of codes, or None.
    """

    def __init__(
        self,
        events: Events,
        profiles: Profiles,
        goods: Callable[[], Goods],
        behaviour: Callable[[], Behaviour | None] = lambda: None,
        sense: CommonSense | None = None,
        dial: Dial | None = None,
        clock: Callable[[], float] = time.time,
        codes: Callable[[], Coded | None] = lambda: None,
    ) -> None:
        self._events, self._goods, self._behaviour, self._sense = events, goods, behaviour, sense
        self._dial, self._clock, self._codes = dial or Dial(), clock, codes
        self.nevers = Nevers(events.store)
        self._knowing = Knowing(events, profiles, self.nevers)
        self._decisions = Decisions(events.store)
        self._popular: tuple[float, Sequence[ProductDays]] = float("-inf"), ()

    def recommend(self, request: RecommendRequest) -> Recommendations:
        """What to recommend, best first.

        Raises:
            ConfigError: the request contradicts itself, or asks for what cannot be.
            NotFoundError: there is no such product as that whose page it is.
        """
        _check(request)
        now, goods = self._clock(), self._goods()
        known = self._knowing.of(request, goods, now)
        setting = self._dial.set(request)
        today = datetime.fromtimestamp(now, UTC).date()
        models = self._behaviour(), self._sense, self._codes()
        sources = Sources(goods, known, request.place, today, self._viewed(now), *models)
        purposes = (request.purpose,) if request.purpose else PURPOSES[request.place]
        making = Lists(sources, setting.adventure, request.limit)
        items, notes = making.items(purposes)
        keep(self._decisions, request.session, setting, _features(request, known))
        made = (request.place, setting.adventure, setting.policy, setting.propensity)
        return Recommendations(items, *made, (*known.notes, *sources.thoughts.notes, *notes))

    def _viewed(self, now: float) -> Sequence[ProductDays]:
        """What was looked at most in the last days; counted once a minute."""
        at, popular = self._popular
        if not at <= now < at + _POPULAR_S:
            first = datetime.fromtimestamp(now, UTC) - timedelta(days=POPULAR_DAYS)
            popular = self._events.of_day(first.strftime("%Y-%m-%d"), limit=_POPULAR)
            self._popular = now, popular
        return popular


def _features(request: RecommendRequest, known: Known) -> dict[str, float]:
    """What a decision on the dial was made from."""
    return {
        f"place:{request.place}": 1.0,
        "history": math.log1p(len(known.history)),
        "basket": math.log1p(len(known.basket)),
        "bought": math.log1p(len(known.bought)),
        "shown": math.log1p(sum(known.shown.values())),
        "said": float(bool(known.said)),
    }


def _check(request: RecommendRequest) -> None:
    """Refuse what cannot be.

    Raises:
        ConfigError: with the value, what is allowed and the remedy.
    """
    for name, value, allowed in (("place", request.place, PLACES), ("purpose", request.purpose, ALL_PURPOSES)):
        if value is not None and value not in allowed:
            raise ConfigError(f"{name} {value!r}: use one of {', '.join(allowed)}")
    if not 0.0 <= request.adventure <= 1.0:
        raise ConfigError(f"adventure {request.adventure!r}: give 0 (what is expected) to 1 (what surprises)")
    if not 1 <= request.limit <= MOST:
        raise ConfigError(f"limit {request.limit}: give 1 to {MOST}")
    if request.place == "product" and not request.product:
        raise ConfigError("place 'product' without a product: name the one whose page it is")
