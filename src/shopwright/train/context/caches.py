"""A smaller key-value cache of the same model: which entries stay, and in how many bits.

    method = METHODS["kvzip"]
    cache = compressed(reader, text, method, share=0.5)           # read once, half of the entries kept
    tokens = answered(reader, cache, question, 30)                # may be asked many times, on copies of it

| method | score | the question | heads share a budget in |
|---|---|---|---|
| `streaming` | sinks and the last tokens | not seen | a head |
| `snapkv` | attention of the question | seen before | a head |
| `snapkv_wide` | the same, pooled over 65 tokens in place of 7 | seen before | a head |
| `snapkv_blind` | attention of the text's last 32 tokens | not seen | a head |
| `expected` | expected attention | not seen | a layer, as in Ada-KV (arXiv:2407.11550) |
| `kvzip` | attention of a reconstruction | not seen | the whole model |

A method that sees the question beforehand must read the text again for another question. All keep the sinks, and a
share of entries means the same number for every method. `quantised` keeps all entries in fewer bits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import torch
from torch import Tensor

from shopwright.errors import ConfigError
from shopwright.train.context import scores as scoring
from shopwright.train.context.reading import Cache, Entries, Reader, Seen, turned

Pool = Literal["head", "layer", "model"]
_WINDOW = 32
_WIDE = 65
_AHEAD = 512
_STRETCH = 512
_OVERLAP = 8
_KEY_GROUP = 128


@dataclass(frozen=True, slots=True)
class Text:
    """A text that was read.

    Args:
        reader: that read it.
        cache: all of its entries.
        tokens: of it.
        question: tokens of what will be asked; empty where nobody knows yet.
    """

    reader: Reader
    cache: Cache
    tokens: Sequence[int]
    question: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Method:
    """How entries are chosen.

    Args:
        score: scores of shape (K, T) for each layer.
        pool: within what the best entries are taken: every head its own share, or heads that need more get more.
        sees_question: whether the score uses it.
    """

    score: Callable[[Text], list[Tensor]]
    pool: Pool
    sees_question: bool = False


def compressed(
    reader: Reader, tokens: Sequence[int], method: Method, share: float, question: Sequence[int] = ()
) -> Cache:
    """Read a text and keep a share of its entries.

    Args:
        tokens: of the text, the first of them the sink.
        share: above 0, at most 1.
        question: what will be asked; only methods that say so look at it.

    Raises:
        ConfigError: the share is not allowed, or the method needs a question and there is none.
    """
    cache = reader.empty()
    reader.read(tokens, cache)
    return kept(Text(reader, cache, tokens, question), method, share)


def kept(text: Text, method: Method, share: float) -> Cache:
    """A share of the entries of a text that was read; see `compressed`."""
    if not 0 < share <= 1:
        raise ConfigError(f"share {share}: of the cache, above 0 and at most 1")
    if method.sees_question and not text.question:
        raise ConfigError("this method looks at the question: give one, or choose another")
    return thinned(text.cache, method.score(text), share, method.pool)


def answered(reader: Reader, cache: Cache, question: Sequence[int], count: int) -> list[int]:
    """Read a question after a cache, which stays as it is, and write at most `count` tokens."""
    own = cache.copy()
    return reader.write(own, reader.read(question, own), count)


def thinned(cache: Cache, scores: Sequence[Tensor], share: float, pool: Pool, sinks: int = scoring.SINKS) -> Cache:
    """The best entries of a cache whose heads are equally long.

    Args:
        scores: (K, T) for each layer.
        share: of all entries that stays, rounded to whole tokens a head.
        pool: see `Method`.
        sinks: first entries of every head that stay whatever they score.
    """
    all_scores = torch.stack(list(scores)).float()  # (L, K, T)
    layers, heads, length = all_scores.shape
    all_scores[..., :sinks] = torch.inf
    rows = {"head": layers * heads, "layer": layers, "model": 1}[pool]
    keep = max(round(share * length), min(sinks, length)) * layers * heads // rows
    flat = all_scores.view(rows, -1)
    chosen = torch.zeros_like(flat, dtype=torch.bool).scatter_(1, flat.topk(keep, dim=1).indices, True)
    kept = chosen.view(layers, heads, length)
    parts = [
        [Entries(each.keys[kept[layer, head]], each.values[kept[layer, head]]) for head, each in enumerate(of_layer)]
        for layer, of_layer in enumerate(cache.layers)
    ]
    return Cache(parts, cache.length)


def quantised(cache: Cache, bits: int) -> tuple[Cache, float]:
    """The cache after its entries were stored in few bits: keys by channel, values by token, as in KIVI.

    Minimum and step of each group are 16-bit numbers (arXiv:2402.02750; keys in groups of 128 tokens).

    Returns:
        The cache as it is read back, and its size as a share of one of 16-bit numbers.

    Raises:
        ConfigError: bits are not from 2 to 8.
    """
    if not 2 <= bits <= 8:
        raise ConfigError(f"bits {bits}: from 2 to 8")

    def both(entries: Entries) -> Entries:
        groups = [_rounded(part, bits, dim=0) for part in entries.keys.split(_KEY_GROUP)]
        return Entries(torch.cat(groups), _rounded(entries.values, bits, dim=1))

    size = cache.layers[0][0].values.shape[-1]
    extra = (32 / _KEY_GROUP + 32 / size) / 2
    return Cache([[both(each) for each in heads] for heads in cache.layers], cache.length), (bits + extra) / 16


def _rounded(values: Tensor, bits: int, dim: int) -> Tensor:
    low, high = values.amin(dim=dim, keepdim=True).half().float(), values.amax(dim=dim, keepdim=True).half().float()
    step = ((high - low) / (2**bits - 1)).clamp(min=1e-6).half().float().clamp(min=1e-7)
    return torch.clamp(torch.round((values - low) / step), 0, 2**bits - 1) * step + low


def _streaming(text: Text) -> list[Tensor]:
    return [scoring.recency(text.reader.kv_heads, len(text.tokens)) for _ in text.cache.layers]


def _snapkv(text: Text, pool: int = 7) -> list[Tensor]:
    found: list[Tensor] = []

    def watch(seen: Seen) -> None:
        found.append(scoring.observed(seen.queries, seen.keys, pool)[:, : len(text.tokens)])

    text.reader.read(text.question, text.cache, watch, keep=False)
    return found


def _snapkv_blind(text: Text) -> list[Tensor]:
    """The same with the text's own last tokens, which are kept, in place of the question."""
    last = text.tokens[-_WINDOW:]
    earlier = [[each.first(len(each) - len(last)) for each in heads] for heads in text.cache.layers]
    before = Cache(earlier, text.cache.length - len(last))
    found = _snapkv(Text(text.reader, before, text.tokens, last))
    for scores in found:
        scores[:, -len(last) :] = torch.inf
    return found


