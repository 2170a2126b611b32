"""The shipped planner: from a request and the texts of tools to the likeliest sequences of tool calls.

Three ONNX files. The first, int8 with tokenizer and card as every model here, reads a text: the request's word pieces
become states, a tool's name, description and arguments become one vector, so that any tool that can be described can
be planned with. The second is a pointer network (Vinyals et al., 2015) over them: from the calls picked so far it says
which tool comes next, or that the plan is done, and which earlier calls a call waits for. The third says of every
argument of the calls which words of the request give it, or which earlier call. See `onnx_files`.

What this module does not know: types of arguments, and which plans are allowed. That is `skills/plan`.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ModelError
from shopwright.models.onnx_files import WEIGHTS, OnnxModel, clean, file_sha256
from shopwright.types import ToolSpec

DEFAULT_PLANNER = "planner-l6-int8"
PARTS = ("decoder", "arguments")
"""The other files are `NAME.PART.onnx`; the card holds the hash of each as `PART_sha256`."""
_LONGEST_REQUEST, _LONGEST_TOOL = 2_000, 600
"""Characters that are given to the tokenizer, which then cuts at the length of the card."""
_REMEMBERED = 5_000
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SEPARATORS = re.compile(r"[\W_]+")

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """A request as the pointer network sees it.

    Args:
        states: of its word pieces.
        offsets: characters of each piece in the request; (0, 0) for the pieces that stand for none.
    """

    states: Floats
    offsets: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Following:
    """What follows each of B sequences of L picks.

    Args:
        next: log-probabilities of the next of K tools and, last, of the end, shape (B, K + 1).
        waits: probability that pick i waits for the earlier pick j.
        made: states of the start and of the picks, shape (B, L + 1, D).
    """

    next: Floats
    waits: Floats
    made: Floats


@dataclass(frozen=True, slots=True)
class Sources:
    """Where each of P arguments of a plan of L calls comes from.

    Args:
        said: probability that the request says it.
        begin, end: log-probabilities of the first and of the last piece that say it.
        taken: probability that it is taken from the result of each call.
    """

    said: Floats
    begin: Floats
    end: Floats
    taken: Floats


@runtime_checkable
class ToolPlanner(Protocol):
    """Says which tool comes next; see `EmbeddedToolPlanner`."""

    @property
    def fingerprint(self) -> str:
        """Names the model and its weights."""
        ...

    def read(self, request: str) -> ReadRequest:
        """The request's states."""
        ...

    def vectors(self, texts: Sequence[str]) -> Floats:
        """A vector of each tool text, shape (K, D)."""
        ...

    def follow(
        self, request: ReadRequest, tools_KD: Floats, picks_BL: Integers, linked_KK: Floats | None = None
    ) -> Following:
        """What follows each of B sequences of L picks.

        Args:
            picks_BL: places in `tools_KD`; L may be 0.
            linked_KK: 1 where the second tool is known to follow the first; None when nothing is known.
        """
        ...

    def sources(self, request: ReadRequest, made_LD: Floats, calls_P: Integers, arguments_PD: Floats) -> Sources:
        """Where the arguments of the calls of one sequence come from.

        Args:
            made_LD: states of its start and its picks (`Following`), shape (L + 1, D).
            calls_P: to which call each argument belongs.
            arguments_PD: vectors of the arguments' texts.
        """
        ...


def words_of(name: str) -> str:
    """A tool's name as words: "parcel-desk.trackParcel" -> "parcel desk track parcel"."""
    return _SEPARATORS.sub(" ", _CAMEL.sub(" ", name)).strip().lower()


def tool_text(tool: ToolSpec) -> str:
    """What the planner reads of a tool: its name in words, what it does, and what its arguments and results are called.

    >>> tool_text(ToolSpec("trackParcel", "Where a parcel is.", {"properties": {"parcelNo": {}}}))
    'track parcel: Where a parcel is. (parcel no)'
    """
    takes, gives = (", ".join(map(words_of, properties(schema))) for schema in (tool.parameters, tool.returns))
    said = f"{words_of(tool.name)}: {tool.description.strip()}"
    return said + (f" ({takes})" if takes else "") + (f" -> {gives}" if gives else "")


