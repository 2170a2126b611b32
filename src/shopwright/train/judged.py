"""Judged sets: products, queries, and the grades that people gave, as benchmarks and trainings read them.

A set is a folder of `products.jsonl.gz`, `queries.tsv` (id, text) and `qrels.tsv` (query, 0, product, grade). What a
grade is worth and what counts as relevant differ by set (`JUDGED`); any other folder of the layout is read with a
guessed column map, its grade as gain, and every grade above 0 as relevant.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from shopwright.catalog.ingest import ingest
from shopwright.catalog.offers import attribute_text
from shopwright.catalog.store import Store
from shopwright.errors import ConfigError
from shopwright.knowledge.synonyms import Synonyms
from shopwright.models.onnx_files import WEIGHTS
from shopwright.models.protocols import Encoder
from shopwright.search.answer import Relevance
from shopwright.search.embedded import EmbeddedIndex
from shopwright.search.texts import named
from shopwright.skills.rewrite.rewriter import rewriter_of
from shopwright.train.examples import GAINS, Example
from shopwright.types import Product

FILES = {
    "products.jsonl.gz": "the products, one JSON object a line",
    "queries.tsv": "query id and text",
    "qrels.tsv": "query id, 0, product id, grade",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """How a judged set is read.

    Args:
        gain: of a grade, for nDCG.
        relevant: the lowest grade that recall counts.
        columns: overrides of the guessed column map.
        currency: of prices that name none.
        words: the text of a product that plain BM25 sees.
        meaning: the text that zero-shot MiniLM sees.
    """

    gain: Callable[[float], float] = float
    relevant: float = 1e-9
    columns: Mapping[str, str] = field(default_factory=dict)
    currency: str | None = None
    words: Callable[[Product], str] = lambda product: _text(product, product.description)
    meaning: Callable[[Product], str] = lambda product: _text(product, product.description)


def _text(product: Product, *more: str) -> str:
    return " ".join(part for part in (product.title, product.brand, *more) if part)


def _every_word(product: Product) -> str:
    attributes = (attribute_text(value) for value in product.attributes.values())
    return _text(product, product.description, *product.highlights, *product.category, *attributes)


JUDGED: Mapping[str, Judged] = {
    "chorus": Judged(lambda grade: 2.0**grade - 1.0, 2.0, {"price": "price_minor"}, "USD"),
    "esci": Judged(
        lambda grade: {3.0: 1.0, 2.0: 0.1, 1.0: 0.01}.get(grade, 0.0),
        relevant=3.0,
        currency="USD",
        words=_every_word,
        meaning=_text,
    ),
    "home_depot": Judged(lambda grade: grade - 1.0, 2.33, currency="USD"),
}


@dataclass(frozen=True, slots=True)
class Queries:
    """The queries of a judged set and, for each, the grades of products."""

    texts: Mapping[str, str]
    grades: Mapping[str, Mapping[str, float]]


def read_queries(folder: Path) -> Queries:
    """The queries and grades of a folder.

    Raises:
        ConfigError: a line that is not of the form, or a judgement of a query that is not there.
    """
    texts = {row[0]: row[1] for row in table(folder / "queries.tsv", 2)}
    grades: dict[str, dict[str, float]] = {query: {} for query in texts}
    for query, _, product, grade in table(folder / "qrels.tsv", 4):
        if query not in grades:
            raise ConfigError(f"{folder / 'qrels.tsv'}: query {query!r} is not in queries.tsv; add it there")
        grades[query][product] = float(grade)
    return Queries(texts, grades)


def open_store(folder: Path, judged: Judged, home: Path) -> Store:
    """The products of a set in a new store below `home`; they take the path of any feed."""
    store = Store.open(home / "store.db")
    ingest(store, folder / "products.jsonl.gz", columns=judged.columns, currency=judged.currency)
    return store


def filled_index(folder: Path, store: Store, encoder: Encoder) -> EmbeddedIndex:
    """An index of everything that a store holds, with all vectors, searched as a shop with the shipped models is."""
    relevance = Relevance(thesaurus=Synonyms.packaged(), rewriter=rewriter_of(WEIGHTS))
    index = EmbeddedIndex(folder, encoder, relevance=relevance)
    index.apply(store.changes(index.sequence), store.sequence)
    index.fill(store.products)
    return index


def table(path: Path, width: int) -> Iterator[list[str]]:
    """The rows of a tab-separated file.

    Raises:
        ConfigError: a row has another number of columns.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), 1):
            if len(row) != width:
                raise ConfigError(f"{path}:{number}: {len(row)} columns; expected {width}, separated by tabs")
            yield row


@dataclass(frozen=True, slots=True)
class JudgedIndex:
    """Judged queries over a filled index.

    Args:
        queries: their text, and the gain of each judged product.
        least: the lowest gain that recall counts.
        texts: what a cross-encoder reads of each product, by id.
    """

    index: EmbeddedIndex
    queries: Mapping[str, Mapping[str, float]]
    least: float
    texts: Mapping[str, str]


def judged_sets(folder: Path, names: Iterable[str], home: Path, encoder: Encoder) -> dict[str, JudgedIndex]:
    """Those of the named sets that are in a folder, indexed below `home`.

    Raises:
        ConfigError: the folder has none of them.
    """
    found = {}
    for name in names:
        if not (folder / name / "qrels.tsv").is_file():
            continue
        (home / name).mkdir()
        judged, queries = JUDGED[name], read_queries(folder / name)
        store = open_store(folder / name, judged, home / name)
        index = filled_index(home / name / "index", store, encoder)
        gains = {
            text: {product: judged.gain(grade) for product, grade in queries.grades[query].items()}
            for query, text in queries.texts.items()
        }
        texts = {product.id: named(product) for product in store.all_products()}
        found[name] = JudgedIndex(index, gains, judged.gain(judged.relevant), texts)
        store.close()
    if not found:
        raise ConfigError(f"{folder} has none of {', '.join(names)} with products.jsonl.gz, queries.tsv and qrels.tsv")
    return found


def judged_examples(index: EmbeddedIndex, products: Iterable[Product], examples: Iterable[Example]) -> JudgedIndex:
    """A merchant's own judgements over the index of the shop."""
    queries = {each.query: {product: GAINS[label] for product, label in each.labels.items()} for each in examples}
    return JudgedIndex(index, queries, GAINS["E"], {product.id: named(product) for product in products})
