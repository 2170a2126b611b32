"""`shopwright recommend judge | promote | rollback`: which setting of the dial earns most, and how it stands.

The dial goes from safe to adventurous. It reads and writes `policies/recommend.json` in the shop's folder, which a
running server follows.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from shopwright.errors import ConfigError

if TYPE_CHECKING:
    from shopwright.catalog.events.kept import Events
    from shopwright.config import Home
    from shopwright.skills.recommend.standing import Standing
    from shopwright.train.recommend.comparing import Comparison

dial = typer.Typer(rich_markup_mode=None)
console = Console(highlight=False, emoji=False)

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of the shop; default ~/.shopwright.")]
LevelOption = Annotated[float, typer.Option(help="Of the intervals, which hold at all times at once.")]
WhyOption = Annotated[str, typer.Option("--why", help="A note for the history.")]


@dial.command("judge")
def judge_dial(level: LevelOption = 0.95, home: HomeOption = None) -> None:
    """Say what each setting of the dial earns, by the trials of the shop, and which one may be promoted."""
    place = _shop(home)
    standing = _standing(place)
    found = _compared(place, standing, level)
    _print(found, level)
    _print_history(standing)


@dial.command("promote")
def promote_dial(
    adventure: Annotated[
        float | None, typer.Option(help="Turn it to this without proof; default: to what the trials speak for.")
    ] = None,
    why: WhyOption = "by hand",
    level: LevelOption = 0.95,
    home: HomeOption = None,
) -> None:
    """Turn the dial for everybody who does not turn it: to the setting that earns more for sure, if there is one."""
    place = _shop(home)
    standing = _standing(place)
    if adventure is None:
        found = _compared(place, standing, level)
        _print(found, level)
        if found.best is None:
            return
        adventure, why = found.best.adventure, f"gain {found.best.gain:+.4f}, at least {found.best.low:+.4f}"
    standing.promoted(adventure, time.time(), why).write(place.dial)
    _line(f"the dial stands at {adventure:g}; before at {standing.adventure:g}")


@dial.command("rollback")
def roll_back_dial(why: WhyOption = "by hand", home: HomeOption = None) -> None:
    """Turn the dial to where it stood before it was last promoted."""
    place = _shop(home)
    standing = _standing(place).rolled_back(time.time(), why)
    standing.write(place.dial)
    _line(f"the dial stands at {standing.adventure:g} again")


def _shop(home: Path | None) -> Home:
    """The folder of a shop.

    Raises:
        ConfigError: there is no shop in it.
    """
    from shopwright.config import Home

    place = Home.resolve(home)
    if not (place.path / "store.db").is_file():
        raise ConfigError(f"home {place.path}: there is no shop; name its folder with --home")
    return place


def _standing(place: Home) -> Standing:
    from shopwright.skills.recommend.standing import Standing

    return Standing.load(place.dial)


@contextmanager
def _events(place: Home) -> Iterator[Events]:
    from shopwright.catalog.events.kept import Events
    from shopwright.catalog.store import Store

    with closing(Store(place.store_url)) as store:
        yield Events(store, 0)


def _compared(place: Home, standing: Standing, level: float) -> Comparison:
    from shopwright.train.recommend.comparing import compare
    from shopwright.train.recommend.feedback import read_feedback

    if not 0.5 <= level < 1:
        raise ConfigError(f"--level {level}: must be at least 0.5 and below 1")
    with _events(place) as events:
        feedback = read_feedback(events, time.time())
    for line in feedback.told:
        _line(line)
    count = len(feedback.log)
    _line(f"{count:,} trials, of {feedback.shown:,} of them the page said what it showed")
    return compare(feedback.log, standing.adventure, level)


def _print(found: Comparison, level: float) -> None:
    table = Table("Dial", "taken", "sample", "IPS", "SNIPS", "DR", "gain", f"{level:.0%} at all times", box=None)
    for one in found.settings:
        gain = ("", "stands so") if one.adventure == found.present else (f"{one.gain:+.4f}", _span(one.low, one.high))
        cells = (f"{one.adventure:g}", f"{one.decisions:,}", f"{one.ess:,.0f}")
        table.add_row(*map(Text, (*cells, *(f"{each.value:.4f}" for each in (one.ips, one.snips, one.dr)), *gain)))
    console.print(table)
    for line in found.told:
        _line(line)
    for one in found.settings:
        if one.adventure != found.present and one.reasons:
            _line(f"{one.adventure:g} may not be promoted: {'; '.join(one.reasons)}")
    best = found.best
    _line(f"{best.adventure:g} may be promoted" if best else f"{found.present:g} stays")


def _print_history(standing: Standing) -> None:
    from datetime import UTC, datetime

    for one in standing.history[-5:]:
        day = datetime.fromtimestamp(one.at, UTC).strftime("%Y-%m-%d %H:%M")
        _line(f"{day}: turned to {one.adventure:g}, {one.why}")


def _span(low: float, high: float) -> str:
    return f"{low:+.4f} to {high:+.4f}"


def _line(text: str) -> None:
    console.print(text, markup=False, soft_wrap=True)
