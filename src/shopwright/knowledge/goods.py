"""Kinds of goods, the names that shoppers and merchants give them, and what decides between goods of a kind.

`buying/kinds.tsv`: a kind a line, its other names, the broader kind, and marks by which a title shows it without naming
it ("RTX" for a graphics card). `buying/factors.tsv`: for a kind and a use, the property that decides, the value that is
good, and why. Both were written for this project (`buying/DATASHEET.md`).

Names are compared without case, accents and English plurals. A name that begins with "?" is shared by several kinds
("case"): it counts only where no other name of the text does.

Not here: which products a merchant sells, and what they cost.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from shopwright.catalog.vocabulary import fold
from shopwright.errors import ConfigError

FOLDER = Path(__file__).parent / "buying"

Comparison = Literal["at_least", "at_most", "is", "not"]
"""How a value is good: a bound with a unit, one of several words, or none of several words."""

COMPARISONS: tuple[Comparison, ...] = ("at_least", "at_most", "is", "not")
_WORD = re.compile(r"[^\W_]+")
_PARTS = re.compile(r"\s*\|\s*")

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of goods.

    Args:
        name: "graphics card".
        names: other names of the same kind, in several languages.
        shared: names that other kinds have too.
        under: the broader kind, or the department; "" for none.
        signs: beginnings of words that only titles of the kind have.
    """

    name: str
    names: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    under: str = ""
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Factor:
    """What decides for a use: "graphics card" for "gaming at 4K": memory at least 12 GB, because ...

    Args:
        use: who or what it is for; "" when it holds for everybody.
        values: of "is" and "not", one of which is enough; else one quantity.
    """

    kind: str
    use: str
    property: str
    comparison: Comparison
    values: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class KindMention:
    """A name of a kind in a text, by character places.

    Args:
        shared: the name may mean another kind as well.
        sign: it is no name but a sign of the kind.
    """

    kind: str
    start: int
    end: int
    shared: bool = False
    sign: bool = False


class Goods:
    """Kinds and factors, ready to be looked up."""

    def __init__(self, kinds: Sequence[Kind], factors: Sequence[Factor] = ()) -> None:
        self.kinds: Mapping[str, Kind] = {kind.name: kind for kind in kinds}
        self._names: dict[Words, list[tuple[str, bool]]] = {}
        self._factors: dict[str, list[Factor]] = {}
        for kind in kinds:
            for name in (kind.name, *kind.names):
                self._names.setdefault(tuple(folded(name)), []).append((kind.name, False))
            for name in kind.shared:
                self._names.setdefault(tuple(folded(name)), []).append((kind.name, True))
        self._longest = max((len(words) for words in self._names), default=0)
        for factor in factors:
            self._factors.setdefault(factor.kind, []).append(factor)

    @classmethod
    def packaged(cls) -> Goods:
        """The project's own kinds and factors, read on first use and kept."""
        return _packaged()

    def mentions(self, text: str) -> tuple[KindMention, ...]:
        """Names of kinds in a text by their end, those inside a longer one left out.

        A sign stands for the names in it: "Apple Watch" is a smartwatch and no watch.
        """
        words = list(_WORD.finditer(text))
        said = [fold(plain(word[0])) for word in words]
        found: list[KindMention] = []
        for first in range(len(words)):
            for last in range(min(first + self._longest, len(words)), first, -1):
                if kinds := self._names.get(tuple(said[first:last])):
                    start, end = words[first].start(), words[last - 1].end()
                    found += [KindMention(kind, start, end, shared) for kind, shared in kinds]
                    break
        if found and (sign := self.signed(text)) and any(_inside(mention, sign) for mention in found):
            found.append(sign)
        whole = [mention for mention in found if not any(_inside(mention, other) for other in found)]
        return tuple(sorted(whole, key=lambda mention: (mention.end, mention.start)))

    def signed(self, text: str) -> KindMention | None:
        """Where a text has the sign of a kind, or None."""
        for kind in self.kinds.values():
            for sign in kind.signs:
                if match := re.search(rf"\b{re.escape(sign)}(?:\b|(?=[\s-]?\d))", text, re.IGNORECASE):
                    return KindMention(kind.name, match.start(), match.end(), sign=True)
        return None

    def is_a(self, kind: str, other: str) -> bool:
        """Whether a kind is the other one, or a narrower one of it."""
        return other in self.chain(kind)

    def chain(self, kind: str) -> tuple[str, ...]:
        """A kind and the broader ones, narrowest first."""
        return tuple(self._chain(kind))

    def _chain(self, kind: str) -> Iterator[str]:
        seen: set[str] = set()
        while kind and kind not in seen:
            seen.add(kind)
            yield kind
            kind = self.kinds[kind].under if kind in self.kinds else ""

    def named(self, text: str) -> str | None:
        """The kind that a short text names ("Graphics cards"), the last one where it names several; None for none."""
        found = self.mentions(text)
        own = [mention for mention in found if not mention.shared] or found
        return own[-1].kind if own else None

    def factors(self, kind: str) -> tuple[Factor, ...]:
        """What decides for goods of a kind (in any of its names), its broader kinds' factors last; () for none."""
        name = kind if kind in self.kinds else self.named(kind)
        return tuple(factor for level in self.chain(name or "") for factor in self._factors.get(level, ()))


