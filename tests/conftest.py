"""The example shop: `examples/feed.csv` and `examples/documents`, ingested once for the tests that only read it.

The library is imported when a test asks for the shop, so that tests of single modules stay light.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from shopwright.shop import Shop

EXAMPLES = Path(__file__).parents[1] / "examples"
COLUMNS = {"was": "list_price", "in_stock": "stock"}


@pytest.fixture(scope="session")
def tea_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the example shop, closed and with all vectors. Copy it to change it."""
    from shopwright.shop import Shop

    home = tmp_path_factory.mktemp("tea") / "home"
    with Shop.open(home) as shop:
        shop.ingest(EXAMPLES / "feed.csv", columns=COLUMNS)
        shop.ingest_documents(EXAMPLES / "documents")
        shop.store.set_meta("name", b"Larch & Leaf")
        assert shop.wait(60)
    return home


@pytest.fixture(scope="session")
def tea_shop(tea_home: Path) -> Iterator[Shop]:
    """The example shop, open. Conversations may be held in it; the catalogue stays as it is."""
    from shopwright.shop import Shop

    with Shop.open(tea_home) as shop:
        yield shop


@pytest.fixture
def own_home(tea_home: Path, tmp_path: Path) -> Path:
    """A copy of the example shop's folder that a test may change."""
    return Path(shutil.copytree(tea_home, tmp_path / "own"))
