"""What a decoder under training says is what the exported one will say."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")
pytest.importorskip("onnx")

from shopwright.errors import ModelError
from shopwright.models.language.engine import EmbeddedLanguageModel
from shopwright.train.export import Card
from shopwright.train.lm_export import LmExportSettings, export_lm
from shopwright.train.rewrite.decoder import Decoder
from shopwright.train.rewrite.pairs import Pair
from train.rewrite.tiny_decoder import write_tiny_decoder

pytestmark = pytest.mark.filterwarnings("ignore")
ASKED = [("red boots", "red boots"), ("a", "waterproof boots warm light tent"), ("query: bots\nmeant:", "boots")]


@pytest.fixture(scope="module")
def decoder(tmp_path_factory: pytest.TempPathFactory) -> Decoder:
    return Decoder(write_tiny_decoder(tmp_path_factory.mktemp("tiny") / "base")).eval()


def test_only_what_is_written_counts_and_its_company_does_not_matter(decoder: Decoder) -> None:
    with torch.no_grad():
        sums, counts = decoder.logprobs(ASKED)
        alone = [float(decoder.logprobs([each])[0]) for each in ASKED]
    assert sums.tolist() == pytest.approx(alone, abs=1e-3)
    assert counts.tolist() == [len(decoder.vocabulary.encode(f" {written}")) + 1 for _, written in ASKED]
    assert all(value < 0 for value in sums.tolist())


def test_the_exported_model_says_the_same(decoder: Decoder, tmp_path: Path) -> None:
    decoder.save(tmp_path / "checkpoint")
    card = Card("A test.", "Apache-2.0", "scratch", "nothing", "pytest", "seed 1", {}, "All.")
    settings = LmExportSettings(tmp_path / "checkpoint", tmp_path, "x", least_agreement=0.0, most_loss=1.0)
    export_lm(settings, card, ["waterproof boots price 100 green"])
    model = EmbeddedLanguageModel("x", tmp_path)
    prompt, written = ASKED[1]
    scored = model.score(prompt, [f" {written}"])[0]
    with torch.no_grad():
        sums, counts = decoder.logprobs([ASKED[1]])
    assert scored.tokens == int(counts) - 1
    assert float(sums) < scored.logprob + 0.05 * abs(scored.logprob)  # the end is counted too


def test_a_saved_decoder_opens_as_it_was(decoder: Decoder, tmp_path: Path) -> None:
    decoder.save(tmp_path / "again")
    again = Decoder(tmp_path / "again").eval()
    with torch.no_grad():
        assert again.logprobs(ASKED)[0].tolist() == pytest.approx(decoder.logprobs(ASKED)[0].tolist(), abs=1e-5)


def test_a_folder_without_a_checkpoint_is_refused(decoder: Decoder, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="missing has no tokenizer"):
        Decoder(tmp_path / "missing")
    decoder.model.save_pretrained(str(tmp_path / "bare"))
    with pytest.raises(ModelError, match="bare has no tokenizer"):
        Decoder(tmp_path / "bare")


def test_a_pair_is_asked_as_a_shop_asks(decoder: Decoder) -> None:
    prompt, written = decoder.asked(Pair("also", "red bots", "red boots", "Shoes"))
    assert prompt == "in: shoes\nquery: red ~ b o t s\nalso:"
    assert written == "red boots"
