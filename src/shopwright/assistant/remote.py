"""A large model's part: reading the message, wording the answer and rewriting a query, through the same types.

All ask for JSON that fits a schema and raise `ModelError` when they do not get it. The reader starts from the embedded
reading and lets the model replace the goal, negations, price, recipient and occasion; constraints on the shop's own
fields stay those of the embedded reader, which knows the vocabulary. The writer never writes prices or stock: it puts
`{e3}` and code fills in the value of that evidence. Of the rewriter's queries only those stand that keep every number
and brand and that the catalogue can find.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.resources import files
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shopwright.assistant.remembering.counting import count_tokens
from shopwright.config import PROMPT_TOKENS
from shopwright.errors import MalformedOutputError, ModelError
from shopwright.models.endpoint import EndpointModel
from shopwright.models.protocols import LanguageModel, Message
from shopwright.skills.context.compression import Part, compress_many
from shopwright.skills.rewrite.english import INJECTION
from shopwright.skills.rewrite.lexicon import Lexicon, phrase, tokenize
from shopwright.skills.rewrite.rewritten import RewriteKind, Rewritten
from shopwright.types import Answer, Constraint, Context, Evidence, Filter, Need, Packed, Sentence

Form = TypeVar("Form", bound=BaseModel)
_SLOT = re.compile(r"\{(e\d+)\}")
_VALUE = re.compile(r"^[^:€$£]+: ")
_NUMBER = re.compile(r"\d+")
_WITH_DIGIT = re.compile(r"[^\W_]*\d[^\W_]*(?:[-./][^\W_]*\d[^\W_]*)*")
_NO_LETTER = re.compile(r"[\W_]+")
_UNSAFE = re.compile(r"[|\x00-\x1f\x7f]")
MOST_REWRITES = 5
LONGEST_QUERY = 300
"""Characters of a query that is sent."""
LONGEST_REWRITE = 120
SAMPLED = 0.7
"""Temperature of an endpoint's wordings where several are compared."""
_WORDS = 12
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


class Proposal(BaseModel):
    """One rewrite, as the model proposes it."""

    model_config = ConfigDict(extra="forbid")

    text: str
    kind: RewriteKind
    confidence: float = Field(ge=0, le=1)


class Proposals(BaseModel):
    """What the model fills in when it rewrites a query."""

    model_config = ConfigDict(extra="forbid")

    rewrites: list[Proposal]


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
            **_told(context.packed),
            "shown": [product.title for product in context.shown],
            "earlier goal": context.need.goal if context.need else "",
            "message": message,
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
    """Words answers with a large model.

    Args:
        model: writes JSON that fits a schema.
        samples: how often it is asked for one answer.
        tokens: the most that the evidence takes in a prompt; what is longer is compressed with a view to the message.
    """

    def __init__(self, model: LanguageModel, samples: int = 1, tokens: int = PROMPT_TOKENS) -> None:
        self.model = model
        self.samples = samples
        self.tokens = tokens

    @classmethod
    def sampling(cls, model: LanguageModel, samples: int, tokens: int = PROMPT_TOKENS) -> RemoteWriter:
        """A writer whose answers differ where several are compared: an endpoint is then asked at `SAMPLED`."""
        asked = model.at(SAMPLED) if samples > 1 and isinstance(model, EndpointModel) else model
        return cls(asked, samples, tokens)

    def sample(self, need: Need, answer: Answer) -> list[tuple[Sentence, ...]]:
        """Several wordings, asked for at the same time; one that fails is left out as long as two remain.

        Each is asked for with the evidence in another order, so that a model that decodes greedily may differ too.

        Raises:
            ModelError: fewer than two came in the form asked for, or the only one that was asked for did not.
        """

        def written(turned: int) -> tuple[Sentence, ...] | ModelError:
            try:
                return self.write(need, answer, turned)
            except ModelError as error:
                return error

        with ThreadPoolExecutor(self.samples) as pool:
            found = list(pool.map(written, range(self.samples)))
        wordings = [each for each in found if not isinstance(each, ModelError)]
        failed = [each for each in found if isinstance(each, ModelError)]
        if failed and len(wordings) < 2:
            raise failed[0]
        return wordings

    def write(self, need: Need, answer: Answer, turned: int = 0) -> tuple[Sentence, ...]:
        """Sentences over the answer's evidence; those that write money themselves are left out.

        Args:
            turned: how many of the first pieces of evidence are told last.

        Raises:
            ModelError: the model does not answer in the form asked for.
        """
        evidence = {fact.id: fact for fact in answer.evidence}
        first = turned % max(len(evidence), 1)
        told = (*answer.evidence[first:], *answer.evidence[:first])
        said = {
            "message": need.text,
            "evidence": self._fitting(told, need.text),
            "draft": answer.text,
        }
        return tuple(_filled(ask(self.model, "write", said, Lines).sentences, evidence))

    def _fitting(self, told: Sequence[Evidence], question: str) -> dict[str, str]:
        """The evidence by its ids, inside the budget; numbers with their units stay as they are."""
        parts = [Part(fact.id, f"{fact.title or fact.source}: {fact.text}") for fact in told]
        shared = compress_many(parts, question, tokens=self.tokens, count=count_tokens)
        return {part.source: part.made.text for part in shared.parts}


