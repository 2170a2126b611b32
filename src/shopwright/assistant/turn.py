"""One turn of conversation, in the order of the house:

    context -> rewrite -> intent -> reason -> plan -> (tools) -> evidence and wording -> verify -> the stored trace

Each step is a function of typed values and is timed. With an endpoint the reading and the sentences may come from a
large model; everything else is the same code, and when the endpoint fails the embedded path goes on with a visible
note.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import orjson

from shopwright.assistant.planning import Chosen, Planning
from shopwright.assistant.remembering.answering import FORGOTTEN, Answering
from shopwright.assistant.remembering.applying import applied
from shopwright.assistant.remembering.remembering import Remembering
from shopwright.assistant.remembering.shown import says_earlier
from shopwright.assistant.remote import RemoteReader, RemoteWriter
from shopwright.assistant.serving import Service
from shopwright.assistant.session import Session
from shopwright.assistant.strategy.looking import Behaviour, Looking
from shopwright.assistant.strategy.narrowing import Narrowing
from shopwright.assistant.strategy.policies import RulePolicy, StrategyPolicy
from shopwright.assistant.strategy.situation import Candidates, Situation, within
from shopwright.assistant.suggesting import Idea, Suggesting
from shopwright.assistant.thinking import CommonSense
from shopwright.assistant.toolbox import Toolbox
from shopwright.assistant.verifying import Verified, changes, compared, sampled, verified
from shopwright.assistant.wording.beyond import aside_words, ideas_words, no_ideas_words
from shopwright.assistant.writing import Scene, Writer
from shopwright.catalog.acts import Acts
from shopwright.catalog.events.decisions import Decisions
from shopwright.errors import ModelError, StoreError
from shopwright.models.onnx_files import WEIGHTS
from shopwright.skills.context.asks import MemoryAsk
from shopwright.skills.context.compression import compress
from shopwright.skills.context.memory import pack
from shopwright.skills.context.state import rejects
from shopwright.skills.intent.ideas import silences, speaks_of_ideas
from shopwright.skills.plan.approvals import KeptLedger
from shopwright.skills.plan.execute import Options, execute
from shopwright.skills.plan.tool import Tool
from shopwright.skills.reason.sides import sides
from shopwright.skills.reason.split import asides, split
from shopwright.skills.reason.subgoals import Reasoned
from shopwright.skills.reason.wishes import refuses
from shopwright.skills.rewrite.acts import answers_yes
from shopwright.skills.rewrite.contextual import REMEMBERED, self_contained
from shopwright.skills.rewrite.english import INJECTION
from shopwright.skills.rewrite.reader import LONGEST, Reader
from shopwright.types import (
    Answer,
    Context,
    Decision,
    Filter,
    Need,
    Plan,
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

logger = logging.getLogger(__name__)

DESK, MEMORY, BEYOND = "desk", "memory", "beyond"
"""The policy's name where the service desk answers, where the memory does, and for what goes beyond a wish."""
_THINKS = (Strategy.RECOMMEND, Strategy.BUNDLE)
"""Strategies that think of what is needed."""
_CANDIDATES, _LOOKED_AT = 8, 30


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


@dataclass(frozen=True, slots=True)
class _Made:
    """What came of a turn before it was checked."""

    answer: Answer
    plan: Plan
    results: tuple[StepResult, ...]
    written: Verified | None = None


