"""Strings for columns: packed into one array, or numbered in a table that only grows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
PATH = " > "


@dataclass(frozen=True, slots=True)
class PackedStrings:
    """N strings as UTF-8: `bytes[ends[i - 1]:ends[i]]` is string i. A tenth of the memory of Python strings."""

    bytes: NDArray[np.uint8]
    ends: Integers

    @classmethod
    def pack(cls, strings: Iterable[str]) -> PackedStrings:
        """Pack the strings in their order."""
        encoded = [string.encode("utf-8", "surrogatepass") for string in strings]
        ends = np.cumsum([len(item) for item in encoded], dtype=np.int64)
        return cls(np.frombuffer(b"".join(encoded), np.uint8), ends)

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, row: int) -> str:
        start = int(self.ends[row - 1]) if row > 0 else 0
        return self.bytes[start : int(self.ends[row])].tobytes().decode("utf-8", "surrogatepass")

    def unpack(self) -> list[str]:
        """Every string."""
        whole, starts = self.bytes.tobytes(), [0, *self.ends.tolist()]
        pairs = pairwise(starts)
        return [whole[start:end].decode("utf-8", "surrogatepass") for start, end in pairs]

    def take(self, rows: Integers) -> PackedStrings:
        """The strings of these rows, in this order."""
        starts = np.concatenate([[0], self.ends[:-1]]).astype(np.int64) if len(self) else self.ends
        lengths = self.ends[rows] - starts[rows]
        return PackedStrings(self.bytes[ranges(starts[rows], lengths)], np.cumsum(lengths, dtype=np.int64))

    def joined(self, other: PackedStrings) -> PackedStrings:
        """These strings, then the others."""
        return PackedStrings(
            np.concatenate([self.bytes, other.bytes]), np.concatenate([self.ends, other.ends + len(self.bytes)])
        )


def ranges(starts: Integers, lengths: Integers) -> Integers:
    """The integers of several ranges, one after another: starts [5, 9], lengths [2, 1] give [5, 6, 9]."""
    total = int(lengths.sum())
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(total, dtype=np.int64)


class StringTable:
    """Numbers strings in the order of their first use. Numbers never change, so columns of many commits share it."""

    def __init__(self, values: Sequence[str] = ()) -> None:
        self.values = list(values)
        self._codes = {value: code for code, value in enumerate(self.values)}
        self._folded: dict[str, list[int]] = {}
        self._folded_until = 0

    def __len__(self) -> int:
        return len(self.values)

    def code(self, value: str) -> int:
        """The string's number; a new one when it was never seen."""
        code = self._codes.get(value)
        if code is None:
            code = self._codes[value] = len(self.values)
            self.values.append(value)
        return code

    def matching(self, value: str) -> list[int]:
        """Numbers of all strings that are equal without case and outer spaces."""
        for code in range(self._folded_until, len(self.values)):
            self._folded.setdefault(fold(self.values[code]), []).append(code)
            self._folded_until = code + 1
        return self._folded.get(fold(value), [])


class PathTable(StringTable):
    """Numbers paths such as "Camping > Tents", and finds them by their levels."""

    def __init__(self, values: Sequence[str] = ()) -> None:
        super().__init__(values)
        self._by_level: dict[str, list[tuple[int, list[str]]]] = {}
        self._read_until = 0

    def containing(self, value: str) -> list[int]:
        """Numbers of the paths that hold one level's name, or neighbouring levels joined by " > ", without case."""
        for code in range(self._read_until, len(self.values)):
            levels = [fold(level) for level in self.values[code].split(PATH)]
            for level in set(levels):
                self._by_level.setdefault(level, []).append((code, levels))
            self._read_until = code + 1
        wanted = [fold(level) for level in value.split(PATH.strip())]
        return [code for code, levels in self._by_level.get(wanted[0], []) if _holds(levels, wanted)]


def _holds(levels: Sequence[str], wanted: Sequence[str]) -> bool:
    return any(levels[i : i + len(wanted)] == wanted for i in range(len(levels) - len(wanted) + 1))


def fold(text: str) -> str:
    """The form in which texts are compared."""
    return text.strip().casefold()
