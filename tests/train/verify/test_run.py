from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")
pytest.importorskip("onnx")

from shopwright.models.judge import DEFAULT_JUDGE, EmbeddedJudge
from shopwright.models.onnx_files import read_card
from shopwright.skills.verify.calibrated import read_calibrated
from shopwright.train import export
from shopwright.train.verify import run
from shopwright.train.verify.examples import is_dev, read_sets
from shopwright.train.verify.run import PASSES, JudgePlan, judge, training_passes
from shopwright.train.verify.training import JudgeSettings
from shopwright.train.verify.written import Written, read_documents
from train.tiny import write_tiny_body

pytestmark = pytest.mark.filterwarnings("ignore")
FILES = {f"{DEFAULT_JUDGE}.{end}" for end in ("onnx", "tokenizer.json", "md")} | {"verifier.json"}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_body(tmp_path_factory.mktemp("tiny") / "body")


@pytest.fixture(scope="module")
def texts(own_file: Path) -> list[Written]:
    return read_documents(own_file)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """No packaged documents, and an export that lets a body pass that knows nothing."""
    monkeypatch.setattr(run, "documents", lambda: iter(()))
    monkeypatch.setattr(export, "_LEAST_ORDER", -1.0)


def test_passes_keep_away_from_what_is_kept(texts: list[Written], sets: Path) -> None:
    public, _ = read_sets(sets)
    passes = training_passes(public, texts, 0)
    assert len(passes) == len(PASSES)
    assert len(passes[0]) < len(passes[1]) > len(passes[2])
    assert not {example.source for example in passes[0]} & {"written", "written_sentences"}
    for example in (example for one in passes for example in one):
        assert example.source.startswith("written") or not is_dev(example.group)
    trained = {example.group.split(":")[1] for example in passes[1] if example.source.startswith("written")}
    assert trained == {text.id for text in texts if text.split == "train"}


def test_without_public_sets_there_is_no_pass_over_them(texts: list[Written]) -> None:
    assert len(training_passes([], texts, 0)) == len(PASSES) - 1


@pytest.mark.usefixtures("few")
def test_a_trial_writes_a_judge_with_its_calibration(
    base: Path, texts: list[Written], sets: Path, tmp_path: Path
) -> None:
    told: list[str] = []
    plan = JudgePlan(
        tmp_path / "work",
        tmp_path / "out",
        tmp_path / "none",
        sets,
        tuple(texts),
        base,
        command="pytest",
        seed=5,
        steps=2,
    )
    outcome = judge(plan, told.append)
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    assert outcome.before == {}
    assert 0.0 <= outcome.after["supported_auroc"] <= 1.0
    assert "30 documents" in told[0]
    trained = EmbeddedJudge(folder=tmp_path / "out")
    assert read_calibrated(tmp_path / "out").judge == trained.fingerprint
    card = (tmp_path / "out" / f"{DEFAULT_JUDGE}.md").read_text()
    assert "seed=5" in card
    assert "`pytest`" in card
    assert read_card(tmp_path / "out" / f"{DEFAULT_JUDGE}.md")["licence"] == "CC-BY-SA-4.0"


@pytest.mark.usefixtures("few")
def test_the_gate_keeps_what_is_better(
    base: Path, texts: list[Written], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trial becomes what runs; another starts from it, and is written only when it is better."""
    first, second = tmp_path / "first", tmp_path / "second"
    judge(JudgePlan(tmp_path / "a", first, own=tuple(texts), models=tmp_path, base=base, steps=2), lambda _: None)
    monkeypatch.setattr(run, "PASSES", (0.0, 0.05, 0.05))
    plan = JudgePlan(tmp_path / "b", second, first, own=tuple(texts), settings=JudgeSettings(rate=1e-6))
    outcome = judge(plan, lambda _: None)
    assert (tmp_path / "b" / "base" / "model.safetensors").is_file()
    assert set(outcome.before) < set(outcome.after)
    names = ("supported_auroc", "answered_auroc")
    better = sum(outcome.after[name] for name in names) > sum(outcome.before[name] for name in names)
    assert outcome.promoted is better
    assert second.exists() is better


@pytest.mark.usefixtures("few")
def test_what_is_as_good_as_what_runs_is_thrown_away(
    base: Path, texts: list[Written], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "_worth", lambda _: 1.0)
    monkeypatch.setattr(run, "PASSES", (0.0, 0.05, 0.05))
    outcome = judge(JudgePlan(tmp_path / "work", tmp_path / "out", own=tuple(texts), base=base), lambda _: None)
    assert not outcome.promoted
    assert not (tmp_path / "out").exists()
