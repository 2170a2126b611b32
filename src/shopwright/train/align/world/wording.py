"""The written files as tables: how facts are said, why they matter, what a text's phrases are cues of.

    WRITTEN/wording.tsv     how a fact is told, compared, wished for, and recognised
    WRITTEN/reasons.tsv     why a fact is good or a drawback, and what to do about it
    WRITTEN/sentences.tsv   parts of answers, with move and register
    WRITTEN/requests.tsv    requests in a shopper's words, with the needs that they state
    WRITTEN/uses.tsv        what things are wanted for, by department
    WRITTEN/cues.tsv        phrases that judge an answer: slang, hype, promises, reasons, verbs ...

Facts of a merchant's own that no row names are told in general words (`Wording.for_fact`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from shopwright.errors import CorpusError

WRITTEN = Path(__file__).parent / "written"
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
Kind = Literal["flag", "number", "text"]


@dataclass(frozen=True, slots=True)
class Wording:
    """How one fact is put in words. `{value}` stands for its value; "" where there is no such form.

    Args:
        attribute: the catalogue's name, e.g. "dishwasher_safe".
        kind: yes or no, a number (with a unit), or a text.
        fact: the name in a prompt, e.g. "dishwasher safe".
        says, denies: verb phrases: "is dishwasher safe", "is not dishwasher safe".
        noun: "a weight of {value}".
        more, less: comparatives: "heavier", "lighter".
        wants, wants_less: what a shopper asks for: "that does not weigh much".
        said: phrases that speak of it.
        terms: phrases that claim it (flags: those after "!" claim the opposite).
    """

    attribute: str
    kind: Kind
    fact: str
    says: str
    denies: str
    noun: str
    more: tuple[str, ...]
    less: tuple[str, ...]
    wants: str
    wants_less: str
    said: tuple[str, ...]
    terms: tuple[str, ...]

    @classmethod
    def for_fact(cls, fact: str, kind: Kind) -> Wording:
        """General words for a fact that nobody wrote about; nobody wishes for it either."""
        name = fact.replace("{", "").replace("}", "")
        article = "an" if name[:1] in "aeio" else "a"
        noun = {"flag": "", "number": f"{article} {name} of {{value}}", "text": f"{{value}} listed under {name}"}[kind]
        says, denies = (
            (f"has a yes beside {name}", f"has a no beside {name}") if kind == "flag" else (f"has {noun}", "")
        )
        return cls(name.replace(" ", "_"), kind, fact, says, denies, noun, (), (), "", "", (name,), (name,))


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a fact matters: `case` is more, less, yes, no or any; `move` is why, drawback or advice."""

    fact: str
    case: str
    move: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """A written sentence of an answer, with slots."""

    move: str
    register: str
    text: str


def rows(name: str) -> list[list[str]]:
    """The rows of a written file without its head.

    Raises:
        CorpusError: a row has not as many columns as the head.
    """
    lines = (WRITTEN / f"{name}.tsv").read_text("utf-8").splitlines()
    width = lines[0].count("\t")
    for place, line in enumerate(lines, 1):
        if line.count("\t") != width:
            raise CorpusError(f"{name}.tsv:{place}: {line.count(chr(9)) + 1} columns; its head has {width + 1}")
    return [line.split("\t") for line in lines[1:]]


@cache
def wordings() -> Mapping[str, Wording]:
    """By attribute."""
    made: dict[str, Wording] = {}
    for row in rows("wording"):
        attribute, kind, fact, says, denies, noun, more, less, wants, wants_less, said, terms = row
        if kind not in ("flag", "number", "text"):
            raise CorpusError(f"wording.tsv: {attribute} is of kind {kind!r}; allowed are flag, number and text")
        of_kind: Kind = "flag" if kind == "flag" else "number" if kind == "number" else "text"
        lists = [_list(cell) for cell in (more, less, said, terms)]
        made[attribute] = Wording(
            attribute, of_kind, fact, says, denies, noun, lists[0], lists[1], wants, wants_less, lists[2], lists[3]
        )
    return made


@cache
def by_fact() -> Mapping[str, Wording]:
    """By the name in a prompt."""
    return {one.fact: one for one in wordings().values()}


@cache
def reasons() -> Mapping[tuple[str, str, str], tuple[str, ...]]:
    """(fact, case, move) -> texts; the fact "*" holds for every one."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for fact, case, move, text in rows("reasons"):
        found[fact, case, move].append(text)
    return {key: tuple(texts) for key, texts in found.items()}


@cache
def parts() -> Mapping[tuple[str, str], tuple[Part, ...]]:
    """(move, register) -> parts."""
    found: dict[tuple[str, str], list[Part]] = defaultdict(list)
    for move, register, text in rows("sentences"):
        found[move, register].append(Part(move, register, text))
    return {key: tuple(some) for key, some in found.items()}


@cache
def cues() -> Mapping[str, tuple[str, ...]]:
    """Kind of cue -> phrases."""
    found: dict[str, list[str]] = defaultdict(list)
    for kind, phrase in rows("cues"):
        found[kind].append(phrase)
    return {kind: tuple(phrases) for kind, phrases in found.items()}


def _list(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split("|")))


def number_in(text: str) -> float | None:
    """The first number of a value; None where there is none."""
    found = _NUMBER.search(text)
    return float(found[0]) if found else None


def kind_of(value: str) -> Kind:
    """Whether a value is a flag, a number or a text."""
    return "flag" if value in ("yes", "no") else "number" if _NUMBER.match(value) else "text"


def wording_of(fact: str, value: str) -> Wording:
    """How a fact is put in words, written or general."""
    return by_fact().get(fact) or _general(fact, kind_of(value))


@cache
def _general(fact: str, kind: Kind) -> Wording:
    return Wording.for_fact(fact, kind)
