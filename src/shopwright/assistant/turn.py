"""One turn of conversation, in the order of the house:

    context -> rewrite -> intent -> reason -> plan -> (tools) -> evidence and wording -> verify -> the stored trace

Each step is a function of typed values and is timed. With an endpoint the reading and the sentences may come from a
large model; everything else is the same code, and when the endpoint fails the embedded path goes on with a visible
note.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import orjson

from shopwright.assistant.measures import states_asked
from shopwright.assistant.remote import RemoteReader, RemoteWriter
from shopwright.assistant.results import Facts, Found, Named, Opinions, Passages
from shopwright.assistant.session import Session
from shopwright.assistant.tools import Tools
from shopwright.assistant.verifying import Verified, compared, sampled, verified
from shopwright.assistant.wording.about import about_words
from shopwright.assistant.wording.comparing import compare_words
from shopwright.assistant.wording.draft import Draft
from shopwright.assistant.wording.finding import ask_words, decline_words, found_words, recommend_words
from shopwright.assistant.wording.instead import instead_words
from shopwright.assistant.wording.shopfacts import document_words, fact_words
from shopwright.catalog.vocabulary import fold, words
from shopwright.errors import ModelError
from shopwright.skills.context.memory import pack
from shopwright.skills.intent.rules import decide
from shopwright.skills.intent.settle import settle
from shopwright.skills.plan.build import build
from shopwright.skills.plan.execute import execute
from shopwright.skills.reason.split import asides, split
from shopwright.skills.rewrite.contextual import REMEMBERED, self_contained
from shopwright.skills.rewrite.english import CHAT, INJECTION
from shopwright.skills.rewrite.reader import LONGEST, Reader
from shopwright.types import (
    Answer,
    Context,
    Decision,
    Need,
    Product,
    SearchRequest,
    Sentence,
    Span,
    StepResult,
    Strategy,
    Trace,
    Turn,
    TurnEvent,
)

_CANDIDATES = 8


@dataclass(slots=True)
class _Clock:
    origin: float = field(default_factory=time.perf_counter)
    spans: list[Span] = field(default_factory=list)

    @contextmanager
    def span(self, name: str) -> Iterator[dict[str, str]]:
        """Time a step; what is put into the dictionary becomes the span's detail."""
        started, detail = time.perf_counter() - self.origin, dict[str, str]()
        yield detail
        self.spans.append(Span(name, started, time.perf_counter() - self.origin, detail))


