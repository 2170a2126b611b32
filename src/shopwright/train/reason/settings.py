"""The flags of `shopwright train reason`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shopwright.config import option
from shopwright.errors import ConfigError


@dataclass(frozen=True, slots=True)
class ReasonTraining:
    """Growing the graph of common sense; what is proposed waits for `--accept`."""

    home: Path | None = option(None, "Folder of the shop; default ~/.shopwright.")
    model: str | None = option(None, "Endpoint that proposes edges, URL#NAME.")
    count: int = option(60, "Questions that it is asked, 1 or more.")
    least: float = option(0.5, "Probability of being plausible from which an edge is proposed, 0 to 1.")
    conceptnet: Path | None = option(
        None, "Join a file of ConceptNet triples instead; it is written to the shop's folder."
    )
    critic: bool = option(False, "Fit the critic on the graph instead, and write critic.json into --out.")
    ranking: Path | None = option(None, "Fit the ranking of sub-goals on a file of wishes over --home, into --out.")
    names: Path | None = option(
        None, "Encode the names of the packaged graph with the shipped encoder instead, into a file *.npz."
    )
    out: Path | None = option(None, "Folder of what was fitted; default of the critic: the package's own.")
    accept: bool = option(False, "Add what is left of the proposals to the shop's graph.")
    seed: int = option(0, "Of everything random.")

    def __post_init__(self) -> None:
        chosen = [
            name for name, given in (
                ("--model", self.model), ("--conceptnet", self.conceptnet), ("--critic", self.critic),
                ("--ranking", self.ranking), ("--names", self.names), ("--accept", self.accept),
            ) if given
        ]  # fmt: skip
        if len(chosen) != 1:
            given = " and ".join(chosen) or "none"
            raise ConfigError(f"{given}: give one of --model, --conceptnet, --critic, --ranking, --names and --accept")
        if self.ranking and self.out is None:
            raise ConfigError("--ranking: name with --out the folder that receives the three files")
        if self.names and self.names.suffix != ".npz":
            raise ConfigError(f"--names {self.names}: the file's name must end in .npz")
        if self.count < 1 or not 0 <= self.least <= 1:
            raise ConfigError(f"--count {self.count} --least {self.least:g}: 1 or more, and 0 to 1")
