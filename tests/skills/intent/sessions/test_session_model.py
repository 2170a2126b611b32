from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shopwright.errors import ConfigError, CorpusError, ModelError
from shopwright.sequences.archive import write_arrays
from shopwright.sequences.log import Sessions
from shopwright.skills.intent.sessions.model import SessionModel, SessionSettings


def test_a_planted_transition_is_learned(fitted: SessionModel) -> None:
    for even in range(0, 20, 2):
        (first, chance), *_ = fitted.next([even], 5)
        assert first == even + 1
        assert chance > 0.5


def test_probabilities_add_up_to_one_and_next_is_in_their_order(fitted: SessionModel) -> None:
    items, probabilities = fitted.distribution([4])
    assert probabilities.sum() == pytest.approx(1)
    listed = fitted.next([4], 6)
    assert [chance for _, chance in listed] == sorted(probabilities.tolist(), reverse=True)[:6]
    assert {item for item, _ in listed} <= set(items.tolist())


@pytest.mark.parametrize("clicks", [[], [24], [-3], [1_000_000]])
def test_without_a_known_click_nothing_is_said(fitted: SessionModel, clicks: list[int]) -> None:
    assert fitted.next(clicks) == []
    assert fitted.groups(clicks, {1: "pots"}) == {}
    assert not fitted.vector(clicks).any()


def test_unknown_items_are_passed_over(fitted: SessionModel) -> None:
    assert fitted.next([999, 4, -1], 3) == fitted.next([4], 3)
    assert 24 not in fitted.distribution([4])[0], "an item that nobody clicked is not proposed"


def test_groups_add_up_their_items(fitted: SessionModel) -> None:
    groups = fitted.groups([4], {item: "pots" if item == 5 else "lamps" for item in range(19)})
    chances = dict(fitted.next([4], 25))
    assert list(groups) == ["pots", "lamps"]
    assert groups["pots"] == pytest.approx(chances[5])
    assert sum(groups.values()) == pytest.approx(1 - chances.get(19, 0))


def test_sessions_about_the_same_have_near_vectors(fitted: SessionModel) -> None:
    assert fitted.vector([4]) @ fitted.vector([5]) > fitted.vector([4]) @ fitted.vector([16])
    assert np.linalg.norm(fitted.vector([4, 5])) == pytest.approx(1, abs=1e-4)


def test_a_saved_model_answers_the_same(fitted: SessionModel, tmp_path: Path) -> None:
    fitted.save(tmp_path / "sessions.npz")
    loaded = SessionModel.load(tmp_path / "sessions.npz")
    assert loaded.next([3, 4]) == fitted.next([3, 4])
    assert loaded.vector([3, 4]).tolist() == fitted.vector([3, 4]).tolist()
    assert [path.name for path in tmp_path.iterdir()] == ["sessions.npz"]


def test_what_is_no_model_is_refused_with_its_path(fitted: SessionModel, tmp_path: Path) -> None:
    path = tmp_path / "sessions.npz"
    with pytest.raises(ModelError, match=r"sessions\.npz: cannot be read"):
        SessionModel.load(path)
    path.write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(ModelError, match=r"sessions\.npz: cannot be read"):
        SessionModel.load(path)
    arrays = fitted.arrays()
    for name in arrays:
        write_arrays(path, {kept: array for kept, array in arrays.items() if kept != name})
        with pytest.raises(ModelError, match="no session model, or of another version"):
            SessionModel.load(path)
    for wrong in ({"weights": np.zeros(3)}, {"items": arrays["items"] + 90}, {"starts": arrays["starts"] + 1}):
        write_arrays(path, {**arrays, **wrong})
        with pytest.raises(ModelError, match="no session model, or of another version"):
            SessionModel.load(path)


def test_too_few_sessions_are_refused(small: SessionSettings) -> None:
    with pytest.raises(CorpusError, match="1 session: two or more"):
        SessionModel.fit(Sessions.of([[1, 2]]), small)
    with pytest.raises(CorpusError, match="no choices to learn from"):
        SessionModel.fit(Sessions.of([[1, 2], [3, 4]]), small)
    with pytest.raises(ConfigError, match="choices 0"):
        SessionSettings(choices=0)
