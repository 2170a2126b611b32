"""Messages about the memory itself: to forget, to remember, or what was said before.

    find_ask("please forget my shoe size")            # MemoryAsk("forget", "shoe size")
    find_ask("forget the tent, show me stoves")       # None: goods are dropped, nothing is to be forgotten

What is meant has to be something that was told ("what I said", "that I ...", "my size", "my data"); of goods, orders,
carts and passwords other parts decide. The first sentence that asks counts. Rules in English.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

AskKind = Literal[
    "forget_last", "forget_session", "forget_shopper", "forget", "stop", "remember", "profile", "export", "recall"
]
"""What was said last; this conversation; all there is; one subject; keep nothing more (consent is withdrawn); keep what
is said; what is known of me; all of it as a file; what was said or shown before."""

_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class MemoryAsk:
    """What a message asks of the memory.

    Args:
        kind: see `AskKind`.
        subject: about what: "shoe size", "the tent you showed me first"; "" where the kind says all.
    """

    kind: AskKind
    subject: str = ""


_PARTS = {
    "please": r"^(?:<lead>[,!.:]* )*<polite>?(?:please |just )*",
    "lead": r"(?:ok(?:ay)?|hi|hello|hey|well|no|wait|actually|also|and|but|so|oh|now|sorry|thanks?|then|please)",
    "polite": r"(?:(?:can|could|will) you |I(?:'d| would)? (?:like|want|need) (?:you )?to |you (?:can|should|may) )",
    "drop": r"(?:forget|delete|erase|wipe|remove|clear|unlearn|discard|drop)(?: about)?",
    "told": r"(?:told|said|tell|say|mentioned|mention|wrote|typed|asked|shared)",
    "said": r"(?:I|we)(?:'ve| have)?(?: just| ever)? <told>",
    "all": r"(?:all of |all )?(?:everything|anything|all|what|whatever|the (?:things?|stuff))(?: that| of what)?",
    "size": r"(?:(?:shoe|foot|clothing|clothes|dress|shirt|trouser|ring|waist|glove|hat|bra) )?sizes?",
    "health": r"(?:\w+ )?(?:allerg(?:y|ies)|intolerances?)|diet",
    "self": r"tastes?|preferences|(?:dis)?likes|favou?rite \w+|name|age|birthday|measurements?|height|weight|waist",
    "people": r"(?:son|daughter|wife|husband|partner|child|kid)(?:'s)?(?: \w+){0,2}",
    "mine": r"(?:<size>|<health>|<self>|(?:usual )?budget|<people>)",
    "own": r"(?:personal |private |own |stored |saved )?",
    "data": r"(?:all )?(?:of )?(?:my|our) <own>(?:data|information|info|details|(?:shopper )?profile)",
    "have": r"(?:know|have|had|hold|keep|kept|stored?|saved?|remember|learn(?:ed|t)?|noted?|collect(?:ed)?)",
    "me": r"(?:about|on|of) (?:me|us)",
    "known": r"<all> you(?:'ve| have)? <have>(?: \w+)? <me>",
    "state": r"(?:I|I'm|I've|we|we're|we've)\b.+",
    "talk": r"(?:(?:this|our|the|my)(?: whole| entire)? (?:conversation|chat|talk|dialogue|chat history|history))",
    "earlier": r"(?:first|before|earlier|last|again|yesterday|previously|ago|(?:at|in) the (?:beginning|start))",
    "show": r"(?:show|recommend|suggest|mention|promise|tell|said|say|told|offer)(?:ed|n|d)?",
    "did": r"(?:showed|shown|show|recommended|suggested|mentioned|promised|looked at|talked about|discussed|told|said)",
}
"""What the patterns are put together from; `<name>` stands for another part."""

_PATTERNS: tuple[tuple[AskKind, str], ...] = (
    ("stop", r"<please>(?:stop|quit|don't|do not|never) (?:remember|stor|sav|keep|track|collect|record)\w* "
             r"(?:any(?:thing)?|things?|stuff|notes|data|me\b|my (?:data|information|messages|preferences)|what I)"),
    ("stop", r"\b(?:withdraw|revoke|take back) my (?:consent|permission|agreement)"),
    ("remember", r"<please>(?:don't|do not|never) forget,?(?: that)? (?P<subject><state>)"),
    ("forget_last", r"<please><drop> (?:the )?(?:last|latest|previous) (?:thing|message|sentence|remark|bit|part)"
                    r"(?: (?:that )?<said>| of mine|[.!]?$)"),
    ("forget_last", r"<please><drop> (?:what|that|everything) I(?:'ve| have)? just <told>"),
    ("forget_last", r"<please><drop> my (?:last|previous) (?:message|sentence|remark|question|words)"),
    ("forget_last", r"<please>forget (?:that )?I (?:ever )?<told> (?:that|this|anything)"),
    ("forget", r"<please><drop> <all> <said>(?: to)?(?: you)? (?:about|of|on|regarding) (?P<subject>.+)"),
    ("forget_shopper", r"<please><drop> (?:<data>|<known>|(?:everything|all|anything) <me>|me[.!]?$)"),
    ("forget_session", r"<please><drop> <all> (?:<said>|(?:I|we)(?:'ve)? (?:discussed|talked)|you were told)"),
    ("forget_session", r"<please><drop> (?:<talk>|everything(?=[.!]?$| (?:and|so far|up to now)))"),
    ("forget", r"<please><drop> (?:my|our) (?P<subject><mine>)\b(?! (?:order|box|bag|cart))"),
    ("forget", r"<please><drop> my (?P<subject>\w+(?: \w+)?) from (?:your memory|my profile)"),
    ("forget", r"<please>forget,?(?: that| the fact that)? (?P<subject><state>)"),
    ("remember", r"<please>(?:remember|note|keep in mind|bear in mind|make a note|memori[sz]e|save|store|write down)"
                 r"(?: of it| for (?:next time|later))?,?:?(?: that)? (?P<subject><state>|my <mine>\b.*)"),
    ("export", r"<please>(?:export|download|send me|give me|get|e-?mail me)(?: a copy of)? (?:<data>|<known>)"),
    ("profile", r"\bwhat (?:all )?(?:do|did|have) you (?:actually |already |still )?<have>(?: \w+)? <me>\b"),
    ("profile", r"\bwhat (?:data|information|info|details)(?: <me>)? (?:do|have) you <have>"),
    ("profile", r"<please>(?:show|tell|list)(?: me| us)? <known>"),
    ("profile", r"<please>show(?: me)? my (?:profile|preferences)\b"),
    ("recall", r"\bwhat (?:did|have|had) (?:I|we) (?:already |just )?(?:<told>|talk(?:ed)?|discuss(?:ed)?)(?: to)?"
               r"(?: you| with you)?(?: about| of| on)? ?(?P<subject>.*)"),
    ("recall", r"\b(?:did|have) I (?:already |ever )?<told>(?: to)?(?: you)?(?: about)? (?P<subject>.+)"),
    ("recall", r"\bwhat (?:did|have) you (?:already )?<show>(?: to)?(?: me| us)? ?"
               r"(?P<subject>about .+|.*\b<earlier>\b.*)"),
    ("recall", r"\b(?:what|which)(?: was| were| is)? (?P<subject>(?:the |those )?[\w' -]+? (?:that |which )?(?:did )?"
               r"(?:you|we|I)(?: had| have|'d|'ve)?(?: first| just| already)? <did>\b.*)"),
    ("recall", r"\bwhich (?P<subject>[\w' -]+? did (?:you|we) <show>\b.*\b<earlier>\b.*)"),
    ("recall", r"\b(?:do|can) you (?:still )?(?:remember|recall) (?P<subject>(?!me\b|to\b|how\b).+)"),
    ("recall", r"\bwhat(?: is|'s| was) my (?P<subject><mine>)\b"),
    ("recall", r"<please>remind me (?:what|which|of what|of the|about the) (?P<subject>.+)"),
    ("recall", r"\bwhat (?:was|were) the (?P<subject>(?:first|second|third|last) (?:thing|topic|question)s?\b.*)"),
)  # fmt: skip


def _put_together(pattern: str) -> re.Pattern[str]:
    """A pattern with its parts in their places."""
    while found := re.search(r"(?<!P)<(\w+)>", pattern):
        pattern = pattern[: found.start()] + _PARTS[found[1]] + pattern[found.end() :]
    return re.compile(pattern, re.IGNORECASE)


_COMPILED = tuple((kind, _put_together(pattern)) for kind, pattern in _PATTERNS)
_SENTENCE = re.compile(r"(?<=[.!?;\n])\s+")
_NEVER = re.compile(
    r"\b(?:password|log ?in|account|cart|basket|wish ?list|order|parcel|payment|"
    r"card)\b",
    re.IGNORECASE,
)
_CURLY = str.maketrans({"’": "'", "‘": "'"})


def find_ask(message: str) -> MemoryAsk | None:
    """What a message asks of the memory; None when it is about something else."""
    for sentence in _SENTENCE.split(message[:_LONGEST].translate(_CURLY)):
        text = sentence.strip()
        for kind, pattern in _COMPILED:
            if match := pattern.search(text):
                subject = _subject(match)
                if kind in ("recall", "remember") or not _NEVER.search(subject or match.group()):
                    return MemoryAsk(kind, subject)
    return None


def _subject(match: re.Match[str]) -> str:
    said = match.groupdict().get("subject") or ""
    return re.sub(r"(?:,? please)?[\s.!?]*$", "", said, flags=re.IGNORECASE).strip()
