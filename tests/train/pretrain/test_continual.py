"""A checkpoint from elsewhere goes on: its tokenizer packs the corpus, and its own token ends the documents."""

import json
from pathlib import Path

import numpy as np
import pytest

from shopwright.errors import CorpusError, ModelError
from shopwright.train.corpus.shards import PackedCorpus
from train.pretrain.foreign import FILLERS, write_checkpoint, write_texts

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytest.importorskip("rensa")
pytest.importorskip("py3langid")

from shopwright.train.corpus.build import build
from shopwright.train.corpus.settings import CorpusSettings
from shopwright.train.corpus.sources import Source
from shopwright.train.pretrain.data import Mixture, held_out
from shopwright.train.pretrain.loop import pretrain
from train.pretrain.tiny_corpus import tiny

Made = tuple[Path, Path, int]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A checkpoint, a corpus packed with its tokenizer, and the id of its end token."""
    folder = tmp_path_factory.mktemp("foreign")
    end = write_checkpoint(folder / "base")
    sources = [
        Source("novels", (write_texts(folder, "novels", range(60)),), "general"),
        Source("guides", (write_texts(folder, "guides", range(100, 160)),), "domain"),
    ]
    build(CorpusSettings(folder / "corpus", tokenizer=folder / "base/tokenizer.json"), sources, lambda _: None)
    return folder / "base", folder / "corpus", end


def test_the_corpus_is_packed_as_the_checkpoint_reads(made: Made) -> None:
    base, folder, end = made
    corpus = PackedCorpus(folder, verify=True)
    assert (corpus.manifest.end, corpus.manifest.end_token) == (end, "<|endoftext|>")
    assert corpus.manifest.vocabulary == end + 1 > FILLERS
    assert (folder / "tokenizer.json").read_bytes() == (base / "tokenizer.json").read_bytes()
    for document in corpus.documents("novels"):
        assert document.dtype == np.uint32
        assert document[-1] == end
        assert end not in document[:-1]
        assert len(document) > 100, "the tokenizer's own cut was taken over"


def test_windows_begin_with_its_end_token(made: Made) -> None:
    _, folder, end = made
    corpus = PackedCorpus(folder)
    batch = Mixture(corpus, 16, 1).batch(0, 32)
    assert (batch.inputs[:, 0] == end).all()
    assert (held_out(corpus, "novels", 16, 64)[0][:, 0] == end).all()


def test_it_goes_on_and_loads_again(made: Made, tmp_path: Path) -> None:
    base, folder, end = made
    done = pretrain(tiny(folder, tmp_path / "out", base=str(base), steps=2, replay=0.5))
    assert done.finished
    model = transformers.AutoModelForCausalLM.from_pretrained(str(tmp_path / "out"))
    assert model.config.vocab_size == end + 5
    assert model.config.eos_token_id == end
    tokenizer = transformers.AutoTokenizer.from_pretrained(str(tmp_path / "out"))
    assert tokenizer.eos_token_id == end
    assert tokenizer.chat_template == "x"
    before = transformers.AutoModelForCausalLM.from_pretrained(str(base))
    assert not torch.equal(model.lm_head.weight, before.lm_head.weight)


def test_a_model_from_scratch_of_that_tokenizer_knows_its_end(made: Made, tmp_path: Path) -> None:
    _, folder, end = made
    pretrain(tiny(folder, tmp_path, steps=1, width=16, layers=1))
    assert json.loads((tmp_path / "config.json").read_text())["eos_token_id"] == end


def test_a_model_without_our_control_tokens_is_not_converted(made: Made, tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    from shopwright.train.export import Card
    from shopwright.train.lm_export import LmExportSettings, export_lm

    card = Card("", "", "", "", "", "")
    with pytest.raises(ModelError, match=r"no control token <\|end\|>"):
        export_lm(LmExportSettings(made[0], tmp_path / "out"), card, ["a text"])
    assert not (tmp_path / "out").exists()


def test_another_end_token_must_be_there(made: Made, tmp_path: Path) -> None:
    base, folder, _ = made
    settings = CorpusSettings(tmp_path / "corpus", tokenizer=base / "tokenizer.json", end_token="</s>")
    with pytest.raises(CorpusError, match=r"--end-token '</s>'.*<\|im_start\|>, <\|endoftext\|>"):
        build(settings, [Source("novels", (folder.parent / "novels.jsonl",), "general")], lambda _: None)
    assert not settings.out.exists(), "seen before hours of cleaning"
