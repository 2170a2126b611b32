"""Small solved tasks in the layouts that are read: a folder of public data, and a folder of written ones."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from shopwright.train.plan.examples import split_of

THINGS = ("tent", "stove", "mug", "kettle", "pan", "coat", "hat", "cup")
TEXT = {"type": "string"}
IDS = {"type": "array", "items": TEXT}


def tool(name: str, description: str, takes: dict[str, Any], gives: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "description": description,
        "inputSchema": {"type": "object", "properties": takes, "required": list(takes)[:1]},
        "outputSchema": {"type": "object", "properties": gives},
        "annotations": {"readOnlyHint": True},
    }


def write_written(folder: Path, count: int = 12) -> Path:
    """Two tool sets, of which the second occurs in no training, and some requests over each."""
    (folder / "tools").mkdir(parents=True)
    shop = [tool("search", "find things", {"query": TEXT}, {"ids": IDS}), tool("price", "two cup", {"ids": IDS}, {})]
    depot = [tool("findBoat", "boats", {"size": TEXT}, {"boat": TEXT}), tool("rent", "red", {"boat": TEXT}, {})]
    for name, tools in (("shop", shop), ("depot", depot)):
        content = {"set": name, "what": name, "tools": tools}
        (folder / "tools" / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    rows = [_row(place) for place in range(count)]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "requests-t.jsonl").write_text(text, encoding="utf-8")
    return folder


def _row(place: int) -> dict[str, Any]:
    thing = THINGS[place % len(THINGS)]
    split = ("train", "train", "held", "dev")[place % 4]
    if place % 8 == 2:
        steps = [
            {"id": "s1", "tool": "depot.findBoat", "arguments": {"size": "big"}},
            {"id": "s2", "tool": "depot.rent", "arguments": {"boat": "$s1.boat"}},
        ]
        return {
            "id": f"t-{place}",
            "sets": ["depot"],
            "request": f"a big {thing} boat {place}",
            "steps": steps,
            "split": split,
        }
    steps = [{"id": "s1", "tool": "search", "arguments": {"query": f"red {thing}"}}]
    if place % 3 == 0:
        steps.append({"id": "s2", "tool": "price", "arguments": {"ids": "$s1.ids"}})
    request = f"what is a red {thing} number {place}"
    return {"id": f"t-{place}", "sets": ["shop"], "request": request, "steps": steps, "split": split}


def write_public(data: Path, count: int = 60) -> Path:
    """A folder of data with public plans: chains of two tools over four."""
    folder = data / "tools" / "plans"
    folder.mkdir(parents=True)
    names = ("find_tent", "buy_tent", "find_mug", "buy_mug")
    nodes = [{"id": name, "desc": name.replace("_", " "), "domain": []} for name in names]
    pairs = [("find_tent", "buy_tent"), ("find_mug", "buy_mug"), ("find_tent", "buy_mug")]
    links = [{"source": first, "target": second} for first, second in pairs]
    (folder / "tool_desc.json").write_text(json.dumps({"nodes": nodes}), encoding="utf-8")
    (folder / "graph_desc.json").write_text(json.dumps({"nodes": [], "links": links}), encoding="utf-8")
    with gzip.open(folder / "requests.jsonl.gz", "wt", encoding="utf-8") as file:
        for place in range(count):
            first, second = pairs[place % 2]
            thing = first.removeprefix("find_")
            row = {
                "id": str(place),
                "user_request": f"find a {thing} for {place} and buy it",
                "task_steps": [
                    f"Step 1 Call {first} to find a big {thing}",
                    f"Step 2 Call {second} to buy the big {thing}",
                ],
                "task_nodes": [{"task": first}, {"task": second}],
                "task_links": [{"source": first, "target": second}],
                "n_tools": 2,
                "type": "chain",
            }
            file.write(json.dumps(row) + "\n")
    assert {split_of(str(place)) for place in range(count)} == {"train", "dev", "held"}
    return data
