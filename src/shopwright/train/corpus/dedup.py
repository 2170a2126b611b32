"""Exact and near-duplicate removal: MinHash sketches, locality-sensitive hashing, every near-duplicate verified
exactly.

    exact       texts that are equal once letter case, spaces and punctuation are taken out
    sketch      128 minima over a document's word 5-grams (rensa's R-MinHash), kept on disk beside the 5-grams' hashes
    candidates  documents that share a band of the sketch are linked; links join into components
    verify      within a component the Jaccard similarity of 5-gram sets is computed exactly, for all pairs at once
    keep        the best document first: one is removed only if a document that is kept is at least `threshold` similar

So nothing is removed through a chain of neighbours, and no pair rests on an estimate. Memory is about 60 bytes a
document (one band at a time) plus the largest component's; the rest is on disk, about 4 bytes a word. Components of
more than 2,048 documents (pages of one template) are compared in groups of that size, again until nothing more is
removed.

Sources: Broder 1997 (resemblance); Dahlgaard, Knudsen, Thorup 2017 (fast similarity sketching, which rensa adapts).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError, CorpusError, MissingExtraError
from shopwright.train.corpus.shingles import Hashes, mixed, shingles

Indices = NDArray[np.int64]
Scores = NDArray[np.float64]

_GROUP = 2048
_BATCH = 256
_SEED = 42
_FOUND = 0.98  # chance that a pair just at the threshold shares a band
_SLACK = 0.15  # how far below the threshold an estimate may lie and still link two documents
_FILES = ("matrix.u32", "hashes.u32", "ends.u64")
_NO_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class DedupSettings:
    """How alike two documents must be.

    Raises:
        ConfigError: a value out of its range.
    """

    threshold: float = field(default=0.8, metadata={"help": "Jaccard similarity from which two documents are one"})
    ngram: int = field(default=5, metadata={"help": "words in a shingle"})
    permutations: int = field(default=128, metadata={"help": "minima in a sketch"})

    def __post_init__(self) -> None:
        if not 0.0 < self.threshold <= 1.0:
            raise ConfigError(f"threshold {self.threshold}: a Jaccard similarity lies above 0 and up to 1; use 0.8")
        if self.ngram < 1 or self.permutations < 16:
            raise ConfigError(
                f"ngram {self.ngram}, permutations {self.permutations}: at least 1 and 16; leave out for 5 and 128"
            )

    @property
    def rows(self) -> int:
        """Minima in a band: as many as still let a pair at the threshold meet in some band nearly always."""
        possible = range(self.permutations, 0, -1)
        return next((rows for rows in possible if self._found(rows) >= _FOUND), 1)

    def _found(self, rows: int) -> float:
        return float(1.0 - (1.0 - self.threshold**rows) ** (self.permutations // rows))


@dataclass(frozen=True, slots=True)
class Sketches:
    """What is known of D documents, in memory or mapped from disk.

    Args:
        matrix: the minima, shape (D, permutations).
        hashes: the shingles of all documents, with repetitions, the low half of their hashes, shape (S,).
        ends: where in `hashes` each document ends, shape (D,).
        settings: with which they were made.
    """

    matrix: NDArray[np.uint32]
    hashes: NDArray[np.uint32]
    ends: NDArray[np.uint64]
    settings: DedupSettings

    @classmethod
    def of(cls, texts: Sequence[str], settings: DedupSettings) -> Sketches:
        """The sketches of texts, in memory."""
        parts = [sketch(texts[start : start + _BATCH], settings) for start in range(0, len(texts), _BATCH)]
        if not parts:
            empty = np.zeros(0, np.uint32)
            return cls(empty.reshape(0, settings.permutations), empty, np.zeros(0, np.uint64), settings)
        matrices, hashes, counts = zip(*parts, strict=True)
        ends = np.cumsum(np.concatenate(counts)).astype(np.uint64)
        return cls(np.concatenate(matrices), np.concatenate(hashes), ends, settings)

    @classmethod
    def open(cls, folder: Path, settings: DedupSettings) -> Sketches:
        """The sketches that a `SketchWriter` wrote, mapped."""
        matrix, hashes, ends = (_mapped(folder / name) for name in _FILES)
        return cls(matrix.reshape(-1, settings.permutations), hashes, ends.view(np.uint64), settings)

    def shingles(self, documents: Indices) -> Iterator[NDArray[np.uint32]]:
        """The set of shingles of each of some documents, sorted."""
        for document in documents.tolist():
            start = int(self.ends[document - 1]) if document else 0
            yield np.unique(self.hashes[start : int(self.ends[document])])


class SketchWriter:
    """Appends sketches to three files; opened again it goes on after the last whole document.

    Args:
        folder: for the files; it is made.

    Raises:
        CorpusError: the disk is full or the folder cannot be written.
    """

    def __init__(self, folder: Path, settings: DedupSettings) -> None:
        self._settings = settings
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / name for name in _FILES]
        self.documents, self._end = _whole_documents(paths, settings.permutations)
        sizes = (self.documents * settings.permutations * 4, self._end * 4, self.documents * 8)
        self._files: list[BinaryIO] = []
        for path, size in zip(paths, sizes, strict=True):
            path.touch()
            file = path.open("r+b")
            file.truncate(size)
            file.seek(size)
            self._files.append(file)

    def add(self, texts: Sequence[str]) -> None:
        """Append the sketches of documents; a batch of some hundred is fast and small."""
        matrix, hashes, counts = sketch(texts, self._settings)
        ends = self._end + np.cumsum(counts).astype(np.uint64)
        try:
            for file, data in zip(self._files, (matrix.tobytes(), hashes.tobytes(), ends.tobytes()), strict=True):
                file.write(data)
                file.flush()
        except OSError as error:
            raise CorpusError(f"sketches cannot be written ({error}): free space, then run again to go on") from error
        self.documents += len(texts)
        self._end += int(counts.sum())

    def __enter__(self) -> SketchWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for file in self._files:
            file.close()


def exact_key(text: str) -> int:
    """64 bits of a text without letter case, spaces and punctuation (of the text itself if nothing else is in it)."""
    plain = _NO_WORDS.sub("", text).casefold() or text
    return int.from_bytes(hashlib.blake2b(plain.encode("utf-8", "replace"), digest_size=8).digest(), "little")


def exact_duplicates(keys: Hashes, scores: Scores) -> Indices:
    """For each document the one that is kept in its place, or -1 if it is kept itself.

    Args:
        keys: `exact_key` of each, shape (D,).
        scores: the best of equals is kept, the first of the best, shape (D,).
    """
    order = np.lexsort((np.arange(len(keys)), -scores, keys))
    first = np.ones(len(keys), bool)
    first[1:] = keys[order[1:]] != keys[order[:-1]]
    best = order[np.flatnonzero(first)[np.cumsum(first) - 1]] if len(keys) else order
    twins = np.empty(len(keys), np.int64)
    twins[order] = np.where(best == order, -1, best)
    return twins


def near_duplicates(sketches: Sketches, scores: Scores, among: Indices | None = None) -> Indices:
    """For each document the kept one that it is a near-duplicate of, or -1.

    Args:
        scores: the better of two is kept, the first of equals, shape (D,).
        among: consider these only (exact duplicates left out); all when None.
    """
    twins = np.full(len(scores), -1, np.int64)
    for group in components(sketches, among):
        ranked = group[np.lexsort((group, -scores[group]))]
        while True:
            before = len(ranked)
            for start in range(0, before, _GROUP):
                part = ranked[start : start + _GROUP]
                twins[part] = _twins(part, similarities(sketches, part) >= sketches.settings.threshold)
            ranked = ranked[twins[ranked] < 0]
            if before <= _GROUP or len(ranked) == before:
                break
    return twins


def components(sketches: Sketches, among: Indices | None = None) -> Iterator[Indices]:
    """Groups of two documents or more that candidates' links join, each in order of index."""
    documents = np.arange(len(sketches.matrix)) if among is None else among
    parents = np.arange(len(sketches.matrix))
    for first, second in _links(sketches, documents):
        apart = parents[first] != parents[second]  # what an earlier band joined is skipped at once
        for one, other in zip(first[apart].tolist(), second[apart].tolist(), strict=True):
            root, join = _root(parents, one), _root(parents, other)
            parents[max(root, join)] = min(root, join)
    linked = np.flatnonzero(parents != np.arange(len(parents)))
    roots = np.array([_root(parents, each) for each in linked.tolist()], np.int64)
    members = np.concatenate((np.unique(roots), linked))
    labels = np.concatenate((np.unique(roots), roots))
    order = np.lexsort((members, labels))
    cuts = np.flatnonzero(np.diff(labels[order])) + 1
    yield from (group for group in np.split(members[order], cuts) if len(group))


