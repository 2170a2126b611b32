"""`bench context`, the sets `kv_75`, `kv_140` and `needle`: what the embedded language model finds in its own window.

    shopwright bench context --set kv_75 --data DIR

What is asked is in `context_items`. Right is the exact value and nothing less.

    accuracy@Nx                at N times the trained window, N = 1, 2, 4, 8, 16: read whole up to the model's context,
                               beyond it the end of the text that fits
    accuracy@Nx:truncation     the end of the text that fits into the trained window
    accuracy@Nx:streaming      sinks and a trained window, the whole text read through it
    retained@4x                accuracy@4x / accuracy@1x, with the curve of accuracy over length

The sets `kv_75_cache`, `kv_140_cache` and `needle_cache` need torch (`bench.context_cache`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from shopwright.bench.context_cache import measure_caches
from shopwright.bench.context_items import FILES, Item, maker, may_become
from shopwright.bench.task import BenchSet, Options, Row, mean_row
from shopwright.errors import ConfigError
from shopwright.models.language.session import DecoderSession
from shopwright.models.language.streaming import stream
from shopwright.models.language.vocabulary import Vocabulary

BENCH = "context"
MODEL = "lm-s-int8"
TIMES = (1, 2, 4, 8, 16)
_ITEMS = {"read": 40, "truncation": 40, "streaming": 8}


class Embedded:
    """The shipped model, or one of the same kind from a folder, without torch.

    Args:
        name: stem of its files.
        folder: where they are; None: the shipped ones.
    """

    def __init__(self, name: str = MODEL, folder: Path | None = None) -> None:
        self.session = DecoderSession(name, folder) if folder else DecoderSession(name)
        self.vocabulary = Vocabulary(self.session.tokenizer, self.session.vocabulary)
        self.window = self.session.trained_context

    def encode(self, text: str) -> Sequence[int]:
        """Text to tokens."""
        return self.vocabulary.encode(text)

    def read(self, item: Item) -> str:
        """The whole text, or the end of it that fits into the context."""
        return self._answer(item, self.session.context)

    def truncation(self, item: Item) -> str:
        """The end of the text that fits into the trained window."""
        return self._answer(item, self.window)

    def streaming(self, item: Item) -> str:
        """Sinks and a trained window, the text read through it."""
        cache = self.session.empty(self.window)
        logits = stream(self.session, [*item.text, *item.question], cache, room=item.most)
        return self._written(item, cache, logits)

    def _answer(self, item: Item, window: int) -> str:
        room = window - len(item.question) - item.most
        text = item.text if len(item.text) <= room else (item.text[0], *item.text[-room + 1 :])
        cache = self.session.empty(window)
        return self._written(item, cache, self.session.read([*text, *item.question], cache))

    def _written(self, item: Item, cache: Any, logits_V: Any) -> str:
        """The likeliest tokens, as long as they can still be the value."""
        tokens: list[int] = []
        for _ in range(item.most):
            tokens.append(int(np.argmax(logits_V)))
            if not may_become(self.vocabulary.decode(tokens), item.value):
                break
            logits_V = self.session.step(np.array([tokens[-1:]], np.int64), cache)[0]
        return self.vocabulary.decode(tokens)


def _measured(name: str, options: Options) -> Iterator[Row]:
    if options.model:
        raise ConfigError(f"--model {options.model}: {name} measures the shipped model; {name}_cache takes a folder")
    yield from measure(name, options.data or Path())


def measure(name: str, data: Path, model: Embedded | None = None, items: int | None = None) -> Iterator[Row]:
    """The rows of one set.

    Args:
        name: of the set.
        data: folder of benchmark data.
        model: what is measured; the shipped one by default.
        items: how many of each kind; None: as many as six minutes allow.
    """
    model = model or Embedded()
    make = maker(name, data, model.encode, model.vocabulary.end)
    whole: list[tuple[float, float]] = []
    for suffix, answer in (("", model.read), (":truncation", model.truncation), (":streaming", model.streaming)):
        for times in TIMES:
            started = time.perf_counter()
            count = items or _ITEMS[suffix[1:] or "read"]
            asked = [make(number, times * model.window) for number in range(count)]
            right = [float(item.right(answer(item))) for item in asked]
            row = mean_row(BENCH, name, f"accuracy@{times}x{suffix}", right, time.perf_counter() - started)
            if not suffix:
                whole.append((float(times * model.window), row.value))
            yield row
        if not suffix:
            at = dict(zip(TIMES, (value for _, value in whole), strict=True))
            share = at[4] / at[1] if at[1] else float("nan")
            yield Row(BENCH, name, "retained@4x", share, items or _ITEMS["read"], curve=tuple(whole))


SETS = tuple(
    bench_set
    for name, needed in FILES.items()
    for bench_set in (
        BenchSet(name, partial(_measured, name), (needed,)),
        BenchSet(f"{name}_cache", partial(measure_caches, name), (needed,)),
    )
)
"""For `bench.context`; those of `context_cache` too."""
