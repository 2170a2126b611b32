"""A taught model in use, without torch: it answers a question from memory, or says nothing.

    book = ClosedBook.open(folder)
    book.answer("How heavy is the Corrie 1 tent?")     # "1.2 kg.", or None where it does not know

Two things make it refuse: its own words ("I do not know."), and a log-probability of its answer below the threshold
that was chosen when it was taught.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import orjson

from shopwright.errors import ModelError
from shopwright.models.language.engine import EmbeddedLanguageModel
from shopwright.train.facts.measure import Answered, Threshold, refused

FACTS = "facts-s-int8"
_ANSWER_TOKENS = 24


def file_of(name: str) -> str:
    """The file beside a model that holds its threshold."""
    return f"{name}.facts.json"


class ClosedBook:
    """Answers from memory.

    Args:
        model: that was taught.
        threshold: below which an answer is not given.
    """

    def __init__(self, model: EmbeddedLanguageModel, threshold: Threshold) -> None:
        self._model, self._threshold = model, threshold

    @classmethod
    def open(cls, folder: Path, name: str = FACTS) -> ClosedBook:
        """The model in a folder with its threshold.

        Raises:
            ModelError: a file is missing or damaged.
        """
        path = folder / file_of(name)
        try:
            found = orjson.loads(path.read_bytes())
            threshold = Threshold(found["sign"], float(found["at"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{path}: {error}; write it with `shopwright train verify --facts`") from error
        return cls(EmbeddedLanguageModel(name, folder), threshold)

    def answer(self, question: str) -> str | None:
        """The answer, or None where it does not know."""
        return self.answers([question])[0]

    def answers(self, questions: Sequence[str]) -> list[str | None]:
        """The answer to each question, None where it does not know."""
        prompts = [[{"role": "user", "content": question}] for question in questions]
        firsts = self._model.generate(prompts, max_tokens=1)
        wholes = self._model.generate(prompts, max_tokens=_ANSWER_TOKENS)
        found: list[str | None] = []
        for first, whole in zip(firsts, wholes, strict=True):
            tokens = len(whole.tokens) + (whole.finish == "stop")
            made = Answered(whole.text.strip(), first.logprob, whole.logprob / max(tokens, 1))
            found.append(None if refused(made.text) or not self._threshold.gives(made) else made.text)
        return found
