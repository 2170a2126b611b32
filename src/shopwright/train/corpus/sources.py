"""Where a corpus comes from: a source says which files, what they are, and how their records become text.

`read(source, say)` gives each record exactly once, as a `Document` or as `Refused` with its reason, so that what comes
in and what goes out can be added up. Rows that are one text together (the questions about one paragraph) come out as
the document of the first row and "merged" for the others.

`shop_sources` are a shop's own store, `own_sources` what the project itself ships, `public_sources` the sets of a
folder of public data that may go into weights which are given away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Literal, get_args

from shopwright.catalog import demo
from shopwright.catalog.feeds import open_feed
from shopwright.catalog.store import Store
from shopwright.errors import ConfigError, CorpusError, FeedError, RowError
from shopwright.train.corpus import render as forms
from shopwright.train.corpus.records import RECORD_BYTES, Record, Refused, Say, read_records
from shopwright.train.corpus.shards import Document
from shopwright.train.examples import packaged_examples
from shopwright.types import Product

__all__ = ["Refused", "Source", "own_sources", "public_sources", "read", "shop_sources"]

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

Render = Literal[
    "text", "product", "dialogue", "qa", "paragraph", "claim", "feedback", "responses", "intent", "pairs", "events",
    "home", "demo",
]  # fmt: skip


Kind = Literal["general", "domain"]


@dataclass(frozen=True, slots=True)
class Source:
    """Some files of one kind.

    Args:
        name: letters, digits and "_"; names shards and the entry in the mixture.
        paths: files, or folders whose files are all read in the order of their names.
        kind: "general" language or the "domain".
        licence: as the datasheet states it.
        weight: share in the mixture, before temperature.
        render: how a record becomes text: "text" joins `fields`; "product" reads a feed; "dialogue" role by role; "qa"
            product questions; "paragraph" a text with questions; "claim" with its evidence; "feedback" long answers;
            "responses" (prompts, then responses); "intent" requests; "pairs" (products) queries with what fits;
            "events" sessions of a log; "home" a shop's folder; "demo" the demo shop.
        fields: of "text".
        seed: another one gives products another form.
        most: at most so many responses a prompt.
        limit: largest record in bytes.
        catalogue: whose queries "pairs" takes.

    Raises:
        ConfigError: a name that cannot name a file, an unknown kind or form, a weight below 0, no path.
    """

    name: str
    paths: tuple[Path, ...]
    kind: Kind = "domain"
    licence: str = ""
    weight: float = 1.0
    render: Render = "text"
    fields: tuple[str, ...] = ("text",)
    seed: int = 0
    most: int = 4
    limit: int = RECORD_BYTES
    catalogue: str = ""

    def __post_init__(self) -> None:
        if not self.name or not all(sign.isalnum() or sign == "_" for sign in self.name):
            raise ConfigError(f"source name {self.name!r}: expected letters, digits and '_', since it names files")
        for what, value, allowed in (("kind", self.kind, get_args(Kind)), ("render", self.render, get_args(Render))):
            if value not in allowed:
                raise ConfigError(f"source {self.name}: {what} {value!r}: expected one of {', '.join(allowed)}")
        if not self.weight >= 0:
            raise ConfigError(f"source {self.name}: weight {self.weight}: expected 0 or more")
        if not self.paths and self.render not in ("demo", "pairs"):
            raise ConfigError(f"source {self.name}: has no files: give at least one path")

    @property
    def is_structured(self) -> bool:
        """Whether its texts are cards, lists and turns rather than running text, for the choice of rules."""
        return self.render != "text"


def read(source: Source, say: Say) -> Iterator[Document | Refused]:
    """Each record of a source once, as a document or refused with its reason.

    Args:
        source: what to read.
        say: is told of what the counts do not show (encodings, columns of a feed).

    Raises:
        CorpusError: a file is missing, cut off or damaged; records before the damage were yielded.
    """
    for where, item in _READERS[source.render](source, say):
        if isinstance(item, Refused):
            yield item
        elif not isinstance(item, str) or not item.strip():
            yield Refused("no text", where)
        else:
            yield Document(_LONE_SURROGATE.sub("\ufffd", item), source.name, where)


def shop_sources(home: Path) -> tuple[Source, ...]:
    """What a shop's folder holds: products, documents and reviews."""
    return (Source("shop", (home,), "domain", "own", render="home"),)


def own_sources() -> tuple[Source, ...]:
    """What the project itself ships: the demo shop, and its judged queries over it (training split)."""
    return (
        Source("demo", (), "domain", "Apache-2.0", render="demo"),
        Source("queries_demo", (), "domain", "Apache-2.0", render="pairs", catalogue="demo"),
    )


