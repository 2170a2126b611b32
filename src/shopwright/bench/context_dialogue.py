"""`context`, the set `dialogue`: what a turn costs, and what is still found, after 100, 1,000 and 10,000 turns.

The conversations are made: messages of the written conversations and what the demo shop answered to them, over and over
in another order, with the remarks of `talk/told.jsonl` in the first hundred turns. They are stored by the same code as
real turns. For each length a fresh process opens the shop and talks:

    ms_per_turn@N       median of turns of conversation after N turns; `:growing` is the same with a memory that reads
                        all that was said in every turn, as a prompt with the whole history does
    prompt_ms@N         recalling and packing a prompt for a language model, which embedded turns do without
    rss_mb@N            resident memory of that process after all this
    first_ms@N          the first turn after a restart
    opening_ms@N        reading the index of the conversation from the store, once, when something is first recalled
    prompt_tokens@N     of the prompt that is packed for a language model; `:growing` has all that was said
    told_recall@N       share of the questions whose remark is in that prompt; `:window` has the last turns alone
    flat                the highest of ms_per_turn divided by the lowest, `:memory` likewise of rss_mb
    prefix_share        share of a prompt's tokens with which the one before began as well, over turns in a row;
                        `:sliding` drops the oldest turn whenever there is one too many

Simplification: the filling turns were never talked, so nothing in them refers to another.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import numpy as np
import orjson

from shopwright.assistant.remembering.conversations import Conversations
from shopwright.assistant.remembering.counting import count_tokens
from shopwright.assistant.session import Session
from shopwright.bench.conversations import load_conversations
from shopwright.bench.restart import resident_mb
from shopwright.bench.task import BenchSet, Row, mean_row
from shopwright.errors import StoreError
from shopwright.models.protocols import Encoder, Vectors
from shopwright.shop import Shop
from shopwright.skills.context.packing import Material, line, pack_prompt
from shopwright.types import Packed, Recalled, Turn, Utterance

_BENCH, _SET = "context", "dialogue"
LENGTHS = (100, 1_000, 10_000)
_TOLD = Path(__file__).parent / "talk" / "told.jsonl"
_MINUTE_S, _BEGAN = 60.0, 1_700_000_000.0
_TALKED, _EARLY, _PLAYED, _BUDGET, _WINDOW, _LONGEST_S = 60, 100, 24, 2_000, 64, 900
_SEED = 8


@dataclass(frozen=True, slots=True)
class Told:
    """A remark, and the question that comes back to it."""

    said: str
    asked: str


def load_told() -> list[Told]:
    """The written pairs."""
    return [Told(**orjson.loads(row)) for row in _TOLD.read_bytes().splitlines()]


class _Known:
    """An encoder that makes each vector once, since the filling turns say the same things again."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._vectors: dict[str, Vectors] = {}
        self.dimensions, self.fingerprint = encoder.dimensions, encoder.fingerprint

    def encode(self, texts: Sequence[str], *, batch_size: int = 32) -> Vectors:
        """Vectors of the texts, shape (N, D)."""
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        for text, vector_D in zip(new, self._encoder.encode(new, batch_size=batch_size), strict=True):
            self._vectors[text] = vector_D
        return np.array([self._vectors[text] for text in texts], np.float32).reshape(len(texts), self.dimensions)


def dialogue_rows(lengths: Sequence[int] = LENGTHS, talked: int = _TALKED, played: int = _PLAYED) -> Iterator[Row]:
    """Measure.

    Args:
        lengths: turns of the conversations.
        talked: different turns that fill them.
        played: turns that are measured at the end of each.
    """
    told = load_told()
    with tempfile.TemporaryDirectory(prefix="shopwright-bench-") as folder:
        home = Path(folder) / "shop"
        with Shop.open(home) as shop:
            shop.ingest_demo()
            shop.wait()
            filling = _talk(shop, talked)
            for length in lengths:
                _fill(shop, f"turns-{length}", length, filling, told)
        seen = {length: _seen(home, length, played) for length in lengths}
    for length in lengths:
        yield from _rows(length, seen[length])
    for name, of in (("flat", "ms"), ("flat:memory", "rss_mb")):
        values = [_middle(seen[length][of]) for length in lengths]
        yield Row(_BENCH, _SET, name, max(values) / min(values), len(lengths))


