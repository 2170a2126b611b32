"""A tiny checkpoint with a tokenizer of its own, as a model from elsewhere has: many ids, and an end token that is not 0."""

from __future__ import annotations

import json
from pathlib import Path

from train.texts import prose

FILLERS = 66_000


def write_texts(folder: Path, name: str, seeds: range) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.jsonl"
    path.write_text("".join(json.dumps({"text": prose(seed)}) + "\n" for seed in seeds), encoding="utf-8")
    return path


def write_tokenizer(path: Path, end: str = "<|endoftext|>", *, special: bool = True) -> int:
    """Byte-level BPE whose special tokens come last and which cuts texts, as files of published models do."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

    learned = Tokenizer(models.BPE())
    learned.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=400, initial_alphabet=alphabet, show_progress=False)
    learned.train_from_iterator([prose(seed) for seed in range(20)], trainer)
    content = json.loads(learned.to_str())["model"]
    vocabulary = content["vocab"] | {f"filler{n}": len(content["vocab"]) + n for n in range(FILLERS)}
    merges = [tuple(merge) for merge in content["merges"]]
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_tokens([AddedToken(name, special=special, normalized=False) for name in ("<|im_start|>", end)])
    tokenizer.enable_truncation(8)
    tokenizer.save(str(path))
    return int(tokenizer.token_to_id(end))


def write_checkpoint(folder: Path) -> int:
    """A Qwen3 decoder of random weights with that tokenizer; returns the id of its end token."""
    import torch
    from transformers import Qwen3Config, Qwen3ForCausalLM

    folder.mkdir(parents=True)
    end = write_tokenizer(folder / "tokenizer.json")
    torch.manual_seed(3)
    config = Qwen3Config(
        vocab_size=end + 5, hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=1, head_dim=16, max_position_embeddings=64, tie_word_embeddings=True,
        bos_token_id=end, eos_token_id=end,
    )  # fmt: skip
    Qwen3ForCausalLM(config).save_pretrained(str(folder))
    (folder / "tokenizer_config.json").write_text(json.dumps({"eos_token": "<|endoftext|>", "chat_template": "x"}))
    return end
