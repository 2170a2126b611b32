"""A policy of one layer over a few words, assignments for it, and a judge that likes some of them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shopwright.train.align.assignments import Assignment
from shopwright.train.align.policy.judging import Judge

WORDS = ["good", "bad", "lamp", "desk", "because", "and", "price", "white", "black", "please"]
LIKED = ["please", "price", "lamp", "because"]


def write_tiny_policy(folder: Path) -> Path:
    """A checkpoint in the Hugging Face layout."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import Qwen3Config, Qwen3ForCausalLM

    vocabulary = {word: place for place, word in enumerate(["<|end|>", "[unk]", *WORDS, *".,0123456789"])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[unk]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.decoder = decoders.Fuse()
    tokenizer.add_special_tokens(["<|end|>"])
    folder.mkdir(parents=True)
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=len(vocabulary),
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        tie_word_embeddings=True,
        bos_token_id=0,
        eos_token_id=0,
    )
    Qwen3ForCausalLM(config).save_pretrained(str(folder))
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def assignments(count: int = 6) -> list[Assignment]:
    """Prompts of different lengths, with three demonstrations each."""
    return [
        Assignment(
            f"a{place}",
            " ".join([*WORDS[: 2 + place % 4], "lamp", "?"]),
            {},
            (),
            ("good lamp because white", "please price and lamp", "bad desk"),
        )
        for place in range(count)
    ]


def likes(_: Assignment, answers: Sequence[str]) -> NDArray[np.float64]:
    """Each objective likes a word of its own."""
    return np.array([[float(word in answer) for word in LIKED] for answer in answers], np.float64)


def tiny_judge() -> Judge:
    """Rules and heads alike."""
    return Judge("rules", likes, likes)