class Assistant:
    """Answers messages over one state of a shop's catalogue.

    Args:
        name: the shop's name, as the answers use it.
        reader: of messages, made from the vocabulary of the catalogue that the tools are over.
        remote: the endpoint's reader and writer, if a large model takes part.
        sense: common sense, which thinks through what a vague wish needs.
        service: the desk that sees to orders, where the shop has customers.
        planning: chooses the plans; the rules and the shipped planner when None.
        remembering: the memory of conversations and of shoppers; without it only the last turn is known.
        policy: picks the strategies; the rules when None.
        behaviour: what the clicks of a visit tell.
        suggesting: thinks of what a shopper does not name; without it nothing is suggested.
    """

    def __init__(
        self,
        name: str,
        toolbox: Toolbox,
        reader: Reader,
        remote: tuple[RemoteReader, RemoteWriter] | None = None,
        sense: CommonSense | None = None,
        service: Service | None = None,
        planning: Planning | None = None,
        remembering: Remembering | None = None,
        policy: StrategyPolicy | None = None,
        behaviour: Behaviour | None = None,
        suggesting: Suggesting | None = None,
    ) -> None:
        self.name = name
        self.toolbox = toolbox
        self.tools = toolbox.tools
        self.reader = reader
        self.vocabulary = reader.vocabulary
        self.remote = remote
        self.sense = sense
        self.service = service
        self.planning = planning or Planning(WEIGHTS)
        self.remembering = remembering
        self.answering = Answering(remembering, toolbox.tools) if remembering else None
        self.policy = policy or RulePolicy()
        self.suggesting = suggesting
        self.looking = Looking(self.tools, reader, sense is not None, service is not None, behaviour)
        self.writer = Writer(name, self.tools, self.vocabulary)

    def stream(self, message: str, session: Session) -> Iterator[TurnEvent]:
        """Answer a message; the last event is `done` with the whole turn, which is stored by then."""
        clock, notes = _Clock(), []
        if len(message) > LONGEST:
            notes.append(f"The message has {len(message):,} characters; a summary of {LONGEST:,} was read.")
            end = message[-LONGEST // 8 :]  # what is wanted mostly comes last
            message = compress(message, end, tokens=LONGEST, count=len, protect="budget").text
        agreed = answers_yes(message) if session.pending else None
        asked = self.remembering.asked(message, session) if self.remembering and agreed is None else None
        session.pending = session.pending if agreed is not None else None  # who says something else wants it no more
        heard = self.suggesting.heard(message, session) if self.suggesting and agreed is None else message
        with clock.span("context") as detail:
            query = self_contained(heard, self._earlier(session), self.reader.lexicon)
            if query != heard:
                detail["self_contained"] = query
            context = self._context(query, session, message)
            if packed := context.packed:
                recalled = " ".join(key for piece in packed.pieces if piece.role == "recalled" for key in piece.cites)
                detail |= {"prompt_tokens": f"{packed.tokens} of {packed.budget}", "recalled": recalled}
        with clock.span("rewrite"):
            settled = asked is not None or agreed is not None
            narrowed = session.question.answered(message) if session.question and not settled else None
            session.question, session.just_asked = None, narrowed is not None
            need, note = (narrowed or Need(message), []) if settled or narrowed else self._read(heard, context)
            need = need if settled or narrowed else self._pointed(need, session)
        notes += note
        ideas = self._ideas(need, context, session, clock) if asked is None and agreed is None else None
        with clock.span("intent"):
            need, decision, situation = self._decide(need, context, session, agreed, asked, ideas)
            need, note = self._applied(need, decision, context, session)
        notes += note
        yield TurnEvent("need", need)
        yield TurnEvent("decision", decision)
        if asked and self.answering:
            with clock.span("recall"):
                made = _Made(self.answering.reply(asked, message, session), Plan(), ())
            if asked.kind.startswith(("forget", "stop")):
                message, need = FORGOTTEN, Need(FORGOTTEN)
        elif ideas is not None:
            told = ideas_words(ideas, self.tools.store.products) if ideas else None
            made = _Made(told or no_ideas_words(quiet=bool(silences(message))), Plan(), ())
        elif self.service and _at_desk(need, decision, situation):
            made = yield from self._serve(self.service, message, session, clock)
        else:
            made = yield from self._work(need, decision, session, agreed, clock, notes)
            made = self._beyond(made, need, decision, session, clock)
        with clock.span("verify"):
            checked = compared(made.answer.sentences, {fact.id: fact for fact in made.answer.evidence})
        cited = {key for sentence in checked.kept for key in sentence.citations}
        answer = replace(
            made.answer,
            sentences=checked.kept,
            evidence=tuple(fact for fact in made.answer.evidence if fact.id in cited),
            notes=tuple(notes),
        )
        yield from _pieces(answer)
        written = made.written
        trace = Trace(
            turn_id=secrets.token_hex(8),
            need=need,
            decision=decision,
            plan=made.plan,
            results=tuple(_slim(result) for result in made.results),
            spans=tuple(clock.spans),
            removed=(*(written.removed if written else ()), *checked.removed),
            seconds=time.perf_counter() - clock.origin,
            verdicts=(*(written.verdicts if written else ()), *checked.verdicts),
        )
        turn = Turn(session.id, message, answer, trace)
        stored = session.record(self.tools.store, turn)
        if stored and situation:
            self._log(session, decision, situation)
        yield TurnEvent("done", turn)
        if self.remembering and stored:
            self.remembering.take(session, turn)

    # ── the ways to an answer ──

    def _serve(
        self, service: Service, message: str, session: Session, clock: _Clock
    ) -> Generator[TurnEvent, None, _Made]:
        """The service desk answers."""
        with clock.span("plan"):
            answer, session.desk, plan, results = service.reply(message, session.desk)
        yield TurnEvent("plan", plan)
        for result in results:
            yield TurnEvent("step", result)
        return _Made(answer, plan, results)

    def _work(
        self, need: Need, decision: Decision, session: Session, agreed: bool | None, clock: _Clock, notes: list[str]
    ) -> Generator[TurnEvent, None, _Made]:
        """Think the need through, plan, run the plan, write."""
        with clock.span("reason") as detail:
            goals, reasoned, note = self._goals(need, decision.strategy, session)
            notes += note
            if reasoned:
                detail["chains"] = "; ".join(str(goal.chain) for goal in reasoned.goals)
        with clock.span("plan"):
            chosen, options = self._plan(need, decision, goals, session, agreed, reasoned)
            plan = chosen.plan
        notes += chosen.notes
        yield TurnEvent("plan", plan)
        results: list[StepResult] = []
        offset = time.perf_counter() - clock.origin
        for result in execute(plan, self._tools(session), **options):
            result = replace(result, started_s=result.started_s + offset, ended_s=result.ended_s + offset)
            clock.spans.append(Span(f"tool:{result.tool}", result.started_s, result.ended_s))
            results.append(result)
            yield TurnEvent("step", result)
        places = {step.id: place for place, step in enumerate(plan.steps)}
        results.sort(key=lambda result: places[result.step])  # whichever ended first, the answer is the same
        notes += [f"{result.tool} failed: {result.error}" for result in results if result.status == "failed"]
        with clock.span("wording") as detail:
            made = plan if chosen.planned else None
            scene = Scene(need, decision, goals, results, agreed, reasoned, made, session.question)
            answer, written, note = self._word(scene, detail)
        notes += note
        return _Made(answer, plan, tuple(results), written)

    # ── what nobody asked for by name ──

    def _ideas(self, need: Need, context: Context, session: Session, clock: _Clock) -> tuple[Idea, ...] | None:
        """Ideas for a message that asks for some, () where it wants none or none are left; else None."""
        if self.suggesting is None or not speaks_of_ideas(need.text) or INJECTION.search(need.text):
            return None
        if self.service and self.service.takes(need, session.desk):
            return None
        with clock.span("recommend") as detail:
            need, _ = self._applied(need, Decision(Strategy.RECOMMEND), context, session)
            ideas = self.suggesting.asked(need, session)
            detail["chains"] = "; ".join(map(str, ideas or ()))
        return ideas

    def _beyond(self, made: _Made, need: Need, decision: Decision, session: Session, clock: _Clock) -> _Made:
        """The answer with a suggestion at its end, where a strong one suits it."""
        if self.suggesting is None or decision.strategy not in (Strategy.SEARCH, Strategy.RECOMMEND):
            return made
        with clock.span("recommend") as detail:
            idea = self.suggesting.closing(need, session, made.answer)
            detail["chains"] = str(idea or "")
        return replace(made, answer=aside_words(made.answer, idea)) if idea else made

    # ── the steps ──

    def _earlier(self, session: Session) -> list[str]:
        """What the shopper said before, oldest first."""
        if not session.turns:
            return []
        return [orjson.loads(body)["message"] for body in self.tools.store.turns(session.id, REMEMBERED)]

    def _context(self, query: str, session: Session, message: str) -> Context:
        page = self.tools.index.search(SearchRequest(query=query[:500], limit=_CANDIDATES))
        found = [hit.id for hit in page.hits]
        lookup = self.tools.store.products
        context = pack(session.shown, session.focus, session.need, session.turns, lookup, found)
        if self.remembering is None:
            return context
        return replace(context, packed=self.remembering.packed(message, session)) if self.remote else context

    def _read(self, message: str, context: Context) -> tuple[Need, list[str]]:
        need = self.reader.read(message, context)
        if self.remote and not INJECTION.search(message):
            try:
                return self.remote[0].read(message, context, need), []
            except ModelError as error:
                return need, [f"The language model did not read this message ({error}); the built-in reader did."]
        return need, []

    def _pointed(self, need: Need, session: Session) -> Need:
        """The need with the products of earlier turns that it means; the last one again where it turns some down."""
        if self.remembering is None:
            return need
        if rejects(need):
            session.state = session.state.turned_down(need.references, session.turns)
            return replace(session.need, text=need.text, follow_up=True) if session.need else need
        if need.references or not says_earlier(need.text):
            return self.suggesting.meant(need, session) if self.suggesting and not need.references else need
        found = self.remembering.shown(need.text, session, self.tools)
        return replace(need, references=(found[0][0].id,), follow_up=True) if found else need

    def _applied(self, need: Need, decision: Decision, context: Context, session: Session) -> tuple[Need, list[str]]:
        """A need that looks for goods, with what is known of the shopper, and what the shopper should know of it."""
        looks = decision.strategy in (Strategy.SEARCH, Strategy.BROWSE, *_THINKS)
        known = self.remembering.known(session) if self.remembering and looks else ()
        if not known:
            return need, []

        def goods(need: Need, *conditions: Filter) -> list[Product]:
            filters = (*need.filters, *conditions)
            page = self.tools.index.search(SearchRequest(query=need.goal, filters=filters, limit=_LOOKED_AT))
            return list(self.tools.store.products([hit.id for hit in page.hits]).values())

        path = context.candidates[0].category if context.candidates else ()
        return applied(need, known, path, self.vocabulary, self.tools.encoder, goods)

    def _decide(
        self,
        need: Need,
        context: Context,
        session: Session,
        agreed: bool | None,
        asked: MemoryAsk | None,
        ideas: Sequence[Idea] | None,
    ) -> tuple[Need, Decision, Situation | None]:
        """The need as retrieval settles it, who answers it how, and what a policy decided this from, where one did."""
        if ideas is not None:
            reason = "asks for what few think of" if ideas else "nothing is to be suggested"
            strategy = Strategy.RECOMMEND if ideas else Strategy.SERVE
            return replace(need, references=()), Decision(strategy, policy=BEYOND, reason=reason), None
        if asked is not None:
            return need, Decision(Strategy.SERVE, policy=MEMORY, reason="about what was said before"), None
        if agreed is not None:
            return need, Decision(Strategy.SERVE, reason="an answer to what was asked for approval"), None
        if self.service and not INJECTION.search(need.text) and self.service.takes(need, session.desk):
            return need, Decision(Strategy.SERVE, policy=DESK, reason="about the shopper's own orders"), None
        known = len(self.remembering.known(session)) if self.remembering else 0
        need, situation = self.looking.look(need, context, session, known)
        decision = self.policy.decide(situation)
        need = self._narrowed(need, decision, situation.candidates, session)
        return need, decision, situation

    def _narrowed(self, need: Need, decision: Decision, candidates: Candidates, session: Session) -> Need:
        """The need in the part of the shop that is looked at; what can be tapped next goes into the session."""
        if decision.strategy is Strategy.ASK and candidates.question:
            session.question = Narrowing.asking(need, candidates.question)
        if decision.strategy is Strategy.BROWSE and candidates.part:
            need = within(need, candidates.part)
            session.question = Narrowing(need, self.looking.branches(need))
        return need

    def _log(self, session: Session, decision: Decision, situation: Situation) -> None:
        """Keep the decision for whoever learns from it; the turn is answered without that too."""
        try:
            Decisions(self.tools.store).add(session.id, session.turns - 1, decision, situation.logged)
        except StoreError as error:
            logger.warning("a decision was not kept: %s", error)

    def _plan(
        self,
        need: Need,
        decision: Decision,
        goals: Sequence[Need],
        session: Session,
        agreed: bool | None,
        reasoned: Reasoned | None,
    ) -> tuple[Chosen, Options]:
        """The calls to make, or those that waited for a yes."""
        options: Options = {"ledger": KeptLedger(Acts(self.tools.store)), "scope": session.scope}
        if agreed is None or session.pending is None:
            tools = self._tools(session)
            return self.planning.choose(need, decision, goals, tools, bool(reasoned and reasoned.goals)), options
        if not agreed:
            return Chosen(Plan()), options
        options["approved"] = [session.pending.approvals[0].key]
        options["earlier"], options["scope"] = session.pending.results(), session.pending.scope
        return Chosen(session.pending.plan()), options

    def _tools(self, session: Session) -> dict[str, Tool]:
        """The tools as this conversation has them."""
        customer = session.desk.customer if session.desk else ""
        return self.toolbox.of(session.id, customer, session.state.rejected_ids)

    def _goals(
        self, need: Need, strategy: Strategy, session: Session
    ) -> tuple[tuple[Need, ...], Reasoned | None, list[str]]:
        """What is to be looked for, and how it was thought of where the message does not name it."""
        if strategy is Strategy.COMPARE and len(need.references) < 2:
            return sides(need, self.reader.read) or (need,), None, []
        if strategy is not Strategy.SEARCH and strategy not in _THINKS:
            return ((asides(need, self.reader.read) if strategy is Strategy.ANSWER else ()) or (need,)), None, []
        goals = split(need, self.reader.read, self.reader.knows)
        personal = need.recipient or need.occasion
        if self.sense is None or not (strategy in _THINKS or personal):
            return goals, None, []
        denied = [message for message in self._earlier(session) if refuses(message)]
        reasoned, note = self.sense.goals(need, denied)
        notes = [note] if note else []
        if not reasoned.goals or strategy not in _THINKS:
            contradicts = Reasoned(conflicts=reasoned.conflicts) if reasoned.conflicts else None
            return goals, contradicts, notes
        return tuple(replace(goal.need, goal=goal.query or goal.name) for goal in reasoned.goals), reasoned, notes

    def _word(self, scene: Scene, detail: dict[str, str]) -> tuple[Answer, Verified | None, list[str]]:
        """The answer, what was found of an endpoint's sentences, and what the shopper should know of it."""
        answer, need = self.writer.write(scene), scene.need
        own = scene.decision.strategy in (Strategy.DECLINE, Strategy.SERVE) or answer.approval
        if not self.remote or not answer.evidence or own:
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
            return replace(answer, sentences=found.kept), found, changes(found)
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


def _at_desk(need: Need, decision: Decision, situation: Situation | None) -> bool:
    """Whether the service desk answers: it takes the message, or a policy leaves it to the desk."""
    left = situation is not None and not any(ask.startswith("cart:") for ask in need.asks)
    return decision.policy == DESK or (decision.strategy is Strategy.SERVE and left)


def _pieces(answer: Answer) -> Iterator[TurnEvent]:
    for note in answer.notes:
        yield TurnEvent("note", note)
    for sentence in answer.sentences:
        yield TurnEvent("sentence", sentence)
    if answer.table:
        yield TurnEvent("table", answer.table)
    if answer.bill:
        yield TurnEvent("bill", answer.bill)
    if answer.approval:
        yield TurnEvent("approval", answer.approval)
    if answer.cards:
        yield TurnEvent("cards", answer.cards)
    if answer.options:
        yield TurnEvent("options", answer.options)


def _slim(result: StepResult) -> StepResult:
    """A result without its value: what the trace keeps is in the answer's evidence."""
    return replace(result, value=None)
