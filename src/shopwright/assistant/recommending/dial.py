"""The dial from safe to adventurous: as it was asked for, as it stands, or in a share of the visits by chance.

How it stands is what was promoted (`skills.recommend.standing`), else `ADVENTURE`.

A share is tried so that a log can tell what another setting would have earned: every decision is kept with the
probability with which it was made (`catalog.events.decisions`, subject "recommend"). Tried is only where nobody turned
the dial, and where a session is named, since without one no outcome could be told.

Simplification: a dial that is asked for at the default cannot be told from one that was not touched.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from shopwright.catalog.events.decisions import NO_TURN, Decisions
from shopwright.errors import StoreError
from shopwright.skills.recommend.serendipity import ADVENTURE
from shopwright.skills.recommend.standing import Standing
from shopwright.types import RecommendRequest

logger = logging.getLogger(__name__)

SETTINGS = (0.2, 0.5, 0.8)
"""What is tried, besides how the dial stands."""
SUBJECT = "recommend"
"""Of these decisions, whose names are "recommend:0.5"."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How the dial stands, what set it ("asked", "default" or the name of a trial), with which probability."""

    adventure: float
    policy: str = "default"
    propensity: float = 1.0

    @property
    def tried(self) -> bool:
        """Whether chance had a say, so that it is to be kept."""
        return self.policy not in ("asked", "default")


@dataclass(frozen=True, slots=True)
class Dial:
    """Sets the dial.

    Args:
        share: of the requests in which chance sets it, 0 to 1.
        draws: where chance comes from.
        stands: says how it stands where nobody turns it.
    """

    share: float = 0.0
    draws: random.Random = field(default_factory=random.SystemRandom)
    stands: Callable[[], Standing] = Standing

    def set(self, request: RecommendRequest) -> Setting:
        """How it stands for a request."""
        if request.adventure != ADVENTURE:
            return Setting(request.adventure, "asked")
        stands = self.stands().adventure
        if not self.share or not request.session:
            return Setting(stands)
        settings = sorted({*SETTINGS, stands})
        picked = self.draws.choice(settings) if self.draws.random() < self.share else stands
        chance = self.share / len(settings) + (1 - self.share) * (picked == stands)
        return Setting(picked, f"default+{self.share:g}", chance)


def keep(decisions: Decisions, session: str, setting: Setting, features: Mapping[str, float]) -> None:
    """Keep what chance had a say in; the request is answered without that too."""
    if not setting.tried:
        return
    made = (f"{SUBJECT}:{setting.adventure:g}", setting.propensity, setting.policy)
    try:
        decisions.add_named(session, NO_TURN, *made, features)
    except StoreError as error:
        logger.warning("a decision was not kept: %s", error)
