"""Rewrites out of a small language model: what was meant by a query, and what else may be asked for the same wish.

    generator = Generator(EmbeddedLanguageModel("rewriter-s-int8"))
    generator.write("flourescent light", "meant")      # (Written("fluorescent light", -0.4), ...)

Beam search; with a lattice, only over its paths, so that nothing is written which the catalogue has not and which is
not spelled nearly so. What is written is a guess; `gate` decides whether it is used.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from shopwright.errors import ModelError
from shopwright.models.language.engine import EmbeddedLanguageModel
from shopwright.models.language.lattice import Arc, Lattice
from shopwright.skills.rewrite.tasks import LONGEST, Task, prompt

logger = logging.getLogger(__name__)
REWRITER = "rewriter-s-int8"
_SPARE_TOKENS = 6
_TOKENS_A_WORD = 3
_MOST_TOKENS = 32
_KEPT = 256
_READABLE = re.compile(r"[a-z]")


@dataclass(frozen=True, slots=True)
class Written:
    """A rewrite and the natural logarithm of its probability, its end counted."""

    text: str
    logprob: float


class Writer(Protocol):
    """Writes rewrites; see `Generator.write`."""

    def write(
        self,
        query: str,
        task: Task,
        *,
        width: int = 4,
        lattice: Sequence[Sequence[Arc]] = (),
        category: str = "",
        before: str = "",
    ) -> tuple[Written, ...]:
        """The likeliest rewrites, best first."""
        ...


class Generator:
    """Writes rewrites. Safe to share between threads.

    Args:
        model: trained by `shopwright train rewrite`.
    """

    def __init__(self, model: EmbeddedLanguageModel) -> None:
        self._model = model
        self._kept = lru_cache(_KEPT)(self._write)

    @property
    def fingerprint(self) -> str:
        """Of the model."""
        return self._model.fingerprint

    def write(
        self,
        query: str,
        task: Task,
        *,
        width: int = 4,
        lattice: Sequence[Sequence[Arc]] = (),
        category: str = "",
        before: str = "",
    ) -> tuple[Written, ...]:
        """The likeliest rewrites, best first; the query itself may be one of them.

        Args:
            query: as typed; what is longer than `tasks.LONGEST` characters, has no Latin letter, or does not fit into
                the model's context, gives none.
            task: see `tasks`.
            width: how many at most.
            lattice: what may be written at each word of the query; () for anything.
            category: that the shopper is in.
            before: the query before.
        """
        text = " ".join(query.lower().split())
        if not text or len(query) > LONGEST or not _READABLE.search(text):
            return ()
        return self._kept(text, task, width, tuple(map(tuple, lattice)), category, before)

    def _write(
        self, query: str, task: Task, width: int, lattice: tuple[tuple[Arc, ...], ...], category: str, before: str
    ) -> tuple[Written, ...]:
        paths = Lattice(self._model.vocabulary, lattice) if lattice else None
        room = paths.longest if paths else min(_TOKENS_A_WORD * len(query.split()) + _SPARE_TOKENS, _MOST_TOKENS)
        asked = prompt(query, task, self._model.vocabulary.whole, category=category, before=before)
        if 1 + len(self._model.vocabulary.encode(asked)) + room > self._model.context:
            return ()
        found = self._model.beams(
            asked,
            width=width,
            max_tokens=room,
            length_penalty=0.0,
            constraint=paths.matcher() if paths else None,
        )
        texts: dict[str, float] = {}
        for each in found:
            text = " ".join(each.text.split())
            if text and each.finish == "stop":
                texts.setdefault(text, each.logprob)
        return tuple(Written(text, logprob) for text, logprob in texts.items())


class WaitingGenerator:
    """A `Generator` that loads the rewriter of a folder when it is first asked. Safe to share between threads.

    A model that cannot be loaded writes nothing, and a warning says so, once: searches go on without it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._tried = False
        self._generator: Generator | None = None

    def write(
        self,
        query: str,
        task: Task,
        *,
        width: int = 4,
        lattice: Sequence[Sequence[Arc]] = (),
        category: str = "",
        before: str = "",
    ) -> tuple[Written, ...]:
        """See `Generator.write`; () where the model fails."""
        generator = self._loaded()
        if generator is None:
            return ()
        try:
            return generator.write(query, task, width=width, lattice=lattice, category=category, before=before)
        except ModelError as error:
            logger.warning("%s. %r is searched as it was typed.", error, query)
            return ()

    def _loaded(self) -> Generator | None:
        with self._lock:
            if not self._tried:
                self._tried = True
                try:
                    self._generator = Generator(EmbeddedLanguageModel(REWRITER, self._folder))
                except ModelError as error:
                    logger.warning("%s. Queries are searched without the rewriter.", error)
            return self._generator