def _expected(text: Text) -> list[Tensor]:
    """Statistics of the queries of a second reading of the text, turned to the positions ahead on average."""
    found: list[Tensor] = []
    reader = text.reader
    cosines, sines = (each.mean(dim=0, keepdim=True) for each in reader.turn(text.cache.length, _AHEAD))
    rotation = turned(torch.eye(reader.size)[None], cosines, sines)[0]  # row i: where the average turn takes axis i

    def watch(seen: Seen) -> None:
        later = seen.bare[:, min(scoring.SINKS, seen.bare.shape[1] - 1) :]
        mean = later.mean(dim=1)
        apart = later - mean[:, None]
        covariance = apart.transpose(1, 2) @ apart / later.shape[1]
        ahead = rotation.T @ covariance @ rotation
        found.append(scoring.expected(mean @ rotation, ahead, seen.keys, seen.values))

    reader.read(text.tokens, reader.empty(), watch)
    return found


def _kvzip(text: Text) -> list[Tensor]:
    """The text is read a second time after itself, a stretch at a time with a few tokens before it."""
    length = len(text.tokens)
    found = [torch.zeros(text.reader.kv_heads, length) for _ in text.cache.layers]

    def watch(seen: Seen) -> None:
        scores = scoring.reconstructing(seen.queries, seen.keys, length)
        found[seen.layer] = torch.maximum(found[seen.layer], scores)

    for start in range(0, length, _STRETCH):
        stretch = text.tokens[max(start - _OVERLAP, 0) : start + _STRETCH]
        text.reader.read(stretch, text.cache, watch, keep=False)
    return found


METHODS: Mapping[str, Method] = {
    "streaming": Method(_streaming, "head"),
    "snapkv": Method(_snapkv, "head", sees_question=True),
    "snapkv_wide": Method(partial(_snapkv, pool=_WIDE), "head", sees_question=True),
    "snapkv_blind": Method(_snapkv_blind, "head"),
    "expected": Method(_expected, "layer"),
    "kvzip": Method(_kvzip, "model"),
}
"""By name; see the module."""
