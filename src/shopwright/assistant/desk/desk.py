"""The dialogue of the service desk: who is it, what do they want, this is what will change, yes, done, next.

    desk = Desk(world, policy)
    reply = desk.reply("I want to cancel order #W1", DeskState())
    reply = desk.reply("me@example.com", reply.state)      # lists what would change: reply.approval
    reply = desk.reply("yes", reply.state)                 # does it, once

What: identification, collecting until an act is complete, one approval for each act, refusals with the policy's own
sentence, handing over. What not: reading (`requests.py`), deciding (`decide.py`). A customer who says more instead of
yes is read again with everything that they said.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence

from shopwright.assistant.desk.clauses import clauses
from shopwright.assistant.desk.decide import decide
from shopwright.assistant.desk.draft import Note
from shopwright.assistant.desk.ground import Ground
from shopwright.assistant.desk.identify import identify, other_person
from shopwright.assistant.desk.inform import answers
from shopwright.assistant.desk.names import Names
from shopwright.assistant.desk.options import schema
from shopwright.assistant.desk.plain import Plain, plain, stem, words
from shopwright.assistant.desk.policy import Policy
from shopwright.assistant.desk.preview import approval
from shopwright.assistant.desk.reader import read
from shopwright.assistant.desk.records import Act, Customer, World
from shopwright.assistant.desk.state import DeskReply, DeskState, key_of
from shopwright.errors import NotFoundError, ToolError
from shopwright.skills.rewrite.acts import begins_with_no, begins_with_yes
from shopwright.types import Approval, Evidence, Sentence
from shopwright.types.conversation import EvidenceKind

_BUT = re.compile(r"\b(?:but|only|except|instead|also|not|wait|actually|change|rather)\b")
_MINE = re.compile(
    r"#\w|\borders?\b|\b(?:i|you)(?: have| just| recently)? (?:bought|received|ordered|got|purchased|returned|paid)\b"
    r"|\bmy (?:refund|parcel|package|delivery|shipping|default|address|return|account|payment)\b|\b(?:arrived"
    r"|delivered)\b"
)
_ABOUT_ORDERS = re.compile(
    r"\b(?:i|we)(?: have)? (?:ordered|bought)\b.*\b(?:arrive|where is|track|deliver(?:y|ed))\b"
    r"|\bwhere is my (?:order|parcel|package|delivery)\b|\btrack(?:ing)?\b.*\b(?:order|parcel|package|number)\b"
    r"|\b(?:status of|check) (?:my|the) orders?\b|#w?\d{5,}|#[a-z]{2}-\d+"
)
_RULES: Mapping[str, str] = {
    "cancel": "cancel",
    "return": "return",
    "swap": "exchange",
    "address": "address",
    "payment": "payment",
}
_CHANGING = re.compile(r"(?:modif|chang|updat|correct|alter|amend|adjust|edit)")
_MOST_RULES = 2
_MANY_NAMES = 400
_LONGEST = 8_000
"""Characters of a message that are read."""
_TRIES = 4


def wants_desk(message: str) -> bool:
    """Whether a message is about the writer's own orders, so that the desk should answer it."""
    text = plain(message).text
    if _ABOUT_ORDERS.search(text):
        return True
    asks = [clause for clause in clauses(text) if clause.verb not in (None, "keep", "human") and not clause.negated]
    return bool(asks) and bool(_MINE.search(text))


class Desk:
    """A service desk over one world under one policy. Holds nothing between messages; safe to share."""

    def __init__(self, world: World, policy: Policy) -> None:
        self.world = world
        self.policy = policy

    def reply(self, message: str, state: DeskState) -> DeskReply:
        """Answer a message; the state that comes back is a new one."""
        turn = _Turn(self.world, self.policy, copy.deepcopy(state))
        turn.answer(message.strip()[:_LONGEST])
        return turn.reply()

    def approve(self, key: str, state: DeskState) -> DeskReply:
        """Do what waits, as a yes does, where it has this key; a key that was done before changes nothing."""
        turn = _Turn(self.world, self.policy, copy.deepcopy(state))
        turn.approve(key)
        return turn.reply()