def similarities(sketches: Sketches, documents: Indices) -> NDArray[np.float32]:
    """The exact Jaccard similarity of every two of G documents' sets of shingles, shape (G, G)."""
    sets = list(sketches.shingles(documents))
    sizes = np.array([len(each) for each in sets], np.float32)
    owners = np.repeat(np.arange(len(sets)), sizes.astype(np.int64))
    _, places, counts = np.unique(np.concatenate(sets), return_inverse=True, return_counts=True)
    shared = counts > 1
    columns = (np.cumsum(shared) - 1)[places]
    common = np.zeros((len(sets), len(sets)), np.float32)
    width, kept = int(shared.sum()), shared[places]
    for start in range(0, width, 1 << 15):
        block = kept & (columns >= start) & (columns < start + (1 << 15))
        incidence = np.zeros((len(sets), min(1 << 15, width - start)), np.float32)
        incidence[owners[block], columns[block] - start] = 1.0
        common += incidence @ incidence.T
    union = sizes[:, None] + sizes[None, :] - common
    return np.divide(common, union, out=np.zeros_like(common), where=union > 0)


def sketch(
    texts: Sequence[str], settings: DedupSettings
) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.int64]]:
    """Minima (D, permutations), shingles (S,) and the number of shingles of each text (D,).

    Raises:
        MissingExtraError: rensa is not installed.
    """
    try:
        from rensa import RMinHash
    except ImportError as error:
        raise MissingExtraError("near-duplicate removal", "corpus") from error
    hashes, offsets = shingles(texts, settings.ngram)
    digests = RMinHash.digest_matrix_from_flat_token_hashes(
        hashes, offsets.astype(np.uint64), settings.permutations, _SEED
    )
    matrix = np.array(digests.to_rows(), np.uint32).reshape(len(texts), settings.permutations)
    return matrix, (hashes & np.uint64(0xFFFFFFFF)).astype(np.uint32), np.diff(offsets)


