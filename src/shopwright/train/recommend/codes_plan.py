"""What `shopwright train codes` is asked for: the settings of the generator, and how it is judged. No torch here."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from shopwright.config import option
from shopwright.errors import ConfigError
from shopwright.train.recommend.settings import GeneratorSettings


@dataclass(frozen=True, slots=True)
class CodesTraining(GeneratorSettings):
    """Learning to write what comes next as a semantic id.

    Raises:
        ConfigError: at construction, when an option is out of range.
    """

    home: Path | None = option(None, "Folder of the shop; default ~/.shopwright.")
    held: float = option(0.1, "Share of the visits, the newest, that are held out to judge on.")
    level: float = option(0.95, "Of the interval of the gain.")
    steps: int | None = option(None, "Stop after so many steps, 1 or more, to try it out.")

    def __post_init__(self) -> None:
        GeneratorSettings.__post_init__(self)  # super() does not know a class that slots made anew
        for name, most in (("held", 0.5), ("level", 0.999)):
            if not 0 < getattr(self, name) <= most:
                raise ConfigError(f"--{name} {getattr(self, name)}: must be above 0 and at most {most}")
        if self.steps is not None and self.steps < 1:
            raise ConfigError(f"--steps {self.steps}: must be 1 or more")

    @property
    def generator(self) -> GeneratorSettings:
        """The settings of the generator alone."""
        return GeneratorSettings(**{each.name: getattr(self, each.name) for each in fields(GeneratorSettings)})
