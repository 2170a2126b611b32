"""What the judge learns from: one form for questions and claims, and the readers of the sets that may be shipped.

An `Example` is a question or claim, a piece of evidence, and whatever is known of the two; what is not known is left
out of the loss. Sets below a folder of data (`DIR/evidence`, see `SETS`) are read as they are; a missing one is left
out and said. Every tenth group of a set, by a hash of its question or claim, is kept for calibration (`is_dev`).
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

from shopwright.errors import ConfigError
from shopwright.skills.evidence.cells import cell_text
from shopwright.skills.verify.packing import Pieces, packed

Span = tuple[int, int]
SUPPORTS, SILENT, REFUTES = 0, 1, 2
"""Classes of a stance."""
NOT_SUPPORTED = 3
"""A stance of which only this is known: silent or refuting."""
_DEV_SHARE = 10
_OTHERS, _NEAR_WORDS = 2, 60
"""Evidence of other questions that a question is ranked against: how many, and about how many words of it."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question or claim with one piece of evidence.

    Args:
        asked: the question or the claim.
        evidence: the text.
        source: name of the set.
        group: what a ranking is learned within ("" for none), and what the split goes by.
        relevance: 0 not, 1 in part, 2 fully answered or borne on; None when not known.
        stance: one of the three classes, or `NOT_SUPPORTED`; None when not known.
        answer: characters of the answer in the evidence, (0, 0) where there is none; None when not known.
        marks: unsupported characters of the claim, () where all is supported; None when not known.
    """

    asked: str
    evidence: str
    source: str
    group: str = ""
    relevance: int | None = None
    stance: int | None = None
    answer: Span | None = None
    marks: tuple[Span, ...] | None = None


def is_dev(group: str) -> bool:
    """Whether a group is kept for calibration and never trained on."""
    return int.from_bytes(blake2b(group.encode("utf-8", "replace"), digest_size=4).digest()) % _DEV_SHARE == 0


def read_sets(folder: Path) -> tuple[list[Example], list[str]]:
    """The examples of every set that is there, and a line for each that is not.

    Args:
        folder: of data; the sets are below its `evidence/`.

    Raises:
        ConfigError: none of the sets is there, or one is not in its form.
    """
    found: list[Example] = []
    notes = []
    for path, read in SETS.items():
        file = folder / "evidence" / path
        if file.is_file():
            try:
                found += read(records(file))
            except (KeyError, ValueError, TypeError, OSError) as error:
                raise ConfigError(f"--sets {folder}: {file} is damaged or of another form ({error!r})") from error
        else:
            notes.append(f"{file}: not there, left out")
    if not found:
        raise ConfigError(f"--sets {folder}: has none of {', '.join(f'evidence/{path}' for path in SETS)}")
    return found, notes


def records(file: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON lines file, which may be gzipped."""
    with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as lines:
        for line in lines:
            if line.strip():
                yield orjson.loads(line)


def _product_questions(name: str) -> Callable[[Iterable[dict[str, Any]]], list[Example]]:
    """Candidates for a product question; labels 0 to 2, or 0 and 1 where 1 is an answer."""

    def read(rows: Iterable[dict[str, Any]]) -> list[Example]:
        made = []
        for row in rows:
            text, label = cell_text(row["candidate"]), int(row["label"])
            relevance = label if name == "epqa" else 2 * label
            made.append(Example(row["question"], text, name, f"{name}:{row['question']}", relevance))
            if row.get("answer") and label == 2 and len(row["answer"].split()) > 3:
                made.append(_stated(row["answer"], text, name, row["question"]))
        return made

    return read


def _answers(rows: Iterable[dict[str, Any]]) -> list[Example]:
    """Written answers: each rests on its evidence; the evidence answers the question, that of others does not."""
    known = list(rows)
    texts = {row["candidate"]: cell_text(row["candidate"]) for row in known}
    by_product: dict[str, list[dict[str, Any]]] = {}
    for row in known:
        by_product.setdefault(row["ASIN"], []).append(row)
    made = []
    for count, row in enumerate(known):
        question, text = row["question"], texts[row["candidate"]]
        group = f"hetpqa:{question}"
        others = [texts[other["candidate"]] for other in by_product[row["ASIN"]] if other["question"] != question]
        if others and count % 2:
            made.append(Example(question, text, "hetpqa", group, 2))
            near = Pieces(others).chosen(question, _NEAR_WORDS)[:_OTHERS]
            made += [Example(question, others[place], "hetpqa", group, 0) for place in near if others[place] != text]
        if len(row["answer"].split()) > 3:
            made.append(_stated(row["answer"], text, "hetpqa", question))
    return made


