"""The commands over policies: train one, measure several at many weightings, pick a point.

train_policy(settings)      `shopwright train align`
measure_front(settings)     `shopwright train align-front`
pick_point(settings)        `shopwright train align-pick`
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from shopwright.errors import ConfigError
from shopwright.models.reward_objectives import OBJECTIVES
from shopwright.train.align.assignments import Assignment, read_assignments
from shopwright.train.align.policy.front import FILE, Point, front, hypervolume, measured, pick, read_front, write_front
from shopwright.train.align.policy.front_plot import draw_fronts
from shopwright.train.align.policy.judging import Judge
from shopwright.train.align.policy.loop import NOTE, Aligned, Drawing, align
from shopwright.train.align.policy.measure import answered, best_of, scored, souped
from shopwright.train.align.policy.model import Policy, load_policy
from shopwright.train.align.policy.on_ray import align_on_ray
from shopwright.train.align.policy.remote import RemoteGenerator
from shopwright.train.align.policy.rounds import align_rounds
from shopwright.train.align.policy.served import ServedGenerator
from shopwright.train.align.policy.settings import AlignSettings, FrontSettings, PickSettings, by_name, leaning, told
from shopwright.train.align.reward.language import language_heads, read_language_reward
from shopwright.train.align.world.demonstrations import demonstrated
from shopwright.train.align.world.objectives import score
from shopwright.train.align.world.requests import assignments as made
from shopwright.train.align.world.requests import split
from shopwright.train.corpus.files import write_whole
from shopwright.types import Product

Say = Callable[[str], None]
EVEN = (1.0, 1.0, 1.0, 1.0)


def weightings() -> dict[str, tuple[float, ...]]:
    """The points of a front: all alike, and each objective in turn before the others."""
    return {"even": EVEN} | {name: by_name(leaning(name), 1.0, "") for name in OBJECTIVES}


def train_policy(settings: AlignSettings, products: Sequence[Product] = (), say: Say = print) -> Aligned:
    """Train on the assignments of a file, or on those that a catalogue gives; see `loop.align`."""
    found = _assignments(settings.assignments, products, settings.count, "train")
    answers = settings.answers if settings.method != "grpo" else 0
    if settings.assignments is None and answers:
        found = list(demonstrated(found, answers, settings.seed))
    say(f"{len(found)} assignments")
    if settings.workers:
        return align_on_ray(settings, found, torch.cuda.is_available())
    heads = None
    if settings.reward_model is not None:
        heads = language_heads(read_language_reward(settings.reward_model, settings.out))

    def judge() -> Judge:
        return Judge(settings.judge, score, heads)

    if settings.rounds:
        return align_rounds(settings, found, judge, say)
    return align(settings, found, judge(), say, generator=_served(settings))


def measure_front(settings: FrontSettings, products: Sequence[Product] = (), say: Say = print) -> list[Point]:
    """Measure every policy at every weighting; writes `front.json` and `front.svg`."""
    held = _assignments(settings.assignments, products, settings.count, "test")[: settings.most]
    settings.out.mkdir(parents=True, exist_ok=True)
    methods: dict[str, list[Point]] = {}
    single = [folder for folder in settings.policies if not branches_of(folder)]
    if settings.soups and len(single) != len(OBJECTIVES):
        raise ConfigError(f"--soups needs a policy for each of {', '.join(OBJECTIVES)}, in this order")
    for folder in settings.policies:
        name = _name(folder, settings.policies)
        if branches_of(folder):
            methods[name] = list(_mixed(name, branches_of(folder), held, settings, say))
        else:
            methods[name] = list(_points(name, folder, held, settings, say))
    if settings.best_of:
        first = settings.policies[0] / "policy" if branches_of(settings.policies[0]) else settings.policies[0]
        methods["best of n"] = list(_best(first, held, settings, say))
    if settings.soups:
        methods["soups"] = list(_mixed("soup", single, held, settings, say))
    points = [point for each in methods.values() for point in each]
    write_front(points, settings.out / FILE)
    write_whole(settings.out / "front.svg", draw_fronts(methods, f"{len(held)} prompts").encode())
    best = {point.name for point in front(points)}
    say(f"hypervolume {hypervolume([point.objectives for point in points], np.zeros(len(OBJECTIVES))):.4f} of all")
    say(f"on the front: {', '.join(point.name for point in points if point.name in best)}")
    return points


def pick_point(settings: PickSettings, say: Say = print) -> Point:
    """Say which point of a front serves best, and copy its policy where that is asked.

    Baselines that have no weights of their own (best of n) are no points to pick.
    """
    points = [point for point in read_front(settings.front / FILE) if point.path is not None]
    floors = [each or -np.inf for each in by_name(settings.floors, 0.0, "--floors")]
    point = pick(points, by_name(settings.weights, 1.0, "--weights"), floors)
    say(f"{point.name}: {_shown(point)}")
    folder = (settings.front / str(point.path)).resolve()
    if not (folder / NOTE).is_file():
        raise ConfigError(f"{folder}, the policy of {point.name!r}, is not there: measure it where it is now")
    say(f"policy: {folder}")
    if json.loads((folder / NOTE).read_text(encoding="utf-8")).get("conditioned"):
        say(f"put after each prompt: {told(point.weights).strip()}")
    if settings.to is not None:
        shutil.copytree(folder, settings.to, dirs_exist_ok=True)
        say(f"copied to {settings.to}")
    return point


@dataclass(frozen=True, slots=True)
class _Note:
    conditioned: bool
    weights: tuple[float, ...]


def _served(settings: AlignSettings) -> Drawing | None:
    """Draws with the server that was named, with the policy itself where none was."""
    if not settings.server:
        return None
    url, _, name = settings.server.partition("#")
    server = ServedGenerator(url, name)
    return lambda policy: RemoteGenerator(policy, server, settings.out / "adapter", settings.longest)


def _assignments(path: Path | None, products: Sequence[Product], count: int, part: str) -> list[Assignment]:
    """Those of a file, all of them, or those of one part of what a catalogue gives."""
    if path is not None:
        return list(read_assignments(path))
    found = [one for one in made(products, 0, count) if split(one.id) == part]
    if not found:
        raise ConfigError(f"--count {count}: none of the assignments is for this purpose; give a larger number")
    return found


def branches_of(folder: Path) -> list[Path]:
    """The policies of the last whole round of a training in rounds; none where it is another one."""
    rounds = sorted(folder.glob("round-[0-9]*"), key=lambda each: int(each.name.partition("-")[2]))
    found = [[each / name / "policy" for name in OBJECTIVES] for each in rounds]
    whole = [each for each in found if all((policy / NOTE).is_file() for policy in each)]
    return whole[-1] if whole else []


def _read(folder: Path, work: Path) -> tuple[Policy, _Note]:
    path = folder / NOTE
    if not path.is_file():
        raise ConfigError(f"--policies {folder}: no policy that `train align` wrote; name its folder OUT/policy")
    note = json.loads(path.read_text(encoding="utf-8"))
    dtype = torch.bfloat16 if torch.cuda.is_available() else torch.float32
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return load_policy(str(folder), work, device, dtype), _Note(note["conditioned"], tuple(note["weights"]))


def _points(name: str, folder: Path, held: Sequence[Assignment], settings: FrontSettings, say: Say) -> Iterator[Point]:
    """A policy at every weighting where it can be told, else at its own."""
    policy, note = _read(folder, settings.out)
    path = str(Path(*[".."] * len(settings.out.resolve().parts[1:]), *folder.resolve().parts[1:]))
    for kind, weights in (weightings() if note.conditioned else {"": note.weights}).items():
        answers = _answers(policy, held, weights, note.conditioned, settings, settings.samples)
        yield _told(measured(f"{name} {kind}".strip(), weights, scored(held, answers, score), path), say)


def _best(folder: Path, held: Sequence[Assignment], settings: FrontSettings, say: Say) -> Iterator[Point]:
    """The baseline: of several answers those that the judge prefers."""
    policy, note = _read(folder, settings.out)
    answers = _answers(policy, held, EVEN, note.conditioned, settings, settings.best_of)
    for kind, weights in weightings().items():
        scores_NK = best_of(held, answers, score, weights)
        yield _told(measured(f"best of {settings.best_of} {kind}", weights, scores_NK), say)


def _mixed(
    name: str, folders: Sequence[Path], held: Sequence[Assignment], settings: FrontSettings, say: Say
) -> Iterator[Point]:
    """Means of specialists' weights, at every weighting; each is written."""
    policies = [_read(folder, settings.out)[0] for folder in folders]
    into = policies[0].copied()
    for kind, weights in weightings().items():
        souped(policies, weights, into)
        place = Path("mixed") / name / kind
        into.save(settings.out / place)
        note = json.dumps({"conditioned": False, "weights": weights})
        (settings.out / place / NOTE).write_text(note, encoding="utf-8")
        answers = _answers(into, held, weights, False, settings, settings.samples)
        yield _told(measured(f"{name} {kind}", weights, scored(held, answers, score), str(place)), say)


def _answers(
    policy: Policy,
    held: Sequence[Assignment],
    weights: Sequence[float],
    conditioned: bool,
    settings: FrontSettings,
    samples: int,
) -> list[list[str]]:
    return answered(
        policy,
        held,
        weights,
        conditioned=conditioned,
        samples=samples,
        longest=settings.longest,
        temperature=settings.temperature,
        seed=settings.seed,
    )


def _name(folder: Path, among: Sequence[Path]) -> str:
    """The name of a training: that of the folder above `policy`, with its place where others have the same."""
    names = [each.resolve().parent.name if each.name == "policy" else each.resolve().name for each in among]
    place = list(among).index(folder)
    return f"{names[place]}-{place + 1}" if names.count(names[place]) > 1 else names[place]


def _told(point: Point, say: Say) -> Point:
    say(f"{point.name}: {_shown(point)}")
    return point


def _shown(point: Point) -> str:
    parts = []
    for place, name in enumerate(OBJECTIVES):
        bounds = f" ({point.ci95[place][0]:.3f} to {point.ci95[place][1]:.3f})" if point.ci95 else ""
        parts.append(f"{name} {point.objectives[place]:.3f}{bounds}")
    return ", ".join(parts)
