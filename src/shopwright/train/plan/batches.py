"""Solved tasks as tensors: lessons, the bank of tool texts that they point into, and batches of like length.

A lesson is a request with the tools that are at hand and the places of those that are called. Tools are read in one of
several wordings - whole, without the name, without the arguments - so that the planner learns to read and not to know
names by heart. In a step only the tools that are called are read anew and learned from; all
others are as they were read some steps ago.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from shopwright.models.onnx_files import padded_inputs
from shopwright.models.tool_planner import parameter_text, properties, tool_text
from shopwright.train.plan.examples import PUBLIC, Solved, Source
from shopwright.train.plan.model import MOST_PICKS, ArgumentTargets, PlannerModel
from shopwright.train.plan.spans import Origin, origin
from shopwright.types import ToolSpec

LONGEST_TEXT = 128
"""Word pieces of a request or a tool that are read."""
UNKNOWN = -100
_WORDINGS = 3
_HIDDEN_PIECES = 0.06
"""Share of a request's pieces that are hidden in a lesson."""
_TOGETHER = 48
_OTHERS = 100
"""Tools at hand for a step in words, beside those that it calls."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One request to learn from.

    Args:
        request: its text.
        tools: places in the bank of the tools at hand.
        picks: places in `tools`, in order.
        waits: for each pick the earlier ones that it waits for; None where it is not known.
        linked: whether the known links of the public set are shown.
        wordings: of the tools, one for each of `tools`.
        weight: of its loss.
        arguments: of the calls, as (place of the call, row of its text in the bank, where it comes from).
        ids: of the calls, which origins refer to.
    """

    request: str
    tools: tuple[int, ...]
    picks: tuple[int, ...]
    waits: tuple[tuple[int, ...], ...] | None = None
    linked: bool = False
    wordings: tuple[int, ...] = ()
    weight: float = 1.0
    arguments: tuple[tuple[int, int, Origin], ...] = ()
    ids: tuple[str, ...] = ()


