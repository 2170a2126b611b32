"""An MCP server in forty lines, for what a well-behaved library would not do: wrong declarations, dying, hanging."""

import json
import sys
from pathlib import Path

READS = {"readOnlyHint": True}
OBJECT = {"type": "object"}
TOOLS = [
    {
        "name": "echo",
        "description": "Gives back x.",
        "inputSchema": {**OBJECT, "properties": {"x": {"type": "integer"}}, "required": ["x"]},
        "outputSchema": {**OBJECT, "properties": {"x": {"type": "integer"}}},
        "annotations": READS,
    },
    {"name": "nonsense", "inputSchema": "nonsense"},
    {"name": "misspelt", "inputSchema": {**OBJECT, "properties": {"a": {"type": "strin"}}}},
    {"name": "untyped", "inputSchema": {"properties": {}}},
    {"name": "hang", "inputSchema": OBJECT, "annotations": READS},
    {"name": "fail", "inputSchema": OBJECT, "annotations": READS},
    {"name": "text", "inputSchema": OBJECT, "annotations": READS},
    {"name": "die_reading", "inputSchema": OBJECT, "annotations": READS},
    {"name": "die_writing", "inputSchema": OBJECT, "annotations": {"readOnlyHint": False}},
]


def call(name: str, arguments: dict) -> dict | None:
    died = Path(sys.argv[1])
    if name.startswith("die") and not died.exists():
        died.touch()
        sys.exit(1)
    if name == "hang":
        return None
    text = [{"type": "text", "text": {"fail": "no such order"}.get(name, "alive")}]
    return {
        "content": text,
        **({"structuredContent": arguments} if name == "echo" else {}),
        **({"isError": True} if name == "fail" else {}),
    }


def answer(method: str, given: dict) -> dict | None:
    if method == "initialize":
        info = {"name": "raw", "version": "1"}
        return {"protocolVersion": given["protocolVersion"], "capabilities": {"tools": {}}, "serverInfo": info}
    if method == "tools/list":
        return {"tools": TOOLS}
    return call(given["name"], given.get("arguments") or {})


for line in sys.stdin:
    message = json.loads(line)
    if "id" not in message:
        continue
    if message["method"] in ("initialize", "tools/list", "tools/call"):
        result = answer(message["method"], message.get("params") or {})
        reply = {"result": result} if result is not None else None
    else:
        reply = {"error": {"code": -32601, "message": "unknown method"}}
    if reply is not None:
        sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": message["id"], **reply}) + "\n")
        sys.stdout.flush()
