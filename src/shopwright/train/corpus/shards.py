"""Packed shards: token ids of documents one after another in flat files; a manifest accounts for all of them.

A shard is `SOURCE-00000.bin` (token ids, uint16, or uint32 for a vocabulary over 65,536) and `SOURCE-00000.idx`
(uint64, where each document ends). It is written under another name and renamed when it is whole, and its size and
SHA-256 are in the manifest: a shard that was cut off is refused, never read short.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import CorpusError
from shopwright.train.corpus.files import write_whole

Split = Literal["train", "valid"]
Tokens = NDArray[np.unsignedinteger[Any]]
MANIFEST = "corpus.json"
TOKENIZER = "tokenizer.json"
END = "<|end|>"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Document:
    """A text on its way into the corpus.

    Args:
        text: what is trained on.
        source: name of the source, as the mixture and the shards name it.
        id: says where it came from: file and line, or the product's id.
    """

    text: str
    source: str
    id: str


@dataclass(frozen=True, slots=True)
class Shard:
    """One shard as the manifest lists it; `file` is relative to the corpus, without suffix."""

    file: str
    source: str
    split: Split
    documents: int
    tokens: int
    text_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What a source is: `kind` ("general" or "domain"), its licence, and its share in the mixture."""

    kind: Literal["general", "domain"]
    licence: str = ""
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Manifest:
    """The table of contents of a packed corpus.

    Args:
        vocabulary: number of token ids.
        tokenizer_sha256: of `tokenizer.json` beside it.
        sources: by name.
        shards: all of them.
        counts: documents by stage, as the datasheet shows them ("read", "removed:language", ...).
        end, end_token: id and text of the token that closes every document.
    """

    vocabulary: int
    tokenizer_sha256: str
    sources: Mapping[str, SourceInfo]
    shards: Sequence[Shard]
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    end: int = 0
    end_token: str = END

    def write(self, folder: Path) -> None:
        """Write it into the corpus, at once or not at all."""
        write_whole(folder / MANIFEST, (json.dumps({"version": _VERSION} | asdict(self), indent=1) + "\n").encode())

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The manifest of a corpus.

        Raises:
            CorpusError: there is none, or it is not one.
        """
        try:
            record: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            return cls(
                vocabulary=int(record["vocabulary"]),
                tokenizer_sha256=record["tokenizer_sha256"],
                sources={name: SourceInfo(**info) for name, info in record["sources"].items()},
                shards=[Shard(**shard) for shard in record["shards"]],
                counts=record["counts"],
                end=int(record.get("end", 0)),
                end_token=record.get("end_token", END),
            )
        except FileNotFoundError as error:
            raise CorpusError(f"{folder} holds no {MANIFEST}: build a corpus with `shopwright train corpus`") from error
        except (ValueError, KeyError, TypeError) as error:
            raise CorpusError(
                f"{folder / MANIFEST} is no manifest of a corpus ({error}): build the corpus again"
            ) from error


class ShardWriter:
    """Writes the documents of one source and split into shards of at most `tokens_per_shard` tokens.

    Args:
        folder: of the corpus.
        source: its name, part of the file names.
        vocabulary: number of token ids; decides the width of a token.
    """

    def __init__(
        self, folder: Path, source: str, split: Split, vocabulary: int, tokens_per_shard: int = 16_000_000
    ) -> None:
        self._folder, self._source, self._split = folder, source, split
        self._type = token_type(vocabulary)
        self._limit = tokens_per_shard
        self._documents: list[Tokens] = []
        self._tokens = self._bytes = 0
        self.shards: list[Shard] = []
        (folder / split).mkdir(parents=True, exist_ok=True)

    def add(self, ids: Sequence[int], text_bytes: int) -> None:
        """Add one document: its token ids with the closing end token, and the length of its text in UTF-8 bytes."""
        self._documents.append(np.asarray(ids, self._type))
        self._tokens += len(ids)
        self._bytes += text_bytes
        if self._tokens >= self._limit:
            self._flush()

    def close(self) -> Sequence[Shard]:
        """Write what is left and return all shards."""
        if self._documents:
            self._flush()
        return self.shards

    def _flush(self) -> None:
        name = f"{self._split}/{self._source}-{len(self.shards):05d}"
        data = np.concatenate(self._documents).tobytes()
        ends = np.cumsum([len(each) for each in self._documents], dtype=np.uint64)
        write_whole(self._folder / f"{name}.bin", data)
        write_whole(self._folder / f"{name}.idx", ends.tobytes())
        shard = Shard(name, self._source, self._split, len(ends), self._tokens, self._bytes, sha256(data))
        self.shards.append(shard)
        self._documents, self._tokens, self._bytes = [], 0, 0


class PackedCorpus:
    """A packed corpus, opened for reading; token ids are mapped from disk, not loaded.

    Args:
        folder: written by `shopwright train corpus`.
        verify: compare each shard's SHA-256 too, not only its length.

    Raises:
        CorpusError: a file is missing, cut off or not the one that the manifest names.
    """

    def __init__(self, folder: Path, *, verify: bool = False) -> None:
        self.folder = folder
        self.manifest = Manifest.read(folder)
        self._type = token_type(self.manifest.vocabulary)
        tokenizer = folder / TOKENIZER
        if not tokenizer.is_file() or sha256(tokenizer.read_bytes()) != self.manifest.tokenizer_sha256:
            raise CorpusError(f"{tokenizer} is not the tokenizer that packed this corpus: build the corpus again")
        for shard in self.manifest.shards:
            self._check(shard, verify)

    def sources(self, split: Split = "train") -> Sequence[str]:
        """The names of the sources that have documents in a split, in order of the manifest."""
        return list(dict.fromkeys(shard.source for shard in self.manifest.shards if shard.split == split))

    def tokens(self, source: str, split: Split = "train") -> Sequence[Tokens]:
        """The token ids of a source, one mapped array a shard, shape (T,)."""
        return [np.memmap(self._path(shard, ".bin"), self._type, "r") for shard in self._shards(source, split)]

    def documents(self, source: str, split: Split = "train") -> Iterator[Tokens]:
        """The documents of a source one by one, each with its closing end token."""
        for shard in self._shards(source, split):
            ids = np.memmap(self._path(shard, ".bin"), self._type, "r")
            start = 0
            for end in np.fromfile(self._path(shard, ".idx"), np.uint64):
                yield ids[start : int(end)]
                start = int(end)

    def count(self, source: str, split: Split = "train") -> tuple[int, int]:
        """Tokens and bytes of text of a source."""
        shards = self._shards(source, split)
        return sum(shard.tokens for shard in shards), sum(shard.text_bytes for shard in shards)

    def _shards(self, source: str, split: Split) -> list[Shard]:
        return [shard for shard in self.manifest.shards if shard.source == source and shard.split == split]

    def _path(self, shard: Shard, suffix: str) -> Path:
        return self.folder / f"{shard.file}{suffix}"

    def _check(self, shard: Shard, verify: bool) -> None:
        tokens, ends = self._path(shard, ".bin"), self._path(shard, ".idx")
        for path, expected in ((tokens, shard.tokens * np.dtype(self._type).itemsize), (ends, shard.documents * 8)):
            size = path.stat().st_size if path.is_file() else -1
            if size != expected:
                found = "is missing" if size < 0 else f"has {size:,} bytes, the manifest says {expected:,}"
                raise CorpusError(f"shard {path} {found}: build the corpus again, or copy it again")
        if verify and sha256(tokens.read_bytes()) != shard.sha256:
            raise CorpusError(f"shard {tokens} is damaged (its SHA-256 is not the manifest's): build or copy it again")


def token_type(vocabulary: int) -> type[np.uint16] | type[np.uint32]:
    """The narrowest unsigned integer that holds every token id."""
    return np.uint16 if vocabulary <= 1 << 16 else np.uint32


def is_held_out(text: str) -> bool:
    """Whether a document belongs to the validation split: one in sixteen, by the first byte of its SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()[0] < 16


def sha256(data: bytes) -> str:
    """The SHA-256 of bytes in hex, as the manifest names it."""
    return hashlib.sha256(data).hexdigest()
