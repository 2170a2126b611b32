"""A generator of codes with random weights, made without training."""

from __future__ import annotations

import numpy as np

from shopwright.skills.recommend.codes.codes import Codebook, Vectors, distinct
from shopwright.skills.recommend.codes.decoder import Decoder
from shopwright.skills.recommend.codes.generator import Generator
from shopwright.skills.recommend.codes.prefixes import Prefixes, prefixes_of

ITEMS, WIDTH, HEAD = 60, 16, 8
NO_TEXT = 5


def vectors() -> Vectors:
    """Unit vectors of sixty texts, one of which is not there."""
    made = np.random.default_rng(0).normal(size=(ITEMS, 12))
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    made[NO_TEXT] = 0
    return made.astype(np.float32)


def random_decoder(tokens: int) -> Decoder:
    """Two query heads that share one head of keys, weights of the size that training leaves."""
    random = np.random.default_rng(1)
    shapes = {"input_layernorm": (WIDTH,), "post_attention_layernorm": (WIDTH,)}
    shapes |= {"self_attn.q_proj": (2 * HEAD, WIDTH), "self_attn.k_proj": (HEAD, WIDTH)}
    shapes |= {"self_attn.v_proj": (HEAD, WIDTH), "self_attn.o_proj": (WIDTH, 2 * HEAD)}
    shapes |= {"self_attn.q_norm": (HEAD,), "self_attn.k_norm": (HEAD,)}
    shapes |= {"mlp.gate_proj": (24, WIDTH), "mlp.up_proj": (24, WIDTH), "mlp.down_proj": (WIDTH, 24)}
    weights = {f"layers.{layer}.{name}.weight": shape for layer in range(2) for name, shape in shapes.items()}
    weights |= {"embed_tokens.weight": (tokens, WIDTH), "norm.weight": (WIDTH,)}
    made = {name: random.normal(0, 0.5, shape).astype(np.float32) for name, shape in weights.items()}
    return Decoder.of(made, theta=10_000.0, epsilon=1e-6)


def handmade(vectors_NV: Vectors | None = None, window: int = 4) -> Generator:
    """A generator over some vectors; its products were chosen 0 to 3 times."""
    vectors_NV = vectors() if vectors_NV is None else vectors_NV
    book = Codebook.fit(vectors_NV, seed=0, levels=2, size=8)
    codes_ND = distinct(book.encode(vectors_NV))
    keys = prefixes_of(codes_ND, book.sizes, np.arange(len(vectors_NV)) % 4, least=2)
    known = np.random.default_rng(2).normal(size=(len(keys) + 1, WIDTH)).astype(np.float32)
    known[0] = 0
    return Generator(random_decoder(sum(book.sizes) + 1), Prefixes(keys, known), book, codes_ND, window)
