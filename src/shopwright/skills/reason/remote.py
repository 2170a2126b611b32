"""A large model's part in reasoning: it names what a wish needs, code checks it against the shop.

The model fills a form (`Thought`); of what it names only that stands which the shop sells, which nothing speaks against
and which was not denied (`Reasoner.named`). Conditions, advice and conflicts that the graph knows stay.

Raises `ModelError` when the model does not answer in the form: call the `Reasoner` itself then.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, ValidationError

from shopwright.errors import MalformedOutputError
from shopwright.models.protocols import LanguageModel, Message
from shopwright.skills.reason.refute import Conflict
from shopwright.skills.reason.subgoals import MOST, Reasoned, Reasoner
from shopwright.types import Need

_SOLD = 60
"""Categories that the model is told of."""
_STEPS = 4
_LONGEST = 60


class Named(BaseModel):
    """A product type and the steps that lead to it."""

    model_config = ConfigDict(extra="forbid")

    name: str
    why: list[str]


class Contradiction(BaseModel):
    """Two wishes that cannot both be met."""

    model_config = ConfigDict(extra="forbid")

    what: str
    with_what: str
    why: str


class Thought(BaseModel):
    """What the model fills in."""

    model_config = ConfigDict(extra="forbid")

    goals: list[Named]
    conflicts: list[Contradiction]


class RemoteReasoner:
    """Lets a large model name the sub-goals; the same types come back as from a `Reasoner`."""

    def __init__(self, model: LanguageModel, reasoner: Reasoner) -> None:
        self._model = model
        self._reasoner = reasoner

    def goals(self, need: Need, denied: Sequence[str] = (), most: int = MOST) -> Reasoned:
        """The sub-goals of a need.

        Raises:
            ModelError: the model failed, or nothing that it names is sold here.
        """
        shelves = dict.fromkeys(
            path.split(" > ")[-1] for paths in self._reasoner.links.shelves.values() for path in paths
        )
        thought = _ask(self._model, {"wish": need.text, "denied": list(denied), "sold": list(shelves)[:_SOLD]})
        things = [(each.name[:_LONGEST], [step[:_LONGEST] for step in each.why[:_STEPS]]) for each in thought.goals]
        reasoned = self._reasoner.named(need, things, denied, most)
        if not reasoned.goals:
            raise MalformedOutputError("nothing that the model named is sold here; the built-in reasoning stands")
        told = tuple(Conflict(each.what, each.with_what, each.why) for each in thought.conflicts)
        return replace(reasoned, conflicts=(*reasoned.conflicts, *told))


def _ask(model: LanguageModel, said: dict[str, object]) -> Thought:
    """The filled form; a malformed answer is sent back once with what is wrong."""
    messages: list[Message] = [
        {"role": "system", "content": files("shopwright.skills.reason.prompts").joinpath("goals.md").read_text()},
        {"role": "user", "content": json.dumps(said, ensure_ascii=False)},
    ]
    text = model.complete(messages, schema=Thought.model_json_schema())
    try:
        return Thought.model_validate_json(text)
    except ValidationError as error:
        messages += [
            {"role": "assistant", "content": text[:2000]},
            {
                "role": "user",
                "content": f"That does not fit the form ({error.errors()[0]['msg']}). Answer with it only.",
            },
        ]
    try:
        return Thought.model_validate_json(model.complete(messages, schema=Thought.model_json_schema()))
    except ValidationError as error:
        raise MalformedOutputError(f"the model's answer does not fit the form: {error.errors()[0]['msg']}") from error
