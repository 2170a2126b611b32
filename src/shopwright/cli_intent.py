"""`shopwright intent WORD`: which learned policy decides, try one on a share of the conversations, take it back.

It reads and writes the shop's `policies/intent.json`; a running server takes it up when the shop is opened again.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from shopwright.config import Home
    from shopwright.train.intent.watching import Arm, Watch

intent = typer.Typer(
    help="Which policy picks the strategies: show, try on a share of the conversations, promote, roll back.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
console = Console(highlight=False, emoji=False)

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of the shop; default ~/.shopwright.")]
WhyOption = Annotated[str, typer.Option("--why", help="A note for the history.")]


@intent.command("status")
def show_policies(home: HomeOption = None) -> None:
    """Show which policy runs, which one is tried on how many, and what was changed when."""
    from shopwright.skills.intent.policies import Policies

    policies = Policies.load(_file(home))
    _line(f"runs: {policies.running or 'the rules'}")
    if policies.candidate and policies.share:
        _line(
            f"tried on {policies.share:.0%} of the conversations since {_day(policies.started)}: {policies.candidate}"
        )
    elif policies.candidate:
        _line(f"waits to be tried: {policies.candidate}")
    table = Table("When", "What", "Why", box=None, header_style="bold")
    for one in policies.history:
        table.add_row(*map(Text, (_day(one.at), one.done, one.why)))
    if policies.history:
        console.print(table)


@intent.command("canary")
def try_policy(
    share: Annotated[float, typer.Option(help="Share of the conversations, above 0 and at most 0.5.")] = 0.1,
    home: HomeOption = None,
) -> None:
    """Try the policy that passed the gate on a share of the conversations."""
    from shopwright.skills.intent.policies import Policies

    file = _file(home)
    policies = Policies.load(file).tried(share, time.time())
    policies.write(file)
    _line(f"{policies.candidate} decides {share:.0%} of the conversations; look with shopwright intent watch")


@intent.command("watch")
def watch_policy(
    level: Annotated[float, typer.Option(help="Of the interval, which holds at all times at once.")] = 0.95,
    act: Annotated[bool, typer.Option("--act/--no-act", help="Promote or roll back as it says.")] = True,
    home: HomeOption = None,
) -> None:
    """Compare the policy that is tried with what runs, on settled decisions; promote it or roll it back when sure."""
    from shopwright.config import Home
    from shopwright.skills.intent.policies import Policies
    from shopwright.train.intent.command import settled
    from shopwright.train.intent.watching import watch

    file, now = _file(home), time.time()
    policies = Policies.load(file)
    with settled(Home.resolve(home), now) as decisions:
        found = watch(policies, decisions, now, level)
    _print_watch(found)
    if not act or found.says == "wait":
        return
    change = policies.promoted if found.says == "promote" else policies.rolled_back
    changed = change(now, found.why)
    changed.write(file)
    _line(changed.history[-1].done)


@intent.command("promote")
def promote_policy(why: WhyOption = "by hand", home: HomeOption = None) -> None:
    """Let the policy that is tried decide all conversations."""
    from shopwright.skills.intent.policies import Policies

    file = _file(home)
    policies = Policies.load(file).promoted(time.time(), why)
    policies.write(file)
    _line(policies.history[-1].done)


@intent.command("rollback")
def roll_back_policy(why: WhyOption = "by hand", home: HomeOption = None) -> None:
    """Drop the policy that waits or is tried; without one, go back to what ran before."""
    from shopwright.skills.intent.policies import Policies

    file = _file(home)
    policies = Policies.load(file).rolled_back(time.time(), why)
    policies.write(file)
    _line(policies.history[-1].done)


def _file(home: Path | None) -> Path:
    from shopwright.config import Home

    place: Home = Home.resolve(home)
    return place.policies


def _print_watch(found: Watch) -> None:
    table = Table("Arm", "conversations", "decisions", "reward", "most often", box=None, header_style="bold")
    for name, arm in (("tried", found.canary), ("runs", found.running)):
        table.add_row(name, *_cells(arm))
    console.print(table)
    _line(f"{found.says}: {found.why}")


def _cells(arm: Arm) -> tuple[str, ...]:
    most = f"{arm.strategy} {arm.most:.0%}" if arm.decisions else ""
    return f"{arm.conversations:,}", f"{arm.decisions:,}", f"{arm.reward:.4f}", most


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")


def _line(text: str) -> None:
    console.print(text, markup=False, soft_wrap=True)
