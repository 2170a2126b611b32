"""The accepted rewrites of a shop while it runs: `rewrites.tsv` as it stands, read again when it changes.

`accepted` writes the file, and a merchant may edit it: a query, a tab, its rewrites with " | " between them, every line
with its end. Lines that are none of that are passed over.
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from pathlib import Path

from shopwright.assistant.accepted import FILE, recorded
from shopwright.errors import StoreError
from shopwright.search.lexical import FUNCTION_WORDS
from shopwright.skills.rewrite.accepted_rewriter import Accepted, Table, table_of
from shopwright.skills.rewrite.rewriter import rewriter_of

logger = logging.getLogger(__name__)
_LOOKS_EVERY_S = 1.0


class RewritesFile:
    """The table of a shop's folder. Call it for each query; the file is looked at once a second.

    A file that is not there holds no rewrites. One that cannot be read changes nothing, and a warning says why, once.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._read: tuple[object, Table] = None, {}
        self._looks_after = 0.0

    def __call__(self) -> Table:
        """The rewrites in force."""
        known, table = self._read
        now = time.monotonic()
        if now < self._looks_after:
            return table
        self._looks_after = now + _LOOKS_EVERY_S
        mark: object = None
        with suppress(OSError):
            found = (self._home / FILE).stat()
            mark = found.st_mtime_ns, found.st_size, found.st_ino
        if mark != known:
            try:
                table = table_of(recorded(self._home), FUNCTION_WORDS) if mark else {}
            except StoreError as error:
                logger.warning("%s. The rewrites before stay in force.", error)
            self._read = mark, table
        return table


def rewriter_in(home: Path, models: Path) -> Accepted:
    """The rewriter of a shop's searches: what was accepted, and for other queries the model, where there is one.

    Args:
        home: the shop's folder.
        models: its own folder of models, which may be empty.

    Raises:
        ModelError: the gate of the model is damaged.
    """
    return Accepted(RewritesFile(home), rewriter_of(models))
