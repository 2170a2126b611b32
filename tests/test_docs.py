"""The documentation cannot lie: commands run, Python is executed, names exist, generated pages are fresh."""

from __future__ import annotations

import dataclasses
import gzip
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import get_args

import httpx
import pytest
from typer.testing import CliRunner

import shopwright
import test_architecture as house
from pages import (
    CLI_PAGE,
    PAGES,
    ROOT,
    TOOL_SHEET,
    Block,
    blocks,
    cli_page,
    commands,
    inline_code,
    outputs,
    run_python,
    tool_sheet,
)
from shopwright import types
from shopwright.catalog.feeds.build import FIELDS
from shopwright.catalog.feeds.dialects import DIALECTS
from shopwright.cli import app
from shopwright.serve import create_app
from shopwright.shop import Shop

README, DOCS = ROOT / "README.md", ROOT / "docs"
WORDS = ("pretrain", "reason", "context", "verify", "plan", "evidence", "intent", "align", "rewrite", "recommend")
RUN_TIME = ("rewrite", "intent", "recommend", "reason", "plan", "evidence", "verify", "context", "search", "assistant")
LOCAL, MODEL = "http://127.0.0.1:8000", "http://localhost:8080/v1"
RUN = [sys.executable, "-c", "from shopwright.cli import main; main()"]
BLANKS = {"DATA", "NAME", "WORD", "FEED", "QUERY", "PRODUCT_ID"}
"""What a reader fills in."""
by_name = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


# ── commands ──


