"""`bench rewrite`, reading: what the reader takes from a message against what a person wrote down.

needs               the packaged messages (`needs/DATASHEET.md`), split test, without `doubt`: F1 of each field
shopping_intents    shopping requests with labelled constraints (ShoppingBench): micro F1 of the constraints

Both count items. A label and a reading are the same item when they say the same: a price range with its bounds, a
measure in its base unit, a value by its words (plural endings and joining words aside). Values are compared without the
name of their attribute ("material" or "fabric" is a matter of taste); `:named` also asks for the name.

**shopping_intents.** The reader's vocabulary is that of a catalogue of all products of all labels (title, brand,
attributes, options), through the same types as a feed: nothing is listed by hand. It holds every labelled value, and
also those of every other request, which may be read where they are not meant. All constraints of a request count
together, also where it is about several products. Requests on general knowledge name a product and no constraints;
they only add their products to the catalogue. `:dev` and `:test` are halves by a hash of the request; errors were
looked at in `:dev` only.

Labels that a request does not state stay in, and nobody can read them from it: values that were left out, paraphrases
("simple" for "plain", "anti-drop" for "anti-fall", "sporty and streetwear" for "sport & street"), "yes" of a property
that is only hinted at, options such as "black b" for "black". `stated` is the share of attribute labels whose own words
stand in the request; what it lacks to 1 bounds the recall of a reader that knows no synonyms. As many values stand in a
request without being labelled ("stainless steel", "for kids"), which costs precision in the same way.

**needs.** No merchant stands behind these messages. The vocabulary is the demo shop's, of which most of the words asked
for are unknown to it, and each message is read alone, without its history.

Baselines in the same run: regular expressions for numbers, and values of the vocabulary looked up word by word.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from shopwright.bench.task import BenchSet, NeededFile, Options, Row
from shopwright.catalog.demo import demo_products
from shopwright.catalog.feeds.build import Builder
from shopwright.catalog.units import base, dimension, parse_quantity
from shopwright.catalog.vocabulary import Vocabulary, build_vocabulary
from shopwright.errors import CorpusError
from shopwright.skills.rewrite.english import SIZES
from shopwright.skills.rewrite.reader import Reader
from shopwright.skills.rewrite.values import key_of
from shopwright.types import Constraint, Need, Product, Quantity

BENCH = "rewrite"
INTENTS = "tools/shopping_intents.jsonl"
NEEDS = Path(__file__).parent / "needs" / "needs.jsonl"
FIELDS = (
    "type", "brand", "attributes", "price", "negations", "compatible", "recipient", "occasion", "quantity", "sort",
)  # fmt: skip
KINDS = ("price", "attribute", "service", "voucher")
SERVICES = {
    "freeShipping": "free_shipping", "COD": "cash_on_delivery", "flashsale": "flash_sale", "official": "official_shop",
}  # fmt: skip
"""Service as it is labelled -> as the reader names it."""
_PLAIN_SERVICES = {
    "free shipping": "free_shipping", "cash on delivery": "cash_on_delivery", "flash sale": "flash_sale",
    "official": "official_shop",
}  # fmt: skip

Item = tuple[Any, ...]
"""Something that a message says: its kind, and what makes it the same or not."""


@dataclass(slots=True)
class Tally:
    """Items that were labelled, read, and both, by request and kind."""

    rows: list[dict[str, tuple[int, int, int]]] = field(default_factory=list)

    def add(self, gold: Iterable[Item], read: Iterable[Item]) -> None:
        """Count one message."""
        counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        labelled, found = set(gold), set(read)
        for place, items in enumerate((labelled, found, labelled & found)):
            for item in items:
                counts[item[0]][place] += 1
        self.rows.append({kind: (row[0], row[1], row[2]) for kind, row in counts.items()})

    def table(self, kind: str | None = None) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Labelled, read and both for each message, [messages, 3]; of one kind, or of all."""
        rows = [
            np.sum([counts for name, counts in row.items() if kind in (None, name)] or [(0, 0, 0)], axis=0)
            for row in self.rows
        ]
        return np.array(rows, np.float64).reshape(-1, 3)


