"""Makes the tiny random model of these tests: `python tests/models/language/tiny.py` (needs the package onnx).

Width 32, two layers, 320 tokens, a context of 128; its weights are random, so what it writes means nothing.
"""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

NAME = "lm-tiny-int8"
FOLDER = Path(__file__).parent / "tiny"
CONTROL = ["<|end|>", "<|pad|>", "<|user|>", "<|assistant|>", "<|system|>", "<|tool|>"]
_WORDS = (
    'name price size colour waterproof boots shoes tent light warm green red null true false {" ":" "," "} 12.5 100'
)


def tokenizer(vocabulary: int = 320):
    """A byte-level BPE of a few words."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    draws = random.Random(0)
    texts = [" ".join(draws.choices(_WORDS.split(), k=12)) for _ in range(200)]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, special_tokens=CONTROL, initial_alphabet=alphabet, show_progress=False
    )
    made.train_from_iterator(texts, trainer)
    return made


def write(folder: Path, name: str, model: bytes, tokens: str) -> None:
    """The three files of a model."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.onnx").write_bytes(model)
    (folder / f"{name}.tokenizer.json").write_text(tokens, encoding="utf-8")
    hashes = [hashlib.sha256(content).hexdigest() for content in (model, tokens.encode())]
    card = f"---\nname: {name}\nsha256: {hashes[0]}\ntokenizer_sha256: {hashes[1]}\nlicence: Apache-2.0\n---\n"
    (folder / f"{name}.md").write_text(card + "\nRandom weights, for tests.\n", encoding="utf-8")


def main() -> None:
    """Write the model."""
    import numpy as np

    from shopwright.train.lm_graph import Architecture, build_graph, weight_shapes

    tokens = tokenizer()
    sizes = Architecture(tokens.get_vocab_size(), 32, 2, 4, 2, 16, 64, 128)
    draws = np.random.default_rng(4)
    weights = {
        name: (
            1 + 0.1 * draws.standard_normal(shape) if len(shape) == 1 else 0.3 * draws.standard_normal(shape)
        ).astype(np.float32)
        for name, shape in weight_shapes(sizes).items()
    }
    write(FOLDER, NAME, build_graph(sizes, weights).SerializeToString(), tokens.to_str())


if __name__ == "__main__":
    main()
