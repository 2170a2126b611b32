"""What relevance is learned from: queries with products labelled exact, substitute, complement or irrelevant.

Three sources, one form (`Example`):

    packaged_examples("train")              the project's own judgements (data/DATASHEET.md)
    read_examples(Path("mine.jsonl"), ids)  a merchant's own: {"query": ..., "product": ..., "label": "E"} a line
    generate.generated_examples(...)        queries made from a catalogue by rule

A merchant's line may give `"grade"` 0 to 3 or `"clicks"` in place of a label: a product that was clicked for a query
counts as exact, the others that the file shows for that query, with 0 clicks, as substitutes.

Labels are those of the Shopping Queries Data Set (Reddy et al., 2022).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import orjson

from shopwright.errors import ConfigError

Label = Literal["E", "S", "C", "I"]
Split = Literal["train", "dev", "test"]

LABELS: tuple[Label, ...] = ("E", "S", "C", "I")
GAINS: Mapping[str, float] = {"E": 1.0, "S": 0.1, "C": 0.01, "I": 0.0}
"""What a product is worth to a shopper, by label; the gains of the data set's own evaluation."""

DATA = Path(__file__).parent / "data"
_PROBLEMS_SHOWN = 20
_LONGEST_QUERY = 1_000


@dataclass(frozen=True, slots=True)
class Example:
    """A query and the labels of some products of one catalogue."""

    query: str
    labels: Mapping[str, Label]
    catalogue: str = "own"
    kind: str = "own"


@dataclass(slots=True)
class Examples:
    """What was read, and which lines were left out, each with its reason."""

    examples: list[Example] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def packaged_examples(split: Split) -> list[Example]:
    """The project's own judgements; clusters are split, so no product list is shared between splits."""
    clusters: dict[str, tuple[str, list[str]]] = {}
    for line in (DATA / "clusters.tsv").read_text(encoding="utf-8").splitlines():
        cluster, catalogue, part, products = line.split("\t")
        if part == split:
            clusters[cluster] = (catalogue, products.split(" "))
    found: list[Example] = []
    for line in (DATA / "queries.tsv").read_text(encoding="utf-8").splitlines():
        cluster, kind, query, letters = line.split("\t")
        if cluster in clusters:
            catalogue, ids = clusters[cluster]
            found.append(Example(query, dict(zip(ids, map(_letter, letters), strict=True)), catalogue, kind))
    return found


def read_examples(path: Path, known: Container[str]) -> Examples:
    """A merchant's own judgements, one JSON object a line.

    Args:
        path: lines of `{"query", "product", "label" | "grade" | "clicks"}`.
        known: the ids of the catalogue.

    Returns:
        The examples, and what was left out: broken lines, empty queries, unknown products, labels that contradict.

    Raises:
        ConfigError: the file is missing, holds nothing usable, or knows one label only, so that nothing can be learned.
    """
    read = Examples()
    labels: dict[str, dict[str, Label]] = defaultdict(dict)
    disputed: set[tuple[str, str]] = set()
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            query, product, label = _judgement(line, known)
        except ValueError as error:
            read.problems.append(f"line {number}: {error}")
            continue
        before = labels[query].setdefault(product, label)
        if before != label:
            disputed.add((query, product))
            read.problems.append(f"line {number}: {product!r} for {query!r} is {label} here and {before} above")
    for query, product in disputed:
        del labels[query][product]
    read.examples = [Example(query, judged) for query, judged in labels.items() if judged]
    _check(path, read)
    return read


def _judgement(line: bytes, known: Container[str]) -> tuple[str, str, Label]:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"no JSON ({error})") from error
    if not isinstance(row, dict):
        raise ValueError(f"{line[:60]!r} is no object with query, product and label")
    query = " ".join(str(row.get("query") or "").split())
    product = str(row.get("product") or "")
    if not query or len(query) > _LONGEST_QUERY:
        raise ValueError(f"the query is {'empty' if not query else f'{len(query):,} characters long'}")
    if product not in known:
        raise ValueError(f"product {product!r} is not in the catalogue")
    return query, product, _label(row)


def _label(row: Mapping[str, object]) -> Label:
    match row:
        case {"label": label}:
            return _letter(label)
        case {"grade": int() | float() as grade} if 0 <= grade <= 3:
            return LABELS[3 - round(grade)]
        case {"grade": grade}:
            raise ValueError(f"grade {grade!r}: expected 0 (irrelevant) to 3 (exact)")
        case {"clicks": int() | float() as clicks} if clicks >= 0:
            return "E" if clicks else "S"
        case _:
            raise ValueError("no label (E, S, C, I), grade (0 to 3) or clicks (0 or more)")


def _letter(letter: object) -> Label:
    match letter:
        case "E" | "S" | "C" | "I":
            return letter
        case _:
            raise ValueError(f"label {letter!r}: expected E, S, C or I")


def _check(path: Path, read: Examples) -> None:
    """Refuse what nothing can be learned from."""
    found = {label for example in read.examples for label in example.labels.values()}
    if len(found) >= 2:
        return
    shown = "".join(f"\n  {problem}" for problem in read.problems[:_PROBLEMS_SHOWN])
    if not found:
        raise ConfigError(f"{path}: no line can be used{shown or ': the file is empty'}")
    raise ConfigError(
        f"{path}: every product is labelled {found.pop()}; training needs some that fit and some that do not{shown}"
    )


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield from file
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; name a file of JSON lines") from error
