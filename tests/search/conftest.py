from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from search.shelf import shop
from shopwright.search.embedded import EmbeddedIndex


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedIndex]:
    """The shop of `shelf`, complete; read only."""
    built = shop(tmp_path_factory.mktemp("shelf"))
    yield built
    built.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"
