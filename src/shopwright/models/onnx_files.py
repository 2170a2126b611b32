"""A shipped model on disk: an ONNX file, its tokenizer, and the card that names their hashes; run on one thread.

A model is three files side by side in a folder: `NAME.onnx`, `NAME.tokenizer.json` and the card `NAME.md`, whose front
matter holds the SHA-256 of the other two. A file that does not fit its card is refused: a damaged or half-copied model
would otherwise answer, only wrongly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ModelError

WEIGHTS = Path(__file__).parent / "weights"
"""The folder of the shipped models."""

Integers = NDArray[np.int64]


class OnnxModel:
    """Session, tokenizer and card of a model.

    Args:
        name: stem of the three files.
        folder: where they are.

    Raises:
        ModelError: a file is missing or is not the one that the card describes.
    """

    def __init__(self, name: str, folder: Path = WEIGHTS) -> None:
        from tokenizers import Tokenizer

        self.card: Mapping[str, str] = read_card(folder / f"{name}.md")
        self._path = folder / f"{name}.onnx"
        _checked_bytes(self._path, self.card["sha256"])
        vocabulary = _checked_bytes(folder / f"{name}.tokenizer.json", self.card.get("tokenizer_sha256", ""))
        self.tokenizer: Any = Tokenizer.from_str(vocabulary.decode())
        files = self.card["sha256"] + self.card["tokenizer_sha256"]
        self.fingerprint = f"{name}-{hashlib.sha256(files.encode()).hexdigest()[:12]}"

    @cached_property
    def _session(self) -> Any:
        """Loaded when the model is first used: a shop that never rereads does not pay for the reranker's memory."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        model = _checked_bytes(self._path, self.card["sha256"])
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    @cached_property
    def _inputs(self) -> list[str]:
        return [each.name for each in self._session.get_inputs()]

    @cached_property
    def width(self) -> int:
        """Length of what the model gives for a text."""
        return int(self._session.get_outputs()[0].shape[-1])

    def run(self, encodings: Sequence[Any]) -> NDArray[np.float32]:
        """The model's first output for one batch of tokenised texts, shape (B, width)."""
        return self.outputs(encodings)[0]

    def outputs(self, encodings: Sequence[Any]) -> list[NDArray[np.float32]]:
        """All outputs of the model for one batch of tokenised texts, the batch being their first axis."""
        padded = padded_inputs(encodings)
        made: list[NDArray[np.float32]] = self._session.run(None, {name: padded[name] for name in self._inputs})
        return made


def padded_inputs(encodings: Sequence[Any]) -> dict[str, Integers]:
    """The inputs of a BERT by name, each of shape (B, longest), filled with 0 on the right."""
    fields = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}
    padded = {name: np.zeros((len(encodings), max(len(each.ids) for each in encodings)), np.int64) for name in fields}
    for name, field in fields.items():
        for place, each in enumerate(encodings):
            padded[name][place, : len(each.ids)] = getattr(each, field)
    return padded


def folder_of(name: str, own: Path) -> Path:
    """Where a model is: in a shop's own folder of models when it has one of that name, else among the shipped."""
    return own if (own / f"{name}.md").is_file() else WEIGHTS


def clean(text: str, longest: int) -> str:
    """The beginning of a text, without halves of surrogate pairs, which no tokenizer takes."""
    return text[:longest].encode("utf-8", "replace").decode()


def read_card(path: Path) -> dict[str, str]:
    """The `key: value` lines of a model card's front matter.

    Raises:
        ModelError: there is no card, or it has no `sha256`.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise ModelError(f"no model card {path}: install the package again, or name a folder that has it") from error
    end = lines.index("---", 1) if lines[:1] == ["---"] and "---" in lines[1:] else 0
    card = dict(line.split(": ", 1) for line in lines[1:end] if ": " in line)
    if "sha256" not in card:
        raise ModelError(f"model card {path} names no sha256: write the model with `shopwright train`, not by hand")
    return card


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file in hex.

    Raises:
        ModelError: there is no such file.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError as error:
        raise ModelError(f"no file {path}: name the folder that holds it") from error


def _checked_bytes(path: Path, sha256: str) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise ModelError(f"no model file {path}: install the package again, or name a folder that has it") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ModelError(
            f"{path} has sha256 {found[:12]}..., its card says {sha256[:12] or 'nothing'}...: "
            "the file is damaged or of another version; install the package again"
        )
    return content
