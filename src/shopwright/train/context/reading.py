"""A decoder of the Llama and Qwen family that is read layer by layer, so that its cache can be looked into and thinned.

    reader = Reader(model)
    cache = reader.empty()
    logits = reader.read(prompt, cache)          # the cache now holds keys and values of every layer and head
    tokens = reader.write(cache, logits, 30)     # greedy

The arithmetic is that of the transformers library (a test compares the logits); what differs is the cache: every
key-value head of every layer has its own entries, so that heads may keep different numbers of them. Tokens that are
read later have the positions that they would have had with the full cache.

Simplifications: one sequence at a time, no sliding window, projections stored apart as Llama has them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from shopwright.errors import ModelError


@dataclass(slots=True)
class Entries:
    """What one key-value head of one layer has kept: keys (turned by their positions) and values, both (S, D)."""

    keys: Tensor
    values: Tensor

    def __len__(self) -> int:
        return len(self.keys)

    def first(self, count: int) -> Entries:
        """The first entries."""
        return Entries(self.keys[:count], self.values[:count])


@dataclass(slots=True)
class Cache:
    """Keys and values of one sequence.

    Args:
        layers: by layer and key-value head.
        length: tokens that were read, which is the position of the next one.
    """

    layers: list[list[Entries]]
    length: int = 0

    def share(self, tokens: int) -> float:
        """Entries that are held, as a share of those of a full cache of so many tokens."""
        held = sum(len(entries) for heads in self.layers for entries in heads)
        return held / (tokens * sum(map(len, self.layers)))

    def copy(self) -> Cache:
        """One of the same entries that goes its own way."""
        return Cache([[Entries(each.keys, each.values) for each in heads] for heads in self.layers], self.length)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a layer's attention works on while Q tokens are read.

    Args:
        layer: its number.
        bare, queries: (H, Q, D), without and with positions.
        entries: of each key-value head, those of the Q tokens last.
    """

    layer: int
    bare: Tensor
    queries: Tensor
    entries: Sequence[Entries]

    @property
    def keys(self) -> Tensor:
        """Keys of all heads, (K, T, D), which must be equally long."""
        return torch.stack([each.keys for each in self.entries])

    @property
    def values(self) -> Tensor:
        """Values of all heads, (K, T, D), which must be equally long."""
        return torch.stack([each.values for each in self.entries])


Watch = Callable[[Seen], None]
"""Told of every layer's attention while tokens are read."""


