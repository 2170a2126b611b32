"""One writer of a folder among all processes.

The store takes turns by itself; a search index does not, so whoever writes one holds this lock. The system gives it
back when the process ends, however it ends, so nothing is left to clean up after a kill.

Simplifications: it is never waited for; it holds within one machine, not over a network drive.
"""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import BinaryIO

_NAME_BYTES = 16
_FAR = 1 << 20  # Windows locks a range of bytes, which nobody may read: one behind what is written

if sys.platform == "win32":
    import msvcrt

    def _take(file: BinaryIO) -> None:
        file.seek(_FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FolderLock:
    """A lock in a file, which also remembers who held it last.

    Args:
        path: the file; its folder must exist.

    Attributes:
        others_held: whether, when it was last acquired, another had held it since this one did.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._name = secrets.token_bytes(_NAME_BYTES)
        self._file: BinaryIO | None = None
        self.others_held = True

    def acquire(self) -> bool:
        """Take the lock if nobody holds it; returns whether it was taken. Whoever took it releases it, once."""
        file: BinaryIO | None = None
        try:
            file = self._path.open("r+b" if self._path.exists() else "w+b")
            _take(file)
            file.seek(0)
            self.others_held = file.read(_NAME_BYTES) != self._name
            file.seek(0)
            file.write(self._name)
            file.flush()
        except OSError:
            if file is not None:
                file.close()
            return False
        self._file = file
        return True

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            self._file.close()
            self._file = None