class Bank:
    """The texts of the tools that are learned from, in their wordings, and their vectors.

    Args:
        sources: whose tools it holds.
        tokenizer: file of the body's tokenizer.
    """

    def __init__(self, sources: Sequence[Source], tokenizer: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(LONGEST_TEXT)
        self._tokenizer.no_padding()
        self.mask: int = self._tokenizer.get_vocab().get("[MASK]", 0)
        sets: dict[str, tuple[ToolSpec, ...]] = {}
        for source in sources:
            sets |= source.sets
        learned = {name for source in sources for task in source.tasks if task.split == "train" for name in task.sets}
        sets = {name: tools for name, tools in sets.items() if name in learned}
        self.names = [tool.name for tools in sets.values() for tool in tools]
        self.places = {name: place for place, name in enumerate(self.names)}
        self.sets = {name: tuple(self.places[tool.name] for tool in tools) for name, tools in sets.items()}
        texts = [text for tools in sets.values() for tool in tools for text in wordings(tool)]
        named = [(tool, name) for tools in sets.values() for tool in tools for name in properties(tool.parameters)]
        self.parameters = {(tool.name, name): len(texts) + row for row, (tool, name) in enumerate(named)}
        self.takes = {tool.name: tuple(properties(tool.parameters)) for tools in sets.values() for tool in tools}
        texts += [parameter_text(tool, name) for tool, name in named]
        self.encoded: list[Any] = self._tokenizer.encode_batch(texts)
        links = {pair for source in sources for pairs in source.links.values() for pair in pairs}
        self.linked = torch.zeros(len(self.names), len(self.names))
        for first, second in links:
            if first in self.places and second in self.places:
                self.linked[self.places[first], self.places[second]] = 1.0
        self.vectors = torch.zeros(len(texts), 1)

    def encode(self, texts: Sequence[str]) -> list[Any]:
        """Tokenised requests."""
        encoded: list[Any] = self._tokenizer.encode_batch(list(texts))
        return encoded

    def refresh(self, model: PlannerModel) -> None:
        """Read all texts with the model as it is, without learning from it."""
        order = sorted(range(len(self.encoded)), key=lambda place: len(self.encoded[place].ids))
        parts = []
        with torch.no_grad():
            for start in range(0, len(order), _TOGETHER):
                part = order[start : start + _TOGETHER]
                parts.append(model.reader(**inputs_of([self.encoded[place] for place in part]))[1])
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        self.vectors = torch.cat(parts)[back]

    def current(self, model: PlannerModel, rows: Sequence[int]) -> Tensor:
        """The vectors of all texts, those of `rows` read anew so that they learn."""
        order = sorted(rows, key=lambda row: len(self.encoded[row].ids))
        fresh = [
            model.reader(**inputs_of([self.encoded[row] for row in order[start : start + _TOGETHER]]))[1]
            for start in range(0, len(order), _TOGETHER)
        ]
        return self.vectors.index_copy(0, torch.tensor(order, dtype=torch.long), torch.cat(fresh))


def wordings(tool: ToolSpec) -> tuple[str, str, str]:
    """A tool whole, without its name, and its name and description without arguments and results."""
    whole = tool_text(tool)
    described = tool_text(replace(tool, name="")).removeprefix(": ")
    return whole, described or whole, tool_text(replace(tool, parameters={}, returns={}))


def inputs_of(encoded: Sequence[Any]) -> dict[str, Tensor]:
    """The inputs of a BERT, padded."""
    return {name: torch.from_numpy(ids) for name, ids in padded_inputs(encoded).items()}


def lessons(source: Source, bank: Bank, chance: random.Random, split: str = "train") -> list[Lesson]:
    """A lesson of every task of a split, with distracting tools and wordings by chance."""
    return [lesson(task, bank, chance) for task in source.tasks if task.split == split]


def lesson(task: Solved, bank: Bank, chance: random.Random, weight: float = 1.0) -> Lesson:
    """One lesson: sometimes only some of the other tools are at hand, sometimes more than there are."""
    called = [bank.places[name] for name in task.tools][:MOST_PICKS]
    own = [place for name in task.sets for place in bank.sets[name]]
    public = PUBLIC in task.sets
    if public and chance.random() < 0.4:
        own = chance.sample(own, min(len(own), chance.randint(8, 60)))
    elif not public and chance.random() < 0.4:
        other = chance.choice([name for name in bank.sets if name != PUBLIC])
        own = [*own, *bank.sets[other]]
    tools = list(dict.fromkeys([*called, *own]))
    chance.shuffle(tools)
    waits = None if public else tuple(call.after for call in task.calls[:MOST_PICKS])
    return Lesson(
        task.request,
        tuple(tools),
        tuple(tools.index(place) for place in called),
        waits,
        public and chance.random() < 0.75,
        chosen_wordings(len(tools), chance),
        weight,
        tuple(_arguments(task, bank)),
        tuple(step["id"] for step in task.record["steps"]) if task.record else (),
    )


def _arguments(task: Solved, bank: Bank) -> Iterator[tuple[int, int, Origin]]:
    """Every argument that the called tools have, and where its gold value comes from."""
    for place, call in enumerate(task.calls[:MOST_PICKS]):
        for name in bank.takes[call.tool] if call.arguments is not None else ():
            given = call.arguments is not None and name in call.arguments
            found = origin((call.arguments or {})[name], task.request) if given else Origin(given=False)
            yield place, bank.parameters[call.tool, name], found


def chosen_wordings(count: int, chance: random.Random) -> tuple[int, ...]:
    """Mostly the whole text; for one lesson in four any of the others."""
    mixed = chance.random() < 0.25
    return tuple(chance.randrange(_WORDINGS) if mixed else 0 for _ in range(count))


def spoken_steps(source: Source, bank: Bank, chance: random.Random) -> list[Lesson]:
    """The steps of solved tasks, in words, as requests for one call each, and two or three of them as one request."""
    said = [
        (words, task.tools[place])
        for task in source.tasks
        if task.split == "train"
        for place, words in enumerate(task.steps)
        if len(words.split()) > 2
    ]
    chance.shuffle(said)
    made = []
    while said:
        take = chance.choice((1, 1, 2, 3))
        part, said = said[:take], said[take:]
        request = chance.choice((". Then ", ", and ", ". ", ", then ")).join(words.rstrip(".") for words, _ in part)
        calls = [name for _, name in part]
        made.append(_said(request, calls, bank, chance))
    return made


def _said(request: str, names: Sequence[str], bank: Bank, chance: random.Random) -> Lesson:
    called = [bank.places[name] for name in names]
    others = bank.sets[PUBLIC]
    tools = list(dict.fromkeys([*called, *chance.sample(others, min(len(others), _OTHERS))]))
    chance.shuffle(tools)
    return Lesson(
        request[:1].upper() + request[1:],
        tuple(tools),
        tuple(tools.index(place) for place in called),
        None,
        False,
        chosen_wordings(len(tools), chance),
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """Lessons as tensors; see `model.Decoder` and `model.plan_loss` for shapes."""

    inputs: Mapping[str, Tensor]
    tools: Tensor
    there: Tensor
    picks: Tensor
    known: Tensor
    targets: Tensor
    waits: Tensor
    weights: Tensor
    read: tuple[int, ...]
    calls: Tensor
    parameters: Tensor
    origins: ArgumentTargets


def batch_of(some: Sequence[Lesson], bank: Bank, chance: random.Random | None) -> Batch:
    """Tensors of some lessons; pieces of the requests are hidden when there is a `chance`."""
    encoded = bank.encode([each.request for each in some])
    inputs = inputs_of(encoded)
    if chance is not None:
        hide(inputs, bank.mask, chance)
    longest, widest = max(len(each.picks) for each in some), max(len(each.tools) for each in some)
    size = len(some)
    tools, there = np.zeros((size, widest), np.int64), np.zeros((size, widest), bool)
    picks = np.zeros((size, longest), np.int64)
    targets = np.full((size, longest + 1), UNKNOWN)
    waits = np.full((size, longest, longest), UNKNOWN, np.float32)
    known = torch.zeros(size, longest + 1, widest)
    read: set[int] = set()
    for row, each in enumerate(some):
        rows = [place * _WORDINGS + wording for place, wording in zip(each.tools, each.wordings, strict=True)]
        tools[row, : len(rows)], there[row, : len(rows)] = rows, True
        count = len(each.picks)
        picks[row, :count] = each.picks
        targets[row, :count], targets[row, count] = each.picks, widest
        read.update(rows[pick] for pick in each.picks)
        if each.waits is not None:
            for place, earlier in enumerate(each.waits):
                waits[row, place, :place] = 0.0
                waits[row, place, list(earlier)] = 1.0
        if each.linked:
            at_hand = torch.tensor(each.tools)
            known[row, 1 : count + 1, : len(rows)] = bank.linked[at_hand[list(each.picks)]][:, at_hand]
    return Batch(
        inputs,
        torch.from_numpy(tools),
        torch.from_numpy(there),
        torch.from_numpy(picks),
        known,
        torch.from_numpy(targets),
        torch.from_numpy(waits),
        torch.tensor([each.weight for each in some]),
        tuple(sorted(read | {row for each in some for _, row, _ in each.arguments})),
        *_origins(some, encoded, longest),
    )


def _origins(some: Sequence[Lesson], encoded: Sequence[Any], longest: int) -> tuple[Tensor, Tensor, ArgumentTargets]:
    """The calls and rows of all arguments, and what is known of where they come from."""
    most = max(1, max(len(each.arguments) for each in some))
    size = (len(some), most)
    calls, rows = np.zeros(size, np.int64), np.zeros(size, np.int64)
    said = np.full(size, UNKNOWN, np.float32)
    begin, end = np.full(size, UNKNOWN), np.full(size, UNKNOWN)
    taken = np.full((*size, longest), UNKNOWN, np.float32)
    for row, (each, pieces) in enumerate(zip(some, encoded, strict=True)):
        for place, (call, text, found) in enumerate(each.arguments):
            calls[row, place], rows[row, place] = call, text
            taken[row, place, :call] = [float(each.ids[earlier] in found.steps) for earlier in range(call)]
            if found.span is not None:
                touched = [at for at, (a, b) in enumerate(pieces.offsets) if a < found.span[1] and found.span[0] < b]
                if touched:
                    said[row, place], begin[row, place], end[row, place] = 1.0, touched[0], touched[-1]
            else:
                said[row, place] = float(found.given and not found.steps)
    targets = ArgumentTargets(*(torch.from_numpy(values) for values in (said, begin, end, taken)))
    return torch.from_numpy(calls), torch.from_numpy(rows), targets


def hide(inputs: Mapping[str, Tensor], mask: int, chance: random.Random) -> None:
    """Replace some pieces of the requests, never the first or the last, by the one that stands for any."""
    ids, lengths = inputs["input_ids"], inputs["attention_mask"].sum(1).tolist()
    for row, length in enumerate(lengths):
        for place in range(1, length - 1):
            if chance.random() < _HIDDEN_PIECES:
                ids[row, place] = mask


def grouped(some: Sequence[Lesson], pieces: int, chance: random.Random) -> Iterator[list[Lesson]]:
    """Lessons of like length, `pieces` of characters / 4 together, in random order of the groups."""
    order = sorted(some, key=lambda each: len(each.request) * chance.uniform(0.9, 1.1))
    groups: list[list[Lesson]] = [[]]
    size = 0
    for each in order:
        length = 6 + min(len(each.request) // 4, LONGEST_TEXT)
        if groups[-1] and size + length > pieces:
            groups.append([])
            size = 0
        groups[-1].append(each)
        size += length
    chance.shuffle(groups)
    yield from (group for group in groups if group)
