"""What a policy is asked to learn, and how: one dataclass, read from TOML, flags or code, checked when it is made.

No torch here: settings are made, printed and refused without the extra `train`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from shopwright.config import flag, option
from shopwright.errors import ConfigError
from shopwright.models.reward_objectives import OBJECTIVES

CONFIGS = Path(__file__).with_name("configs")
Method = Literal["sft", "dpo", "grpo"]
EMPHASIS = 5.0
"""Weight of the objective that a branch, or a point of a front, leans to; the others have 1."""
_EXAMPLE = ",".join(f"{name}=1" for name in OBJECTIVES)


@dataclass(frozen=True, slots=True)
class FrontSettings:
    """Policies that are measured at several weightings, on assignments that nothing was trained on.

    Raises:
        ConfigError: at construction, when an option is out of range.
    """

    policies: tuple[Path, ...] = field(
        metadata={"help": "folder of a policy that `train align` wrote, or of a training in rounds; repeatable"}
    )
    out: Path = option(Path("front"), "folder of front.json and front.svg")
    assignments: Path | None = option(None, "file of assignments, none of them trained on; none: made of the catalogue")
    home: Path | None = option(None, "shop whose catalogue assignments are made of; none: the demo shop that ships")
    count: int = option(2_000, "assignments that are made; those of its part for testing are measured on")
    most: int = option(64, "assignments measured on")
    samples: int = option(2, "answers to each")
    longest: int = option(96, "new tokens of an answer at most")
    temperature: float = option(0.7, "of the answers")
    soups: bool = option(
        False, "also mix the weights of four specialists, in the order of the objectives (rewarded soups)"
    )
    best_of: int = option(0, "also draw so many answers of the first policy and keep what the judge prefers; 0: do not")
    seed: int = option(0, "of the answers")

    def __post_init__(self) -> None:
        for name in ("count", "most", "samples", "longest"):
            _least(self, name, 1)
        for name in ("temperature", "best_of", "seed"):
            _least(self, name, 0)


@dataclass(frozen=True, slots=True)
class PickSettings:
    """A point of a front.

    Raises:
        ConfigError: at construction, when a weight or floor is none.
    """

    front: Path = option(Path("front"), "folder that `train align-front` wrote")
    weights: str = option("", f"of the objectives, e.g. {_EXAMPLE}; those not named count 1")
    floors: str = option("", "least means that the point must keep, e.g. accuracy=0.8")
    to: Path | None = option(None, "folder that receives the policy")

    def __post_init__(self) -> None:
        by_name(self.weights, 1.0, flag("weights"))
        by_name(self.floors, 0.0, flag("floors"))


@dataclass(frozen=True, slots=True)
class AlignSettings:
    """All options of `shopwright train align`.

    Raises:
        ConfigError: at construction, when an option is out of range or two contradict each other.
    """

    out: Path = field(metadata={"help": "folder of the policy, its checkpoints and its log; run again to go on"})
    assignments: Path | None = option(None, "file of assignments, a JSON object a line; none: made of the catalogue")
    home: Path | None = option(None, "shop whose catalogue assignments are made of; none: the demo shop that ships")
    count: int = option(2_000, "assignments that are made; those of its part for training are trained on")
    answers: int = option(8, "demonstrations of an assignment that is made")
    base: str = option("", "checkpoint to start from (a folder or a name that transformers knows); empty: what ships")

    method: Method = option(
        "grpo", "sft: imitate the demonstrations; dpo: learn from pairs of scored answers; grpo: from its own answers"
    )
    imitate: Literal["any", "best"] = option(
        "best", "sft's demonstration: any, or the one that its weighting prefers; --conditioned asks for best"
    )
    conditioned: bool = option(
        False, "tell the policy in its prompt how the objectives weigh, so that one policy serves any weighting"
    )
    aggregate: Literal["decoupled", "sum"] = option(
        "decoupled", "decoupled: normalise each objective within a group, then add (GDPO); sum: add, then normalise"
    )
    weights: str = option("", f"of the objectives, e.g. {_EXAMPLE}; empty: all 1; drawn anew a group where conditioned")
    floors: str = option("", "least means that multipliers keep, e.g. accuracy=0.8; empty: none")
    multiplier_rate: float = option(0.5, "by how much a multiplier rises a step for each unit below its floor")
    kl: float = option(0.02, "weight of the divergence from the start, nats a token; 0: none, and no copy of the start")
    kl_target: float = option(0.0, "divergence that the weight is steered to (0: the weight stays)")
    clip: float = option(0.2, "how far the ratio of new to old probability counts, below 1 - clip and above 1 + clip")
    epochs: int = option(1, "optimiser steps on the same answers")
    beta: float = option(0.1, "sharpness of dpo's implicit reward")
    soft: float = option(0.0, "share of dpo's pairs that are believed to be labelled the wrong way round")

    steps: int = option(100, "optimiser steps; of each branch where there are --rounds")
    rounds: int = option(
        0, "rounds in which a branch for each objective is trained and their weights are averaged (WARP); 0: one policy"
    )
    prompts: int = option(8, "a step")
    group: int = option(8, "answers a prompt")
    longest: int = option(96, "new tokens of an answer at most; a longer demonstration loses its end")
    longest_prompt: int = option(512, "tokens kept of a prompt")
    together: int = option(2, "prompts whose answers are in memory at once")
    judge: Literal["rules", "heads", "both"] = option(
        "rules", "what is rewarded: the programs, the learned heads, or their mean; the other one watches"
    )
    reward_model: Path | None = option(
        None, "folder of a reward model that `train reward --base` wrote, for the heads; none: the one that ships"
    )
    server: str = option("", "URL#NAME of an OpenAI-compatible server that generates (vLLM); empty: the policy itself")

    rate: float = option(2e-4, "peak learning rate")
    warmup: int = option(5, "steps of linear rise; then the rate falls linearly to a tenth")
    norm: float = option(1.0, "largest norm of a gradient")
    adapter: Literal["none", "lora", "dora"] = option("none", "train low-rank adapters alone, merged at the end")
    rank: int = option(16, "rank of the adapters")
    precision: Literal["auto", "fp32", "bf16"] = option("auto", "auto: bf16 where its matrix products are the faster")
    threads: int = option(0, "threads on a processor; 0: as torch decides")
    workers: int = option(0, "processes that Ray Train starts; 0: this one, or those of accelerate launch")
    seed: int = option(0, "of everything random")
    save_every: int = option(25, "steps between two checkpoints")
    stop_on_alarm: bool = option(False, "stop with a checkpoint when an alarm of reward hacking rings")

    def __post_init__(self) -> None:
        for name in (
            "steps",
            "prompts",
            "group",
            "longest",
            "longest_prompt",
            "together",
            "epochs",
            "rank",
            "count",
            "answers",
        ):
            _least(self, name, 1)
        for name in ("kl", "kl_target", "warmup", "threads", "workers", "rounds", "seed", "multiplier_rate"):
            _least(self, name, 0)
        for name in ("rate", "norm", "beta", "clip", "save_every"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"{flag(name)} {getattr(self, name)}: must be above 0")
        if not 0 <= self.soft < 0.5:
            raise ConfigError(f"{flag('soft')} {self.soft}: must be from 0 to below 0.5")
        if self.method == "sft" and self.conditioned and self.imitate == "any":
            raise ConfigError(
                "--imitate any and --conditioned contradict: the prompt would tell what is not so; drop one"
            )
        if self.method == "grpo" and self.group < 2:
            raise ConfigError("--group 1: answers are compared within a group; give 2 or more")
        if self.kl_target and not self.kl:
            raise ConfigError(f"--kl-target {self.kl_target} and --kl 0 contradict: give --kl a weight to start from")
        if self.server and (self.method != "grpo" or self.adapter != "lora" or self.rounds):
            raise ConfigError("--server draws for --method grpo with --adapter lora and without --rounds: give them so")
        if self.floors and self.method != "grpo":
            raise ConfigError(f"--floors and --method {self.method} contradict: only grpo holds floors; drop one")
        if self.workers and (self.server or self.reward_model):
            raise ConfigError(
                f"--workers {self.workers}: Ray's workers know no --server and no --reward-model; drop it"
            )
        if self.rounds and (self.conditioned or self.weights or self.workers or self.adapter != "none"):
            raise ConfigError(
                f"--rounds {self.rounds}: branches have weights of their own, and whole models are averaged; drop "
                "--conditioned, --weights, --workers and --adapter"
            )
        if not any(by_name(self.weights, 1.0, flag("weights"))):
            raise ConfigError(f"--weights {self.weights}: all are 0, so nothing would be learned")
        if max(by_name(self.floors, 0.0, flag("floors"))) > 1:
            raise ConfigError(f"--floors {self.floors}: objectives are from 0 to 1, so must be their floors")

    def recipe(self) -> dict[str, Any]:
        """What must not change between two pieces of one training, in plain values."""
        free = ("out", "assignments", "home", "server", "threads", "workers", "save_every", "stop_on_alarm", "together")
        return {name: value for name, value in asdict(self).items() if name not in free}


def by_name(text: str, default: float, said: str) -> tuple[float, ...]:
    """Numbers by objective, "accuracy=2,depth=0.5", in the order of `OBJECTIVES`.

    Raises:
        ConfigError: a name is no objective, or a number is none or below 0.
    """
    given: dict[str, float] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, _, number = part.partition("=")
        try:
            given[name.strip()] = float(number)
        except ValueError:
            raise ConfigError(f"{said} {part!r}: expected OBJECTIVE=NUMBER, e.g. {_EXAMPLE}") from None
        if name.strip() not in OBJECTIVES or not 0 <= given[name.strip()] < 1e6:
            raise ConfigError(f"{said} {part!r}: expected a number of 0 or more for one of {', '.join(OBJECTIVES)}")
    return tuple(given.get(name, default) for name in OBJECTIVES)


def leaning(name: str) -> str:
    """Weights with one objective before the others."""
    return ",".join(f"{each}={EMPHASIS if each == name else 1.0}" for each in OBJECTIVES)


def told(weights: Sequence[float]) -> str:
    """The line after its prompt that tells a conditioned policy how the objectives weigh, as whole parts of nine."""
    most = max(max(weights), 1e-9)
    parts = (f"{name} {round(9 * each / most)}" for name, each in zip(OBJECTIVES, weights, strict=True))
    return f"\nWeigh {', '.join(parts)}."


def _least(settings: Any, name: str, least: float) -> None:
    if getattr(settings, name) < least:
        raise ConfigError(f"{flag(name)} {getattr(settings, name)}: must be at least {least}")
