import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("accelerate")

from shopwright.errors import ConfigError
from shopwright.train.align.policy.loop import Training, align
from shopwright.train.align.policy.model import load_policy
from shopwright.train.align.policy.settings import AlignSettings
from train.align.policy.aligning import SHARED
from train.align.policy.tiny_policy import assignments, tiny_judge, write_tiny_policy

SOURCES = [str(Path(__file__).parents[4] / name) for name in ("src", "tests")]


def run_two(out: Path, base: Path) -> list[str]:
    """What two processes over gloo said."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    both = {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    both |= {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(SOURCES), "CUDA_VISIBLE_DEVICES": ""}
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "train.align.policy.aligning", str(out), str(base)],
            env=os.environ | both | {"RANK": str(rank), "LOCAL_RANK": str(rank)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rank in range(2)
    ]
    said = [process.communicate(timeout=100)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0], "\n".join(said)
    return said


def test_two_processes_learn_what_one_does(tmp_path: Path) -> None:
    base = write_tiny_policy(tmp_path / "base")
    run_two(tmp_path / "two", base)
    align(AlignSettings(out=tmp_path / "one", base=str(base), **SHARED), assignments(), tiny_judge(), lambda _: None)
    one, two = (load_policy(str(tmp_path / name / "policy"), tmp_path).model.state_dict() for name in ("one", "two"))
    for name, weight in one.items():
        torch.testing.assert_close(two[name], weight, atol=1e-5, rtol=1e-4)
    lines = (tmp_path / "two" / "grpo" / "log.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [1, 2, 3]


def test_a_step_must_divide_among_processes(tmp_path: Path) -> None:
    from shopwright.train.pretrain.sharding import Processes

    processes = Processes()
    processes.count = 3
    settings = AlignSettings(out=tmp_path, base=str(write_tiny_policy(tmp_path / "base")), prompts=4)
    with pytest.raises(ConfigError, match="multiple of the 3 processes"):
        Training(settings, assignments(), tiny_judge(), processes=processes)
