"""Settings shared by every command: where the state lives and which endpoint, if any, takes part.

One dataclass; the command line and the environment fill it. Nothing is read on import.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from shopwright.errors import ConfigError


@dataclass(frozen=True, slots=True)
class EndpointConfig:
    """An OpenAI-compatible endpoint.

    Args:
        url: base address that ends before `/chat/completions`, e.g. `http://localhost:8000/v1`.
        model: the model's name there.
        api_key: sent as a bearer token when set.
        timeout_s: bound on one call; of a streamed one with its retries.
        retries: further tries after a failure that may pass; a stream is not tried again once it says something.
    """

    url: str
    model: str
    api_key: str | None = None
    timeout_s: float = 20.0
    retries: int = 2

    @classmethod
    def parse(cls, text: str) -> EndpointConfig:
        """Read `URL#NAME`. The key comes from SHOPWRIGHT_API_KEY or OPENAI_API_KEY.

        Raises:
            ConfigError: when the address is not http(s) or the name is missing.
        """
        url, _, model = text.partition("#")
        if urlsplit(url).scheme not in ("http", "https") or not model:
            raise ConfigError(f"--model {text!r}: expected URL#NAME, e.g. http://localhost:8000/v1#qwen3-8b")
        key = os.environ.get("SHOPWRIGHT_API_KEY") or os.environ.get("OPENAI_API_KEY")
        return cls(url=url.rstrip("/"), model=model, api_key=key)


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds all state: `store.db`, `index/` and `rules.json`. Copy it and you have a backup."""

    path: Path

    @classmethod
    def resolve(cls, path: str | Path | None = None) -> Home:
        """The given folder, else SHOPWRIGHT_HOME, else `~/.shopwright`. Nothing is created."""
        chosen = path or os.environ.get("SHOPWRIGHT_HOME") or Path.home() / ".shopwright"
        return cls(Path(chosen).expanduser().resolve())

    @property
    def store_url(self) -> str:
        """SQLAlchemy address of the store."""
        return f"sqlite:///{self.path / 'store.db'}"

    @property
    def index(self) -> Path:
        """Folder of the search index."""
        return self.path / "index"

    @property
    def vectors(self) -> Path:
        """File of vectors that were made before, from which a lost index is filled again; see `models.cached`."""
        return self.path / "vectors.db"

    @property
    def models(self) -> Path:
        """Folder of models that were trained for this shop; those that are not there are the shipped ones."""
        return self.path / "models"

    @property
    def rules(self) -> Path:
        """File of the merchant's rules for result lists; it need not be there."""
        return self.path / "rules.json"