def public_sources(data: Path) -> tuple[Source, ...]:
    """The sets of a folder of public data whose licence lets weights be shipped, and the project's own.

    Args:
        data: with `corpus`, `search`, `evidence`, `tools` and `reward` below it. Sets that are not there are left out.

    Raises:
        CorpusError: none of them is there.
    """
    found = [source for source in _public(data) if all(path.exists() for path in source.paths)]
    if not found:
        raise CorpusError(f"{data} holds none of the public sets: name the folder that holds corpus/, search/ ...")
    return (*found, *own_sources())


def _public(data: Path) -> tuple[Source, ...]:
    general, domain, evidence, reward = (
        data / "corpus/general",
        data / "corpus/domain",
        data / "evidence",
        data / "reward",
    )
    esci, chorus = (data / "search" / name / "products.jsonl.gz" for name in ("esci", "chorus"))
    intents = data / "tools/shopping_intents.jsonl"
    sharing = "CDLA-Sharing-1.0"
    icecat = "Open Content License (Icecat, querqy/chorus)"
    hetpqa = tuple(evidence / f"hetpqa_answers_{part}.jsonl.gz" for part in ("train", "dev"))
    alpaca = (reward / "alpaca_eval/prompts.jsonl", reward / "alpaca_eval/responses.jsonl.xz")
    return (
        Source("novels100", (general / "novels100.jsonl.xz",), "general", "public domain"),
        Source("nltk_mix", (general / "nltk_mix.jsonl.xz",), "general", "NLTK corpora"),
        Source("dstc8", (general / "dstc8_dialogue.jsonl.xz",), "general", "CC BY-SA 4.0 (DSTC8)", render="dialogue"),
        Source("squad2", (evidence / "squad2.jsonl.gz",), "general", "CC BY-SA 4.0 (SQuAD 2.0)", render="paragraph"),
        Source("wice", (evidence / "wice/claims.jsonl",), "general", "ODC-BY, CC BY-SA (WiCE)", render="claim"),
        Source("stance", (evidence / "stance.jsonl.gz",), "general", "Apache-2.0 (Factcheck-GPT)", render="claim"),
        Source("alpaca_eval", alpaca, "general", "Apache-2.0 (AlpacaEval)", render="responses"),
        Source("qa_feedback", (reward / "qa_feedback.json",), "general", "Apache-2.0 (FG-RLHF)", render="feedback"),
        Source("dynamics", (domain / "dynamics_bc_docs.jsonl.xz",), "domain", "CC BY 4.0 (Dynamics 365 documentation)"),
        Source("magento", (domain / "magento_merchdocs.jsonl.xz",), "domain", "as magento/merchdocs states"),
        Source("esci", (esci,), "domain", "Apache-2.0 (ESCI, ESCI-S)", render="product"),
        Source("chorus", (chorus,), "domain", icecat, render="product"),
        Source("queries_esci", (esci,), "domain", "Apache-2.0", render="pairs", catalogue="esci"),
        Source("queries_chorus", (chorus,), "domain", icecat, render="pairs", catalogue="chorus"),
        Source("epqa", (evidence / "epqa.jsonl.gz",), "domain", sharing, render="qa"),
        Source("semipqa", (evidence / "semipqa.jsonl.gz",), "domain", sharing, render="qa"),
        Source("hetpqa", hetpqa, "domain", sharing, render="qa"),
        Source("retail_policy", (data / "tools/retail/policy.md",), "domain", "MIT (tau2-bench)"),
        Source("shopping_intents", (intents,), "domain", "Apache-2.0 (ShoppingBench)", render="intent"),
    )  # fmt: skip


# ── readers: (where, text or Refused) ───────────────────────────────────────────────────────────────────────────────

Items = Iterator[Record]


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
        else:
            yield path


def _rows(source: Source, say: Say) -> Items:
    for path in _files(source.paths):
        yield from read_records(path, say, source.limit)


def _texts(source: Source, say: Say) -> Items:
    for where, row in _rows(source, say):
        yield where, forms.fields(row, source.fields) if isinstance(row, Mapping) else row


def _each(form: Callable[[forms.Row], str], source: Source, say: Say) -> Items:
    for where, row in _rows(source, say):
        yield where, form(row) if isinstance(row, Mapping) else _not_object(where, row)


def _together(form: Callable[[Sequence[forms.Row]], str], keys: Sequence[str], source: Source, say: Say) -> Items:
    """Neighbouring rows that agree in all keys as one text."""

    def key(record: Record) -> tuple[object, ...]:
        where, row = record
        return tuple(row.get(name) for name in keys) if isinstance(row, Mapping) else (where,)

    for _, group in groupby(_rows(source, say), key):
        rows = list(group)
        where, first = rows[0]
        if not isinstance(first, Mapping):
            yield where, _not_object(where, first)
            continue
        yield where, form([row for _, row in rows])
        yield from ((later, Refused("merged", later)) for later, _ in rows[1:])