class Assistant:
    """Answers messages over one state of a shop's catalogue.

    Args:
        name: the shop's name, as the answers use it.
        reader: of messages, made from the vocabulary of the catalogue that the tools are over.
        remote: the endpoint's reader and writer, if a large model takes part.
    """

    def __init__(
        self, name: str, tools: Tools, reader: Reader, remote: tuple[RemoteReader, RemoteWriter] | None = None
    ) -> None:
        self.name = name
        self.tools = tools
        self.reader = reader
        self.vocabulary = reader.vocabulary
        self.remote = remote

    def stream(self, message: str, session: Session) -> Iterator[TurnEvent]:
        """Answer a message; the last event is `done` with the whole turn, which is stored by then."""
        clock, notes = _Clock(), []
        if len(message) > LONGEST:
            notes.append(f"The message has {len(message):,} characters; the first {LONGEST:,} were read.")
            message = message[:LONGEST]
        with clock.span("context") as detail:
            query = self_contained(message, self._earlier(session), self.reader.lexicon)
            if query != message:
                detail["self_contained"] = query
            context = self._context(query, session)
        with clock.span("rewrite"):
            need, note = self._read(message, context)
        notes += note
        with clock.span("intent"):
            signals = self._signals(message, need, context)
            need = settle(need, context, signals)
            decision = decide(need, signals)
        yield TurnEvent("need", need)
        yield TurnEvent("decision", decision)
        with clock.span("reason"):
            goals = self._goals(need, decision.strategy)
        with clock.span("plan"):
            plan = build(decision.strategy, need, goals)
        yield TurnEvent("plan", plan)
        results: list[StepResult] = []
        offset = time.perf_counter() - clock.origin
        for result in execute(plan, self.tools.all()):
            result = replace(result, started_s=result.started_s + offset, ended_s=result.ended_s + offset)
            clock.spans.append(Span(f"tool:{result.tool}", result.started_s, result.ended_s))
            results.append(result)
            yield TurnEvent("step", result)
        places = {step.id: place for place, step in enumerate(plan.steps)}
        results.sort(key=lambda result: places[result.step])  # whichever ended first, the answer is the same
        notes += [f"{result.tool} failed: {result.error}" for result in results if result.error]
        with clock.span("wording") as detail:
            answer, written, note = self._word(need, decision, goals, results, detail)
        notes += note
        with clock.span("verify"):
            checked = compared(answer.sentences, {fact.id: fact for fact in answer.evidence})
        cited = {key for sentence in checked.kept for key in sentence.citations}
        answer = replace(
            answer,
            sentences=checked.kept,
            evidence=tuple(fact for fact in answer.evidence if fact.id in cited),
            notes=tuple(notes),
        )
        yield from _pieces(answer)
        seconds = time.perf_counter() - clock.origin
        trace = Trace(
            turn_id=secrets.token_hex(8),
            need=need,
            decision=decision,
            plan=plan,
            results=tuple(_slim(result) for result in results),
            spans=tuple(clock.spans),
            removed=(*(written.removed if written else ()), *checked.removed),
            seconds=seconds,
            verdicts=(*(written.verdicts if written else ()), *checked.verdicts),
        )
        turn = Turn(session.id, message, answer, trace)
        session.record(self.tools.store, turn)
        yield TurnEvent("done", turn)

    # ── the steps ──

    def _earlier(self, session: Session) -> list[str]:
        """What the shopper said before, oldest first."""
        if not session.turns:
            return []
        return [orjson.loads(body)["message"] for body in self.tools.store.turns(session.id, REMEMBERED)]

    def _context(self, query: str, session: Session) -> Context:
        page = self.tools.index.search(SearchRequest(query=query[:500], limit=_CANDIDATES))
        found = [hit.id for hit in page.hits]
        return pack(session.shown, session.focus, session.need, session.turns, self.tools.store.products, found)

    def _read(self, message: str, context: Context) -> tuple[Need, list[str]]:
        need = self.reader.read(message, context)
        if self.remote and not INJECTION.search(message):
            try:
                return self.remote[0].read(message, context, need), []
            except ModelError as error:
                return need, [f"The language model did not read this message ({error}); the built-in reader did."]
        return need, []

    def _goals(self, need: Need, strategy: Strategy) -> tuple[Need, ...]:
        if strategy in (Strategy.SEARCH, Strategy.RECOMMEND):
            return split(need, self.reader.read, self.reader.knows)
        return (asides(need, self.reader.read) if strategy is Strategy.ANSWER else ()) or (need,)

    def _signals(self, message: str, need: Need, context: Context) -> dict[str, float]:
        passages = self.tools.documents(message[:500], limit=3).passages
        best = passages[0] if passages else None
        said = {fold(word) for word in words(need.goal)}
        there = {fold(word) for word in words(f"{best.title} {best.field} {best.text}")} if best else set()
        vectors = self.tools.encoder.encode([message[:500], *(product.title for product in context.candidates[:3])])
        product_score = float(max(vectors[1:] @ vectors[0], default=0.0))
        return {
            "document_score": max((passage.score for passage in passages), default=0.0),
            "document_words": len(said & there) / len(said) if said else 0.0,
            "document_guide": float(bool(best and self._is_guide(best.source))),
            "goal_known": float(self.reader.knows(need.product_type or need.goal)),
            "product_score": product_score,
            "department": float(any(name in need.category for name, _ in self.vocabulary.departments)),
            "focus_states": float(bool(context.focus) and states_asked(context.focus[0], need.asks)),
            "shown": float(len(context.shown)),
            "injection": float(bool(INJECTION.search(message))),
            "chat": float(bool(CHAT.match(message)) or not message.strip()),
        }

    def _is_guide(self, document_id: str) -> bool:
        return self.tools.store.document(document_id).kind == "guide"

    def _word(
        self,
        need: Need,
        decision: Decision,
        goals: Sequence[Need],
        results: Sequence[StepResult],
        detail: dict[str, str],
    ) -> tuple[Answer, Verified | None, list[str]]:
        """The answer, what was found of an endpoint's sentences, and what the shopper should know of it."""
        draft = Draft()
        by_step = {result.step: result for result in results if result.error is None}
        self._write(draft, need, decision, goals, by_step)
        instead_words(draft, self.tools.instead, self.tools.store.products)
        answer = draft.answer()
        if not self.remote or not answer.evidence or decision.strategy is Strategy.DECLINE:
            return answer, None, []
        try:
            sentences, note = self._sentences(self.remote[1], need, answer, detail)
            if note:
                return answer, None, [note]
            found = verified(sentences, {fact.id: fact for fact in answer.evidence}, self.tools.judging.verifier)
        except ModelError as error:
            note = f"The language model did not write this answer ({error}); the built-in wording did."
            return answer, None, [note]
        if found.kept:
            return replace(answer, sentences=found.kept), found, _changes(found)
        note = "The language model's wording was not supported by the evidence; the built-in wording stands."
        return answer, found, [note]

    def _sentences(
        self, writer: RemoteWriter, need: Need, answer: Answer, detail: dict[str, str]
    ) -> tuple[tuple[Sentence, ...], str]:
        """What an endpoint says, asked as often as is settled, and why it may not be said where its answers differ."""
        if writer.samples == 1:
            return writer.write(need, answer), ""
        found = sampled(need.text, writer.sample(need, answer), self.tools.judging.judge)
        detail |= {"semantic_entropy": f"{found.agreement.entropy:.2f}", "meanings": found.meanings}
        if found.agrees:
            return found.sentences, ""
        why = f"The language model's answers did not agree with one another ({found.meanings})"
        return (), f"{why}; the built-in wording stands."

    def _write(
        self, draft: Draft, need: Need, decision: Decision, goals: Sequence[Need], by_step: Mapping[str, StepResult]
    ) -> None:
        lookup, words, judging = self.tools.store.products, self.vocabulary, self.tools.judging
        values = {key: result.value for key, result in by_step.items()}
        found = [(goal, values[f"s{i}"]) for i, goal in enumerate(goals, 1) if isinstance(values.get(f"s{i}"), Found)]
        documents = values.get("p1") if isinstance(values.get("p1"), Passages) else None
        if decision.strategy is Strategy.DECLINE:
            decline_words(draft, self.name)
        elif decision.strategy is Strategy.ASK:
            ask_words(draft, need, self.name, words)
        elif decision.strategy is Strategy.COMPARE:
            named = values.get("c1")
            compare_words(draft, self._ordered(named.ids if isinstance(named, Named) else ()))
        elif any(isinstance(value, Facts) for value in values.values()):
            for value in values.values():
                if isinstance(value, Facts):
                    fact_words(draft, need, value, lookup, words)
        elif isinstance(values.get("d1"), Named):
            opinions = {value.product_id: value for value in values.values() if isinstance(value, Opinions)}
            products = self._ordered(values["d1"].ids)
            about_words(draft, need, products, opinions, documents, words, judging, self.tools.contact)
        elif documents is not None:
            found_words(draft, found, lookup, words)
            document_words(draft, need, documents, judging, self.tools.contact)
            if decision.strategy is Strategy.HAND_OVER:
                draft.say("I cannot see or change orders myself; our customer service can.")
        elif decision.strategy is Strategy.RECOMMEND and found:
            guides = values.get("guides")
            recommend_words(draft, found, guides if isinstance(guides, Passages) else None, lookup, words)
        elif found:
            found_words(draft, found, lookup, words)
        else:
            draft.say("I could not look that up just now; please try again in a moment.")

    def _ordered(self, ids: Sequence[str]) -> list[Product]:
        products = self.tools.store.products(list(ids))
        return [products[key] for key in ids if key in products]


def _pieces(answer: Answer) -> Iterator[TurnEvent]:
    for note in answer.notes:
        yield TurnEvent("note", note)
    for sentence in answer.sentences:
        yield TurnEvent("sentence", sentence)
    if answer.table:
        yield TurnEvent("table", answer.table)
    if answer.cards:
        yield TurnEvent("cards", answer.cards)
    if answer.options:
        yield TurnEvent("options", answer.options)


def _changes(found: Verified) -> list[str]:
    """What was done to an endpoint's sentences, for the shopper to know."""
    notes = []
    if found.removed:
        count = len(found.removed)
        told = f"{count} unsupported {'sentence' if count == 1 else 'sentences'} of the language model"
        notes.append(f"{told} {'was' if count == 1 else 'were'} removed.")
    if found.corrected:
        told = f"{found.corrected} {'sentence' if found.corrected == 1 else 'sentences'} of the language model"
        notes.append(f"{told} {'was' if found.corrected == 1 else 'were'} corrected from the evidence.")
    return notes


def _slim(result: StepResult) -> StepResult:
    """A result without its value: what the trace keeps is in the answer's evidence."""
    return replace(result, value=None)
