"""A checkpoint of a decoder of two layers with random weights, in the Hugging Face layout."""

from __future__ import annotations

from pathlib import Path

from models.language.tiny import tokenizer


def write_tiny_decoder(folder: Path, context: int = 512) -> Path:
    """A folder that `Decoder` reads and `export_lm` exports."""
    import torch
    from transformers import Qwen3Config, Qwen3ForCausalLM

    torch.manual_seed(1)
    tokens = tokenizer()
    config = Qwen3Config(
        vocab_size=tokens.get_vocab_size(),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=16,
        intermediate_size=96,
        max_position_embeddings=context,
        tie_word_embeddings=True,
        initializer_range=0.2,
        rope_parameters={"rope_type": "default", "rope_theta": 50_000.0},
    )
    folder.mkdir(parents=True, exist_ok=True)
    Qwen3ForCausalLM(config).save_pretrained(folder)
    (folder / "tokenizer.json").write_text(tokens.to_str(), encoding="utf-8")
    return folder
