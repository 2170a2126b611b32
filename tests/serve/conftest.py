from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from checking.standin import fitted
from serve.small_shop import ScriptedShop, make_home
from shopwright.models.scripted import OverlapJudge
from shopwright.serve import create_app
from shopwright.shop import Shop


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    home: Path = make_home(tmp_path_factory.mktemp("shop"))
    fitted(home / "models")
    with Shop.open(home, judge=OverlapJudge()) as opened:
        yield opened


@pytest.fixture(scope="session")
def served(shop: Shop) -> Iterator[tuple[ScriptedShop, TestClient]]:
    scripted = ScriptedShop(shop)
    with TestClient(create_app(scripted), raise_server_exceptions=False) as client:
        yield scripted, client


@pytest.fixture
def scripted(served: tuple[ScriptedShop, TestClient]) -> Iterator[ScriptedShop]:
    yield served[0]
    served[0].error = None


@pytest.fixture
def api(served: tuple[ScriptedShop, TestClient]) -> TestClient:
    return served[1]
