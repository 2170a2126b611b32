"""The project's own documents with questions and claims (`written/*.jsonl`, see the datasheet there), as examples.

A document gives four kinds: each question over the whole text with its answer, each question against single sentences
(a ranking), each claim over the text, and each claim over the sentences that decide. `split` says which documents
train, calibrate and test.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import orjson

from shopwright.errors import ConfigError
from shopwright.skills.verify.packing import LONGEST_SENTENCE, packed
from shopwright.train.verify.examples import NOT_SUPPORTED, REFUTES, SILENT, SUPPORTS, Example, Span

Split = Literal["train", "dev", "test"]
_STANCE = {"supported": SUPPORTS, "partially": NOT_SUPPORTED, "refuted": REFUTES, "unsupported": SILENT}
_BORNE_ON = {"supported": 2, "partially": 1, "refuted": 2, "unsupported": 0}
_OTHERS = 4
_BUDGETS = (40, 70, 110, 180)
"""Words of a text that are read."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question over a document; `answer` is None where the document does not say, else it stands in `sentence`."""

    question: str
    answer: str | None
    sentence: int | None


@dataclass(frozen=True, slots=True)
class WrittenClaim:
    """A claim over a document, with the words that it does not support and the places of the sentences that decide."""

    claim: str
    label: Literal["supported", "partially", "refuted", "unsupported"]
    wrong: tuple[str, ...]
    because: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A document: its sentences, questions and claims."""

    id: str
    kind: str
    title: str
    sentences: tuple[str, ...]
    questions: tuple[Question, ...]
    claims: tuple[WrittenClaim, ...]

    @property
    def split(self) -> Split:
        """Eight in ten train, one calibrates, one tests."""
        place = int.from_bytes(blake2b(self.id.encode(), digest_size=4).digest()) % 10
        return "test" if place == 0 else "dev" if place == 1 else "train"


def documents(split: Split | None = None) -> Iterator[Written]:
    """The packaged documents of one split, or all."""
    folder = files("shopwright.train.verify").joinpath("written")
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".jsonl"):
            for line in file.read_text(encoding="utf-8").splitlines():
                document = _document(orjson.loads(line))
                if split in (None, document.split):
                    yield document


def read_documents(path: Path) -> list[Written]:
    """A merchant's own documents, in the form of the packaged ones (see `written/README.md`).

    Raises:
        ConfigError: the file is not there or holds no document, or a line is not of that form.
    """
    if not path.is_file():
        raise ConfigError(f"--data {path}: there is no such file; give JSON lines, see docs/training.md")
    read: list[Written] = []
    known = {document.id for document in documents()}
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            document = _document(orjson.loads(line))
            wrong = problem(document)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            wrong = f"{error!r}; a document has id, kind, title, sentences, questions and claims"
        if not wrong and document.id in known:
            wrong = f"the id {document.id!r} is taken; give every document one of its own"
        if wrong:
            raise ConfigError(f"--data {path}, line {number}: {wrong}; see docs/training.md")
        known.add(document.id)
        read.append(document)
    if not read:
        raise ConfigError(f"--data {path}: holds no document; give one a line, see docs/training.md")
    return read


def problem(document: Written) -> str:
    """What of a document cannot be learned from, "" when all can."""
    texts = [document.id, document.kind, document.title, *document.sentences]
    if not document.id or not document.sentences or not all(isinstance(text, str) for text in texts):
        return "id, kind, title and each sentence are text, and there is at least one sentence"
    for text in document.sentences:
        if not text or text != " ".join(text.split()) or len(text.split()) > LONGEST_SENTENCE:
            return (
                f"the sentence {text[:60]!r} is empty, has blanks at an end or several in a row, or more than "
                f"{LONGEST_SENTENCE} words"
            )
    count = len(document.sentences)
    for asked in document.questions:
        if (asked.answer is None) != (asked.sentence is None):
            return f"{asked.question!r}: answer and sentence are both given, or both null where nothing answers"
        if asked.sentence is not None and not (0 <= asked.sentence < count):
            return f"{asked.question!r}: sentence {asked.sentence}, there are 0 to {count - 1}"
        if asked.sentence is not None and (not asked.answer or asked.answer not in document.sentences[asked.sentence]):
            return f"{asked.question!r}: the answer {asked.answer!r} does not stand in sentence {asked.sentence}"
    for claim in document.claims:
        if claim.label not in _STANCE:
            return f"{claim.claim!r}: label {claim.label!r}, there are {', '.join(_STANCE)}"
        if (claim.label == "supported") == bool(claim.wrong):
            return f"{claim.claim!r}: a supported claim has no wrong words, every other has some"
        if absent := [words for words in claim.wrong if not words or words not in claim.claim]:
            return f"{claim.claim!r}: the wrong words {absent[0]!r} do not stand in it"
        if outside := [place for place in claim.because if not 0 <= place < count]:
            return f"{claim.claim!r}: because of sentence {outside[0]}, there are 0 to {count - 1}"
    return ""


def written_examples(texts: Iterable[Written], seed: int = 0) -> list[Example]:
    """What documents teach; the seed says which part of a text is read with each question or claim."""
    generator = random.Random(seed)
    made: list[Example] = []
    for document in texts:
        group = f"written:{document.id}"
        for place, asked in enumerate(document.questions):
            made.append(_asked(asked, document, group, generator))
            if asked.sentence is not None:
                made += _ranking(asked, document, f"{group}:{place}", generator)
        for claim in document.claims:
            text = packed(claim.claim, document.sentences, generator.choice(_BUDGETS), keep=claim.because)
            stance, borne_on = _STANCE[claim.label], _BORNE_ON[claim.label]
            made.append(Example(claim.claim, text, "written", group, borne_on, stance, marks=marked(claim)))
    return made


def marked(claim: WrittenClaim) -> tuple[Span, ...]:
    """Characters of the wrong words."""
    return tuple((start, start + len(words)) for words in claim.wrong if (start := claim.claim.find(words)) >= 0)


def _asked(asked: Question, document: Written, group: str, generator: random.Random) -> Example:
    """A question over a part of the text that has its answer, if any part has."""
    keep = () if asked.sentence is None else (asked.sentence,)
    text = packed(asked.question, document.sentences, generator.choice(_BUDGETS), keep=keep)
    if asked.answer is None or asked.sentence is None:
        return Example(asked.question, text, "written", group, 0, answer=(0, 0))
    start = text.find(document.sentences[asked.sentence]) + document.sentences[asked.sentence].find(asked.answer)
    return Example(asked.question, text, "written", group, 2, answer=(start, start + len(asked.answer)))


def _ranking(asked: Question, document: Written, group: str, generator: random.Random) -> list[Example]:
    """The answering sentence and a few others, to be ranked."""
    others = [place for place in range(len(document.sentences)) if place != asked.sentence]
    places = [asked.sentence or 0, *generator.sample(others, min(_OTHERS, len(others)))]
    return [
        Example(asked.question, document.sentences[place], "written_sentences", group, 2 if rank == 0 else 0)
        for rank, place in enumerate(places)
    ]


def _document(row: dict[str, Any]) -> Written:
    return Written(
        row["id"],
        row["kind"],
        row["title"],
        tuple(row["sentences"]),
        tuple(Question(each["question"], each["answer"], each.get("sentence")) for each in row["questions"]),
        tuple(
            WrittenClaim(each["claim"], each["label"], tuple(each["wrong"]), tuple(each["because"]))
            for each in row["claims"]
        ),
    )
