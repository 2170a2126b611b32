"""Who runs `clean_batch` over parts: this process, a pool of processes, or Ray Data. The results are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

from shopwright.errors import MissingExtraError
from shopwright.train.corpus.clean import Cleaned, CleanRules, clean_batch

Documents = Sequence[tuple[str, str]]
"""Id and text of each."""

CleanAll = Callable[[Sequence[Documents], CleanRules], list[list[Cleaned]]]

_RAY_PARTS = 16
_RAY_BATCH = 512


@contextmanager
def open_pool(workers: int, ray: bool) -> Iterator[tuple[CleanAll, int]]:
    """A function that cleans several parts at once, and how many to give it.

    Raises:
        MissingExtraError: Ray is asked for and not installed.
    """
    if ray:
        yield _on_ray(), _RAY_PARTS
    elif workers == 1:
        yield lambda parts, rules: [clean_batch(part, rules) for part in parts], 1
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            yield lambda parts, rules: list(pool.map(clean_batch, parts, [rules] * len(parts))), workers


def _on_ray() -> CleanAll:
    try:
        import ray.data as ray_data
    except ImportError as error:
        raise MissingExtraError("--ray", "ray") from error

    def clean_all(parts: Sequence[Documents], rules: CleanRules) -> list[list[Cleaned]]:
        rows = [
            {"part": part, "place": place, "id": id, "text": text}
            for part, documents in enumerate(parts)
            for place, (id, text) in enumerate(documents)
        ]
        table = ray_data.from_items(rows).map_batches(
            _clean_rows, batch_size=_RAY_BATCH, batch_format="pandas", fn_kwargs={"rules": rules}
        )
        found = sorted(table.take_all(), key=lambda row: (row["part"], row["place"]))
        cleaned: list[list[Cleaned]] = [[] for _ in parts]
        for row in found:
            replaced = dict(zip(row["kinds"], (int(count) for count in row["counts"]), strict=True))
            cleaned[row["part"]].append(Cleaned(row["text"], row["id"], row["reason"], replaced))
        return cleaned

    return clean_all


def _clean_rows(table: Any, rules: CleanRules) -> Any:
    """`clean_batch` over a table of Ray Data."""
    results = clean_batch(list(zip(table["id"], table["text"], strict=True)), rules)
    return table.assign(
        text=[each.text for each in results],
        reason=[each.reason for each in results],
        kinds=[list(each.replaced) for each in results],
        counts=[list(each.replaced.values()) for each in results],
    )