def _rows(length: int, seen: dict[str, Any]) -> Iterator[Row]:
    """What a process saw after so many turns."""
    seconds = seen["seconds"]
    for name in ("ms_per_turn", "ms_per_turn:growing"):
        values = seen["ms" if name == "ms_per_turn" else "growing_ms"]
        base, _, suffix = name.partition(":")
        metric = f"{base}@{length}" + (f":{suffix}" if suffix else "")
        yield Row(_BENCH, _SET, metric, median(values), len(values), seconds=seconds)
    yield Row(_BENCH, _SET, f"first_ms@{length}", seen["first_ms"], 1)
    yield Row(_BENCH, _SET, f"opening_ms@{length}", seen["opening_ms"], 1)
    yield Row(_BENCH, _SET, f"prompt_ms@{length}", seen["prompt_ms"], len(seen["tokens"]))
    yield Row(_BENCH, _SET, f"rss_mb@{length}", seen["rss_mb"], 1)
    yield mean_row(_BENCH, _SET, f"prompt_tokens@{length}", seen["tokens"], 0.0)
    yield Row(_BENCH, _SET, f"prompt_tokens@{length}:growing", seen["growing_tokens"], 1)
    for name in ("told_recall", "prefix_share"):
        yield mean_row(_BENCH, _SET, f"{name}@{length}", seen[name], 0.0)
        suffix = "window" if name == "told_recall" else "sliding"
        yield mean_row(_BENCH, _SET, f"{name}@{length}:{suffix}", seen[f"{name}:{suffix}"], 0.0)


def _middle(value: Any) -> float:
    return float(median(value)) if isinstance(value, list) else float(value)


# ── making conversations ──


def _messages() -> list[str]:
    """Every message of the written conversations, shuffled."""
    every = [turn.say for conversation in load_conversations() for turn in conversation.turns]
    messages = list(dict.fromkeys(every))
    Random(_SEED).shuffle(messages)
    return messages


def _talk(shop: Shop, count: int) -> list[Turn]:
    """Turns that the shop really answered."""
    return [shop.chat(message) for message in _messages()[:count]]


def _fill(shop: Shop, session_id: str, length: int, filling: Sequence[Turn], told: Sequence[Told]) -> None:
    """A conversation of so many turns, the remarks among the first hundred."""
    draw = Random(f"{_SEED}:{length}")
    places = sorted(draw.sample(range(min(_EARLY, length)), len(told)))
    remarks = dict(zip(places, told, strict=True))
    session = Session(session_id)
    conversations = Conversations(shop.store, _Known(shop.encoder))
    for number in range(length):
        turn = replace(draw.choice(filling), session_id=session_id)
        if number in remarks:
            turn = replace(turn, message=remarks[number].said)
        session.record(shop.store, turn)
        conversations.take(session_id, number, turn, at=_BEGAN + number * _MINUTE_S)


# ── what the fresh process does ──


def _seen(home: Path, length: int, played: int) -> dict[str, Any]:
    """What a fresh process measures at the end of a conversation.

    Raises:
        StoreError: the process failed; its last words are in the message.
    """
    started = time.perf_counter()
    command = [sys.executable, "-m", "shopwright.bench.context_dialogue", str(home), str(length), str(played)]
    done = subprocess.run(command, capture_output=True, timeout=_LONGEST_S, check=False)
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
        raise StoreError(f"talking after {length} turns failed: {last[0]}")
    seen: dict[str, Any] = orjson.loads(done.stdout)
    return seen | {"seconds": time.perf_counter() - started}


