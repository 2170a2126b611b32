"""Takes out of training text what benchmarks ask and what held-out documents say, found by n-grams of words.

A run of 13 words that also stands in a benchmark (Brown et al. 2020, appendix C) contaminates; a benchmark's text of
8 to 12 words counts where it stands whole. The sentence or line around it is cut out; a document that would lose more
than a quarter, or of which too little would be left, is dropped. Running text is treated the same way where it
overlaps with held-out documents; product cards and dialogues, which are put together from the same few phrases, stay
whole, and go only when more than half of one stands in held-out ones (`covered`). Texts under 8 words (a query "red
shoes") cannot be told from common speech and are not looked for. In held-out documents an n-gram that stands in more
than two of them is the wording of the source (licence, navigation), not content, and does not count.

Memory is 8 bytes for each word of benchmark and held-out text.
"""

from __future__ import annotations

import csv
import gzip
import json
import lzma
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import pairwise
from pathlib import Path
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray

import shopwright
from shopwright.catalog.chunks import chunked
from shopwright.errors import CorpusError
from shopwright.train.corpus.shingles import Hashes, Words, ngrams, words

Span = tuple[int, int]
LONG, SHORT = 13, 8
MOST_SHARED = 0.5
"""Of a card or dialogue, with held-out ones."""
_COMMON = 2
_LARGEST_CUT = 0.25
_LEAST_LEFT = 200
_BATCH = 512
_SENTENCE_END = re.compile(r"[.!?][\"')\]]*(?=\s)|\n")
_FOLDERS = ("evidence", "longtext", "search", "tools", "reward", "feeds", "recommend", "knowledge")
_FILES = ("corpus/general/wikitext2_valid.txt",)
_CATALOGUES = re.compile(r"(?:products|items|sequences|offers|webmall_\d+|qrels|db|graph_desc|tool_desc|tools)\.")
_READ = frozenset((".jsonl", ".json", ".tsv", ".csv", ".txt", ".md", ".xml", ".yaml", ".yml"))


@dataclass(frozen=True, slots=True)
class Contaminants:
    """The n-grams that training text must not hold; each array sorted, shape (G,).

    Args:
        hashes: by number of words in the n-gram.
    """

    hashes: dict[int, Hashes]

    @classmethod
    def of(cls, texts: Iterable[str], *, common: int | None = None) -> Contaminants:
        """The n-grams of texts.

        Args:
            texts: of benchmarks, or held-out documents.
            common: n-grams that stand in more texts than this are left out; none is when None.
        """
        long, short = [np.zeros(0, np.uint64)], {n: [np.zeros(0, np.uint64)] for n in range(SHORT, LONG)}
        for batch in chunked(texts, _BATCH):
            found = words(batch)
            hashes, offsets = ngrams(found, LONG)
            long.append(hashes if common is None else _each_once(hashes, offsets))
            counts = np.diff(found.offsets)
            for n, parts in short.items():
                parts.append(ngrams(_only(found, counts == n), n)[0])
        every, counts = np.unique(np.concatenate(long), return_counts=True)
        kept = every if common is None else every[counts <= common]
        return cls({n: np.unique(np.concatenate(parts)) for n, parts in short.items()} | {LONG: kept})

    @property
    def size(self) -> int:
        """How many n-grams there are."""
        return sum(map(len, self.hashes.values()))

    def save(self, path: Path) -> None:
        """Write them to an .npz file."""
        with path.open("wb") as file:
            np.savez(file, allow_pickle=False, **{str(n): hashes for n, hashes in self.hashes.items()})

    @classmethod
    def load(cls, path: Path) -> Contaminants:
        """Read what `save` wrote."""
        with np.load(path) as stored:
            return cls({int(n): stored[n] for n in stored.files})

    def find(self, texts: Sequence[str], found: Words | None = None) -> list[list[Span]]:
        """Of each text the places that hold a contaminant: byte offsets in its UTF-8, in order, apart.

        Args:
            texts: to be searched.
            found: their `words`, where these are known already.
        """
        found = words(texts) if found is None else found
        hit = np.zeros(len(found.hashes), bool)
        for n, known in self.hashes.items():
            if not len(known):
                continue
            first = _starts_inside(found, n)
            hashes = ngrams(found, n)[0]
            order = np.argsort(hashes)  # neighbours are looked up together, which spares the cache
            at = np.minimum(np.searchsorted(known, hashes[order]), len(known) - 1)
            starts = np.flatnonzero(first)[order[known[at] == hashes[order]]]
            for place in range(n):
                hit[starts + place] = True
        return [_runs(found, hit, text) for text in range(len(texts))]