def _inside(mention: KindMention, other: KindMention) -> bool:
    """Whether a mention stands inside another, longer one."""
    return (
        other.start <= mention.start
        and mention.end <= other.end
        and other.end - other.start > mention.end - mention.start
    )


def factors(kind: str) -> tuple[Factor, ...]:
    """Decision factors of the project's own knowledge for a kind, in any of its names."""
    return Goods.packaged().factors(kind)


def plain(text: str) -> str:
    """A text in lower case without accents."""
    lowered = text.lower()
    if lowered.isascii():
        return lowered
    return "".join(letter for letter in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(letter))


def folded(text: str) -> list[str]:
    """The words of a text as names are compared: lower case, without accents and plural endings."""
    return [fold(word) for word in _WORD.findall(plain(text))]


def table(path: Path, columns: int) -> Iterator[tuple[int, list[str]]]:
    """Line numbers and cells of a tab-separated file with a header.

    Raises:
        ConfigError: the file is missing, or a line has another number of cells.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}; name a text file in UTF-8") from error
    for number, line in enumerate(lines[1:], 2):
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != columns:
            raise ConfigError(f"{path} line {number}: {len(cells)} cells; write {columns} with tabs between them")
        yield number, cells


def parts(cell: str) -> tuple[str, ...]:
    """The values of a cell, which " | " separates."""
    return tuple(part for part in _PARTS.split(cell) if part)


def read_kinds(path: Path) -> tuple[Kind, ...]:
    """The kinds of a file.

    Raises:
        ConfigError: a line is damaged, or a kind comes twice.
    """
    found: dict[str, Kind] = {}
    for number, (name, names, under, signs) in table(path, 4):
        if name in found:
            raise ConfigError(f"{path} line {number}: kind {name!r} comes twice; join the lines")
        own = tuple(other for other in parts(names) if not other.startswith("?"))
        shared = tuple(other[1:] for other in parts(names) if other.startswith("?"))
        found[name] = Kind(name, own, shared, under, parts(signs))
    return tuple(found.values())


def read_factors(path: Path, kinds: Mapping[str, Kind]) -> tuple[Factor, ...]:
    """The factors of a file.

    Raises:
        ConfigError: a line is damaged, names an unknown kind, or compares in an unknown way.
    """
    found: list[Factor] = []
    for number, (kind, use, name, comparison, values, why) in table(path, 6):
        if kind not in kinds:
            raise ConfigError(f"{path} line {number}: kind {kind!r} is not in kinds.tsv; add it there")
        compared = next((known for known in COMPARISONS if known == comparison), None)
        if compared is None or not (name and values and why):
            raise ConfigError(
                f"{path} line {number}: comparison {comparison!r} with value {values!r}; compare by one of "
                f"{', '.join(COMPARISONS)}, with a property, a value and a reason"
            )
        found.append(Factor(kind, use, name, compared, parts(values), why))
    return tuple(found)


@lru_cache(maxsize=1)
def _packaged() -> Goods:
    kinds = read_kinds(FOLDER / "kinds.tsv")
    return Goods(kinds, read_factors(FOLDER / "factors.tsv", {kind.name: kind for kind in kinds}))
