"""What `shopwright train recommend` is asked for: one dataclass, checked when it is made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shopwright.config import option
from shopwright.errors import ConfigError


@dataclass(frozen=True, slots=True)
class RecommendTraining:
    """Learning from what shoppers chose what they may want.

    Raises:
        ConfigError: at construction, when an option is out of range.
    """

    home: Path | None = option(None, "Folder of the shop; default ~/.shopwright.")
    update: bool = option(False, "Go on from the present model with few passes, instead of learning it anew.")
    passes: int = option(8, "Over all visits, more of them where there are few.")
    more: int = option(4, "With --update: passes over all visits.")
    held: float = option(0.1, "Share of the visits, the newest, that are held out to judge on.")
    level: float = option(0.95, "Of the intervals of the gains.")
    margin: float = option(0.02, "What recall may lose against the present model, at the lower end of the interval.")
    seed: int = option(0, "Of everything random.")

    def __post_init__(self) -> None:
        for name, least in (("passes", 1), ("more", 1), ("seed", 0)):
            if getattr(self, name) < least:
                raise ConfigError(f"--{name} {getattr(self, name)}: must be {least} or more")
        for name, most in (("held", 0.5), ("level", 0.999), ("margin", 0.5)):
            if not 0 < getattr(self, name) <= most:
                raise ConfigError(f"--{name} {getattr(self, name)}: must be above 0 and at most {most}")
