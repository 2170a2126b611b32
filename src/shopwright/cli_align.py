"""`shopwright train reward`: learn from comparisons and people's scores how good an answer is."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import typer
from rich.console import Console

from shopwright.config import Home, option
from shopwright.errors import ConfigError, MissingExtraError
from shopwright.flags import flags

aligning = typer.Typer()
console = Console(highlight=False, emoji=False)


@dataclass(frozen=True, slots=True)
class RewardTraining:
    """Training the reward model."""

    home: Path | None = option(None, "Folder of the shop; default ~/.shopwright.")
    data: Path | None = option(
        None, "Folder of comparisons, and of people's scores where there are any; see docs/align.md."
    )
    target: Path | None = option(None, "Folder of the trained model; default: that of the shop.")
    seed: int = option(0, "Of everything random.")
    passes: int = option(3, "How often every comparison is seen, 1 or more.")
    base: str = option(
        "", "Learn on the body of a language model instead: a checkpoint's folder or name, or 'shipped'; see --out."
    )
    out: Path = option(Path("reward"), "With --base: folder of the model and its checkpoints; run again to go on.")
    steps: int = option(500, "With --base: groups of responses that are seen, one a step.")
    adapter: Literal["none", "lora", "dora"] = option("none", "With --base: low-rank adapters in place of all weights.")

    def __post_init__(self) -> None:
        if self.data is None:
            raise ConfigError("--data is missing: name the folder that has reward/alpaca_eval")
        for name, least in (("seed", 0), ("passes", 1), ("steps", 1)):
            if getattr(self, name) < least:
                raise ConfigError(f"--{name} {getattr(self, name)}: expected a whole number of at least {least}")


@aligning.command("reward")
@flags(RewardTraining)
def train_reward(settings: RewardTraining) -> None:
    """Train the reward model on comparisons of responses, and its heads on what people said of single objectives."""
    if find_spec("torch") is None:
        raise MissingExtraError("training", "train")
    from shopwright.models.onnx_files import folder_of
    from shopwright.models.reward import DEFAULT_REWARD
    from shopwright.train.align.reward.network import RewardSettings
    from shopwright.train.align.reward.run import plan_of, reward
    from shopwright.train.shown import print_outcome

    assert settings.data is not None
    if settings.base:
        _on_language(settings)
        return
    own = settings.target or Home.resolve(settings.home).models
    plan = replace(
        plan_of(settings.data, own),
        models=folder_of(DEFAULT_REWARD, own),
        command=" ".join(["shopwright", *sys.argv[1:]]),
        settings=RewardSettings(seed=settings.seed, passes=settings.passes),
    )
    print_outcome(reward(plan, _say), plan.target)


def _on_language(settings: RewardTraining) -> None:
    from shopwright.train.align.reward.language import LanguageRewardSettings
    from shopwright.train.align.reward.language_run import LanguageRewardPlan, language_reward
    from shopwright.train.align.reward.run import plan_of

    assert settings.data is not None
    found = language_reward(
        LanguageRewardPlan(
            plan_of(settings.data, settings.out),
            "" if settings.base == "shipped" else settings.base,
            settings.out,
            settings.adapter,
            LanguageRewardSettings(steps=settings.steps, seed=settings.seed),
        ),
        _say,
    )
    for name, value in found.items():
        _say(f"{name} {value:.3f}")
    _say(f"model: {settings.out / 'model'}")


def _say(line: str) -> None:
    console.print(line, markup=False)