def _stated(answer: str, text: str, name: str, question: str) -> Example:
    return Example(answer, text, f"{name}_answers", f"{name}:{question}", 2, SUPPORTS, marks=())


_STANCES = {
    "completely-support": (2, SUPPORTS),
    "partially-support": (1, NOT_SUPPORTED),
    "refute": (2, REFUTES),
    "irrelevant": (0, SILENT),
}


def _stances(rows: Iterable[dict[str, Any]]) -> list[Example]:
    return [
        Example(row["claim"], row["evidence"], "stance", f"stance:{row['claim']}", *_STANCES[row["stance"]])
        for row in rows
    ]


def _claims(rows: Iterable[dict[str, Any]]) -> list[Example]:
    """Claims with their page: the pieces that the verifier would read, and those that a person found decisive."""
    made = []
    for row in rows:
        claim, page = row["claim"], row["evidence"]
        supported = row["label"] == "supported"
        stance, marks = (SUPPORTS, ()) if supported else (NOT_SUPPORTED, None)
        relevance = {"supported": 2, "partially_supported": 1, "not_supported": 0}[row["label"]]
        texts = {packed(claim, page, 160), packed(claim, page, 90)}
        if supported:
            texts = {_with(text, page, row["supporting_sentences"], claim) for text in texts}
            texts.add(_joined(page, row["supporting_sentences"][0]))
        group = f"wice:{claim}"
        made += [Example(claim, text, "wice", group, relevance, stance, marks=marks) for text in sorted(texts)]
    return made


def _tokens(rows: Iterable[dict[str, Any]]) -> list[Example]:
    """Claims of which people marked the unsupported words."""
    made = []
    for row in rows:
        claim, page = row["claim"], row["evidence"]
        marks = spans_of(claim, row["claim_tokens"], row["non_supported_spans"])
        made += [
            Example(claim, text, "wice_tokens", f"wice:{claim}", 1, NOT_SUPPORTED, marks=marks)
            for text in sorted({packed(claim, page, 160), _joined(page, row["supporting_sentences"][0])})
        ]
    return made


def spans_of(claim: str, tokens: Sequence[str], flags: Sequence[bool]) -> tuple[Span, ...]:
    """Characters of the flagged tokens in the claim that they were taken from."""
    spans, place = [], 0
    for token, flag in zip(tokens, flags, strict=True):
        start = claim.find(token, place)
        if start < 0:
            continue
        place = start + len(token)
        if flag:
            spans.append((start, place))
    return tuple(spans)


def _with(text: str, page: Sequence[str], supports: Sequence[Sequence[int]], claim: str) -> str:
    """The packed text, or where it lacks what supports the claim, packed around the shortest support."""
    if any(all(page[place] in text for place in support) for support in supports):
        return text
    best = min(supports, key=lambda support: sum(len(page[place]) for place in support))
    return packed(claim, page, len(text.split()), keep=best)


def _joined(page: Sequence[str], places: Sequence[int]) -> str:
    return " ".join(page[place] for place in places)


def _paragraphs(rows: Iterable[dict[str, Any]]) -> list[Example]:
    """Questions over paragraphs, answered there or not; and over the nearest other paragraph of the same article."""
    known = list(rows)
    articles: dict[str, list[str]] = {}
    for row in known:
        if row["context"] not in articles.setdefault(row["title"], []):
            articles[row["title"]].append(row["context"])
    made = []
    for count, row in enumerate(known):
        question, context, answers = row["question"], row["context"], row["answers"]
        start = context.find(answers[0]) if answers else -1
        if row["answerable"] and start < 0:
            continue
        answer = (start, start + len(answers[0])) if row["answerable"] else (0, 0)
        group = f"squad:{context[:80]}"
        made.append(Example(question, context, "squad2", group, 2 if row["answerable"] else 0, answer=answer))
        others = [each for each in articles[row["title"]] if each != context]
        if row["answerable"] and count % 2 and others:
            scores = Pieces(others).closeness(question)
            near = others[max(range(len(others)), key=scores.__getitem__)]
            if answers[0] not in near:
                made.append(Example(question, near, "squad2_other", group, 0, answer=(0, 0)))
    return made


SETS: dict[str, Callable[[Iterable[dict[str, Any]]], list[Example]]] = {
    "epqa.jsonl.gz": _product_questions("epqa"),
    "semipqa.jsonl.gz": _product_questions("semipqa"),
    "hetpqa_answers_train.jsonl.gz": _answers,
    "hetpqa_answers_dev.jsonl.gz": _answers,
    "stance.jsonl.gz": _stances,
    "wice/claims.jsonl": _claims,
    "wice/unsupported_tokens.jsonl": _tokens,
    "squad2.jsonl.gz": _paragraphs,
}
"""Sets whose licences allow weights that ship: file below `evidence/` -> its reader."""