def main(home: str, length: int, played: int) -> None:
    """Talk at the end of a conversation and print what it took."""
    session_id, messages = f"turns-{length}", _messages()[-played - 1 :]
    with Shop.open(home) as shop:
        shop.search("warm up")
        first_ms = _timed(shop, session_id, messages[0])
        ms = [_timed(shop, session_id, message) for message in messages[1:]]
        started = time.perf_counter()
        with shop.conversations.opened(session_id):
            opening_ms = (time.perf_counter() - started) * 1_000
        told = load_told()
        started = time.perf_counter()
        packed = [_packed(shop.conversations, session_id, each.asked) for each in told]
        prompt_ms = (time.perf_counter() - started) * 1_000 / len(told)
        rss_mb = resident_mb()
        windows = [_packed(shop.conversations, session_id, each.asked, recalls=False) for each in told]
        grown_ms, grown_tokens = _growing(shop.conversations, session_id)
        seen = {
            "first_ms": first_ms,
            "opening_ms": opening_ms,
            "prompt_ms": prompt_ms,
            "ms": ms,
            "rss_mb": rss_mb,
            "growing_ms": [median(ms) + grown_ms],
            "growing_tokens": grown_tokens,
            "tokens": [each.tokens for each in packed],
            "told_recall": [float(_holds(each, pair.said)) for each, pair in zip(packed, told, strict=True)],
            "told_recall:window": [float(_holds(each, pair.said)) for each, pair in zip(windows, told, strict=True)],
            "prefix_share": _prefix_shares(shop.conversations, session_id),
            "prefix_share:sliding": _prefix_shares(shop.conversations, session_id, slides=True),
        }
    sys.stdout.write(orjson.dumps(seen).decode())


def _timed(shop: Shop, session_id: str, message: str) -> float:
    started = time.perf_counter()
    shop.chat(message, session_id=session_id)
    return (time.perf_counter() - started) * 1_000


def _packed(conversations: Conversations, session_id: str, message: str, recalls: bool = True) -> Packed:
    """The prompt for a message at the end of the conversation."""
    recent = tuple(conversations.last(session_id, _WINDOW))
    recalled: tuple[Recalled, ...] = ()
    if recalls:
        with conversations.opened(session_id) as recall:
            recalled = tuple(recall.search(message, limit=24))
    return pack_prompt(Material(message, recent=recent, recalled=recalled), _BUDGET, count_tokens)


def _holds(packed: Packed, said: str) -> bool:
    """Whether a remark stands in a prompt."""
    return any(piece.role != "message" and said in piece.text for piece in packed.pieces)


def _growing(conversations: Conversations, session_id: str) -> tuple[float, int]:
    """Milliseconds and tokens of a prompt with all that was said; nothing is remembered from the time before."""
    count_tokens.cache_clear()
    started = time.perf_counter()
    lines = [line(said) for said, _ in conversations.memory.utterances(session_id)]
    tokens = sum(map(count_tokens, lines))
    return (time.perf_counter() - started) * 1_000, tokens


def _prefix_shares(conversations: Conversations, session_id: str, slides: bool = False) -> list[float]:
    """Of prompts of turns in a row, the share of tokens with which the one before began as well."""
    every = conversations.last(session_id, _WINDOW * 2)
    first, last = every[0].turn, every[-1].turn
    shares: list[float] = []
    before: tuple[str, ...] = ()
    since = -1
    for turn in range(first + _WINDOW, last + 1):
        recent = tuple(said for said in every if turn - _WINDOW <= said.turn < turn)
        material = Material(_said_in(every, turn), _instructions(), recent=recent, since=since)
        packed = _sliding(material) if slides else pack_prompt(material, _BUDGET, count_tokens)
        texts, since = tuple(piece.text for piece in packed.pieces), packed.since
        same = next((n for n, (old, new) in enumerate(zip(before, texts, strict=False)) if old != new), len(before))
        if before:
            shares.append(sum(piece.tokens for piece in packed.pieces[:same]) / packed.tokens)
        before = texts
    return shares


def _sliding(material: Material) -> Packed:
    """The prompt with as many of the last turns as there is room for."""
    turns = sorted({said.turn for said in material.recent})
    packed = (pack_prompt(replace(material, since=turn), _BUDGET, count_tokens) for turn in turns)
    return next(each for turn, each in zip(turns, packed, strict=True) if each.since == turn)


def _instructions() -> str:
    """What stands before a conversation where a language model reads it."""
    return files("shopwright.assistant.prompts").joinpath("read.md").read_text()


def _said_in(utterances: Sequence[Utterance], turn: int) -> str:
    return next((said.text for said in utterances if said.turn == turn), "")


DIALOGUE = BenchSet(_SET, lambda _: dialogue_rows())
"""For `bench.context`."""


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