def _links(sketches: Sketches, documents: Indices) -> Iterator[tuple[Indices, Indices]]:
    """Of each band: pairs of neighbours in a bucket, and of each member with the first; poor estimates left out."""
    rows, matrix = sketches.settings.rows, sketches.matrix
    filled = documents[np.diff(sketches.ends.astype(np.int64), prepend=0)[documents] > 0]
    least = sketches.settings.threshold - _SLACK
    for start in range(0, matrix.shape[1] - rows + 1, rows):
        band = np.ascontiguousarray(matrix[:, start : start + rows][filled].T)
        keys = np.zeros(len(filled), np.uint64)
        for minima in band:
            keys = mixed(keys * np.uint64(0x9E3779B97F4A7C15) + minima)
        order = np.argsort(keys, kind="stable")
        same = np.concatenate(([False], keys[order[1:]] == keys[order[:-1]])) if len(keys) else np.zeros(0, bool)
        head = np.maximum.accumulate(np.where(same, 0, np.arange(len(keys))))
        member = np.flatnonzero(same)
        third = member[head[member] != member - 1]
        for other, each in ((member - 1, member), (head[third], third)):
            first, second = filled[order[other]], filled[order[each]]
            good = _estimates(matrix, first, second) >= least
            yield first[good], second[good]


def _estimates(matrix: NDArray[np.uint32], first: Indices, second: Indices) -> NDArray[np.float64]:
    parts = [
        (matrix[first[start : start + 8192]] == matrix[second[start : start + 8192]]).mean(axis=1)
        for start in range(0, len(first), 8192)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)


def _twins(ranked: Indices, alike: NDArray[np.bool_]) -> Indices:
    """Best first: who is like a kept one goes, and is told which; `alike` is in the order of `ranked`."""
    twins = np.full(len(ranked), -1, np.int64)
    for place in range(len(ranked)):
        if twins[place] < 0:
            later = alike[place, place + 1 :] & (twins[place + 1 :] < 0)
            twins[place + 1 :][later] = ranked[place]
    return twins


def _root(parents: Indices, node: int) -> int:
    while parents[node] != node:
        parents[node] = parents[parents[node]]
        node = int(parents[node])
    return node


def _mapped(path: Path) -> NDArray[np.uint32]:
    return np.memmap(path, np.uint32, "r") if path.stat().st_size else np.zeros(0, np.uint32)


def _whole_documents(paths: Sequence[Path], permutations: int) -> tuple[int, int]:
    """How many documents all three files hold whole, and how many shingles these have."""
    sizes = [path.stat().st_size if path.exists() else 0 for path in paths]
    count = min(sizes[0] // (4 * permutations), sizes[2] // 8)
    if not count:
        return 0, 0
    ends = np.fromfile(paths[2], np.uint64, count)
    count = int(np.searchsorted(ends, sizes[1] // 4, side="right"))
    return count, int(ends[count - 1]) if count else 0
