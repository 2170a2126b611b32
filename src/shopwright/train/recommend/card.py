"""What came of learning a model of behaviour, in words: its card, and what the command line shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from shopwright.train.recommend.gating import Compared, K, Measure, Verdict
from shopwright.train.recommend.plan import RecommendTraining

_HEAD = ("against", "visits", "measure", "theirs", "the new model's", "gain")


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of it.

    Args:
        verdict: of the gate.
        visits, products: that there were, and `choices` in them.
        shoppers: visits of shoppers who are known.
        unknown: choices of products that the catalogue does not have.
        held, asked: visits that were held out, and questions that they gave.
        updated: whether it went on from the present model.
        seconds: of learning what was judged, and of learning it again from all visits; 0 where that was not done.
        notes: what was done otherwise than asked.
        card: the file that says all this.
    """

    verdict: Verdict
    visits: int
    products: int
    choices: int
    shoppers: int
    unknown: int
    held: int
    asked: int
    updated: bool
    seconds: tuple[float, float]
    notes: tuple[str, ...]
    card: Path


def card_of(trained: Trained, plan: RecommendTraining, command: str) -> str:
    """The card: from what the model was learned, how, and what is known of it."""
    verdict = trained.verdict
    said = "passed the gate and runs" if verdict.promoted else f"did not pass the gate: {'; '.join(verdict.reasons)}"
    way = f"going on from the model before, {plan.more} passes" if trained.updated else f"anew, {plan.passes} passes"
    rows = "\n".join(f"| {' | '.join(cells)} |" for one in verdict.compared for cells in _rows(one))
    notes = "\n".join(f"- {line}" for line in (*trained.notes, *verdict.notes)) or "- none"
    return f"""# What shoppers may want, by what others chose

A model over {trained.products:,} products: an encoder in the space of their texts, what was chosen together, and a \
conditional logit that weighs them (`skills/recommend/sequence/sequence_model.py`).

**Learned from** {trained.choices:,} choices in {trained.visits:,} visits of this shop, {trained.shoppers:,} of them \
of shoppers who are known; {trained.unknown:,} choices of products that the catalogue does not have were left out, and \
visits that look like a bot's or like poison. Visits of shoppers whose ids begin with "simulated" are simulated.

**Made by** `{command}`: {way}, seed {plan.seed}. Judged on {trained.asked:,} questions of the newest \
{trained.held:,} visits; learned in {trained.seconds[0]:.1f} s, and again from all visits in {trained.seconds[1]:.1f} s.

**Verdict.** It {said}.

| {" | ".join(_HEAD)} |
|---|---|---|---|---|---|
{rows}

Gains with their {plan.level:.0%} intervals, paired by visit; the present model may be missed by {plan.margin:g}.

**Known of the data**

{notes}

**Limits.** It finds what visitors went on to by themselves, not what a recommendation would lead them to; the file \
keeps their visits under numbers that only this shop's store can make, until they are forgotten there.
"""


def print_trained(trained: Trained) -> None:
    """Show what was compared, the verdict and the card."""
    console = Console(highlight=False, emoji=False, soft_wrap=True)
    table = Table(*_HEAD, box=None, header_style="bold")
    for one in trained.verdict.compared:
        for cells in _rows(one):
            table.add_row(*cells)
    console.print(table)
    lines = [*trained.notes, *trained.verdict.notes, *(f"not passed: {one}" for one in trained.verdict.reasons)]
    first, second = trained.seconds
    lines.append(f"learned in {first:.1f} s" + (f", from all visits in {second:.1f} s" if second else ""))
    kept = "it runs from the next request on" if trained.verdict.promoted else "it is not kept; what ran before stays"
    for line in (*lines, f"{kept}: {trained.card}"):
        console.print(line, markup=False)


def _rows(one: Compared) -> list[tuple[str, ...]]:
    named = ((f"recall@{K}", one.recall), (f"nDCG@{K}", one.ndcg))
    return [(one.name, f"{one.visits:,}", name, *_cells(found)) for name, found in named]


def _cells(found: Measure) -> tuple[str, ...]:
    return f"{found.other:.4f}", f"{found.new:.4f}", f"{found.gain:+.4f} ({found.low:+.4f} to {found.high:+.4f})"
