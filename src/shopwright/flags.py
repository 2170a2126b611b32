"""A command whose flags are the fields of a dataclass, and whose `--config FILE` is the same in TOML.

    @app.command("corpus")
    @flags(CorpusSettings)
    def corpus(settings: CorpusSettings) -> None: ...

A field is declared once: its name is the flag, its type what is allowed, `metadata["help"]` what the help page says. A
flag overrides the file, the file overrides the default; a field without a default must be in one of the two. Settings
check themselves when they are made, so a command never sees values that contradict.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from pathlib import Path
from types import GenericAlias, NoneType
from typing import Annotated, Any, get_args, get_type_hints

import typer

from shopwright.config import flag, read_toml, shipped
from shopwright.errors import ConfigError


def flags(settings: type[Any], configs: Path | None = None) -> Callable[[Callable[[Any], None]], Callable[..., None]]:
    """Makes a function of some settings a command for typer.

    Args:
        settings: a dataclass of plain types.
        configs: folder of shipped configurations, which `--config` also takes by name.
    """
    known = tuple(fields(settings))
    hints = get_type_hints(settings)
    described = "TOML file with these options" + (f", or {' | '.join(shipped(configs))}" if configs else "")

    def decorate(run: Callable[[Any], None]) -> Callable[..., None]:
        def command(**given: Any) -> None:
            file = given.pop("config")
            values = {name: value for name, value in given.items() if value not in (None, [], ())}
            values = read_toml(file, configs, known, values)
            for each in known:
                if each.name not in values and each.default is MISSING and each.default_factory is MISSING:
                    raise ConfigError(f"{flag(each.name)} is missing: {each.metadata.get('help', '')}")
            run(settings(**{name: _typed(value, hints[name]) for name, value in values.items()}))

        options = {each.name: Annotated[_optional(hints[each.name]), _option(each)] for each in known}
        options["config"] = Annotated[str | None, typer.Option("--config", help=described)]
        command.__name__, command.__doc__ = run.__name__, run.__doc__
        command.__annotations__ = dict(options)
        vars(command)["__signature__"] = inspect.Signature(
            [
                inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
                for name, kind in options.items()
            ]
        )
        return command

    return decorate


def _option(each: Field[Any]) -> Any:
    text = str(each.metadata.get("help", ""))
    default = "" if each.default is MISSING else each.default
    shown = " ".join(map(str, default)) if isinstance(default, tuple) else default
    if shown not in ("", None):
        text += f" [default: {shown}]"
    name = flag(each.name)
    return typer.Option(f"{name}/--no-{name[2:]}" if isinstance(default, bool) else name, help=text, show_default=False)


def _optional(hint: Any) -> Any:
    """The type of a flag that may be left out; many values become a list."""
    if getattr(hint, "__origin__", None) is tuple:
        return GenericAlias(list, get_args(hint)[:1]) | None
    return hint if NoneType in get_args(hint) else hint | None


def _typed(value: Any, hint: Any) -> Any:
    """A value of a file in the type of its field: paths and tuples have no form of their own in TOML."""
    kinds = get_args(hint) if NoneType in get_args(hint) else (hint,)
    if Path in kinds and isinstance(value, str):
        return Path(value)
    if getattr(hint, "__origin__", None) is tuple and isinstance(value, list):
        kind = get_args(hint)[0]
        return tuple(Path(item) if kind is Path else item for item in value)
    return value
