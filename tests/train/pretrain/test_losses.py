import math

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from shopwright.train.pretrain.data import IGNORED
from shopwright.train.pretrain.losses import cross_entropy, divergence, nats


def example() -> tuple[torch.Tensor, ...]:
    torch.manual_seed(0)
    states = torch.randn(3, 7, 8, requires_grad=True)
    head = torch.randn(11, 8, requires_grad=True)
    targets = torch.randint(0, 11, (3, 7))
    targets[0, 0] = IGNORED
    return states, head, targets


@pytest.mark.parametrize("z_loss", [0.0, 0.1])
def test_value_and_gradients_are_those_of_the_plain_formula(z_loss: float) -> None:
    states, head, targets = example()
    logits = states @ head.t()
    known = (targets != IGNORED).float()
    plain = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
    plain = plain + z_loss * (logits.logsumexp(-1).square() * known).sum() / known.sum()
    expected = torch.autograd.grad(plain, (states, head))
    found = cross_entropy(states, head, targets, z_loss, piece=4)
    assert found.item() == pytest.approx(plain.item(), rel=1e-5)
    for one, other in zip(torch.autograd.grad(2 * found, (states, head)), expected, strict=True):
        assert torch.allclose(one, 2 * other, atol=1e-5)


def test_nats_of_even_odds() -> None:
    assert nats(torch.zeros(2, 3, 4), torch.randn(5, 4), torch.zeros(2, 3, dtype=torch.long)) == pytest.approx(
        6 * math.log(5), rel=1e-5
    )


def test_divergence_is_zero_from_itself_and_positive_from_another() -> None:
    states, head, _ = example()
    assert divergence(states, head, states, head, piece=5).item() == pytest.approx(0, abs=1e-6)
    assert divergence(states, head, states.detach() + 1, head.detach() * 2).item() > 0
