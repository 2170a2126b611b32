"""What is paid in general language for what is gained in the domain: points, their frontier, and a plot of both."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import torch
from torch import nn

from shopwright.errors import CorpusError
from shopwright.train.corpus.shards import TOKENIZER, PackedCorpus
from shopwright.train.pretrain import model as models
from shopwright.train.pretrain.evaluate import Score, evaluate, held_out_text
from shopwright.train.pretrain.machine import Machine
from shopwright.train.pretrain.merge import Way, sweep
from shopwright.train.pretrain.settings import PretrainSettings

SHARES = (0.0, 0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_WIDTH, _HEIGHT, _EDGE = 720, 440, 64
_COLOURS = ("#0b6e99", "#c2410c", "#4d7c0f", "#7e22ce", "#be123c", "#0f766e", "#a16207", "#475569")


@dataclass(frozen=True, slots=True)
class Point:
    """A model on the plane.

    Args:
        method: how it was made; points of one method are joined.
        label: which of them ("0.5").
        general, domain: loss in nats a token on held-out text, the lower the better.
    """

    method: str
    label: str
    general: float
    domain: float


def frontier(points: Sequence[Point]) -> list[Point]:
    """The points that no other beats in both losses, from the best in general to the best in the domain."""
    kept: list[Point] = []
    for point in sorted(points, key=lambda each: (each.general, each.domain)):
        if not kept or point.domain < kept[-1].domain:
            kept.append(point)
    return kept


def merged_points(settings: PretrainSettings, trained: Path, way: Way, shares: Sequence[float] = SHARES) -> list[Point]:
    """The losses along the way from `settings.base` to the model in a folder, on the corpus's held-out text.

    Raises:
        CorpusError: the corpus holds out no general text, or none of the domain.
        ModelError: a model cannot be loaded, or the two differ in shape.
    """
    model = models.load(settings.base)
    score = _scorer(settings, model)
    start = {name: weight.clone() for name, weight in model.state_dict().items()}
    end = dict(models.load(trained).state_dict())
    points = []
    for share, weights in sweep(start, end, way, shares):
        model.load_state_dict(weights)
        scores = score(model)
        points.append(Point(way, f"{share:g}", scores["general"].loss, scores["domain"].loss))
    return points


def save_merged(base: str, trained: Path, way: Way, share: float, out: Path) -> None:
    """Write the model at a share of the way from a base to a trained model into a folder."""
    model: Any = models.load(trained)
    start, end = dict(models.load(base).state_dict()), dict(model.state_dict())
    model.load_state_dict(sweep(start, end, way, [share])[0][1])
    with torch.no_grad():
        model.save_pretrained(str(out))
    for file in (trained / name for name in (TOKENIZER, *models.WITH_TOKENIZER)):
        if file.is_file():
            (out / file.name).write_bytes(file.read_bytes())


def tell_merged(settings: PretrainSettings, trained: Path, way: Way, share: float) -> None:
    """Write the trained model's recipe and log beside a merged model in `settings.out`, with what that one scores.

    The model card is made from these (`lm_card`). Nothing is written where the trained model has none.
    """
    log, recipe = trained / "log.jsonl", trained / "recipe.json"
    if not log.is_file() or not recipe.is_file():
        return
    model = models.load(settings.out)
    scores = _scorer(settings, model)(model)
    lines = log.read_text(encoding="utf-8").splitlines()
    facts = {"base": settings.base, "merged": way, "share": share}
    bits = {f"bits_per_byte:{name}": float(f"{score.bits_per_byte:.6g}") for name, score in scores.items()}
    last = {"step": json.loads(lines[-1])["step"], "share": share, **bits}
    (settings.out / log.name).write_text("\n".join([*lines, json.dumps(last), ""]), encoding="utf-8")
    told = json.loads(recipe.read_text(encoding="utf-8")) | facts
    (settings.out / recipe.name).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _scorer(settings: PretrainSettings, model: Any) -> Callable[[nn.Module], dict[str, Score]]:
    """What scores models of a shape on held-out text, in windows that their context has room for."""
    machine = Machine(settings)
    context = min(settings.context, model.config.max_position_embeddings)
    held = held_out_text(PackedCorpus(settings.corpus), context, settings.eval_tokens, machine.device)
    for kind in ("general", "domain"):
        if all(text.kind != kind for text in held.values()):
            raise CorpusError(f"{settings.corpus} holds out no window of {kind} text: build it with more of that kind")
    return lambda each: evaluate(models.Body(each.to(machine.device).eval()), held, machine.autocast)


def plot(points: Sequence[Point], title: str = "General against domain loss") -> str:
    """An SVG of the points, those of a method joined, the frontier dashed; nats a token, lower left is better."""
    if not points:
        return f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}"></svg>'
    across = _scale([each.general for each in points], _EDGE, _WIDTH - 150)
    up = _scale([each.domain for each in points], _HEIGHT - _EDGE, 40)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" font-family="sans-serif" '
        f'font-size="12"><title>{escape(title)}</title><rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 14}" text-anchor="middle">general loss, nats a token</text>',
        f'<text x="18" y="{_HEIGHT / 2}" text-anchor="middle" transform="rotate(-90 18 {_HEIGHT / 2})">'
        "domain loss, nats a token</text>",
    ]
    best = " ".join(f"{across(each.general):.1f},{up(each.domain):.1f}" for each in frontier(points))
    parts.append(f'<polyline points="{best}" fill="none" stroke="#94a3b8" stroke-dasharray="5 4"/>')
    for place, method in enumerate(dict.fromkeys(each.method for each in points)):
        parts += _drawn([each for each in points if each.method == method], place, across, up)
    return "\n".join([*parts, _ticks(points, across, up), "</svg>"])


def _drawn(own: Sequence[Point], place: int, across: Any, up: Any) -> list[str]:
    colour = _COLOURS[place % len(_COLOURS)]
    line = " ".join(f"{across(each.general):.1f},{up(each.domain):.1f}" for each in own)
    drawn = [f'<polyline points="{line}" fill="none" stroke="{colour}"/>'] if len(own) > 1 else []
    for each in own:
        told = escape(f"{each.method} {each.label}: general {each.general:.4f}, domain {each.domain:.4f}")
        x, y = across(each.general), up(each.domain)
        drawn.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"><title>{told}</title></circle>')
    name = escape(own[0].method)
    drawn.append(f'<text x="{_WIDTH - 135}" y="{48 + 18 * place}" fill="{colour}">{name}</text>')
    return drawn


def _ticks(points: Sequence[Point], across: Any, up: Any) -> str:
    general, domain = [each.general for each in points], [each.domain for each in points]
    bottom = "".join(
        f'<text x="{across(value):.1f}" y="{_HEIGHT - 36}" text-anchor="middle" fill="#475569">{value:.2f}</text>'
        for value in (min(general), max(general))
    )
    left = "".join(
        f'<text x="{_EDGE - 10}" y="{up(value) + 4:.1f}" text-anchor="end" fill="#475569">{value:.2f}</text>'
        for value in (min(domain), max(domain))
    )
    return bottom + left


def _scale(values: Sequence[float], low: float, high: float) -> Any:
    least, span = min(values), (max(values) - min(values)) or 1.0
    return lambda value: low + (high - low) * (value - least) / span
