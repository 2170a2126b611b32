from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
import typer
from typer.testing import CliRunner

from shopwright.config import option
from shopwright.errors import ConfigError
from shopwright.flags import flags


@dataclass(frozen=True, slots=True)
class Settings:
    out: Path = field(metadata={"help": "where it goes"})
    rate: float = option(0.5, "how fast")
    steps: int | None = option(None, "how long", "budget")
    minutes: float | None = option(None, "how long by the clock", "budget")
    shape: Literal["round", "flat"] = option("round", "of the thing")
    tied: bool = option(True, "whether tied")
    paths: tuple[Path, ...] = option((), "what goes in")

    def __post_init__(self) -> None:
        if self.rate <= 0:
            raise ConfigError(f"--rate {self.rate}: above 0")


def run(*arguments: str, configs: Path | None = None) -> Settings:
    seen: list[Settings] = []
    app = typer.Typer()

    @app.command("go")
    @flags(Settings, configs)
    def go(settings: Settings) -> None:
        """Goes."""
        seen.append(settings)

    result = CliRunner().invoke(app, list(arguments), catch_exceptions=True)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert seen, result.output
    return seen[0]


def test_flags_are_the_fields() -> None:
    settings = run("--out", "x", "--steps", "3", "--shape", "flat", "--no-tied", "--paths", "a", "--paths", "b")
    assert settings == Settings(Path("x"), 0.5, 3, None, "flat", False, (Path("a"), Path("b")))
    assert run("--out", "x") == Settings(Path("x"))


def test_a_flag_overrides_the_file_and_the_file_the_default(tmp_path: Path) -> None:
    file = tmp_path / "one.toml"
    file.write_text('out = "y"\nrate = 2.0\nsteps = 7\npaths = ["c"]\n')
    settings = run("--config", str(file), "--steps", "9")
    assert settings == Settings(Path("y"), 2.0, 9, paths=(Path("c"),))
    assert run("--config", "one", configs=tmp_path).rate == 2.0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--out is missing: where it goes"),
        (("--out", "x", "--rate", "-1"), "--rate -1.0: above 0"),
        (("--out", "x", "--config", "gone"), "--config gone: No such file"),
    ],
)
def test_what_cannot_work_is_named(arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        run(*arguments)


@pytest.mark.parametrize(("text", "words"), [("speed = 1\n", "unknown option 'speed'"), ("out =", "not TOML")])
def test_a_bad_file_is_named(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(text)
    with pytest.raises(ConfigError, match=words):
        run("--out", "x", "--config", str(tmp_path / "bad.toml"))


def test_a_flag_of_a_group_replaces_what_the_file_says_of_it(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text('out = "y"\nminutes = 2.0\n')
    assert run("--config", "one", "--steps", "3", configs=tmp_path) == Settings(Path("y"), steps=3)
    assert run("--config", "one", "--rate", "3", configs=tmp_path) == Settings(Path("y"), rate=3, minutes=2.0)