def benchmark_texts(data: Path | None, sources: Collection[Path] = ()) -> Iterator[tuple[str, str]]:
    """Name of the file and text, of everything that the project's benchmarks ask or expect.

    That is every string in the folders of the benchmarks below `data` (catalogues left out: they are what is searched,
    not what is asked), the text that general ability is measured on, and the project's own written conversations.

    Args:
        data: folder of data as the benchmarks take it; only the project's own when None.
        sources: files that are trained on by intention.

    Raises:
        CorpusError: a file is damaged.
    """
    for path in _project_files():
        yield from ((f"shopwright/{path.name}", text) for text in _strings_of(path))
    if data is None:
        return
    known = {source.resolve() for source in sources}
    listed = (path for folder in _FOLDERS for path in sorted((data / folder).rglob("*")))
    for path in (*listed, *(data / name for name in _FILES)):
        if path.is_file() and path.resolve() not in known and not _CATALOGUES.match(path.name):
            yield from ((str(path.relative_to(data)), text) for text in _strings_of(path))


def covered(text: str, spans: Sequence[Span]) -> float:
    """The share of a text, by bytes, that stands in some places."""
    return sum(end - start for start, end in spans) / max(1, len(text.encode("utf-8", "replace")))


def without(text: str, spans: Sequence[Span]) -> str | None:
    """A text with the sentences or lines around some places cut out; None where so little is left that it is dropped.

    Args:
        text: a document.
        spans: byte offsets in its UTF-8, as `Contaminants.find` gives them.
    """
    raw = text.encode("utf-8", "replace")
    borders = [0, *(len(text[: match.end()].encode("utf-8", "replace")) for match in _SENTENCE_END.finditer(text))]
    borders.append(len(raw))
    edges = np.array(borders)
    keep = np.ones(len(edges) - 1, bool)
    for start, end in spans:
        keep[np.searchsorted(edges, start, "right") - 1 : np.searchsorted(edges, end, "left")] = False
    pieces = [raw[start:end] for start, end, kept in zip(edges[:-1], edges[1:], keep, strict=True) if kept]
    rest = b"".join(pieces).decode("utf-8", "replace").strip()
    lost = 1.0 - sum(map(len, pieces)) / max(1, len(raw))
    return rest if lost <= _LARGEST_CUT and len(rest) >= _LEAST_LEFT else None


def _each_once(hashes: Hashes, offsets: NDArray[np.int64]) -> Hashes:
    pairs = pairwise(offsets)
    return np.concatenate([np.zeros(0, np.uint64), *(np.unique(hashes[start:end]) for start, end in pairs)])


def _only(found: Words, chosen: NDArray[np.bool_]) -> Words:
    """The words of some texts of a batch; byte offsets are kept as they are."""
    counts = np.where(chosen, np.diff(found.offsets), 0)
    mask = np.repeat(chosen, np.diff(found.offsets))
    return Words(found.hashes[mask], found.starts[mask], found.ends[mask], np.concatenate(([0], np.cumsum(counts))))


def _starts_inside(found: Words, n: int) -> NDArray[np.bool_]:
    """At which words an n-gram begins that does not cross the end of its text."""
    place = np.arange(len(found.hashes))
    after = np.repeat(found.offsets[1:], np.diff(found.offsets))
    return place + n <= after


def _runs(found: Words, hit: NDArray[np.bool_], text: int) -> list[Span]:
    first, after = int(found.offsets[text]), int(found.offsets[text + 1])
    inside = hit[first:after]
    if not inside.any():
        return []
    edges = np.flatnonzero(np.diff(np.concatenate(([0], inside.view(np.int8), [0]))))
    starts, ends = found.starts[first:after], found.ends[first:after]
    return [(int(starts[a]), int(ends[b - 1])) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _project_files() -> Iterator[Path]:
    folder = Path(shopwright.__file__).parent / "bench"
    return (path for path in sorted(folder.rglob("*")) if path.suffix in _READ)


def _strings_of(path: Path) -> Iterator[str]:
    """Every string of a file: values of JSON, fields of a table, or the whole text cut at blank lines."""
    kind = Path(path.stem).suffix if path.suffix in (".gz", ".xz") else path.suffix
    if kind not in _READ:
        return
    try:
        with _opened(path) as file:
            if kind == ".jsonl":
                for line in file:
                    yield from _strings(json.loads(line))
            elif kind == ".json":
                yield from _strings(json.load(file))
            elif kind in (".tsv", ".csv"):
                for row in csv.reader(file, delimiter="\t" if kind == ".tsv" else ","):
                    yield from row
            else:
                yield from file.read().split("\n\n")
    except (OSError, EOFError, ValueError, csv.Error, lzma.LZMAError) as error:
        raise CorpusError(
            f"{path}: a benchmark that training text must not hold cannot be read ({error}); put a whole copy there"
        ) from error


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return TextIOWrapper(cast("IO[bytes]", gzip.open(path)), encoding="utf-8")
    if path.suffix == ".xz":
        return TextIOWrapper(cast("IO[bytes]", lzma.open(path)), encoding="utf-8")
    return path.open(encoding="utf-8", newline="")
