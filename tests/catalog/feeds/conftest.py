from collections.abc import Callable
from pathlib import Path

import pytest

from shopwright.catalog.feeds import open_feed
from shopwright.errors import RowError


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write_file(content: str | bytes, name: str = "feed") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


@pytest.fixture
def read(write):
    """Products and refused rows of a feed that is given as text."""

    def read_content(content, **options):
        items = list(open_feed(write(content), **options))
        refused = [item for item in items if isinstance(item, RowError)]
        return [item for item in items if not isinstance(item, RowError)], refused

    return read_content
