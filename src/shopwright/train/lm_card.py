"""What the card of a language model says, read from the folders that its training left: recipe, log and corpus."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from shopwright.errors import ModelError
from shopwright.train.corpus.shards import TOKENIZER, Manifest, PackedCorpus
from shopwright.train.export import Card

_SAMPLES_A_SOURCE = 2
_BITS = "bits_per_byte:"
_LIMITS = (
    "English. Small: it knows the words and forms of shops, not facts; whatever it writes about a product must be "
    "checked against the store, and prices, stock and sums are written by code. It repeats the biases of its sources."
)


def card_of(checkpoint: Path, corpus: Path, command: str) -> Card:
    """The card of a checkpoint that `train pretrain` wrote.

    Raises:
        ModelError: the folder has no log of a training.
    """
    manifest, log, recipe = Manifest.read(corpus), _log(checkpoint / "log.jsonl"), _recipe(checkpoint)
    steps = [record for record in log if "loss" in record and "tokens" in record]
    scores = [record for record in log if any(name.startswith(_BITS) for name in record)]
    if not steps or not scores:
        raise ModelError(f"{checkpoint / 'log.jsonl'} tells of no training: name the folder of `train pretrain`")
    curve = ", ".join(f"step {each['step']:,}: {_bits(each)}" for each in _thinned(scores))
    return Card(
        title=f"A decoder of the Qwen3 architecture, trained on {steps[-1]['tokens'] / 1e6:.1f} million tokens.",
        licence="Apache-2.0",
        source=str(recipe.get("base") or "nothing: from scratch"),
        data=_data(manifest),
        command=command,
        settings=f"{_settings(recipe)}. Held-out bits per byte (general / domain) {curve}",
        results={
            name.replace(_BITS, "bits per byte:"): value for name, value in scores[-1].items() if name.startswith(_BITS)
        },
        limits=_LIMITS,
    )


def held_out_sample(corpus: Path) -> list[str]:
    """Some held-out documents of each source."""
    from tokenizers import Tokenizer

    packed = PackedCorpus(corpus)
    tokenizer: Any = Tokenizer.from_file(str(corpus / TOKENIZER))
    return [
        tokenizer.decode(ids[:-1].tolist())
        for source in packed.sources("valid")
        for ids, _ in zip(packed.documents(source, "valid"), range(_SAMPLES_A_SOURCE), strict=False)
    ]


def _data(manifest: Manifest) -> str:
    told = []
    for name, info in manifest.sources.items():
        own = [shard for shard in manifest.shards if shard.source == name and shard.split == "train"]
        tokens = sum(shard.tokens for shard in own) / 1e6
        told.append(f"{name} ({info.kind}, {tokens:.2f}M tokens, {info.licence})")
    return "; ".join(told)


def _recipe(checkpoint: Path) -> dict[str, Any]:
    path = checkpoint / "recipe.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def _settings(recipe: Mapping[str, Any]) -> str:
    if not recipe:
        return "settings unknown"
    return "settings: " + ", ".join(f"{name}={value}" for name, value in recipe.items() if value not in (None, "", 0.0))


def _log(path: Path) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: {error}; name the folder that `train pretrain` wrote") from error


def _thinned(records: Sequence[dict[str, Any]], most: int = 6) -> list[dict[str, Any]]:
    """A few of the records, the last among them, one a step: a finished training called again measures again."""
    records = list({record["step"]: record for record in records}.values())
    step = max(1, len(records) // most)
    return [*records[:-1:step], records[-1]]


def _bits(record: dict[str, Any]) -> str:
    return " / ".join(
        f"{record[_BITS + kind]:.3f}" if _BITS + kind in record else "-" for kind in ("general", "domain")
    )
