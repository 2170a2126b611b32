from __future__ import annotations

import pytest

from checking.standin import checker_in
from shopwright.checking import Checker


@pytest.fixture(scope="session")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Checker:
    return checker_in(tmp_path_factory.mktemp("fitted"))
