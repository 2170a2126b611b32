"""`shopwright memory WORD`: what a shop keeps of a shopper or of a conversation: show it, export it, forget it.

It opens the store alone, no model and no index, and works beside a running server, which follows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from shopwright.errors import ConfigError

if TYPE_CHECKING:
    from shopwright.catalog.forgetting import Forgotten
    from shopwright.catalog.profile import Profiles
    from shopwright.catalog.remains import FileCheck

memory = typer.Typer(
    help="What the shop keeps of a shopper or a conversation: show, export, forget.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
console = Console(highlight=False, emoji=False)

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of the shop; default ~/.shopwright.")]
ShopperOption = Annotated[str | None, typer.Option("--shopper", help="Id of a shopper.")]
SessionOption = Annotated[str | None, typer.Option("--session", help="Id of a conversation.")]


@memory.command("show")
def show_memory(shopper: ShopperOption = None, session: SessionOption = None, home: HomeOption = None) -> None:
    """Show what is known of a shopper and their conversations, or what was said in one conversation."""
    with _opened(home, shopper, session) as profiles:
        kept = _exported(profiles, shopper, session)
    if shopper:
        _print_shopper(kept)
    else:
        _print_session(kept)


@memory.command("export")
def export_memory(shopper: ShopperOption = None, session: SessionOption = None, home: HomeOption = None) -> None:
    """Print all that is kept of a shopper, or of one conversation, as JSON."""
    with _opened(home, shopper, session) as profiles:
        typer.echo(json.dumps(_exported(profiles, shopper, session), ensure_ascii=False, indent=2))


@memory.command("forget")
def forget_memory(
    shopper: ShopperOption = None,
    session: SessionOption = None,
    prove: Annotated[
        bool,
        typer.Option("--prove", help="Count the files of the shop's folder that hold the words, before and after."),
    ] = False,
    home: HomeOption = None,
) -> None:
    """Forget a shopper (conversations, profile, consent), or one conversation, at once and for good."""
    from shopwright.catalog.memory import Memory

    with _opened(home, shopper, session) as profiles:
        kept = Memory(profiles.store)
        forget, name = (kept.forget_shopper, shopper) if shopper else (kept.forget_session, str(session))
        done = forget(name, prove=prove)
    _print_forgotten(done)
    if prove:
        _print_proof(done.check)


@contextmanager
def _opened(home: Path | None, shopper: str | None, session: str | None) -> Iterator[Profiles]:
    """The profiles of the shop in a folder.

    Raises:
        ConfigError: there is no shop, or not exactly one of shopper and session is named.
    """
    from shopwright.catalog.profile import Profiles
    from shopwright.catalog.store import Store
    from shopwright.config import Home

    if bool(shopper) == bool(session):
        raise ConfigError("name either --shopper ID or --session ID, one of them")
    place = Home.resolve(home)
    if not (place.path / "store.db").is_file():
        raise ConfigError(f"home {place.path}: there is no shop; name its folder with --home")
    with closing(Store(place.store_url)) as store:
        yield Profiles(store)


def _exported(profiles: Profiles, shopper: str | None, session: str | None) -> dict[str, Any]:
    """What is kept, as JSON values."""
    from shopwright.catalog.memory import Memory

    if shopper:
        profiles.preferences(shopper, datetime.now(UTC).timestamp())  # what has expired is not kept any more
        return profiles.export(shopper)
    kept, name = Memory(profiles.store), str(session)
    said = [asdict(one) | {"ids": list(one.ids)} for one, _ in kept.utterances(name)]
    return {"session_id": name, "shopper": kept.shopper(name), "utterances": said}


def _print_shopper(kept: dict[str, Any]) -> None:
    consent = kept["consent"]
    _line(f"{kept['shopper']}: " + (f"agreed on {_day(consent['at'])}" if consent else "has not agreed to a profile"))
    if kept["preferences"]:
        table = Table("Kind", "What", "Said", "In", "On", "Until", box=None, header_style="bold")
        for one in kept["preferences"]:
            until = _day(one["expires"]) if one["expires"] is not None else ""
            where = f"{one['session_id']}:{one['turn']}"
            table.add_row(*map(Text, (one["kind"], one["value"], one["quote"], where, _day(one["at"]), until)))
        console.print(table)
    for session in kept["sessions"]:
        said = session["utterances"]
        turns = len({one["turn"] for one in said})
        _line(f"conversation {session['session_id']}: {turns:,} turns, {len(said):,} utterances")
    if not kept["sessions"] and not kept["preferences"]:
        _line("nothing is kept")


def _print_session(kept: dict[str, Any]) -> None:
    owner = f" of shopper {kept['shopper']}" if kept["shopper"] else ""
    _line(f"conversation {kept['session_id']}{owner}: {len(kept['utterances']):,} utterances")
    for one in kept["utterances"]:
        _line(f"{one['turn']}.{one['place']} {one['speaker']}: {one['text']}")


def _print_forgotten(done: Forgotten) -> None:
    if not done.rows:
        _line("nothing was kept")
        return
    _line("forgotten: " + ", ".join(f"{table} {count:,}" for table, count in done.rows.items()))
    if done.swept:
        _line("the bytes are gone from the store's files too")
    else:
        _line("another process still reads an earlier state: the bytes go with the next clean-up, or run this again")


def _print_proof(check: FileCheck | None) -> None:
    if check is None:
        _line("no proof: the store is in no file of this machine")
        return
    _line(
        f"{check.probes:,} pieces of text looked for in every file of the folder: "
        f"in {_files(check.before)} before, in {_files(check.after)} after"
    )
    for name, count in check.after.items():
        _line(f"  {name}: {count:,} times, where somebody else said it, or a product or document has it")


def _files(counts: Any) -> str:
    return f"{len(counts):,} file{'' if len(counts) == 1 else 's'}"


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")


def _line(text: str) -> None:
    console.print(text, markup=False, soft_wrap=True)
