"""Settings shared by every command: where the state lives and which endpoint, if any, takes part.

One dataclass; the command line and the environment fill it. Nothing is read on import.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from shopwright.errors import ConfigError

PROMPT_TOKENS = 2_000
"""Tokens that the conversation, and the evidence, take in a language model's prompt, unless the merchant says so."""
LEAST_PROMPT = 256
"""Tokens of the smallest budget of a prompt."""
EVENTS_DAYS, MOST_EVENTS_DAYS = 90, 3_650
"""Days that shoppers' events are kept unless the merchant says so, and the most that can be settled."""
MOST_EXPLORED = 0.3
"""The largest share of turns in which chance may pick the strategy."""
MOST_SAMPLES = 5
"""How often an endpoint may be asked for one answer."""


def option(default: Any, help: str, one_of: str = "") -> Any:
    """A field of a dataclass of settings: its default, and what the help page says of its flag (see `flags`).

    Args:
        one_of: names a group of options that exclude each other; a flag of it replaces what a file says of any.
    """
    return field(default=default, metadata={"help": help, "one_of": one_of})


def flag(name: str) -> str:
    """How an option is given on the command line."""
    return f"--{name.replace('_', '-')}"


def read_toml(
    name: str | Path | None, configs: Path | None, known: Sequence[Field[Any]], given: Mapping[str, Any]
) -> dict[str, Any]:
    """The options of a TOML file, or of a shipped configuration, overridden by those given beside it.

    Args:
        name: of the file, or of a configuration in `configs`; None: there are only those given.
        configs: folder of shipped configurations.
        known: what options there are.
        given: as flags.

    Raises:
        ConfigError: there is no such file, it is no TOML, or it holds an unknown option.
    """
    if name is None:
        return dict(given)
    path = Path(name)
    if configs is not None and (configs / f"{name}.toml").is_file():
        path = configs / f"{name}.toml"
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        among = f"; shipped ones are {', '.join(shipped(configs))}" if configs else ""
        raise ConfigError(f"--config {name}: {error.strerror}{among}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"--config {name}: not TOML ({error})") from error
    groups = {each.name: each.metadata.get("one_of") for each in known}
    if unknown := sorted(set(values) - set(groups)):
        raise ConfigError(f"--config {name}: unknown option {unknown[0]!r}; there are {', '.join(sorted(groups))}")
    decided = {groups.get(each) for each in given} - {"", None}
    return {each: value for each, value in values.items() if groups[each] not in decided} | dict(given)


def shipped(configs: Path) -> list[str]:
    """The names of the configurations in a folder."""
    return sorted(path.stem for path in configs.glob("*.toml"))


@dataclass(frozen=True, slots=True)
class EndpointConfig:
    """An OpenAI-compatible endpoint.

    Args:
        url: base address that ends before `/chat/completions`, e.g. `http://localhost:8000/v1`.
        model: the model's name there.
        api_key: sent as a bearer token when set.
        timeout_s: bound on one call; of a streamed one with its retries.
        retries: further tries after a failure that may pass; a stream is not tried again once it says something.
        temperature: of its words; 0 unless several answers are to be compared.
    """

    url: str
    model: str
    api_key: str | None = None
    timeout_s: float = 20.0
    retries: int = 2
    temperature: float = 0.0

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
    def settings(self) -> Path:
        """File of the merchant's settings; it need not be there. See `Settings`."""
        return self.path / "shop.toml"

    @property
    def delivery(self) -> Path:
        """File of the merchant's rules of delivery; it need not be there."""
        return self.path / "delivery.toml"

    @property
    def policies(self) -> Path:
        """File that says which learned policies decide conversations; without it the rules do."""
        return self.path / "policies" / "intent.json"

    @property
    def dial(self) -> Path:
        """File that says how the dial of recommendations stands; without it, as it stands by default."""
        return self.path / "policies" / "recommend.json"

    @property
    def rules(self) -> Path:
        """File of the merchant's rules for result lists; it need not be there."""
        return self.path / "rules.json"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a merchant settled for the whole shop: the keys of `shop.toml`.

    Args:
        answers_wrong: share of the given answers that may be wrong, above 0 and below 1; the assistant refuses what it
            is not sure enough of to keep to that. None: it answers what is more likely right than not.
        answer_samples: how often an endpoint is asked for the wording of one answer, 1 to 5; from 2 on the built-in
            wording stands where its answers do not agree.
        servers: other servers whose tools the assistant may call (MCP): a name for each, and its command or URL.
        prompt_tokens: the most that the conversation, and likewise the evidence of an answer, may take of a language
            model's prompt; 256 or more.
        events_days: how many days shoppers' events and the assistant's decisions are kept; 0: no events are taken.
        explore: share of the turns in which chance picks the strategy, so that a policy can be learned; 0 to 0.3.
        explore_by: how: each possible strategy as often ("even"), or rather what may well earn most, by what was
            learned so far ("thompson", "linucb").
        recommend_explore: share of the recommendations for which chance sets the dial from safe to adventurous, where
            nobody turned it and a session is named, so that settings can be compared; 0 to 1.
        explore_budget: turns a day in which "thompson" and "linucb" may depart from what decides otherwise.
    """

    answers_wrong: float | None = None
    answer_samples: int = 1
    servers: Mapping[str, str] = field(default_factory=dict)
    prompt_tokens: int = PROMPT_TOKENS
    events_days: int = EVENTS_DAYS
    explore: float = 0.0
    explore_by: Literal["even", "thompson", "linucb"] = "even"
    explore_budget: int = 200
    recommend_explore: float = 0.0

    @classmethod
    def read(cls, path: Path) -> Settings:
        """The settings in a file; those of none when there is no such file.

        Raises:
            ConfigError: it is no TOML, holds an unknown key, or a value that is not allowed.
        """
        if not path.is_file():
            return cls()
        found = read_toml(path, None, fields(cls), {})
        wrong = found.get("answers_wrong")
        if wrong is not None and not (isinstance(wrong, float) and 0 < wrong < 1):
            raise ConfigError(f"{path}: answers_wrong {wrong!r}: give a share above 0 and below 1, e.g. 0.05")
        samples = found.get("answer_samples", 1)
        if type(samples) is not int or not 1 <= samples <= MOST_SAMPLES:
            raise ConfigError(f"{path}: answer_samples {samples!r}: give a whole number from 1 (off) to {MOST_SAMPLES}")
        tokens = found.get("prompt_tokens", PROMPT_TOKENS)
        if type(tokens) is not int or tokens < LEAST_PROMPT:
            raise ConfigError(f"{path}: prompt_tokens {tokens!r}: give a whole number from {LEAST_PROMPT} on")
        days = found.get("events_days", EVENTS_DAYS)
        if type(days) is not int or not 0 <= days <= MOST_EVENTS_DAYS:
            raise ConfigError(
                f"{path}: events_days {days!r}: give a whole number from 0 (none are taken) to {MOST_EVENTS_DAYS}"
            )
        explore = found.get("explore", 0.0)
        if type(explore) not in (int, float) or not 0 <= explore <= MOST_EXPLORED:
            raise ConfigError(f"{path}: explore {explore!r}: give a share from 0 (nothing is tried) to {MOST_EXPLORED}")
        if (by := found.get("explore_by", "even")) not in ("even", "thompson", "linucb"):
            raise ConfigError(f"{path}: explore_by {by!r}: give even, thompson or linucb")
        budget = found.get("explore_budget", 0)
        if type(budget) is not int or budget < 0:
            raise ConfigError(f"{path}: explore_budget {budget!r}: give a whole number of turns a day, 0 or more")
        dial = found.get("recommend_explore", 0.0)
        if type(dial) not in (int, float) or not 0 <= dial <= 1:
            raise ConfigError(f"{path}: recommend_explore {dial!r}: give a share from 0 (nothing is tried) to 1")
        servers = found.get("servers", {})
        if not isinstance(servers, dict) or not all(isinstance(source, str) and source for source in servers.values()):
            raise ConfigError(f'{path}: servers {servers!r}: give each a command or URL, e.g. parcels = "uvx parcels"')
        if wrong_names := [name for name in servers if not name.isidentifier()]:
            raise ConfigError(f"{path}: servers: name {wrong_names[0]!r}: use letters, digits and _ only")
        return cls(**found)
