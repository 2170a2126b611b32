"""What came of `shopwright train intent` and of `train visits`, shown to whoever started it."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from shopwright.assistant.strategy.visits import BUYING_FILE, NEXT_FILE
from shopwright.train.intent.command import Written
from shopwright.train.intent.visits import K, Measured

_NAMED = {"model": "the model", "counts": "opened together", "pop": "most opened"}


def print_written(written: Written) -> None:
    """Show warnings, both values with their intervals, the verdict, and the files."""
    console = Console(highlight=False, emoji=False, soft_wrap=True)
    training, verdict = written.training, written.training.verdict
    for line in (*training.told, *(f"warning: {line}" for line in training.warnings)):
        console.print(line, markup=False)
    table = Table("Held-out decisions", "value", f"{verdict.level:.0%} interval", box=None, header_style="bold")
    for name, estimate in ((training.policy.name, verdict.value), (training.against, verdict.running)):
        low, high = estimate.interval(verdict.level)
        table.add_row(name, f"{estimate.value:.4f}", f"{low:.4f} to {high:.4f}")
    gain = verdict.gain
    table.add_row("gain", f"{gain.gain:+.4f}", f"{gain.low:+.4f} to {gain.high:+.4f}")
    console.print(table)
    for line in (f"effective sample size {gain.ess:,.0f}", *(f"not passed: {reason}" for reason in verdict.reasons)):
        console.print(line, markup=False)
    console.print(f"written: {written.policy}, {written.card.name}, {written.report}", markup=False)
    if written.offered:
        console.print("It passed the gate: try it with shopwright intent canary --share 0.1", markup=False)
    elif verdict.promoted:
        console.print(
            "It passed the gate, and was not offered: --out was given, or another is being tried", markup=False
        )
    else:
        console.print("It did not pass the gate: what runs now stays.", markup=False)


def print_visits(measured: Measured) -> None:
    """Show what the models found on the visits held out, beside what they must beat, and which were kept."""
    console = Console(highlight=False, emoji=False, soft_wrap=True)
    table = Table(f"{measured.held:,} next products held out", f"among the first {K}", box=None, header_style="bold")
    for name, share in measured.found.items():
        table.add_row(_NAMED[name], f"{share:.3f}")
    console.print(table)
    console.print(f"gain {measured.gain:+.4f}, at least {measured.low:+.4f}", markup=False)
    next_kept, buying_kept = (name in measured.kept for name in (NEXT_FILE, BUYING_FILE))
    said = "kept: it is used from the next turn on" if next_kept else "not kept: it does not win for sure"
    console.print(f"the model of the next product is {said}", markup=False)
    told = "no visit, or every one, ended in a purchase" if measured.buying != measured.buying else ""
    told = told or f"area under ROC {measured.buying:.3f}; {'kept' if buying_kept else 'not kept'}"
    console.print(f"the model of purchases: {told}", markup=False)
