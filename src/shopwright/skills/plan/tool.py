"""A tool: what a planner reads of it, the function that does it, and the function that shows what it would change.

    @dataclass
    class Found:
        ids: list[str]

    def search(query: str, limit: int = 6) -> Found:
        '''Products that fit the words.

        Args:
            query: what to look for.
        '''

    search = tool(search, timeout_s=5)
    search.arguments({"query": "tent", "limit": "many"})    # ToolError: search: argument 'limit' is "many"; it must ...

Simplification: `pattern`s of schemas are not checked here (see `schemas`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from shopwright.errors import ConfigError, ToolError
from shopwright.skills.plan.schemas import (
    Schema,
    defects,
    describe,
    missing_argument,
    part,
    problems,
    shown,
    unknown_argument,
)
from shopwright.skills.plan.signatures import read_signature
from shopwright.types import Change, ToolSpec

KEY = "idempotency_key"
"""A tool that declares an argument of this name is given the key of the call."""
_NAME = re.compile(r"[\w.:/-]{1,128}")


class TryAgainError(ToolError):
    """What a tool raises when the same call may succeed in a moment (busy, a dropped connection, a time-out)."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that can be called.

    Args:
        spec: its declaration; one with wrong schemas is refused.
        call: does it; takes the arguments by name.
        preview: for a tool that writes: takes the same arguments and returns what the call would change.
        form: converts arguments to the types of `call`; None for a tool that takes plain JSON values. Where nothing is
            declared, neither form nor parameters, arguments go through as they are.

    Raises:
        ConfigError: names the tool and every defect of its declaration.
    """

    spec: ToolSpec
    call: Callable[..., Any]
    preview: Callable[..., Sequence[Change]] | None = None
    form: TypeAdapter[Any] | None = None

    def __post_init__(self) -> None:
        if found := spec_defects(self.spec):
            raise ConfigError(f"tool {self.spec.name!r} is refused: {'; '.join(found)}")

    def bound(self, call: Callable[..., Any], preview: Callable[..., Sequence[Change]] | None = None) -> Tool:
        """This tool done by another function of the same signature; its declaration is not checked once more."""
        other = copy(self)
        object.__setattr__(other, "call", call)
        object.__setattr__(other, "preview", preview)
        return other

    def arguments(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments as `call` takes them.

        Raises:
            ToolError: says of every wrong argument which it is, what its value is and what is allowed.
        """
        if self.form is None and not self.spec.parameters:
            return dict(given)
        if self.form is None:
            plain = to_jsonable_python(given, fallback=str)
            wrong = problems(self.spec.parameters, plain)
            converted: dict[str, Any] = plain
        else:
            try:
                converted, wrong = self.form.validate_python(dict(given)), []
            except ValidationError as error:
                wrong = list(dict.fromkeys(_words(error.errors(include_url=False), self.spec.parameters)))
        if wrong:
            raise ToolError(f"{self.spec.name}: {'; '.join(wrong)}")
        return converted


def tool(
    function: Callable[..., Any],
    *,
    name: str | None = None,
    writes: bool = False,
    preview: Callable[..., Sequence[Change]] | None = None,
    timeout_s: float = 10.0,
    retries: int = 0,
    cost: float = 1.0,
) -> Tool:
    """A tool out of a function: schemas from its types, words from its Google docstring.

    Raises:
        ConfigError: a parameter that a plan cannot name, or a type that JSON cannot express.
    """
    name = name or str(getattr(function, "__name__", type(function).__name__))
    read = read_signature(function, name)
    spec = ToolSpec(name, read.description, read.parameters, read.returns, writes, timeout_s, retries, cost)
    return Tool(spec, function, preview, read.form)


def spec_defects(spec: ToolSpec) -> list[str]:
    """Everything that is wrong with a declaration; [] when a tool can be made of it."""
    found = []
    if not isinstance(spec.name, str) or not _NAME.fullmatch(spec.name):
        found.append(f"its name {shown(spec.name)} must be 1 to 128 letters, digits and . : / - _")
    for what, schema in (("parameters", spec.parameters), ("result", spec.returns)):
        found += [f"schema of its {what}: {defect}" for defect in defects(schema)]
    if not found and spec.parameters.get("type", "object") != "object":
        found.append(f'schema of its parameters: its type is {shown(spec.parameters["type"])}; it must be "object"')
    if not found:
        known = spec.parameters.get("properties", {})
        absent = [key for key in spec.parameters.get("required", ()) if key not in known]
        if absent and spec.parameters.get("additionalProperties") is False:
            found.append(f"schema of its parameters: it requires {', '.join(absent)}, which it does not declare")
    if spec.timeout_s <= 0:
        found.append(f"its timeout_s {spec.timeout_s:g} must be above 0")
    if spec.retries < 0 or spec.cost < 0:
        found.append(f"its retries {spec.retries} and cost {spec.cost:g} must not be negative")
    return found


def _words(errors: Iterable[Any], root: Schema) -> Iterable[str]:
    for error in errors:
        place = [str(one) for one in error["loc"]]
        known, path = _schema_at(root, place)
        match error["type"]:
            case "missing":
                yield missing_argument(".".join(path), known, root)
            case "extra_forbidden" | "unexpected_keyword_argument":
                inside, _ = _schema_at(root, place[:-1])
                yield unknown_argument(place[-1], inside.get("properties", {}), ".".join(place[:-1]))
            case _:
                yield f"argument {'.'.join(path)!r} is {shown(error['input'])}; it must be {describe(known, root)}"


def _schema_at(root: Schema, place: Sequence[str]) -> tuple[Schema, list[str]]:
    """The schema at a place, and the part of it that the schema knows (pydantic adds the names of alternatives)."""
    schemas: list[Schema] = [root]
    path: list[str] = []
    for name in place:
        inner = [one for schema in schemas for one in part(schema, name, root) or ()]
        if not inner:
            break
        schemas, path = inner, [*path, name]
    return (schemas[0] if len(schemas) == 1 else {"anyOf": schemas}), path
