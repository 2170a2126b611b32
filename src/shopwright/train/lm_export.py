"""From a Qwen3 checkpoint to what ships: a Hugging Face folder in, an int8 ONNX file with tokenizer and card out.

    export_lm(LmExportSettings(Path("runs/lm-s"), Path("weights")), card, held_out_texts)

The graph is built by `lm_graph`; here the checkpoint is read and the export is checked, in the engine that will run it.
Two things must hold on the sample, or nothing is written: the same graph in fp32 gives the logits of the transformers
library (the arithmetic is right), and int8 loses next to nothing in bits per byte and mostly agrees on the likeliest
token (the quantisation is harmless). Files that exist are replaced, each at once, the card last: a model that was
replaced halfway is refused by its card.

Not here: other architectures, formats other than ONNX, static calibration.
"""

from __future__ import annotations

import json
import math
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file

from shopwright.errors import ModelError
from shopwright.models.language.engine import EmbeddedLanguageModel
from shopwright.models.language.sampling import log_softmax
from shopwright.models.language.session import DecoderSession, Floats
from shopwright.models.language.vocabulary import Vocabulary
from shopwright.models.onnx_files import file_sha256
from shopwright.train.context.rope import FAST, SLOW
from shopwright.train.export import Card
from shopwright.train.lm_graph import BLOCK, Architecture, build_graph, weight_shapes

_TIED = "model.embed_tokens.weight"
_ARITHMETIC = 1e-2
_SAMPLE_TOKENS = 512
_OF_ROPE = ("rope_theta", "rms_norm_eps", "rope_factor", "original_max_position_embeddings")
_PLAIN_YARN: Mapping[str, tuple[Any, ...]] = {
    "beta_fast": (None, FAST),
    "beta_slow": (None, SLOW),
    "attention_factor": (None,),
    "mscale": (None,),
    "mscale_all_dim": (None,),
    "truncate": (None, True),
}
"""What of YaRN is exported: the paper's own constants."""


@dataclass(frozen=True, slots=True)
class LmExportSettings:
    """What `shopwright train` needs to know to export a language model."""

    checkpoint: Path = field(metadata={"help": "folder with config.json, model.safetensors and tokenizer.json"})
    target: Path = field(metadata={"help": "folder that receives the three files"})
    name: str = field(default="lm-s-int8", metadata={"help": "stem of the three files"})
    block: int = field(default=BLOCK, metadata={"help": "weights that share a scale: 16, 32, 64, 128 or 256"})
    least_agreement: float = field(
        default=0.9, metadata={"help": "share of tokens on which int8 must choose as the checkpoint does"}
    )
    most_loss: float = field(default=0.01, metadata={"help": "relative loss in bits per byte that is let through"})


def export_lm(
    settings: LmExportSettings, card: Card, sample: Sequence[str], say: Callable[[str], None] = lambda _: None
) -> dict[str, float]:
    """Write the three files of an `EmbeddedLanguageModel`.

    Args:
        settings: see there.
        card: what the model card says besides what is measured here.
        sample: held-out texts on which int8 is compared with the checkpoint, each cut at 512 tokens.
        say: receives progress.

    Returns:
        What was measured: `bits_per_byte` and `bits_per_byte_fp32`, `loss` (their relative difference), `greedy`
        (share of tokens with the same likeliest next one), `kl` (mean divergence in nats), `arithmetic` (largest
        difference of log-probabilities between the fp32 graph and the transformers library), `megabytes`,
        `prefill_tokens_per_s`, `decode_tokens_per_s`.

    Raises:
        ModelError: the checkpoint is damaged or no Qwen3 decoder, or the export does not agree with it; nothing was
            written then.
    """
    if not any(sample):
        raise ModelError("no sample: the export is checked on at least one held-out text")
    sizes, weights = load_checkpoint(settings.checkpoint)
    _check_tokenizer(settings.checkpoint, sizes)
    settings.target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.target, prefix=".export-") as place:
        scratch, full = Path(place), f"{settings.name}-fp32"
        say(f"writing {settings.name}: {sum(value.size for value in weights.values()) / 1e6:.1f}M weights")
        for stem, bits in ((settings.name, 8), (full, 32)):
            model = build_graph(sizes, weights, bits=bits, block=settings.block)
            (scratch / f"{stem}.onnx").write_bytes(model.SerializeToString())
            (scratch / f"{stem}.tokenizer.json").write_bytes(_tokenizer(settings.checkpoint))
            (scratch / f"{stem}.md").write_text(_front(scratch, stem, card, sizes), encoding="utf-8")
        say("comparing it with the checkpoint")
        measured = _compared(settings, scratch, full, sample)
        measured |= _speed(EmbeddedLanguageModel(settings.name, scratch, cached_tokens=0), sample[0])
        measured["megabytes"] = (scratch / f"{settings.name}.onnx").stat().st_size / 1e6
        text = _card(scratch, settings, card, sizes, measured)
        (scratch / f"{settings.name}.md").write_text(text, encoding="utf-8")
        for suffix in (".onnx", ".tokenizer.json", ".md"):
            (scratch / f"{settings.name}{suffix}").replace(settings.target / f"{settings.name}{suffix}")
    return measured


