"""Tips: what an expert, a nurse or a grandmother would add, that few think of by themselves.

    beyond = Beyond.packaged()
    for tip in beyond.of("activity:sourdough baking"):
        print(tip.tail, tip.because, tip.place)

`beyond/beyond-*.tsv` holds a tip a line, seven columns with tabs: head, tail, sense, surprise, when, source, because.
The head is a node as in `graph`, what is known of a shopper; the tail is a product type, by its plain name. `sense`
says how surely an informed person agrees that it helps, `surprise` how few would have thought of it. `because` is one
sentence that holds of any product of the type. `held-*.tsv` beside them is for measuring and is not read here.

`when` is `any`; months "10-02", both included, over the new year too; `after`, once the head was bought; or
`days:30-90`, so long after it was bought.

A shop's own tips are files of the same form (`own_tips`). A head and tail that stand in several files are one tip, the
later one, so that a merchant's word replaces the project's.

Not here: which of the products a shop sells are of a type (`assortment`), and who is told a tip
(`skills.recommend.supposing.hypotheses`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Literal, NamedTuple, Self

from shopwright.errors import ConfigError
from shopwright.knowledge.graph import KINDS, own_folder

FOLDER = Path(__file__).parent / "beyond"
HEADS = tuple(kind for kind in KINDS if kind not in ("value", "advice"))
"""Kinds of nodes that a tip may begin at."""
_COLUMNS = ("head", "tail", "sense", "surprise", "when", "source", "because")
_SHAPE = re.compile(r"(?P<word>any|after)|(?P<days>days:)?(?P<first>\d{1,4})-(?P<last>\d{1,4})")
_YEAR = 12


class When(NamedTuple):
    """The time at which a tip helps.

    Args:
        kind: see the module; "months" and "days" have bounds, both included.
        first, last: months 1 to 12, or days; 0 for the others.
    """

    kind: Literal["any", "months", "after", "days"] = "any"
    first: int = 0
    last: int = 0

    @classmethod
    def parse(cls, text: str) -> When | None:
        """The time that a cell names; None when it names none."""
        match = _SHAPE.fullmatch(text)
        if match is None:
            return None
        if match["word"]:
            return cls("after" if match["word"] == "after" else "any")
        first, last = int(match["first"]), int(match["last"])
        if match["days"]:
            return cls("days", first, last) if first <= last else None
        return cls("months", first, last) if 1 <= first <= _YEAR and 1 <= last <= _YEAR else None

    def holds(self, month: int, bought_days: float | None) -> bool:
        """Whether it is that time.

        Args:
            month: 1 to 12; 0 when months shall not count.
            bought_days: days since the head was bought; None when it was not.
        """
        if self.kind == "months":
            return not month or (month - self.first) % _YEAR <= (self.last - self.first) % _YEAR
        if self.kind == "any":
            return True
        return bought_days is not None and (self.kind == "after" or self.first <= bought_days <= self.last)

    def __str__(self) -> str:
        if self.kind == "months":
            return f"{self.first:02}-{self.last:02}"
        return f"days:{self.first}-{self.last}" if self.kind == "days" else self.kind


@dataclass(frozen=True, slots=True)
class Tip:
    """A product type that belongs to something known of a shopper, and why.

    Args:
        head: a node, `kind:name`.
        tail: a product type, "bench scraper".
        sense: how surely an informed person agrees, 0 to 1.
        surprise: how few would have thought of it, 0 to 1.
        when: the time at which it helps.
        source: what kind of knowledge it is ("trade practice").
        because: a sentence that holds of any product of the type.
        place: file and line, "beyond-home.tsv:12".
    """

    head: str
    tail: str
    sense: float
    surprise: float
    when: When
    source: str
    because: str
    place: str

    @property
    def node(self) -> str:
        """The tail as a node of the graph."""
        return f"product:{self.tail}"


class Beyond:
    """Tips by their heads. Build it once; it is never changed.

    Args:
        tips: of the same head and tail the last counts.
        fingerprint: names them: what was computed for other ones must not be used.
    """

    def __init__(self, tips: Iterable[Tip] = (), fingerprint: str = "") -> None:
        self.tips = tuple({(tip.head, tip.tail): tip for tip in tips}.values())
        self.fingerprint = fingerprint
        found: defaultdict[str, list[Tip]] = defaultdict(list)
        for tip in self.tips:
            found[tip.head].append(tip)
        self._of: Mapping[str, Sequence[Tip]] = {
            head: tuple(sorted(tips, key=lambda tip: -tip.sense)) for head, tips in found.items()
        }

    @classmethod
    def packaged(cls, more: Sequence[Path] = ()) -> Beyond:
        """The project's own tips, and those of more files; read on first use and kept while they do not change.

        Raises:
            ConfigError: see `read_tips`.
        """
        return _packaged(tuple((path, _changed(path)) for path in more))

    @classmethod
    def read(cls, files: Sequence[Path]) -> Self:
        """The tips of some files.

        Raises:
            ConfigError: see `read_tips`.
        """
        texts = [_text(path) for path in files]
        digest = blake2b("\0".join(texts).encode(), digest_size=8).hexdigest()
        return cls((tip for path, text in zip(files, texts, strict=True) for tip in _parse(path, text)), digest)

    def of(self, head: str) -> Sequence[Tip]:
        """The tips for a node, the surest first."""
        return self._of.get(head, ())

    @property
    def heads(self) -> tuple[str, ...]:
        """Every node that there is a tip for."""
        return tuple(self._of)

    @property
    def products(self) -> tuple[str, ...]:
        """Every product type that the tips name, as a node: their tails, and heads that are products."""
        named = (node for tip in self.tips for node in (tip.node, tip.head) if node.startswith("product:"))
        return tuple(dict.fromkeys(named))


def own_tips(home: Path) -> list[Path]:
    """The files of a shop's own tips: every `*.tsv` in the folder `beyond` beside its own edges."""
    return sorted((own_folder(home) / "beyond").glob("*.tsv"))


