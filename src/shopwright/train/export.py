"""From trained weights to what ships: torch in, an int8 ONNX file with its tokenizer and its card out.

    export_encoder(model, base, Path("weights"), "encoder-l6-int8", card)
    export_reranker(model, base, Path("weights"), "reranker-l6-int8", card)

The encoder's graph holds the transformer, mean pooling over the mask and the normalisation; the reranker's holds the
head, its temperature and the softmax: whoever runs them needs token ids only. Weights of matrix products are quantised
per output channel to 7 bits in int8 (`reduce_range`): processors without VNNI add two int8 products in 16 bits and
overflow with all 8. Activations are quantised at run time. Tensor by tensor quantisation was tried and left: cosine to
fp32 falls from .99 to .96, at the same speed and size.

Nothing is written unless the exported model ranks as the original: an encoder must share most of the ten nearest
neighbours with it (`_LEAST_SHARED`), a reranker must order lists alike (`_LEAST_ORDER`).

Not here: training (see the sibling modules), static calibration, formats other than ONNX.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from shopwright.errors import ModelError
from shopwright.models.embedded import EmbeddedEncoder
from shopwright.models.judge import EmbeddedJudge
from shopwright.models.onnx_files import file_sha256
from shopwright.models.pairs import EmbeddedPairScorer, relevance
from shopwright.models.protocols import Vectors
from shopwright.train.encoder import BiEncoder
from shopwright.train.reranker import CrossEncoder
from shopwright.train.transformer import LONGEST
from shopwright.train.verify.batches import LONGEST_PAIR
from shopwright.train.verify.model import UNSUPPORTED, JudgeModel

ENCODER_TOKENS = 128
"""Where the shipped encoder cuts texts. It is trained on products, at half of that, and also reads passages."""
_LEAST_SHARED = 0.8
_LEAST_ORDER = 0.95


@dataclass(frozen=True, slots=True)
class Card:
    """What a model card says besides what the export measures.

    Args:
        title: one sentence on what the model is.
        licence: SPDX name.
        source: what was started from.
        data: what it was trained on, with licences.
        command: how to make it again.
        settings: of the training, seeds included.
        results: metric -> value, on data that were not trained on.
        limits: what it cannot do.
    """

    title: str
    licence: str
    source: str
    data: str
    command: str
    settings: str
    results: Mapping[str, float] = field(default_factory=dict)
    limits: str = ""


def export_encoder(
    model: BiEncoder, base: Path, target: Path, name: str, card: Card, sample: Sequence[str]
) -> dict[str, float]:
    """Write the three files of an `EmbeddedEncoder`.

    Args:
        model: on the CPU or not.
        base: folder whose `tokenizer.json` goes with it.
        target: receives `NAME.onnx`, `NAME.tokenizer.json` and the card `NAME.md`.
        name: stem of the three files.
        card: see there.
        sample: product texts on which int8 is compared with fp32.

    Returns:
        What was measured: `cosine_mean`, `cosine_min`, `top10` (neighbours shared), `megabytes`, `texts_per_s`.

    Raises:
        ModelError: the int8 model does not rank as the original; nothing was written.
    """

    def check(folder: Path, full: str) -> dict[str, float]:
        small, exact = EmbeddedEncoder(name, folder), EmbeddedEncoder(full, folder)
        queries = [" ".join(text.split()[:4]) for text in sample]
        started = time.perf_counter()
        ours = small.encode(sample)
        seconds = time.perf_counter() - started
        theirs = exact.encode(sample)
        cosines = (ours * theirs).sum(axis=1)
        shared = shared_top(small.encode(queries) @ ours.T, exact.encode(queries) @ theirs.T)
        if shared < _LEAST_SHARED:
            raise ModelError(f"int8 finds {shared:.2f} of fp32's ten nearest, at least {_LEAST_SHARED}: not exported")
        return {
            "cosine_mean": float(cosines.mean()),
            "cosine_min": float(cosines.min()),
            "top10": shared,
            "texts_per_s": len(sample) / seconds,
        }

    return _export(_Pooled(model), base, ENCODER_TOKENS, target, name, card, check, "vectors")


def export_reranker(
    model: CrossEncoder, base: Path, target: Path, name: str, card: Card, sample: Sequence[tuple[str, Sequence[str]]]
) -> dict[str, float]:
    """Write the three files of an `EmbeddedPairScorer`; see `export_encoder`.

    Args:
        sample: queries with product texts on which int8 is compared with fp32.

    Returns:
        What was measured: `order` (mean Spearman correlation of the lists), `difference` (mean of the relevance),
        `megabytes`, `pairs_per_s`.

    Raises:
        ModelError: the int8 model does not rank as the original; nothing was written.
    """

    def check(folder: Path, full: str) -> dict[str, float]:
        small, exact = EmbeddedPairScorer(name, folder), EmbeddedPairScorer(full, folder)
        started = time.perf_counter()
        ours = [relevance(small.probabilities(query, texts)) for query, texts in sample]
        seconds = time.perf_counter() - started
        theirs = [relevance(exact.probabilities(query, texts)) for query, texts in sample]
        order = float(np.mean([_correlation(a, b) for a, b in zip(ours, theirs, strict=True) if len(a) > 2]))
        if order < _LEAST_ORDER:
            raise ModelError(f"int8 orders lists unlike fp32: correlation {order:.2f}, at least {_LEAST_ORDER}")
        pairs = [abs(a - b).mean() for a, b in zip(ours, theirs, strict=True)]
        count = sum(len(texts) for _, texts in sample)
        return {"order": order, "difference": float(np.mean(pairs)), "pairs_per_s": count / seconds}

    return _export(_Classifier(model), base, LONGEST, target, name, card, check, "probabilities")


def shared_top(scores_QN: Vectors, reference_QN: Vectors, k: int = 10) -> float:
    """Mean share of the reference's top k that the scores put into their own top k."""
    ours = np.argsort(-scores_QN, axis=1)[:, :k]
    theirs = np.argsort(-reference_QN, axis=1)[:, :k]
    return float(np.mean([len(set(a) & set(b)) / len(b) for a, b in zip(ours, theirs, strict=True)]))


