"""`bench context`, the sets `kv_75_cache`, `kv_140_cache`, `needle_cache`: a smaller key-value cache of the same model.

    shopwright bench context --set kv_75_cache --data DIR [--model FOLDER]

    accuracy@full                  the whole cache, at the trained window
    accuracy@cacheS:METHOD         S = 25, 50, 75 percent of the entries: streaming, snapkv, snapkv_wide,
                                   snapkv_blind, expected, kvzip (`train.context.caches`); truncation reads the last
                                   S percent of the text
    accuracy@int8, accuracy@int4   all entries in fewer bits; `cache_share@int8` is their size against 16 bits
    retained@cache50:METHOD        accuracy@cache50:METHOD / accuracy@full, with the curve of accuracy over share

All on the same items and the same model: the shipped one, unpacked, or with `--model` a checkpoint. Only `snapkv` and
`snapkv_wide` see the question before the cache is made smaller. Needs torch: pip install 'shopwright[train]'.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from shopwright.bench.context_items import Item, maker, may_become
from shopwright.bench.task import Options, Row, mean_row
from shopwright.errors import MissingExtraError
from shopwright.models.onnx_files import WEIGHTS

BENCH = "context"
SHARES = (0.25, 0.5, 0.75)
_ITEMS = 16


def measure_caches(name: str, options: Options, items: int = _ITEMS) -> Iterator[Row]:
    """The rows of one set.

    Args:
        name: of the set without "_cache".
        options: `model` is the folder of a checkpoint; None: the shipped model.
        items: how many are asked.

    Raises:
        MissingExtraError: torch is not installed.
    """
    if not all(map(find_spec, ("torch", "transformers", "onnx"))):
        raise MissingExtraError(f"bench context --set {name}_cache", "train")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(options.model) if options.model else _unpacked(Path(place))
        yield from _rows(name, options.data or Path(), folder, items)


def _unpacked(folder: Path) -> Path:
    from shopwright.train.lm_unpack import unpack_lm

    return unpack_lm(WEIGHTS, "lm-s-int8", folder)


def _rows(name: str, data: Path, folder: Path, items: int) -> Iterator[Row]:
    from tokenizers import Tokenizer

    from shopwright.train.context.caches import METHODS
    from shopwright.train.context.reading import Reader
    from shopwright.train.pretrain.model import load

    model: Any = load(folder)
    tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
    make = maker(name, data, lambda text: tokenizer.encode(text, add_special_tokens=False).ids, 0)
    asked = _Asked(Reader(model), tokenizer, [make(number, _window(model)) for number in range(items)])
    set_name = f"{name}_cache"
    started = time.perf_counter()
    asked.read()
    full = mean_row(BENCH, set_name, "accuracy@full", asked.right(asked.whole), time.perf_counter() - started)
    yield full
    for method in ("truncation", *METHODS):
        curve = [(1.0, full.value)]
        for share in reversed(SHARES):
            started = time.perf_counter()
            right = asked.right(asked.truncated(share) if method == "truncation" else asked.kept(method, share))
            metric = f"accuracy@cache{round(100 * share)}:{method}"
            row = mean_row(BENCH, set_name, metric, right, time.perf_counter() - started)
            curve.append((share, row.value))
            yield row
        half = dict(curve)[0.5] / full.value if full.value else float("nan")
        yield Row(BENCH, set_name, f"retained@cache50:{method}", half, items, curve=tuple(sorted(curve)))
    for bits in (8, 4):
        started = time.perf_counter()
        right = asked.right(asked.rounded(bits))
        yield mean_row(BENCH, set_name, f"accuracy@int{bits}", right, time.perf_counter() - started)
        yield Row(BENCH, set_name, f"cache_share@int{bits}", asked.size_of(bits), items)


class _Asked:
    """Items with the whole caches of their texts."""

    def __init__(self, reader: Any, tokenizer: Any, items: list[Item]) -> None:
        self._reader, self._tokenizer, self._items = reader, tokenizer, items
        self._texts: list[Any] = []
        self._scores: dict[tuple[str, int], Any] = {}

    def read(self) -> None:
        """Read every text."""
        from shopwright.train.context.caches import Text

        for item in self._items:
            cache = self._reader.empty()
            self._reader.read(item.text, cache)
            self._texts.append(Text(self._reader, cache, item.text, item.question))

    def right(self, cache_of: Callable[[int], Any]) -> list[float]:
        """Whether each item is answered rightly with the cache that stands for its text."""
        return [float(item.right(self._written(item, cache_of(place)))) for place, item in enumerate(self._items)]

    def whole(self, place: int) -> Any:
        """The full cache."""
        return self._texts[place].cache

    def kept(self, method: str, share: float) -> Callable[[int], Any]:
        """A share of the entries; scores are computed once an item."""
        from shopwright.train.context.caches import METHODS, thinned

        chosen = METHODS[method]

        def cache_of(place: int) -> Any:
            if (method, place) not in self._scores:
                self._scores[method, place] = chosen.score(self._texts[place])
            return thinned(self._texts[place].cache, self._scores[method, place], share, chosen.pool)

        return cache_of

    def truncated(self, share: float) -> Callable[[int], Any]:
        """The sink and the end of the text, read alone."""

        def cache_of(place: int) -> Any:
            text = self._items[place].text
            cache = self._reader.empty()
            self._reader.read([text[0], *text[len(text) - round(share * len(text)) + 1 :]], cache)
            return cache

        return cache_of

    def rounded(self, bits: int) -> Callable[[int], Any]:
        """All entries in few bits."""
        from shopwright.train.context.caches import quantised

        return lambda place: quantised(self._texts[place].cache, bits)[0]

    def size_of(self, bits: int) -> float:
        """Size of a cache in few bits as a share of one in 16."""
        from shopwright.train.context.caches import quantised

        return quantised(self._texts[0].cache, bits)[1]

    def _written(self, item: Item, cache: Any) -> str:
        own, tokens = cache.copy(), []
        logits = self._reader.read(item.question, own)
        for _ in range(item.most):
            tokens.append(int(logits.argmax()))
            if not may_become(self._tokenizer.decode(tokens), item.value):
                break
            logits = self._reader.read(tokens[-1:], own)
        return str(self._tokenizer.decode(tokens))


def _window(model: Any) -> int:
    """The trained window."""
    told = model.config.rope_parameters or {}
    return int(told.get("original_max_position_embeddings") or model.config.max_position_embeddings)