def _not_object(where: str, row: object) -> Refused:
    return row if isinstance(row, Refused) else Refused("no JSON object", where)


def _products(path: Path, say: Say) -> Iterator[tuple[str, Product | Refused]]:
    try:
        feed = open_feed(path)
        for number, item in enumerate(feed, 1):
            if isinstance(item, RowError):
                where = f"{path}:{item.line or number}"
                yield where, Refused("no product", where)
            else:
                yield f"{path}:{feed.line or number}", item
        for note in feed.notes[:3]:
            say(f"{path}: {note}")
    except FeedError as error:
        raise CorpusError(str(error)) from error


def _feed(source: Source, say: Say) -> Items:
    for path in _files(source.paths):
        for where, product in _products(path, say):
            yield where, product if isinstance(product, Refused) else forms.render(product, source.seed)


def _responses(source: Source, say: Say) -> Items:
    """Prompts from the first file, responses from the others; at most `most` a prompt, in the order of the file."""
    prompts: dict[str, str] = {}
    for where, row in read_records(source.paths[0], say, source.limit):
        if isinstance(row, Mapping):
            prompts[str(row.get("id"))] = forms.fields(row, ("text",))
        yield where, Refused("prompt, read with its responses" if isinstance(row, Mapping) else "no JSON object", where)
    taken: dict[str, int] = {}
    for path in source.paths[1:]:
        for where, row in read_records(path, say, source.limit):
            if not isinstance(row, Mapping):
                yield where, _not_object(where, row)
                continue
            prompt = str(row.get("prompt"))
            taken[prompt] = taken.get(prompt, 0) + 1
            if taken[prompt] > source.most:
                yield where, Refused("enough responses", where)
            else:
                yield where, forms.exchange(prompts.get(prompt, ""), forms.fields(row, ("text",)))


def _pairs(source: Source, say: Say) -> Items:
    """The judged queries of a catalogue (training split) with titles of products that fit and that do not."""
    titles: dict[str, str] = {}
    for path in _files(source.paths):
        titles |= {item.id: item.title for _, item in _products(path, say) if isinstance(item, Product)}
    if source.catalogue == "demo":
        titles |= {item.id: item.title for item in demo.demo_products() if isinstance(item, Product)}
    for number, example in enumerate(packaged_examples("train"), 1):
        if example.catalogue != source.catalogue:
            continue
        exact = [titles[each] for each, label in example.labels.items() if label == "E" and each in titles]
        other = [titles[each] for each, label in example.labels.items() if label == "I" and each in titles]
        where = f"queries:{number}"
        yield (
            where,
            forms.search_pair(example.query, exact[:4], other[:3]) if exact else Refused("no product that fits", where),
        )


def _events(source: Source, say: Say) -> Items:
    return _together(partial(forms.session, titles={}), ("session_id",), source, say)


def _home(source: Source, _say: Say) -> Items:
    for home in source.paths:
        path = home / "store.db" if home.is_dir() else home
        if not path.is_file():
            raise CorpusError(f"{path}: there is no store: ingest a feed with --home {home}, or name another folder")
        store = Store.open(path)
        try:
            for product in store.all_products():
                yield f"{path}:{product.id}", forms.render(product, source.seed)
                for review in store.reviews(product.id, limit=1_000):
                    yield f"{path}:review:{review.id}", forms.review(review, product.title)
            for document in store.documents():
                yield f"{path}:{document.id}", f"# {document.title}\n\n{document.text}"
        finally:
            store.close()


def _demo(source: Source, _say: Say) -> Items:
    titles: dict[str, str] = {}
    for product in demo.demo_products():
        if isinstance(product, Product):
            titles[product.id] = product.title
            yield f"demo:{product.id}", forms.render(product, source.seed)
        else:
            yield "demo", Refused("no product", f"demo:{product.line}")
    for review in demo.demo_reviews():
        yield f"demo:review:{review.id}", forms.review(review, titles.get(review.product_id, ""))
    for document in demo.demo_documents():
        yield f"demo:{document.id}", f"# {document.title}\n\n{document.text}"


_READERS: Mapping[str, Callable[[Source, Say], Items]] = {
    "text": _texts,
    "product": _feed,
    "dialogue": partial(_each, forms.dialogue),
    "qa": partial(_together, forms.question, ("question", "title", "ASIN")),
    "paragraph": partial(_together, forms.paragraph, ("context",)),
    "claim": partial(_each, forms.claim),
    "feedback": partial(_each, forms.feedback),
    "responses": _responses,
    "intent": partial(_each, forms.intent),
    "pairs": _pairs,
    "events": _events,
    "home": _home,
    "demo": _demo,
}
