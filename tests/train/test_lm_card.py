"""The card of a language model says what its training left: recipe, log and corpus."""

import json
from pathlib import Path

import pytest

from shopwright.errors import ModelError
from shopwright.train.corpus.shards import Manifest, ShardWriter, SourceInfo, sha256
from shopwright.train.corpus.tokenizer import encode, train_tokenizer

pytest.importorskip("torch", reason="training needs the extra 'train'")

from shopwright.train.lm_card import card_of, held_out_sample

TEXTS = [f"lamp number {number} weighs {number} kg and says <|end|>" for number in range(5)]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    texts = [f"lamp number {number} weighs {number * 7} kg and costs {number * 3} euros" for number in range(900)]
    tokenizer = train_tokenizer(texts, 900)
    tokenizer.save(str(folder / "tokenizer.json"))
    shards = []
    for source in ("novels", "guides"):
        for split in ("train", "valid"):
            writer = ShardWriter(folder, source, split, 900)
            for ids in encode(tokenizer, TEXTS):
                writer.add(ids, 30)
            shards += writer.close()
    sources = {"novels": SourceInfo("general", "public domain"), "guides": SourceInfo("domain", "CC BY 4.0")}
    Manifest(900, sha256((folder / "tokenizer.json").read_bytes()), sources, shards).write(folder)
    return folder


def trained(folder: Path, measured: list[dict[str, float]], **recipe: object) -> Path:
    """What `train pretrain` leaves beside the weights."""
    steps = [{"step": 10, "tokens": 1_000_000, "loss": 5.0}, {"step": 20, "tokens": 2_500_000, "loss": 4.0}]
    lines = [steps[0], *measured, {"step": 15, "warning": "a spike", "loss": 9.0, "grad_norm": 1.0}, steps[1]]
    (folder / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    if recipe:
        (folder / "recipe.json").write_text(json.dumps(recipe))
    return folder


def measured(step: int, **bits: float) -> dict[str, float]:
    return {"step": step} | {f"bits_per_byte:{name}": value for name, value in bits.items()}


def test_it_says_what_was_trained_on_how_and_how_well(corpus: Path, tmp_path: Path) -> None:
    log = [
        measured(step, novels=3 - step / 10, general=3 - step / 10, domain=2 - step / 10) for step in range(0, 12, 2)
    ]
    card = card_of(trained(tmp_path, log, base="", rate=0.003, ema=0.0, seed=1), corpus, "shopwright train lm")
    assert "2.5 million tokens" in card.title
    assert card.source == "nothing: from scratch"
    assert "novels (general, 0.00M tokens, public domain); guides (domain, 0.00M tokens, CC BY 4.0)" in card.data
    assert "settings: rate=0.003, seed=1. Held-out" in card.settings
    assert "step 0: 3.000 / 2.000" in card.settings
    assert "step 10: 2.000 / 1.000" in card.settings
    assert card.results == {
        "bits per byte:novels": 2.0, "bits per byte:general": 2.0, "bits per byte:domain": 1.0,
    }  # fmt: skip
    assert card.command == "shopwright train lm"


def test_a_continued_model_names_its_base(corpus: Path, tmp_path: Path) -> None:
    assert card_of(trained(tmp_path, [measured(0, domain=1.0)], base="models/base"), corpus, "").source == "models/base"


def test_a_corpus_of_one_kind_and_a_lost_recipe_are_told(corpus: Path, tmp_path: Path) -> None:
    card = card_of(trained(tmp_path, [measured(0, guides=1.5, domain=1.5)]), corpus, "")
    assert card.settings == "settings unknown. Held-out bits per byte (general / domain) step 0: - / 1.500"


def test_a_folder_without_a_training_is_refused(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"log\.jsonl.*train pretrain"):
        card_of(tmp_path, corpus, "")
    with pytest.raises(ModelError, match="tells of no training"):
        card_of(trained(tmp_path, []), corpus, "")


def test_the_sample_is_held_out_text_of_each_source(corpus: Path) -> None:
    assert held_out_sample(corpus) == TEXTS[:2] * 2
