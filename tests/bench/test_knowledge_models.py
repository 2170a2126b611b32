from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import orjson
import pytest
from numpy.typing import NDArray

from shopwright.bench.knowledge_models import CheckpointModel, EndpointScorer, TokenScorer, cut
from shopwright.config import EndpointConfig
from shopwright.errors import ModelError, RetryableModelError

CONFIG = EndpointConfig("http://model/v1", "m", retries=0)


class Letters:
    """A `TokenModel` over characters that expects the next letter of the alphabet."""

    context = 8
    end = 0

    def __init__(self) -> None:
        self.seen: list[list[int]] = []

    def encode(self, text: str) -> list[int]:
        return [ord(each) for each in text]

    def decode(self, ids: Sequence[int]) -> str:
        return "".join(map(chr, ids))

    def logprobs(self, ids: Sequence[int]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        assert len(ids) <= self.context
        self.seen.append(list(ids))
        likeliest = np.array(ids[:-1]) + 1
        return np.where(likeliest == ids[1:], -0.5, -4.0), likeliest

    def write(self, ids: Sequence[int], max_tokens: int, _stop: Sequence[str]) -> list[int]:
        return [ids[-1] + 1 + step for step in range(max_tokens)]


def test_tokens_after_the_prompt_are_what_is_scored() -> None:
    scorer = TokenScorer(Letters())
    assert scorer.score("ab", ["cd", "xy", "c"]) == [(-1.0, True), (-4.5, False), (-0.5, True)]
    assert scorer.score("ab ", ["!"]) == [(-4.5, False)]  # the space belongs to the continuation
    assert scorer.score("", ["a"]) == [(-4.0, False)]
    with pytest.raises(ModelError, match="continuation"):
        scorer.score("ab", [""])


def test_a_long_prompt_loses_its_beginning() -> None:
    scorer = TokenScorer(Letters())
    assert scorer.score("zzzzzzzzzzzzzzzzab", ["cd"]) == [(-1.0, True)]


@pytest.mark.parametrize("length", [1, 7, 8, 9, 11, 12, 30])
def test_every_token_of_a_text_is_scored_once(length: int) -> None:
    model = Letters()
    text = "".join(chr(97 + place % 26) for place in range(length))
    logprobs = TokenScorer(model).text_logprobs(text)
    breaks = 1 + (length - 1) // 26
    assert logprobs.shape == (length,)
    assert logprobs.sum() == -4.0 * breaks - 0.5 * (length - breaks)
    if length > 12:
        assert all(len(ids) > model.context // 2 for ids in model.seen)


def test_a_tokenizer_that_loses_text_is_refused() -> None:
    class Lossy(Letters):
        def decode(self, ids: Sequence[int]) -> str:
            return super().decode(ids).lower()

    with pytest.raises(ModelError, match="give the text back"):
        TokenScorer(Lossy()).text_logprobs("ABC")


def test_writing_stops_at_a_mark() -> None:
    assert TokenScorer(Letters()).generate("a", stop=["d"], max_tokens=5) == "bc"
    assert TokenScorer(Letters()).write("a", 3) == 3
    assert cut("one\ntwo Q:", ["Q:", "\n"]) == "one"


def server(answer: Callable[[str, dict[str, Any]], httpx.Response]) -> EndpointScorer:
    def handle(request: httpx.Request) -> httpx.Response:
        return answer(request.url.path, orjson.loads(request.content))

    return EndpointScorer(CONFIG, httpx.Client(transport=httpx.MockTransport(handle)))


def echo(path: str, body: dict[str, Any]) -> httpx.Response:
    """Splits the text at spaces; a word costs its length, and "boots" is the likeliest word."""
    assert path == "/v1/completions"
    assert body["echo"]
    words = [word if place == 0 else f" {word}" for place, word in enumerate(body["prompt"].split(" "))] + [" written"]
    offsets = [sum(map(len, words[:place])) for place in range(len(words))]
    logprobs = [None, *(-1.0 if word == " boots" else -float(len(word)) for word in words[1:])]
    tops = [None, *({" boots": -1.0} for _ in words[1:])]
    told = {"text_offset": offsets, "token_logprobs": logprobs, "top_logprobs": tops}
    return httpx.Response(200, json={"choices": [{"text": "", "logprobs": told}]})


def chat(content: str) -> httpx.Response:
    return httpx.Response(200, json={"choices": [{"message": {"content": content}}]})


def test_log_probabilities_of_an_echoed_prompt() -> None:
    assert server(echo).score("hiking gear is", [" boots", " hot soups"]) == [(-1.0, True), (-10.0, False)]


def test_a_server_without_them_is_asked_for_the_letter() -> None:
    paths: list[str] = []

    def answer(path: str, body: dict[str, Any]) -> httpx.Response:
        paths.append(path)
        if path.endswith("/chat/completions"):
            assert body["response_format"]["json_schema"]["schema"]["properties"]["letter"]["enum"] == ["A", "B"]
            assert "A. boots\nB. soups" in body["messages"][0]["content"]
            return chat('{"letter": "B"}')
        return httpx.Response(404)

    scorer = server(answer)
    for _ in range(2):
        assert [logprob for logprob, _ in scorer.score("hiking", [" boots", " soups"])] == [-np.inf, 0.0]
    assert paths.count("/v1/completions") == 2  # one for each continuation, the first time only


def test_an_answer_that_is_no_letter_chooses_nothing() -> None:
    scorer = server(lambda path, _: chat("boots!") if "chat" in path else httpx.Response(200, json={"choices": []}))
    assert all(logprob == -np.inf for logprob, _ in scorer.score("hiking", [" boots", " soups"]))


def test_a_server_that_fails_is_not_a_wrong_answer() -> None:
    with pytest.raises(ModelError, match="401"):
        server(lambda *_: httpx.Response(401, text="no key")).score("a", ["b"])

    def late(*_: Any) -> httpx.Response:
        raise httpx.ReadTimeout("late")

    with pytest.raises(RetryableModelError, match="no answer"):
        server(late).score("a", ["b"])


def test_writing_by_message() -> None:
    assert server(lambda *_: chat("\nThe boots.\nQuestion:")).generate("Q", stop=["\n"]) == "The boots."


def test_a_folder_without_a_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"config\.json"):
        CheckpointModel(tmp_path)
