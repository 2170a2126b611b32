"""The work folder of a build: what is finished stays finished, whatever happens to the process.

A part (some thousand documents of one source after one stage) is a file of documents, its scores and a record of
counts. The record is written last and under another name first: a part with a record is whole, one without is done
again.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shopwright.errors import ConfigError, CorpusError
from shopwright.train.corpus.files import whole_file, write_whole
from shopwright.train.corpus.shards import Document

Counts = dict[str, int]
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """A finished part: its documents on disk and what is recorded of it."""

    path: Path
    record: Record

    def documents(self, source: str) -> Iterator[Document]:
        """Its documents in order.

        Raises:
            CorpusError: the file is damaged.
        """
        try:
            with gzip.open(self.path, "rt", encoding="utf-8") as file:
                for line in file:
                    id, text = json.loads(line)
                    yield Document(text, source, id)
        except (OSError, EOFError, ValueError) as error:
            raise CorpusError(f"{self.path} is damaged ({error}): delete {self.path.parent} and build again") from error


class Checkpoints:
    """The finished parts of a build.

    Args:
        folder: where they are; it is made.
        settings: what the build was asked for; a folder of another build is refused.

    Raises:
        ConfigError: the folder belongs to a build with other settings.
    """

    def __init__(self, folder: Path, settings: Mapping[str, Any]) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        known, asked = self.record("settings"), json.loads(json.dumps(settings, default=str))
        if known is None:
            self.finish("settings", asked)
        elif known != asked:
            changed = ", ".join(sorted(key for key in {*known, *asked} if known.get(key) != asked.get(key)))
            raise ConfigError(
                f"{folder} holds an unfinished build with other settings ({changed}): "
                "use the same ones to go on, or delete that folder to begin anew"
            )

    def record(self, name: str) -> Record | None:
        """What `finish` recorded under a name; None when that is not finished."""
        path = self.folder / f"{name}.json"
        try:
            loaded: Record = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise CorpusError(f"{path} is damaged ({error}): delete {self.folder} and build again") from error
        return loaded

    def finish(self, name: str, record: Mapping[str, Any]) -> None:
        """Record that something is finished."""
        path = self.folder / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(record).encode())

    def write_part(self, stage: str, source: str, number: int, documents: Iterable[Document], record: Record) -> Part:
        """Write a part, then its record."""
        path = self.folder / stage / source / f"{number:06d}.jsonl.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as raw, gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=1, mtime=0) as file:
            file.writelines((json.dumps([each.id, each.text]) + "\n").encode() for each in documents)
        self.finish(f"{stage}/{source}/{number:06d}", record)
        return Part(path, record)

    def parts(self, stage: str, source: str) -> Sequence[Part]:
        """The finished parts of a stage and source, in order, up to the first that is missing."""
        found: list[Part] = []
        while (record := self.record(f"{stage}/{source}/{len(found):06d}")) is not None:
            found.append(Part(self.folder / stage / source / f"{len(found):06d}.jsonl.gz", record))
        return found

    def remove(self) -> None:
        """Delete all of it."""
        shutil.rmtree(self.folder)


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turn what the system says of a full or broken disk into an error with a remedy.

    Raises:
        CorpusError: always when something could not be written; finished parts stay.
    """
    try:
        yield
    except OSError as error:
        raise CorpusError(
            f"{folder}: cannot be written ({error}); no corpus was made. Free space, then run the same command again: "
            "it goes on after the last finished part"
        ) from error
