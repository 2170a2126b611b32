"""A body of one layer and a small vocabulary, so that a training can take its two steps in a second."""

from __future__ import annotations

from pathlib import Path

from shopwright.types import Product

WORDS = [
    "red",
    "blue",
    "green",
    "tent",
    "stove",
    "mug",
    "kettle",
    "pan",
    "two",
    "person",
    "steel",
    "glass",
    "cup",
    "for",
    "tea",
    "light",
    "small",
    "big",
    "warm",
    "coat",
    "hat",
]


def write_tiny_body(folder: Path) -> Path:
    """A folder that `transformer.load_body` reads."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel

    from shopwright.train.body import save_body

    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    pieces = [*"abcdefghijklmnopqrstuvwxyz", *(f"##{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")]
    vocabulary = {word: place for place, word in enumerate(dict.fromkeys([*specials, *WORDS, *pieces]))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    ends = [("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])]
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", ends)
    folder.mkdir(parents=True)
    tokenizer.save(str(folder / "vocabulary.json"))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=384, num_hidden_layers=1, num_attention_heads=12, intermediate_size=64
    )
    body = BertModel(config, add_pooling_layer=False)
    with torch.no_grad():
        for value in body.parameters():  # equal biases would become one tensor in an exported file
            value.add_(0.02 * torch.randn_like(value))
    save_body(body, folder / "vocabulary.json", folder)
    return folder


def shelf() -> list[Product]:
    """Products whose titles are made of the body's words."""
    kinds, colours = ("tent", "stove", "mug", "kettle", "pan", "coat", "hat"), ("red", "blue", "green", "small", "big")
    return [Product(f"{colour}-{kind}", f"{colour} {kind}") for kind in kinds for colour in colours]
