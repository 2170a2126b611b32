"""The model that is trained: a Qwen3 decoder from scratch, or any causal checkpoint of the transformers library.

The forward pass ends at the hidden states; the loss is computed from them and the output matrix in pieces (`losses`),
so that the logits of a batch never exist at once. Needs the extra `train`.
"""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoModelForCausalLM, Qwen3Config, Qwen3ForCausalLM
from transformers.utils import cached_file

from shopwright.errors import ModelError
from shopwright.train.pretrain.settings import PretrainSettings

WITH_TOKENIZER = ("tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja")
"""Files that stand beside a `tokenizer.json` in the Hugging Face layout, each where it is needed."""


def build(settings: PretrainSettings, vocabulary: int, seed: int, end: int = 0) -> nn.Module:
    """A model in fp32, fresh from its seed or loaded from `settings.base`.

    Args:
        end: the token that closes a document.

    Raises:
        ModelError: the checkpoint cannot be loaded, or its vocabulary is smaller than the corpus's.
    """
    torch.manual_seed(seed)
    model = load(settings.base) if settings.base else fresh(settings, vocabulary, end)
    rows = model.get_output_embeddings().weight.shape[0]
    if rows < vocabulary:
        raise ModelError(
            f"--base {settings.base} has {rows:,} token ids, the corpus {vocabulary:,}: pack it with its tokenizer"
        )
    if settings.recompute:
        _recompute(model)
    model.config.use_cache = False
    return model


def fresh(settings: PretrainSettings, vocabulary: int, end: int = 0) -> nn.Module:
    """A Qwen3 decoder with random weights (normal with deviation 0.02, output projections scaled down by depth)."""
    config = Qwen3Config(
        vocab_size=vocabulary,
        hidden_size=settings.width,
        intermediate_size=settings.ffn,
        num_hidden_layers=settings.layers,
        num_attention_heads=settings.heads,
        num_key_value_heads=settings.kv_heads,
        head_dim=settings.head_size,
        max_position_embeddings=settings.context,
        rope_parameters={"rope_type": "default", "rope_theta": settings.rope_theta},
        tie_word_embeddings=settings.tied,
        bos_token_id=end,
        eos_token_id=end,
    )
    model: nn.Module = Qwen3ForCausalLM(config)
    shrink = (2 * settings.layers) ** -0.5
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.endswith(("o_proj.weight", "down_proj.weight")):
                weight.mul_(shrink)
    return model


def load(folder: str | Path) -> nn.Module:
    """A causal checkpoint in fp32.

    Raises:
        ModelError: there is none.
    """
    try:
        model: nn.Module = AutoModelForCausalLM.from_pretrained(str(folder), dtype=torch.float32)
    except (OSError, ValueError) as error:
        raise ModelError(f"--base {folder}: no causal model that transformers can load ({error})") from error
    return model


def check_tokenizer(base: str, tokenizer: Path) -> None:
    """Refuse a checkpoint that reads other texts from token ids than the corpus; one without a tokenizer passes.

    Raises:
        ModelError: the vocabularies differ.
    """
    own = file_of(base, tokenizer.name)
    if own is not None and _vocabulary(own) != _vocabulary(tokenizer):
        raise ModelError(
            f"--base {base} was trained with another tokenizer than {tokenizer}: the same token ids are other texts; "
            "pack the corpus with the checkpoint's (`train corpus --tokenizer`), or name a checkpoint of this tokenizer"
        )


def file_of(base: str, name: str) -> Path | None:
    """A file of a checkpoint (a folder, or a name that transformers knows); None where it has none."""
    try:
        found = cached_file(base, name)
    except OSError:
        return None
    return None if found is None else Path(found)


def _vocabulary(tokenizer: Path) -> Any:
    """What ids stand for: the pieces, and the tokens that were added to them."""
    content = json.loads(tokenizer.read_text(encoding="utf-8"))
    added = {token["id"]: token["content"] for token in content.get("added_tokens", ())}
    return content.get("model", {}).get("vocab"), added


def adapted(model: nn.Module, kind: str, rank: int) -> nn.Module:
    """The model with low-rank adapters on every linear layer (LoRA, or DoRA with learned magnitudes), the rest frozen.

    Raises:
        ModelError: the package peft is missing.
    """
    try:
        from peft import LoraConfig, get_peft_model
    except ImportError as error:
        raise ModelError("--adapter needs the package peft: pip install 'shopwright[train]'") from error
    config = LoraConfig(
        r=rank, lora_alpha=2 * rank, target_modules="all-linear", use_dora=kind == "dora", task_type="CAUSAL_LM"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft asks a question that transformers 5 has renamed
        wrapped: nn.Module = get_peft_model(model, config)
    return wrapped


def _recompute(model: Any) -> None:
    """Keep no activations inside layers; compute them again in the backward pass."""
    enable = getattr(model, "activation_checkpointing_enable", None) or model.gradient_checkpointing_enable
    enable({"use_reentrant": False})


def merged(model: nn.Module) -> nn.Module:
    """The model with its adapters, if it has any, added into its weights."""
    return model.merge_and_unload() if hasattr(model, "merge_and_unload") else model


def causal(model: nn.Module) -> nn.Module:
    """The causal model inside adapters."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model


class Body:
    """The part of a causal model that ends at the hidden states, and its output matrix."""

    def __init__(self, model: nn.Module, *, compile: bool = False) -> None:
        inner = causal(model)
        self._body = inner.get_decoder() if hasattr(inner, "get_decoder") else inner.base_model
        self._run: Any = torch.compile(self._body) if compile else self._body
        self._head = inner.get_output_embeddings()

    def __call__(self, ids_BT: Tensor) -> Tensor:
        """Hidden states, shape (B, T, D)."""
        states: Tensor = self._run(input_ids=ids_BT, use_cache=False).last_hidden_state
        return states

    @property
    def head(self) -> Tensor:
        """The output matrix, shape (V, D)."""
        weight: Tensor = self._head.weight
        return weight


@dataclass(frozen=True, slots=True)
class Size:
    """How large a model is.

    Args:
        parameters: all, the tied matrix once.
        flops_per_token: of a training step, forward and backward.
    """

    parameters: int
    flops_per_token: float


def size(model: nn.Module, context: int) -> Size:
    """Parameters and work a token: 6 a weight that multiplies, and 6 T per attention value under the causal mask.

    The count of PaLM (arXiv:2204.02311, appendix B), with half of the attention for the mask.
    """
    inner = causal(model)
    config = inner.config
    parameters = sum(weight.numel() for weight in inner.parameters())
    embedding = inner.get_input_embeddings().weight
    tied = embedding is inner.get_output_embeddings().weight
    multiplying = parameters - (0 if tied else embedding.numel())
    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    attention = 6 * config.num_hidden_layers * context * config.num_attention_heads * head
    return Size(parameters, 6.0 * multiplying + attention)