class _Pooled(nn.Module):
    """Ids and mask in, unit vectors out."""

    def __init__(self, model: BiEncoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        return nn.functional.normalize(self.model(input_ids, attention_mask, torch.zeros_like(input_ids)), dim=-1)


class _Reading(nn.Module):
    """Ids, mask and token types in; probabilities of the pair, and logits and probabilities of the words out."""

    def __init__(self, model: JudgeModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor]:
        pair, words = self.model(input_ids, attention_mask, token_type_ids)
        degrees, stances = torch.softmax(pair[:, :3], -1), torch.softmax(pair[:, 3:], -1)
        marks = torch.sigmoid(words[..., UNSUPPORTED:])
        return torch.cat([degrees, stances], -1), torch.cat([words[..., :UNSUPPORTED], marks], -1)


class _Classifier(nn.Module):
    """Ids, mask and token types in, probabilities out."""

    def __init__(self, model: CrossEncoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        return torch.softmax(self.model(input_ids, attention_mask, token_type_ids), -1)


def export_judge(
    model: JudgeModel, base: Path, target: Path, name: str, card: Card, sample: Sequence[tuple[str, str]]
) -> dict[str, float]:
    """Write the three files of an `EmbeddedJudge`; see `export_encoder`.

    Args:
        sample: (question or claim, evidence) pairs on which int8 is compared with fp32.

    Returns:
        What was measured: `order` (the lower of the Spearman correlations of relevance and of support), `difference`
        (mean of the probability of support), `megabytes`, `pairs_per_s`.

    Raises:
        ModelError: the int8 model does not rank as the original; nothing was written.
    """

    def check(folder: Path, full: str) -> dict[str, float]:
        small, exact = EmbeddedJudge(name, folder), EmbeddedJudge(full, folder)
        started = time.perf_counter()
        ours = small.judge(sample)
        seconds = time.perf_counter() - started
        theirs = exact.judge(sample)
        kinds = [
            [[getattr(each, kind) for each in side] for side in (ours, theirs)] for kind in ("relevance", "supports")
        ]
        order = min(_correlation(np.array(a, np.float32), np.array(b, np.float32)) for a, b in kinds)
        if order < _LEAST_ORDER:
            raise ModelError(f"int8 orders pairs unlike fp32: correlation {order:.2f}, at least {_LEAST_ORDER}")
        difference = float(np.mean([abs(a - b) for a, b in zip(*kinds[1], strict=True)]))
        return {"order": order, "difference": difference, "pairs_per_s": len(sample) / seconds}

    return _export(_Reading(model), base, LONGEST_PAIR, target, name, card, check, "pair", "words")


def _export(
    graph: nn.Module,
    base: Path,
    longest: int,
    target: Path,
    name: str,
    card: Card,
    check: Callable[[Path, str], dict[str, float]],
    *outputs: str,
) -> dict[str, float]:
    """Trace, quantise, compare in a scratch folder, and only then put the files in place."""
    full = f"{name}-fp32"
    with tempfile.TemporaryDirectory() as place:
        scratch = Path(place)
        _trace(graph.cpu().eval(), scratch / f"{full}.onnx", outputs)
        quantize_dynamic(
            str(scratch / f"{full}.onnx"),
            str(scratch / f"{name}.onnx"),
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
        )
        for stem in (name, full):
            _write_tokenizer(base / "tokenizer.json", scratch / f"{stem}.tokenizer.json", longest)
            (scratch / f"{stem}.md").write_text(_front(scratch, stem, card, longest) + "\n", encoding="utf-8")
        measured = check(scratch, full)
        measured["megabytes"] = (scratch / f"{name}.onnx").stat().st_size / 1e6
        (scratch / f"{name}.md").write_text(_card(scratch, name, card, longest, measured), encoding="utf-8")
        target.mkdir(parents=True, exist_ok=True)
        for suffix in (".onnx", ".tokenizer.json", ".md"):
            shutil.copy(scratch / f"{name}{suffix}", target / f"{name}{suffix}")
    return measured


def _trace(graph: nn.Module, target: Path, outputs: Sequence[str]) -> None:
    """Write the fp32 graph with free batch and length."""
    for module in graph.modules():
        if hasattr(module, "config") and hasattr(module, "set_attn_implementation"):
            module.set_attn_implementation("eager")
            break
    names = list(graph.forward.__annotations__)[:-1]
    axes = {0: "batch", 1: "tokens"}
    torch.onnx.export(
        graph,
        tuple(torch.ones(2, 9, dtype=torch.long) for _ in names),
        str(target),
        input_names=names,
        output_names=list(outputs),
        dynamic_axes={**dict.fromkeys(names, axes), outputs[0]: {0: "batch"}, **dict.fromkeys(outputs[1:], axes)},
        opset_version=17,
        dynamo=False,
    )


def _write_tokenizer(source: Path, target: Path, longest: int) -> None:
    """The base's tokenizer, cut at `longest` and without padding (who runs it pads to a batch's longest text)."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(source))
    tokenizer.enable_truncation(longest, strategy="longest_first")
    tokenizer.no_padding()
    tokenizer.save(str(target), pretty=False)


def _correlation(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> float:
    """Spearman's correlation of two lists of scores."""
    first, second = (np.argsort(np.argsort(values)).astype(np.float64) for values in (ours, theirs))
    return float(np.corrcoef(first, second)[0, 1])


def _front(folder: Path, name: str, card: Card, longest: int) -> str:
    fields = {
        "name": name,
        "sha256": file_sha256(folder / f"{name}.onnx"),
        "tokenizer_sha256": file_sha256(folder / f"{name}.tokenizer.json"),
        "licence": card.licence,
        "source": card.source,
        "max_tokens": str(longest),
    }
    return "\n".join(["---", *(f"{key}: {value}" for key, value in fields.items()), "---"])


def _card(folder: Path, name: str, card: Card, longest: int, measured: Mapping[str, float]) -> str:
    def table(values: Mapping[str, float]) -> str:
        return "\n".join(["| | |", "|---|---|", *(f"| {key} | {value:.4g} |" for key, value in values.items())])

    return f"""{_front(folder, name, card, longest)}

# {name}

{card.title} Texts are cut at {longest} tokens.

**Trained on.** {card.data}

**Made by** `{card.command}` with {card.settings}; torch {torch.__version__}.

**Results** on data that were not trained on:

{table(card.results)}

**Conversion.** ONNX opset 17, dynamic int8 quantisation, per output channel, 7-bit weights. Measured against fp32:

{table(measured)}

**Limits.** {card.limits}
"""
