"""Five products, what was asked of them, and pairs: all that a training of the rewriter needs, very small."""

from __future__ import annotations

from pathlib import Path

from shopwright.models.scripted import HashingEncoder
from shopwright.search.embedded import EmbeddedIndex
from shopwright.search.texts import named
from shopwright.train.examples import Example
from shopwright.train.rewrite.feedback import Ground, asked_of
from shopwright.train.rewrites import Rewrite
from shopwright.types import Product

PRODUCTS = [
    Product("lamp", "Fluorescent garage light, 18 W", brand="Glowtec", category=("Lighting", "Lamps")),
    Product("boots", "Waterproof leather boots", brand="Larch", category=("Clothing", "Boots")),
    Product("tent", "Trekking tent for two people", brand="Fellrunner", category=("Camping", "Tents")),
    Product("pan", "Cast iron frying pan 28 cm", brand="Stoutmoor", category=("Kitchen", "Pans")),
    Product("mug", "Enamel mug with a steel rim", brand="Morrow", category=("Kitchen", "Mugs")),
]
EXAMPLES = [
    Example("fluorescent light", {"lamp": "E", "mug": "I"}),
    Example("waterproof boots", {"boots": "E"}),
    Example("something to sleep in outdoors", {"tent": "E"}, kind="use"),
    Example("frying pann", {"pan": "E"}, kind="misspelled"),
    Example("steel mug", {"mug": "E", "pan": "S"}),
]
REWRITES = [
    Rewrite("flourescent", ("fluorescent",), "typo"),
    Rewrite("skillet", ("frying pan", "pan"), "synonym"),
    Rewrite("b00ts 44", ("b00ts 44",), "keep"),
    Rewrite("mugg", ("mug",), "own"),
]


def ground(folder: Path) -> Ground:
    """The five products, searched."""
    index = EmbeddedIndex(folder, HashingEncoder())
    by_id = {product.id: product for product in PRODUCTS}
    index.apply(by_id.items(), 1)
    index.fill(lambda ids: {one: by_id[one] for one in ids})
    texts = {product.id: named(product) for product in PRODUCTS}
    return Ground(index, texts, asked_of(EXAMPLES, "own"), {"steel mug": ("mug", "pan")})
