"""The house holds: imports go to lower floors or stay in their package, rooms are small, the import is light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "shopwright"
FLOORS = {
    "types": 0, "errors": 0, "config": 0, "metrics": 0, "selective": 0, "offpolicy": 0,
    "catalog": 1, "models": 1, "sequences": 1, "flags": 1,
    "search": 2, "knowledge": 2,
    "skills": 3,
    "assistant": 4,
    "shop": 5, "train": 5, "collecting": 5, "checking": 5,
    "bench": 6, "serve": 6, "doctor": 6,
    "cli_train": 6, "cli_lm": 6, "cli_think": 6, "cli_rewrites": 6, "cli_verify": 6, "cli_memory": 6, "cli_events": 6, "cli_intent": 6, "cli_recommend": 6, "cli_recommend_train": 6, "cli_dial": 6, "cli_align": 6, "cli_policy": 6, "cli": 7,
    "__main__": 8,
}  # fmt: skip
FILES = sorted(SOURCE.rglob("*.py"))


def room(path: Path) -> tuple[str, ...]:
    """("skills", "rewrite") for a skill, ("catalog",) for anything else in a package, ("types",) for a module."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return parts[:2] if parts[0] == "skills" and len(parts) > 2 else parts[:1]


def imported(path: Path) -> Iterator[tuple[str, ...]]:
    """The rooms that a file imports from, also inside functions and for types."""
    for node in ast.walk(ast.parse(path.read_text())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "shopwright" and len(parts) > 1 and parts[1] in FLOORS:
                yield tuple(parts[1:3]) if parts[1] == "skills" and len(parts) > 3 else (parts[1],)


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.name != "__init__.py" or path.parent != SOURCE], ids=str
)
def test_arrows_go_down(path: Path) -> None:
    own = room(path)
    assert own[0] in FLOORS, f"{own[0]} has no floor: add it to DESIGN and to FLOORS"
    for other in imported(path):
        if other != own and (FLOORS[own[0]], FLOORS[other[0]]) != (0, 0):  # the ground floor is one room
            assert FLOORS[other[0]] < FLOORS[own[0]], f"{path.relative_to(SOURCE)} imports {'.'.join(other)}"


def test_no_circles_inside_a_package() -> None:
    modules = {".".join(("shopwright", *path.relative_to(SOURCE).with_suffix("").parts)): path for path in FILES}
    arrows = {
        name: {found for found in _modules(path) if found in modules and found != name}
        for name, path in modules.items()
    }
    left = dict(arrows)
    while free := [name for name, others in left.items() if not others & left.keys()]:
        for name in free:
            del left[name]
    assert not left, f"circle among {sorted(left)}"


def _modules(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_rooms_are_small_and_say_what_they_are(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 600
    assert ast.get_docstring(ast.parse(text)), f"{path.name} has no docstring"
    assert path.stem not in {"utils", "util", "misc", "common", "helpers", "legacy"}


def test_folders_are_shallow() -> None:
    assert all(len(path.relative_to(SOURCE).parts) <= 4 for path in FILES)


def test_import_is_light() -> None:
    """Under 0.5 s, and neither torch nor any other heavy library comes along (fastest of three: machines are noisy)."""
    code = (
        "import time; start = time.perf_counter(); import shopwright; took = time.perf_counter() - start; import sys; "
        "heavy = {'torch', 'transformers', 'onnxruntime', 'faiss', 'tantivy', 'fastapi', 'sqlalchemy'} & sys.modules.keys(); "
        "print(took, ','.join(heavy))"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for _ in range(3)
    ]
    assert all(run.split()[1:] == [] for run in runs), runs
    assert min(float(run.split()[0]) for run in runs) < 0.5


def test_everything_runs_without_torch() -> None:
    code = "import sys; import shopwright.cli, shopwright.shop, shopwright.serve.app; print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_public_names() -> None:
    import shopwright

    assert len(shopwright.__all__) == 6
    assert all(getattr(shopwright, name) for name in shopwright.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        shopwright.nothing  # noqa: B018
