"""`bench pretrain --set lm`: bits per byte of the shipped language model on texts that it never saw, and its speed.

    shopwright bench pretrain --set lm --data DIR [--model FOLDER]

    bits_per_byte:general             the first 300 kB of WikiText-2's validation text
    bits_per_byte:domain              60 kB of each domain source below, together
    bits_per_byte:SOURCE              one of them: held-out documents of `dynamics_bc_docs` and `magento_merchdocs`,
                                      and `subjqa_reviews` and `openstax_business`, which are never trained on
    ...:ngram  ...:xz  ...:xz_primed  the same text under an eight-gram of bytes trained on the training part of the
                                      same data (12 MB general, 6 MB domain); under `xz -9e`; under `xz -9e` after every
                                      third of the n-gram's training texts (general and domain only)
    tokens_per_s  :prefill            one sequence, one thread: written after 32 characters; read, in prompts of as many
                                      characters as the context has tokens

Bits per byte are the negative log2-probability of all tokens over the UTF-8 bytes of the text. A text that is longer
than the model's context is read in windows that overlap by half, each token scored once. A tokenizer that does not
give the text back is refused, because it would be measured on less than the text.

With `--model FOLDER` the checkpoint there is measured instead of the shipped model.
"""

from __future__ import annotations

import lzma
import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from shopwright.bench.knowledge import measure_knowledge
from shopwright.bench.knowledge_models import CheckpointModel, TextModel, TokenScorer, shipped_model
from shopwright.bench.ngram import NgramModel, xz_bits_per_byte
from shopwright.bench.task import BenchSet, NeededFile, Options, Row
from shopwright.errors import ConfigError, CorpusError
from shopwright.train.corpus.normalise import normalise
from shopwright.train.corpus.pii import replace
from shopwright.train.corpus.shards import is_held_out

BENCH, SET = "pretrain", "lm"
GENERAL = "corpus/general/wikitext2_valid.txt"
GENERAL_BYTES = 300_000
SOURCE_BYTES = 60_000
_HELD_OUT = ("dynamics_bc_docs", "magento_merchdocs")
_NEVER_TRAINED = ("subjqa_reviews", "openstax_business")
_LEARNED = {
    "corpus/general/novels100.jsonl.xz": 4_000_000,
    "corpus/general/nltk_mix.jsonl.xz": 4_000_000,
    "corpus/general/dstc8_dialogue.jsonl.xz": 4_000_000,
    "corpus/domain/dynamics_bc_docs.jsonl.xz": 4_000_000,
    "corpus/domain/magento_merchdocs.jsonl.xz": 2_000_000,
}
_SPEED_S = 3.0
_WRITTEN = 128
_PRIMING = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """Texts to measure on.

    Args:
        general: one text.
        domain: texts by source.
    """

    general: str
    domain: Mapping[str, Sequence[str]]

    def sets(self) -> dict[str, list[str]]:
        """What rows are about: general, domain, and each source."""
        everything = [text for texts in self.domain.values() for text in texts]
        return {"general": [self.general], "domain": everything} | {k: list(v) for k, v in self.domain.items()}


def measure_lm(options: Options) -> Iterator[Row]:
    """The rows of the model and of the baselines."""
    data = options.data or Path()
    model = chosen_model(options.model)
    texts = read_measured(data)
    yield from model_rows(model, texts)
    yield from speed_rows(model, texts.general)
    yield from baseline_rows(texts, list(read_learned(data)))


def model_rows(model: TextModel, texts: Measured) -> Iterator[Row]:
    """Bits per byte of a model on every set of texts."""
    for name, some in texts.sets().items():
        started = time.perf_counter()
        yield _row(name, "", bits_per_byte(model, some), some, started)


def baseline_rows(texts: Measured, learned: Sequence[str]) -> Iterator[Row]:
    """Bits per byte of the n-gram model and of xz on every set of texts."""
    ngram = NgramModel.train(learned)
    for name, some in texts.sets().items():
        started = time.perf_counter()
        yield _row(name, ":ngram", ngram.bits_per_byte(some), some, started)
        started = time.perf_counter()
        yield _row(name, ":xz", xz_bits_per_byte(some), some, started)
        if name in ("general", "domain"):
            started = time.perf_counter()
            yield _row(name, ":xz_primed", xz_bits_per_byte(some, learned[::_PRIMING]), some, started)


