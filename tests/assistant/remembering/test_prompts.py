"""What an endpoint reads of a conversation: inside its budget, from one turn to the next with the same beginning."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import orjson
import pytest

from assistant.judged import open_shop
from shopwright.assistant.remembering.counting import count_tokens
from shopwright.errors import ModelError
from shopwright.models.scripted import ScriptedModel
from shopwright.shop import Shop


@pytest.fixture
def model() -> ScriptedModel:
    return ScriptedModel([ModelError("it only listens")])


@pytest.fixture
def listened(tmp_path: Path, model: ScriptedModel) -> Iterator[Shop]:
    (tmp_path / "shop.toml").write_text("prompt_tokens = 600\n")
    with open_shop(tmp_path, model) as shop:
        yield shop


def readings(model: ScriptedModel) -> list[str]:
    """What the reader was asked, as text."""
    every = [str(messages[-1]["content"]) for messages in model.calls]
    return [text for text in every if "earlier goal" in orjson.loads(text)]


def common(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def test_an_endpoint_reads_what_was_said_inside_the_budget(listened: Shop, model: ScriptedModel) -> None:
    session = listened.chat("our balcony is 1.20 m deep, and I'm allergic to latex").session_id
    for number in range(30):
        listened.chat(f"remark number {number} about the weather and the hills", session_id=session)
    listened.chat("what fits on our balcony?", session_id=session)
    asked = orjson.loads(readings(model)[-1])
    assert asked["message"] == "what fits on our balcony?"
    assert any("1.20 m deep" in line and line.startswith("[0.0] shopper:") for line in asked["from before"])
    assert asked["conversation"][-1].startswith("[30.")
    assert asked["profile"] == ["allergy: latex"]
    parts = ("profile", "conversation", "from before", "state")
    assert sum(count_tokens(line) for name in parts for line in asked.get(name, ())) <= 600


def test_prompts_of_turns_in_a_row_begin_alike(listened: Shop, model: ScriptedModel) -> None:
    session = None
    for number in range(24):
        session = listened.chat(f"remark number {number} about the weather", session_id=session).session_id
    pairs = pairwise(readings(model)[4:])
    shares = [common(before, after) / len(after) for before, after in pairs]
    assert sum(share > 0.2 for share in shares) >= len(shares) / 2


def test_the_trace_tells_how_large_the_prompt_was(listened: Shop) -> None:
    turn = listened.chat("hello")
    span = next(span for span in turn.trace.spans if span.name == "context")
    assert span.detail["prompt_tokens"].endswith(" of 600")
