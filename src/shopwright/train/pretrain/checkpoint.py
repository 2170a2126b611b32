"""The state of a training on disk: whole or not there, the last two kept, a foreign or damaged one refused by name."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from shopwright.errors import ConfigError, ModelError

_KEPT = 2


class Checkpoints:
    """Checkpoints of one training in `OUT/checkpoints/step-NNNNNNNN.pt`.

    Args:
        out: folder of the training.
        recipe: plain values that must not change between its pieces.
        writes: False for processes that only read.
    """

    def __init__(self, out: Path, recipe: Mapping[str, Any], *, writes: bool = True) -> None:
        self._folder = out / "checkpoints"
        self._recipe = json.loads(json.dumps(recipe, default=str))
        if not writes:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        for left_over in self._folder.glob("*.part"):
            left_over.unlink()

    def tell(self, facts: Mapping[str, Any]) -> None:
        """Write the recipe and what else is known of the training into `OUT/recipe.json`, once."""
        path = self._folder.parent / "recipe.json"
        if not path.exists():
            part = path.with_name(path.name + ".part")
            part.write_text(json.dumps(self._recipe | dict(facts), indent=1) + "\n", encoding="utf-8")
            part.replace(path)

    def save(self, step: int, state: Mapping[str, Any]) -> None:
        """Write the state after `step` steps under another name, then rename it; older ones than the last two go."""
        path = self._folder / f"step-{step:08d}.pt"
        part = path.with_name(path.name + ".part")
        with part.open("wb") as file:
            torch.save({"recipe": self._recipe, "step": step, **state}, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        for old in sorted(self._folder.glob("step-*.pt"))[:-_KEPT]:
            old.unlink()

    def latest(self) -> dict[str, Any] | None:
        """The last state; None when there is none.

        Raises:
            ConfigError: it was begun with other settings.
            ModelError: it is damaged.
        """
        found = sorted(self._folder.glob("step-*.pt"))
        if not found:
            return None
        try:
            state: dict[str, Any] = torch.load(found[-1], map_location="cpu", weights_only=True)
        except (RuntimeError, EOFError, OSError, pickle.UnpicklingError) as error:
            raise ModelError(f"{found[-1]} is damaged ({error}): delete it to go on from the one before") from error
        for name, now in self._recipe.items():
            before = state["recipe"].get(name)
            if before != now:
                raise ConfigError(
                    f"--{name.replace('_', '-')} {now}: {self._folder.parent} was begun with {before}; "
                    "give the same, or another --out"
                )
        return state
