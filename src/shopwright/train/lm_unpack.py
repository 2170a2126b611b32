"""A trainable checkpoint out of a shipped int8 decoder, so that training starts from what ships and downloads nothing.

    unpack_lm(WEIGHTS, "lm-s-int8", folder)     # config.json, model.safetensors, tokenizer.json

The inverse of `lm_graph`: a code times its block's scale; norms are fp32 in the file anyway. Sizes are read off the
tensors. Exported again, the checkpoint gives the same codes.

Simplification: decoders as `lm_graph` writes them at 8 bits, nothing else.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from safetensors.torch import save_file

from shopwright.errors import ModelError
from shopwright.models.onnx_files import read_card
from shopwright.train.context.rope import parameters
from shopwright.train.lm_graph import Architecture, weight_shapes

Stored = Mapping[str, NDArray[Any]]
_EMBEDDING = "model.embed_tokens.weight"
_ZERO = 128
_OF_ROPE = ("rope_theta", "rope_factor", "original_max_position_embeddings")
_JOINT = {"self_attn.q_proj": ("q_proj", "k_proj", "v_proj"), "mlp.gate_proj": ("gate_proj", "up_proj")}


def unpack_lm(source: Path, name: str, folder: Path) -> Path:
    """Write a shipped decoder as a folder in the Hugging Face layout; returns the folder.

    Args:
        source: folder of the shipped model's files.
        name: stem of the files.
        folder: created when missing.

    Raises:
        ModelError: the card is missing, or the file is none that `train lm` wrote.
    """
    read_card(source / f"{name}.md")
    model = onnx.load(str(source / f"{name}.onnx"))
    graph, told = model.graph, {each.key: each.value for each in model.metadata_props}
    stored = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    try:
        sizes = _sizes(stored, json.loads(told.get("rope", "{}")))
        weights = _weights(stored, sizes)
    except (KeyError, ValueError) as error:
        raise ModelError(f"{source / name}.onnx is no decoder that Shopwright exported: {error}") from error
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {key: torch.from_numpy(np.array(value, order="C")) for key, value in weights.items()}
    save_file(tensors, str(folder / "model.safetensors"), metadata={"format": "pt"})
    config = {
        "model_type": "qwen3",
        "architectures": ["Qwen3ForCausalLM"],
        "tie_word_embeddings": True,
        "attention_bias": False,
        "hidden_act": "silu",
        "rope_parameters": parameters(sizes.scaling, sizes.rope_theta, sizes.head_dim),
        **{key: value for key, value in asdict(sizes).items() if key not in _OF_ROPE},
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1), encoding="utf-8")
    (folder / "tokenizer.json").write_bytes((source / f"{name}.tokenizer.json").read_bytes())
    return folder


def _sizes(stored: Stored, rope: Mapping[str, Any]) -> Architecture:
    """Sizes by the tensors; the base of the positions by the file's own words, or by the tables of an older file."""
    cosines = stored["rotary_cos"]
    head = 2 * cosines.shape[1]
    queries, keys, _ = stored["parts_qkv"].tolist()
    return Architecture(
        vocab_size=len(stored[f"{_EMBEDDING}.codes"]),
        hidden_size=stored[f"{_EMBEDDING}.codes"][0].size,
        num_hidden_layers=1 + max(int(key.split(".")[2]) for key in stored if key.startswith("model.layers.")),
        num_attention_heads=queries // head,
        num_key_value_heads=keys // head,
        head_dim=head,
        intermediate_size=int(stored["parts_mlp"][0]),
        max_position_embeddings=len(cosines),
        rope_theta=rope.get("theta") or float(f"{math.acos(float(cosines[1, 1])) ** (-head / 2):.3g}"),
        rope_factor=rope.get("factor", 1.0),
        original_max_position_embeddings=rope["window"] if rope.get("factor", 1.0) > 1 else 0,
    )


def _weights(stored: Stored, sizes: Architecture) -> dict[str, NDArray[np.float32]]:
    shapes = weight_shapes(sizes)
    found = {key: stored[key] for key in shapes if key in stored}
    found[_EMBEDDING] = _real(stored, _EMBEDDING)
    for layer in range(sizes.num_hidden_layers):
        path = f"model.layers.{layer}"
        for first, names in _JOINT.items():
            keys = [f"{path}.{first.split('.')[0]}.{name}.weight" for name in names]
            ends = np.cumsum([shapes[key][0] for key in keys])[:-1]
            joint = _real(stored, f"{path}.{first}.weight")
            found |= dict(zip(keys, np.split(joint, ends), strict=True))
        for name in ("self_attn.o_proj", "mlp.down_proj"):
            found[f"{path}.{name}.weight"] = _real(stored, f"{path}.{name}.weight")
    for key, shape in shapes.items():
        if found[key].shape != shape:
            raise ValueError(f"{key} has the shape {found[key].shape}, not {shape}")
    return found


def _real(stored: Stored, name: str) -> NDArray[np.float32]:
    """The weights behind codes of shape (N, blocks, block) and scales of shape (N, blocks)."""
    codes, scales = stored[f"{name}.codes"], stored[f"{name}.scales"]
    real: NDArray[np.float32] = (codes.astype(np.float32) - _ZERO) * scales.reshape(*codes.shape[:2], 1)
    return real.reshape(len(codes), -1)
