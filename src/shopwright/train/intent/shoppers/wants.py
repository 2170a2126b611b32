"""Wants: what a shopper says first, and what they truly want, which the assistant does not see.

    wants = read_wants()                       # the written ones, for the demo shop
    held = [want for want in wants if want.split == "held"]

A line of `written/wants-*.jsonl`, whose form `Want` and `Goods` describe:

    {"id": "a-001", "text": "headphones for the train, not too pricey", "kind": "find", "goods": [{"name": "noise
     cancelling headphones", "where": [["category", "=", "Headphones"], ["price", "<=", 120]], "needed": true}],
     "about": null, "split": "train"}

The wants are written by the project; they are no record of real people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import orjson

from shopwright.catalog.conditions import Condition, fits
from shopwright.catalog.vocabulary import words
from shopwright.errors import ConfigError
from shopwright.types import Product

FOLDER = Path(__file__).parents[1] / "written"
Kind = Literal["find", "vague", "several", "compare", "stroll", "learn", "shop", "order", "person", "chat"]
Split = Literal["train", "held"]
KINDS: tuple[str, ...] = get_args(Kind)
OF_GOODS = frozenset(("find", "vague", "several", "compare", "stroll"))
"""Kinds whose shoppers look for goods; the others want to be told or helped."""
_ABOUT = frozenset(("learn", "shop"))
_NAMED = 20


@dataclass(frozen=True, slots=True)
class Goods:
    """Goods that please.

    Args:
        name: as the shopper would call them when asked.
        where: conditions on them. Those on the category must hold; of the others one may fail, which pleases less.
        needed: False for an alternative, or a welcome extra.
    """

    name: str
    where: tuple[Condition, ...]
    needed: bool = True

    def fit(self, product: Product, nearly: float) -> float:
        """How well a product fits: 1 when all conditions hold, `nearly` when one besides the category fails, else 0."""
        missing = [condition for condition in self.where if not condition.holds(product)]
        if not missing:
            return 1.0
        placed = any(condition.field == "category" for condition in self.where)
        return nearly if placed and len(missing) == 1 and missing[0].field != "category" else 0.0


@dataclass(frozen=True, slots=True)
class Want:
    """What a shopper says, and what would please.

    Args:
        text: the first message.
        kind: find (one kind of thing) | vague (any of the goods pleases) | several (all that are needed) | compare |
            stroll (a department) | learn | shop | order | person | chat.
        goods: empty for the kinds that are not about goods.
        about: of learn the id of a product or a kind of thing, of shop the id of the document that answers, perhaps
            without its folder.
        split: "held" ones are never learned from.
    """

    id: str
    text: str
    kind: Kind
    goods: tuple[Goods, ...] = ()
    about: str = ""
    split: Split = "train"

    @property
    def needed(self) -> tuple[Goods, ...]:
        """Of several goods those that must be there; all when none is marked."""
        return tuple(goods for goods in self.goods if goods.needed) or self.goods


def read_wants(folder: Path = FOLDER) -> list[Want]:
    """The wants of a folder, by file and line.

    Raises:
        ConfigError: a line is no want, or an id or a text stands twice; the place is named.
    """
    found: list[Want] = []
    ids: dict[str, str] = {}
    for path in sorted(folder.glob("wants-*.jsonl")):
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            if not line.strip():
                continue
            place = f"{path.name} line {number}"
            try:
                want = parse(orjson.loads(line))
            except (orjson.JSONDecodeError, ValueError) as error:
                raise ConfigError(f"{place}: {error}; see the docstring of {__name__}") from error
            for key in (want.id, " ".join(words(want.text)) or want.text):
                if key in ids:
                    raise ConfigError(f"{place}: {key!r} stands in {ids[key]} already; each want is said once")
                ids[key] = place
            found.append(want)
    return found


def parse(record: Any) -> Want:
    """Read a want.

    Raises:
        ValueError: saying what is wrong with it and what is allowed.
    """
    if not isinstance(record, Mapping):
        raise ValueError(f"a want is an object, not {record!r}")
    missing = {"id", "text", "kind", "goods", "about", "split"} - set(record)
    if missing:
        raise ValueError(f"{', '.join(sorted(missing))} missing")
    kind, split, about = record["kind"], record["split"], record["about"] or ""
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r}: use one of {', '.join(KINDS)}")
    if split not in get_args(Split):
        raise ValueError(f"split {split!r}: use train or held")
    if not isinstance(record["text"], str) or not record["text"].strip():
        raise ValueError(f"text {record['text']!r}: what the shopper says must not be empty")
    if not isinstance(record["goods"], list) or bool(record["goods"]) != (kind in OF_GOODS):
        raise ValueError(f"goods of {kind!r}: must be {'one or more' if kind in OF_GOODS else 'an empty list'}")
    if kind in _ABOUT and not about:
        raise ValueError(f"about of {kind!r}: must name what it is about")
    goods = tuple(map(_goods, record["goods"]))
    if kind == "compare" and len(goods) < 2:
        raise ValueError("goods of 'compare': must be two or more")
    return Want(str(record["id"]), record["text"], kind, goods, str(about), split)


def problems(wants: Iterable[Want], products: Iterable[Product], documents: Iterable[str] = ()) -> Iterator[str]:
    """What is wrong with wants as a measure over a catalogue: goods that nothing meets, documents that are not there.

    Args:
        documents: ids of the shop's documents.
    """
    sold, told = list(products), list(documents)
    for want in wants:
        for goods in want.goods:
            if not any(fits(product, goods.where) for product in sold):
                yield f"{want.id}: nothing in the catalogue is {goods.name!r}"
        if want.kind == "shop" and not any(is_document(want.about, key) for key in told):
            yield f"{want.id}: there is no document {want.about!r}"


def see_that_they_measure(wants: Iterable[Want], products: Iterable[Product], documents: Iterable[str]) -> None:
    """Refuse wants that nothing can meet.

    Raises:
        ConfigError: naming the first twenty.
    """
    found = list(problems(wants, products, documents))
    if found:
        raise ConfigError("\n".join(found[:_NAMED]))


def is_document(about: str, key: str) -> bool:
    """Whether a document's id is the one meant: it, or it after a folder ("returns" of "policies-returns")."""
    meant = about.removesuffix(".md").replace("/", "-")
    return key == meant or key.endswith(f"-{meant}")


def _goods(record: Any) -> Goods:
    if not isinstance(record, Mapping) or not record.get("name") or not isinstance(record.get("where"), list):
        raise ValueError(f"goods {record!r}: give name, where and needed")
    if not record["where"]:
        raise ValueError(f"goods {record['name']!r}: without a condition everything would please")
    return Goods(str(record["name"]), tuple(map(Condition.parse, record["where"])), bool(record.get("needed", True)))
