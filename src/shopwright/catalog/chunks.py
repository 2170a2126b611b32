"""Cutting an iterable into lists of bounded length (`itertools.batched` arrives with Python 3.12)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def chunked(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of `size` items, the last one shorter; consumes the iterable as it goes."""
    source = iter(items)
    while chunk := list(islice(source, size)):
        yield chunk
