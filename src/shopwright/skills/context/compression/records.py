"""JSON of a tool made shorter: rows and fields that do not matter to the question go, and it stays JSON.

In this order, as far as the budget asks: empty fields; long texts are compressed to a half, then to a fifth; fields
that share no word with the question; rows, those farthest from the question first and the last of equals first, down to
one of each list; all other fields that may go. Ids, numbers, booleans, names and titles of the rows that stay are never
dropped; where they alone are over the budget, the result says so. What went is counted under the key `_left_out`, in
the object itself or as the last element of a list.

What not: a number is written as Python reads it (`1.50` becomes `1.5`), white space goes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from shopwright.errors import ConfigError, ToolError
from shopwright.skills.context.compression.fitting import longest_fitting
from shopwright.skills.context.compression.relevance import text_scores
from shopwright.skills.context.compression.texts import compress

LEFT_OUT = "_left_out"
_LONG = 160
"""Characters from which a text is compressed before it is dropped."""
_EVERY = "[]"
_RATES = (1.0, 0.5, 0.2)
_NAMED = re.compile(
    r"(?:^|_)(?:ids?|sku|ean|gtin|isbn|asin|uuid|code|ref|number|name|title|brand|status|state|email|url|href|link|unit"
    r"|units|currency)$",
    re.IGNORECASE,
)

Path = tuple[str | int, ...]
Pattern = tuple[str, ...]
Count = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class CompressedJson:
    """A shortened JSON text.

    Args:
        text: JSON, without white space between its parts.
        tokens: of `text`; `original_tokens`: of the source; `asked`: the budget.
        rows: how many elements of lists went.
        fields: names of the fields that went, as "results[].description".
        shortened: how many texts were compressed.
    """

    text: str
    tokens: int
    original_tokens: int
    asked: int
    rows: int = 0
    fields: tuple[str, ...] = ()
    shortened: int = 0

    @property
    def over(self) -> int:
        """Tokens above the budget, because what must stay takes more; 0 where it fits."""
        return max(0, self.tokens - self.asked)


def is_json(text: str) -> bool:
    """Whether a text looks like a JSON object or list."""
    start = text.lstrip()[:1]
    return bool(start) and start in "{[" and text.rstrip()[-1:] in ("}", "]")


def compress_json(text: str, query: str, *, tokens: int, count: Count) -> CompressedJson:
    """Shorten the JSON of a tool.

    Args:
        text: an object or a list.
        query: what it is read for.
        tokens: the budget, 0 or more; `count`: tokens of a text.

    Raises:
        ConfigError: `tokens` under 0.
        ToolError: the text is no JSON, or nested too deep to be read.
    """
    if tokens < 0:
        raise ConfigError(f"tokens={tokens}: must be 0 or more")
    whole = count(text)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ToolError(f"a tool's result is no JSON ({error}): compress it as text") from error
    if whole <= tokens:
        return CompressedJson(text, whole, whole, tokens)
    steps = list(_steps(value, query))
    cut = _Cut(query, count)

    def shown(restored: int) -> str:
        return cut.shown(value, steps[: len(steps) - restored])

    least, most = count(shown(0)), count(shown(len(steps)))
    restored, size = longest_fitting(
        lambda k: count(shown(k)), np.ones(len(steps), np.int64), tokens, least, max(most, least)
    )
    short = shown(restored)
    return CompressedJson(short, size, whole, tokens, cut.rows, tuple(sorted(cut.fields)), len(cut.shortened))


@dataclass(frozen=True, slots=True)
class _Step:
    """One thing less: a field everywhere, an element of a list, or longer texts at a lower rate."""

    field: Pattern | None = None
    row: Path | None = None
    rate: float = 1.0


class _Cut:
    """Writes a value without what the steps took away, and counts that."""

    def __init__(self, query: str, count: Count) -> None:
        self._query, self._count = query, count
        self.rows = 0
        self.fields: set[str] = set()
        self.shortened: set[Path] = set()
        self._known: dict[tuple[str, float], str] = {}

    def shown(self, value: Any, steps: list[_Step]) -> str:
        self.rows, self.fields, self.shortened = 0, set(), set()
        self._gone_fields = {step.field for step in steps if step.field is not None}
        self._gone_rows = {step.row for step in steps if step.row is not None}
        self._rate = min((step.rate for step in steps), default=1.0)
        made = self._made(value, (), ())
        note = {"rows": self.rows, "fields": sorted(self.fields), "texts_shortened": len(self.shortened)}
        said = {key: what for key, what in note.items() if what}
        if said:
            made = [*made, {LEFT_OUT: said}] if isinstance(made, list) else {**made, LEFT_OUT: said}
        return json.dumps(made, ensure_ascii=False, separators=(",", ":"))

    def _made(self, value: Any, path: Path, pattern: Pattern) -> Any:
        if isinstance(value, dict):
            kept: dict[str, Any] = {}
            for key, inner in value.items():
                if (*pattern, key) in self._gone_fields:
                    self.fields.add(_written((*pattern, key)))
                else:
                    kept[key] = self._made(inner, (*path, key), (*pattern, key))
            return kept
        if isinstance(value, list):
            places = [place for place in range(len(value)) if (*path, place) not in self._gone_rows]
            self.rows += len(value) - len(places)
            return [self._made(value[place], (*path, place), (*pattern, _EVERY)) for place in places]
        if self._rate < 1.0 and isinstance(value, str) and len(value) > _LONG:
            self.shortened.add(path)
            return self._compressed(value)
        return value

    def _compressed(self, text: str) -> str:
        key = (text, self._rate)
        if key not in self._known:
            self._known[key] = compress(text, self._query, rate=self._rate, count=self._count).text
        return self._known[key]


def _steps(value: Any, query: str) -> Iterator[_Step]:
    """What to take away, in order."""
    if not isinstance(value, dict | list):
        return
    columns: dict[Pattern, list[Any]] = {}
    rows: list[tuple[Path, str]] = []
    _walk(value, (), (), columns, rows)
    empty = [name for name, values in columns.items() if all(each in (None, "", [], {}) for each in values)]
    yield from (_Step(field=name) for name in empty)
    yield from (_Step(rate=rate) for rate in _RATES[1:])
    loose = [name for name, values in columns.items() if name not in empty and not _must_stay(name, values)]
    texts = [f"{name[-1].replace('_', ' ')} {_plain(columns[name])}" for name in loose]
    near = dict(zip(loose, text_scores(texts, query).tolist(), strict=True))
    far = sorted((name for name in loose if not near[name]), key=lambda name: -len(_plain(columns[name])))
    yield from (_Step(field=name) for name in far)
    yield from _row_steps(rows, query)
    yield from (_Step(field=name) for name in sorted((name for name in loose if name not in far), key=near.__getitem__))


def _row_steps(rows: list[tuple[Path, str]], query: str) -> Iterator[_Step]:
    """Elements of lists from the farthest on, the best of each list left."""
    if not rows:
        return
    scores = text_scores([text for _, text in rows], query).tolist()
    best: dict[Path, tuple[float, int]] = {}
    for place, ((path, _), score) in enumerate(zip(rows, scores, strict=True)):
        best[path[:-1]] = max(best.get(path[:-1], (-1.0, 0)), (score, -place))
    stay = {-place for _, place in best.values()}
    order = sorted(
        (place for place in range(len(rows)) if place not in stay), key=lambda place: (scores[place], -place)
    )
    yield from (_Step(row=rows[place][0]) for place in order)


def _walk(
    value: Any, path: Path, pattern: Pattern, columns: dict[Pattern, list[Any]], rows: list[tuple[Path, str]]
) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            columns.setdefault((*pattern, key), []).append(inner)
            _walk(inner, (*path, key), (*pattern, key), columns, rows)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            if len(value) > 1:
                rows.append(((*path, place), _plain(inner)))
            _walk(inner, (*path, place), (*pattern, _EVERY), columns, rows)


def _must_stay(name: Pattern, values: list[Any]) -> bool:
    """Whether a field holds what is never dropped: an id, a name, a number, a yes or no, at any depth."""
    return bool(_NAMED.search(name[-1])) or any(_has_figure(value) for value in values)


def _has_figure(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_NAMED.search(key) or _has_figure(inner) for key, inner in value.items())
    if isinstance(value, list):
        return any(_has_figure(inner) for inner in value)
    if isinstance(value, str):
        return any(letter.isdigit() for letter in value)
    return value is not None


def _plain(value: Any) -> str:
    """The words of a value: keys and values without the signs of JSON."""
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {_plain(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(inner) for inner in value)
    return "" if value is None else str(value)


def _written(pattern: Pattern) -> str:
    return ".".join(pattern).replace(f".{_EVERY}", _EVERY)
