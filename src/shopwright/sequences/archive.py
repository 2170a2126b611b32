"""Models as NumPy archives without pickled objects: written whole or not at all, checked as they are read."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ModelError

Arrays = Mapping[str, NDArray[Any]]


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write an archive; one of that name is replaced only once the new one is whole."""
    beside = path.with_name(f"{path.name}.new")
    with beside.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    beside.replace(path)


def read_arrays(path: Path) -> Arrays:
    """Read an archive.

    Raises:
        ModelError: there is none, or it is damaged.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            return {name: kept[name] for name in kept.files}
    except (OSError, ValueError, EOFError, AttributeError, zipfile.BadZipFile) as error:
        raise ModelError(f"{path}: cannot be read as a model ({error}): fit it again") from error
