"""`bench context`: what long conversations find again, what prompts lose, what turns cost, how far a model reads.

    shopwright bench context --data DATA [--set locomo] [--report FILE]

Each set says in its module what it measures: `locomo` and `topics` in `context_recall`, `profile` in `context_profile`,
`compression` in `context_compression`, `dialogue` in `context_dialogue`, `kv_75`, `kv_140` and `needle` in
`context_window`.
"""

from __future__ import annotations

from shopwright.bench import context_compression, context_dialogue, context_profile, context_recall, context_window
from shopwright.bench.task import BenchSet, Task

SETS: tuple[BenchSet, ...] = (
    *context_recall.SETS,
    *context_profile.SETS,
    *context_compression.SETS,
    context_dialogue.DIALOGUE,
    *context_window.SETS,
)
"""In the order in which they are measured."""

TASK = Task("context", lambda _: SETS)
"""The benchmark."""
