"""`shopwright train WORD`: from a recipe to files that a shop loads, with a gate in between.

    encoder    vectors of queries and products (`train.encoder`)
    reranker   reads query and product together (`train.reranker`)

A training starts from the model that runs now, unpacked from its shipped file, and keeps checkpoints in its work
folder, so that it goes on where it was interrupted. What it makes is measured on queries that it did not see, beside
what runs now; only what is better is written to the target (the gate), all else is reported and thrown away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from shopwright.metrics import ndcg, recall
from shopwright.models.embedded import DEFAULT_ENCODER, EmbeddedEncoder
from shopwright.models.onnx_files import WEIGHTS
from shopwright.models.pairs import EmbeddedPairScorer, relevance
from shopwright.models.protocols import Encoder, PairScorer
from shopwright.search.texts import encoder_text, named
from shopwright.train.body import save_body, unpack_body
from shopwright.train.encoder import EncoderSettings, Material, train_encoder
from shopwright.train.examples import GAINS
from shopwright.train.export import Card, export_encoder, export_reranker
from shopwright.train.outcome import Outcome, Report
from shopwright.train.recipe import Recipe, anchors, generated, negatives
from shopwright.train.reranker import RerankerSettings, list_ndcg, train_reranker

_SAMPLE = 400
_ENCODER = (
    "A sentence encoder of queries and products: 6 layers, 384 dimensions, of which the first 192 or 96 are a vector "
    "as well."
)
_RERANKER = (
    "A cross-encoder of 6 layers that reads a query and a product's name together and gives the probabilities that the "
    "product is exactly what was asked for, a substitute, a complement, or irrelevant."
)
_LIMITS = (
    "English; codes, sizes and numbers are compared loosely, which is why search fuses it with BM25. It inherits the "
    "biases of text from the web and of the people who wrote the judgements."
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to train, from what, and where to put it.

    Args:
        recipe: products and labelled queries.
        work: folder of checkpoints.
        target: folder that receives the model when it is better.
        models: folder of the models that run now.
        name: stem of the model's files, there and in the target.
        command: for the card.
        data: for the card.
        seed: of everything random.
        steps: stop early, for trying; what comes out is not gated.
        base: folder of a body to start from, in place of what runs now.
    """

    recipe: Recipe
    work: Path
    target: Path
    name: str
    models: Path = WEIGHTS
    command: str = "shopwright train"
    data: str = "the shop's own catalogue and judgements"
    licence: str = "Apache-2.0"
    seed: int = 0
    steps: int | None = None
    base: Path | None = None


def encoder(plan: Plan, settings: EncoderSettings | None = None, report: Report = print) -> Outcome:
    """Train the encoder; see the module."""
    settings = replace(settings or EncoderSettings(), seed=plan.seed)
    running = EmbeddedEncoder(plan.name, plan.models)
    base = plan.base or unpack_body(plan.models, plan.name, plan.work / "base")
    recipe, texts = plan.recipe, plan.recipe.texts(encoder_text)
    made = generated(recipe, {}, plan.seed)
    report(f"{len(recipe.train)} labelled queries, {len(made)} generated, {len(recipe.dev)} kept for development")
    near = negatives(recipe, made, running)
    material = Material(recipe.train, texts, made, near, anchors(plan.seed))
    model = train_encoder(base, material, plan.work / "encoder", settings, steps=plan.steps, report=report)
    save_body(model.body, base / "tokenizer.json", plan.work / "trained")
    sample = [text for part in texts.values() for text in list(part.values())[:_SAMPLE]]
    with TemporaryDirectory() as place:
        card = _card(_ENCODER, plan, str(settings))
        export_encoder(model, base, Path(place), plan.name, card, sample)
        candidate = EmbeddedEncoder(plan.name, Path(place))
        before, after = measure_encoder(running, recipe), measure_encoder(candidate, recipe)
        better = after["ndcg@10"] > before["ndcg@10"]
        if better or plan.steps is not None:
            export_encoder(model, base, plan.target, plan.name, replace(card, results=after), sample)
    return Outcome(before, after, better, recipe.notes)


def reranker(plan: Plan, settings: RerankerSettings | None = None, report: Report = print) -> Outcome:
    """Train the reranker; see the module."""
    settings = replace(settings or RerankerSettings(), seed=plan.seed)
    recipe, texts = plan.recipe, plan.recipe.texts(named)
    base = plan.base or unpack_body(plan.models, DEFAULT_ENCODER, plan.work / "base")
    trained = train_reranker(
        base, recipe.train, recipe.dev, texts, plan.work / "reranker", settings, steps=plan.steps, report=report
    )
    sample = [(example.query, [texts[example.catalogue][key] for key in example.labels]) for example in recipe.dev[:60]]
    card = _card(_RERANKER, plan, str(settings))
    with TemporaryDirectory() as place:
        export_reranker(trained.model, base, Path(place), plan.name, card, sample)
        after = measure_reranker(EmbeddedPairScorer(plan.name, Path(place)), recipe)
        before = {}
        if (plan.models / f"{plan.name}.md").is_file():
            before = measure_reranker(EmbeddedPairScorer(plan.name, plan.models), recipe)
        better = after["ndcg@10"] > before.get("ndcg@10", 0.0)
        if better or plan.steps is not None:
            export_reranker(trained.model, base, plan.target, plan.name, replace(card, results=after), sample)
    return Outcome(before, after, better, recipe.notes)


def measure_encoder(model: Encoder, recipe: Recipe) -> dict[str, float]:
    """Dense search over whole catalogues with the development queries: nDCG@10 and recall@100 of what is exact.

    What has no label counts as irrelevant, so the figures are too low; they compare encoders, nothing else.
    """
    gained, recalled = [], []
    for name, texts in recipe.texts(encoder_text).items():
        own = [example for example in recipe.dev if example.catalogue == name]
        if not own:
            continue
        ids = list(texts)
        vectors, queries = model.encode(list(texts.values())), model.encode([example.query for example in own])
        for example, query in zip(own, queries, strict=True):
            ranked = [ids[place] for place in np.argsort(-(vectors @ query), kind="stable")[:100].tolist()]
            exact = [key for key, label in example.labels.items() if label == "E"]
            if exact:
                gained.append(ndcg(ranked, {key: GAINS[label] for key, label in example.labels.items()}, 10))
                recalled.append(recall(ranked, exact, 100))
    return {"ndcg@10": float(np.mean(gained or [0.0])), "recall@100": float(np.mean(recalled or [0.0]))}


def measure_reranker(model: PairScorer, recipe: Recipe) -> dict[str, float]:
    """How it orders the labelled products of the development queries, and how often it names the right class."""
    texts, lists = recipe.texts(named), []
    right: list[bool] = []
    scores: list[float] = []
    for example in recipe.dev:
        ids = [key for key in example.labels if key in texts[example.catalogue]]
        if not ids:
            continue
        found = model.probabilities(example.query, [texts[example.catalogue][key] for key in ids])
        classes = ["ESCI"[place] for place in found.argmax(axis=1)]
        right += [label == example.labels[key] for key, label in zip(ids, classes, strict=True)]
        lists.append((example, ids))
        scores += relevance(found).tolist()
    return {"ndcg@10": list_ndcg(lists, scores), "accuracy": float(np.mean(right)) if right else 0.0}


def _card(title: str, plan: Plan, settings: str) -> Card:
    return Card(title, plan.licence, "all-MiniLM-L6-v2 (Apache-2.0)", plan.data, plan.command, settings, limits=_LIMITS)