class _Turn:
    """One message, answered."""

    def __init__(self, world: World, policy: Policy, state: DeskState) -> None:
        self.world = world
        self.policy = policy
        self.state = state
        self.sentences: list[Sentence] = []
        self.evidence: list[Evidence] = []
        self.waiting: Approval | None = None
        self.done: list[Act] = []
        self.refused = 0

    def reply(self) -> DeskReply:
        """What was said and is remembered."""
        return DeskReply(
            tuple(self.sentences), self.state, tuple(self.evidence), self.waiting, tuple(self.done), self.refused
        )

    def answer(self, message: str) -> None:
        """Read a message and say what follows from it."""
        state = self.state
        if state.handed_over:
            self._say("A colleague has your request and will answer it.")
            return
        if state.queue and state.asked == "approval":
            simple = plain(message).text
            if begins_with_yes(simple) and not _BUT.search(simple):
                self._do_first()
                self._next()
                return
            if begins_with_no(simple) and len(simple.split()) <= 6:
                state.queue.pop(0)
                self._say("I leave that as it is.")
                self._next()
                return
        state.said.append(message)
        if state.customer and other_person(self.world, message, state.customer):
            self._say("I can only help you with your own orders, not with another person's.")
            self.refused += 1
            state.said.pop()
            return
        if not state.customer and not self._identified():
            return
        self._plan()

    def approve(self, key: str) -> None:
        """Do what waits under this key."""
        if key in self.state.done:
            self._say("That is done already; it is done once.")
            return
        if not self.state.queue or key_of(self.state.queue[0], len(self.state.done)) != key:
            self._say("Nothing waits under this key. Please ask for the change again.")
            return
        self._do_first()
        self._next()

    # ── who ──

    def _identified(self) -> bool:
        state = self.state
        state.customer = identify(self.world, "\n".join(state.said)) or ""
        if state.customer:
            customer = self.world.customer(state.customer)
            self._say(f"Thank you, {customer.name.split()[0]}, I have found your account.")
            return True
        state.tries += state.asked == "identity"
        if state.tries >= _TRIES:
            self._hand_over("the customer could not be identified")
            return False
        if state.asked != "identity":
            self._rules(state.said[-1])
        again = "I could not find you with that. " if state.asked == "identity" else ""
        self._say(
            f"{again}Please tell me your e-mail address, or your name and zip code, so that I can find your account."
        )
        state.asked = "identity"
        return False

    def _rules(self, message: str) -> None:
        """The policy's sentence for what is wanted, so that whoever only wants to know the rule needs no account."""
        told: list[str] = []
        for clause in clauses(plain(message).text):
            if clause.negated:
                continue
            rule = _RULES.get(str(clause.verb), "")
            rule = "modify" if rule == "exchange" and _CHANGING.match(clause.text) else rule
            if rule in self.policy.why and self.policy.why[rule] not in told[:_MOST_RULES]:
                told.append(self.policy.why[rule])
                source = self.policy.sources.get(rule, self.policy.name)
                self._say(self.policy.why[rule], source, "policy", self.policy.why[rule])
            if len(told) == _MOST_RULES:
                return

    # ── what ──

    def _plan(self) -> None:
        state = self.state
        customer = self.world.customer(state.customer)
        message = "\n".join(state.said)
        names = self._names(customer)
        text = plain(message)
        reading = read(text, names)
        ground = Ground(self.world, customer, reading.tables)
        decision = decide(ground, reading, self.policy, names, message)
        self._inform(plain("\n".join(state.said[state.answered :])), ground, names)
        state.answered = len(state.said)
        self._notes(decision.notes)
        state.queue = [act for act in decision.acts if key_of(act) not in self._performed()]
        if any(note.kind == "hand_over" for note in decision.notes) and not state.queue:
            self._hand_over(next(note.text for note in decision.notes if note.kind == "hand_over"))
            return
        if state.queue:
            self._propose()
        elif any(note.kind == "ask" for note in decision.notes):
            state.asked = "details"
        else:
            if not self.sentences or (len(self.sentences) == 1 and not self.evidence and not decision.notes):
                self._say("What can I do for you? I can look up, cancel, change, return and exchange your orders.")
            state.asked = ""
            if decision.notes or self.evidence:
                self._forget()

    def _performed(self) -> set[str]:
        return set(self.state.done)

    def _names(self, customer: Customer) -> Names:
        """The names of the catalogue, or of what the customer bought where there are too many."""
        known = dict(self.world.product_names())
        lines = [line for number in customer.orders for line in self.world.order(number).lines]
        own = {line.product: line.name for line in lines}
        if len(known) > _MANY_NAMES or not known:
            known = own
        values = set()
        for product in own:
            for value in schema(self.world.variants(product)).values:
                key = [stem(word) for word in words(value.key).split()]
                values.add((stem(words(value.value).split()[-1]) if words(value.value) else "", key[0] if key else ""))
        return Names(known, frozenset(values), {line.item: line.product for line in lines})

    def _inform(self, text: Plain, ground: Ground, names: Names) -> None:
        for sentence, source in answers(text.text, ground, names):
            self._say(sentence, source, "orders")

    def _notes(self, notes: Sequence[Note]) -> None:
        for note in notes:
            match note.kind:
                case "ask":
                    self._say(note.text[:1].upper() + note.text[1:])
                case "hand_over":
                    pass
                case "not_found" if "not yours" in note.text:
                    self.refused += 1
                    self._say("I can only help you with your own orders, and that number is not one of them.")
                case _:
                    self.refused += 1
                    why = self.policy.why.get(note.about, "")
                    source = self.policy.sources.get(note.about, self.policy.name)
                    self._say(f"I cannot do that: {note.text}.", "orders", "orders", note.text)
                    if why:
                        self._say(why, source, "policy", why)

    # ── changes ──

    def _propose(self) -> None:
        state = self.state
        self.waiting = approval(self.world, self.policy, state.queue[0], len(state.done))
        more = len(state.queue) - 1
        rest = f" After that I have {more} more change{'s' if more > 1 else ''} for you." if more else ""
        self._say(f"I would {self.waiting.summary}.", state.queue[0].order, "orders", self.waiting.summary)
        self._say(f"Is this all for this order, and shall I do it (yes or no)?{rest}")
        state.asked = "approval"

    def _do_first(self) -> None:
        state = self.state
        act = state.queue.pop(0)
        key = key_of(act, len(state.done))
        try:
            self.world.perform(act, key)
        except (ToolError, NotFoundError) as error:
            self.refused += 1
            self._say(f"That could not be done: {error}. Nothing has changed.")
            return
        state.done.append(key)
        self.done.append(act)
        self._say("Done.", act.order, "orders", f"{act.kind} of {act.order or 'the account'}")

    def _next(self) -> None:
        if self.state.queue:
            self._propose()
            return
        self.state.asked = ""
        self._forget()
        self._say("Is there anything else?")

    def _forget(self) -> None:
        self.state.said = []
        self.state.answered = 0

    def _hand_over(self, reason: str) -> None:
        act = Act("hand_over", self.state.customer, reason=reason[:500])
        self.world.perform(act, key_of(act, len(self.state.done)))
        self.done.append(act)
        self.state.handed_over = True
        self._say("I hand you over to a colleague, who will see to it.")

    def _say(self, text: str, source: str = "", field: str = "", fact: str = "") -> None:
        if not source:
            self.sentences.append(Sentence(text))
            return
        number = f"d{len(self.evidence) + 1}"
        kind: EvidenceKind = "document" if field == "policy" else "order"
        self.evidence.append(Evidence(number, kind, source, fact or text, field, source))
        self.sentences.append(Sentence(text, (number,)))
