import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from safetensors.torch import load_file
from typer.testing import CliRunner

from shopwright import cli
from shopwright.errors import ConfigError
from shopwright.train.align.assignments import write_assignments
from train.align.policy.tiny_policy import assignments, write_tiny_policy


def run(*words: str) -> str:
    result = CliRunner().invoke(cli.app, ["train", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_from_demonstrations_to_a_point_of_the_front(tmp_path: Path) -> None:
    base, asked = write_tiny_policy(tmp_path / "base"), tmp_path / "asked.jsonl"
    write_assignments(assignments(), asked)
    usual = ["--assignments", str(asked), "--steps", "2", "--prompts", "2", "--longest", "6", "--precision", "fp32"]
    run("align", "--out", str(tmp_path / "sft"), "--base", str(base), "--method", "sft", *usual)
    policy = str(tmp_path / "sft" / "policy")
    run("align", "--out", str(tmp_path / "both"), "--base", policy, "--group", "2", "--conditioned", *usual)
    alone = ["--group", "2", *usual]
    for name in ("professionalism", "accuracy", "coverage", "depth"):
        run("align", "--out", str(tmp_path / name), "--base", policy, "--weights", f"{name}=9", *alone)
    measured = ["--assignments", str(asked), "--most", "4", "--longest", "6"]
    front = tmp_path / "front"
    run(
        "align-front", "--policies", str(tmp_path / "both" / "policy"), "--out", str(front), "--best-of", "3", *measured
    )
    points = json.loads((front / "front.json").read_text())["points"]
    assert [point["name"] for point in points][:2] == ["both even", "both professionalism"]
    assert len(points) == 10
    assert "<svg" in (front / "front.svg").read_text()
    said = run("align-pick", "--front", str(front), "--weights", "accuracy=1", "--to", str(tmp_path / "picked"))
    assert "put after each prompt: Weigh" in said
    soups = tmp_path / "soups"
    own = [part for name in ("professionalism", "accuracy", "coverage", "depth") for part in
           ("--policies", str(tmp_path / name / "policy"))]  # fmt: skip
    run("align-front", *own, "--soups", "--out", str(soups), *measured)
    assert (soups / "mixed" / "soup" / "depth" / "model.safetensors").is_file()
    run("align-pick", "--front", str(soups), "--to", str(tmp_path / "soup"))
    assert (tmp_path / "soup" / "align.json").is_file()


def test_rounds_of_branches_are_averaged_and_gone_on_with(tmp_path: Path) -> None:
    base, asked = write_tiny_policy(tmp_path / "base"), tmp_path / "asked.jsonl"
    write_assignments(assignments(), asked)
    options = ["--assignments", str(asked), "--steps", "2", "--prompts", "2", "--group", "2", "--longest", "6",
               "--precision", "fp32", "--rounds", "2"]  # fmt: skip
    words = ["align", "--out", str(tmp_path / "out"), "--base", str(base), *options]
    said = run(*words)
    assert "round 2 of 2, depth" in said
    weights = [
        load_file(tmp_path / "out" / "round-2" / name / "policy" / "model.safetensors")
        for name in ("professionalism", "accuracy", "coverage", "depth")
    ]
    mean = load_file(tmp_path / "out" / "policy" / "model.safetensors")
    for name, weight in mean.items():
        torch.testing.assert_close(weight, sum(each[name] for each in weights) / 4)
    assert not torch.equal(mean["model.norm.weight"], weights[0]["model.norm.weight"])
    said = run("align-front", "--policies", str(tmp_path / "out"), "--out", str(tmp_path / "front"), "--best-of", "2",
               "--assignments", str(asked), "--most", "4", "--longest", "6")  # fmt: skip
    assert "out even:" in said
    run("align-pick", "--front", str(tmp_path / "front"), "--weights", "depth=9", "--to", str(tmp_path / "picked"))
    assert (tmp_path / "picked" / "model.safetensors").is_file()
    assert "step 1 of" not in run(*words), "all branches are there already"
    with pytest.raises(ConfigError, match="--rate"):
        run(*words, "--rate", "1")


def test_a_made_assignment_of_the_demo_shop_is_trained_on(tmp_path: Path) -> None:
    base = write_tiny_policy(tmp_path / "base")
    options = ["--count", "40", "--steps", "2", "--prompts", "2", "--group", "2", "--longest", "6"]
    said = run("align", "--out", str(tmp_path / "out"), "--base", str(base), *options)
    assert "assignments" in said
    assert (tmp_path / "out" / "policy" / "align.json").is_file()
