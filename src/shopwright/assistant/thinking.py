"""The shop's common sense: the graph, what the shop has of it, and the reasoner over both.

Linking the graph to a catalogue takes seconds the first time and is kept in the store; it happens in a thread, so that
a shop answers meanwhile without. A catalogue whose words changed is linked anew, and the links before hold until then.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from shopwright.catalog.store import Store
from shopwright.catalog.vocabulary import Vocabulary, load_vocabulary
from shopwright.config import Home
from shopwright.errors import ModelError, ShopwrightError
from shopwright.knowledge.assortment import TypeNames, load_assortment
from shopwright.knowledge.beyond import Beyond, own_tips
from shopwright.knowledge.graph import Graph, own_files
from shopwright.knowledge.links import load_links
from shopwright.knowledge.names import KnownNames
from shopwright.models.protocols import Encoder, LanguageModel, Vectors
from shopwright.skills.reason.remote import RemoteReasoner
from shopwright.skills.reason.subgoals import Reasoned, Reasoner
from shopwright.skills.recommend.supposing.hypotheses import Hypotheses
from shopwright.skills.recommend.supposing.remote import RemoteHypotheses
from shopwright.skills.recommend.supposing.trail import Thoughts, Trail
from shopwright.types import Need

logger = logging.getLogger(__name__)

GOALS = 6
"""Sub-goals that a turn searches for."""
_PATIENCE_S = 5.0
"""How long the first wish waits for what is being linked."""
_WORD = re.compile(r"[^\W_]+")
_PIECE = 128
"""Texts that are encoded before it is asked again whether to go on."""


class Thinker(Protocol):
    """Thinks about shoppers; see `skills.recommend.supposing.hypotheses`."""

    def of(self, trail: Trail, usable: Callable[[str], bool] = bool) -> Thoughts:
        """What follows from a trail; only usable products are proposed."""
        ...


class CommonSense:
    """What is known of wishes in one shop. Safe to share between threads.

    Args:
        encoder: one that remembers, since the names of the graph are encoded once.
        model: a large model that names what a wish needs in place of the graph, if there is one.
    """

    def __init__(self, store: Store, home: Home, encoder: Encoder, model: LanguageModel | None = None) -> None:
        self._store, self._home, self._model = store, home, model
        self._encoder: Encoder = KnownNames(encoder)
        self._lock = threading.Lock()
        self._reasoner: Reasoner | None = None
        self._hypotheses: tuple[Hypotheses, Thinker] | None = None
        self._sequence = -1
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def follow(self, vocabulary: Vocabulary | None = None) -> None:
        """Take a state of the catalogue in, in a thread: from the store where it was linked before, else anew.

        Args:
            vocabulary: of that state; None: the thread reads that of the store.
        """
        sequence = vocabulary.sequence if vocabulary else self._store.sequence
        with self._lock:
            if self._sequence == sequence or (self._thread and self._thread.is_alive()):
                return
            self._sequence = sequence
            self._thread = threading.Thread(target=self._link, args=(vocabulary,), name="link-sense", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop linking; what was encoded so far is remembered."""
        with self._lock:  # a thread is seen when it runs, not before
            self._stop.set()
            thread = self._thread
        if thread is not None:
            thread.join(timeout=60)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until no catalogue is being linked; returns whether none is."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(timeout_s)
        return thread is None or not thread.is_alive()

    def goals(self, need: Need, denied: Sequence[str] = ()) -> tuple[Reasoned, str]:
        """What a need comes down to, and what the shopper should know of how that was found."""
        if self._reasoner is None:
            self.wait(_PATIENCE_S)
        reasoner = self._reasoner
        if reasoner is None:
            return Reasoned(), ""
        if self._model is not None:
            try:
                return RemoteReasoner(self._model, reasoner).goals(need, denied, GOALS), ""
            except ModelError as error:
                note = f"The language model did not think this wish through ({error}); the built-in common sense did."
                return reasoner.goals(need, denied, GOALS), note
        return reasoner.goals(need, denied, GOALS), ""

    def thinker(self, *, asks_model: bool = False) -> Thinker | None:
        """Who thinks about shoppers; None until the catalogue is linked.

        Args:
            asks_model: with the large model, if there is one, which takes seconds.
        """
        return self._hypotheses[asks_model] if self._hypotheses else None

    def mentioned(self, said: str) -> Mapping[str, float]:
        """The nodes of the graph that a shopper's words name, with how sure that is; {} until it is linked.

        An activity of one word must stand there as it is: who wants a present is not presenting.
        """
        if self._reasoner is None or not said:
            return {}
        named = self._reasoner.goals(Need(said)).mentioned
        words = frozenset(_WORD.findall(said.casefold()))
        return {
            one.node: one.confidence
            for one in named
            if not one.denied and one.node in self._reasoner.graph and _stands(one.node, words)
        }

    def _link(self, vocabulary: Vocabulary | None) -> None:
        try:
            vocabulary = vocabulary or load_vocabulary(self._store)
            graph = Graph.packaged(own_files(self._home.path))
            links = load_links(self._store, graph, _Stoppable(self._encoder, self._stop), vocabulary)
            reasoner = Reasoner(graph, links, self._encoder)
            reasoner.prepare()
            self._reasoner = reasoner
            beyond = Beyond.packaged(own_tips(self._home.path))
            assortment = load_assortment(self._store, TypeNames.of(graph, beyond, links))
            hypotheses = Hypotheses(graph, beyond, assortment, links)
            asking: Thinker = hypotheses
            if self._model is not None:
                asking = RemoteHypotheses(self._model, hypotheses, self._titles, vocabulary.brands, self._encoder)
            self._hypotheses = hypotheses, asking
        except _StoppedError:
            return
        except ShopwrightError as error:
            logger.warning("the catalogue is not linked to common sense: %s", error)

    def _titles(self, ids: Sequence[str]) -> Mapping[str, str]:
        return {key: product.title for key, product in self._store.products(ids).items()}


def _stands(node: str, words: frozenset[str]) -> bool:
    """Whether a node is no activity of one word, or that word is there."""
    kind, _, name = node.partition(":")
    return kind != "activity" or " " in name or name.casefold() in words


class _StoppedError(ModelError):
    """Nobody wants the vectors any more."""


@dataclass(frozen=True, slots=True)
class _Stoppable:
    """An encoder that can be stopped between two pieces of its work."""

    encoder: Encoder
    stop: threading.Event

    @property
    def dimensions(self) -> int:
        """That of the encoder."""
        return self.encoder.dimensions

    @property
    def fingerprint(self) -> str:
        """That of the encoder."""
        return self.encoder.fingerprint

    def encode(self, texts: Sequence[str], *, batch_size: int | None = None) -> Vectors:
        """The vectors, piece by piece.

        Raises:
            _StoppedError: it was stopped.
        """
        more = {} if batch_size is None else {"batch_size": batch_size}
        pieces = [np.zeros((0, self.dimensions), np.float32)]
        for start in range(0, len(texts), _PIECE):
            if self.stop.is_set():
                raise _StoppedError("the shop is closing")
            pieces.append(self.encoder.encode(texts[start : start + _PIECE], **more))
        return np.concatenate(pieces)