class Reader:
    """A causal model of the transformers library, read with caches of our own.

    Args:
        model: Llama, Mistral, Qwen2, Qwen3 or another of the same build.

    Raises:
        ModelError: it is built otherwise.
    """

    def __init__(self, model: nn.Module) -> None:
        inner: Any = model.eval()
        self._body, self._head = inner.model, inner.get_output_embeddings()
        self.layers: list[Any] = list(getattr(self._body, "layers", ()))
        if not self.layers or not hasattr(self.layers[0].self_attn, "q_proj") or not hasattr(self._body, "rotary_emb"):
            raise ModelError(f"{type(model).__name__} is not built as Llama or Qwen is: its cache cannot be thinned")
        config = inner.config
        self.heads = int(config.num_attention_heads)
        self.kv_heads = int(config.num_key_value_heads)
        self.size = int(getattr(config, "head_dim", None) or config.hidden_size // self.heads)

    def empty(self) -> Cache:
        """A cache without tokens."""
        nothing = torch.zeros(0, self.size)
        return Cache([[Entries(nothing, nothing) for _ in range(self.kv_heads)] for _ in self.layers])

    def read(self, tokens: Sequence[int], cache: Cache, watch: Watch | None = None, *, keep: bool = True) -> Tensor:
        """Read tokens after those of the cache.

        Args:
            cache: extended in place.
            watch: told of every layer.
            keep: False: the cache stays as it was.

        Returns:
            Logits of the last token, shape (V,).
        """
        with torch.no_grad():
            return self._read(tokens, cache, watch, keep)

    def _read(self, tokens: Sequence[int], cache: Cache, watch: Watch | None, keep: bool) -> Tensor:
        hidden = self._body.embed_tokens(torch.tensor([list(tokens)]))
        turn = self.turn(cache.length, len(tokens))
        for place, layer in enumerate(self.layers):
            normed = layer.input_layernorm(hidden)[0]
            mixed = self._attention(place, layer.self_attn, normed, turn, cache, watch, keep)
            hidden = hidden + mixed[None]
            hidden = hidden + layer.mlp(layer.post_attention_layernorm(hidden))
        if keep:
            cache.length += len(tokens)
        logits: Tensor = self._head(self._body.norm(hidden[0, -1]))
        return logits

    def write(self, cache: Cache, logits_V: Tensor, count: int, stop: frozenset[int] = frozenset()) -> list[int]:
        """The likeliest tokens one by one, at most `count`, up to one of `stop` (left out)."""
        written: list[int] = []
        for _ in range(count):
            token = int(logits_V.argmax())
            if token in stop:
                break
            written.append(token)
            logits_V = self.read([token], cache)
        return written

    def turn(self, first: int, count: int) -> tuple[Tensor, Tensor]:
        """Cosines and sines of `count` positions, each (T, D)."""
        with torch.no_grad():
            cosines, sines = self._body.rotary_emb(torch.zeros(1), torch.arange(first, first + count)[None])
        return cosines[0], sines[0]

    def _projected(self, attention: Any, normed: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        def heads(values: Tensor) -> Tensor:
            return values.view(len(normed), -1, self.size)

        queries, keys = heads(attention.q_proj(normed)), heads(attention.k_proj(normed))
        if hasattr(attention, "q_norm"):
            queries, keys = attention.q_norm(queries), attention.k_norm(keys)
        values = heads(attention.v_proj(normed))
        return queries.transpose(0, 1), keys.transpose(0, 1), values.transpose(0, 1)

    def _attention(
        self,
        place: int,
        attention: Any,
        normed: Tensor,
        turn: tuple[Tensor, Tensor],
        cache: Cache,
        watch: Watch | None,
        keep: bool,
    ) -> Tensor:
        bare, keys, values = self._projected(attention, normed)
        queries, keys = turned(bare, *turn), turned(keys, *turn)
        own = [
            Entries(torch.cat([entries.keys, keys[head]]), torch.cat([entries.values, values[head]]))
            for head, entries in enumerate(cache.layers[place])
        ]
        if watch is not None:
            watch(Seen(place, bare, queries, own))
        group = self.heads // self.kv_heads
        parts = [attend(queries[head * group : (head + 1) * group], each) for head, each in enumerate(own)]
        if keep:
            cache.layers[place] = own
        mixed: Tensor = attention.o_proj(torch.cat(parts).transpose(0, 1).reshape(len(normed), -1))
        return mixed


def attend(queries_GQD: Tensor, entries: Entries) -> Tensor:
    """Attention of a group's queries, the last Q tokens, over a head's entries; shape (G, Q, D)."""
    group, count, _ = queries_GQD.shape
    keys, values = entries.keys.expand(group, -1, -1), entries.values.expand(group, -1, -1)
    if count == len(entries):
        return nn.functional.scaled_dot_product_attention(queries_GQD, keys, values, is_causal=True)
    mask = causal(count, len(entries)) if count > 1 else None
    return nn.functional.scaled_dot_product_attention(queries_GQD, keys, values, attn_mask=mask)


def causal(count: int, length: int) -> Tensor:
    """What the last `count` of `length` tokens may see, shape (count, length)."""
    return torch.ones(count, length, dtype=torch.bool).tril(length - count)


def turned(values_HTD: Tensor, cosines_TD: Tensor, sines_TD: Tensor) -> Tensor:
    """Values with the rotary positions of their tokens."""
    first, second = values_HTD.chunk(2, dim=-1)
    return values_HTD * cosines_TD + torch.cat([-second, first], dim=-1) * sines_TD