class RemoteRewriter:
    """Rewrites queries with a large model.

    Args:
        model: writes JSON that fits a schema.
        findable: whether the catalogue has something for a query; without it everything passes.
        lexicon: knows the shop's brands, which no rewrite may change.
    """

    def __init__(
        self, model: LanguageModel, findable: Callable[[str], bool] | None = None, lexicon: Lexicon | None = None
    ) -> None:
        self.model = model
        self._findable = findable or (lambda _: True)
        self._lexicon = lexicon

    def rewrite(self, query: str, earlier: Sequence[str] = (), category: str = "") -> tuple[Rewritten, ...]:
        """At most `MOST_REWRITES` queries that find what was meant, best first; none for what is no plain query.

        An empty query, one of more than `LONGEST_QUERY` characters and one that gives orders are not sent.

        Args:
            query: as typed.
            earlier: what the shopper said before, oldest first; the last few are sent.
            category: where the shopper looks.

        Raises:
            ModelError: the model does not answer in the form asked for.
        """
        query = " ".join(query.split())
        if not tokenize(query) or len(query) > LONGEST_QUERY or INJECTION.search(query):
            return ()
        before = [message[:LONGEST_QUERY] for message in earlier[-3:] if not INJECTION.search(message)]
        said = {"query": query, "earlier": before, "category": category[:LONGEST_QUERY]}
        proposals = ask(self.model, "rewrite", said, Proposals).rewrites
        seen = {phrase(query)}
        kept = []
        for proposal in sorted(proposals, key=lambda each: -each.confidence):
            text = " ".join(proposal.text.split())
            if phrase(text) not in seen and self._stands(query, text):
                seen.add(phrase(text))
                kept.append(Rewritten(text, proposal.kind, proposal.confidence))
            if len(kept) == MOST_REWRITES:
                break
        return tuple(kept)

    def _stands(self, query: str, text: str) -> bool:
        """Whether a rewrite is a short query with the same numbers and brands that the catalogue can find."""
        plain = bool(tokenize(text)) and not _UNSAFE.search(text) and not INJECTION.search(text)
        short = len(text) <= LONGEST_REWRITE and len(text.split()) <= _WORDS
        return (
            plain and short and _same_numbers(query, text) and self._same_brands(query, text) and self._findable(text)
        )

    def _same_brands(self, query: str, text: str) -> bool:
        return self._lexicon is None or _brands(query, self._lexicon) == _brands(text, self._lexicon)


def _told(packed: Packed | None) -> dict[str, object]:
    """The parts of a packed conversation, what changes least first, so that prompts begin alike."""
    names = {"profile": "profile", "recent": "conversation", "recalled": "from before", "state": "state"}
    pieces = packed.pieces if packed else ()
    told = {name: [piece.text for piece in pieces if piece.role == role] for role, name in names.items()}
    return {name: lines for name, lines in told.items() if lines}


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


def _same_numbers(query: str, text: str) -> bool:
    """Whether two queries have the same numbers, and the second every word with a digit of the first ("xj-200")."""
    joined = _NO_LETTER.sub("", text.lower())
    if Counter(_NUMBER.findall(query)) != Counter(_NUMBER.findall(text)):
        return False
    return all(_NO_LETTER.sub("", word.lower()) in joined for word in _WITH_DIGIT.findall(query))


def _brands(text: str, lexicon: Lexicon) -> set[str]:
    return {match.value for match in lexicon.brands(tokenize(text))}


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
