"""A folder of reward data: preferences and scores in Parquet that go in once, whole, and stream out.

    store = RewardStore(Path("rewards"))
    report = store.append(alpaca_rows(Path("alpaca_eval")))
    for response in store.responses():
        response.id, response.prompt, response.text

Every `append` writes one shard a table beside the others, and then a manifest that names them: a kill or a damaged
source leaves the store as it was. A response is stored once, with the prompt that it answers; judgements refer to it.
A judgement that is there already (`examples.judgement_key`) does not go in again. What cannot be learned from is
refused and counted; responses that are empty or endless go in with that mark, and `pairs.groups` leaves them out.

In memory are, while rows go in, the ids of what is there (16 bytes a response, 8 a judgement) and the new ids; while
they come out, one row group.

Simplifications: an append is one shard a table however long it is, and stores are not compacted; whoever reads while
another process drops a source may find a shard gone, and opens the store again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from shopwright.catalog.lock import FolderLock
from shopwright.errors import CorpusError, StoreError
from shopwright.train.align.examples import Comparison, Row, Score, Unread
from shopwright.train.align.report import RewardReport
from shopwright.train.align.tables import TABLES, Shard, ShardWriter, Table, arrow
from shopwright.train.align.taking import Known, Taking
from shopwright.train.corpus.files import write_whole

MANIFEST = "reward.json"
_VERSION = 1
_BATCH = 8_192


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A response as it lies in the store; `flaw` is one of `flaws`, or ""."""

    id: int
    prompt: int
    system: str
    source: str
    flaw: str
    text: str


