"""Any text checked against any evidence: files, pieces of text, or a shop. Begin with `checker`."""

from shopwright.checking.checker import Checked, Checker, Told
from shopwright.checking.pieces import Piece, read_pieces

__all__ = ["Checked", "Checker", "Piece", "Told", "read_pieces"]
