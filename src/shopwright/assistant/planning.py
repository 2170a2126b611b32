"""Which plan a turn runs: the one that rules write for its strategy, or one that the planner makes of the tools.

The planner plans where tools of other servers are connected and it picks one of them. A large model, and a planner that
passed its gate (`train/plan/gating.py`; the shipped one did not), also plans a message of several requests that the
rules would answer with a single call. Everything else is the rules'.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shopwright.models.onnx_files import folder_of
from shopwright.models.protocols import LanguageModel
from shopwright.models.tool_planner import DEFAULT_PLANNER
from shopwright.skills.plan.build import build
from shopwright.skills.plan.planner import Planned, Planner
from shopwright.skills.plan.tool import Tool
from shopwright.skills.reason.split import clauses
from shopwright.types import Decision, Need, Plan, Strategy, ToolSpec

_SURE = 0.5
"""Confidence from which a plan of the shipped planner is run."""
_FIXED = (Strategy.ASK, Strategy.DECLINE, Strategy.SERVE, Strategy.BROWSE)
"""Strategies that the rules plan whatever the tools."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A plan, whether the planner made it, and what the shopper should know of that."""

    plan: Plan
    planned: bool = False
    notes: tuple[str, ...] = ()


class Planning:
    """Chooses plans for one shop. Safe to share between threads; the planner is loaded when it is first needed.

    Args:
        models: the folder of models that were trained for this shop.
        model: a large model that plans first.
    """

    def __init__(self, models: Path, model: LanguageModel | None = None) -> None:
        self._models, self._model = models, model
        self._lock = threading.Lock()
        self._planner: Planner | None = None
        self._own = model is not None or _own_turns(folder_of(DEFAULT_PLANNER, models))

    def choose(
        self, need: Need, decision: Decision, goals: Sequence[Need], tools: Mapping[str, Tool], thought: bool = False
    ) -> Chosen:
        """The plan for a turn.

        Args:
            thought: the goals were thought of, not named; a search for each is the plan.
        """
        rules = build(decision.strategy, need, goals)
        foreign = [name for name in tools if "." in name]
        several = self._own and len(rules.steps) < 2 and len(clauses(need.text)) > 1
        if decision.strategy in _FIXED or thought or not (foreign or several):
            return Chosen(rules)
        planned = self._made(need, [tool.spec for tool in tools.values()])
        if self._preferred(planned):
            return Chosen(planned.plan, True, planned.notes)
        return Chosen(rules, notes=planned.notes if self._model else ())

    def _made(self, need: Need, specs: Sequence[ToolSpec]) -> Planned:
        with self._lock:
            if self._planner is None:
                self._planner = Planner.shipped(folder_of(DEFAULT_PLANNER, self._models), self._model)
        return self._planner.plan(need.text, specs, need)

    def _preferred(self, planned: Planned) -> bool:
        """Whether a made plan is run in place of that of the rules."""
        if not planned.plan.steps or planned.missing:
            return False
        foreign = any("." in step.tool for step in planned.plan.steps)
        return planned.by == "endpoint" or (planned.confidence >= _SURE and (foreign or self._own))


def _own_turns(folder: Path) -> bool:
    """Whether the gate beside the planner's weights lets it plan the shop's own turns."""
    file = folder / f"{DEFAULT_PLANNER}.gate.json"
    return bool(file.is_file() and json.loads(file.read_text(encoding="utf-8"))["own_turns"])
