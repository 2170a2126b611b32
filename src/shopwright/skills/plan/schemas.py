"""JSON Schema, put into words: what is wrong with a schema, what is wrong with a value, what is allowed in its place.

The words are for whoever wrote the value, a small language model more often than a person: they name the argument, the
value and what may stand there. `pattern` is not looked at (a foreign pattern can take for ever), and a schema that
refers to anything outside itself is refused, so that nothing is ever fetched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.validators import create

Schema = Mapping[str, Any]
_TYPES = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
    tuple: "array",
    dict: "object",
    type(None): "null",
}
_WORDS = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
}
_NUMERIC = {"integer": "number"}
_SHOWN, _LONGEST, _DEEPEST = 12, 80, 6


def _never(*_: Any) -> Iterator[ValidationError]:
    return iter(())


_CHECKER = Draft202012Validator.TYPE_CHECKER.redefine_many(
    {
        "array": lambda _, value: isinstance(value, list | tuple),
        "object": lambda _, value: isinstance(value, Mapping),
    }
)
_Validator = create(
    Draft202012Validator.META_SCHEMA, {**Draft202012Validator.VALIDATORS, "pattern": _never}, type_checker=_CHECKER
)


def defects(schema: object) -> list[str]:
    """What keeps this from being the JSON Schema of a tool's arguments or result; [] when it is one."""
    if not isinstance(schema, Mapping):
        return [f"{shown(schema)} is no JSON Schema; it must be an object"]
    try:
        Draft202012Validator.check_schema(schema)
        outside = sorted({ref for ref in _refs(schema) if not _found(schema, ref)})
    except SchemaError as error:
        place = ".".join(map(str, error.absolute_path)) or "the schema"
        return [f"{place}: {error.message[:200]}"]
    except RecursionError:
        return ["it is nested too deeply; 100 levels are enough for any tool"]
    return [f"it refers to {ref!r}, which is not in it; define it under $defs" for ref in outside]


def problems(schema: Schema, value: object, name: str = "") -> list[str]:
    """What is wrong with a value, each problem in one sentence; [] when it fits the schema.

    Args:
        name: how the value is called; without one it is the whole of a call's arguments.
    """
    found: dict[str, None] = {}
    try:
        errors = sorted(_Validator(schema).iter_errors(value), key=lambda one: [str(part) for part in one.path])
    except RecursionError:
        return [f"{f'argument {name!r}' if name else 'the call'} cannot be checked: its schema refers to itself"]
    for error in errors:
        found.update(dict.fromkeys(_sentences(error, schema, name)))
    return list(found)


def _sentences(error: ValidationError, root: Schema, name: str) -> Iterator[str]:
    parts = [*([name] if name else []), *map(str, error.absolute_path)]
    place = f"argument {'.'.join(parts)!r}" if parts else "the call"
    schema: Schema = error.schema if isinstance(error.schema, Mapping) else {}
    known = schema.get("properties", {})
    match error.validator, error.instance:
        case "required", Mapping() as given:
            for missing in schema.get("required", ()):
                if missing not in given:
                    yield missing_argument(".".join([*parts, missing]), known.get(missing, {}), root)
        case "additionalProperties", Mapping() as given if known:
            for extra in given:
                if extra not in known:
                    yield unknown_argument(str(extra), known, ".".join(parts))
        case _:
            yield f"{place} is {shown(error.instance)}; it must be {describe(schema, root)}"


def missing_argument(place: str, schema: Schema, root: Schema) -> str:
    """The sentence for an argument that is not given."""
    about = str(schema.get("description", "")).strip().rstrip(".")
    return f"argument {place!r} is missing; it must be {describe(schema, root)}{f' ({about})' if about else ''}"


def unknown_argument(name: str, known: Schema, inside: str = "") -> str:
    """The sentence for an argument that there is not, with the nearest that there is."""
    near = get_close_matches(name, list(known), 1)
    place = f" in {inside!r}" if inside else ""
    meant = f"; did you mean {near[0]!r}?" if near else ""
    return f"there is no argument {name!r}{place}; there are {', '.join(known) or 'none'}{meant}"


def describe(schema: object, root: Schema, depth: int = 0) -> str:
    """What a schema allows, in words: "a list, each item a text", "a whole number from 1 to 50"."""
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return "anything"
    schema = follow(schema, root)
    if "enum" in schema or "const" in schema:
        allowed = schema.get("enum", [schema.get("const")])
        more = f" ... ({len(allowed)} in all)" if len(allowed) > _SHOWN else ""
        return ("one of " if len(allowed) > 1 else "") + ", ".join(map(shown, allowed[:_SHOWN])) + more
    if several := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(dict.fromkeys(describe(one, root, depth + 1) for one in several))
    kind = schema.get("type")
    if isinstance(kind, list):
        return " or ".join(describe({**schema, "type": one}, root, depth + 1) for one in kind)
    match kind:
        case "array" if schema.get("items"):
            return f"a list, each item {describe(schema['items'], root, depth + 1)}{_span(schema, 'Items', ' of them')}"
        case "object" if schema.get("properties"):
            return f"an object with {', '.join(schema['properties'])}"
        case "integer" | "number":
            return _WORDS[kind] + _range(schema)
        case "string":
            return _WORDS[kind] + (f" ({schema['format']})" if "format" in schema else _span(schema, "Length", " long"))
        case str():
            return _WORDS.get(kind, kind)
        case _:
            return "anything"


