"""`shopwright train align | align-front | align-pick`: a policy for several objectives, its front, a point on it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import typer
from rich.console import Console

from shopwright.catalog.demo import demo_products
from shopwright.errors import ConfigError, MissingExtraError
from shopwright.flags import flags
from shopwright.shop import Shop
from shopwright.train.align.policy.settings import CONFIGS, AlignSettings, FrontSettings, PickSettings
from shopwright.types import Product

policies = typer.Typer()
console = Console(highlight=False, emoji=False)


@policies.command("align")
@flags(AlignSettings, CONFIGS)
def align(settings: AlignSettings) -> None:
    """Optimise a language model for professionalism, accuracy, coverage and depth at once."""
    _require_torch("aligning a policy")
    from shopwright.train.align.policy.command import train_policy

    done = train_policy(settings, _products(settings.home, settings.assignments), _say)
    for line in (*done.notes, *(alarm.text for alarm in done.alarms)):
        _say(line)
    _say(f"policy: {settings.out / 'policy'}" if done.finished else f"{done.step} steps done; the same command goes on")


@policies.command("align-front")
@flags(FrontSettings)
def align_front(settings: FrontSettings) -> None:
    """Measure policies at several weightings on held-out assignments; write and plot the Pareto front."""
    _require_torch("measuring policies")
    from shopwright.train.align.policy.command import measure_front

    measure_front(settings, _products(settings.home, settings.assignments), _say)
    _say(f"{settings.out / 'front.json'}, {settings.out / 'front.svg'}")


@policies.command("align-pick")
@flags(PickSettings)
def align_pick(settings: PickSettings) -> None:
    """Pick the point of a front that weighs best among those that keep the floors."""
    _require_torch("picking a policy")
    from shopwright.train.align.policy.command import pick_point

    pick_point(settings, _say)


def _products(home: Path | None, assignments: Path | None) -> list[Product]:
    """Of the shop, or of the demo shop; none where assignments are given."""
    if assignments is not None:
        return []
    if home is None:
        return [each for each in demo_products() if isinstance(each, Product)]
    with Shop.open(home) as shop:
        found = list(shop.store.all_products())
    if not found:
        raise ConfigError(f"the shop in {home} has no products: ingest a feed first")
    return found


def _require_torch(doing: str) -> None:
    for package in ("torch", "transformers"):
        if find_spec(package) is None:
            raise MissingExtraError(doing, "train")


def _say(line: str) -> None:
    console.print(line, markup=False, soft_wrap=True)
