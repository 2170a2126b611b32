"""The accepted rewrites of a shop while it runs: `rewrites.tsv` as it stands, read again when it changes.

`accepted` writes the file, and a merchant may edit it: a query, a tab, its rewrites with " | " between them, every line
with its end. Lines that are none of that are passed over.
"""

from __future__ import annotations

from pathlib import Path

from shopwright.assistant.accepted import FILE, recorded
from shopwright.models.kept_file import KeptFile
from shopwright.search.lexical import FUNCTION_WORDS
from shopwright.skills.rewrite.accepted_rewriter import Accepted, Table, table_of
from shopwright.skills.rewrite.rewriter import rewriter_of


class RewritesFile(KeptFile[Table]):
    """The table of a shop's folder; a file that is not there holds no rewrites. Call it for each query."""

    def __init__(self, home: Path) -> None:
        super().__init__(home / FILE, lambda path: table_of(recorded(path.parent), FUNCTION_WORDS), {})


def rewriter_in(home: Path, models: Path) -> Accepted:
    """The rewriter of a shop's searches: what was accepted, and for other queries the model, where there is one.

    Args:
        home: the shop's folder.
        models: its own folder of models, which may be empty.

    Raises:
        ModelError: the gate of the model is damaged.
    """
    return Accepted(RewritesFile(home), rewriter_of(models))