def speed_rows(model: TextModel, text: str) -> Iterator[Row]:
    """Tokens a second of reading prompts and of writing after a short one."""
    parts = [text[start : start + model.context] for start in range(0, len(text), model.context)]
    for name, metric in (("decode", "tokens_per_s"), ("prefill", "tokens_per_s:prefill")):
        model.write(parts[0], 1)
        started, tokens, rounds = time.perf_counter(), 0, 0
        while (took := time.perf_counter() - started) < _SPEED_S or not rounds:
            part = parts[rounds % len(parts)]
            tokens += model.count(part) if name == "prefill" else 0
            written = model.write(part if name == "prefill" else part[:32], 1 if name == "prefill" else _WRITTEN)
            tokens += written if name == "decode" else 0
            rounds += 1
        yield Row(BENCH, SET, metric, tokens / took, tokens, None, took)


def bits_per_byte(model: TextModel, texts: Iterable[str]) -> float:
    """Bits per byte of some texts, each from its own beginning; NaN for no bytes.

    Raises:
        ModelError: the tokenizer does not give a text back.
    """
    logprob, size = 0.0, 0
    for text in texts:
        logprob += float(model.text_logprobs(text).sum())
        size += len(text.encode())
    return -logprob / math.log(2) / size if size else float("nan")


def read_measured(data: Path) -> Measured:
    """The texts to measure on; see the module's description."""
    general = (data / GENERAL).read_bytes()[:GENERAL_BYTES].decode("utf-8", "ignore")
    domain = {name: _first(_texts(data, name, held_out=True), SOURCE_BYTES) for name in _HELD_OUT}
    domain |= {name: _first(_texts(data, name, held_out=None), SOURCE_BYTES) for name in _NEVER_TRAINED}
    return Measured(general, domain)


def read_learned(data: Path) -> Iterator[str]:
    """The texts that the n-gram model learns from: the first of each source that are not held out."""
    for file, size in _LEARNED.items():
        yield from _first(_documents(data / file, held_out=False), size)


def chosen_model(folder: str | None) -> TextModel:
    """The shipped language model, or the checkpoint in a folder.

    Raises:
        ConfigError: a name that is no folder, or no shipped model.
    """
    if folder is not None:
        if not Path(folder).is_dir():
            raise ConfigError(f"--model {folder!r}: bits per byte need the folder of a checkpoint, not an endpoint")
        return TokenScorer(CheckpointModel(Path(folder)))
    if (model := shipped_model()) is None:
        raise ConfigError("no language model is installed: name the folder of a checkpoint as --model FOLDER")
    return model


def _texts(data: Path, source: str, held_out: bool | None) -> Iterator[str]:
    return _documents(data / _domain(source), held_out)


def _domain(source: str) -> str:
    return f"corpus/domain/{source}.jsonl.xz"


def _documents(path: Path, held_out: bool | None) -> Iterator[str]:
    """The documents of a file as the corpus has them: held out, not held out, or all (None)."""
    try:
        with lzma.open(path, "rb") as lines:
            for line in lines:
                text, _ = replace(normalise(orjson.loads(line)["text"]))
                if text and (held_out is None or is_held_out(text) == held_out):
                    yield text
    except (lzma.LZMAError, EOFError, orjson.JSONDecodeError, KeyError) as error:
        raise CorpusError(f"{path} is damaged or no JSON Lines with `text` ({error}): copy it again") from error


def _first(texts: Iterable[str], size: int) -> list[str]:
    """The first texts up to so many bytes; the last one is cut."""
    found: list[str] = []
    left = size
    for text in texts:
        data = text.encode("utf-8", "replace")
        found.append(data[:left].decode("utf-8", "ignore"))
        left -= len(data)
        if left <= 0:
            break
    return found


def _row(name: str, suffix: str, value: float, texts: Sequence[str], started: float) -> Row:
    size = sum(len(text.encode()) for text in texts)
    return Row(BENCH, SET, f"bits_per_byte:{name}{suffix}", value, size, None, time.perf_counter() - started)


_FILES = (
    NeededFile(GENERAL, "WikiText-2's validation text"),
    *(
        NeededFile(path, "documents, JSON Lines with `text`")
        for path in dict.fromkeys([*map(_domain, (*_HELD_OUT, *_NEVER_TRAINED)), *_LEARNED])
    ),
)
SETS = (BenchSet(SET, measure_lm, _FILES), BenchSet("knowledge", measure_knowledge))
