"""A packed corpus of made-up token ids and settings for a model of a few thousand weights."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from shopwright.train.corpus.shards import TOKENIZER, Manifest, ShardWriter, SourceInfo
from shopwright.train.pretrain.settings import PretrainSettings

VOCABULARY = 64
SHAPE = {"layers": 2, "width": 32, "heads": 2, "kv_heads": 1, "head_size": 16, "ffn": 48}


def write_corpus(folder: Path, documents: int = 60) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / TOKENIZER).write_text("{}")
    shards = []
    sources = {"prose": SourceInfo("general", weight=3.0), "guides": SourceInfo("domain", weight=1.0)}
    for name in sources:
        chance = np.random.default_rng(len(name))
        for split in ("train", "valid"):
            writer = ShardWriter(folder, name, split, VOCABULARY, tokens_per_shard=500)
            for _ in range(documents if split == "train" else 8):
                first = int(chance.integers(1, VOCABULARY))
                stride = 1 if name == "prose" else 3
                ids = [1 + (first + stride * place) % (VOCABULARY - 1) for place in range(int(chance.integers(10, 40)))]
                writer.add([*ids, 0], 3 * len(ids))
            shards += writer.close()
    digest = hashlib.sha256((folder / TOKENIZER).read_bytes()).hexdigest()
    Manifest(VOCABULARY, digest, sources, shards).write(folder)
    return folder


def tiny(corpus: Path, out: Path, **options: Any) -> PretrainSettings:
    plain: dict[str, Any] = {
        "context": 16,
        "batch_tokens": 64,
        "micro_batch": 2,
        "warmup": 1,
        "threads": 1,
        "precision": "fp32",
        "eval_tokens": 64,
        "eval_every": 1000,
        "save_every": 1000,
        "log_every": 1,
    }
    if not options.get("base"):
        plain |= SHAPE
    if not any(name in options for name in ("steps", "tokens", "minutes")):
        plain["steps"] = 2
    return PretrainSettings(corpus=corpus, out=out, **(plain | options))
