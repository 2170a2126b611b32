"""The baseline: what was done for the requests that share most words with this one (k nearest neighbours on TF-IDF)."""

from __future__ import annotations

from collections.abc import Sequence

from shopwright.skills.plan.decoding import expected_f1, mixture
from shopwright.skills.plan.memory import SolvedTasks
from shopwright.train.plan.examples import Solved
from shopwright.train.plan.scoring import Graph, graph_of


class Neighbours:
    """Solved tasks that are asked by their words; the plan is the one that the nearest twenty agree with most.

    Args:
        tasks: that are known.
    """

    def __init__(self, tasks: Sequence[Solved]) -> None:
        self._tasks = tasks
        self._memory = SolvedTasks.of((task.request, task.tools) for task in tasks)
        self._graphs = {(task.tools): graph_of(task) for task in reversed(tasks)}

    def plan(self, request: str, tools: Sequence[str], leave_out: str | None = None) -> Graph:
        """The plan of the neighbours; empty when none of them can be done with the tools at hand.

        Args:
            tools: names of those at hand.
            leave_out: a known request that is not to be asked, being the same.
        """
        votes, _ = self._memory.votes(request, tools, leave_out)
        if not votes:
            return Graph((), ())
        weights = mixture((), votes, 1.0)
        known = list(weights)
        picks = known[int(expected_f1(known, weights).argmax())]
        return self._graphs[tuple(tools[place] for place in picks)]
