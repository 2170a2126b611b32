"""A large model's part in hypotheses: it names what is needed next, code checks every part of it.

    thoughts = RemoteHypotheses(model, hypotheses, titles, brands, encoder).of(trail, usable)

The model fills a form (`Thought`). Of what it names only that stands which the shop sells under that name, against
which nothing speaks (`doubts`), and which is plausible beside the graph (`knowledge.critic`, with an encoder). Its
sentence is kept when it states nothing that only the shop may say (`refused`), else the type is proposed without one.
What the built-in hypotheses find is proposed beside it, and alone, with a note, when the model fails.

The model is told titles and words, no ids and no names. It is asked anew for each trail: seconds, not milliseconds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shopwright.errors import MalformedOutputError, ModelError
from shopwright.knowledge.beyond import When
from shopwright.knowledge.critic import Critic, Judge
from shopwright.knowledge.graph import Edge, name_of
from shopwright.models.protocols import Encoder, LanguageModel, Message
from shopwright.skills.recommend.supposing.hypotheses import Hypotheses
from shopwright.skills.recommend.supposing.trail import Clue, Dropped, Supposed, Thoughts, Trail
from shopwright.skills.recommend.supposing.ways import Way
from shopwright.types.recommending import ChainStep

_SOURCE = "language model"
_MOST, _TOLD, _SOLD, _ECHOED = 8, 20, 120, 2_000
_WORTH, _SURPRISE = 0.6, 0.5
"""What a model's word is worth, and how surprising it is taken to be, since nobody measured either."""
PLAUSIBLE = 0.3
"""Probability of the critic under which a model's hypothesis is dropped."""
_LONGEST, _SHORTEST, _WIDEST = 60, 20, 200
_FIGURES = re.compile(
    r"[\d%€$£¥]|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?|"
    r"twice|double|triple)\b",
    re.IGNORECASE,
)
_COMMERCE = re.compile(
    r"\b(?:price[sd]?|cheap\w*|expensive|afford\w*|costs?|bargain|discount\w*|sale|on offer|special offers?|"
    r"for free|free of charge|free (?:gifts?|returns?)|save money|voucher|"
    r"in stock|sold out|available|availability|deliver\w*|shipp\w*|ships|order now|buy|warranty|guarantee\w*|"
    r"return(?:s|ed)?)\b",
    re.IGNORECASE,
)
_CLAIMS = re.compile(
    r"\b(?:best|finest|perfect|ultimate|number one|unbeatable|cures?|heals?|treats?|prevents? (?:disease|illness)|"
    r"you|your)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_NAME = re.compile(
    r"(?<=[^.!?\s]\s)(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|"
    r"(?:Septem|Octo|Novem|Decem)ber)[A-Z][\w’'-]+"
)


class Named(BaseModel):
    """A hypothesis in the model's words."""

    model_config = ConfigDict(extra="forbid")

    about: str
    next_need: str
    product_type: str
    because: str


class Thought(BaseModel):
    """What the model fills in."""

    model_config = ConfigDict(extra="forbid")

    hypotheses: list[Named] = Field(max_length=_MOST)


def refused(sentence: str, brands: Collection[str] = ()) -> str:
    """Why a model's sentence may not be said of a product type; "" when it may.

    Args:
        brands: names of brands in lower case, with blanks between their words.
    """
    if not _SHORTEST <= len(sentence) <= _WIDEST or not re.fullmatch(r"[^.!?]+\.", sentence):
        return "it is not one sentence of fitting length"
    if found := _FIGURES.search(sentence):
        return f"it states a number: {found[0]!r}"
    if found := _COMMERCE.search(sentence):
        return f"it speaks of price, stock or delivery: {found[0]!r}"
    if found := _CLAIMS.search(sentence):
        return f"it claims too much: {found[0]!r}"
    if found := _NAME.search(sentence):
        return f"it names {found[0]!r}"
    said = f" {_plain(sentence)} "
    brand = next((brand for brand in brands if f" {brand} " in said), "")
    return f"it names the brand {brand!r}" if brand else ""


