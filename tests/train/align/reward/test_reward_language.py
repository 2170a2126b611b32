from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from shopwright.errors import CorpusError, ModelError
from shopwright.train.align.assignments import Assignment
from shopwright.train.align.policy.model import load_policy
from shopwright.train.align.reward.language import (
    Labelled,
    LanguageReward,
    LanguageRewardSettings,
    fit_language_reward,
    language_heads,
    read_language_reward,
)
from train.align.policy.tiny_policy import WORDS, write_tiny_policy


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_policy(tmp_path_factory.mktemp("body") / "base")


def fresh(base: Path, work: Path) -> LanguageReward:
    torch.manual_seed(0)
    return LanguageReward(load_policy(str(base), work), ensemble=2)


def labelled(count: int = 12) -> list[Labelled]:
    """The overall label likes "please", accuracy likes "price"."""
    random = np.random.default_rng(0)
    groups = []
    for _ in range(count):
        responses = tuple(" ".join(random.choice(WORDS, 4)) for _ in range(8))
        labels = {"overall": "please", "accuracy": "price"}
        wanted = {name: np.array([float(word in text) for text in responses]) for name, word in labels.items()}
        groups.append(Labelled("good lamp ?", responses, wanted))
    return groups


def settings(**options: Any) -> LanguageRewardSettings:
    return LanguageRewardSettings(**({"steps": 40, "rate": 3e-3, "head_rate": 1e-2, "save_every": 10} | options))


def test_each_head_learns_its_own_labels(base: Path, tmp_path: Path) -> None:
    model = fresh(base, tmp_path)
    pairs = fit_language_reward(model, labelled(), settings(), tmp_path / "work", lambda _: None)
    assert pairs == 40 * 28
    means, deviations = model.judge("good lamp ?", ["please desk", "price desk", "bad desk"])
    assert means[0, 0] == means[:, 0].max()
    assert means[1, 2] == means[:, 2].max()
    assert (deviations > 0).all()
    model.save(tmp_path / "saved")
    again = read_language_reward(tmp_path / "saved", tmp_path)
    np.testing.assert_allclose(again.judge("good lamp ?", ["please desk"])[0], means[:1], atol=1e-5)
    squeezed = language_heads(again)(Assignment("a", "good lamp ?", {}), ["please desk", "price desk"])
    assert squeezed.shape == (2, 4)
    assert squeezed[1, 1] > squeezed[0, 1]
    with pytest.raises(ModelError, match="train one"):
        read_language_reward(tmp_path, tmp_path)


def test_it_goes_on_from_its_checkpoint_exactly(base: Path, tmp_path: Path) -> None:
    whole, cut = fresh(base, tmp_path), fresh(base, tmp_path)
    fit_language_reward(whole, labelled(), settings(steps=4, save_every=2), tmp_path / "whole", lambda _: None)
    said: list[str] = []

    def interrupt(line: str) -> None:
        said.append(line)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit_language_reward(cut, labelled(), settings(steps=4, save_every=2), tmp_path / "cut", interrupt)
    assert said == [said[0]]
    again = fresh(base, tmp_path)
    fit_language_reward(again, labelled(), settings(steps=4, save_every=2), tmp_path / "cut", lambda _: None)
    for name, weight in whole.state_dict().items():
        assert torch.equal(weight, again.state_dict()[name]), name


def test_groups_without_differences_are_refused(base: Path, tmp_path: Path) -> None:
    same = [Labelled("?", ("good", "bad"), {"overall": np.ones(2)})]
    with pytest.raises(CorpusError, match="different labels"):
        fit_language_reward(fresh(base, tmp_path), same, settings(), tmp_path / "work", lambda _: None)
