"""A generator of codes from a shop's own events: trained for two steps, judged by what it adds, kept or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from simulated_shop import QUICK, catalogue, fill

pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")

from shopwright.catalog.events.kept import Events
from shopwright.catalog.store import Store
from shopwright.errors import ConfigError, CorpusError
from shopwright.skills.recommend.codes.coded import Coded
from shopwright.skills.recommend.sequence.behaviour import Scored
from shopwright.train.recommend import codes_fitting
from shopwright.train.recommend.card import Trained, print_trained
from shopwright.train.recommend.codes_fitting import CARD, FILE, REFUSED, train_codes
from shopwright.train.recommend.codes_gating import judge_codes
from shopwright.train.recommend.codes_plan import CodesTraining
from shopwright.train.recommend.gating import Compared, Measure, Verdict
from shopwright.train.recommend.visits import Question

pytestmark = pytest.mark.filterwarnings("ignore")
TINY = CodesTraining(levels=2, centroids=6, window=5, layers=1, width=16, heads=2, head_size=8, ffn=16, steps=2)


@pytest.fixture
def events(tmp_path: Path) -> Iterator[Events]:
    with closing(Store.open(tmp_path / "store.db")) as store:
        fill(Events(store, 90), 0, 300, 12)
        yield Events(store, 90)


def learn(events: Events, home: Path, **more: Any) -> Trained:
    return train_codes(events, catalogue(12), home / "models", home / "train", TINY, settings=QUICK, **more)


def test_what_adds_nothing_is_kept_aside(events: Events, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said: list[str] = []
    trained = learn(events, tmp_path, say=said.append)
    assert not trained.verdict.promoted
    assert trained.verdict.reasons[0].startswith("recall@10 is not above that of behaviour alone for sure")
    assert [path.name for path in (tmp_path / "models").iterdir()] == [REFUSED]
    assert not list((tmp_path / "train").iterdir()), "checkpoints are gone when it is over"
    card = trained.card.read_text()
    assert all(
        words in card for words in ("did not pass the gate", "| recall@10 |", "96 products have a code", "steps")
    )
    assert said[0] == "300 visits, 50 of them held out, 96 products"
    print_trained(trained)
    assert "it is not kept; what ran before stays" in capsys.readouterr().out


def test_what_adds_something_is_written_for_the_shop(
    events: Events, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gain = Measure(0.1, 0.2, 0.1, 0.05, 0.15)
    passed = Verdict(True, (), (Compared("behaviour alone", 50, gain, gain),))
    monkeypatch.setattr(codes_fitting, "judge_codes", lambda *_, **__: passed)
    trained = learn(events, tmp_path)
    assert {path.name for path in (tmp_path / "models").iterdir()} == {FILE, CARD}
    assert "| recall@10 | 0.1000 | 0.2000 | +0.1000 (+0.0500 to +0.1500) |" in trained.card.read_text()
    coded = Coded.load(tmp_path / "models" / FILE)
    shop = catalogue(12, without=("3-1",))
    generator = coded.over(shop.ids, lambda places: shop.vectors[places])
    assert len(generator.propose([0, 1], 9)[0]) == 9


def test_too_few_visits_are_refused(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path / "few.db")) as store:
        with pytest.raises(CorpusError, match=r"^0 visits .* 200 are needed"):
            learn(Events(store, 90), tmp_path)
        assert not (tmp_path / "models").exists()


class Says:
    """A behaviour model that lists wrong products, and a generator that writes the right one in a share of cases."""

    def __init__(self, share: float) -> None:
        self.ids = tuple(map(str, range(40)))
        self._share = share

    def scored(self, _history: Sequence[str], limit: int) -> list[Scored]:
        return [Scored(str(20 + place), 0.04, "", 0) for place in range(min(limit, 15))]

    def propose(self, history: Sequence[int], _width: int, allowed: Any) -> tuple[Any, Any]:
        assert not allowed[list(history)].any()
        right = history[-1] + 1 if history[-1] < 18 * self._share else 39
        return np.array([right]), np.log([0.25])


@pytest.mark.parametrize(("share", "promoted"), [(0.5, True), (0.0, False)])
def test_the_gate_asks_what_is_found_besides(share: float, promoted: bool) -> None:
    asked = [Question(1 + visit, ("gone", str(visit % 18)), str(visit % 18 + 1)) for visit in range(180)]
    says = cast("Any", Says(share))
    verdict = judge_codes(says, says, asked)
    assert verdict.promoted is promoted
    (found,) = verdict.compared
    assert (found.recall.other, found.recall.new) == (0.0, pytest.approx(share))
    assert "49 visits were held out: 50 are needed" in judge_codes(says, says, asked[:49]).reasons


@pytest.mark.parametrize("wrong", [{"held": 0.0}, {"level": 1.0}, {"steps": 0}, {"passes": 0}])
def test_options_that_cannot_be(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        CodesTraining(**wrong)
