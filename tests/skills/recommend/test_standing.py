"""How the dial stands: promoted, taken back, kept in a file that a shop follows."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopwright.assistant.recommending.dial import Dial
from shopwright.errors import ConfigError, ModelError
from shopwright.models.kept_file import KeptFile
from shopwright.skills.recommend.standing import Standing
from shopwright.types import RecommendRequest


def test_promoted_and_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "policies" / "recommend.json"
    standing = Standing.load(path).promoted(0.6, 1.0, "gain").promoted(0.0, 2.0, "by hand")
    standing.write(path)
    assert Standing.load(path) == standing
    back = standing.rolled_back(3.0, "no").rolled_back(4.0, "no")
    assert (back.adventure, back.before, len(back.history)) == (0.5, (), 4)
    with pytest.raises(ConfigError, match="nothing to take back"):
        back.rolled_back(5.0, "")
    with pytest.raises(ConfigError, match="stands at 0 already"):
        standing.promoted(0.0, 5.0, "")
    for wrong in (1.5, -0.1, True, float("nan")):
        with pytest.raises(ConfigError, match="adventure"):
            standing.promoted(wrong, 5.0, "")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"adventure": 2, "before": [], "history": []}'])
def test_a_broken_file_says_the_remedy(tmp_path: Path, text: str) -> None:
    path = tmp_path / "recommend.json"
    path.write_text(text)
    with pytest.raises(ModelError, match=r"delete it to go back to 0\.5"):
        Standing.load(path)


def test_the_dial_follows(tmp_path: Path) -> None:
    path, asked = tmp_path / "recommend.json", RecommendRequest(session="s")
    dial = Dial(stands=KeptFile(path, Standing.load, Standing()))
    assert dial.set(asked).adventure == 0.5
    Standing().promoted(0.45, 1.0, "").write(path)
    assert dial.set(asked).adventure == 0.45
    assert dial.set(RecommendRequest(adventure=0.9, session="s")).adventure == 0.9
    tried = [Dial(0.6, stands=lambda: Standing(0.45)).set(asked) for _ in range(50)]
    chances = {0.45: 0.55, 0.2: 0.15, 0.5: 0.15, 0.8: 0.15}
    assert all(one.propensity == pytest.approx(chances[one.adventure]) for one in tried)
