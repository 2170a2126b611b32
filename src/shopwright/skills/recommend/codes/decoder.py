"""A small Qwen3 decoder in numpy: reads a history once, then many beams at a time, each of which branches off it.

The arithmetic is that of the trained model: RMS norm, norm of queries and keys per head, rotary positions, SwiGLU. Keys
and values of the history are kept once and shared by all beams; a beam has its own only for the few digits that it has
written, which is why this is not the language models' runner (`models.language`), where every beam carries a copy of
the whole. At the sizes of codes numpy spends its time in matrix products.

Simplifications: fp32, one history at a time, heads that share keys have them repeated, plain rotary positions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ModelError
from shopwright.sequences.log import Ints

Floats = NDArray[np.float32]
_Attend = Callable[[Floats, Floats, Floats], Floats]
_PARTS = ("before", "joint", "q_norm", "k_norm", "out", "between", "gate_up", "down")


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Weights of a layer, those of products with inputs along the rows; `joint` is queries, keys and values."""

    before: Floats
    joint: Floats
    q_norm: Floats
    k_norm: Floats
    out: Floats
    between: Floats
    gate_up: Floats
    down: Floats

    @property
    def heads(self) -> int:
        """H, of queries."""
        return len(self.out) // len(self.q_norm)

    @property
    def kv_heads(self) -> int:
        """Heads of keys, and of values."""
        return int(self.joint.shape[1] // len(self.q_norm) - self.heads) // 2


@dataclass(slots=True)
class Memory:
    """Keys and values of each layer: those of the history, and those that each beam has added.

    Args:
        shared: of each layer two arrays of shape (H, T, head size).
        own: of each layer two arrays of shape (H, B, digits written, head size); none before the first digit.
    """

    shared: list[tuple[Floats, Floats]] = field(default_factory=list)
    own: list[tuple[Floats, Floats]] = field(default_factory=list)


class Decoder:
    """Weights and what they compute.

    Args:
        embedding: a row for each token, the output matrix as well, shape (tokens, D).
        layers: in their order.
        last: of the norm before the output.
        theta: base of the rotary positions.
        epsilon: of all norms.
    """

    def __init__(self, embedding: Floats, layers: list[Layer], last: Floats, theta: float, epsilon: float) -> None:
        self.embedding, self.layers, self.last = embedding, layers, last
        self.theta, self.epsilon = theta, epsilon
        size = len(layers[0].q_norm)
        self._turns = theta ** (-np.arange(0, size, 2, dtype=np.float64) / size)

    @classmethod
    def of(cls, weights: Mapping[str, Floats], theta: float, epsilon: float) -> Decoder:
        """Take weights by the names that the transformers library gives them, without its `model.`."""
        count = 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("layers."))

        def joined(layer: int, *names: str) -> Floats:
            return np.ascontiguousarray(np.concatenate([weights[f"layers.{layer}.{each}.weight"] for each in names]).T)

        layers = [
            Layer(
                before=joined(place, "input_layernorm"),
                joint=joined(place, "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
                q_norm=joined(place, "self_attn.q_norm"),
                k_norm=joined(place, "self_attn.k_norm"),
                out=joined(place, "self_attn.o_proj"),
                between=joined(place, "post_attention_layernorm"),
                gate_up=joined(place, "mlp.gate_proj", "mlp.up_proj"),
                down=joined(place, "mlp.down_proj"),
            )
            for place in range(count)
        ]
        return cls(weights["embed_tokens.weight"], layers, weights["norm.weight"], theta, epsilon)

    def arrays(self) -> dict[str, NDArray[np.float32] | NDArray[np.float64]]:
        """What `from_arrays` reads."""
        of_layers = {
            f"layer{place}.{name}": getattr(layer, name) for place, layer in enumerate(self.layers) for name in _PARTS
        }
        numbers = np.array([self.theta, self.epsilon])
        return {"embedding": self.embedding, "last": self.last, "numbers": numbers, **of_layers}

    @classmethod
    def from_arrays(cls, kept: Mapping[str, NDArray[np.generic]]) -> Decoder:
        """A decoder out of arrays.

        Raises:
            ModelError: one is missing.
        """
        count = sum(name.endswith(".joint") for name in kept)
        needed = {"embedding", "last", "numbers"} | {
            f"layer{at}.{name}" for at in range(max(count, 1)) for name in _PARTS
        }
        if missing := sorted(needed - set(kept)):
            raise ModelError(f"the generator has no {missing[0]}: train it again")
        floats = {name: np.asarray(kept[name], np.float32) for name in needed}
        layers = [Layer(**{name: floats[f"layer{at}.{name}"] for name in _PARTS}) for at in range(count)]
        theta, epsilon = (float(value) for value in np.asarray(kept["numbers"], np.float64))
        return cls(floats["embedding"], layers, floats["last"], theta, epsilon)

    def read(self, embedded_TD: Floats) -> tuple[Memory, Floats]:
        """Read a history, token by token; what is remembered of it, and the state after the last one, shape (D,)."""
        memory, count = Memory(), len(embedded_TD)
        future = np.triu(np.full((count, count), -np.inf, np.float32), 1)

        def attend(queries: Floats, keys: Floats, values: Floats) -> Floats:
            memory.shared.append((keys, values))
            return _softmax(queries @ keys.transpose(0, 2, 1) + future) @ values

        state = self._through(embedded_TD, np.arange(count), [attend] * len(self.layers))
        return memory, state[-1]

    def write(self, memory: Memory, parents_B: Ints, embedded_BD: Floats) -> Floats:
        """Each beam goes on from one of the beams before with a token; the states after it, shape (B, D).

        Args:
            memory: changed: its beams are those of this call afterwards.
            parents_B: which beam each goes on from; 0 at the first token after the history.
            embedded_BD: the token that each writes.
        """
        before, memory.own = memory.own, []

        def attending(layer: int) -> _Attend:
            def attend(queries: Floats, keys: Floats, values: Floats) -> Floats:
                own_keys, own_values = keys[:, :, None], values[:, :, None]
                if before:
                    own_keys = np.concatenate([before[layer][0][:, parents_B], own_keys], axis=2)
                    own_values = np.concatenate([before[layer][1][:, parents_B], own_values], axis=2)
                memory.own.append((own_keys, own_values))
                shared_keys, shared_values = memory.shared[layer]
                count = shared_keys.shape[1]
                apart = np.matmul(own_keys, queries[..., None])[..., 0]
                shares = _softmax(np.concatenate([queries @ shared_keys.transpose(0, 2, 1), apart], axis=2))
                own = np.matmul(shares[:, :, None, count:], own_values)[:, :, 0]
                return np.asarray(shares[:, :, :count] @ shared_values + own, np.float32)

            return attend

        place = memory.shared[0][0].shape[1] + (before[0][0].shape[2] if before else 0)
        attends = [attending(layer) for layer in range(len(self.layers))]
        return self._through(embedded_BD, np.array([place]), attends)

    def _through(self, states_RD: Floats, places: Ints, attends: list[_Attend]) -> Floats:
        """States of R tokens after all layers and the last norm; `places` are theirs, or one for all."""
        angles = places[:, None] * self._turns
        cosine, sine = np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)
        for layer, attend in zip(self.layers, attends, strict=True):
            size, heads, kv_heads = len(layer.q_norm), layer.heads, layer.kv_heads
            mixed = (self._normed(states_RD, layer.before) @ layer.joint).reshape(len(states_RD), -1, size)
            mixed = mixed.transpose(1, 0, 2)
            queries = _turned(self._normed(mixed[:heads], layer.q_norm), cosine, sine) * np.float32(size**-0.5)
            keys = _turned(self._normed(mixed[heads : heads + kv_heads], layer.k_norm), cosine, sine)
            values = mixed[heads + kv_heads :]
            if kv_heads < heads:
                keys, values = (np.repeat(each, heads // kv_heads, axis=0) for each in (keys, values))
            seen = attend(queries, keys, values).transpose(1, 0, 2).reshape(len(states_RD), -1)
            states_RD = states_RD + seen @ layer.out
            inner = self._normed(states_RD, layer.between) @ layer.gate_up
            gate, up = inner[:, : len(layer.down)], inner[:, len(layer.down) :]
            states_RD = states_RD + (0.5 * gate * (1 + np.tanh(0.5 * gate)) * up) @ layer.down
        return self._normed(states_RD, self.last)

    def _normed(self, states: Floats, weight: Floats) -> Floats:
        square = np.einsum("...i,...i->...", states, states)[..., None] / np.float32(states.shape[-1])
        return np.asarray(states / np.sqrt(square + np.float32(self.epsilon)) * weight, np.float32)


def _turned(states: Floats, cosine: Floats, sine: Floats) -> Floats:
    """Rotary positions (Su et al., 2021), the halves of a head turned against each other."""
    half = states.shape[-1] // 2
    low, high = states[..., :half], states[..., half:]
    return np.concatenate([low * cosine - high * sine, high * cosine + low * sine], axis=-1)


def _softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), np.float32)