def load_checkpoint(folder: Path) -> tuple[Architecture, dict[str, Floats]]:
    """Sizes and fp32 weights of a Qwen3 checkpoint.

    Raises:
        ModelError: a file is missing or damaged, or it is another architecture.
    """
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        tensors = load_file(str(folder / "model.safetensors"))
    except FileNotFoundError as error:
        raise ModelError(f"{folder} is no checkpoint: {error.filename} is missing") from error
    except (ValueError, SafetensorError) as error:
        raise ModelError(f"{folder} holds a damaged checkpoint ({error}): train it again") from error
    sizes = _architecture(config, folder)
    weights = {name: tensor.float().numpy() for name, tensor in tensors.items() if name in weight_shapes(sizes)}
    head = tensors.get("lm_head.weight")
    if head is not None and _TIED in weights and not np.array_equal(head.float().numpy(), weights[_TIED]):
        raise ModelError(f"{folder}: lm_head.weight differs from the embedding: only tied embeddings are exported")
    return sizes, weights


def _architecture(config: Mapping[str, Any], folder: Path) -> Architecture:
    rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
    refused = {
        "model_type": config.get("model_type") != "qwen3",
        "tie_word_embeddings": not config.get("tie_word_embeddings"),
        "attention_bias": bool(config.get("attention_bias")),
        "use_sliding_window": bool(config.get("use_sliding_window")),
        "hidden_act": config.get("hidden_act", "silu") != "silu",
        "rope_type": rope.get("rope_type", "default") not in ("default", "yarn"),
        **{key: rope.get(key) not in allowed for key, allowed in _PLAIN_YARN.items()},
    }
    for key, wrong in refused.items():
        if wrong:
            value = config.get(key, rope.get(key))
            raise ModelError(
                f"{folder}/config.json: {key}={value!r} is not exported; plain tied Qwen3 is, with YaRN or without"
            )
    stretched = rope.get("rope_type") == "yarn"
    names = [name for name in Architecture.__dataclass_fields__ if name not in _OF_ROPE]
    try:
        return Architecture(
            **{name: int(config[name]) for name in names},
            rope_theta=float(config.get("rope_theta") or rope.get("rope_theta", 10_000.0)),
            rms_norm_eps=float(config.get("rms_norm_eps", 1e-6)),
            rope_factor=float(rope["factor"]) if stretched else 1.0,
            original_max_position_embeddings=int(rope["original_max_position_embeddings"]) if stretched else 0,
        )
    except (KeyError, TypeError) as error:
        raise ModelError(f"{folder}/config.json: {error} is missing or no number") from error


