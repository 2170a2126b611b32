"""`shopwright verify`: a text against files or against the shop; see `checking`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from shopwright.errors import ConfigError

if TYPE_CHECKING:
    from shopwright.checking import Checked, Told
    from shopwright.skills.verify.repair import Repaired
    from shopwright.types import Verdict

console = Console(highlight=False, emoji=False)
_LOOKS = {"supported": "green", "partial": "yellow", "refuted": "red", "unsupported": "red", "empty": "dim"}
_MARKED = "bold underline red"
_LONGEST_TOLD = 240

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of the shop; default ~/.shopwright.")]


def verify(
    answer: Annotated[str, typer.Option(help="File with the text to check; - reads standard input.")],
    evidence: Annotated[
        list[Path] | None,
        typer.Option(help="File or folder of txt, md, html, csv, jsonl, json; repeatable. Without it, the shop."),
    ] = None,
    home: HomeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a claim.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 when a claim is not supported.")] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Print the text with unsupported sentences corrected or left out.")
    ] = False,
) -> None:
    """Check a text against files or against the shop: each claim with its verdict, marked words and evidence."""
    text = _answer(answer)
    checked, mended = _checked_files(text, evidence, home, repair) if evidence else _checked_shop(text, home, repair)
    if mended is not None:
        _print_repaired(mended, as_json)
    elif as_json:
        for entry in checked.entries():
            typer.echo(json.dumps(entry, ensure_ascii=False))
    else:
        _print_checked(checked)
    if mended is not None or as_json:
        for note in checked.notes:
            typer.echo(note, err=True)
    if strict and not checked.sound:
        raise typer.Exit(1)


def _checked_files(text: str, paths: list[Path], home: Path | None, repair: bool) -> tuple[Checked, Repaired | None]:
    from shopwright.checking import Checker
    from shopwright.checking.pieces import read_pieces
    from shopwright.config import Home

    pieces = read_pieces(paths)
    checker = Checker.open(Home.resolve(home).models)
    checked = checker.check(text, pieces)
    return checked, checker.repair(checked, pieces) if repair else None


def _checked_shop(text: str, home: Path | None, repair: bool) -> tuple[Checked, Repaired | None]:
    from shopwright.checking import Checker
    from shopwright.shop import Shop

    with Shop.open(home) as shop:
        if not shop.store.count() and not shop.store.count_documents():
            raise ConfigError(
                f"the shop in {shop.home.path} is empty, so it is evidence of nothing: name files with --evidence, "
                "or fill it with shopwright ingest"
            )
        checker = Checker(shop.judging.verifier)
        checked = checker.check_in(text, shop)
        return checked, checker.repair(checked, shop) if repair else None


def _answer(name: str) -> str:
    from shopwright.catalog.text import plain_text
    from shopwright.checking.pieces import LARGEST, decoded, read_answer

    if name == "-":
        data = sys.stdin.buffer.read(LARGEST + 1)
        text, shown = decoded(data, "standard input"), "standard input"
    else:
        text, shown = read_answer(Path(name)), name
    text = plain_text(text)
    if not text.strip():
        raise ConfigError(f"--answer {shown}: the text is empty: give a file with the text to check, or - and a pipe")
    return text


def _print_checked(checked: Checked) -> None:
    console.print(_marked(checked), soft_wrap=True)
    console.print()
    for verdict, told in zip(checked.verdicts, checked.told, strict=True):
        if verdict.label != "empty":
            _print_verdict(verdict, told)
    for note in checked.notes:
        _line(note, "yellow")
    counts = checked.summary
    if not counts["claims"]:
        _line("The text states nothing that could be checked.")
        return
    rest = ", ".join(f"{counts[label]} {label}" for label in ("partial", "refuted", "unsupported") if counts[label])
    _line(f"{counts['supported']} of {counts['claims']} claims supported{f', {rest}' if rest else ''}", "bold")


def _marked(checked: Checked) -> Text:
    """The answer with the unsupported words of each claim marked; a claim of which nothing is known, whole."""
    text = Text(checked.answer)
    for verdict in checked.verdicts:
        claim = verdict.claim
        for mark in verdict.marks:
            text.stylize(_MARKED, claim.start + mark.start, claim.start + mark.end)
        if not verdict.marks and verdict.label not in ("supported", "empty"):
            text.stylize(_MARKED, claim.start, claim.end)
    return text


def _print_verdict(verdict: Verdict, told: tuple[Told, ...]) -> None:
    look = _LOOKS[verdict.label]
    console.print(
        Text.assemble((f"{verdict.label} {verdict.probability:.2f}", look), f"  {verdict.claim.text}"), soft_wrap=True
    )
    if verdict.label != "supported" or "otherwise" in verdict.reason:
        _line(f"    {verdict.reason}")
    for one in told:
        shown = one.text if len(one.text) <= _LONGEST_TOLD else f"{one.text[:_LONGEST_TOLD]} …"
        _line(f"    {one.name}: {shown}", "dim")


def _print_repaired(mended: Repaired, as_json: bool) -> None:
    """The text alone on standard output, what was done on standard error; with --json both in one object."""
    if as_json:
        changes = [
            {"sentence": one.sentence, "done": one.done, "written": one.written, "reason": one.reason}
            for one in mended.changes
        ]
        typer.echo(json.dumps({"text": mended.text, "changes": changes}, ensure_ascii=False))
        return
    typer.echo(mended.text)
    for one in mended.changes:
        became = f" → {one.written}" if one.written else ""
        typer.echo(f"{one.done}: {one.sentence}{became} ({one.reason})", err=True)
    if not mended.changes:
        typer.echo("nothing to repair: every claim is supported", err=True)


def _line(text: str, style: str = "") -> None:
    console.print(Text(text, style=style), soft_wrap=True)
