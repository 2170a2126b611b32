"""An endpoint that is asked several times for one answer: what is said rests on whether its answers agree."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from assistant.judged import open_shop
from shopwright.assistant.remote import SAMPLED, RemoteWriter
from shopwright.config import EndpointConfig
from shopwright.errors import ModelError, RetryableModelError
from shopwright.models.endpoint import EndpointModel
from shopwright.models.protocols import Message
from shopwright.models.scripted import ScriptedModel
from shopwright.shop import Shop
from shopwright.types import Answer, Evidence, Need, Sentence, Turn

NEED = Need("how heavy is the Lark 2?")
ANSWER = Answer(
    (Sentence("The Lark 2 weighs 1.9 kg.", ("e1",)),),
    evidence=(
        Evidence("e1", "product", "lark", "weight: 1.9 kg", "weight", "Lark 2"),
        Evidence("e2", "product", "lark", "price: €249.00", "price", "Lark 2"),
        Evidence("e3", "product", "lark", "capacity: 2 persons", "capacity", "Lark 2"),
    ),
)
FAILED = RetryableModelError("no answer in 20 s")


class OneAtATime(ScriptedModel):
    """Plays back in order though it is asked from several threads."""

    def __init__(self, answers: Sequence[str | Exception]) -> None:
        super().__init__(answers)
        self._lock = threading.Lock()

    def complete(
        self, messages: Sequence[Message], *, schema: Mapping[str, Any] | None = None, max_tokens: int = 512
    ) -> str:
        with self._lock:
            return super().complete(messages, schema=schema, max_tokens=max_tokens)


def form(*texts: str) -> str:
    return json.dumps({"sentences": [{"text": text, "citations": []} for text in texts]})


def weighs(weight: str) -> str:
    return form(f"The Dune beach tent: weight {weight}.")


def test_the_evidence_is_told_in_another_order_each_time() -> None:
    model = OneAtATime([form("It is light.")])
    assert RemoteWriter(model, 3).sample(NEED, ANSWER) == [(Sentence("It is light.", ()),)] * 3
    orders = {tuple(json.loads(str(call[1]["content"]))["evidence"]) for call in model.calls}
    assert orders == {("e1", "e2", "e3"), ("e2", "e3", "e1"), ("e3", "e1", "e2")}


def test_an_answer_that_fails_is_left_out_while_two_remain() -> None:
    light = form("It is light.")
    assert len(RemoteWriter(OneAtATime([FAILED, light, FAILED, light]), 4).sample(NEED, ANSWER)) == 2
    with pytest.raises(ModelError, match="no answer in 20 s"):
        RemoteWriter(OneAtATime([light, FAILED]), 3).sample(NEED, ANSWER)
    assert len(RemoteWriter(OneAtATime([light]), 2).sample(NEED, Answer(()))) == 2


class TestInATurn:
    READING = json.dumps({"goal": "tent", "negations": [], "price_low": None, "price_high": 100, "recipient": None,
                          "occasion": None, "follow_up": False})  # fmt: skip

    def turn(self, shop: Shop, answers: Sequence[str | Exception], samples: int) -> Turn:
        settings = shop.home.path / "shop.toml"
        settings.write_text(f"answer_samples = {samples}\n", encoding="utf-8")
        model = OneAtATime([self.READING, *answers])
        try:
            with open_shop(shop.home.path, model) as opened:
                turn = opened.chat("a tent under a hundred euros")
        finally:
            settings.unlink()
        assert len(model.calls) == 1 + samples
        return turn

    def detail(self, turn: Turn) -> Mapping[str, Any]:
        return next(span.detail for span in turn.trace.spans if span.name == "wording")

    def test_what_most_of_its_answers_say_is_said(self, shop: Shop) -> None:
        turn = self.turn(shop, [weighs("7 kg"), weighs("1.2 kg"), weighs("1.2 kg"), weighs("1200 g")], 4)
        assert turn.answer.text == "The Dune beach tent: weight 1.2 kg."
        assert self.detail(turn)["meanings"] == "2 meanings in 4"
        assert self.detail(turn)["semantic_entropy"] == "0.41"

    def test_answers_that_differ_leave_the_built_in_wording(self, shop: Shop) -> None:
        different = [weighs("1.2 kg"), weighs("1.2 kg"), weighs("7 kg"), weighs("1.2 kg"), weighs("9 kg")]
        turn = self.turn(shop, different, 5)
        note = "The language model's answers did not agree with one another (3 meanings in 5); the built-in wording stands."
        assert turn.answer.notes == (note,)
        assert "Dune beach tent" in turn.answer.text
        assert self.detail(turn) == {"semantic_entropy": "0.59", "meanings": "3 meanings in 5"}

    def test_agreement_does_not_replace_the_evidence(self, shop: Shop) -> None:
        turn = self.turn(shop, [form("It floats on lava, mountaineers adore it.")], 2)
        assert self.detail(turn)["meanings"] == "1 meaning in 2"
        assert turn.trace.removed == ("It floats on lava, mountaineers adore it.",)
        assert any("not supported" in note for note in turn.answer.notes)

    def test_too_few_answers_are_told_as_a_failure(self, shop: Shop) -> None:
        turn = self.turn(shop, [weighs("1.2 kg"), FAILED], 3)
        assert any("did not write this answer (no answer in 20 s)" in note for note in turn.answer.notes)
        assert "meanings" not in self.detail(turn)

    def test_asked_once_nothing_is_compared(self, shop: Shop) -> None:
        turn = self.turn(shop, [weighs("1.2 kg")], 1)
        assert turn.answer.text == "The Dune beach tent: weight 1.2 kg."
        assert not self.detail(turn)


def test_an_endpoint_is_warmer_only_where_answers_are_compared() -> None:
    endpoint = EndpointModel(EndpointConfig("http://127.0.0.1:9/v1", "m"))
    alone, several = RemoteWriter.sampling(endpoint, 1).model, RemoteWriter.sampling(endpoint, 3).model
    assert alone is endpoint
    assert isinstance(several, EndpointModel)
    assert several.config.temperature == SAMPLED
    endpoint.close()
