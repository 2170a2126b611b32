"""Four objectives at once: rounds of branches, beside the weighted sum, GDPO and rewarded soups.

The policy is the decoder that ships. It first imitates demonstrations of mixed skill in the demo shop's world
(`train.align.world`: simulated writers, requests and facts made of the catalogue, objectives by program). Then every
method gets the same number of answers to learn from, on prompts that are not measured on:

    hypervolume               two rounds: a branch for each objective, which leans to it (decoupled normalisation), then
                              the mean of their weights, from which the next round starts (WARP: Rame et al., 2024);
                              the points are weighted means of the last branches
    hypervolume:sum           GRPO on the weighted sum
    hypervolume:gdpo          GRPO with decoupled normalisation
    hypervolume:soups         four specialists from the start, their weights interpolated (rewarded soups)
    hypervolume:start         the imitating policy, not optimised
    hypervolume:best_of_4     of four of its answers the one that the judge itself prefers, at each weighting

The volume between 0 and what the points of a method reach in the means of the four objectives, on held-out prompts,
four answers to each at temperature 1. `sum` and `gdpo` spend all answers on one policy at equal weights and have one
point; ours, soups and best of four have five: equal weights, and each objective before the others. So
`hypervolume:even` is the volume of our point at equal weights alone. `worst_objective` is the lowest of the four means
at equal weights, and `:sum` ... too. All methods have the same learning rate and weight of KL to where they began.
Intervals are over three seeds of the optimisation; the imitation is one for all. Needs the extra `train`, and an hour.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from shopwright.bench.task import BenchSet, Options, Row
from shopwright.errors import MissingExtraError
from shopwright.models.reward_objectives import OBJECTIVES
from shopwright.train.align.policy.front import hypervolume_interval
from shopwright.train.align.policy.settings import EMPHASIS

if TYPE_CHECKING:
    from shopwright.train.align.policy.model import Policy

Floats = NDArray[np.float64]
Weights = tuple[float, ...]
_SET = "pareto"
_EVEN: Weights = (1.0,) * len(OBJECTIVES)


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is done.

    Args:
        assignments: made of the demo shop's catalogue.
        imitation: steps that imitate any demonstration, and then steps that imitate the best.
        steps: of each method, in all its policies together.
        rounds: of branches; each of the four has an equal share of the steps.
        prompts, group: of a step.
        longest: tokens of an answer.
        rate, kl: of the optimisation, for all methods.
        held: prompts measured on.
        seeds: of the optimisation.
    """

    assignments: int = 3_000
    imitation: tuple[int, int] = (250, 60)
    steps: int = 40
    rounds: int = 2
    prompts: int = 8
    group: int = 8
    longest: int = 96
    rate: float = 1e-3
    kl: float = 0.02
    held: int = 128
    seeds: tuple[int, ...] = (0, 1, 2)


def weightings() -> list[Weights]:
    """Equal, and each objective before the others."""
    places = range(len(_EVEN))
    return [_EVEN, *(tuple(EMPHASIS if place == own else 1.0 for place in places) for own in places)]


class World:
    """Assignments to train on and to measure on, and the trainings over them.

    Args:
        scale: how much is done.
        work: folder for policies.
    """

    def __init__(self, scale: Scale, work: Path) -> None:
        from shopwright.catalog.demo import demo_products
        from shopwright.train.align.policy.judging import Judge
        from shopwright.train.align.world.demonstrations import demonstrated
        from shopwright.train.align.world.objectives import score
        from shopwright.train.align.world.requests import assignments, split
        from shopwright.types import Product

        self.scale, self.work, self.score = scale, work, score
        self._dtype: Any = None
        self.judge: Callable[[], Judge] = lambda: Judge("rules", score, score)
        products = [each for each in demo_products() if isinstance(each, Product)]
        made = [one for one in assignments(products, 0, scale.assignments) if split(one.id) == "train"]
        held = [int(one.id[8:12], 16) % 10 == 0 for one in made]
        self.train = list(demonstrated((one for one, out in zip(made, held, strict=True) if not out), 8))
        self.held = [one for one, out in zip(made, held, strict=True) if out][: scale.held]

    def imitated(self) -> Path:
        """The policy that all methods start from; one that is there already is taken."""
        any_, best = self.scale.imitation
        begun = self._imitate("begun", "", any_, 1.5e-3, "any")
        return self._imitate("start", str(begun), best, 5e-4, "best")

    def optimised(self, base: Path | Policy, weights: Weights, seed: int, steps: int, aggregate: str) -> Policy:
        """A policy after so many steps of GRPO; what it starts from stays as it is."""
        scale = self.scale
        options: dict[str, Any] = {
            "steps": steps,
            "seed": seed,
            "aggregate": aggregate,
            "weights": _named(weights),
            "prompts": scale.prompts,
            "group": scale.group,
            "rate": scale.rate,
            "kl": scale.kl,
            "warmup": 2,
        }
        if isinstance(base, Path):
            return self._trained(str(base), options)
        return self._trained("", options, base.copied())

    def reached(self, policy: Policy, weights: Weights = _EVEN) -> Floats:
        """The means of the objectives on held-out prompts, K."""
        from shopwright.train.align.policy.measure import scored

        return np.asarray(scored(self.held, self._answers(policy, weights, 4), self.score).mean(axis=0))

    def best_of(self, policy: Policy, count: int) -> Floats:
        """The same for the best of several answers, at every weighting, W x K."""
        from shopwright.train.align.policy.measure import best_of

        answers = self._answers(policy, _EVEN, count)
        return np.array([best_of(self.held, answers, self.score, each).mean(axis=0) for each in weightings()])

    def loaded(self, folder: Path) -> Policy:
        """A policy as it was saved, computing as those that are trained do."""
        from shopwright.train.align.policy.model import load_policy

        policy = load_policy(str(folder), self.work)
        policy.dtype = self._dtype or policy.dtype
        return policy

    def _answers(self, policy: Policy, weights: Weights, samples: int) -> list[list[str]]:
        from shopwright.train.align.policy.measure import answered

        longest = self.scale.longest
        return answered(
            policy, self.held, weights, conditioned=False, samples=samples, longest=longest, temperature=1.0
        )

    def _imitate(self, name: str, base: str, steps: int, rate: float, imitate: str) -> Path:
        folder = self.work / name
        if not (folder / "config.json").is_file():
            options: dict[str, Any] = {"method": "sft", "steps": steps, "rate": rate, "imitate": imitate, "kl": 0.0}
            self._trained(base, options | {"prompts": 32, "together": 8, "warmup": 10}).save(folder)
        return folder

    def _trained(self, base: str, options: dict[str, Any], policy: Policy | None = None) -> Policy:
        from shopwright.train.align.policy.loop import Training
        from shopwright.train.align.policy.settings import AlignSettings

        settings = AlignSettings(out=self.work, base=base, longest=self.scale.longest, conditioned=False, **options)
        training = Training(settings, self.train, self.judge(), policy)
        for _ in range(settings.steps):
            list(training.take())
        self._dtype = training.policy.dtype
        return training.policy


