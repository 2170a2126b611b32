"""A decoder of a few thousand weights with a real tokenizer, and a packed corpus of the same tokenizer."""

from __future__ import annotations

import hashlib
from pathlib import Path

from models.language.tiny import tokenizer
from shopwright.train.corpus.shards import TOKENIZER, Manifest, ShardWriter, SourceInfo

WINDOW = 64


def write_small(folder: Path, family: str = "qwen3") -> Path:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM

    torch.manual_seed(3)
    tokens = tokenizer()
    kinds = {
        "qwen3": (Qwen3Config, Qwen3ForCausalLM),
        "qwen2": (Qwen2Config, Qwen2ForCausalLM),
        "llama": (LlamaConfig, LlamaForCausalLM),
    }
    config, model = kinds[family]
    sizes = config(
        vocab_size=tokens.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=16,
        intermediate_size=48,
        max_position_embeddings=WINDOW,
        tie_word_embeddings=True,
        initializer_range=0.2,
        rope_parameters={"rope_type": "default", "rope_theta": 10_000.0},
    )
    folder.mkdir(parents=True, exist_ok=True)
    model(sizes).save_pretrained(folder)
    (folder / TOKENIZER).write_text(tokens.to_str(), encoding="utf-8")
    return folder


def write_small_corpus(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    tokens = tokenizer()
    (folder / TOKENIZER).write_text(tokens.to_str(), encoding="utf-8")
    sources, shards = {"prose": SourceInfo("general"), "guides": SourceInfo("domain")}, []
    for name in sources:
        for split in ("train", "valid"):
            writer = ShardWriter(folder, name, split, tokens.get_vocab_size())
            for number in range(30):
                text = f"waterproof boots price {number} colour green warm light tent red shoes size {number} " * 3
                writer.add([*tokens.encode(text).ids, 0], len(text))
            shards += writer.close()
    digest = hashlib.sha256((folder / TOKENIZER).read_bytes()).hexdigest()
    Manifest(tokens.get_vocab_size(), digest, sources, shards).write(folder)
    return folder
