import math
from collections.abc import Callable

import pytest

torch = pytest.importorskip("torch")

from shopwright.errors import ConfigError, ModelError
from shopwright.train.pretrain.merge import Weights, linear, slerp, sweep, ties

START = {"w": torch.tensor([1.0, 0.0]), "count": torch.tensor(3)}
END = {"w": torch.tensor([0.0, 1.0]), "count": torch.tensor(5)}


def test_linear_is_on_the_line() -> None:
    merged = linear(START, END, 0.25)
    assert merged["w"].tolist() == [0.75, 0.25]
    assert merged["count"] == 5


def test_slerp_keeps_the_norm_of_unit_vectors() -> None:
    half = slerp(START, END, 0.5)["w"]
    assert half.tolist() == pytest.approx([math.sqrt(0.5)] * 2)


def test_slerp_of_parallel_vectors_is_linear() -> None:
    assert slerp({"w": torch.ones(2)}, {"w": 3 * torch.ones(2)}, 0.5)["w"].tolist() == [2.0, 2.0]
    assert slerp({"w": torch.zeros(2)}, {"w": torch.ones(2)}, 0.5)["w"].tolist() == [0.5, 0.5]


@pytest.mark.parametrize("way", [linear, slerp])
def test_the_ends_are_the_models(way: Callable[..., Weights]) -> None:
    assert torch.allclose(way(START, END, 0.0)["w"], START["w"])
    assert torch.allclose(way(START, END, 1.0)["w"], END["w"], atol=1e-6)


def test_ties_trims_elects_and_averages_those_that_agree() -> None:
    start = {"w": torch.zeros(4)}
    one = {"w": torch.tensor([4.0, 0.1, -3.0, 0.0])}
    two = {"w": torch.tensor([2.0, 0.0, 5.0, 0.1])}
    assert ties(start, [one, two], 1.0, density=0.5)["w"].tolist() == [3.0, 0.0, 5.0, 0.0]
    assert ties(start, [one, two], 0.5, density=0.5)["w"].tolist() == [1.5, 0.0, 2.5, 0.0]


def test_ties_refuses_a_density_of_nothing() -> None:
    with pytest.raises(ConfigError, match="density"):
        ties(START, [END], 1.0, density=0.0)


def test_models_of_different_shapes_are_refused_by_name() -> None:
    with pytest.raises(ModelError, match="'v'"):
        linear(START, {**END, "v": torch.ones(1)}, 0.5)


def test_a_sweep_names_its_shares() -> None:
    assert [share for share, _ in sweep(START, END, "slerp", (0.0, 0.5, 1.0))] == [0.0, 0.5, 1.0]