def f1(table: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """Micro F1 of a table of labelled, read, both; NaN where nothing was labelled or read."""
    labelled, found, both = table.sum(axis=0)
    return float(2 * both / (labelled + found)) if labelled + found else float("nan")


def f1_row(name: str, metric: str, tally: Tally, kind: str | None, seconds: float) -> Row:
    """The F1 of one kind, or of all, with its interval over messages; `n` is the number of labels."""
    table = tally.table(kind)
    generator = np.random.default_rng(0)
    samples = [f1(table[generator.integers(0, len(table), len(table))]) for _ in range(500)] if len(table) else []
    low, high = np.nanquantile(samples, (0.025, 0.975)) if np.isfinite(samples).any() else (0.0, 0.0)
    interval = (float(low), float(high)) if samples else None
    return Row(BENCH, name, metric, f1(table), int(table[:, 0].sum()), interval, seconds)


# ── shopping requests ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Request:
    """A shopping request, its labels as items, those with attribute names, and whether it is in the half `:test`."""

    text: str
    gold: frozenset[Item]
    named: frozenset[Item]
    test: bool


def read_requests(path: Path) -> tuple[list[Request], Vocabulary]:
    """The requests with labelled constraints, and the vocabulary of the catalogue that all products make up.

    Raises:
        CorpusError: a line that is no request.
    """
    requests: list[Request] = []
    products: dict[str, Product] = {}
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                record = json.loads(line)
                wanted = record["reward"] if isinstance(record["reward"], list) else [record["reward"]]
                for place, row in enumerate(wanted):
                    product = _product(row, f"{number}-{place}")
                    products[product.id] = product
                if "Knowledge_Attribute" not in record:
                    requests.append(_request(record, wanted))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise CorpusError(f"{path}, line {number} is no shopping request ({error}): copy it again") from error
    return requests, build_vocabulary(products.values())


def _product(row: Mapping[str, Any], key: str) -> Product:
    """A labelled product as a feed would have it."""
    title = row["title"][0] if isinstance(row["title"], list) else row["title"]
    attributes = _pairs(row.get("attributes"))
    options = _pairs(row.get("sku_options"))
    record: dict[str, Any] = {
        "id": key,
        "title": title,
        "brand": row.get("brand") or next((value for name, value in attributes if name == "brand"), None),
        "category": row.get("category"),
        "attributes": [{"name": name, "value": value} for name, value in attributes if name != "brand"],
    }
    if options:
        record["variants"] = [
            {"id": f"{key}-{place}", "options": {name: value}} for place, (name, value) in enumerate(options)
        ]
    return Builder().product(record)


def _pairs(stated: Any) -> list[tuple[str, str]]:
    """Names and values of `[{name: [values]}, ...]`, `{name: [values]}` or `{sku: {name: value}}`."""
    rows = stated if isinstance(stated, list) else [stated or {}]
    found: list[tuple[str, str]] = []
    for row in rows:
        for name, value in row.items():
            if isinstance(value, dict):
                found += [(inner, str(text)) for inner, text in value.items()]
            else:
                found += [(name, str(text)) for text in (value if isinstance(value, list) else [value])]
    return list(dict.fromkeys(found))


def _request(record: Mapping[str, Any], wanted: Sequence[Mapping[str, Any]]) -> Request:
    gold: set[Item] = set()
    named: set[Item] = set()
    for row in wanted:
        for name, value in _pairs(row.get("attributes")) + _pairs(row.get("sku_options")):
            item = value_item(value, name)
            if item[1]:
                gold.add(item)
                named.add((*item, _name(name)))
        for price in row.get("price", ()):
            (bounds,) = price.values()
            gold.add(("price", *(None if bound is None else float(bound) for bound in bounds)))
        gold.update(("service", SERVICES[service]) for service in row.get("service", ()))
    gold.update(_voucher_items(record.get("voucher") or {}))
    text = record["query"]
    return Request(text, frozenset(gold), frozenset(named), hashlib.blake2b(text.encode()).digest()[0] % 2 == 1)


def _voucher_items(voucher: Mapping[str, Any]) -> Iterator[Item]:
    parts = {"threshold": "threshold", "face_value": "amount", "discount": "share", "cap": "cap", "budget": "budget"}
    for label, part in parts.items():
        if voucher.get(label) is not None:
            yield ("voucher", part, float(voucher[label]))


def value_item(value: str, name: str) -> Item:
    """A value of an attribute as an item: a measure in its base unit, "yes" as the attribute's name, else its words."""
    if value.strip().lower() in ("yes", "true"):
        return ("attribute", key_of(name.replace("_", " ")))
    if (quantity := parse_quantity(value)) is not None:
        return ("attribute", _measured(quantity.value, quantity.unit))
    return ("attribute", key_of(value))


def _measured(value: float, unit: str) -> tuple[str, ...]:
    return (f"{base(Quantity(value, unit)).value:.6g}", dimension(unit) or unit)


def _name(name: str) -> str:
    return " ".join(key_of(name.replace("_", " ")))


def constraint_items(need: Need) -> frozenset[Item]:
    """What a need says of price, attributes, services and the voucher, as items."""
    return frozenset(item for mention in need.mentions if (item := _constraint_item(mention)))


def named_items(need: Need) -> frozenset[Item]:
    """The attributes of a need with their names."""
    return frozenset(
        (*item, _name(mention.filter.field.removeprefix("attr:")))
        for mention in need.mentions
        if (item := _constraint_item(mention)) and item[0] == "attribute"
    )


def _constraint_item(mention: Constraint) -> Item | None:
    wanted = mention.filter
    kind, _, part = wanted.field.partition(":")
    if kind == "price" and wanted.op == "range":
        return ("price", wanted.low, wanted.high)
    if kind == "service":
        return ("service", *wanted.values)
    if kind in ("voucher", "budget"):
        return ("voucher", part or kind, wanted.high)
    if kind in ("attr", "brand") and wanted.op != "not":
        if wanted.op == "range":
            one = wanted.low == wanted.high and wanted.low is not None
            return ("attribute", _measured(wanted.low or 0.0, wanted.unit)) if one and wanted.unit else None
        return value_item(wanted.values[0], part)
    return None


def baseline_items(text: str, phrases: Mapping[str, tuple[str, ...]]) -> frozenset[Item]:
    """Numbers after comparisons, the plain names of the services, and every value that stands in the request."""
    lower = text.lower()
    items: set[Item] = set()
    for match in re.finditer(r"(?:between|from) (\d+)[\w ]* (?:and|to) (\d+)", lower):
        items.add(("price", float(match[1]), float(match[2])))
    items.update(("price", float(m[1]), None) for m in re.finditer(r"(?:above|over|more than) (\d+)", lower))
    items.update(("service", service) for phrase, service in _PLAIN_SERVICES.items() if phrase in lower)
    words = re.findall(r"\w+", lower)
    for size in range(1, 7):
        for start in range(len(words) - size + 1):
            items.update(("attribute", key) for key in [phrases.get(" ".join(words[start : start + size]))] if key)
    return frozenset(items)


def measure_intents(options: Options) -> Iterator[Row]:
    """The rows of `shopping_intents`."""
    requests, vocabulary = read_requests((options.data or Path()) / INTENTS)
    reader = Reader(vocabulary)
    yield from intent_rows(requests, lambda text: reader.read(text))
    phrases = {
        " ".join(re.findall(r"\w+", value)): value_item(value, name)[1]
        for name, profile in vocabulary.attributes.items()
        for value in profile.values
        if len(value) > 2
    }
    started, tally = time.perf_counter(), Tally()
    for request in requests:
        tally.add(request.gold, baseline_items(request.text, phrases))
    seconds = time.perf_counter() - started
    yield f1_row("shopping_intents", "constraints_f1:baseline", tally, None, seconds)
    yield from (f1_row("shopping_intents", f"constraints_f1:{kind}:baseline", tally, kind, seconds) for kind in KINDS)


def intent_rows(requests: Sequence[Request], read: Callable[[str], Need]) -> Iterator[Row]:
    """F1 of all constraints, of each kind, of the halves, with names, and the share of values that are stated."""
    started = time.perf_counter()
    every, named = Tally(), Tally()
    halves = {False: Tally(), True: Tally()}
    stated: list[bool] = []
    for request in requests:
        need = read(request.text)
        items = constraint_items(need)
        every.add(request.gold, items)
        halves[request.test].add(request.gold, items)
        named.add(request.named, named_items(need))
        words = " ".join(("", *key_of(request.text), ""))
        stated += [f" {' '.join(item[1])} " in words for item in request.gold if item[0] == "attribute"]
    seconds = time.perf_counter() - started
    name = "shopping_intents"
    yield f1_row(name, "constraints_f1", every, None, seconds)
    yield from (f1_row(name, f"constraints_f1:{kind}", every, kind, seconds) for kind in KINDS)
    yield f1_row(name, "constraints_f1:dev", halves[False], None, seconds)
    yield f1_row(name, "constraints_f1:test", halves[True], None, seconds)
    yield f1_row(name, "constraints_f1:attribute:named", named, None, seconds)
    yield Row(BENCH, name, "stated:attribute", sum(stated) / len(stated) if stated else float("nan"), len(stated))


# ── messages with their needs ───────────────────────────────────────────────────────────────────────────────────────


def read_needs(split: str) -> list[dict[str, Any]]:
    """The packaged messages of a split, without those on which readers differ."""
    rows = [json.loads(line) for line in NEEDS.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row["split"] == split and "doubt" not in row["tags"]]


def gold_items(row: Mapping[str, Any]) -> frozenset[Item]:
    """What a message was labelled with, as items of the fields."""
    items: set[Item] = {("type", word) for word in key_of(row["type"])}
    items.update(("brand", key_of(brand)) for brand in row["brand"])
    items.update(("attributes", _labelled(one)) for one in row["attributes"] if one["op"] != "not")
    if price := row["price"]:
        level = {"cheap": "low", "expensive": "high"}.get(price["op"])
        if level:
            items.add(("price", level))
        else:
            items.add(("price", *_spread(price), price["currency"]))
    items.update(("negations", key_of(word)) for word in row["negations"])
    items.update(("compatible", key_of(name)) for name in row["compatible"])
    for name in ("recipient", "occasion"):
        if row[name]:
            items.add((name, key_of(row[name])))
    for name in ("quantity", "sort"):
        if row[name] is not None:
            items.add((name, row[name]))
    return frozenset(items)


def _labelled(one: Mapping[str, Any]) -> Item:
    low, high = _spread(one)
    if low is None and high is None:
        quantity = parse_quantity(one["value"])
        return _range_item(quantity.value, quantity.value, quantity.unit) if quantity else _size_words(one["value"])
    return _range_item(low, high, one["unit"])


def _spread(one: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """The bounds of a label; "around" reaches 20 % to either side, as the reader has it."""
    low, high = one["low"], one["high"]
    if one["op"] != "around":
        return (None if low is None else float(low)), (None if high is None else float(high))
    return round(low * 0.8, 2), round(high * 1.2, 2)


def _size_words(value: str) -> Item:
    """The words of a value; the letters of a size as words."""
    return key_of(SIZES.get(value.strip().lower(), value))


def _range_item(low: float | None, high: float | None, unit: str | None) -> Item:
    """Bounds in the base unit; a number without a unit that the catalogue knows is its digits."""
    kind = dimension(unit) if unit else None
    if kind is None or unit is None:
        return key_of(" ".join(f"{bound:g}" for bound in dict.fromkeys((low, high)) if bound is not None))
    bounds = (None if bound is None else f"{base(Quantity(bound, unit)).value:.5g}" for bound in (low, high))
    return (*bounds, kind)


def need_items(need: Need) -> frozenset[Item]:
    """What the reader took from a message, as items of the fields."""
    items: set[Item] = set()
    for mention in need.mentions:
        items.update(_need_items(mention))
    return frozenset(items)


def _need_items(mention: Constraint) -> Iterator[Item]:
    wanted = mention.filter
    kind, _, part = wanted.field.partition(":")
    if kind == "kind":
        yield from (("type", word) for word in key_of(wanted.values[0]))
    elif wanted.op == "not":
        said = (part.replace("_", " ") if value == "true" else value for value in wanted.values)
        yield from (("negations", key_of(value)) for value in said)
    elif kind == "price" and wanted.op == "is":
        yield ("price", *wanted.values)
    elif kind == "price":
        yield ("price", wanted.low, wanted.high, wanted.unit)
    elif kind == "brand":
        yield ("brand", key_of(wanted.values[0]))
    elif kind in ("attr", "measure", "count", "feature"):
        yield ("attributes", _read(mention, part))
    elif kind == "fits":
        yield ("compatible", key_of(wanted.values[0]))
    elif kind in ("recipient", "occasion"):
        yield (kind, key_of(wanted.values[0]))
    elif kind == "quantity":
        yield ("quantity", wanted.low)
    elif kind == "sort":
        yield ("sort", wanted.values[0])


def _read(mention: Constraint, name: str) -> Item:
    wanted = mention.filter
    if wanted.op == "range":
        return _range_item(wanted.low, wanted.high, wanted.unit)
    value = name.replace("_", " ") if wanted.values == ("true",) else wanted.values[0]
    quantity = parse_quantity(value)
    return _range_item(quantity.value, quantity.value, quantity.unit) if quantity else _size_words(value)


def measure_needs(_options: Options) -> Iterator[Row]:
    """The rows of `needs`, on its split test."""
    reader = Reader(_demo_vocabulary())
    yield from need_rows(read_needs("test"), lambda text: reader.read(text))
    brands = {key_of(brand): brand for brand in reader.vocabulary.brands}
    started, tally = time.perf_counter(), Tally()
    for row in read_needs("test"):
        tally.add(gold_items(row), _needs_baseline(row["text"], brands))
    yield f1_row("needs", "f1:baseline", tally, None, time.perf_counter() - started)


def need_rows(rows: Sequence[Mapping[str, Any]], read: Callable[[str], Need]) -> Iterator[Row]:
    """F1 of all fields together and of each."""
    started, tally = time.perf_counter(), Tally()
    for row in rows:
        tally.add(gold_items(row), need_items(read(row["text"])))
    seconds = time.perf_counter() - started
    yield f1_row("needs", "f1", tally, None, seconds)
    yield from (f1_row("needs", f"f1:{name}", tally, name, seconds) for name in FIELDS)


def _needs_baseline(text: str, brands: Mapping[tuple[str, ...], str]) -> frozenset[Item]:
    """ "under N" as a price, "no X" as a refusal, "for X" as compatibility, and the last word as the type."""
    lower = text.lower()
    items: set[Item] = {("brand", key) for key in brands if f" {' '.join(key)} " in f" {' '.join(key_of(lower))} "}
    for match in re.finditer(r"(?:under|below|max) ([€$£])?(\d+)", lower):
        currency = {"€": "EUR", "$": "USD", "£": "GBP"}.get(match[1] or "")
        items.add(("price", None, float(match[2]), currency))
    items.update(("negations", key_of(match[1])) for match in re.finditer(r"\b(?:no|not|without) (\w+)", lower))
    items.update(("compatible", key_of(match[1])) for match in re.finditer(r"\bfor (?:my |a )?([\w ]+)", lower))
    plain = re.split(r"\b(?:for|with|without|under|below|no|not|in|that)\b|,", lower)[0]
    items.update(("type", word) for word in key_of(plain)[-1:])
    return frozenset(items)


@cache
def _demo_vocabulary() -> Vocabulary:
    return build_vocabulary(item for item in demo_products() if isinstance(item, Product))


SETS = (
    BenchSet("needs", measure_needs),
    BenchSet("shopping_intents", measure_intents, (NeededFile(INTENTS, "shopping requests with labels, JSON Lines"),)),
)
