"""How the dial from safe to adventurous stands where nobody turns it, and how it stood before.

    standing = Standing.load(home.dial)
    standing.adventure
    standing.promoted(0.8, time.time(), "gain +0.012").write(home.dial)

One small JSON file, written whole or not at all; a running shop follows it. Without it the dial stands at `ADVENTURE`.
What may be promoted is judged elsewhere (`train.recommend.feedback`).
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shopwright.errors import ConfigError, ModelError
from shopwright.skills.recommend.serendipity import ADVENTURE

_KEPT = 50


@dataclass(frozen=True, slots=True)
class Turned:
    """A line of the history: when (seconds since the epoch), to what the dial was set, and why."""

    at: float
    adventure: float
    why: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How the dial stands.

    Args:
        adventure: from 0, what is expected, to 1, what surprises.
        before: how it stood before each promotion that was not taken back, the latest last.
        history: the latest changes, oldest first.
    """

    adventure: float = ADVENTURE
    before: tuple[float, ...] = ()
    history: tuple[Turned, ...] = ()

    @classmethod
    def load(cls, path: Path) -> Standing:
        """What a file says; without one, how the dial stands by default.

        Raises:
            ModelError: the file cannot be read.
        """
        if not path.is_file():
            return cls()
        try:
            fields: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            history = tuple(Turned(float(at), _dial(to), str(why)) for at, to, why in fields["history"])
            return cls(_dial(fields["adventure"]), tuple(map(_dial, fields["before"])), history)
        except (OSError, ValueError, KeyError, TypeError, ConfigError) as error:
            raise ModelError(f"{path}: not how a dial stands ({error}); delete it to go back to {ADVENTURE}") from error

    def write(self, path: Path) -> None:
        """Keep it; a reader sees the old file or the new one, never half of one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        history = [[one.at, one.adventure, one.why] for one in self.history[-_KEPT:]]
        fields = {"adventure": self.adventure, "before": self.before[-_KEPT:], "history": history}
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        beside.write_text(json.dumps(fields, indent=1) + "\n", encoding="utf-8")
        beside.replace(path)

    def promoted(self, adventure: float, at: float, why: str) -> Standing:
        """Turn the dial for everybody who does not turn it themselves.

        Raises:
            ConfigError: it stands so already, or cannot stand so.
        """
        if _dial(adventure) == self.adventure:
            raise ConfigError(f"the dial stands at {adventure:g} already")
        turned = Turned(at, adventure, why)
        return replace(
            self, adventure=adventure, before=(*self.before, self.adventure), history=(*self.history, turned)
        )

    def rolled_back(self, at: float, why: str) -> Standing:
        """Turn it to where it stood before.

        Raises:
            ConfigError: it was never promoted, or all of that was taken back.
        """
        if not self.before:
            raise ConfigError(f"nothing to take back: the dial stands at {self.adventure:g}, where it began")
        turned = Turned(at, self.before[-1], why)
        return replace(self, adventure=self.before[-1], before=self.before[:-1], history=(*self.history, turned))


def _dial(value: Any) -> float:
    """A setting of the dial.

    Raises:
        ConfigError: it is none.
    """
    if type(value) not in (int, float) or not 0 <= value <= 1:
        raise ConfigError(f"adventure {value!r}: give 0 (what is expected) to 1 (what surprises)")
    return float(value)
