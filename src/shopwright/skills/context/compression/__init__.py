"""Shorter texts for a prompt: sentences and words that matter to a question, in a number of tokens that is kept.

`compress` shortens one text, `compress_many` shares a budget among documents, reviews and tool results, `compress_json`
shortens a tool's JSON. Each result says what went.
"""

from shopwright.skills.context.compression.parts import Part, Shared, Shortened, compress_many
from shopwright.skills.context.compression.records import CompressedJson, compress_json
from shopwright.skills.context.compression.result import Compressed, Dropped, Protection
from shopwright.skills.context.compression.texts import compress

__all__ = [
    "Compressed",
    "CompressedJson",
    "Dropped",
    "Part",
    "Protection",
    "Shared",
    "Shortened",
    "compress",
    "compress_json",
    "compress_many",
]
