"""What a corpus is built with: one dataclass, which is the flags of `shopwright train corpus` and its TOML.

Light, since every command line loads it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from pathlib import Path

from shopwright.config import option
from shopwright.errors import ConfigError


@dataclass(frozen=True, slots=True)
class CorpusSettings:
    """What a corpus is built from and how.

    Raises:
        ConfigError: a value out of its range.
    """

    out: Path = field(metadata={"help": "folder of the corpus"})
    benchmarks: Path | None = option(None, "folder of data whose benchmarks stay out of training")
    languages: tuple[str, ...] = option(("en",), "ISO 639-1 codes of the languages that stay")
    least_score: float = option(0.02, "learned quality, 0 to 1, below which a text is removed")
    least_domain: float = option(0.0, "learned likeness to the domain, 0 to 1, below which a domain text is removed")
    threshold: float = option(0.8, "Jaccard similarity from which two documents are one")
    vocabulary: int = option(8192, "number of token ids")
    digits: int = option(3, "longest run of digits in one token")
    tokenizer: Path | None = option(None, "tokenizer.json to pack with, instead of a new one")
    end_token: str = option("", "its special token that ends a document; empty: <|end|>, <|endoftext|>, </s> or such")
    sample_bytes: int = option(40_000_000, "text that the tokenizer learns from")
    temperature: float = option(1.0, "of the mixture: above 1 small sources gain")
    epochs: float = option(4.0, "no source is drawn more often than this")
    workers: int = option(1, "processes that clean")
    ray: bool = option(False, "clean on Ray Data instead of local processes")
    seed: int = option(0, "of samples")

    def __post_init__(self) -> None:
        if self.ray and self.workers != 1:
            raise ConfigError(
                f"--ray and --workers {self.workers}: Ray decides on its own workers; leave one of them out"
            )
        if self.workers < 1:
            raise ConfigError(f"--workers {self.workers}: at least 1")
        for name, value in (("--least-score", self.least_score), ("--least-domain", self.least_domain)):
            if not 0.0 <= value < 1.0:
                raise ConfigError(f"{name} {value}: from 0 (nothing is removed) to below 1")
        if not 0.0 < self.threshold <= 1.0:
            raise ConfigError(f"--threshold {self.threshold}: a Jaccard similarity, above 0 and up to 1, such as 0.8")
        for name, value in (("--temperature", self.temperature), ("--epochs", self.epochs)):
            if not 0.0 < value < inf:
                raise ConfigError(f"{name} {value}: above 0; leave it out for 1 (temperature) or 4 (epochs)")
        if self.tokenizer is not None and not self.tokenizer.is_file():
            raise ConfigError(f"--tokenizer {self.tokenizer}: there is no such file; leave it out to train one")
        if self.end_token and self.tokenizer is None:
            raise ConfigError(
                f"--end-token {self.end_token!r} needs --tokenizer: a tokenizer of our own ends documents with <|end|>"
            )
