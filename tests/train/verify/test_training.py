from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")
pytest.importorskip("onnx")

from shopwright.errors import ModelError
from shopwright.models.judge import EmbeddedJudge
from shopwright.models.protocols import Judge
from shopwright.train import export
from shopwright.train.body import unpack_body
from shopwright.train.export import Card, export_judge
from shopwright.train.transformer import load_body
from shopwright.train.verify.examples import SILENT, SUPPORTS, Example
from shopwright.train.verify.model import JudgeModel
from shopwright.train.verify.training import JudgeSettings, planned_steps, train_judge
from train.tiny import write_tiny_body

pytestmark = pytest.mark.filterwarnings("ignore")
CARD = Card("A judge.", "Apache-2.0", "a tiny body", "nothing", "pytest", "none", limits="Useless.")
THINGS = ("tent", "stove", "mug", "kettle", "pan", "coat", "hat")
COLOURS = ("red", "blue", "green")
EXAMPLES = [
    Example(f"{colour} {thing}", f"big {colour} {said} for two", "made", f"c:{colour}{thing}{said}", 2 * (thing == said), SUPPORTS if thing == said else SILENT, marks=() if thing == said else ((len(colour) + 1, len(colour) + 1 + len(thing)),))
    for colour in COLOURS for thing in THINGS for said in THINGS[:3]
] + [
    Example(f"{thing} light", f"small {colour} {thing}", "made", f"q:{thing}", 2 * (colour == "red"), answer=(6, 6 + len(colour)) if colour == "red" else (0, 0))
    for thing in THINGS for colour in COLOURS
] + [
    Example(f"warm {thing}", f"{other} for tea", "made", f"r:{thing}", 2 * (thing == other)) for thing in THINGS for other in THINGS
]  # fmt: skip
QUICK = JudgeSettings(pieces=120, rate=1e-3)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_body(tmp_path_factory.mktemp("tiny") / "body")


def test_every_example_is_in_the_plan_once() -> None:
    plan = planned_steps([EXAMPLES, EXAMPLES[:40]], QUICK)
    seen = [example for step in plan for batch in step for unit in batch for example in unit]
    ranked = [example for example in EXAMPLES if example.stance is None and example.answer is None]
    assert len(seen) == len(EXAMPLES) + 40 - (len(ranked) - 6 * len(THINGS))
    assert set(EXAMPLES[:40]) <= set(seen)
    assert all(1 <= len(step) <= 3 and all(step) for step in plan)
    assert plan == planned_steps([EXAMPLES, EXAMPLES[:40]], QUICK) != planned_steps([EXAMPLES[:40]], QUICK)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_handful_of_examples_can_be_planned(count: int) -> None:
    plan = planned_steps([EXAMPLES[:count]], QUICK)
    assert sum(len(unit) for step in plan for batch in step for unit in batch) == count
    assert all(batch for step in plan for batch in step)


def test_an_interrupted_training_ends_as_one_that_was_not(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shopwright.train.transformer.SAVED_EVERY", 1)
    passes = [EXAMPLES[:20]]
    for _ in range(len(planned_steps(passes, QUICK))):
        cut = train_judge(base, passes, tmp_path / "cut", QUICK, steps=2, report=lambda _: None)
    whole = train_judge(base, passes, tmp_path / "whole", QUICK, report=lambda _: None)
    for one, other in zip(cut.parameters(), whole.parameters(), strict=True):
        assert torch.allclose(one, other, atol=1e-5)
    with pytest.raises(ModelError, match="other data or settings"):
        train_judge(base, [EXAMPLES[:10]], tmp_path / "cut", QUICK, report=lambda _: None)


def test_it_learns_what_it_is_shown(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a thing is the one that was named, and which word is not: exported, and read by the engine."""
    monkeypatch.setattr(export, "_LEAST_ORDER", 0.5)
    claims = [example for example in EXAMPLES if example.stance is not None]
    settings = JudgeSettings(pieces=300, rate=2e-3)
    model = train_judge(base, [claims] * 40, tmp_path / "work", settings, report=lambda _: None)
    sample = [(example.asked, example.evidence) for example in claims]
    measured = export_judge(model, base, tmp_path, "tiny", CARD, sample)
    assert set(measured) == {"order", "difference", "pairs_per_s", "megabytes"}
    assert "Useless." in (tmp_path / "tiny.md").read_text()
    judge = EmbeddedJudge("tiny", tmp_path)
    assert isinstance(judge, Judge)
    right, wrong = judge.judge([("red tent", "big red tent for two"), ("red tent", "big red mug for two")])
    assert right.supports > 0.5 > wrong.supports
    assert right.relevance > wrong.relevance
    marks = {("red tent"[start:end]): probability for start, end, probability in wrong.unsupported}
    assert marks["tent"] > 0.5 > marks["red"]


def test_what_was_exported_can_be_trained_on(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "_LEAST_ORDER", -1.0)
    model = JudgeModel(load_body(base)).eval()
    sample = [(example.asked, example.evidence) for example in EXAMPLES[:30]]
    export_judge(model, base, tmp_path, "tiny", CARD, sample)
    folder = unpack_body(tmp_path, "tiny", tmp_path / "body")
    again = load_body(folder)
    ids = torch.tensor([[2, 5, 9, 3, 7, 8, 3]])
    sides = torch.tensor([[0, 0, 0, 0, 1, 1, 1]])
    with torch.no_grad():
        before, after = (
            body(input_ids=ids, attention_mask=torch.ones_like(ids), token_type_ids=sides).last_hidden_state[0].numpy()
            for body in (model.body.eval(), again.eval())
        )
    cosines = (before * after).sum(1) / np.linalg.norm(before, axis=1) / np.linalg.norm(after, axis=1)
    assert cosines.min() > 0.95
    trained = train_judge(folder, [EXAMPLES[:20]], tmp_path / "work", QUICK, steps=2, report=lambda _: None)
    assert isinstance(trained, JudgeModel)


def test_a_judge_that_int8_orders_otherwise_is_not_written(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_LEAST_ORDER", 1.1)
    sample = [(example.asked, example.evidence) for example in EXAMPLES[:10]]
    with pytest.raises(ModelError, match="unlike fp32"):
        export_judge(JudgeModel(load_body(base)), base, tmp_path / "out", "tiny", CARD, sample)
    assert not (tmp_path / "out").exists()
