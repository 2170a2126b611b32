"""What is left of words in the files of a shop: their bytes are read and searched, whatever format they have.

Simplifications: texts are looked for in pieces, as they are and as JSON escapes them, in UTF-8; what is compressed or
encrypted is not found. Of many pieces a sample is looked for (`MOST_PROBES`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from shopwright.catalog.store import Store

MOST_PROBES = 256
"""Pieces of text that are looked for, evenly spread over all."""

_PROBE_BYTES, _LEAST_BYTES = 48, 12
_BLOCK = 1 << 24


@dataclass(frozen=True, slots=True)
class FileCheck:
    """Where words were, and where they are.

    Args:
        probes: pieces of text that were looked for.
        before, after: how often any of them was found, by the path of the file below the folder; files without are
            left out.
    """

    probes: int
    before: Mapping[str, int]
    after: Mapping[str, int]

    @property
    def gone(self) -> bool:
        """Whether none is left; words that others said too, or that a product has, never are."""
        return not self.after


def folder_of(store: Store) -> Path | None:
    """The folder of a store's file; None where it has none."""
    name = store.engine.url.database
    on_disk = store.engine.dialect.name == "sqlite" and name not in (None, "", ":memory:")
    return Path(str(name)).parent if on_disk else None


def probes_of(texts: Iterable[str]) -> list[bytes]:
    """Pieces of texts as bytes; texts of less than 12 bytes, such as "yes", have none."""
    found: dict[bytes, None] = {}
    for text in texts:
        plain = text.encode("utf-8", "replace")
        for form in dict.fromkeys((plain, orjson.dumps(plain.decode())[1:-1])):
            windows = (form[at : at + _PROBE_BYTES] for at in range(0, len(form), _PROBE_BYTES))
            found.update(dict.fromkeys(piece for piece in windows if len(piece) >= _LEAST_BYTES))
    pieces = list(found)
    if len(pieces) <= MOST_PROBES:
        return pieces
    return [pieces[place * len(pieces) // MOST_PROBES] for place in range(MOST_PROBES)]


def count_in_files(folder: Path, probes: Sequence[bytes]) -> dict[str, int]:
    """How often any of the pieces stands in each file below a folder; files without are left out."""
    counts: dict[str, int] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (count := sum(block.count(probe) for block in _blocks(path, probes) for probe in probes)):
            counts[str(path.relative_to(folder))] = count
    return counts


def _blocks(path: Path, probes: Sequence[bytes]) -> Iterator[bytes]:
    """A file in blocks that overlap by less than the longest piece; a file that is gone meanwhile has none."""
    overlap = max(map(len, probes), default=1) - 1
    try:
        with path.open("rb") as file:
            kept = b""
            while block := file.read(_BLOCK):
                yield kept + block
                kept = block[-overlap:] if overlap else b""
    except OSError:
        return
