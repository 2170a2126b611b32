"""An answer taken apart into claims: statements that can be checked one by one.

What: `sentences_of` finds sentences, list items and table rows in any text; `claims_of` splits a sentence that makes
several statements where each can stand alone; `states_something` tells greetings, questions and offers from statements.

What not: no grammar. A statement is split off only at a semicolon, before a verb from a list ("and costs", ", which
weighs", ", and the battery lasts") or between entries that look alike ("weight 1.9 kg, colour red"); in doubt the
sentence stays whole. A claim is a slice of the answer, so what was split off keeps no subject of its own: "costs €20".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shopwright.types import Claim

LONGEST = 600
"""Characters after which a sentence without any end is cut at a blank."""

Extent = tuple[int, int]

_LINE = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]+")
_EMOJI = "\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\U0001f000-\U0001faff"
_END = re.compile(rf"[。！？；]+[”’」』）\"')]*|[.!?…]+[\"'”’»)\]*_]*(?=[\s{_EMOJI}]|$)|[{_EMOJI}]+(?=\s)", re.DOTALL)
_LAST_WORD = re.compile(r"[^\s(\"“'‘\[]{1,12}\Z")
_STARTS_LOW = re.compile(r"\s*[\"'“‘(\[]?[a-zà-öø-ÿ]")
_STARTS_HIGH = re.compile(r"\s*[\"'“‘(\[*_]*[A-Z0-9À-ÖØ-Þ]")
_TITLE_LIST = "mr mrs ms dr prof st sr jr gen col capt lt sgt rev hon no nr vs art fig eq vol ed eds"
_TITLES = frozenset(_TITLE_LIST.split())
_SHORT_LIST = "e.g i.e d.h approx ca cf incl excl max min resp esp etc al inc ltd co corp bros dept est tel ext a.m p.m"
_SHORTS = frozenset(_SHORT_LIST.split())
_UNIT = re.compile(r"\d ?[a-zA-Z]$")
"""A letter after a figure: a unit ("1.7 l."), not an initial."""
_BULLET = re.compile(r"\s*(?:(?:[-–—*+•‣▪●◦·>]|\(?\d{1,2}[.)]|\(?[a-z]\))\s+|#{1,6}\s+|\*\*|__)+")
_RULE = re.compile(r"[\s|:\-–—=+_*]+")
_TRIM = " \t\u00a0\u3000*_`#>|,;，；\u200b\ufeff"
_HEADING = re.compile(r"\s*#{1,6}\s")

_VERB_LIST = (
    "is are was were isn't aren't wasn't weren't has have had hasn't can cannot can't could will won't would does do "
    "doesn't don't did didn't may must should needs need costs cost weighs weigh comes came holds held lasts lasted "
    "includes included offers offered runs ran takes took fits measures measured supports provides uses used contains "
    "makes made gives gave works worked ships shipped arrives charges covers covered allows lets keeps kept became "
    "becomes won lost joined founded opened closed moved died played received published released remains stands sits "
    "features carries delivers requires reaches survives resists folds opens closes reads writes connects starts ends "
    "said says reported began started sold sells bought wrote"
)
_VERBS = _VERB_LIST.split()
_VERB = re.compile(rf"\b(?:{'|'.join(sorted(_VERBS, key=len, reverse=True))})\b", re.IGNORECASE)
_ANY_VERB = re.compile(rf"{_VERB.pattern}|\b[a-z]{{3,}}ed\b|\b(?:it|he|she|they|you|we|I)'(?:s|re|ve|ll|d)\b", re.I)
_BARE = "|".join(word for word in _VERBS if "'" not in word and word not in ("need", "do", "does", "can", "cost"))
_SUBJECT = (
    r"(?:it|they|he|she|you|we|there|this|that|these|those|both)\s+"
    r"|(?:the|its|their|his|her|your|our|a|an|every|each|all|no)\s+(?:[\w'’-]+\s+){1,4}?"
    r"|(?:[A-Z][\w'’-]*\s+){1,4}"
)
_JOINT = re.compile(
    r"(?P<semicolon>\s*[;；]\s+)"
    rf"|(?P<clause>,\s+(?:and|but|while|whereas|yet|so)\s+(?=(?:{_SUBJECT})(?:{_VERB.pattern})))"
    rf"|(?P<verb>,?\s+(?:and|but)\s+(?=(?:also\s+)?(?:{_BARE})\b))"
    rf"|(?P<which>,\s+(?:which|who)\s+(?=(?:also\s+)?(?:{_VERB.pattern})))"
)
_ENTRY = re.compile(r"\s*[,，]\s+(?:and\s+)?")
_PAIR = re.compile(r"[^\W\d_][\w '’/()-]{1,30}(?::\s*|\s+)\S.{0,40}")
_HAS_FIGURE = re.compile(r"\d")
_NEAR = 160

_NOTHING = re.compile(
    r"(?:(?:hi|hello|hey|hallo|dear|greetings|good (?:morning|afternoon|evening|day))\b.{0,40}"
    r"|(?:sure|certainly|absolutely|of course|no problem|great|okay|ok|thanks|thank you|you(?:'|’)re welcome|welcome|"
    r"gern|danke|alright|perfect|understood|got it|yes|no|well)\b(?:[ ,!.-]+(?:thing|so much|very much|for .{1,50}|"
    r"happy to help|let(?:'|’)?s .{1,40}|here you go|great question|good question))*"
    r"|(?:good|great|excellent|interesting) (?:question|choice)\b.{0,30}"
    r"|(?:please\s+)?(?:do\s+)?(?:let me know|feel free|do(?:n't|n’t| not) hesitate|tell me|ask (?:me|away)|just ask)"
    r"\b.*"
    r"|(?:please )?(?:contact|reach out|get in touch|have a look|take a look|see below|read on)\b.{0,60}"
    r"|(?:i(?:'|’)m|i am|we(?:'|’)re|we are)\s+(?:always\s+|very\s+)?(?:happy|glad|here|delighted|sorry|pleased|afraid)"
    r"\b.{0,60}|(?:i|we)(?:'|’)?d (?:be happy|love|like) to .*|happy to help\b.{0,40}|(?:i )?hope (?:this|that|it)\b.*"
    r"|(?:would|shall|should|can|could|may) (?:i|we)\b.*|if (?:you(?:'d| would)? (?:like|want|need|have|prefer)|there"
    r"(?:'s| is) anything)\b.{0,60}\b(?:let me know|ask|tell me|i can|i(?:'|’)ll|happy to)\b.*"
    r"|here (?:is|are|you)\b[^\d]{0,60}[:.!]?|(?:sorry|apologies|unfortunately)\b[ ,!.]*(?:about that|for that)?"
    r"|(?:sorry|unfortunately|i(?:'|’)?m afraid)?[ ,]*(?:i|we)\s+(?:do(?:n't|n’t| not)|cannot|can(?:'|’)t"
    r"|could(?:n't|n’t| not)|was(?:n't| not) able to|am not able to|am not sure|have no)\s*(?:know|find|say|tell|help|"
    r"answer|confirm|information|sure)?\b"
    r".{0,120}"
    r"|have a (?:nice|great|good|lovely)\b.*|enjoy\b.{0,40}|(?:it|that) (?:depends|varies)(?: on .{1,60})?"
    r"|(?:你好|您好|谢谢|不客气|请告诉我|如果您).*)[\s.!…:。！]*",
    re.IGNORECASE | re.DOTALL,
)
_LETTER = re.compile(r"[^\W_]")
_QUESTION = re.compile(r"[?？][\"'”’)\s]*\Z")


def sentences_of(text: str) -> Iterator[Extent]:
    """The places (start, end) of sentences, list items and table rows, in order; rules and empty lines left out."""
    lines = list(_LINE.finditer(text))
    for place, line in enumerate(lines):
        if _RULE.fullmatch(line[0]):
            continue
        after = lines[place + 1][0] if place + 1 < len(lines) else ""
        if "|" in line[0] and "-" in after and "|" in after and _RULE.fullmatch(after):
            continue  # the head of a table says nothing
        bullet = _BULLET.match(text, line.start(), line.end())
        start = bullet.end() if bullet else line.start()
        if line[0].count("|") > 1 and line.end() - start <= LONGEST:
            yield from _trimmed(text, start, line.end())
            continue
        for low, high in _in_line(text, start, line.end()):
            yield from _trimmed(text, low, high)


def claims_of(text: str) -> list[Claim]:
    """The statements of a text, in order: `claim.text == text[claim.start:claim.end]`."""
    found = []
    for start, end in sentences_of(text):
        found += [Claim(text[low:high], low, high) for low, high in _statements(text, start, end)]
    return found


def states_something(claim: Claim) -> bool:
    """Whether a claim says anything that could be true or false of the world: no greeting, question, offer, heading."""
    text = claim.text.strip()
    if not _LETTER.search(text) or _QUESTION.search(text):
        return False
    if text.endswith((":", "：")) and not _HAS_FIGURE.search(text):
        return False
    return len(text) > 300 or _NOTHING.fullmatch(text) is None


def _in_line(text: str, start: int, stop: int) -> Iterator[Extent]:
    begin = start
    for match in _END.finditer(text, start, stop):
        if _is_end(text, match, stop):
            yield from _cut(text, begin, match.end())
            begin = match.end()
    yield from _cut(text, begin, stop)


def _is_end(text: str, match: re.Match[str], stop: int) -> bool:
    """Whether a point ends a sentence here: not after "approx." or an initial, not before a small letter."""
    mark = match[0][0]
    if mark in "。！？；" or match.end() >= stop:
        return True
    if mark in "!?":
        return not (match[0][-1] in "\"'”’»)" and _STARTS_LOW.match(text, match.end()))
    if mark not in ".…":
        return _STARTS_HIGH.match(text, match.end()) is not None
    if _STARTS_LOW.match(text, match.end(), match.end() + 8):
        return False
    if mark == "…" or match[0][:2] == "..":
        return True
    last = _LAST_WORD.search(text, max(0, match.start() - 14), match.start())
    word = last[0].lower().lstrip("*_") if last else ""
    if len(word) == 1 and _UNIT.search(text, max(0, match.start() - 6), match.start()):
        return True
    if word in _TITLES or (len(word) == 1 and word.isalpha()) or re.fullmatch(r"(?:[a-z]\.)+[a-z]", word):
        return word in ("a.m", "p.m") and _STARTS_HIGH.match(text, match.end()) is not None
    return not (word in _SHORTS and word not in ("etc", "a.m", "p.m", "inc", "ltd", "co", "corp", "al"))


def _cut(text: str, start: int, end: int) -> Iterator[Extent]:
    while end - start > LONGEST:
        blank = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        middle = blank if blank > 0 else start + LONGEST
        yield start, middle
        start = middle
    yield start, end


def _trimmed(text: str, start: int, end: int) -> Iterator[Extent]:
    while start < end and text[start] in _TRIM:
        start += 1
    while end > start and text[end - 1] in _TRIM:
        end -= 1
    if _LETTER.search(text, start, end):
        yield start, end


def _statements(text: str, start: int, end: int) -> list[Extent]:
    """The sentence, or its parts where every part has a verb of its own or is an entry of a list."""
    if text.find("|", start, end) >= 0:
        return [(start, end)]
    entries = _entries(text, start, end)
    if entries:
        return entries
    parts: list[Extent] = []
    begin = start
    for joint in _JOINT.finditer(text, start, end):
        left, right = text[max(begin, joint.start() - _NEAR) : joint.start()], text[joint.end() : end][:_NEAR]
        if len(right.split()) < 2 or not _stands(left) or (joint["semicolon"] is None and not _ANY_VERB.search(right)):
            continue
        if joint["semicolon"] is None and _inside(text[start : joint.start()]):
            continue
        parts += _trimmed(text, begin, joint.start())
        begin = joint.end()
    return [*parts, *_trimmed(text, begin, end)]


def _stands(part: str) -> bool:
    """Whether words say something on their own: they have a verb, or are an attribute with its value."""
    return len(part.split()) >= 2 and (_ANY_VERB.search(part) is not None or _HAS_FIGURE.search(part) is not None)


def _inside(before: str) -> bool:
    """Whether brackets or quotes stand open, or a condition does: "If it rains, and the tent is wet, ..."."""
    opened = before.count("(") > before.count(")") or before.count("“") > before.count("”") or before.count('"') % 2
    return (
        bool(opened) or re.match(r"\s*(?:if|when|although|because|since|unless|while|as)\b", before, re.I) is not None
    )


def _entries(text: str, start: int, end: int) -> list[Extent]:
    """The entries of a list of attributes: "weight 1.9 kg, colour red", "weight: 1.9 kg, colour: red"."""
    body = text[start:end]
    if "," not in body or _ANY_VERB.search(body) or len(body) > 300:
        return []
    parts: list[Extent] = []
    begin = start
    for comma in _ENTRY.finditer(text, start, end):
        parts.append((begin, comma.start()))
        begin = comma.end()
    parts.append((begin, end))
    shown = [text[low:high].rstrip(". ") for low, high in parts]
    colons = sum(":" in part for part in shown)
    alike = colons in (0, len(shown)) and all(_PAIR.fullmatch(part) and len(part.split()) <= 5 for part in shown)
    if not alike or (not colons and sum(bool(_HAS_FIGURE.search(part)) for part in shown) * 2 < len(shown)):
        return []
    return [extent for low, high in parts for extent in _trimmed(text, low, high)]
