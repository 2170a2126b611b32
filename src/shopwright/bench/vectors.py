"""Vectors that benchmarks remember between runs: they encode the same texts each time, and with the file a run takes
seconds instead of minutes.

    ~/.cache/shopwright/bench/vectors.db     (XDG_CACHE_HOME is honoured)

Products and queries alike, of all sets and encoders; see `models.cached`. Delete it at any time. Nothing that is timed
goes through it.
"""

from __future__ import annotations

import os
from pathlib import Path

from shopwright.models.cached import CachedEncoder
from shopwright.models.protocols import Encoder


def cache_folder() -> Path:
    """Where vectors are remembered."""
    root = os.environ.get("XDG_CACHE_HOME")
    return (Path(root) if root else Path.home() / ".cache") / "shopwright" / "bench"


def remembering(encoder: Encoder) -> CachedEncoder:
    """The encoder with what earlier runs encoded."""
    return CachedEncoder(encoder, cache_folder() / "vectors.db", queries=True)
