"""The ONNX graph of a Qwen3 decoder, written node by node: numpy weights in, a model out; no torch.

    model = build_graph(architecture, weights)      # an onnx.ModelProto

Inputs: `input_ids` (B, T) int64; `last` (B,) int32, the index of each row's last token in the whole sequence, past
included; `total` () int32, the longest sequence; `rows` (R,) int64, which of the B * T positions get logits; and
`past_k.L`, `past_v.L` (B, H_kv, S, D) for each layer. Outputs: `logits` (R, V), `present_k.L`, `present_v.L`. A past
may be longer than what is filled; when it is also given as the output's buffer nothing is copied.

The arithmetic is Qwen3's: RMS norm, norm of queries and keys per head, rotary positions, grouped-query attention,
SwiGLU, tied embeddings. Weights are bytes in blocks along the input (`MatMulNBits`, 8 bits, one fp32 scale a block);
activations are quantised block by block inside the product, row by row, so that a sequence's logits do not depend on
its company. The embedding is stored once and read twice: rows by `Gather`, all of it by the last product.

Rotary positions may be scaled as YaRN has it (`train.context.rope`); their scaling of attention is in the tables.

Simplifications: no sliding window, no biases, no other scaling of positions, sizes are multiples of 16.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from shopwright.errors import ModelError
from shopwright.train.context.rope import Scaling, attention_scale, frequencies

Floats = NDArray[np.float32]
_MICROSOFT = "com.microsoft"
_OPSET = 17
_ZERO = 128
BLOCK = 128
"""Weights that share a scale. From 32 to 256 nothing is lost in bits per byte; larger blocks are faster and smaller."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """The sizes of a Qwen3 decoder, named as in `config.json`; `rope_factor` above 1 is YaRN's.

    `original_max_position_embeddings` is the window before YaRN stretched it, 0 where nothing did.
    """

    vocab_size: int
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    intermediate_size: int
    max_position_embeddings: int
    rope_theta: float = 10_000.0
    rms_norm_eps: float = 1e-6
    rope_factor: float = 1.0
    original_max_position_embeddings: int = 0

    @property
    def scaling(self) -> Scaling:
        """How rotary positions are scaled."""
        window = self.original_max_position_embeddings or self.max_position_embeddings
        return Scaling("yarn" if self.rope_factor > 1 else "none", self.rope_factor, window)

    def __post_init__(self) -> None:
        if self.num_attention_heads % self.num_key_value_heads:
            raise ModelError(
                f"num_attention_heads={self.num_attention_heads} is no multiple of "
                f"num_key_value_heads={self.num_key_value_heads}"
            )
        for name in ("hidden_size", "head_dim", "intermediate_size"):
            if getattr(self, name) % 16:
                raise ModelError(f"{name}={getattr(self, name)}: must be a multiple of 16")


def weight_shapes(sizes: Architecture) -> dict[str, tuple[int, ...]]:
    """Name and shape of every weight of the checkpoint, as the transformers library stores them."""
    width, inner, head = sizes.hidden_size, sizes.intermediate_size, sizes.head_dim
    queries, keys = sizes.num_attention_heads * head, sizes.num_key_value_heads * head
    shapes: dict[str, tuple[int, ...]] = {"model.embed_tokens.weight": (sizes.vocab_size, width)}
    for layer in range(sizes.num_hidden_layers):
        of_layer: dict[str, tuple[int, ...]] = {
            "input_layernorm": (width,),
            "post_attention_layernorm": (width,),
            "self_attn.q_proj": (queries, width),
            "self_attn.k_proj": (keys, width),
            "self_attn.v_proj": (keys, width),
            "self_attn.o_proj": (width, queries),
            "self_attn.q_norm": (head,),
            "self_attn.k_norm": (head,),
            "mlp.gate_proj": (inner, width),
            "mlp.up_proj": (inner, width),
            "mlp.down_proj": (width, inner),
        }
        shapes |= {f"model.layers.{layer}.{name}.weight": shape for name, shape in of_layer.items()}
    return shapes | {"model.norm.weight": (width,)}


def build_graph(sizes: Architecture, weights: Mapping[str, Floats], *, bits: int = 8, block: int = BLOCK) -> Any:
    """The model as ONNX.

    Args:
        sizes: of the decoder.
        weights: by their names in the checkpoint, see `weight_shapes`; anything else in it is ignored.
        bits: 8 for the shipped form, 32 for the same graph in fp32.
        block: how many weights of a row share a scale; halved until it divides the row.

    Returns:
        An `onnx.ModelProto`.

    Raises:
        ModelError: a weight is missing or has another shape, or `bits` or `block` is not allowed.
    """
    if bits not in (8, 32):
        raise ModelError(f"bits={bits}: must be 8 or 32")
    if block not in (16, 32, 64, 128, 256):
        raise ModelError(f"block={block}: must be 16, 32, 64, 128 or 256")
    for name, shape in weight_shapes(sizes).items():
        if name not in weights or weights[name].shape != shape:
            found = weights[name].shape if name in weights else "nothing"
            raise ModelError(f"weight {name}: {found} where {shape} is needed: is it a Qwen3 checkpoint?")
    graph = _Graph(sizes, weights, bits, block)
    graph.decoder()
    return graph.model()


class _Graph:
    """Collects nodes and stored tensors of one decoder."""

    def __init__(self, sizes: Architecture, weights: Mapping[str, Floats], bits: int, block: int) -> None:
        self.sizes = sizes
        self.weights = weights
        self.bits = bits
        self.block = block
        self.nodes: list[Any] = []
        self.stored: dict[str, Any] = {}

    def decoder(self) -> None:
        """All nodes."""
        sizes = self.sizes
        cosines, sines = _rotary(sizes)
        self.store("rotary_cos", cosines)
        self.store("rotary_sin", sines)
        self.store("heads_q", np.array([0, 0, sizes.num_attention_heads, sizes.head_dim], np.int64))
        self.store("heads_k", np.array([0, 0, sizes.num_key_value_heads, sizes.head_dim], np.int64))
        self.store("flat", np.array([0, 0, -1], np.int64))
        self.store("positions", np.array([-1, sizes.hidden_size], np.int64))
        stream, branch = self.embed("input_ids"), ""
        for layer in range(sizes.num_hidden_layers):
            path = f"model.layers.{layer}"
            normed, stream = self.normed(stream, branch, f"{path}.input_layernorm.weight")
            branch = self.attention(normed, layer)
            normed, stream = self.normed(stream, branch, f"{path}.post_attention_layernorm.weight")
            branch = self.feed_forward(normed, path)
        normed, _ = self.normed(stream, branch, "model.norm.weight")
        flat = self.node("Reshape", [normed, "positions"])
        picked = self.node("Gather", [flat, "rows"], axis=0)
        self.project(picked, ["model.embed_tokens.weight"], output="logits")

    def embed(self, tokens: str) -> str:
        """Rows of the embedding, (B, T, width)."""
        name = "model.embed_tokens.weight"
        if self.bits == 32:
            self.store("embedding", self.weights[name])
            return self.node("Gather", ["embedding", tokens], axis=0)
        self.quantise([name])
        codes = self.node("Gather", [f"{name}.codes", tokens], axis=0)
        scales = self.node("Gather", [f"{name}.scales", tokens], axis=0)
        self.store("zero", np.float32(_ZERO))
        self.store("last_axis", np.array([-1], np.int64))
        centred = self.node("Sub", [self.node("Cast", [codes], to=TensorProto.FLOAT), "zero"])
        real = self.node("Mul", [centred, self.node("Unsqueeze", [scales, "last_axis"])])
        return self.node("Reshape", [real, "flat"])

    def normed(self, stream: str, branch: str, scale: str) -> tuple[str, str]:
        """Add a branch to the residual stream and normalise; returns the normalised and the new stream."""
        self.store(scale, self.weights[scale])
        if not branch:
            return self.norm(stream, scale), stream
        total = f"{scale}.stream"
        normed = self.node(
            "SkipSimplifiedLayerNormalization",
            [stream, branch, scale],
            domain=_MICROSOFT,
            outputs=[f"{scale}.normed", "", "", total],
            epsilon=self.sizes.rms_norm_eps,
        )
        return normed, total

    def norm(self, value: str, scale: str) -> str:
        """RMS norm over the last axis."""
        self.store(scale, self.weights[scale])
        return self.node(
            "SimplifiedLayerNormalization", [value, scale], axis=-1, epsilon=self.sizes.rms_norm_eps, stash_type=1
        )

    def attention(self, normed: str, layer: int) -> str:
        """Grouped-query attention with its cache, (B, T, width)."""
        sizes, path = self.sizes, f"model.layers.{layer}.self_attn"
        queries, keys = sizes.num_attention_heads * sizes.head_dim, sizes.num_key_value_heads * sizes.head_dim
        joint = self.project(normed, [f"{path}.{each}_proj.weight" for each in "qkv"])
        self.store("parts_qkv", np.array([queries, keys, keys], np.int64))
        parts = [f"{path}.{each}" for each in "qkv"]
        self.node("Split", [joint, "parts_qkv"], outputs=parts, axis=-1)
        for place, each in enumerate("qk"):
            split = self.node("Reshape", [parts[place], f"heads_{each}"])
            parts[place] = self.node("Reshape", [self.norm(split, f"{path}.{each}_norm.weight"), "flat"])
        inputs = [*parts, f"past_k.{layer}", f"past_v.{layer}", "last", "total", "rotary_cos", "rotary_sin"]
        mixed = self.node(
            "GroupQueryAttention",
            inputs,
            domain=_MICROSOFT,
            outputs=[f"{path}.mixed", f"present_k.{layer}", f"present_v.{layer}"],
            num_heads=sizes.num_attention_heads,
            kv_num_heads=sizes.num_key_value_heads,
            do_rotary=1,
            rotary_interleaved=0,
        )
        return self.project(mixed, [f"{path}.o_proj.weight"])

    def feed_forward(self, normed: str, path: str) -> str:
        """SwiGLU, (B, T, width)."""
        joint = self.project(normed, [f"{path}.mlp.gate_proj.weight", f"{path}.mlp.up_proj.weight"])
        self.store("parts_mlp", np.array([self.sizes.intermediate_size] * 2, np.int64))
        gate, up = f"{path}.gate", f"{path}.up"
        self.node("Split", [joint, "parts_mlp"], outputs=[gate, up], axis=-1)
        opened = self.node("QuickGelu", [gate], domain=_MICROSOFT, alpha=1.0)
        return self.project(self.node("Mul", [opened, up]), [f"{path}.mlp.down_proj.weight"])

    def project(self, value: str, names: list[str], output: str = "") -> str:
        """Multiply by one weight, or by several joined along their outputs."""
        outputs = [output or f"{names[0]}.out"]
        rows = sum(len(self.weights[name]) for name in names)
        columns = self.weights[names[0]].shape[1]
        if self.bits == 32:
            self.store(f"{names[0]}.joint", np.concatenate([self.weights[name] for name in names]).T)
            return self.node("MatMul", [value, f"{names[0]}.joint"], outputs=outputs)
        self.quantise(names)
        return self.node(
            "MatMulNBits",
            [value, f"{names[0]}.codes", f"{names[0]}.scales"],
            domain=_MICROSOFT,
            outputs=outputs,
            K=columns,
            N=rows,
            bits=8,
            block_size=_dividing(columns, self.block),
            accuracy_level=4,
        )

    def quantise(self, names: list[str]) -> None:
        """Store weights joined along their outputs, as bytes and scales."""
        if f"{names[0]}.codes" not in self.stored:
            joint = np.concatenate([self.weights[name] for name in names])
            codes, scales = quantise_blocks(joint, _dividing(joint.shape[1], self.block))
            self.store(f"{names[0]}.codes", codes)
            self.store(f"{names[0]}.scales", scales)

    def node(
        self, kind: str, inputs: list[str], *, domain: str = "", outputs: list[str] | None = None, **attributes: Any
    ) -> str:
        """Add a node; returns the name of its first output."""
        outputs = outputs or [f"{kind}.{len(self.nodes)}"]
        self.nodes.append(helper.make_node(kind, inputs, outputs, domain=domain, name=outputs[0], **attributes))
        return outputs[0]

    def store(self, name: str, value: Any) -> None:
        """Keep a constant."""
        self.stored.setdefault(name, np.ascontiguousarray(value) if np.ndim(value) else np.asarray(value))

    def model(self) -> Any:
        """The finished model, checked by its sizes only (the contributed operators are ONNX Runtime's own)."""
        sizes = self.sizes
        cache = ["batch", sizes.num_key_value_heads, "past", sizes.head_dim]
        grown = ["batch", sizes.num_key_value_heads, "present", sizes.head_dim]
        layers = [f"{each}.{layer}" for layer in range(sizes.num_hidden_layers) for each in "kv"]
        inputs = [
            _described("input_ids", TensorProto.INT64, ["batch", "tokens"]),
            _described("last", TensorProto.INT32, ["batch"]),
            _described("total", TensorProto.INT32, []),
            _described("rows", TensorProto.INT64, ["rows"]),
            *(_described(f"past_{each}", TensorProto.FLOAT, cache) for each in layers),
        ]
        outputs = [
            _described("logits", TensorProto.FLOAT, ["rows", sizes.vocab_size]),
            *(_described(f"present_{each}", TensorProto.FLOAT, grown) for each in layers),
        ]
        tensors = [numpy_helper.from_array(value, name) for name, value in self.stored.items()]
        graph = helper.make_graph(self.nodes, "decoder", inputs, outputs, initializer=tensors)
        domains = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
        model = helper.make_model(graph, opset_imports=domains, producer_name="shopwright")
        model.ir_version = 8
        rope: dict[str, Any] = {"theta": sizes.rope_theta, "factor": sizes.rope_factor, "window": sizes.scaling.window}
        rope["turns"] = frequencies(sizes.scaling, sizes.rope_theta, sizes.head_dim).tolist()
        helper.set_model_props(model, {"context": str(sizes.max_position_embeddings), "rope": json.dumps(rope)})
        return model


def quantise_blocks(weight: Floats, block: int) -> tuple[NDArray[np.uint8], Floats]:
    """Symmetric bytes of a weight in blocks along its last axis.

    Args:
        weight: shape (N, K).
        block: weights that share a scale; divides K.

    Returns:
        Codes of shape (N, blocks, block), 128 for zero, and scales of shape (N, blocks), so that
        weight = (code - 128) * scale.
    """
    blocks = weight.reshape(len(weight), -1, block)
    scales = np.abs(blocks).max(axis=2) / 127
    steps = np.rint(blocks / np.where(scales, scales, 1)[..., None])
    return (steps + _ZERO).astype(np.uint8), scales.astype(np.float32)


def _dividing(columns: int, block: int) -> int:
    """The largest block up to `block` that divides a row."""
    return min(block, columns & -columns)


def _rotary(sizes: Architecture) -> tuple[Floats, Floats]:
    """Cosines and sines of every position, shape (positions, head_dim / 2) (Su et al., RoFormer, 2021)."""
    turns = frequencies(sizes.scaling, sizes.rope_theta, sizes.head_dim)
    angles, scale = np.arange(sizes.max_position_embeddings)[:, None] * turns, attention_scale(sizes.scaling)
    return (np.cos(angles) * scale).astype(np.float32), (np.sin(angles) * scale).astype(np.float32)


def _described(name: str, kind: int, shape: list[Any]) -> Any:
    return helper.make_tensor_value_info(name, kind, shape)