def pareto_rows(_: Options, scale: Scale = Scale()) -> Iterator[Row]:
    """The rows of `pareto`.

    Raises:
        MissingExtraError: torch or transformers is not installed.
    """
    try:
        import torch
        import transformers  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("bench align --set pareto", "train") from error
    threads, begun = torch.get_num_threads(), time.perf_counter()
    torch.set_num_threads(1)
    fronts: dict[str, list[Floats]] = {}
    worst: dict[str, list[float]] = {}
    try:
        with TemporaryDirectory() as place:
            world = World(scale, Path(place))
            start = world.imitated()
            for seed in scale.seeds:
                for name, (points_PK, even_K) in methods(world, start, seed):
                    fronts.setdefault(name, []).append(points_PK)
                    worst.setdefault(name, []).append(float(even_K.min()))
                    if not name:
                        fronts.setdefault("even", []).append(even_K[None])
    finally:
        torch.set_num_threads(threads)
    seconds = time.perf_counter() - begun
    for name, points in fronts.items():
        value, interval = hypervolume_interval(points, np.zeros(len(OBJECTIVES)))
        known = interval if len(points) > 1 else None
        suffix = f":{name}" if name else ""
        curve = tuple((float(each[1]), float(each[3])) for each in points[0]) if not name else ()
        yield Row("align", _SET, f"hypervolume{suffix}", value, len(world.held), known, 0 if name else seconds, curve)
    for name, found in worst.items():
        suffix = f":{name}" if name else ""
        yield Row("align", _SET, f"worst_objective{suffix}", float(np.mean(found)), len(world.held))


def methods(world: World, start: Path, seed: int) -> Iterator[tuple[str, tuple[Floats, Floats]]]:
    """Each method's points (P, K), and what it reaches at equal weights (K)."""
    yield "", _branched(world, start, seed)
    for name, aggregate in (("sum", "sum"), ("gdpo", "decoupled")):
        yield name, _single(world, start, seed, aggregate)
    yield "soups", _soups(world, start, seed)
    if seed == world.scale.seeds[0]:
        policy = world.loaded(start)
        reached = world.reached(policy)
        yield "start", (reached[None], reached)
        points = world.best_of(policy, 4)
        yield "best_of_4", (points, points[0])


def _branched(world: World, start: Path, seed: int) -> tuple[Floats, Floats]:
    """Rounds of branches; the points are weighted means of the last ones."""
    from shopwright.train.align.policy.measure import souped

    scale, trunk, branches = world.scale, world.loaded(start), []
    steps = scale.steps // (scale.rounds * len(_EVEN))
    for turn in range(scale.rounds):
        seeds = [1_000 * seed + 10 * turn + place for place in range(len(_EVEN))]
        leaning = zip(weightings()[1:], seeds, strict=True)
        branches = [world.optimised(trunk, weights, own, steps, "decoupled") for weights, own in leaning]
        trunk = trunk.copied()
        souped(branches, _EVEN, trunk)
    points = []
    for weights in weightings():
        souped(branches, weights, trunk)
        points.append(world.reached(trunk))
    return np.array(points), points[0]


def _single(world: World, start: Path, seed: int, aggregate: str) -> tuple[Floats, Floats]:
    """One policy at equal weights, for all steps."""
    reached = world.reached(world.optimised(start, _EVEN, seed, world.scale.steps, aggregate))
    return reached[None], reached


def _soups(world: World, start: Path, seed: int) -> tuple[Floats, Floats]:
    """Interpolations of four specialists."""
    from shopwright.train.align.policy.measure import souped

    count = len(OBJECTIVES)
    own: list[Weights] = [tuple(float(place == one) for place in range(count)) for one in range(count)]
    steps = world.scale.steps // count
    specialists = [
        world.optimised(start, each, 1_000 * seed + place, steps, "decoupled") for place, each in enumerate(own)
    ]
    into, points = world.loaded(start), []
    for weights in weightings():
        souped(specialists, weights, into)
        points.append(world.reached(into))
    return np.array(points), points[0]


def _named(weights: Sequence[float]) -> str:
    return ",".join(f"{name}={each}" for name, each in zip(OBJECTIVES, weights, strict=True))


SETS: tuple[BenchSet, ...] = (BenchSet(_SET, pareto_rows, default=False),)
"""Not measured unless it is named."""
