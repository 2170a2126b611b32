"""Solved tasks: requests with the tool calls that do what they ask, from public plans and from the project's own.

    read_public(Path("data"))      tools/plans: requests, 260 tools, known links; every plan is a chain
    read_written()                 the project's own, beside this module in `written/`: tool sets and requests

Each comes with a split. Public requests have none of their own: it is made from a hash of the id, so that the same
requests are kept wherever the files lie.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

from shopwright.errors import CorpusError
from shopwright.types import ToolSpec

Split = Literal["train", "dev", "held"]
WRITTEN = Path(__file__).parent / "written"
PUBLIC = "plans"
"""The name of the public set."""
_FOLDS = 20
_HELD, _DEV = 2, 3
"""Of twenty folds the first two are held out, and the third is for choosing."""
_STEP = re.compile(r"^\s*Step \d+[.:]?\s+Call (\S+)\s+(?:to\s+)?(.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a gold plan.

    Args:
        tool: its name.
        after: places of the earlier calls that it waits for or takes something from.
        arguments: as written, references included ("$s1.ids").
    """

    tool: str
    after: tuple[int, ...] = ()
    arguments: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Solved:
    """A request with its gold plan.

    Args:
        id: unique within its source.
        request: as a person typed it.
        sets: names of the tool sets at hand.
        calls: in an order in which they can be made.
        split: what it may be used for.
        steps: each call in words, where the source has them.
        conditions: how many calls depend on what an earlier one returned.
    """

    id: str
    request: str
    sets: tuple[str, ...]
    calls: tuple[Call, ...]
    split: Split = "train"
    steps: tuple[str, ...] = ()
    record: Mapping[str, Any] | None = None

    @property
    def tools(self) -> tuple[str, ...]:
        """The names of the tools that are called, in order."""
        return tuple(call.tool for call in self.calls)


@dataclass(frozen=True, slots=True)
class Source:
    """Solved tasks with the tools that they use.

    Args:
        sets: tool set -> its tools.
        tasks: in the order of the files.
        links: tool set -> pairs of tools of which the second is known to follow the first; sets without are missing.
    """

    sets: Mapping[str, tuple[ToolSpec, ...]]
    tasks: tuple[Solved, ...]
    links: Mapping[str, frozenset[tuple[str, str]]]

    def tools(self, task: Solved) -> list[ToolSpec]:
        """The tools that are at hand for a task."""
        return [tool for name in task.sets for tool in self.sets[name]]


def split_of(key: str) -> Split:
    """The split of a public request: 85 % train, 5 % dev, 10 % held, by a hash of its id."""
    fold = int.from_bytes(blake2b(f"plans:{key}".encode(), digest_size=8).digest(), "big") % _FOLDS
    return "held" if fold < _HELD else "dev" if fold < _DEV else "train"


def read_public(data: Path) -> Source:
    """The public plans below a folder of data.

    Raises:
        CorpusError: a file is missing or damaged.
    """
    folder = data / "tools" / PUBLIC
    try:
        nodes = json.loads((folder / "tool_desc.json").read_text(encoding="utf-8"))["nodes"]
        edges = json.loads((folder / "graph_desc.json").read_text(encoding="utf-8"))["links"]
        with gzip.open(folder / "requests.jsonl.gz", "rt", encoding="utf-8") as file:
            records = [json.loads(line) for line in file]
        tools = tuple(ToolSpec(node["id"], node["desc"]) for node in nodes)
        tasks = tuple(_public_task(record) for record in records)
        links = frozenset((edge["source"], edge["target"]) for edge in edges)
    except (OSError, ValueError, KeyError) as error:
        raise CorpusError(f"{folder} does not hold plans with tools ({error}): name the folder above tools/") from error
    return Source({PUBLIC: tools}, tasks, {PUBLIC: links})


def _public_task(record: Mapping[str, Any]) -> Solved:
    nodes = [node["task"] for node in record["task_nodes"]]
    pairs = {(link["source"], link["target"]) for link in record["task_links"]}
    calls = [
        Call(name, (place - 1,) if place and (nodes[place - 1], name) in pairs else ())
        for place, name in enumerate(nodes)
    ]
    steps = [match for match in map(_STEP.match, record.get("task_steps", ())) if match]
    words = tuple(match[2].strip() for match in steps)
    fits = tuple(match[1] for match in steps) == tuple(nodes)
    return Solved(
        str(record["id"]),
        record["user_request"].strip(),
        (PUBLIC,),
        tuple(calls),
        split_of(str(record["id"])),
        words if fits else (),
    )


def read_written(folder: Path = WRITTEN) -> Source:
    """The project's own tool sets and requests.

    Raises:
        CorpusError: a file is damaged, or a request names a tool that is not at hand.
    """
    sets = dict(_tool_set(path) for path in sorted((folder / "tools").glob("*.json")))
    tasks = tuple(_written_tasks(sorted(folder.glob("requests-*.jsonl")), sets))
    return Source(sets, tasks, {})


def _tool_set(path: Path) -> tuple[str, tuple[ToolSpec, ...]]:
    content = _json(path, path.read_text(encoding="utf-8"))
    name = content["set"]
    prefix = "" if name == "shop" else f"{name}."
    return name, tuple(spec_of(tool, prefix) for tool in content["tools"])


def spec_of(tool: Mapping[str, Any], prefix: str = "") -> ToolSpec:
    """A tool as MCP declares it."""
    notes = tool.get("annotations") or {}
    return ToolSpec(
        prefix + tool["name"],
        tool.get("description", ""),
        tool.get("inputSchema") or {},
        tool.get("outputSchema") or {},
        writes=not notes.get("readOnlyHint", True),
    )


def _written_tasks(paths: Sequence[Path], sets: Mapping[str, Sequence[ToolSpec]]) -> Iterator[Solved]:
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            record = _json(path, line)
            unknown = [name for name in record["sets"] if name not in sets]
            names = {tool.name for name in record["sets"] if name in sets for tool in sets[name]}
            unknown += [step["tool"] for step in record["steps"] if not unknown and step["tool"] not in names]
            if unknown:
                raise CorpusError(f"{path.name}, {record['id']}: {unknown[0]!r} is not at hand; name one of its sets")
            places = {step["id"]: place for place, step in enumerate(record["steps"])}
            calls = tuple(
                Call(step["tool"], tuple(sorted(places[name] for name in waits_for(step))), step.get("arguments", {}))
                for step in record["steps"]
            )
            yield Solved(record["id"], record["request"], tuple(record["sets"]), calls, record["split"], record=record)


_REF = re.compile(r"^\$(s\d+)(?:\.(.*))?$")


def waits_for(step: Mapping[str, Any]) -> set[str]:
    """Ids of the steps that a written step refers to, comes after or is conditional on."""
    refs = [condition["ref"] for condition in step.get("when", ())]
    return {*references(step.get("arguments", {})), *references(refs), *step.get("after", ())}


def references(value: Any) -> Iterator[str]:
    """Ids of the steps that a written value refers to ("$s1.ids" -> s1)."""
    if isinstance(value, str):
        match = _REF.match(value)
        if match:
            yield match[1]
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from references(part)
    elif isinstance(value, Sequence):
        for part in value:
            yield from references(part)


def _json(path: Path, text: str) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(text)
    except ValueError as error:
        raise CorpusError(f"{path} holds something that is not JSON: {error}") from error
    return content
