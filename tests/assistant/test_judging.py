from __future__ import annotations

from pathlib import Path

import pytest

from assistant.judged import fit, open_shop
from shopwright.assistant.judging import BALANCED, Judging, sentence_facts
from shopwright.config import Settings
from shopwright.errors import ConfigError, ModelError
from shopwright.models.scripted import OverlapJudge
from shopwright.types import Evidence


@pytest.fixture
def models(tmp_path: Path) -> Path:
    fit(tmp_path)
    return tmp_path / "models"


def fact(text: str, source: str = "lark") -> Evidence:
    return Evidence("", "product", source, text, "description", "Lark 2 tent")


def test_the_fact_that_answers_comes_first(models: Path) -> None:
    judging = Judging(OverlapJudge(), None, models)
    found = judging.answered("how heavy is the porch", [fact("It is green."), fact("The porch is heavy, 2 kg.")])
    assert found.sure
    assert found.facts[0].text == "The porch is heavy, 2 kg."
    assert found.also == found.facts[:1]


def test_nothing_answers_without_facts(models: Path) -> None:
    judging = Judging(OverlapJudge(), None, models)
    assert not judging.answered("how heavy is it", []).sure
    assert not judging.answered("how heavy is it", [fact("Rain in Spain.")]).sure
    assert judging.customers("is it heavy?", []) is None


def test_only_questions_of_yes_or_no_are_counted(models: Path) -> None:
    judging = Judging(OverlapJudge(), None, models)
    said = [Evidence("", "review", "r1", "The zip is loud.", "pro"), Evidence("", "review", "r2", "Green.", "con")]
    assert judging.customers("where is the zip?", said) is None
    found = judging.customers("is the zip loud?", said)
    assert found is not None
    assert found.counts.yes == 1
    assert [quote.source for quote in found.quotes] == ["r1"]


class TestPromise:
    def test_none_is_the_balanced_threshold(self, models: Path) -> None:
        assert Judging(OverlapJudge(), None, models).threshold == BALANCED

    def test_a_promise_is_a_threshold(self, models: Path) -> None:
        loose = Judging(OverlapJudge(), None, models, 0.4).threshold
        strict = Judging(OverlapJudge(), None, models, 0.15).threshold
        assert loose < strict < 1

    def test_one_that_cannot_be_kept_is_told_with_the_least_that_can(
        self, models: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        judging = Judging(OverlapJudge(), None, models, 0.001)
        assert "0.1% cannot be promised" in caplog.text
        assert "is kept in its place" in judging.broken_promise()
        assert judging.threshold < 1
        assert not Judging(OverlapJudge(), None, models, 0.4).broken_promise()

    def test_a_shop_reads_it_from_its_folder(self, tmp_path: Path) -> None:
        (tmp_path / "shop.toml").write_text("answers_wrong = 0.1\n", encoding="utf-8")
        with open_shop(tmp_path) as shop:
            assert shop.judging.answers_wrong == 0.1
            assert shop.judging.threshold == Judging(None, None, tmp_path / "models", 0.1).threshold

    @pytest.mark.parametrize("text", ["answers_wrong = 5", "answers_wrong = 1.5", "answers = 0.1", "answers_wrong =",
                                      "answer_samples = 0", "answer_samples = 6", "answer_samples = 2.0", "answer_samples = true", "explore = 0.5", "explore = -0.1", "explore = true",
                                      "explore_by = \"luck\"", "explore_budget = -1", "explore_budget = 1.5", "recommend_explore = 1.5", "recommend_explore = true"])  # fmt: skip
    def test_what_is_not_allowed_is_named(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "shop.toml").write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError, match=r"shop\.toml"):
            Settings.read(tmp_path / "shop.toml")

    def test_no_file_settles_nothing(self, tmp_path: Path) -> None:
        assert Settings.read(tmp_path / "shop.toml") == Settings()


def test_a_damaged_calibration_is_named(tmp_path: Path) -> None:
    (tmp_path / "verifier.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match=r"verifier\.json"):
        Judging(OverlapJudge(), None, tmp_path, 0.05)


def test_passages_are_told_sentence_by_sentence() -> None:
    page = Evidence("", "document", "returns", "Send it back. Keep the label.", "How", "Returns")
    assert [one.text for one in sentence_facts([page])] == ["Send it back.", "Keep the label."]
    assert {one.title for one in sentence_facts([page])} == {"Returns"}
