import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from shopwright.errors import ConfigError
from shopwright.train.pretrain.loop import pretrain
from shopwright.train.pretrain.model import load
from train.pretrain.sharing import CONTINUED, FRESH
from train.pretrain.tiny_corpus import tiny

SOURCES = [str(Path(__file__).parents[3] / name) for name in ("src", "tests")]


def figures(folder: Path, *names: str) -> list[float]:
    records = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [record[name] for record in records for name in names if name in record]


@pytest.fixture(scope="module")
def shared(corpus: Path, base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Trainings by two processes over gloo, and what each process said."""
    pytest.importorskip("accelerate")
    folder = tmp_path_factory.mktemp("two")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    both = {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    both |= {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(SOURCES), "CUDA_VISIBLE_DEVICES": ""}
    command = [sys.executable, "-m", "train.pretrain.sharing", str(corpus), str(folder), str(base)]
    started = [
        subprocess.Popen(
            command,
            env=os.environ | both | {"RANK": str(rank), "LOCAL_RANK": str(rank)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rank in range(2)
    ]
    said = [process.communicate(timeout=100)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0], "\n".join(said)
    return folder, said


@pytest.mark.parametrize(("name", "options"), [("whole", FRESH), ("continued", CONTINUED)])
def test_two_processes_compute_what_one_does(
    corpus: Path, base: Path, tmp_path: Path, shared: tuple[Path, list[str]], name: str, options: dict[str, Any]
) -> None:
    pretrain(tiny(corpus, tmp_path, base=str(base) if name == "continued" else "", **options))
    for figure in ("loss", "grad_norm", "bits_per_byte:general"):
        ours = figures(shared[0] / name, figure)
        assert len(ours) >= 2
        assert ours == pytest.approx(figures(tmp_path, figure), abs=1e-4)
    one, two = load(tmp_path).state_dict(), load(shared[0] / name).state_dict()
    assert all(torch.allclose(one[each], two[each], atol=1e-3) for each in one)


def test_each_process_holds_half_and_only_the_first_tells(shared: tuple[Path, list[str]]) -> None:
    first, second = shared[1]
    assert all("share 0.50" in each for each in (first, second))
    assert "2 x cpu" in first
    assert "step 3" in first
    assert "step" not in second


def test_an_interrupted_shared_training_ends_in_the_same_weights(shared: tuple[Path, list[str]]) -> None:
    whole, cut = (load(shared[0] / name).state_dict() for name in ("whole", "cut"))
    assert all(torch.equal(whole[name], cut[name]) for name in whole)
    assert figures(shared[0] / "whole", "loss") == figures(shared[0] / "cut", "loss")


def test_one_process_goes_on_from_what_two_began(corpus: Path, shared: tuple[Path, list[str]]) -> None:
    assert pretrain(tiny(corpus, shared[0] / "cut", **FRESH)).step == 3


def test_the_number_of_processes_must_fit(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="accelerate launch"):
        pretrain(tiny(corpus, tmp_path, fsdp=True))
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(ConfigError, match="2 processes were started without --fsdp"):
        pretrain(tiny(corpus, tmp_path))
