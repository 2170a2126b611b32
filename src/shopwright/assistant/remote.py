"""A large model's part in a turn: reading the message and wording the answer, through the same types.

Both ask for JSON that fits a schema and raise `ModelError` when they do not get it. The reader starts from the embedded
reading and lets the model replace the goal, negations, price, recipient and occasion; constraints on the shop's own
fields stay those of the embedded reader, which knows the vocabulary. The writer never writes prices or stock: it puts
`{e3}` and code fills in the value of that evidence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from shopwright.errors import MalformedOutputError
from shopwright.models.protocols import LanguageModel, Message
from shopwright.types import Answer, Constraint, Context, Evidence, Filter, Need, Sentence

Form = TypeVar("Form", bound=BaseModel)
_SLOT = re.compile(r"\{(e\d+)\}")
_VALUE = re.compile(r"^[^:€$£]+: ")
_MONEY = re.compile(r"[€$£¥]\s?\d|\d\s?(?:€|EUR|USD|GBP|euros?|dollars?|pounds?)\b", re.IGNORECASE)


class Reading(BaseModel):
    """What the model fills in when it reads a message."""

    model_config = ConfigDict(extra="forbid")

    goal: str
    negations: list[str]
    price_low: float | None
    price_high: float | None
    recipient: str | None
    occasion: str | None
    follow_up: bool


class Line(BaseModel):
    """One sentence and the ids of its evidence."""

    model_config = ConfigDict(extra="forbid")

    text: str
    citations: list[str]


class Lines(BaseModel):
    """What the model fills in when it words an answer."""

    model_config = ConfigDict(extra="forbid")

    sentences: list[Line]


class RemoteReader:
    """Reads messages with a large model."""

    def __init__(self, model: LanguageModel) -> None:
        self.model = model

    def read(self, message: str, context: Context, base: Need) -> Need:
        """The embedded reading, corrected by the model.

        Raises:
            ModelError: the model does not answer in the form asked for.
        """
        said = {
            "message": message,
            "shown": [product.title for product in context.shown],
            "earlier goal": context.need.goal if context.need else "",
        }
        reading = ask(self.model, "read", said, Reading)
        constraints = base.constraints
        if reading.price_low is not None or reading.price_high is not None:
            price = Constraint(Filter("price", "range", low=reading.price_low, high=reading.price_high), confidence=0.9)
            constraints = (*(c for c in constraints if c.filter.field != "price"), price)
        return replace(
            base,
            goal=base.goal if base.references else reading.goal.strip(),
            product_type=base.product_type if base.references or reading.goal.strip() == base.goal else "",
            constraints=constraints,
            negations=tuple(dict.fromkeys((*base.negations, *(word.lower() for word in reading.negations)))),
            recipient=reading.recipient or base.recipient,
            occasion=reading.occasion or base.occasion,
            follow_up=base.follow_up or reading.follow_up,
        )


class RemoteWriter:
    """Words answers with a large model."""

    def __init__(self, model: LanguageModel) -> None:
        self.model = model

    def write(self, need: Need, answer: Answer) -> tuple[Sentence, ...]:
        """Sentences over the answer's evidence; those that write money themselves are left out.

        Raises:
            ModelError: the model does not answer in the form asked for.
        """
        said = {
            "message": need.text,
            "evidence": {fact.id: f"{fact.title or fact.source}: {fact.text}" for fact in answer.evidence},
            "draft": answer.text,
        }
        lines = ask(self.model, "write", said, Lines)
        return tuple(_filled(lines.sentences, {fact.id: fact for fact in answer.evidence}))


def ask(model: LanguageModel, prompt: str, said: Mapping[str, object], form: type[Form], tries: int = 2) -> Form:
    """Ask for a filled form; a malformed answer is sent back once with what is wrong.

    Raises:
        ModelError: no fitting answer after all tries, or the model failed.
    """
    system = files("shopwright.assistant.prompts").joinpath(f"{prompt}.md").read_text()
    messages: list[Message] = [
        {"role": "system", "content": system},
        {"role": "user", "content": json.dumps(said, ensure_ascii=False)},
    ]
    for attempt in range(tries):
        text = "".join(model.stream(messages, schema=form.model_json_schema()))
        try:
            return form.model_validate_json(text)
        except ValidationError as error:
            problem = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()[:5])
            if attempt == tries - 1:
                raise MalformedOutputError(f"the model's answer does not fit the form: {problem}") from error
            messages += [
                {"role": "assistant", "content": text[:2000]},
                {"role": "user", "content": f"That does not fit the form ({problem}). Answer with the JSON form only."},
            ]
    raise MalformedOutputError(f"the model was asked {tries} times; use 1 or more")


def _filled(lines: Sequence[Line], evidence: Mapping[str, Evidence]) -> Iterator[Sentence]:
    for line in lines:
        if _MONEY.search(line.text):
            continue
        slots = [key for key in _SLOT.findall(line.text) if key in evidence]
        text = _SLOT.sub(lambda match: _value(evidence.get(match[1])), line.text).strip()
        if text:
            yield Sentence(text, tuple(dict.fromkeys((*line.citations, *slots))))


def _value(fact: Evidence | None) -> str:
    return _VALUE.sub("", fact.text) if fact else ""