def _range(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    over, under = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    words = [
        f"from {low} to {high}" if low is not None and high is not None else "",
        f"of at least {low}" if low is not None and high is None else "",
        f"of at most {high}" if high is not None and low is None else "",
        f"above {over}" if over is not None else "",
        f"below {under}" if under is not None else "",
    ]
    return "".join(f" {word}" for word in words if word)


def _span(schema: Schema, what: str, unit: str) -> str:
    low, high = schema.get(f"min{what}"), schema.get(f"max{what}")
    if low is None and high is None:
        return ""
    return f", {f'{low} to {high}' if low and high else f'at least {low}' if low else f'at most {high}'}{unit}"


def shown(value: object) -> str:
    """A value as JSON, cut to a length that fits a sentence."""
    cut = value[:_LONGEST] if isinstance(value, str) else value
    text = json.dumps(cut, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST and cut is value else f"{text[:_LONGEST].rstrip(chr(34))}..."


# ── places inside a schema ──


def follow(schema: Schema, root: Schema) -> Schema:
    """The schema that a local `$ref` stands for."""
    for _ in range(20):
        ref = schema.get("$ref")
        if not isinstance(ref, str):
            return schema
        target = _found(root, ref)
        schema = {**(target or {}), **{key: value for key, value in schema.items() if key != "$ref"}}
    return {}


def whole(schema: Schema, root: Schema) -> Schema:
    """A part of a schema that stands on its own: with the definitions of the whole."""
    return {**{key: root[key] for key in ("$defs", "definitions") if key in root}, **schema}


def variants(schema: Schema, root: Schema, depth: int = 0) -> list[Schema]:
    """The alternatives of a schema, references followed."""
    schema = follow(schema, root)
    several = schema.get("anyOf") or schema.get("oneOf")
    if not isinstance(several, Sequence):
        return [schema]
    if depth > _DEEPEST:
        return [{}]
    return [one for option in several if isinstance(option, Mapping) for one in variants(option, root, depth + 1)]


def part(schema: Schema, name: str, root: Schema) -> list[Schema] | None:
    """What is at a key or a place in a list, as alternatives; None when the schema has no such part."""
    found: list[Schema] = []
    for one in variants(schema, root):
        kinds, extra = types(one, root), one.get("additionalProperties")
        known = one.get("properties", {})
        if name in known:
            found += variants(known[name], root) if isinstance(known[name], Mapping) else [{}]
        elif isinstance(extra, Mapping):
            found += variants(extra, root)
        elif name.isdigit() and (kinds is None or "array" in kinds):
            found += variants(one.get("items") or {}, root) if isinstance(one.get("items", {}), Mapping) else [{}]
        elif extra is True or ((kinds is None or "object" in kinds) and not known and extra is not False):
            found.append({})
    return found or None


def types(schema: Schema, root: Schema) -> set[str] | None:
    """The JSON types that a value may have; None when any."""
    union: set[str] = set()
    for one in variants(schema, root):
        kind = one.get("type")
        if "enum" in one or "const" in one:
            union |= {_TYPES.get(type(value), "object") for value in one.get("enum", [one.get("const")])}
        elif isinstance(kind, str):
            union.add(kind)
        elif isinstance(kind, list):
            union.update(kind)
        else:
            return None
    return union


def fits(given: Schema, given_root: Schema, wanted: Schema, wanted_root: Schema, depth: int = 0) -> bool:
    """Whether a value of one schema can be one of the other; only types are compared, also those of lists' items."""
    have, need = types(given, given_root), types(wanted, wanted_root)
    if have is None or need is None:
        return True
    common = {_NUMERIC.get(kind, kind) for kind in have} & {_NUMERIC.get(kind, kind) for kind in need}
    if common != {"array"} or depth > _DEEPEST:
        return bool(common)
    inner, outer = part(given, "0", given_root) or [{}], part(wanted, "0", wanted_root) or [{}]
    return any(fits(one, given_root, other, wanted_root, depth + 1) for one in inner for other in outer)


def _refs(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for item in value.values():
            yield from _refs(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _refs(item)


def _found(root: Schema, ref: str) -> Schema | None:
    if not ref.startswith("#"):
        return None
    node: Any = root
    for name in filter(None, ref[1:].split("/")):
        name = name.replace("~1", "/").replace("~0", "~")
        node = node.get(name) if isinstance(node, Mapping) else None
    return node if isinstance(node, Mapping) else None
