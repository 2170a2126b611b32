"""The planner: from a request and the tools at hand to a plan of calls, and what is missing for it.

    Planner.shipped().plan("Where is order WH-240812?", tools)

The shipped network picks the calls (`decoding`, under the `grammar` of the tools), and says what each waits for and
where its arguments come from (`arguments`). With an endpoint the large model plans first, through the same type
(`asking`), and the network plans where it does not come up with a plan that can run. Whatever comes out has passed
`validate`: a call that cannot run is reported as missing something, not left out in silence.

Simplifications: conditions ("if it is out of stock ...") become steps that wait, not steps that may be passed over,
unless a large model writes them; one message is one plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from shopwright.errors import ModelError
from shopwright.models.onnx_files import WEIGHTS
from shopwright.models.protocols import LanguageModel
from shopwright.models.tool_planner import (
    DEFAULT_PLANNER,
    EmbeddedToolPlanner,
    Floats,
    ToolPlanner,
    parameter_text,
    tool_text,
)
from shopwright.skills.plan.arguments import Binder, Missing, wanted
from shopwright.skills.plan.asking import ask_for_plan
from shopwright.skills.plan.decoding import allows, choose, search
from shopwright.skills.plan.grammar import grammar
from shopwright.skills.plan.memory import SOLVED, SolvedTasks
from shopwright.skills.plan.naming import named
from shopwright.skills.plan.needs import known
from shopwright.skills.plan.references import references
from shopwright.skills.plan.validate import plan_defects
from shopwright.types import Need, Plan, Ref, Step, ToolSpec

_WAITS = 0.5
"""Probability from which a call waits for another."""

_TRUST, _MOST_TRUST = 0.9, 0.5
"""Share of the votes of solved tasks in what is chosen from, where one is the same as the request; and at most."""

_NAMED = 3.0
"""What a tool gains in log-probability that shares most words with the request, where links are not known."""

Links = Mapping[str, Sequence[str]]
"""Tool -> the tools that are known to follow it."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan and how far to trust it.

    Args:
        plan: steps `s1`, `s2` ... in an order in which they can run.
        missing: arguments that must be given and are given nowhere; the plan cannot run before they are.
        confidence: the expected agreement of the plan with what was meant, 0 to 1: F1 of its tools and links under the
            network's own probabilities. 1 where a large model planned, which says nothing of itself.
        by: "embedded" or "endpoint".
        notes: what went otherwise than it should, a sentence each.
    """

    plan: Plan
    missing: tuple[Missing, ...] = ()
    confidence: float = 0.0
    by: str = "embedded"
    notes: tuple[str, ...] = ()


class Planner:
    """Plans tool calls. Safe to share between threads.

    Args:
        network: the shipped one, or another `ToolPlanner`.
        model: a large model that plans first.
        memory: solved tasks whose plans are weighed beside the network's.
    """

    def __init__(
        self, network: ToolPlanner, model: LanguageModel | None = None, memory: SolvedTasks | None = None
    ) -> None:
        self._network, self._model, self._memory = network, model, memory

    @classmethod
    def shipped(cls, folder: Path = WEIGHTS, model: LanguageModel | None = None) -> Planner:
        """The planner whose files are in a folder, with the tasks that it has seen solved.

        Raises:
            ModelError: a file is missing or is not the one that the card describes.
        """
        memory = SolvedTasks.load(folder / f"{DEFAULT_PLANNER}.{SOLVED}")
        return cls(EmbeddedToolPlanner(DEFAULT_PLANNER, folder), model, memory)

    def plan(
        self, request: str, tools: Sequence[ToolSpec], need: Need | None = None, links: Links | None = None
    ) -> Planned:
        """A plan for a request.

        Args:
            request: as a person typed it.
            tools: those at hand; names are unique.
            need: the reading of the message, for the shop's own tools.
            links: of the tools, where they are known: then a plan is a path along them, each call waiting for the last.
        """
        if not tools or not request.strip():
            return Planned(Plan(), confidence=1.0)
        notes: tuple[str, ...] = ()
        if self._model is not None:
            try:
                return Planned(ask_for_plan(self._model, request, tools, need), (), 1.0, "endpoint")
            except ModelError as error:
                notes = (f"the large model gave no plan that can run ({error}); the embedded planner did",)
        return replace(self._embedded(request, tools, need, links), notes=notes)

    def read(self, tools: Sequence[ToolSpec]) -> None:
        """Read tools before they are planned with, so that the first plan is as fast as any."""
        texts = [tool_text(tool) for tool in tools]
        texts += [parameter_text(tool, name) for tool in tools for _, name in wanted([tool])]
        if texts:
            self._network.vectors(texts)

    def _embedded(self, request: str, tools: Sequence[ToolSpec], need: Need | None, links: Links | None) -> Planned:
        read, texts = self._network.read(request), [tool_text(tool) for tool in tools]
        vectors_KD = self._network.vectors(texts)
        linked_KK = link_matrix(tools, links)
        allowed = grammar(request, tools)
        bonus_K = None if links is not None else _NAMED * named(request, texts)
        found = search(self._network, read, vectors_KD, allowed, linked_KK, bonus_K=bonus_K)
        votes, near = self._memory.votes(request, texts) if self._memory else ([], 0.0)
        votes = [vote for vote in votes if allows(allowed, vote[0])]
        if not found and not votes:
            return Planned(Plan(), notes=("no tool at hand can be called for this",))
        picks, confidence = choose(found, votes, min(_TRUST * near, _MOST_TRUST), allowed)
        following = self._network.follow(read, vectors_KD, np.array([picks], np.int64), linked_KK)
        called = [tools[place] for place in picks]
        rows = wanted(called)
        about = [parameter_text(called[place], name) for place, name in rows]
        arguments_PD = self._network.vectors(about) if about else np.zeros((0, vectors_KD.shape[1]), np.float32)
        calls_P = np.array([place for place, _ in rows], np.int64)
        sources = self._network.sources(read, following.made[0], calls_P, arguments_PD)
        plain = Binder(request, read, called, sources)
        spoken = [_spoken(plain, place, tool) for place, tool in enumerate(called)]
        binder = Binder(request, read, called, sources, known(need, called, spoken))
        bound = [binder.bind(place) for place in range(len(called))]
        missing = tuple(each for one in bound for each in one.missing)
        steps = tuple(
            Step(
                f"s{place + 1}",
                tool.name,
                one.arguments,
                _after(following.waits[0], place, one.arguments, links is not None),
            )
            for place, (tool, one) in enumerate(zip(called, bound, strict=True))
        )
        return _checked(_without_repeats(Planned(Plan(steps), missing, confidence)), tools)


def link_matrix(tools: Sequence[ToolSpec], links: Links | None) -> Floats | None:
    """1 where the second tool is known to follow the first, shape (K, K); None when nothing is known."""
    if links is None:
        return None
    places = {tool.name: place for place, tool in enumerate(tools)}
    linked_KK = np.zeros((len(tools), len(tools)), np.float32)
    for first, others in links.items():
        for second in others:
            if first in places and second in places:
                linked_KK[places[first], places[second]] = 1.0
    return linked_KK


def _spoken(binder: Binder, place: int, tool: ToolSpec) -> tuple[int, int] | None:
    """The characters that speak of a call: of its query, where it has one."""
    names = [name for name in ("query", "kind") if name in tool.parameters.get("properties", {})]
    return binder.span(place, names[0]) if names else None


def _after(waits_LL: Floats, place: int, arguments: Mapping[str, object], chain: bool) -> tuple[str, ...]:
    """The steps that a step waits for beside those whose results it takes."""
    taken = {ref.step for ref in references(arguments)}
    if chain:
        waits = [place - 1] if place else []
    else:
        waits = [earlier for earlier in range(place) if waits_LL[place, earlier] > _WAITS]
    return tuple(step for step in (f"s{earlier + 1}" for earlier in waits) if step not in taken)


def _without_repeats(planned: Planned) -> Planned:
    """The plan without calls that are the same as an earlier one, and with what referred to them mended."""
    kept: list[Step] = []
    names: dict[str, str] = {}
    seen: dict[str, str] = {}
    for step in planned.plan.steps:
        arguments = {name: _renamed(value, names) for name, value in step.arguments.items()}
        key = f"{step.tool} {sorted(arguments.items(), key=lambda each: each[0])!r}"
        names[step.id] = seen.get(key, f"s{len(kept) + 1}")
        if key not in seen:
            seen[key] = names[step.id]
            taken = {ref.step for ref in references(arguments)}
            after = tuple(dict.fromkeys(names[name] for name in step.after if names[name] not in taken))
            kept.append(replace(step, id=names[step.id], arguments=arguments, after=after))
    missing = tuple(dict.fromkeys(replace(each, step=names[each.step]) for each in planned.missing))
    return replace(planned, plan=Plan(tuple(kept)), missing=missing)


def _renamed(value: object, names: Mapping[str, str]) -> object:
    """A value whose references name the steps as they are called now."""
    if isinstance(value, Ref):
        return replace(value, step=names[value.step])
    if isinstance(value, list):
        return [_renamed(part, names) for part in value]
    return value


def _checked(planned: Planned, tools: Sequence[ToolSpec]) -> Planned:
    """The plan with what else would keep it from running; arguments that are missing are known already."""
    open_ = {(each.step, each.argument) for each in planned.missing}
    defects = plan_defects(planned.plan, {tool.name: tool for tool in tools})
    told = [
        defect
        for defect in defects
        if not any(f"step {step!r}" in defect and f"argument {name!r} is missing" in defect for step, name in open_)
    ]
    return replace(planned, notes=(*planned.notes, *told))
