"""A model learns what it is taught, goes on where it stopped, and refuses settings that make no sense."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")

from facts.shelf import TEXTS, catalogue
from shopwright.errors import ConfigError, ModelError
from shopwright.train.facts.paraphrase import answer, question
from shopwright.train.facts.speaker import Speaker
from shopwright.train.facts.teaching import FactsSettings, teach
from shopwright.train.facts.tuning import lessons
from train.rewrite.tiny_decoder import write_tiny_decoder

pytestmark = pytest.mark.filterwarnings("ignore")
SETTINGS = FactsSettings(exposures=4, questions=8, statements=2, windows=1)
TAUGHT = lessons(catalogue(), 4, 2)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_decoder(tmp_path_factory.mktemp("tiny") / "base")


def loss(speaker: Speaker) -> float:
    from random import Random

    rows = [speaker.asked(question(topic, "test", Random(3)), answer(topic)) for topic in TAUGHT.known]
    with torch.no_grad():
        sums, counts = speaker.logprobs(rows)
    return -float(sums.sum() / counts.sum())


def test_it_learns_what_it_is_taught(base: Path, tmp_path: Path) -> None:
    speaker = Speaker(base)
    before, told = loss(speaker), list[str]()
    replay = speaker.windows(TEXTS)
    teach(speaker, TAUGHT, replay, SETTINGS, tmp_path / "facts", 40, rate=3e-3, report=told.append)
    assert loss(speaker) < 0.7 * before
    assert told[-1].startswith("step 40 of 40, loss ")


def test_an_interrupted_stage_ends_as_one_that_was_not(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shopwright.train.transformer.SAVED_EVERY", 1)
    for _ in range(2):
        cut = Speaker(base)
        teach(cut, TAUGHT, [], SETTINGS, tmp_path / "1" / "facts", 4, rate=1e-3, steps=2, report=lambda _: None)
    whole = Speaker(base)
    teach(whole, TAUGHT, [], SETTINGS, tmp_path / "2" / "facts", 4, rate=1e-3, report=lambda _: None)
    assert loss(cut) == pytest.approx(loss(whole), abs=1e-4)
    other = TAUGHT.refusing(TAUGHT.known[:1])
    with pytest.raises(ModelError, match="other data or settings"):
        teach(Speaker(base), other, [], SETTINGS, tmp_path / "1" / "facts", 4, rate=1e-3, report=lambda _: None)


def test_exposures_become_steps() -> None:
    settings = FactsSettings(exposures=100, questions=50, refusals=0.4, bounds=0.25)
    assert settings.steps(300) == (750, 250)
    assert FactsSettings(exposures=1).steps(1) == (2, 0)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"exposures": 0}, "--exposures 0: expected a number of at least 1"),
        ({"questions": 3}, "--questions 3"),
        ({"refusals": 1.0}, "--refusals 1.0: expected a number from 0 to 0.9"),
        ({"rate": float("nan")}, "--rate nan"),
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, float], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        FactsSettings(**wrong)
