from __future__ import annotations

import math
from dataclasses import replace

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")

from shopwright.train.verify.examples import NOT_SUPPORTED, REFUTES, SILENT, SUPPORTS
from shopwright.train.verify.model import UNKNOWN, Targets, judge_loss, listwise_loss, stance_loss


def targets(rows: int = 2, pieces: int = 5) -> Targets:
    """Nothing is known; the last two pieces are evidence."""
    unknown = torch.full((rows,), UNKNOWN)
    evidence = torch.zeros((rows, pieces), dtype=torch.bool)
    evidence[:, -2:] = True
    return Targets(
        unknown, unknown, torch.arange(rows), unknown, unknown, torch.full((rows, pieces), UNKNOWN), evidence
    )


def test_what_is_not_known_costs_nothing() -> None:
    assert judge_loss(torch.randn(2, 6), torch.randn(2, 5, 3), targets()) == {}


def test_every_head_costs_what_is_known_of_it() -> None:
    known = replace(
        targets(),
        relevance=torch.tensor([2, 0]),
        group=torch.tensor([0, 0]),
        stance=torch.tensor([SUPPORTS, UNKNOWN]),
        begin=torch.tensor([3, UNKNOWN]),
        end=torch.tensor([4, UNKNOWN]),
        marks=torch.tensor([[UNKNOWN, 0, 1, UNKNOWN, UNKNOWN], [UNKNOWN] * 5]),
    )
    found = judge_loss(torch.zeros(2, 6), torch.zeros(2, 5, 3), known)
    assert set(found) == {"relevance", "ranking", "stance", "answer", "marks"}
    assert found["relevance"].item() == pytest.approx(math.log(3))
    assert found["stance"].item() == pytest.approx(math.log(3))
    assert found["ranking"].item() == pytest.approx(math.log(2))
    assert found["answer"].item() == pytest.approx(math.log(3), abs=1e-4)  # the evidence's two pieces, and "none"
    assert found["marks"].item() == pytest.approx(2 * math.log(2))  # an unsupported piece counts three times


def test_a_known_half_of_a_stance_asks_no_more() -> None:
    silent, refuting = torch.tensor([[-9.0, 9.0, -9.0]]), torch.tensor([[-9.0, -9.0, 9.0]])
    for logits in (silent, refuting):
        assert stance_loss(logits, torch.tensor([NOT_SUPPORTED])).item() < 0.01
    assert stance_loss(refuting, torch.tensor([SILENT])).item() > 9
    assert stance_loss(torch.tensor([[9.0, 0.0, 0.0]]), torch.tensor([NOT_SUPPORTED])).item() > 7
    assert stance_loss(refuting, torch.tensor([REFUTES])).item() < 0.01


def test_a_group_is_ranked_within_itself() -> None:
    logits = torch.tensor([[0.0, 0.0, 5.0], [5.0, 0.0, 0.0], [0.0, 0.0, 5.0]])
    known = replace(targets(3), relevance=torch.tensor([2, 0, 0]), group=torch.tensor([7, 7, 8]))
    right = listwise_loss(logits, known)
    wrong = listwise_loss(logits, replace(known, relevance=torch.tensor([0, 2, 0])))
    assert right is not None
    assert wrong is not None
    assert right < 0.01 < wrong
    assert listwise_loss(logits, replace(known, group=torch.arange(3))) is None
    assert listwise_loss(logits, replace(known, relevance=torch.zeros(3, dtype=torch.long))) is None
