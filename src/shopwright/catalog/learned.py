"""Model files that keep what visitors chose, and the same files without what the store does not have any more.

A model that recommends by earlier visits keeps them: products, visit after visit. Beside each choice stands its source,
a number that only this store can make of the visit's id (BLAKE2b under a key that the store keeps); the file alone says
of nobody what they chose. When something was forgotten, `forget_choices` takes out of every such file in the shop's
folder what comes from a visit that the store no longer has, and writes the file anew; one of which nothing is left is
deleted. Whoever has it loaded sees that the file changed.

What such a file is: a NumPy archive with `items` and `sources`, one each a choice, and `starts`, the place of each
visit's first choice and at the end their number. A source of 0 is nobody's and stays. `forgotten` counts what was taken
out since it was learned.

Simplifications: what weights learned from a choice stays in them until the model is learned anew, which `forgotten`
asks for; a store on a database server has no folder, so its models have to be learned anew by hand.
"""

from __future__ import annotations

import logging
import secrets
import zipfile
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from shopwright.catalog import migrations as m
from shopwright.catalog.store import Store

logger = logging.getLogger(__name__)

Sources = NDArray[np.uint64]
Arrays = dict[str, NDArray[Any]]
FOLDER = "models"
"""Of the models, below the folder of the store."""
_KEY, _KEY_BYTES, _BYTES = "sources_key", 16, 8


def sources_of(store: Store, session_ids: Iterable[str]) -> Sources:
    """The source of each visit, shape (N,), above 0; the store makes its key when it is first asked."""
    if (key := store.meta(_KEY)) is None:
        store.set_meta(_KEY, key := secrets.token_bytes(_KEY_BYTES))
    digests = (blake2b(each.encode("utf-8", "surrogatepass"), key=key, digest_size=_BYTES) for each in session_ids)
    return np.maximum(np.frombuffer(b"".join(each.digest() for each in digests), np.uint64), 1)


def forget_choices(store: Store, folder: Path) -> dict[str, int]:
    """Take what the store does not have any more out of the model files of a folder.

    Returns:
        How many choices were taken out, by the name of the file.

    Raises:
        OSError: a file could not be written; it is as it was.
    """
    found = {path: kept for path in sorted(folder.glob("*.npz")) if (kept := _sources(path)) is not None}
    if not found:
        return {}
    with store.reading() as connection:
        visits = connection.execute(select(m.event_sessions.c.session_id)).scalars().all()
    there = np.append(sources_of(store, visits), np.uint64(0))
    return {path.name: count for path, kept in found.items() if (count := _cut(path, np.isin(kept, there)))}


def without(arrays: Arrays, stays: NDArray[np.bool_]) -> Arrays:
    """The arrays of such a file with some of its choices, and with visits that have two or more left."""
    visits = np.repeat(np.arange(len(arrays["starts"]) - 1), np.diff(arrays["starts"]))
    left = np.bincount(visits[stays], minlength=len(arrays["starts"]) - 1)
    stays = stays & (left > 1)[visits]
    lengths = left[left > 1]
    return arrays | {
        "items": arrays["items"][stays],
        "sources": arrays["sources"][stays],
        "starts": np.concatenate([[0], np.cumsum(lengths)]).astype(arrays["starts"].dtype),
        "forgotten": arrays["forgotten"] + (~stays).sum(),
    }


def _sources(path: Path) -> Sources | None:
    """The sources of a file; None where it has none."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            return np.asarray(kept["sources"], np.uint64) if "sources" in kept.files else None
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        logger.warning("%s cannot be read (%s): if it keeps visits, delete it and learn it again", path, error)
        return None


def _cut(path: Path, stays: NDArray[np.bool_]) -> int:
    """Write a file with these choices alone; returns how many went."""
    if stays.all():
        return 0
    with np.load(path, allow_pickle=False) as kept:
        arrays = without({name: kept[name] for name in kept.files}, stays)
    if not len(arrays["items"]):
        path.unlink()
        return len(stays)
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with beside.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)  # somebody waits: packing takes ten times as long
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return len(stays) - len(arrays["items"])