class Terminal:
    """Runs the command lines of a page as a reader would, in a folder that has `examples/`.

    Four things differ from what stands there, so that pages can show what people type: `serve` and `demo` take a free
    port, the endpoint is a small server of the test, `DATA` is a folder of three queries, and `bench assistant` plays
    one kind of conversation.
    """

    def __init__(self, folder: Path, model: str) -> None:
        self.folder = folder
        self.model = model
        self.address = LOCAL
        self.server: subprocess.Popen[bytes] | None = None

    def run(self, command: str) -> None:
        """Run one line; an assertion fails when it does not do its work."""
        words = shlex.split(command.replace(MODEL, self.model))
        known: dict[str, Callable[[list[str]], None]] = {
            "shopwright": self._shopwright, "make": self._make, "curl": self._curl, "pip": self._pip,
            "python": self._python, "cp": self._plain, "export": self._export, ".": self._activate,
        }  # fmt: skip
        assert words[0] in known, f"{command!r}: the test does not know how to run this"
        known[words[0]](words[1:])

    def close(self) -> None:
        """Stop the server as Ctrl-C would."""
        if self.server is not None:
            self.server.send_signal(signal.SIGINT)
            self.server.wait(20)
            self.server = None

    def _shopwright(self, words: list[str]) -> None:
        if words[0] in ("serve", "demo"):
            self._serve(words)
            return
        if words[:2] == ["bench", "search"]:
            words = [str(judged_set(self.folder / "DATA")) if word == "DATA" else word for word in words]
        if words[:2] == ["bench", "assistant"]:
            words += ["--set", "journeys_injected"]
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, f"{shlex.join(words)}: {result.output}{result.exception!r}"

    def _serve(self, words: list[str]) -> None:
        self.close()
        if "--port" in words:
            place = words.index("--port")
            del words[place : place + 2]
        log = self.folder / "server.log"
        with log.open("wb") as out:
            self.server = subprocess.Popen([*RUN, *words, "--port", "0"], stdout=out, stderr=out)
        self.address = waited_for(lambda: re.search(r"http://127\.0\.0\.1:\d+", log.read_text()), self.server, log)
        health = httpx.get(f"{self.address}/health", timeout=10).json()
        assert health["status"] == "ok"
        assert health["products"] > 0

    def _make(self, words: list[str]) -> None:
        if shutil.which("make"):
            done = subprocess.run(["make", "-n", *words], cwd=ROOT, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr

    def _curl(self, words: list[str]) -> None:
        """The few forms of curl that the pages use, so that the test needs none."""
        body, url = None, next(word for word in words if word.startswith(LOCAL)).replace(LOCAL, self.address)
        for option, value in pairwise(words):
            body = value.encode() if option == "-d" else body
        headers = {"content-type": "application/json"} if body else {}
        answer = httpx.request("POST" if body else "GET", url, content=body, headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text

    def _pip(self, words: list[str]) -> None:
        extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
        wanted = re.fullmatch(r"(?:shopwright|\.)(?:\[([\w,]+)\])?", words[-1])
        assert wanted, words
        assert set((wanted[1] or "").split(",")) <= {"", *extras}

    def _python(self, words: list[str]) -> None:
        assert (ROOT / words[0]).is_file(), words

    def _plain(self, words: list[str]) -> None:
        subprocess.run(["cp", *words], check=True)

    def _export(self, words: list[str]) -> None:
        name, _, value = words[0].partition("=")
        assert name in (ROOT / "src/shopwright/config.py").read_text(), f"{name} is read by nobody"
        os.environ[name] = value

    def _activate(self, words: list[str]) -> None:
        assert words == [".venv/bin/activate"]


def waited_for(look: Callable[[], re.Match[str] | None], process: subprocess.Popen[bytes], log: Path) -> str:
    """What `look` finds, within a minute, while the process lives."""
    for _ in range(600):
        if found := look():
            return found[0]
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def judged_set(folder: Path) -> Path:
    """A folder of benchmark data with one small judged set."""
    place = folder / "search" / "chorus"
    place.mkdir(parents=True, exist_ok=True)
    names = ("glass teapot", "steel kettle", "green tea", "camping mug", "cast-iron teapot")
    rows = [json.dumps({"id": str(i), "title": name, "price": 1000 + i}) for i, name in enumerate(names)]
    with gzip.open(place / "products.jsonl.gz", "wt") as out:
        out.write("\n".join(rows))
    (place / "queries.tsv").write_text("a\tteapot\nb\ttea\nc\tmug\n")
    (place / "qrels.tsv").write_text("a\t0\t0\t3\na\t0\t4\t2\nb\t0\t2\t3\nc\t0\t3\t3\n")
    return folder


class Replies(BaseHTTPRequestHandler):
    """An endpoint whose model says the same to everything: too little, so the built-in path goes on."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said = json.dumps({"sentences": []}) if "response_format" in body else "yes"
        part = "delta" if body.get("stream") else "message"
        text = json.dumps({"choices": [{part: {"content": said}}]})
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"data: {text}\n\ndata: [DONE]\n\n".encode() if body.get("stream") else text.encode())

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def model() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Replies)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    server.shutdown()
    server.server_close()


@pytest.fixture
def folder(tmp_path: Path, tea_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A reader's folder: the examples, a shop that was ingested before, and nothing of the developer's own home."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    shutil.copytree(tea_home, tmp_path / "my-shop")
    monkeypatch.chdir(tmp_path)
    for name, value in {"HOME": tmp_path, "SHOPWRIGHT_HOME": tmp_path / "default", "XDG_CACHE_HOME": tmp_path}.items():
        monkeypatch.setenv(name, str(value))
    for name in ("SHOPWRIGHT_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "sh")], ids=lambda page: page.name)
def test_commands_run(page: Path, folder: Path, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPWRIGHT_API_KEY", "")
    if page == README:
        shutil.rmtree(folder / "my-shop")  # the README itself shows how it comes about
    terminal = Terminal(folder, model)
    try:
        for block in blocks(page, "sh"):
            for command in block.commands():
                terminal.run(command)
    finally:
        terminal.close()


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=lambda page: page.name)
def test_python_runs_and_prints_what_is_shown(page: Path, folder: Path) -> None:
    shown = outputs(page)
    for block, printed in run_python(page):
        assert printed == shown.get(block.line, printed), f"{page.name}:{block.line}; python tests/pages.py renews it"


def test_shell_blocks_are_marked() -> None:
    for page in PAGES:
        for block in blocks(page):
            assert block.language, f"{page.name}:{block.line}: say what this is (sh, python, text, json ...)"


def test_block_commands_are_read_as_typed() -> None:
    block = Block("sh", "# first\nshopwright search \\\n  'a # b' --limit 3\n\nmake demo\n", 1)
    assert list(block.commands()) == ["shopwright search    'a # b' --limit 3", "make demo"]


# ── the command line ──


def test_the_command_page_is_fresh() -> None:
    assert CLI_PAGE.read_text(encoding="utf-8") == cli_page(), "stale: python tests/pages.py"
    assert TOOL_SHEET.read_text(encoding="utf-8") == tool_sheet(), "stale: python tests/pages.py"


def test_no_command_is_undocumented() -> None:
    text = README.read_text(encoding="utf-8")
    for name in {name.split()[0] for name, _ in commands()}:
        assert f"shopwright {name}" in text, f"README.md does not show `shopwright {name}`"


# ── names ──


@by_name
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if not re.match(r"https?:|mailto:", target):
            file, _, heading = target.partition("#")
            place = (page.parent / file) if file else page
            assert place.exists() or place.name == "page.png", f"{page.name}: {target}"
            if heading:
                assert heading in headings(place), f"{page.name}: {target}"


def headings(page: Path) -> set[str]:
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in found}


@by_name
def test_files_exist(page: Path) -> None:
    for text in inline_code(page):
        if re.fullmatch(r"[\w./-]+\.(?:py|toml|md|jsonl|csv|txt)", text) and "/" in text:
            places = (ROOT / text, ROOT / "src" / "shopwright" / text, page.parent / text)
            assert any(place.exists() for place in places), f"{page.name}: {text}"


@by_name
def test_constants_exist(page: Path) -> None:
    sources = "\n".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    for text in inline_code(page):
        if re.fullmatch(r"[A-Z]{4,}(?:_[A-Z]+)*", text) and text not in BLANKS:
            assert re.search(rf"\b{text}\b", sources), f"{page.name}: {text}"


@by_name
def test_fields_of_types_exist(page: Path) -> None:
    for text in inline_code(page):
        owner, _, name = text.partition(".")
        kind = getattr(types, owner, None) or (Shop if owner == "Shop" else None)
        if isinstance(kind, type) and re.fullmatch(r"\w+", name):
            known = {field.name for field in dataclasses.fields(kind)} if dataclasses.is_dataclass(kind) else set()
            assert name in known | set(dir(kind)), f"{page.name}: {text}"


def mentions(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def test_pages_leave_nothing_out() -> None:
    public = [name for name in dir(Shop) if not name.startswith("_")]
    assert not [name for name in public if f"`{name}" not in mentions("library.md")]
    assert not [name for name in shopwright.__all__ if f"`{name}`" not in mentions("library.md")]
    assert not [path for path in create_app_paths() if f"`{path}`" not in mentions("api.md")]
    assert not [kind for kind in get_args(types.TurnEventKind) if f"`{kind}`" not in mentions("api.md")]
    assert not [name for name in DIALECTS if f"`{name}`" not in mentions("feeds.md")]
    assert not [name for name in FIELDS if f"`{name}`" not in mentions("feeds.md")]
    assert not [one for one in types.Strategy if f"`{one.value}`" not in mentions("intent.md")]
    tools = json.loads(TOOL_SHEET.read_text())["tools"]
    assert not [tool["name"] for tool in tools if f"`{tool['name']}`" not in mentions("plan.md")]


def create_app_paths() -> list[str]:
    class Nameless:
        name = "a shop"

    return list(create_app(Nameless()).openapi()["paths"])


def test_the_drawn_arrows_are_those_of_the_code() -> None:
    arrows: dict[str, set[str]] = {}
    for path in house.FILES:
        own = ".".join(house.room(path))
        others = {".".join(other) for other in house.imported(path)} - {own}
        arrows.setdefault(own, set()).update(other for other in others if house.FLOORS[other.split(".")[0]] > 0)
    drawn = next(block.text for block in blocks(DOCS / "architecture.md", "text") if block.text.startswith("cli "))
    lines = (line.split() for line in drawn.replace("\n ", " ").splitlines())
    known = {owner: set(others) - {"nothing"} for owner, *others in lines}
    assert known == {own: others for own, others in arrows.items() if own in known}
    assert {own for own, others in arrows.items() if others} <= set(known)


def test_every_word_has_its_place() -> None:
    text = README.read_text(encoding="utf-8")
    assert not [word for word in WORDS if f"`{word}`" not in text]
    assert not [word for word in RUN_TIME if not (DOCS / f"{word}.md").exists()]
    assert not [page.name for page in PAGES if page.parent == DOCS and f"docs/{page.name}" not in text]
