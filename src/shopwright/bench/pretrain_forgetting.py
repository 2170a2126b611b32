"""The set `forgetting` of `bench pretrain`: what a model of general text loses while it learns a domain.

A model of about 1.1 million parameters is trained on general text (novels, dialogues, mixed prose), then on guides of
shop software, in several ways from the same start. Measured: perplexity on WikiText-2, which no training sees, and on
held-out guides.

    general_ppl_change   general perplexity after over before, less 1
    domain_ppl_ratio     domain perplexity over that of training on the domain alone

Held equal between the ways: the start, the domain tokens, the steps, peak rate and schedule, where a way does not say
otherwise. Replay comes on top: a step has the same number of domain windows and general ones beside them, so it costs
more compute; `domain_twice` is the control that spends as much as `replay_50` does on the domain alone. All general
text but WikiText-2 is trained on. Suffixes name the other ways; those are measured with the first seed. Needs the
extra `train`.
"""

from __future__ import annotations

import json
import lzma
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from shopwright.bench.task import BenchSet, NeededFile, Options, Row, mean_row
from shopwright.errors import MissingExtraError
from shopwright.train.corpus.shards import (
    END,
    TOKENIZER,
    Manifest,
    PackedCorpus,
    ShardWriter,
    SourceInfo,
    is_held_out,
)
from shopwright.train.pretrain.settings import PretrainSettings

GENERAL = {"novels": "novels100", "dialogue": "dstc8_dialogue", "mix": "nltk_mix"}
DOMAIN = "dynamics_bc_docs"
MEASURE = "wikitext2_valid.txt"
SEEDS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is read and trained; the defaults are the benchmark's.

    Args:
        general_bytes, domain_bytes: of text, general of each source.
        general_tokens, domain_tokens: trained on.
        eval_tokens: held out of a source.
    """

    general_bytes: int = 6_000_000
    domain_bytes: int = 6_000_000
    general_tokens: int = 1_572_864
    domain_tokens: int = 524_288
    eval_tokens: int = 65_536
    vocabulary: int = 4_096
    shape: dict[str, Any] = field(
        default_factory=lambda: {
            "layers": 3,
            "width": 128,
            "heads": 4,
            "kv_heads": 2,
            "head_size": 32,
            "ffn": 352,
            "context": 256,
        }
    )


@dataclass(frozen=True, slots=True)
class Way:
    """One way of going on: options of the training, and how far to go from the start to its end afterwards."""

    name: str
    options: dict[str, Any]
    share: float = 1.0
    after: str = ""


BATCH = 4_096
ALONE = Way("no_replay", {"replay": 0.0})
OURS = Way("ours", {"replay": 0.25, "batch_tokens": 21 * 256})
OTHERS = (
    Way("domain_twice", {"replay": 0.0, "batch_tokens": 2 * BATCH}),
    Way("replay_50", {"replay": 0.5, "batch_tokens": 2 * BATCH}),
    Way("l2", {"replay": 0.0, "l2": 0.01}),
    Way("ewc", {"replay": 0.0, "ewc": 0.01}),
    Way("wise_ft", {}, 0.5, "no_replay"),
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Perplexities of a model."""

    general: float
    domain: float


def forgetting_set() -> BenchSet:
    """The set as `bench pretrain` knows it."""
    files = tuple(NeededFile(f"corpus/general/{name}.jsonl.xz", "general text") for name in GENERAL.values())
    files += (
        NeededFile(f"corpus/general/{MEASURE}", "general text to measure on"),
        NeededFile(f"corpus/domain/{DOMAIN}.jsonl.xz", "guides of shop software"),
    )
    return BenchSet("forgetting", _run, files, default=False)


def _run(options: Options) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        yield from measure(options.data or Path(), Path(folder))


def measure(
    data: Path,
    work: Path,
    *,
    seeds: Sequence[int] = SEEDS,
    ways: Sequence[Way] = OTHERS,
    ours: Way = OURS,
    scale: Scale | None = None,
) -> Iterator[Row]:
    """The figures of the benchmark.

    Args:
        data: the folder of benchmark data.
        work: where the corpus and the models go; what is there already is not trained again.
        seeds: of model and data; figures of `ours` are means over them.
        ways: measured beside, with the first seed.

    Raises:
        MissingExtraError: torch is not installed.
    """
    scale, began = scale or Scale(), time.perf_counter()
    corpus = pack(data, work / "corpus", scale)
    changes, ratios = [], []
    for seed in seeds:
        base = _general(corpus, work, seed, scale)
        before, alone = _figures(corpus, base, scale), _continued(corpus, work, base, seed, ALONE, scale)
        for way in (ours, ALONE, *ways) if seed == seeds[0] else (ours,):
            after = _continued(corpus, work, base, seed, way, scale)
            change, ratio = after.general / before.general - 1, after.domain / alone.domain
            if way is ours:
                changes.append(change)
                ratios.append(ratio)
            suffix = f"seed{seed}" if way is ours else way.name
            seconds = time.perf_counter() - began
            yield Row("pretrain", "forgetting", f"general_ppl_change:{suffix}", change, 1, None, seconds)
            yield Row("pretrain", "forgetting", f"domain_ppl_ratio:{suffix}", ratio, 1, None, seconds)
    for metric, values in (("general_ppl_change", changes), ("domain_ppl_ratio", ratios)):
        yield mean_row("pretrain", "forgetting", metric, values, time.perf_counter() - began)