def read_tips(path: Path) -> list[Tip]:
    """The tips of one file; empty lines and those that begin with # are passed over.

    Raises:
        ConfigError: the file cannot be read, or a line is not a tip; it names the line, the value and what is allowed.
    """
    return _parse(path, _text(path))


def _parse(path: Path, text: str) -> list[Tip]:
    lines = ((number, line.rstrip("\r")) for number, line in enumerate(text.split("\n"), 1))
    return [_tip(path, number, line) for number, line in lines if line.strip() and line[0] != "#"]


def _tip(path: Path, number: int, line: str) -> Tip:
    cells = [cell.strip() for cell in line.split("\t")]
    at = f"{path} line {number}"
    if len(cells) != len(_COLUMNS):
        raise ConfigError(
            f"{at}: {len(cells)} columns in {line[:60]!r}; write {len(_COLUMNS)} with tabs between them: "
            f"{', '.join(_COLUMNS)}"
        )
    head, tail, sense, surprise, time, source, because = cells
    kind, _, name = head.partition(":")
    when = When.parse(time)
    if kind not in HEADS or not name.strip():
        raise ConfigError(f"{at}: head {head!r}; write KIND:NAME with a kind of {', '.join(HEADS)}")
    if not tail or ":" in tail or head == f"product:{tail}":
        raise ConfigError(f"{at}: tail {tail!r}; write the plain name of another product type than the head")
    if when is None:
        raise ConfigError(
            f"{at}: when {time!r}; write any, months as 10-02 (01 to 12), after, or days:30-90 with the lower one first"
        )
    if not source or not because.endswith((".", "!", "?")):
        raise ConfigError(
            f"{at}: source {source!r} and because {because!r}; write both, because as a sentence with its full stop"
        )
    shares = (_share(at, "sense", sense), _share(at, "surprise", surprise))
    return Tip(head, tail, *shares, when, source, because, f"{path.name}:{number}")


def _share(at: str, column: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise ConfigError(f"{at}: {column} {text!r}; write a number from 0 to 1")
    return value


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}; name a text file of tips in UTF-8") from error


def _changed(path: Path) -> int:
    """When a file was written last; one that is missing is named by reading it."""
    return path.stat().st_mtime_ns if path.is_file() else 0


@lru_cache(4)
def _packaged(more: tuple[tuple[Path, int], ...]) -> Beyond:
    return Beyond.read([*sorted(FOLDER.glob("beyond-*.tsv")), *(path for path, _ in more)])
