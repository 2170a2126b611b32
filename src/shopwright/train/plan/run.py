"""`shopwright train plan`: from solved tasks to the planner, its files, and whether the shop's own turns use it.

The planner starts from a BERT and learns from the public plans, where they are given, and from the project's own
requests (`written`). It is exported to int8 and written only when it picks better calls for the held-out written
requests than the planner that runs now does (the gate: the mean of F1 of tools and of links). Beside it lies
what says whether the shop's own turns use it (`gating`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

from shopwright.models.embedded import DEFAULT_ENCODER
from shopwright.models.onnx_files import WEIGHTS
from shopwright.models.tool_planner import DEFAULT_PLANNER, ToolPlanner
from shopwright.skills.plan.planner import Planner
from shopwright.train.body import unpack_body
from shopwright.train.export import Card
from shopwright.train.outcome import Outcome, Report
from shopwright.train.plan.examples import Source, read_public, read_written
from shopwright.train.plan.exporting import export_planner
from shopwright.train.plan.gating import measure, plan_of, worth, write_gate
from shopwright.train.plan.scoring import graph_of_plan
from shopwright.train.plan.training import PlannerSettings, train_planner
from shopwright.types import Plan

_SAMPLE = 120
_TITLE = (
    "A planner of 6 layers that reads a request and the names, descriptions and arguments of tools, and points at the "
    "calls that do what is asked, at what each waits for, and at where its arguments come from."
)
_LIMITS = (
    "English. It knows tools by their texts, so a tool that is badly described is badly used. Conditions are not among "
    "what it writes. What it picks is checked by code before it runs, and what changes anything is asked before."
)


@dataclass(frozen=True, slots=True)
class PlannerPlan:
    """What to train the planner from, and where to put it.

    Args:
        work: folder of checkpoints.
        target: folder that receives the planner when it is better.
        models: folder of the planner that runs now; it may have none.
        data: folder of public data with plans below `tools/`; None for the written requests alone.
        written: the project's own tool sets and requests, or a merchant's; those that ship when None.
        begin: weights of an earlier training to go on from (`planner.pt` in its folder).
        base: folder of a BERT to start from; the shipped encoder, unpacked, when None.
        rules: the plan that the shop's rules make of a message, for the gate; None leaves the gate as it is.
        command, told: for the card.
        steps: stop early, for trying; what comes out is not gated.
        settings: of the training.
    """

    work: Path
    target: Path
    models: Path = WEIGHTS
    data: Path | None = None
    written: Path | None = None
    begin: Path | None = None
    base: Path | None = None
    rules: Callable[[str], Plan] | None = None
    command: str = "shopwright train plan"
    told: str = "the project's own requests (src/shopwright/train/plan/written, Apache-2.0)"
    steps: int | None = None
    settings: PlannerSettings = field(default_factory=PlannerSettings)


def planner(plan: PlannerPlan, report: Report = print) -> Outcome:
    """Train, export and gate the planner; see the module."""
    written = read_written(plan.written) if plan.written else read_written()
    public = read_public(plan.data) if plan.data else None
    report(f"{len(written.tasks)} written requests, {len(public.tasks) if public else 0} public ones")
    base = plan.base or unpack_body(WEIGHTS, DEFAULT_ENCODER, plan.work / "base")
    model, _ = train_planner(
        base, public, written, plan.work, plan.settings, begin=plan.begin, steps=plan.steps, report=report
    )
    torch.save(model.state_dict(), plan.work / "planner.pt")
    return finish(plan, model, base, public, written)


def finish(plan: PlannerPlan, model: Any, base: Path, public: Source | None, written: Source) -> Outcome:
    """Export and gate a trained planner."""
    sources = [source for source in (public, written) if source is not None]
    held = [task for task in written.tasks if task.split == "held"]
    card = Card(
        _TITLE, "Apache-2.0", "all-MiniLM-L6-v2 (Apache-2.0)", plan.told, plan.command, str(plan.settings), {}, _LIMITS
    )

    def picks(network: ToolPlanner) -> list[tuple[str, ...]]:
        some = Planner(network)
        asked = [(source, task) for source in sources for task in source.tasks if task.split == "held"]
        return [graph_of_plan(plan_of(some, *each)).tools for each in asked[:: 1 + len(asked) // _SAMPLE]]

    with TemporaryDirectory() as place:
        scratch = Path(place)
        export_planner(model, base, scratch, card, picks, sources)
        candidate = Planner.shipped(scratch)
        after = measure(candidate, written, held)
        if public is not None:
            some = [task for task in public.tasks if task.split == "held"]
            after |= {f"plans:{key}": value for key, value in measure(candidate, public, some).items()}
        running = (plan.models / f"{DEFAULT_PLANNER}.md").is_file()
        before = measure(Planner.shipped(plan.models), written, held) if running else {}
        better = worth(after) > worth(before)
        if better or plan.steps is not None:
            export_planner(model, base, plan.target, replace(card, results=after), picks, sources)
            if plan.rules is not None:
                write_gate(candidate, written, plan.rules, plan.target)
    return Outcome(before, after, better)
