"""`shopwright train reason`: the graph of common sense grows from what a shop sells and shoppers do.

    grown = grow(GrowPlan(model, graph, encoder, products, queries=queries), report)
    propose(grown.edges, home)       # home/knowledge/proposed/edges.tsv: a person reads it, deletes what is wrong ...
    accept(home)                     # ... and what is left becomes home/knowledge/accepted.tsv

After COSMO (Yu et al., 2024): a large model explains products, pairs that were bought together and queries; rules
refuse what has no sound form, names a brand or is known; the critic (`knowledge.critic`) refuses what is not plausible
beside the graph. Nothing reaches shoppers before a person has accepted it. Every line says what it was made from.

Not here: training of a smaller model on what was accepted; the graph itself is looked up at run time.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import islice, zip_longest
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shopwright.catalog.vocabulary import fold, words
from shopwright.errors import ConfigError, ModelError
from shopwright.knowledge.critic import RELATIONS, Critic, scores
from shopwright.knowledge.graph import KINDS, Edge, Graph, Value, kind_of, line_of, name_of, own_folder, read_edges
from shopwright.models.protocols import Encoder, LanguageModel
from shopwright.train.outcome import Report
from shopwright.types import Product

_GOALS = ("activity", "need", "condition", "event", "place")
ALLOWED: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "leads_to": (KINDS, _GOALS), "likes": (("recipient",), ("activity", "need")), "met_by": (("need",), ("product",)),
    "uses": (("activity", "occasion", "place", "season", "event", "recipient", "condition"), ("product",)),
    "wants": (KINDS, ("value",)), "avoids": (KINDS, ("product", "value")),
    "goes_with": (("product",), ("product",)), "requires": (("product",), ("product",)),
    "replaces": (("product",), ("product",)), "gift": (("occasion", "recipient", "culture"), ("product",)),
}  # fmt: skip
"""Relation -> the kinds that it may begin at, and end at."""
_MOST_WORDS = 6
_MOST_FAILED = 3
_NAME = re.compile(r"[^\W_][^:\t\n]{1,60}")
_PROPOSED, _ACCEPTED = Path("proposed") / "edges.tsv", "accepted.tsv"


class Proposal(BaseModel):
    """One edge as the model writes it."""

    model_config = ConfigDict(extra="forbid")

    head: str
    relation: str
    tail: str
    confidence: float = Field(ge=0, le=1)


class Proposals(BaseModel):
    """What the model fills in."""

    model_config = ConfigDict(extra="forbid")

    edges: list[Proposal]


@dataclass(frozen=True, slots=True)
class GrowPlan:
    """What to grow the graph from.

    Args:
        model: proposes edges.
        graph: that they are judged by and added to.
        encoder: of the critic.
        products: of the shop.
        together: pairs of products that were bought together, most often first.
        queries: what shoppers typed, most often first.
        count: how many questions the model is asked, a third of each sort where there are all.
        least: probability of being plausible from which an edge is proposed.
        critic: judges; the shipped one by default.
        seed: of the choice of products.
    """

    model: LanguageModel
    graph: Graph
    encoder: Encoder
    products: Sequence[Product]
    together: Sequence[tuple[Product, Product]] = ()
    queries: Sequence[str] = ()
    count: int = 60
    least: float = 0.5
    critic: Critic | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Grown:
    """What came of it: edges for a person to read, best first, and why others were refused, by reason."""

    asked: int
    proposed: int
    edges: tuple[Edge, ...]
    refused: Mapping[str, int] = field(default_factory=dict)


def grow(plan: GrowPlan, report: Report = print) -> Grown:
    """Ask the model, and keep what rules and critic let pass.

    Raises:
        ModelError: the model failed three times in a row.
    """
    refused: Counter[str] = Counter()
    sound: dict[tuple[str, str, str], Edge] = {}
    failed = proposed = asked = 0
    rules = _Rules(plan.graph, plan.products)
    for about, origin in _questions(plan):
        asked += 1
        try:
            answer = _ask(plan.model, about)
            failed = 0
        except ModelError as error:
            failed += 1
            refused["no usable answer"] += 1
            report(f"{origin}: {error}")
            if failed == _MOST_FAILED:
                raise
            continue
        for proposal in answer.edges:
            proposed += 1
            edge = Edge(
                proposal.head.strip(), proposal.relation, proposal.tail.strip(), proposal.confidence, "endpoint", origin
            )
            why = rules.against(edge)
            if why:
                refused[why] += 1
            else:
                sound.setdefault(edge[:3], edge)
        report(f"{asked} asked, {proposed} proposed, {len(sound)} sound")
    kept = _plausible(list(sound.values()), plan)
    refused["not plausible to the critic"] += len(sound) - len(kept)
    return Grown(asked, proposed, tuple(kept), {why: count for why, count in refused.items() if count})


def propose(edges: Iterable[Edge], home: Path) -> Path:
    """Write edges for a person to read: each below a comment that says where it comes from.

    Raises:
        ConfigError: there is a file of proposals already that nobody has accepted or thrown away.
    """
    path = own_folder(home) / _PROPOSED
    if path.exists():
        raise ConfigError(f"{path} waits to be read: accept it with --accept, or delete it")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"# {edge.place}\n{line_of(edge)}\n" for edge in edges), encoding="utf-8")
    return path


def accept(home: Path) -> int:
    """Add what is left in the file of proposals to the shop's own edges; returns how many.

    Raises:
        ConfigError: nothing was proposed, or a line was damaged while it was read.
    """
    path = own_folder(home) / _PROPOSED
    if not path.exists():
        raise ConfigError(f"{path}: there is nothing to accept; run shopwright train reason --model URL#NAME first")
    edges = read_edges(path)
    target = own_folder(home) / _ACCEPTED
    known = target.read_text(encoding="utf-8") if target.exists() else ""
    target.write_text(known + path.read_text(encoding="utf-8"), encoding="utf-8")
    path.unlink()
    return len(edges)


def _plausible(edges: Sequence[Edge], plan: GrowPlan) -> list[Edge]:
    """Those that the critic believes, or cannot judge; the confidence is the model's times the critic's."""
    judged = [edge for edge in edges if edge.relation in RELATIONS]
    chances = scores(judged, plan.graph, plan.encoder, plan.critic or Critic.packaged())
    kept = [
        edge._replace(
            confidence=round(edge.confidence * float(chance), 2), place=f"{edge.place}, critic {float(chance):.2f}"
        )
        for edge, chance in zip(judged, chances, strict=True)
        if chance >= plan.least
    ]
    others = [edge for edge in edges if edge.relation not in RELATIONS]
    return sorted(kept, key=lambda edge: -edge.confidence) + others


class _Rules:
    """What has no sound form is refused before anything is computed."""

    def __init__(self, graph: Graph, products: Iterable[Product]) -> None:
        self._known = {edge[:3] for edge in graph.edges}
        brands = {product.brand.lower() for product in products if product.brand}
        self._brands = {brand for brand in brands if brand}

    def against(self, edge: Edge) -> str:
        """Why an edge is refused; "" when it is not."""
        heads, tails = ALLOWED.get(edge.relation, ((), ()))
        if kind_of(edge.head) not in heads or kind_of(edge.tail) not in tails:
            return "no sound relation between such nodes"
        names = name_of(edge.head), name_of(edge.tail)
        if kind_of(edge.tail) == "value" and Value.parse(edge.tail) is None:
            return "no sound value"
        if any(name != name.lower() or not _NAME.fullmatch(name) or len(name.split()) > _MOST_WORDS for name in names):
            return "no plain name"
        if any(re.search(rf"\b{re.escape(brand)}\b", name) for name in names for brand in self._brands):
            return "names a brand"
        if {fold(word) for word in words(names[0])} == {fold(word) for word in words(names[1])}:
            return "says nothing"
        return "known already" if edge[:3] in self._known else ""


def _questions(plan: GrowPlan) -> Iterator[tuple[dict[str, object], str]]:
    """What the model is asked about, and how it is called in a file."""
    chooser = random.Random(plan.seed)
    by_shelf: dict[tuple[str, ...], list[Product]] = {}
    for product in plan.products:
        by_shelf.setdefault(product.category, []).append(product)
    spread = [chooser.choice(found) for found in by_shelf.values()]
    chooser.shuffle(spread)
    sorts: tuple[list[tuple[dict[str, object], str]], ...] = (
        [({"product": _told(product)}, f"product {product.id}") for product in spread],
        [
            ({"bought_together": [_told(one), _told(other)]}, f"bought together {one.id} {other.id}")
            for one, other in plan.together
        ],
        [({"query": query}, f"query {json.dumps(query)}") for query in plan.queries],
    )
    turns = (question for row in zip_longest(*sorts) for question in row if question is not None)
    yield from islice(turns, plan.count)


def _told(product: Product) -> dict[str, object]:
    return {"title": product.title, "category": " > ".join(product.category), "about": product.description[:300]}


def _ask(model: LanguageModel, about: dict[str, object]) -> Proposals:
    prompt = files("shopwright.train.reason.prompts").joinpath("grow.md").read_text()
    messages = [
        {"role": "system", "content": prompt},
        {"role": "user", "content": json.dumps({"about": about}, ensure_ascii=False)},
    ]
    text = model.complete(messages, schema=Proposals.model_json_schema(), max_tokens=1024)
    try:
        return Proposals.model_validate_json(text)
    except ValidationError as error:
        raise ModelError(f"the answer does not fit the form: {error.errors()[0]['msg']}") from error