def pack(data: Path, folder: Path, scale: Scale) -> Path:
    """A packed corpus of the general sources, the guides, and WikiText-2 for measuring only; returns its folder."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    if (folder / "corpus.json").is_file():
        return folder
    texts = {
        name: list(_texts(data / f"corpus/general/{file}.jsonl.xz", scale.general_bytes))
        for name, file in GENERAL.items()
    }
    texts["guides"] = list(_texts(data / f"corpus/domain/{DOMAIN}.jsonl.xz", scale.domain_bytes))
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=scale.vocabulary,
        special_tokens=[END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator((text for own in texts.values() for text in own[::4]), trainer)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / TOKENIZER))
    end = int(tokenizer.token_to_id(END) or 0)
    wikitext = (data / f"corpus/general/{MEASURE}").read_text(encoding="utf-8")
    shards = []
    for name, own in (*texts.items(), ("wikitext", [wikitext])):
        writers = {split: ShardWriter(folder, name, split, scale.vocabulary) for split in ("train", "valid")}
        for text in own:
            split = "valid" if name == "wikitext" or (name == "guides" and is_held_out(text)) else "train"
            writers[split].add([*tokenizer.encode(text).ids, end], len(text.encode()))
        shards += [shard for writer in writers.values() for shard in writer.close()]
    sources = {name: SourceInfo("domain" if name == "guides" else "general") for name in (*texts, "wikitext")}
    digest = sha256((folder / TOKENIZER).read_bytes()).hexdigest()
    Manifest(scale.vocabulary, digest, sources, shards, end=end).write(folder)
    return folder


def _general(corpus: Path, work: Path, seed: int, scale: Scale) -> Path:
    out = work / f"general-{seed}"
    if not (out / "model.safetensors").is_file():
        _train(_settings(corpus, out, seed, scale, tokens=scale.general_tokens, replay=1.0, **scale.shape))
    return out


def _continued(corpus: Path, work: Path, base: Path, seed: int, way: Way, scale: Scale) -> Figures:
    from shopwright.train.pretrain.frontier import save_merged

    out = work / f"{way.after or way.name}-{seed}"
    if not (out / "model.safetensors").is_file():
        steps, context = scale.domain_tokens // BATCH, scale.shape["context"]
        _train(_settings(corpus, out, seed + 100, scale, base=str(base), steps=steps, context=context, **way.options))
    if way.share < 1:
        out, trained = work / f"{way.name}-{way.share:g}-{seed}", out
        save_merged(str(base), trained, "linear", way.share, out)
    return _figures(corpus, out, scale)


def _settings(corpus: Path, out: Path, seed: int, scale: Scale, **options: Any) -> PretrainSettings:
    plain: dict[str, Any] = {
        "batch_tokens": BATCH,
        "micro_batch": 16,
        "warmup": 20,
        "rate": 5e-3,
        "eval_every": 1 << 30,
        "eval_tokens": scale.eval_tokens,
        "save_every": 1 << 30,
        "decay": 0.5,
    }
    return PretrainSettings(corpus=corpus, out=out, seed=seed, **(plain | options))


def _train(settings: PretrainSettings) -> None:
    try:
        from shopwright.train.pretrain.loop import pretrain
    except ImportError as error:
        raise MissingExtraError("bench pretrain --set forgetting", "train") from error
    pretrain(settings)


def _figures(corpus: Path, folder: Path, scale: Scale) -> Figures:
    """Perplexities of the model in a folder."""
    import torch

    from shopwright.train.pretrain import model as models
    from shopwright.train.pretrain.evaluate import evaluate, held_out_text
    from shopwright.train.pretrain.machine import Machine

    context = scale.shape["context"]
    machine = Machine(_settings(corpus, folder, 1, scale, steps=1, context=context))
    held = held_out_text(PackedCorpus(corpus), context, scale.eval_tokens, torch.device("cpu"))
    scores = evaluate(models.Body(models.load(folder).eval()), held, machine.autocast)
    return Figures(scores["general"].perplexity, scores["domain"].perplexity)


def _texts(path: Path, limit: int) -> Iterator[str]:
    """The texts of a compressed JSONL file, up to a number of bytes."""
    read = 0
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            text = str(json.loads(line)["text"])
            read += len(text.encode())
            yield text
            if read >= limit:
                return
