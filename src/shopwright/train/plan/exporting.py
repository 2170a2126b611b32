"""From a trained planner to what ships: three ONNX files, the tokenizer and the card, written all or nothing.

The reader's matrix products are quantised to 7 bits in int8 per output channel, as in `train/export.py`, and so are
those of the two small networks. Nothing is written unless the int8 files pick nearly the same calls as fp32.

Beside the card lie `NAME.trained.json`, salted hashes of the requests and of the sets of tools that were trained on, so
that a bench can tell what it may report on, and `NAME.solved.npz`, the same tasks as a memory. Neither holds a text.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import Tensor, nn

from shopwright.errors import ModelError
from shopwright.metrics import mean
from shopwright.models.onnx_files import file_sha256
from shopwright.models.tool_planner import DEFAULT_PLANNER, EmbeddedToolPlanner, ToolPlanner, tool_text
from shopwright.skills.plan.memory import SOLVED, SolvedTasks
from shopwright.train.export import Card
from shopwright.train.plan.batches import LONGEST_TEXT
from shopwright.train.plan.examples import Solved, Source
from shopwright.train.plan.marks import write_marks
from shopwright.train.plan.model import PlannerModel
from shopwright.train.plan.scoring import multiset_f1

_LEAST_SAME = 0.9
_OPSET = 17


class _Readable(nn.Module):
    """Ids and mask in; states and a vector out."""

    def __init__(self, model: PlannerModel) -> None:
        super().__init__()
        self.reader = model.reader

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        states, vector = self.reader(input_ids, attention_mask, torch.zeros_like(input_ids))
        return states, vector


class _Following(nn.Module):
    """Log-probabilities of what follows the last pick, probabilities of waiting, and states."""

    def __init__(self, model: PlannerModel) -> None:
        super().__init__()
        self.decoder = model.decoder

    def forward(
        self, states: Tensor, mask: Tensor, tools: Tensor, picks: Tensor, known: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        scores, waits, made = self.decoder(states, mask, tools, picks, known)
        return torch.log_softmax(scores[:, -1], -1), torch.sigmoid(waits), made


class _Taking(nn.Module):
    """Probabilities of where arguments come from."""

    def __init__(self, model: PlannerModel) -> None:
        super().__init__()
        self.arguments = model.arguments

    def forward(
        self, states: Tensor, mask: Tensor, made: Tensor, calls: Tensor, parameters: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        said, begin, end, taken = self.arguments(states, mask, made, calls, parameters)
        return torch.sigmoid(said), torch.log_softmax(begin, -1), torch.log_softmax(end, -1), torch.sigmoid(taken)


def export_planner(
    model: PlannerModel,
    base: Path,
    target: Path,
    card: Card,
    picks: Callable[[ToolPlanner], Sequence[tuple[str, ...]]],
    sources: Sequence[Source],
    name: str = DEFAULT_PLANNER,
) -> dict[str, float]:
    """Write the files of an `EmbeddedToolPlanner`.

    Args:
        model: on the CPU.
        base: folder whose `tokenizer.json` goes with it.
        target: receives the files.
        card: see there.
        picks: what a planner picks for some requests; int8 must pick as fp32 does.
        sources: whose tasks of the split "train" it was trained on.
        name: stem of the files.

    Returns:
        What was measured: `same` (F1 of the picks with those of fp32), `megabytes`.

    Raises:
        ModelError: int8 picks otherwise; nothing was written.
    """
    full = f"{name}-fp32"
    with tempfile.TemporaryDirectory() as place:
        scratch = Path(place)
        _trace_all(model.cpu().eval(), scratch, full)
        for path in list(scratch.glob("*.onnx")):
            small = scratch / path.name.replace(full, name)
            quantize_dynamic(str(path), str(small), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
        for stem in (name, full):
            _write_tokenizer(base / "tokenizer.json", scratch / f"{stem}.tokenizer.json")
            (scratch / f"{stem}.md").write_text(_front(scratch, stem, card) + "\n", encoding="utf-8")
        ours, theirs = (picks(EmbeddedToolPlanner(stem, scratch)) for stem in (name, full))
        same = mean(multiset_f1(a, b) for a, b in zip(ours, theirs, strict=True))[0]
        if same < _LEAST_SAME:
            raise ModelError(f"int8 agrees with fp32 on calls with F1 {same:.2f}, at least {_LEAST_SAME}: not exported")
        size = sum(path.stat().st_size for path in scratch.glob(f"{name}*.onnx") if full not in path.name)
        measured = {"same": same, "megabytes": size / 1e6}
        (scratch / f"{name}.md").write_text(_card(scratch, name, card, measured), encoding="utf-8")
        trained = [(source, task) for source in sources for task in source.tasks if task.split == "train"]
        write_marks([task for _, task in trained], scratch / f"{name}.trained.json")
        SolvedTasks.of((task.request, _texts(source, task)) for source, task in trained).save(
            scratch / f"{name}.{SOLVED}"
        )
        target.mkdir(parents=True, exist_ok=True)
        for path in scratch.glob(f"{name}.*"):
            shutil.copy(path, target / path.name)
    return measured


def _texts(source: Source, task: Solved) -> list[str]:
    """What the planner reads of the tools that a task calls, in order."""
    texts = {tool.name: tool_text(tool) for tool in source.tools(task)}
    return [texts[name] for name in task.tools]


def _trace_all(model: PlannerModel, folder: Path, name: str) -> None:
    """Write the three fp32 graphs with free batch, length and number of tools."""
    body = model.reader.body
    if hasattr(body, "set_attn_implementation"):
        body.set_attn_implementation("eager")
    width = model.decoder.sizes.width
    ids, mask = torch.ones(2, 9, dtype=torch.long), torch.ones(2, 9, dtype=torch.long)
    states, tools, made = torch.randn(2, 9, width), torch.randn(2, 5, width), torch.randn(2, 4, width)
    picks, known = torch.tensor([[0, 1, 2], [3, 4, 0]]), torch.zeros(2, 4, 5)
    calls, parameters = torch.tensor([[0, 1], [2, 2]]), torch.randn(2, 2, width)
    batch, pieces = {0: "batch"}, {0: "batch", 1: "pieces"}
    _trace(
        _Readable(model),
        folder / f"{name}.onnx",
        {"input_ids": (ids, pieces), "attention_mask": (mask, pieces)},
        {"states": pieces, "vector": batch},
    )
    _trace(
        _Following(model),
        folder / f"{name}.decoder.onnx",
        {
            "states": (states, pieces),
            "mask": (mask, pieces),
            "tools": (tools, {0: "batch", 1: "tools"}),
            "picks": (picks, {0: "batch", 1: "picks"}),
            "known": (known, {0: "batch", 1: "places", 2: "tools"}),
        },
        {
            "next": {0: "batch", 1: "choices"},
            "waits": {0: "batch", 1: "picks", 2: "earlier"},
            "made": {0: "batch", 1: "places"},
        },
    )
    named = {0: "batch", 1: "parameters"}
    _trace(
        _Taking(model),
        folder / f"{name}.arguments.onnx",
        {
            "states": (states, pieces),
            "mask": (mask, pieces),
            "made": (made, {0: "batch", 1: "places"}),
            "calls": (calls, named),
            "parameters": (parameters, named),
        },
        {
            "said": named,
            "begin": {**named, 2: "pieces"},
            "end": {**named, 2: "pieces"},
            "taken": {**named, 2: "picks"},
        },
    )


def _trace(
    graph: nn.Module,
    target: Path,
    inputs: Mapping[str, tuple[Tensor, Mapping[int, str]]],
    outputs: Mapping[str, Mapping[int, str]],
) -> None:
    torch.onnx.export(
        graph.eval(),
        tuple(example for example, _ in inputs.values()),
        str(target),
        input_names=list(inputs),
        output_names=list(outputs),
        dynamic_axes={
            **{name: dict(axes) for name, (_, axes) in inputs.items()},
            **{k: dict(v) for k, v in outputs.items()},
        },
        opset_version=_OPSET,
        dynamo=False,
    )


def _write_tokenizer(source: Path, target: Path) -> None:
    tokenizer = Tokenizer.from_file(str(source))
    tokenizer.enable_truncation(LONGEST_TEXT)
    tokenizer.no_padding()
    tokenizer.save(str(target), pretty=False)


def _front(folder: Path, name: str, card: Card) -> str:
    fields = {
        "name": name,
        "sha256": file_sha256(folder / f"{name}.onnx"),
        "tokenizer_sha256": file_sha256(folder / f"{name}.tokenizer.json"),
        "decoder_sha256": file_sha256(folder / f"{name}.decoder.onnx"),
        "arguments_sha256": file_sha256(folder / f"{name}.arguments.onnx"),
        "licence": card.licence,
        "source": card.source,
        "max_tokens": str(LONGEST_TEXT),
    }
    return "\n".join(["---", *(f"{key}: {value}" for key, value in fields.items()), "---"])


def _card(folder: Path, name: str, card: Card, measured: Mapping[str, float]) -> str:
    def table(values: Mapping[str, float]) -> str:
        return "\n".join(["| | |", "|---|---|", *(f"| {key} | {value:.4g} |" for key, value in values.items())])

    return f"""{_front(folder, name, card)}

# {name}

{card.title} Texts are cut at {LONGEST_TEXT} tokens.

**Trained on.** {card.data}

**Made by** `{card.command}` with {card.settings}; torch {torch.__version__}.

**Results** on requests that were not trained on:

{table(card.results)}

**Conversion.** ONNX opset {_OPSET}, dynamic int8 quantisation, per output channel, 7-bit weights. Against fp32:

{table(measured)}

**Limits.** {card.limits}
"""
