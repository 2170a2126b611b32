"""What a turn takes from the time before it, and what it leaves behind: the memory as the conversation uses it.

What a shopper says about themselves counts for the rest of the conversation. It outlasts the conversation only in a
profile, with the shopper's id and consent (`catalog/profile.py`). A prompt for a language model is packed inside the
merchant's budget (`packed`); without a language model nothing is packed.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace

from shopwright.assistant.remembering.conversations import Conversations
from shopwright.assistant.remembering.counting import count_tokens
from shopwright.assistant.remembering.shown import find_shown
from shopwright.assistant.session import Session
from shopwright.assistant.tools import Tools
from shopwright.catalog.profile import Profiles, preference_id
from shopwright.catalog.vocabulary import words
from shopwright.skills.context.asks import MemoryAsk, find_ask
from shopwright.skills.context.packing import Material, pack_prompt
from shopwright.skills.context.preferences import find_preferences
from shopwright.skills.context.state import Noted, subject_key
from shopwright.types import Packed, Preference, Product, Turn, Utterance

WINDOW = 64
"""Turns from which the end of a conversation is packed."""
_RECALLED = 24
_TELLS = re.compile(r"\W*(?:(?:and|but|also|by the way|just so you know|oh)\b\W*)*(?:i|we|my|our)\b", re.IGNORECASE)
_WISHES = re.compile(
    r"\?|\b(?:(?:i|we)(?:['’]?d| would) like|want|need|look(?:ing)? for|search(?:ing)?|show|find|buy|get|gift|present|"
    r"recommend|suggest)\b",
    re.IGNORECASE,
)
"""What a message that only tells something about the shopper begins with, and what it does not have."""


@dataclass(frozen=True, slots=True)
class Remembering:
    """The memory of one shop.

    Args:
        conversations: what was said.
        profiles: what shoppers let the shop keep about them.
        prompt_tokens: the budget of a language model's prompt.
    """

    conversations: Conversations
    profiles: Profiles
    prompt_tokens: int

    def asked(self, message: str, session: Session) -> MemoryAsk | None:
        """What a message asks of the memory; one that says nothing but what suits the shopper asks to remember it."""
        if asked := find_ask(message):
            return None if asked.kind == "remember" and _WISHES.search(asked.subject) else asked
        if not _TELLS.match(message) or _WISHES.search(message):
            return None
        heard = self.notice(message, session)
        rest = message
        for each in heard:
            rest = rest.replace(each.quote, " ")
        return MemoryAsk("remember") if heard and not words(rest) else None

    def notice(self, message: str, session: Session, asked: bool = False) -> list[Preference]:
        """Take in what a message says about the shopper; into the profile where they agreed to that.

        Args:
            asked: whether the message asks to remember it, which is consent.
        """
        now = time.time()
        found = find_preferences(message, session.id, session.turns, now)
        if found:
            session.state = session.state.heard(found)
            if asked and session.shopper and not self.keeps(session):
                self.profiles.give_consent(session.shopper, now)
            if self.keeps(session):
                for each in found:
                    self.profiles.keep(session.shopper, each)
        return found

    def keeps(self, session: Session) -> bool:
        """Whether what is said outlasts the conversation: somebody known agreed to it."""
        return bool(session.shopper) and self.profiles.consent(session.shopper) is not None

    def forget_turns(self, session: Session, first: int, last: int | None = None) -> None:
        """Forget turns of a conversation, up to its end without `last`, and what it carried over from them."""
        if session.turns > first >= 0:
            self.conversations.forget(session.id, first, session.turns - 1 if last is None else last)
        session.restore(self.conversations.store)

    def forget_shopper(self, session: Session, conversations: bool) -> None:
        """Delete the profile and the consent of whoever talks, and on request all that they ever said."""
        if conversations:
            others = [key for key in self.conversations.memory.sessions(session.shopper) if key != session.id]
            for key in others:
                self.conversations.memory.forget_session(key)
            self.forget_turns(session, 0)
        self.profiles.withdraw_consent(session.shopper)

    def forget(self, preference: Preference, session: Session) -> None:
        """Forget something that is known, and the turn that said it; what else it said is known on without words."""
        place = (preference.session_id, preference.turn)
        same = [each for each in self.known(session) if (each.session_id, each.turn) == place]
        kept = [replace(each, quote="") for each in same if subject_key(each) != subject_key(preference)]
        if session.shopper:
            self.profiles.forget_preference(preference_id(session.shopper, preference))
        if preference.session_id == session.id:
            self.forget_turns(session, preference.turn, preference.turn)
            session.state = session.state.heard(kept)
        else:
            self.conversations.forget(preference.session_id, preference.turn, preference.turn)
        if self.keeps(session):
            for each in kept:
                self.profiles.keep(session.shopper, each)

    def known(self, session: Session) -> tuple[Preference, ...]:
        """What is known of the shopper; what was said in this conversation stands over the profile."""
        said = {subject_key(each): each for each in session.state.preferences}
        if session.shopper:
            for each in self.profiles.preferences(session.shopper, time.time()).values():
                said.setdefault(subject_key(each), each)
        return tuple(said.values())

    def packed(self, message: str, session: Session, cart: tuple[str, ...] = ()) -> Packed:
        """The conversation so far for a language model that reads this message.

        Args:
            cart: titles of what is in it.
        """
        recent = tuple(self.conversations.last(session.id, WINDOW))
        with self.conversations.opened(session.id) as recall:
            found = tuple(recall.search(message, limit=_RECALLED))
        material = Material(message, "", self.known(session), recent, found, _state(session, cart), session.since)
        packed = pack_prompt(material, self.prompt_tokens, count_tokens)
        session.since = packed.since
        return packed

    def shown(self, message: str, session: Session, tools: Tools) -> list[tuple[Product, Utterance]]:
        """Products of earlier turns that a message means, each with the turn that showed it; see `find_shown`."""
        with self.conversations.opened(session.id) as recall:
            return find_shown(recall, message, tools.store.products, tools.encoder)

    def take(self, session: Session, turn: Turn) -> None:
        """Store what was said in the turn that just ended."""
        self.conversations.take(session.id, session.turns - 1, turn)


def _state(session: Session, cart: tuple[str, ...]) -> tuple[Noted, ...]:
    """What holds, a line each, the most recent last."""
    state = session.state
    lines = [Noted(f"looked for: {note.text}", note.turn) for note in state.wishes]
    lines += [Noted(f"turned down: {note.text}", note.turn) for note in state.rejected]
    lines += [Noted(f"promised: {note.text}", note.turn) for note in state.promises]
    lines.sort(key=lambda note: note.turn)
    now = session.turns
    if cart:
        lines.append(Noted(f"in the cart: {'; '.join(cart)}", now))
    if session.pending:
        lines.append(Noted(f"waits for a yes: {session.pending.approvals[0].tool}", now))
    return tuple(lines)
