"""The model comes to prefer the rewrites that the search prefers."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopwright.train.rewrite.feedback import Ranked, Scored

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")

from shopwright.errors import ModelError
from shopwright.train.rewrite.alignment import AlignmentSettings, align, preference
from shopwright.train.rewrite.decoder import Decoder
from shopwright.train.rewrite.pairs import Pair
from train.rewrite.tiny_decoder import write_tiny_decoder

pytestmark = pytest.mark.filterwarnings("ignore")
REWARDS = torch.tensor([9.0, 6.0, 1.0])
SETTINGS = AlignmentSettings(passes=12, lists=2, rate=3e-3)


def ranked(query: str, *texts: str) -> Ranked:
    return Ranked("meant", query, tuple(Scored(text, 0.9 - 0.3 * place, 0.0, 0.0) for place, text in enumerate(texts)))


LISTS = [ranked("red bots", "red boots", "red bots", "red tent"), ranked("worm light", "warm light", "worm light")]


@pytest.fixture
def decoder(tmp_path: Path) -> Decoder:
    return Decoder(write_tiny_decoder(tmp_path / "base"))


def scores(decoder: Decoder, each: Ranked) -> list[float]:
    with torch.no_grad():
        sums, counts = decoder.logprobs(
            [decoder.asked(Pair(each.task, each.query, one.text)) for one in each.candidates]
        )
    return (sums / counts).tolist()


def test_the_right_order_costs_less_than_the_reversed_one() -> None:
    right, reversed_ = torch.tensor([-0.5, -2.0, -4.0]), torch.tensor([-4.0, -2.0, -0.5])
    even = torch.tensor([-2.0, -2.0, -2.0])
    assert preference(right, REWARDS) < preference(even, REWARDS) < preference(reversed_, REWARDS)


def test_a_greater_difference_in_reward_weighs_more() -> None:
    wrong = torch.tensor([-3.0, -1.0])
    assert preference(wrong, torch.tensor([9.0, 1.0])) > preference(wrong, torch.tensor([9.0, 8.0]))


def test_its_gradient_raises_the_best_and_lowers_the_worst() -> None:
    values = torch.tensor([-2.0, -2.0, -2.0], requires_grad=True)
    preference(values, REWARDS).backward()
    assert values.grad[0] < 0 < values.grad[2]


def test_the_model_comes_to_prefer_what_was_rewarded(decoder: Decoder, tmp_path: Path) -> None:
    before = [scores(decoder, each) for each in LISTS]
    align(decoder, LISTS, tmp_path / "work", SETTINGS, report=lambda _: None)
    for each, old in zip(LISTS, before, strict=True):
        new = scores(decoder, each)
        assert new[0] == max(new)
        assert new[0] - max(new[1:]) > old[0] - max(old[1:])


def test_an_interrupted_alignment_goes_on_and_one_of_other_lists_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shopwright.train.transformer.SAVED_EVERY", 1)
    base = write_tiny_decoder(tmp_path / "base")
    settings = AlignmentSettings(passes=4, lists=2)
    for _ in range(2):
        cut = Decoder(base)
        align(cut, LISTS, tmp_path / "cut", settings, steps=2, report=lambda _: None)
    whole = Decoder(base)
    align(whole, LISTS, tmp_path / "whole", settings, report=lambda _: None)
    assert scores(cut, LISTS[0]) == pytest.approx(scores(whole, LISTS[0]), abs=1e-4)
    with pytest.raises(ModelError, match="other data or settings"):
        align(Decoder(base), LISTS[:1], tmp_path / "cut", settings, report=lambda _: None)


def test_lists_without_a_difference_teach_nothing(decoder: Decoder, tmp_path: Path) -> None:
    same = Ranked("meant", "red", (Scored("red", 0.5, 0.0, 0.0), Scored("reds", 0.499, 0.0, 0.0)))
    before = scores(decoder, LISTS[0])
    align(decoder, [same], tmp_path / "work", SETTINGS, report=lambda _: None)
    assert scores(decoder, LISTS[0]) == before