def _compared(settings: LmExportSettings, scratch: Path, full: str, sample: Sequence[str]) -> dict[str, float]:
    """Int8 and the fp32 graph against the transformers library, token by token."""
    from transformers import AutoModelForCausalLM

    original = AutoModelForCausalLM.from_pretrained(str(settings.checkpoint), dtype=torch.float32).eval()
    small, exact = DecoderSession(settings.name, scratch), DecoderSession(full, scratch)
    vocabulary = Vocabulary(small.tokenizer, small.vocabulary)
    bits, bits_full, size, count = 0.0, 0.0, 0, 0
    agreed, divergence, arithmetic = 0, 0.0, 0.0
    for text in sample:
        tokens = [vocabulary.end, *vocabulary.encode(text)][: min(_SAMPLE_TOKENS, small.context)]
        ids = np.array(tokens, np.int64)
        with torch.no_grad():
            theirs = log_softmax(original(torch.from_numpy(ids)[None]).logits[0].float().numpy())
        ours, same = (_all_logprobs(session, ids) for session in (small, exact))
        arithmetic = max(arithmetic, float(np.abs(theirs - same).max()))
        agreed += int((ours.argmax(axis=1) == theirs.argmax(axis=1)).sum())
        divergence += float((np.exp(theirs) * (theirs - ours)).sum())
        places = np.arange(len(ids) - 1)
        bits -= float(ours[places, ids[1:]].sum()) / math.log(2)
        bits_full -= float(theirs[places, ids[1:]].sum()) / math.log(2)
        size += sum(len(vocabulary.bytes_of[token]) for token in tokens)
        count += len(ids)
    loss, greedy = bits / bits_full - 1 if bits_full else 0.0, agreed / count
    if arithmetic > _ARITHMETIC:
        raise ModelError(f"the fp32 graph differs from the checkpoint by {arithmetic:.3g} nats: not exported")
    if loss > settings.most_loss:
        raise ModelError(f"int8 loses {loss:.2%} in bits per byte, at most {settings.most_loss:.2%}: not exported")
    if greedy < settings.least_agreement:
        raise ModelError(
            f"int8 chooses as the checkpoint does on {greedy:.3f} of the tokens, at least "
            f"{settings.least_agreement}: not exported"
        )
    return {
        "bits_per_byte": bits / max(1, size),
        "bits_per_byte_fp32": bits_full / max(1, size),
        "loss": loss,
        "greedy": greedy,
        "kl": divergence / count,
        "arithmetic": arithmetic,
    }


def _all_logprobs(session: DecoderSession, ids: NDArray[np.int64]) -> Floats:
    """Log-probabilities after every token, shape (T, V)."""
    return log_softmax(session.step(ids[None], session.empty(len(ids)), np.arange(len(ids))))


def _speed(model: EmbeddedLanguageModel, text: str) -> dict[str, float]:
    """Tokens a second of reading and of writing, on this machine, one thread."""
    model.generate([text[:20]], max_tokens=2)
    started = time.perf_counter()
    read = sum(len(found) for found in model.logprobs([text[:2000]]))
    between = time.perf_counter()
    written = len(model.generate([text[:20]], max_tokens=64)[0].tokens)
    ended = time.perf_counter()
    return {"prefill_tokens_per_s": read / (between - started), "decode_tokens_per_s": written / (ended - between)}


def _check_tokenizer(checkpoint: Path, sizes: Architecture) -> None:
    """See at once that the tokenizer is one of our own: what runs the model needs its control tokens."""
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_buffer(_tokenizer(checkpoint))
    except ValueError as error:
        raise ModelError(f"{checkpoint}/tokenizer.json is damaged: {error}") from error
    Vocabulary(tokenizer, sizes.vocab_size)


def _tokenizer(checkpoint: Path) -> bytes:
    try:
        return (checkpoint / "tokenizer.json").read_bytes()
    except FileNotFoundError as error:
        raise ModelError(f"{checkpoint} is no checkpoint: tokenizer.json is missing") from error


def _front(folder: Path, name: str, card: Card, sizes: Architecture) -> str:
    fields = {
        "name": name,
        "sha256": file_sha256(folder / f"{name}.onnx"),
        "tokenizer_sha256": file_sha256(folder / f"{name}.tokenizer.json"),
        "licence": card.licence,
        "source": card.source,
        "max_tokens": str(sizes.max_position_embeddings),
    }
    return "\n".join(["---", *(f"{key}: {value}" for key, value in fields.items()), "---", ""])


def _card(
    folder: Path, settings: LmExportSettings, card: Card, sizes: Architecture, measured: Mapping[str, float]
) -> str:
    def table(values: Mapping[str, float]) -> str:
        return "\n".join(["| | |", "|---|---|", *(f"| {key} | {value:.4g} |" for key, value in values.items())])

    return f"""{_front(folder, settings.name, card, sizes)}
# {settings.name}

{card.title} Qwen3 architecture: {sizes.num_hidden_layers} layers of width {sizes.hidden_size}, {sizes.vocab_size} \
tokens, a context of {sizes.max_position_embeddings}.

**Trained on.** {card.data}

**Made by** `{card.command}` with {card.settings}; torch {torch.__version__}.

**Results** on data that were not trained on:

{table(card.results)}

**Conversion.** ONNX, weights of 8 bits with a scale for every {settings.block}, activations quantised row by row at \
run time. Measured against the checkpoint:

{table(measured)}

**Limits.** {card.limits}
"""
