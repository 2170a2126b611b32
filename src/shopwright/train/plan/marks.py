"""Salted hashes of what a planner was trained on, so that a bench can tell what it may report on without the data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from shopwright.errors import ModelError
from shopwright.train.plan.examples import Solved

_SALT = b"shopwright planner 1"


@dataclass(frozen=True, slots=True)
class Trained:
    """Hashes of the requests and of the sets of tools that were trained on."""

    requests: frozenset[str]
    tool_sets: frozenset[str]

    def knows(self, task: Solved) -> bool:
        """Whether the request was trained on, whatever its id."""
        return request_mark(task) in self.requests

    def knows_tools(self, task: Solved) -> bool:
        """Whether exactly these tools were needed for a request that was trained on."""
        return tools_mark(task.tools) in self.tool_sets


def request_mark(task: Solved) -> str:
    """The hash of a request's words."""
    return _mark(" ".join(task.request.lower().split()))


def tools_mark(names: Iterable[str]) -> str:
    """The hash of a set of tools."""
    return _mark("\n".join(sorted(set(names))))


def write_marks(tasks: Sequence[Solved], path: Path) -> None:
    """Write the hashes of what was trained on."""
    content = {
        "requests": sorted({request_mark(task) for task in tasks}),
        "tool_sets": sorted({tools_mark(task.tools) for task in tasks}),
    }
    path.write_text(json.dumps(content, indent=0) + "\n", encoding="utf-8")


def read_marks(path: Path) -> Trained:
    """The hashes beside a planner's card.

    Raises:
        ModelError: there is no such file, or it is not one that `write_marks` wrote.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Trained(frozenset(content["requests"]), frozenset(content["tool_sets"]))
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{path} does not say what was trained on ({error}): install the package again") from error


def _mark(text: str) -> str:
    return blake2b(text.encode(), digest_size=8, key=_SALT).hexdigest()
