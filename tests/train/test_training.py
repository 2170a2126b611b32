"""The trainings take two steps, go on where they stopped, and what they export is what they trained."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from shopwright.errors import ModelError
from shopwright.models.embedded import DEFAULT_ENCODER, EmbeddedEncoder
from shopwright.models.pairs import DEFAULT_RERANKER, EmbeddedPairScorer
from shopwright.train.examples import Example

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")
pytest.importorskip("onnx")

from shopwright.train import commands, recipe
from shopwright.train.body import unpack_body
from shopwright.train.encoder import BiEncoder, EncoderSettings, Material, encode, mined_negatives, train_encoder
from shopwright.train.export import Card, export_encoder, export_reranker
from shopwright.train.reranker import CrossEncoder, RerankerSettings, train_reranker
from shopwright.train.transformer import Tokens, load_body
from train.tiny import shelf, write_tiny_body

pytestmark = pytest.mark.filterwarnings("ignore")
CARD = Card("A model.", "Apache-2.0", "a tiny body", "nothing", "pytest", "none", limits="Useless.")
SHELF = shelf()
TEXTS = {"own": {product.id: product.title for product in SHELF}}
EXAMPLES = [
    Example(
        f"{colour} {kind}",
        {
            product.id: "E" if product.title == f"{colour} {kind}" else "S" if kind in product.title else "I"
            for product in SHELF[:20]
        },
    )
    for kind in ("tent", "stove", "mug", "kettle")
    for colour in ("red", "blue", "green")
]
QUICK = EncoderSettings(queries=4, products=6, generated=0, anchors=2, passes=2, rate=1e-3)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_body(tmp_path_factory.mktemp("tiny") / "body")


def test_an_encoder_learns_to_put_queries_near_their_products(base: Path, tmp_path: Path) -> None:
    material = Material(EXAMPLES, TEXTS, anchors=["light for tea", "warm coat"])
    settings = EncoderSettings(queries=4, products=6, generated=0, anchors=2, rate=1e-3, passes=8)
    model = train_encoder(base, material, tmp_path, settings, report=lambda _: None)
    tokens = Tokens(base, 16, torch.device("cpu"))
    ids = list(TEXTS["own"])
    scores = (
        encode(model, tokens, [each.query for each in EXAMPLES]) @ encode(model, tokens, list(TEXTS["own"].values())).T
    )
    right = [ids[place].replace("-", " ") == each.query for place, each in zip(scores.argmax(1), EXAMPLES, strict=True)]
    assert np.mean(right) > 0.9


def test_an_interrupted_training_ends_as_one_that_was_not(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shopwright.train.transformer.SAVED_EVERY", 1)
    material = Material(EXAMPLES, TEXTS)
    for _ in range(3):
        cut = train_encoder(base, material, tmp_path / "cut", QUICK, steps=2, report=lambda _: None)
    whole = train_encoder(base, material, tmp_path / "whole", QUICK, report=lambda _: None)
    tokens = Tokens(base, 16, torch.device("cpu"))
    texts = list(TEXTS["own"].values())
    assert (encode(cut, tokens, texts) * encode(whole, tokens, texts)).sum(1).min() > 0.99
    with pytest.raises(ModelError, match="other data or settings"):
        train_encoder(base, Material(EXAMPLES[:6], TEXTS), tmp_path / "cut", QUICK)


def test_what_is_exported_ranks_as_the_original_and_can_be_trained_on(base: Path, tmp_path: Path) -> None:
    model = BiEncoder(load_body(base)).eval()
    texts = list(TEXTS["own"].values())
    measured = export_encoder(model, base, tmp_path, "tiny", CARD, texts)
    assert measured["cosine_mean"] > 0.95
    vectors = EmbeddedEncoder("tiny", tmp_path).encode(texts)
    again = BiEncoder(load_body(unpack_body(tmp_path, "tiny", tmp_path / "body"))).eval()
    unpacked = encode(again, Tokens(tmp_path / "body", 64, torch.device("cpu")), texts)
    assert (vectors * unpacked).sum(1).mean() > 0.95
    assert "Useless." in (tmp_path / "tiny.md").read_text()


def test_a_reranker_tells_what_fits_from_what_does_not(base: Path, tmp_path: Path) -> None:
    settings = RerankerSettings(queries=6, products=12, layers=1, rate=1e-3, passes=30)
    trained = train_reranker(base, EXAMPLES, EXAMPLES[:3], TEXTS, tmp_path / "work", settings, report=lambda _: None)
    assert 0.5 <= trained.metrics["temperature"] <= 3.0
    sample = [(each.query, [TEXTS["own"][key] for key in each.labels]) for each in EXAMPLES]
    measured = export_reranker(trained.model, base, tmp_path, "tiny", CARD, sample)
    assert measured["order"] > 0.95
    found = EmbeddedPairScorer("tiny", tmp_path).probabilities("red tent", ["red tent", "blue mug"])
    assert found.sum(axis=1).tolist() == pytest.approx([1.0, 1.0], abs=1e-5)
    assert found[0, 0] > found[1, 0]


def test_fewer_layers_are_the_lowest_ones(base: Path) -> None:
    assert len(CrossEncoder(load_body(base), 1).body.encoder.layer) == 1


def test_negatives_are_near_but_neither_nearest_nor_the_product_itself() -> None:
    products = np.eye(40, dtype=np.float32)
    queries = np.linspace(1, 0, 40, dtype=np.float32)[None]
    found = mined_negatives(queries, products, [str(place) for place in range(40)], ["10"], (8, 20))
    assert found == [[str(place) for place in range(8, 20) if place != 10]]


def test_the_gate_keeps_what_is_better(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped encoder against a body that knows nothing: the shipped one stays."""
    monkeypatch.setattr(recipe, "packaged_recipe", lambda _folder: recipe.Recipe({}, [], []))
    own = recipe.own_recipe(SHELF, EXAMPLES)
    assert own.dev
    assert own.train
    plan = commands.Plan(own, tmp_path / "work", tmp_path / "models", DEFAULT_ENCODER, base=base)
    outcome = commands.encoder(
        plan, EncoderSettings(queries=4, generated=2, anchors=2, passes=0.5, rate=1e-6), lambda _: None
    )
    assert outcome.before["ndcg@10"] > outcome.after["ndcg@10"]
    assert not outcome.promoted
    assert not list((tmp_path / "models").glob("*")) if (tmp_path / "models").exists() else True


def test_a_folder_that_is_no_body_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({}))
    with pytest.raises(ModelError, match=r"model\.safetensors, tokenizer\.json"):
        load_body(tmp_path)


def test_names_of_the_shipped_files_are_those_of_the_commands() -> None:
    assert DEFAULT_ENCODER != DEFAULT_RERANKER
