"""`shopwright memory`: what it shows, exports and forgets, and what it says when something is wrong."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from shopwright import cli, cli_memory
from shopwright.catalog.memory import Memory
from shopwright.catalog.profile import Profiles
from shopwright.catalog.store import Store
from shopwright.errors import ConfigError
from shopwright.types import ASSISTANT, SHOPPER, Preference, Utterance

WORDS = "my boots are size 44, [bold]wide[/]"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop that knows one shopper with one conversation, and one conversation of nobody."""
    monkeypatch.setattr(cli_memory.console, "width", 200)
    with opened(tmp_path) as store:
        memory, profiles, now = Memory(store), Profiles(store), time.time()
        memory.belongs("s1", "anna")
        memory.remember("s1", [Utterance(0, 0, SHOPPER, WORDS, now), Utterance(0, 1, ASSISTANT, "Noted.", now)])
        memory.remember("s2", [Utterance(0, 0, SHOPPER, "something about lanterns", now)])
        profiles.give_consent("anna", now)
        profiles.keep("anna", Preference("size", "boots 44", WORDS, "s1", 0, now, now + 1000))
        profiles.keep("anna", Preference("like", "oak", "I like oak", "s1", 0, now - 9, now - 1))
    return tmp_path


@contextmanager
def opened(home: Path) -> Iterator[Store]:
    with closing(Store.open(home / "store.db")) as store:
        yield store


def run(home: Path, *words: str) -> Result:
    return CliRunner().invoke(cli.app, ["memory", *words, "--home", str(home)])


def done(home: Path, *words: str) -> str:
    result = run(home, *words)
    assert result.exit_code == 0, f"{result.output}{result.exception!r}"
    return result.stdout


def test_a_shopper_is_shown(home: Path) -> None:
    shown = done(home, "show", "--shopper", "anna")
    assert shown.startswith("anna: agreed on 20")
    assert "boots 44" in shown
    assert WORDS in shown  # as it stands, markup and all
    assert "s1:0" in shown
    assert "oak" not in shown  # has expired
    assert "conversation s1: 1 turns, 2 utterances" in shown


def test_a_conversation_is_shown(home: Path) -> None:
    shown = done(home, "show", "--session", "s1")
    assert shown.splitlines() == [
        "conversation s1 of shopper anna: 2 utterances",
        f"0.0 shopper: {WORDS}",
        "0.1 assistant: Noted.",
    ]
    assert done(home, "show", "--session", "s2").startswith("conversation s2: 1 utterances")


def test_the_export_is_json(home: Path) -> None:
    kept = json.loads(done(home, "export", "--shopper", "anna"))
    assert [one["value"] for one in kept["preferences"]] == ["boots 44"]
    assert kept["sessions"][0]["utterances"][0]["text"] == WORDS
    kept = json.loads(done(home, "export", "--session", "s1"))
    assert (kept["shopper"], len(kept["utterances"])) == ("anna", 2)


def test_a_shopper_is_forgotten_and_it_is_proved(home: Path) -> None:
    told = done(home, "forget", "--shopper", "anna", "--prove").splitlines()
    assert told[0] == "forgotten: utterances 2, preferences 2, sessions 1, consents 1"
    assert told[1] == "the bytes are gone from the store's files too"
    assert told[2].endswith(("in 1 file before, in 0 files after", "in 2 files before, in 0 files after"))
    assert not any(b"boots are size 44" in path.read_bytes() for path in home.glob("store.db*"))
    assert done(home, "show", "--shopper", "anna") == "anna: has not agreed to a profile\nnothing is kept\n"
    assert "lanterns" in done(home, "show", "--session", "s2")


def test_a_conversation_is_forgotten_with_what_was_said_in_it(home: Path) -> None:
    assert done(home, "forget", "--session", "s1").startswith("forgotten: utterances 2, preferences 2, sessions 1\n")
    assert done(home, "forget", "--session", "s1") == "nothing was kept\n"
    assert json.loads(done(home, "export", "--shopper", "anna"))["preferences"] == []


def test_what_somebody_else_said_too_is_named(home: Path) -> None:
    with opened(home) as store:
        Memory(store).remember("s3", [Utterance(0, 0, SHOPPER, "something about lanterns")])
    told = done(home, "forget", "--session", "s2", "--prove")
    assert "in 1 file after" in told
    assert "store.db: 1 times, where somebody else said it" in told


def test_who_still_reads_is_told(home: Path) -> None:
    with opened(home) as store, store.reading() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM utterances")
        told = done(home, "forget", "--session", "s1")
    assert "another process still reads an earlier state" in told


@pytest.mark.parametrize("words", [[], ["--shopper", "anna", "--session", "s1"], ["--shopper", ""]])
@pytest.mark.parametrize("word", ["show", "export", "forget"])
def test_one_of_the_two_has_to_be_named(home: Path, word: str, words: list[str]) -> None:
    error = run(home, word, *words).exception
    assert isinstance(error, ConfigError)
    assert "--shopper ID or --session ID" in str(error)


def test_a_folder_without_a_shop_stays_empty(tmp_path: Path) -> None:
    error = run(tmp_path / "none", "show", "--shopper", "anna").exception
    assert isinstance(error, ConfigError)
    assert "there is no shop; name its folder with --home" in str(error)
    assert not (tmp_path / "none").exists()
