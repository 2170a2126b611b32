"""A trainable body out of a shipped int8 file, so that training starts from what ships and downloads nothing.

    unpack_body(WEIGHTS, "encoder-l6-int8", folder)     # config.json, model.safetensors, tokenizer.json

Weights of the file are dequantised (a byte times its channel's scale); biases and norms are fp32 in it anyway. The
unpacked body's vectors have a cosine of .994 to the file's and of .998 to those of the body that was exported.

Simplification: BERT bodies as `export` writes them, nothing else.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from safetensors.torch import save_file
from torch import nn
from transformers import BertConfig, BertModel

from shopwright.errors import ModelError

_HEADS_OF = {384: 12, 768: 12, 1024: 16}
_LAYER_WEIGHT = re.compile(r"body/encoder/layer\.(\d+)/(.+)/MatMul_quant$")


def save_body(body: nn.Module, tokenizer: Path, folder: Path) -> None:
    """Write a body with its tokenizer as a folder that `transformer.load_body` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {name: value.detach().cpu().contiguous() for name, value in body.state_dict().items()}
    save_file(state, str(folder / "model.safetensors"), metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(body.config.to_dict(), indent=1), encoding="utf-8")
    (folder / "tokenizer.json").write_bytes(tokenizer.read_bytes())


def unpack_body(source: Path, name: str, folder: Path) -> Path:
    """Write the body of a shipped model as a folder that `transformer.load_body` reads; returns the folder.

    Args:
        source: folder of the shipped model's files.
        name: stem of the files.
        folder: created when missing.

    Raises:
        ModelError: the file is none that `export` wrote.
    """
    graph = onnx.load(str(source / f"{name}.onnx")).graph
    stored = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    state: dict[str, NDArray[Any]] = {}
    for key, value in stored.items():
        if "body." in key and key.endswith((".weight", ".bias")):
            state[key.split("body.", 1)[1]] = value
        elif "body." in key and key.endswith(".weight_quantized"):
            state[key.split("body.", 1)[1].removesuffix("_quantized")] = _real(stored, key.removesuffix("_quantized"))
    for node in graph.node:
        match = _LAYER_WEIGHT.search(node.name)
        if match:
            path = match[2].replace("/", ".")
            state[f"encoder.layer.{match[1]}.{path}.weight"] = _real(stored, node.input[1].removesuffix("_quantized")).T
    try:
        body = _empty_body(state)
        body.load_state_dict({key: torch.from_numpy(np.array(value)).float() for key, value in state.items()})
    except (KeyError, RuntimeError) as error:
        raise ModelError(f"{source / name}.onnx is no body that Shopwright exported: {error}") from error
    save_body(body, source / f"{name}.tokenizer.json", folder)
    return folder


def _real(stored: dict[str, NDArray[Any]], name: str) -> NDArray[np.float32]:
    """The weights behind a quantised tensor; scales are per tensor or per last axis."""
    quantised = stored[f"{name}_quantized"].astype(np.float32)
    real: NDArray[np.float32] = (quantised - stored[f"{name}_zero_point"].astype(np.float32)) * stored[f"{name}_scale"]
    return real


def _empty_body(state: dict[str, NDArray[Any]]) -> BertModel:
    """A body of the shapes of these weights."""
    words, width = state["embeddings.word_embeddings.weight"].shape
    layers = 1 + max(int(key.split(".")[2]) for key in state if key.startswith("encoder.layer."))
    config = BertConfig(
        vocab_size=words,
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=_HEADS_OF[width],
        intermediate_size=state["encoder.layer.0.intermediate.dense.weight"].shape[0],
        max_position_embeddings=state["embeddings.position_embeddings.weight"].shape[0],
        type_vocab_size=state["embeddings.token_type_embeddings.weight"].shape[0],
    )
    return BertModel(config, add_pooling_layer=False)
