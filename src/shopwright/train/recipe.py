"""What a relevance model is trained on, gathered from catalogues and judgements, in one place for all trainings.

Two uses, one recipe:

- the models that ship: the packaged judgements over the catalogues that may be shipped (`CATALOGUES`, read from a
  folder of benchmark data) and the demo shop;
- a merchant's own: the products of a shop, its judgements or clicks, and queries generated from its catalogue.

Judgements of catalogues that are not at hand are left out and counted.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from shopwright.catalog import demo
from shopwright.catalog.feeds import open_feed
from shopwright.errors import ConfigError
from shopwright.models.protocols import Encoder
from shopwright.search.texts import encoder_text
from shopwright.train.examples import Example, packaged_examples
from shopwright.train.generate import generated_examples
from shopwright.types import Product

CATALOGUES: Mapping[str, Mapping[str, str]] = {"chorus": {"price": "price_minor"}, "esci": {}}
"""Public catalogues of the packaged judgements, and how their columns are read."""

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_ANCHORS = 4_000
_OWN_DEV = 5


@dataclass(slots=True)
class Recipe:
    """Products, their texts, and labelled queries in two parts.

    Args:
        products: catalogue -> products.
        train, dev: labelled queries of these catalogues.
        notes: what was left out.
    """

    products: dict[str, list[Product]]
    train: list[Example]
    dev: list[Example]
    notes: list[str] = field(default_factory=list)

    def texts(self, read: Callable[[Product], str]) -> dict[str, dict[str, str]]:
        """What a model reads of each product: catalogue -> id -> text."""
        return {name: {product.id: read(product) for product in products} for name, products in self.products.items()}


def packaged_recipe(folder: Path | None) -> Recipe:
    """The packaged judgements over the demo shop and those public catalogues that are in a folder.

    Args:
        folder: of sets such as `chorus/products.jsonl.gz`; None for the demo shop alone.

    Raises:
        ConfigError: the folder holds none of the catalogues.
    """
    products = {"demo": _products(demo.demo_products())}
    notes = []
    for name, columns in CATALOGUES.items():
        path = folder / name / "products.jsonl.gz" if folder else None
        if path is None or not path.is_file():
            notes.append(f"{name}: no {path or name}; its judgements are left out")
        else:
            products[name] = _products(open_feed(path, columns=columns, currency="USD"))
    if folder is not None and len(products) == 1:
        raise ConfigError(f"{folder} has none of {', '.join(f'{name}/products.jsonl.gz' for name in CATALOGUES)}")
    train, dev = (
        [example for example in packaged_examples(split) if example.catalogue in products] for split in ("train", "dev")
    )
    return Recipe(products, train, dev, notes)


def own_recipe(products: Sequence[Product], examples: Sequence[Example]) -> Recipe:
    """A merchant's judgements over a shop's products; every fifth query, by its hash, is kept for development.

    The packaged judgements of the demo shop are learned along, so that what is general is not forgotten.
    """
    general = packaged_recipe(None)
    dev = [example for example in examples if _hash(example.query) % _OWN_DEV == 0]
    train = [example for example in examples if _hash(example.query) % _OWN_DEV]
    return Recipe({"own": list(products), **general.products}, train + general.train, dev)


def generated(recipe: Recipe, passes: Mapping[str, int], seed: int) -> list[Example]:
    """Queries made from the catalogues, so many times over each."""
    return [
        example
        for name, products in recipe.products.items()
        for turn in range(passes.get(name, 1))
        for example in generated_examples(products, name, seed + turn)
    ]


def negatives(recipe: Recipe, examples: Sequence[Example], encoder: Encoder) -> dict[tuple[str, str], Sequence[str]]:
    """Products near each generated query, by (catalogue, query)."""
    from shopwright.train.encoder import mined_negatives

    found: dict[tuple[str, str], Sequence[str]] = {}
    for name, texts in recipe.texts(encoder_text).items():
        own = [example for example in examples if example.catalogue == name]
        vectors = encoder.encode(list(texts.values()))
        queries = encoder.encode([example.query for example in own])
        near = mined_negatives(queries, vectors, list(texts), [next(iter(example.labels)) for example in own])
        found.update({(name, example.query): ids for example, ids in zip(own, near, strict=True)})
    return found


def anchors(seed: int) -> list[str]:
    """Sentences that are no products: of the demo shop's policies, guides and reviews."""
    found = [sentence for document in demo.demo_documents() for sentence in _SENTENCE.split(document.text)]
    found += [document.title for document in demo.demo_documents()]
    found += [review.text[:200] for review in demo.demo_reviews()]
    found = [sentence.strip() for sentence in found if 20 < len(sentence.strip()) < 300]
    random.Random(seed).shuffle(found)
    return found[:_ANCHORS]


def _products(rows: Iterable[object]) -> list[Product]:
    return [row for row in rows if isinstance(row, Product)]


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=4).digest(), "big")
