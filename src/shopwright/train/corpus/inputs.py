"""The options of `shopwright train corpus`; light, since every command line loads it. See `gather` for the sources."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shopwright.config import option
from shopwright.train.corpus.settings import CorpusSettings


@dataclass(frozen=True, slots=True)
class CorpusInputs(CorpusSettings):
    """All options of `shopwright train corpus`: what the corpus is made from, and how."""

    domain: tuple[Path, ...] = option((), "file or folder of texts about the domain, a source; repeatable")
    general: tuple[Path, ...] = option((), "file or folder of general language, likewise")
    listed: Path | None = option(None, "TOML with a table [[source]] for each source; paths are relative to it")
    home: Path | None = option(None, "folder of a shop: its products, documents and reviews")
    public: Path | None = option(None, "folder of public data: every set whose licence lets weights be shipped")