def parameter_text(tool: ToolSpec, name: str) -> str:
    """What the planner reads of an argument of a tool: its name in words, whether it must be given, what it is."""
    schema = properties(tool.parameters).get(name, {})
    kind = schema.get("type", "") if isinstance(schema, Mapping) else ""
    described = schema.get("description", "") if isinstance(schema, Mapping) else ""
    needed = ", required" if name in tool.parameters.get("required", ()) else ""
    return f"{words_of(name)} ({kind}{needed}): {described}"


def properties(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The properties of an object's JSON Schema; none where it is not a proper one."""
    found = schema.get("properties")
    return found if isinstance(found, Mapping) else {}


class EmbeddedToolPlanner:
    """A `ToolPlanner` over ONNX Runtime. Safe to share between threads; vectors of tools are remembered.

    Args:
        name: stem of the model's files.
        folder: where they are; the shipped weights by default.

    Raises:
        ModelError: a file is missing or is not the one that the card describes.
    """

    def __init__(self, name: str = DEFAULT_PLANNER, folder: Path = WEIGHTS) -> None:
        self._model = OnnxModel(name, folder)
        self._parts = {part: folder / f"{name}.{part}.onnx" for part in PARTS}
        for part, path in self._parts.items():
            if file_sha256(path) != self._model.card.get(f"{part}_sha256"):
                raise ModelError(
                    f"{path} is not the file that {name}.md describes: it is damaged or of another version; "
                    "install the package again"
                )
        self._known: OrderedDict[str, Floats] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """Name, and twelve hex digits that change when the weights or the tokenizer do."""
        return self._model.fingerprint

    @property
    def card(self) -> Mapping[str, str]:
        """The front matter of the model's card."""
        return self._model.card

    @cached_property
    def _sessions(self) -> dict[str, Any]:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        return {
            part: onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
            for part, path in self._parts.items()
        }

    def read(self, request: str) -> ReadRequest:
        """The request's states."""
        encoded = self._model.tokenizer.encode(clean(request, _LONGEST_REQUEST))
        states_1TD, _ = self._model.outputs([encoded])
        return ReadRequest(states_1TD[0], tuple(encoded.offsets))

    def vectors(self, texts: Sequence[str]) -> Floats:
        """A vector of each tool text, shape (K, D)."""
        with self._lock:
            found = {text: self._known[text] for text in texts if text in self._known}
        fresh = [text for text in dict.fromkeys(texts) if text not in found]
        for text in fresh:  # one by one: int8 scales are those of a batch, and a plan must not depend on its company
            _, vector_1D = self._model.outputs([self._model.tokenizer.encode(clean(text, _LONGEST_TOOL))])
            found[text] = vector_1D[0]
        with self._lock:
            self._known.update({text: found[text] for text in fresh})
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return np.stack([found[text] for text in texts])

    def follow(
        self, request: ReadRequest, tools_KD: Floats, picks_BL: Integers, linked_KK: Floats | None = None
    ) -> Following:
        """What follows each of B sequences of L picks; see `ToolPlanner`."""
        count = len(picks_BL)
        states_BTD = np.broadcast_to(request.states, (count, *request.states.shape))
        made = self._sessions["decoder"].run(
            None,
            {
                "states": np.ascontiguousarray(states_BTD),
                "mask": np.ones(states_BTD.shape[:2], np.int64),
                "tools": np.ascontiguousarray(np.broadcast_to(tools_KD, (count, *tools_KD.shape))),
                "picks": picks_BL,
                "known": known_links(picks_BL, len(tools_KD), linked_KK),
            },
        )
        return Following(*made)

    def sources(self, request: ReadRequest, made_LD: Floats, calls_P: Integers, arguments_PD: Floats) -> Sources:
        """Where the arguments of the calls of one sequence come from; see `ToolPlanner`."""
        found = self._sessions["arguments"].run(
            None,
            {
                "states": request.states[None],
                "mask": np.ones((1, len(request.states)), np.int64),
                "made": made_LD[None],
                "calls": calls_P[None],
                "parameters": arguments_PD[None],
            },
        )
        return Sources(*(each[0] for each in found))


def known_links(picks_BL: Integers, tools: int, linked_KK: Floats | None) -> Floats:
    """Whether each tool is known to follow the pick before it, shape (B, L + 1, K); zeros when nothing is known."""
    known = np.zeros((len(picks_BL), picks_BL.shape[1] + 1, tools), np.float32)
    if linked_KK is not None and picks_BL.shape[1]:
        known[:, 1:] = linked_KK[picks_BL]
    return known
