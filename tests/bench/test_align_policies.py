import json
import math
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from shopwright.bench import align_throughput
from shopwright.bench.align_pareto import Scale, pareto_rows, weightings
from shopwright.bench.task import Options
from shopwright.errors import MissingExtraError


def written(folder: Path) -> Path:
    """Made comparisons in AlpacaEval's layout."""
    place = folder / "reward/alpaca_eval"
    place.mkdir(parents=True)
    asked = [{"id": f"p{prompt}", "text": f"Question number {prompt}?"} for prompt in range(6)]
    answers = [
        {"id": f"{one['id']}-{word}", "prompt": one["id"], "model": word, "text": f"A {word} answer."}
        for one in asked
        for word in ("dull", "fair", "superb")
    ]
    said = [f"{one['prompt']}\tb\t{one['id']}\t{place / 20}\tv2" for place, one in enumerate(answers)]
    (place / "prompts.jsonl").write_text("\n".join(map(json.dumps, asked)))
    (place / "responses.jsonl").write_text("\n".join(map(json.dumps, answers)))
    (place / "preferences.tsv").write_text("\n".join(said))
    return folder


def test_every_method_gets_the_same_steps_and_has_its_rows() -> None:
    assert len(weightings()) == 5
    scale = Scale(
        assignments=60, imitation=(1, 1), steps=8, rounds=2, prompts=2, group=2, longest=6, held=2, seeds=(0,)
    )
    rows = {row.metric: row for row in pareto_rows(Options(), scale)}
    methods = ("", ":sum", ":gdpo", ":soups", ":start", ":best_of_4")
    told = {f"{figure}{method}" for figure in ("hypervolume", "worst_objective") for method in methods}
    assert set(rows) == told | {"hypervolume:even"}
    assert all(0 <= row.value <= 1 for row in rows.values())


def test_rates_are_told_beside_those_of_the_yardstick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("trl")
    for name, value in (("_GROUPS", 2), ("_NEW", 4), ("_STEPS", 1), ("_PROMPTS", 2), ("_GROUP", 2)):
        monkeypatch.setattr(align_throughput, name, value)
    monkeypatch.setattr(align_throughput, "_PAIRS", (2,))
    monkeypatch.setattr(align_throughput, "_BATCHES", (4,))
    rows = {row.metric: row.value for row in align_throughput.throughput_rows(Options(data=written(tmp_path)))}
    assert set(rows) == {f"{what}_per_cpu_s{of}" for what in ("pairs", "completions") for of in ("", ":trl")}
    assert all(value > 0 and math.isfinite(value) for value in rows.values())


def test_without_trl_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trl", None)
    with pytest.raises(MissingExtraError, match="train"):
        list(align_throughput.throughput_rows(Options(data=tmp_path)))
