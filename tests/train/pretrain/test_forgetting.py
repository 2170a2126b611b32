import pytest

torch = pytest.importorskip("torch")

from shopwright.train.pretrain.forgetting import Anchor, Steering, fisher


def test_the_pull_is_the_gradient_of_half_the_squared_distance() -> None:
    model = torch.nn.Linear(2, 1, bias=False)
    anchor = Anchor(model, l2=0.5, ewc=2.0, importance=[torch.tensor([[0.0, 3.0]])])
    with torch.no_grad():
        model.weight.add_(1.0)
    anchor.pull()
    assert model.weight.grad[0].tolist() == pytest.approx([0.5, 6.5])


def test_importance_is_where_the_gradient_is_and_averages_to_one() -> None:
    model = torch.nn.Linear(2, 1, bias=False)
    found = fisher(model, lambda number: model(torch.tensor([[0.0, 1.0 + number]])).sum(), 2)[0]
    assert found.tolist() == [[0.0, 2.0]]


def test_replay_rises_over_the_budget_and_falls_under_it() -> None:
    steering = Steering(0.05, 0.25)
    assert steering.measured(0.2) > 0.25
    high = steering.ratio
    assert steering.measured(0.0) < high


def test_replay_settles_where_the_budget_is_met() -> None:
    steering = Steering(0.05, 0.1)
    for _ in range(60):
        rise = 0.1 * (1 - 1.5 * steering.ratio)
        steering.measured(rise)
    assert 0.1 * (1 - 1.5 * steering.ratio) == pytest.approx(0.8 * 0.04879, abs=0.005)
