from __future__ import annotations

import pytest

from bench.small_catalogue import small_catalogue
from shopwright.bench.catalogue import Catalogue


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return small_catalogue()
