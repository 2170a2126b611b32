"""What rewriting is learned from: queries as shoppers type them, each with the queries that find what was meant.

    packaged_rewrites("train")            the project's own pairs (data/DATASHEET.md)
    read_rewrites(Path("mine.tsv"))       a merchant's own, of the same form

A line holds four columns with tabs between them: split, kind, query, rewrites; the rewrites, best first, have " | "
between them. A merchant may leave the first two out. A query of the kind "keep" has itself as its only rewrite: model
numbers, names and the shop's own words stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from shopwright.errors import ConfigError

Split = Literal["train", "dev", "test"]
Kind = Literal["typo", "split", "abbreviation", "synonym", "use", "vague", "long", "relax", "keep", "own"]

FILE = Path(__file__).parent / "data" / "rewrites.tsv"
MOST = 5
"""Rewrites of a query."""

_KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}
_SPLITS = get_args(Split)
_LONGEST = 1_000
_PROBLEMS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A query and its rewrites, best first; a query that should stay has itself."""

    query: str
    rewrites: tuple[str, ...]
    kind: Kind = "own"

    @property
    def keeps(self) -> bool:
        """Whether the query stays as it is."""
        return self.rewrites == (self.query,)


@dataclass(slots=True)
class Rewrites:
    """What was read, and which lines were left out, each with its reason."""

    rewrites: list[Rewrite] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def packaged_rewrites(split: Split) -> list[Rewrite]:
    """The project's own pairs; neither a query nor a best rewrite is shared between splits, in any order of words."""
    rows = (line.split("\t") for line in FILE.read_text(encoding="utf-8").splitlines())
    return [
        Rewrite(query, tuple(listed.split(" | ")), _KINDS[kind]) for part, kind, query, listed in rows if part == split
    ]


def read_rewrites(path: Path, split: Split | None = None) -> Rewrites:
    """A merchant's own pairs: `split<TAB>kind<TAB>query<TAB>rewrites`, or `query<TAB>rewrites` alone.

    Args:
        path: the file, in UTF-8.
        split: only the lines of this split, and those that name none; None: all lines.

    Returns:
        The pairs, and what was left out: lines of another form, empty or over-long texts, queries that stand twice, a
        query rewritten to itself that is not of the kind "keep".

    Raises:
        ConfigError: the file cannot be read, or no line of it can be used.
    """
    read = Rewrites()
    seen: dict[str, int] = {}
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            part, rewrite = _row(line)
            before = seen.setdefault(rewrite.query.lower(), number)
            if before != number:
                raise ValueError(f"the query {rewrite.query!r} stands in line {before} too; put its rewrites there")
        except ValueError as error:
            read.problems.append(f"line {number}: {error}")
            continue
        if split in (None, part) or part is None:
            read.rewrites.append(rewrite)
    if not read.rewrites:
        shown = "".join(f"\n  {problem}" for problem in read.problems[:_PROBLEMS_SHOWN])
        raise ConfigError(f"{path}: no line can be used{shown or f': none is of the split {split}' if seen else shown}")
    return read


def _row(line: str) -> tuple[str | None, Rewrite]:
    """The split (None: not named) and the pair of one line."""
    match line.split("\t"):
        case [query, listed]:
            part, kind = None, "own"
        case [part, kind, query, listed]:
            if part not in _SPLITS:
                raise ValueError(f"split {part!r}: expected {', '.join(_SPLITS)}")
            if kind not in _KINDS:
                raise ValueError(f"kind {kind!r}: expected {', '.join(_KINDS)}")
        case columns:
            raise ValueError(
                f"{len(columns)} columns; expected query and rewrites, or split, kind, query and rewrites, with tabs"
            )
    query = _text(query, "the query")
    rewrites = tuple(dict.fromkeys(_text(each, "a rewrite") for each in listed.split("|")))
    if len(rewrites) > MOST:
        raise ValueError(f"{len(rewrites)} rewrites of {query!r}; name the best {MOST} at most")
    if kind == "keep" and rewrites != (query,):
        raise ValueError(f"{query!r} is of the kind keep, but is rewritten to {rewrites[0]!r}; repeat the query")
    if kind not in ("keep", "own") and query.lower() in map(str.lower, rewrites):
        raise ValueError(f"{query!r} is rewritten to itself; use the kind keep, or leave that rewrite out")
    return part, Rewrite(query, rewrites, _KINDS[kind])


def _text(text: str, name: str) -> str:
    """The text with single spaces, neither empty nor endless."""
    text = " ".join(text.split())
    if not text or len(text) > _LONGEST:
        raise ValueError(f"{name} is {'empty' if not text else f'{len(text):,} characters long, over {_LONGEST:,}'}")
    return text


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; name a file with a query and its rewrites a line") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: byte {error.start} is no UTF-8; save the file as UTF-8") from error
