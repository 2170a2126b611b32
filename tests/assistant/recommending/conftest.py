from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.recommending.stand import Stand


@pytest.fixture(scope="session")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A shop of fourteen products in which nothing ever happens."""
    made = Stand(tmp_path_factory.mktemp("stand"))
    yield made
    made.close()


@pytest.fixture
def lively(tmp_path: Path) -> Iterator[Stand]:
    """The same shop, in which a test may let things happen."""
    made = Stand(tmp_path)
    yield made
    made.close()
