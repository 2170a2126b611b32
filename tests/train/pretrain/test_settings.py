from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from shopwright.config import read_toml
from shopwright.errors import ConfigError
from shopwright.train.pretrain.settings import CONFIGS, PretrainSettings


def made(**options: Any) -> PretrainSettings:
    return PretrainSettings(corpus=Path("c"), out=Path("o"), **({"steps": 1} | options))


def shipped(name: str, **given: Any) -> PretrainSettings:
    values = read_toml(name, CONFIGS, fields(PretrainSettings), given)
    return PretrainSettings(corpus=Path("c"), out=Path("o"), **values)


@pytest.mark.parametrize("name", sorted(path.stem for path in CONFIGS.glob("*.toml")))
def test_every_shipped_configuration_is_read(name: str) -> None:
    settings = shipped(name)
    assert settings.rows >= settings.micro_batch


def test_there_are_shipped_configurations() -> None:
    assert {path.stem for path in CONFIGS.glob("*.toml")} == {"cpu-small", "gpu-30m", "qwen3-0.6b-continual"}


def test_a_flag_overrides_a_file_and_its_budget() -> None:
    settings = shipped("cpu-small", steps=7, rate=1e-3)
    assert (settings.steps, settings.minutes, settings.rate) == (7, None, 1e-3)


@pytest.mark.parametrize(
    ("options", "flags"),
    [
        ({"minutes": 1.0}, ("--steps", "--minutes")),
        ({"base": "b", "layers": 3}, ("--base", "--layers")),
        ({"base": "b", "adapter": "lora", "l2": 0.1}, ("--adapter", "--l2")),
        ({"base": "b", "adapter": "dora", "ewc": 0.1}, ("--adapter", "--ewc")),
        ({"base": "b", "adapter": "lora", "fsdp": True}, ("--adapter", "--fsdp")),
        ({"base": "b", "rank": 4}, ("--rank", "--adapter")),
        ({"base": "b", "distil": 1.0, "replay": 0.0}, ("--distil", "--replay")),
        ({"ewc": 0.1}, ("--ewc", "--base")),
        ({"general_budget": 0.05}, ("--general-budget", "--base")),
        ({"adapter": "lora"}, ("--adapter", "--base")),
        ({"batch_tokens": 1000}, ("--batch-tokens", "--context")),
        ({"heads": 3, "kv_heads": 2}, ("--heads", "--kv-heads")),
    ],
)
def test_contradictions_name_both_flags(options: dict[str, object], flags: tuple[str, str]) -> None:
    with pytest.raises(ConfigError) as error:
        made(**options)
    assert all(flag in str(error.value) for flag in flags)


@pytest.mark.parametrize(
    "options",
    [
        {"replay": 1.5},
        {"steps": 0},
        {"steps": None},
        {"rate": 0.0},
        {"schedule": "linear"},
        {"rate": "fast"},
        {"layers": 2.5},
        {"head_size": 15},
        {"micro_batch": 0},
        {"compile": 1},
        {"steps": True},
        {"ema": 1.0},
        {"base": "b", "general_budget": -0.1},
    ],
)
def test_values_that_cannot_work_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="--"):
        made(**options)
