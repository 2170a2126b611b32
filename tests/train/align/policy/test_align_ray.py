from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
ray = pytest.importorskip("ray")
pytest.importorskip("ray.train")

from shopwright.train.align.policy.judging import Judge
from shopwright.train.align.policy.loop import align
from shopwright.train.align.policy.model import load_policy
from shopwright.train.align.policy.on_ray import align_on_ray
from shopwright.train.align.policy.settings import AlignSettings
from shopwright.train.align.world.objectives import score
from train.align.policy.aligning import SHARED
from train.align.policy.tiny_policy import assignments, write_tiny_policy

pytestmark = pytest.mark.filterwarnings("ignore")  # Ray warns of its own settings


def test_workers_of_ray_learn_what_one_process_does(tmp_path: Path) -> None:
    base = str(write_tiny_policy(tmp_path / "base"))
    try:
        align_on_ray(AlignSettings(out=tmp_path / "ray", base=base, workers=2, **SHARED), assignments())
    finally:
        ray.shutdown()
    align(
        AlignSettings(out=tmp_path / "one", base=base, **SHARED), assignments(), Judge("rules", score), lambda _: None
    )
    assert (tmp_path / "ray" / "policy" / "align.json").is_file()
    one, two = (load_policy(str(tmp_path / name / "policy"), tmp_path).model.state_dict() for name in ("one", "ray"))
    for name, weight in one.items():
        torch.testing.assert_close(two[name], weight, atol=1e-4, rtol=1e-3)
