"""Words for what a tool of another server returned: its fields as they are, each with the tool as its source.

A result is data. Texts that give orders to a machine are left out, with a note that they were; nothing acts on them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shopwright.assistant.render import label
from shopwright.assistant.wording.draft import Draft
from shopwright.catalog.text import cut
from shopwright.skills.evidence.sources import gives_orders

_FIELDS, _DEEPEST, _LONGEST = 12, 4, 300


def foreign_words(draft: Draft, tool: str, value: Any) -> None:
    """The fields of a result, a sentence each, the first `_FIELDS` of them."""
    told = list(_fields(value))
    if not told:
        draft.say(f"{tool} returned nothing.", draft.cite("shop", tool, "nothing", "result"))
        return
    for name, text in told[:_FIELDS]:
        if gives_orders(text):
            draft.say(f"A text that {tool} returned gives orders to a machine; I left it out.")
            continue
        said = f"{label(name)}: {text}" if name else text
        draft.say(f"{said.rstrip('.')}.", draft.cite("shop", tool, said, name))


def _fields(value: Any, name: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        if depth < _DEEPEST:
            for key, part in value.items():
                yield from _fields(part, f"{name} {key}".strip(), depth + 1)
    elif isinstance(value, list | tuple):
        if all(not isinstance(part, Mapping | list | tuple) for part in value):
            if value:
                yield name, cut(", ".join(map(str, value)), _LONGEST)
        else:
            for part in value:
                yield from _fields(part, name, depth + 1)
    elif value is not None and value != "":
        yield name, cut("yes" if value is True else "no" if value is False else str(value), _LONGEST)
