from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")

from shopwright.train.verify.batches import Pairs, units
from shopwright.train.verify.examples import SUPPORTS, Example
from shopwright.train.verify.model import UNKNOWN
from train.tiny import write_tiny_body

pytestmark = pytest.mark.filterwarnings("ignore")
CLAIM = Example("red tent", "big red tent for two", "made", stance=SUPPORTS, marks=((0, 3),))
ASKED = Example("small cup", "steel cup for tea", "made", "g", 2, answer=(6, 13))


@pytest.fixture(scope="module")
def body(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_body(tmp_path_factory.mktemp("tiny") / "body")


@pytest.fixture(scope="module")
def pairs(body: Path) -> Pairs:
    return Pairs(body, torch.device("cpu"))


def test_targets_stand_at_the_pieces_that_they_belong_to(pairs: Pairs) -> None:
    examples = [CLAIM, ASKED, replace(ASKED, answer=(0, 0), relevance=0)]
    encoded = pairs.encode(examples)
    inputs, targets = pairs.batch(examples, encoded, [0, 1, 1])
    assert [each.tokens for each in encoded[:1]] == [
        ["[CLS]", "red", "tent", "[SEP]", "big", "red", "tent", "for", "two", "[SEP]"]
    ]
    assert targets.marks[0].tolist() == [UNKNOWN, 1, 0] + [UNKNOWN] * 7
    assert targets.marks[1].tolist() == [UNKNOWN] * 10
    assert targets.stance.tolist() == [SUPPORTS, UNKNOWN, UNKNOWN]
    assert targets.relevance.tolist() == [UNKNOWN, 2, 0]
    assert (targets.begin.tolist(), targets.end.tolist()) == ([UNKNOWN, 5, 0], [UNKNOWN, 6, 0])
    assert targets.evidence[0].tolist() == [False] * 4 + [True] * 5 + [False]
    assert inputs["input_ids"].shape == (3, 10)
    assert inputs["attention_mask"][1].sum() == 9


def test_an_answer_that_was_cut_off_is_unknown(body: Path) -> None:
    pairs = Pairs(body, torch.device("cpu"), longest=8)
    far = replace(ASKED, evidence="tea " * 40 + "red", answer=(160, 163))
    _, targets = pairs.batch([far], pairs.encode([far]), [0])
    assert targets.begin.tolist() == targets.end.tolist() == [UNKNOWN]


def test_a_ranked_group_stays_together_and_keeps_what_is_relevant() -> None:
    ranked = [Example("q", f"text {place}", "made", "g", 2 if place == 7 else 0) for place in range(9)]
    made = units([*ranked, CLAIM, ASKED], 4, random.Random(1))
    sizes = sorted(len(unit) for unit in made)
    assert sizes == [1, 1, 4]
    (group,) = [unit for unit in made if len(unit) == 4]
    assert [each.relevance for each in group] == [2, 0, 0, 0]
    assert units([], 4, random.Random(1)) == []
