"""From a Python function to what a planner reads: JSON Schemas out of its types, words out of its Google docstring.

Not covered: positional-only parameters and `*args` (a plan names its arguments). `**kwargs` makes the schema open.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NotRequired, get_type_hints

from pydantic import ConfigDict, PydanticSchemaGenerationError, PydanticUserError, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import PydanticSerializationError, to_jsonable_python
from typing_extensions import TypedDict

from shopwright.errors import ConfigError

_SECTION = re.compile(r"^(Args|Arguments|Returns|Raises|Yields|Examples?|Notes?):\s*$")
_ENTRY = re.compile(r"^(\w+)(?: ?\([^)]*\))?:\s*(.*)$")
_NO_SCHEMA = (PydanticSchemaGenerationError, PydanticUserError)


class _Untitled(GenerateJsonSchema):
    """Leaves out the titles of fields, which repeat their names."""

    def field_title_should_be_set(self, _schema: Any) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Signature:
    """What is known of a function: its first paragraph, both schemas, and the form that its arguments must fit."""

    description: str
    parameters: Mapping[str, Any]
    returns: Mapping[str, Any]
    form: TypeAdapter[Any]


def read_signature(function: Callable[..., Any], name: str) -> Signature:
    """Read a function.

    Raises:
        ConfigError: a parameter that a plan cannot name, or a type that JSON cannot express.
    """
    signature = inspect.signature(function)
    hints = _hints(function, name)
    description, about = read_docstring(inspect.getdoc(function) or "")
    fields: dict[str, Any] = {}
    open_ended = False
    for key, parameter in signature.parameters.items():
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.VAR_POSITIONAL):
            raise ConfigError(f"tool {name!r}: parameter {key!r} has no name to call it by; make it a named one")
        if parameter.kind is parameter.VAR_KEYWORD:
            open_ended = True
            continue
        kind = hints.get(key, Any)
        fields[key] = kind if parameter.default is parameter.empty else NotRequired[kind]
    form = _form(fields, open_ended, name)
    parameters = _parameters(form, signature, about, name)
    return Signature(description, parameters, _returns(hints), form)


def _hints(function: Callable[..., Any], name: str) -> dict[str, Any]:
    try:
        return get_type_hints(function, include_extras=True)
    except (NameError, TypeError) as error:
        if not hasattr(function, "__annotations__"):
            return {}
        raise ConfigError(
            f"tool {name!r}: its types cannot be read ({error}); import them where it is defined"
        ) from error


def _form(fields: dict[str, Any], open_ended: bool, name: str) -> TypeAdapter[Any]:
    make: Any = TypedDict  # a record whose fields are known only here
    record = make("Arguments", fields)
    record.__pydantic_config__ = ConfigDict(extra="allow" if open_ended else "forbid")
    try:
        return TypeAdapter(record)
    except _NO_SCHEMA as error:
        raise ConfigError(f"tool {name!r}: {str(error).splitlines()[0]}; use types that JSON can express") from error


def _parameters(
    form: TypeAdapter[Any], signature: inspect.Signature, about: Mapping[str, str], name: str
) -> dict[str, Any]:
    try:
        schema = form.json_schema(schema_generator=_Untitled)
    except _NO_SCHEMA as error:
        raise ConfigError(f"tool {name!r}: {str(error).splitlines()[0]}; use types that JSON can express") from error
    schema.pop("title", None)
    for key, field in schema.get("properties", {}).items():
        field.pop("title", None)
        if about.get(key):
            field.setdefault("description", about[key])
        default = signature.parameters[key].default
        if default is not inspect.Parameter.empty:
            try:
                field["default"] = to_jsonable_python(default)
            except PydanticSerializationError:
                continue
    return schema


def _returns(hints: Mapping[str, Any]) -> dict[str, Any]:
    if "return" not in hints or hints["return"] is Any:
        return {}
    try:
        return TypeAdapter(hints["return"]).json_schema(mode="serialization", schema_generator=_Untitled)
    except _NO_SCHEMA:
        return {}


def read_docstring(text: str) -> tuple[str, dict[str, str]]:
    """The first paragraph of a Google docstring, and what it says of each argument."""
    first = " ".join(text.split("\n\n", 1)[0].split())
    about: dict[str, list[str]] = {}
    current, inside, indent = "", False, -1
    for line in text.splitlines():
        if section := _SECTION.match(line):
            inside, indent = section[1] in ("Args", "Arguments"), -1
        elif inside and line.strip():
            depth = len(line) - len(line.lstrip())
            indent = depth if indent < 0 else indent
            entry = _ENTRY.match(line.strip())
            if depth == indent and entry:
                current = entry[1]
                about[current] = [entry[2]]
            elif current:
                about[current].append(line.strip())
    return first, {key: " ".join(filter(None, lines)) for key, lines in about.items()}
