"""The shipped text encoder: an int8 ONNX file run by ONNX Runtime on one thread, without torch.

A model is three files side by side in a folder: `NAME.onnx` (ids and mask in, unit vectors out), `NAME.tokenizer.json`
and the card `NAME.md`, whose front matter holds the SHA-256 of the other two. A file that does not fit its card is
refused: a damaged or half-copied model would otherwise answer, only wrongly.

Texts are cut at the tokenizer's limit (128 tokens for `minilm-l6-int8`). Batches are made of texts of similar length,
so that little is computed on padding, and are small: activations are quantised over a whole batch, so a vector moves a
little with its company (least cosine to fp32 .982 in batches of 8, .971 in batches of 32, and larger ones are no
faster). One thread is fastest for this size; for more throughput run more processes.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from shopwright.errors import ModelError
from shopwright.models.protocols import Vectors

WEIGHTS = Path(__file__).parent / "weights"
DEFAULT_ENCODER = "minilm-l6-int8"
_CACHED_TEXTS = 2048
_CACHED_CHARACTERS = 256
_LONGEST_TEXT = 4096


class EmbeddedEncoder:
    """An `Encoder` over ONNX Runtime. Safe to share between threads.

    Args:
        name: stem of the model's three files.
        folder: where they are; the shipped weights by default.
        batch_cache: how many short texts (queries) keep their vector in memory.

    Raises:
        ModelError: a file is missing or is not the one that the card describes.
    """

    def __init__(self, name: str = DEFAULT_ENCODER, folder: Path = WEIGHTS, batch_cache: int = _CACHED_TEXTS) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        card = read_card(folder / f"{name}.md")
        model = _checked_bytes(folder / f"{name}.onnx", card.get("sha256", ""))
        vocabulary = _checked_bytes(folder / f"{name}.tokenizer.json", card.get("tokenizer_sha256", ""))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        self._session: Any = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._tokenizer: Any = Tokenizer.from_str(vocabulary.decode())
        self._dimensions = int(self._session.get_outputs()[0].shape[-1])
        self._fingerprint = f"{name}-{card['sha256'][:12]}"
        self._cache: OrderedDict[str, Vectors] = OrderedDict()
        self._cache_size = batch_cache
        self._lock = threading.Lock()

    @property
    def dimensions(self) -> int:
        """Length of a vector (384 for MiniLM)."""
        return self._dimensions

    @property
    def fingerprint(self) -> str:
        """Name and first twelve hex digits of the weights' SHA-256."""
        return self._fingerprint

    def encode(self, texts: Sequence[str], *, batch_size: int = 8) -> Vectors:
        """Vectors of the texts, shape (N, D), float32, unit length.

        A text that comes twice is encoded once. A single short text, as a query is, comes from the cache when it was
        encoded before.
        """
        if len(texts) == 1 and len(texts[0]) <= _CACHED_CHARACTERS:
            return self._encode_cached(texts[0])
        distinct = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        vectors = self._encode_batches(list(distinct), batch_size)
        return vectors if len(distinct) == len(texts) else vectors[[distinct[text] for text in texts]]

    def _encode_cached(self, text: str) -> Vectors:
        with self._lock:
            known = self._cache.get(text)
            if known is not None:
                self._cache.move_to_end(text)
                return known.copy()
        vector = self._encode_batches([text], 1)
        with self._lock:
            self._cache[text] = vector.copy()
            while len(self._cache) > self._cache_size:
                self._cache.popitem(last=False)
        return vector

    def _encode_batches(self, texts: Sequence[str], batch_size: int) -> Vectors:
        cut = [text[:_LONGEST_TEXT].encode("utf-8", "replace").decode() for text in texts]  # no half surrogate pairs
        encodings = self._tokenizer.encode_batch(cut)
        ids_of = [encoding.ids for encoding in encodings]
        order = sorted(range(len(ids_of)), key=lambda i: len(ids_of[i]))
        vectors = np.empty((len(texts), self._dimensions), np.float32)
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            ids_BT, mask_BT = _pad([ids_of[i] for i in rows])
            vectors[rows] = self._session.run(None, {"input_ids": ids_BT, "attention_mask": mask_BT})[0]
        return vectors


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


def _pad(ids_of: Sequence[Sequence[int]]) -> tuple[Any, Any]:
    """Token ids and mask, both int64 of shape (B, T), filled with 0 on the right."""
    width = max(len(ids) for ids in ids_of)
    ids_BT = np.zeros((len(ids_of), width), np.int64)
    mask_BT = np.zeros_like(ids_BT)
    for row, ids in enumerate(ids_of):
        ids_BT[row, : len(ids)] = ids
        mask_BT[row, : len(ids)] = 1
    return ids_BT, mask_BT
