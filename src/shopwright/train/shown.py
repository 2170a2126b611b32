"""What came of a training, shown to whoever started it: both figures of each measure, and whether it is taken up."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from shopwright.train.outcome import Outcome


def print_outcome(outcome: Outcome, target: Path, steps: int | None = None) -> None:
    """Show what came of a training: both figures of each measure, and whether it is taken up."""
    console = Console(highlight=False, emoji=False)
    for note in outcome.notes:
        console.print(note, markup=False)
    table = Table("Development queries", "runs now", "trained", box=None, header_style="bold")
    for metric, value in outcome.after.items():
        before = outcome.before.get(metric)
        table.add_row(metric, "-" if before is None else f"{before:.3f}", f"{value:.3f}")
    console.print(table)
    if outcome.promoted:
        console.print(f"Better: written to {target}; a shop takes it up when it is opened again.", markup=False)
    elif steps is not None:
        console.print(f"A trial of {steps} steps: written to {target} without comparing.", markup=False)
    else:
        console.print("Not better: what runs now stays, nothing was written.", markup=False)
