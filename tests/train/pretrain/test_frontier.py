from pathlib import Path
from xml.etree import ElementTree

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from shopwright.train.pretrain.frontier import Point, frontier, merged_points, plot, save_merged
from shopwright.train.pretrain.loop import pretrain
from train.pretrain.tiny_corpus import tiny

POINTS = [Point("a", "0", 1.0, 3.0), Point("a", "1", 2.0, 1.0), Point("b", "<x>", 2.5, 2.0)]


def test_what_another_beats_is_not_on_the_frontier() -> None:
    assert frontier(POINTS) == POINTS[:2]


def test_the_plot_is_well_formed_and_shows_every_point() -> None:
    drawn = ElementTree.fromstring(plot(POINTS))
    assert len(drawn.findall(".//{http://www.w3.org/2000/svg}circle")) == 3
    ElementTree.fromstring(plot([]))


def test_the_sweep_begins_at_the_start_and_ends_at_the_trained_model(corpus: Path, base: Path, tmp_path: Path) -> None:
    settings = tiny(corpus, tmp_path, base=str(base), steps=10, rate=1e-2, replay=0.0)
    scores = pretrain(settings).scores
    points = merged_points(settings, tmp_path, "linear", (0.0, 0.5, 1.0))
    assert points[-1].domain == pytest.approx(scores["domain"].loss, rel=1e-4)
    assert points[0].domain > points[-1].domain
    save_merged(str(base), tmp_path, "linear", 0.5, tmp_path / "half")
    assert merged_points(settings, tmp_path / "half", "linear", (1.0,))[0].general == pytest.approx(
        points[1].general, rel=1e-4
    )