class RemoteHypotheses:
    """Lets a large model add hypotheses; the same types come back as from `Hypotheses`.

    Args:
        titles: of products, by id.
        brands: of the shop, which no sentence may name.
        encoder: lets the critic weigh what the model names; without one it is not weighed.
    """

    def __init__(
        self,
        model: LanguageModel,
        hypotheses: Hypotheses,
        titles: Callable[[Sequence[str]], Mapping[str, str]],
        brands: Collection[str] = (),
        encoder: Encoder | None = None,
    ) -> None:
        self._model, self._hypotheses, self._titles, self._encoder = model, hypotheses, titles, encoder
        self._brands = frozenset(map(_plain, brands)) - {""}

    def of(self, trail: Trail, usable: Callable[[str], bool] = bool) -> Thoughts:
        """What follows from a trail; with a note, and without the model's part, when it fails."""
        try:
            thought = self._ask(trail)
        except ModelError as error:
            built_in = self._hypotheses.of(trail, usable)
            note = f"The language model did not think about this shopper ({error}); the built-in common sense did."
            return replace(built_in, notes=(*built_in.notes, note))
        ways: list[tuple[Supposed, Way]] = []
        dropped: list[Dropped] = []
        notes: list[str] = []
        for named in thought.hypotheses:
            self._take(named, ways, dropped, notes)
        thoughts = self._hypotheses.of(trail, usable, ways)
        return replace(thoughts, dropped=(*dropped, *thoughts.dropped), notes=(*thoughts.notes, *notes))

    def _take(self, named: Named, ways: list[tuple[Supposed, Way]], dropped: list[Dropped], notes: list[str]) -> None:
        """One hypothesis of the model as a way, or why it is none."""
        about, need, type_ = (_short(text) for text in (named.about, named.next_need, named.product_type))
        head, node = f"need:{need}", self._hypotheses.sold(type_)
        if node is None:
            dropped.append(Dropped(head, type_, "not sold here", _SOURCE))
            return
        chance = self._chance(need, node)
        if chance < PLAUSIBLE:
            dropped.append(Dropped(head, type_, f"not plausible ({chance:.2f})", _SOURCE))
            return
        because = named.because.strip()
        if why := refused(because, self._brands):
            notes.append(f"The language model's sentence on {type_} was left out: {why}.")
            because = ""
        steps = (ChainStep(f"{about} → {need}", _SOURCE), ChainStep(f"{need} → {name_of(node)}", _SOURCE))
        way = Way(node, _WORTH, _SURPRISE, When(), steps, because, tip=True, passes=(head,))
        ways.append((Supposed(head, 1.0, (Clue(head, 1.0, "supposed"),)), way))

    def _chance(self, need: str, node: str) -> float:
        """How plausible the critic finds that a type meets a need; 1 without an encoder."""
        if self._judge is None:
            return 1.0
        edge = Edge(f"need:{need}", "met_by", node, _WORTH, _SOURCE, "")
        return float(Critic.packaged().chances(self._judge.features([edge]))[0])

    @cached_property
    def _judge(self) -> Judge | None:
        return Judge(self._hypotheses.graph, self._encoder) if self._encoder is not None else None

    def _ask(self, trail: Trail) -> Thought:
        """The filled form; a malformed answer is sent back once with what is wrong."""
        messages: list[Message] = [
            {
                "role": "system",
                "content": files("shopwright.skills.recommend.prompts").joinpath("suppose.md").read_text(),
            },
            {"role": "user", "content": json.dumps(self._told(trail), ensure_ascii=False)},
        ]
        text = self._model.complete(messages, schema=Thought.model_json_schema())
        try:
            return Thought.model_validate_json(text)
        except ValidationError as error:
            wrong = f"That does not fit the form ({error.errors()[0]['msg']}). Answer with it only."
            messages += [{"role": "assistant", "content": text[:_ECHOED]}, {"role": "user", "content": wrong}]
        try:
            return Thought.model_validate_json(self._model.complete(messages, schema=Thought.model_json_schema()))
        except ValidationError as error:
            raise MalformedOutputError(
                f"the model's answer does not fit the form: {error.errors()[0]['msg']}"
            ) from error

    def _told(self, trail: Trail) -> dict[str, object]:
        bought = [one.id for one in trail.bought[-_TOLD:]]
        titles = self._titles([*trail.seen[-_TOLD:], *trail.basket[-_TOLD:], *bought])
        sold = [name_of(node) for node in self._hypotheses.near(trail, _SOLD)]
        return {
            "looked_at": [titles[key] for key in trail.seen[-_TOLD:] if key in titles],
            "basket": [titles[key] for key in trail.basket[-_TOLD:] if key in titles],
            "bought": [titles[key] for key in bought if key in titles],
            "said": trail.said,
            "known": list(trail.profile),
            "month": trail.month or None,
            "sold": sold,
        }


def _plain(text: str) -> str:
    """The words of a text in lower case with blanks between them."""
    return " ".join(_WORD.findall(text.lower()))


def _short(text: str) -> str:
    return " ".join(text.split())[:_LONGEST].lower()
