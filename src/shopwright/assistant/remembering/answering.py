"""Answers about the memory itself: what is known, what was said, what was shown, and forgetting it.

Everything that is told cites the turn that it comes from. What is to be forgotten is forgotten before the answer is
written, and the message that asked for it is not kept either: it may name what it wants gone.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from shopwright.assistant.remembering.remembering import Remembering
from shopwright.assistant.session import Session
from shopwright.assistant.tools import Tools
from shopwright.assistant.wording.draft import Draft
from shopwright.catalog.vocabulary import fold, words
from shopwright.skills.context.asks import MemoryAsk
from shopwright.skills.context.ordinals import asked_episode
from shopwright.types import SHOPPER, Answer, Preference, Utterance

FORGOTTEN = "(asked to forget)"
"""What is kept of a message that had something forgotten."""
_QUOTED, _SURE = 3, 0.5
_SHOWN = re.compile(
    r"\b(?:you|we|i)(?:['’]?d|['’]?ve| had| have| did| just| first| already)* "
    r"(?:show|shown|showed|recommend|recommended|suggest|suggested|offer|offered|looked? at|saw|seen|liked?)\b",
    re.IGNORECASE,
)
_OURS = re.compile(
    r"\b(?:you|we)(?:['’]?d|['’]?ve| had| have| did)? (?:say|said|tell|told|promised?|talked)\b", re.IGNORECASE
)


class Answering:
    """Answers about one shop's memory.

    Args:
        remembering: the memory.
        tools: of the shop, for the products that were shown.
    """

    def __init__(self, remembering: Remembering, tools: Tools) -> None:
        self._memory = remembering
        self._tools = tools

    def reply(self, ask: MemoryAsk, message: str, session: Session) -> Answer:
        """The answer to what is asked of the memory; what is to be forgotten is gone by then."""
        draft = Draft()
        match ask.kind:
            case "forget_last" | "forget_session" | "forget_shopper" | "forget" | "stop":
                self._forget(draft, ask, session)
            case "remember":
                self._remember(draft, ask, message, session)
            case "profile" | "export":
                self._known(draft, session)
                if ask.kind == "export":
                    draft.say("“What I remember” on this page has all of it as a file.")
            case "recall":
                self._recall(draft, ask.subject or message, message, session)
        return draft.answer()

    # ── telling ──

    def _known(self, draft: Draft, session: Session) -> None:
        """What is known of the shopper."""
        known = self._memory.known(session)
        if not known:
            draft.say("You have told me nothing about yourself that I keep.")
        for each in known:
            quoted = f" You said: “{each.quote}”." if each.quote else ""
            draft.say(f"{_about(each)}{quoted}", _cited(draft, each))
        if known and not self._memory.keeps(session):
            draft.say("I keep this for this conversation only.")

    def _recall(self, draft: Draft, subject: str, message: str, session: Session) -> None:
        """A subject by its place, products that were shown, or what was said about something."""
        with self._memory.conversations.opened(session.id) as recall:
            episode = asked_episode(message, recall.episodes())
            sure = recall.answerable(subject)
            found = recall.search(subject, limit=_QUOTED, speakers=None if _OURS.search(message) else (SHOPPER,))
        if episode is not None:
            key = draft.cite("conversation", f"{session.id}:{episode.first}", episode.title, "subject")
            draft.say(f"That was “{episode.title}”.", key)
        elif _SHOWN.search(message):
            self._shown(draft, message, session)
        elif not found or sure < _SURE:
            draft.say("I find nothing about that in our conversation.")
        else:
            said = found[0].utterance
            key = draft.cite("conversation", f"{session.id}:{said.turn}", said.text, "said", _when(said))
            draft.say(f"{_when(said)} {'you' if said.speaker == SHOPPER else 'I'} said: “{said.text}”", key)

    def _shown(self, draft: Draft, message: str, session: Session) -> None:
        """Products that were shown earlier."""
        found = self._memory.shown(message, session, self._tools)
        if not found:
            draft.say("I find no such product among those that I showed you in this conversation.")
            return
        for product, said in found:
            key = draft.cite("conversation", f"{session.id}:{said.turn}", said.text, "shown", _when(said))
            draft.say(f"{_when(said)} I showed you the {product.title}.", key)
            draft.show(product)

    # ── keeping and forgetting ──

    def _remember(self, draft: Draft, ask: MemoryAsk, message: str, session: Session) -> None:
        """Keep what the message says about the shopper; to ask for that in words is consent."""
        heard = self._memory.notice(message, session, asked=bool(ask.subject))
        if not heard:
            draft.say("I will keep it in mind: our conversation is stored, and you can ask me for it later.")
        for each in heard:
            draft.say(_about(each), _cited(draft, each))
        if heard:
            lasts = "for your next visits, until you tell me to forget it" if self._memory.keeps(session) else ""
            draft.say(f"I keep this {lasts or 'for this conversation'}.")

    def _forget(self, draft: Draft, ask: MemoryAsk, session: Session) -> None:
        """Forget all of it, this conversation, its last turn, or what is about something."""
        match ask.kind:
            case "forget_shopper" | "stop" if session.shopper:
                self._memory.forget_shopper(session, conversations=ask.kind == "forget_shopper")
                draft.say("I have deleted what I kept about you, and keep nothing more.")
            case "forget_session" | "forget_shopper" | "stop":
                self._memory.forget_turns(session, 0)
                draft.say("I have forgotten our conversation: what you told me is deleted.")
            case "forget_last":
                self._memory.forget_turns(session, session.turns - 1)
                draft.say("I have forgotten the last thing you said.")
            case _:
                asked = {fold(word) for word in words(ask.subject)}
                gone = [each for each in self._memory.known(session) if _matches(each, asked)]
                for each in gone:
                    self._memory.forget(each, session)
                count = f"{len(gone)} things" if len(gone) > 1 else "it"
                draft.say(f"I have forgotten {count}." if gone else "I find nothing like that among what you told me.")


def _about(each: Preference) -> str:
    names = {
        "like": "You like",
        "dislike": "You do not like",
        "allergy": "You are allergic to",
        "person": "Somebody you shop for:",
    }
    return f"{names.get(each.kind, each.kind.capitalize() + ':')} {each.value}."


def _cited(draft: Draft, each: Preference) -> str:
    said = f"{each.quote} ({each.value})".strip()
    return draft.cite("conversation", f"{each.session_id}:{each.turn}", said, each.kind)


def _matches(each: Preference, asked: set[str]) -> bool:
    return bool(asked & {fold(word) for word in words(f"{each.kind} {each.value}")})


def _when(said: Utterance) -> str:
    return f"On {datetime.fromtimestamp(said.at, UTC):%-d %B}"