class RewardStore:
    """Preferences and scores in a folder, which is made when there is none.

    Args:
        folder: of the store.

    Raises:
        CorpusError: a shard is missing or cut off, or the manifest is none.
        MissingExtraError: pyarrow is not installed.
    """

    def __init__(self, folder: Path) -> None:
        arrow()
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._shards = self._read()

    # ── writing ──

    def append(self, rows: Iterable[Row | Unread]) -> RewardReport:
        """Take rows, all that can be used of them or, when their source breaks, none.

        Responses come before what is said of them. Whatever `rows` raises is passed on, and the store is as it was.

        Raises:
            StoreError: another process writes to it.
        """
        with self._writing():
            new = [self._writer(table) for table in TABLES]
            with ExitStack() as stack:
                writers = {table: stack.enter_context(one) for table, one in zip(TABLES, new, strict=True)}
                taking = Taking(self._known(), writers)
                for row in rows:
                    taking.take(row)
            self._commit([*self._shards, *(shard for one in new if (shard := one.shard()))])
        return taking.report

    def drop(self, source: str) -> Counter[str]:
        """Take out what came from a source, with the prompts and judgements that rest on it; returns rows by table.

        For data of shoppers: after some were forgotten, drop the shop's source and import it again. In memory are the
        ids of the responses that stay.
        """
        with self._writing():
            kept_responses: set[int] = set()
            kept_prompts: set[int] = set()
            before = self.counts()

            def keep(table: Table, row: dict[str, Any]) -> bool:
                if table == "prompts":
                    return row["id"] in kept_prompts
                if row["source"] == source:
                    return False
                if table == "responses":
                    kept_responses.add(row["id"])
                    kept_prompts.add(row["prompt"])
                    return True
                told = (row["response"],) if table == "scores" else (row["first"], row["second"])
                return kept_responses.issuperset(told)

            order: tuple[Table, ...] = ("responses", "prompts", "comparisons", "scores")
            shards = [shard for table in order if (shard := self._filtered(table, keep))]
            old = self._shards
            self._commit(shards)
            for shard in old:
                (self.folder / shard.file).unlink(missing_ok=True)
        return before - self.counts()

    # ── reading ──

    def counts(self) -> Counter[str]:
        """Rows by table."""
        counts: Counter[str] = Counter(dict.fromkeys(TABLES, 0))
        for shard in self._shards:
            counts[shard.table] += shard.rows
        return counts

    def batches(self, table: Table, columns: Sequence[str] | None = None, rows: int = _BATCH) -> Iterator[Any]:
        """A table as Arrow record batches of at most `rows` rows, in the order in which they came.

        Raises:
            CorpusError: a shard is damaged.
        """
        pa = arrow()
        for shard in self._of(table):
            try:
                with pa.parquet.ParquetFile(self.folder / shard.file) as file:
                    for batch in file.iter_batches(batch_size=rows, columns=columns):
                        yield batch if columns is None else batch.select(columns)
            except (pa.ArrowException, OSError) as error:
                raise CorpusError(
                    f"{self.folder / shard.file}: cannot be read ({error}): copy it again, or import again"
                ) from error

    def column(self, table: Table, name: str) -> Any:
        """One column of numbers, whole, shape (N,)."""
        parts = [batch.column(0).to_numpy() for batch in self.batches(table, [name], rows=1 << 16)]
        return np.concatenate(parts) if parts else np.zeros(0, np.uint64)

    def responses(self) -> Iterator[StoredResponse]:
        """All responses, a batch in memory."""
        names = ["id", "prompt", "system", "source", "flaw", "text"]
        for batch in self.batches("responses", names):
            for values in zip(*(batch.column(name).to_pylist() for name in names), strict=True):
                yield StoredResponse(*values)

    def prompts(self) -> Iterator[tuple[int, str]]:
        """Ids and texts of all prompts, a batch in memory."""
        for batch in self.batches("prompts"):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)

    def comparisons(self) -> Iterator[Comparison]:
        """All comparisons one by one, a batch in memory; for many of them see `pairs.groups`."""
        names = ["prompt", "first", "second", "label", "annotator", "objective", "source"]
        for batch in self.batches("comparisons", names):
            for values in zip(*(batch.column(name).to_pylist() for name in names), strict=True):
                yield Comparison(*values)

    def scores(self) -> Iterator[Score]:
        """All scores one by one, a batch in memory."""
        names = ["prompt", "response", "objective", "value", "annotator", "weight", "source"]
        for batch in self.batches("scores", names):
            for values in zip(*(batch.column(name).to_pylist() for name in names), strict=True):
                yield Score(*values)

    # ── files ──

    def _known(self) -> Known:
        return Known(
            self.column("prompts", "id"),
            self.column("responses", "id"),
            self.column("responses", "prompt"),
            self.column("comparisons", "key"),
            self.column("scores", "key"),
        )

    def _of(self, table: Table) -> list[Shard]:
        return [shard for shard in self._shards if shard.table == table]

    def _writer(self, table: Table) -> ShardWriter:
        last = max((int(shard.file[-13:-8]) for shard in self._of(table)), default=-1)
        return ShardWriter(self.folder, table, last + 1)

    def _filtered(self, table: Table, keep: Callable[[Table, dict[str, Any]], bool]) -> Shard | None:
        pa = arrow()
        with self._writer(table) as writer:
            for batch in self.batches(table):
                writer.add_batch(batch.filter(pa.array([keep(table, row) for row in batch.to_pylist()], pa.bool_())))
        return writer.shard()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        lock = FolderLock(self.folder / "lock")
        if not lock.acquire():
            raise StoreError(f"{self.folder}: another process writes to this store; try again when it is done")
        try:
            self._shards = self._read()
            yield
        finally:
            lock.release()

    def _commit(self, shards: list[Shard]) -> None:
        record = {"version": _VERSION, "shards": [asdict(shard) for shard in shards]}
        write_whole(self.folder / MANIFEST, (json.dumps(record, indent=1) + "\n").encode())
        self._shards = shards

    def _read(self) -> list[Shard]:
        path = self.folder / MANIFEST
        try:
            record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"shards": []}
            shards = [Shard(**shard) for shard in record["shards"]]
        except (ValueError, KeyError, TypeError) as error:
            raise CorpusError(f"{path} is no manifest of reward data ({error}): import into a new folder") from error
        for shard in shards:
            file = self.folder / shard.file
            size = file.stat().st_size if file.is_file() else -1
            if size != shard.bytes:
                found = "is missing" if size < 0 else f"has {size:,} bytes, the manifest says {shard.bytes:,}"
                raise CorpusError(f"shard {file} {found}: copy the store again, or import again")
        return shards
