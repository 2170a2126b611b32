"""What a message does not want: "no leather", "not from hp", "anything but black", "no logo no print".

The words are found by the English around them, whether or not the shop's vocabulary has them. What only looks like a
refusal is none: "no more than 50", "not sure", "nothing else", "non-slip".

Simplification: what is refused is at most `_LONGEST` words long and ends where a clause does.
"""

from __future__ import annotations

import re

from shopwright.skills.rewrite.wishes import Said

_LONGEST = 3
_CUE = re.compile(
    r"\b(?:no sean|without|with out|w/o(?:ut)?|excluding|except(?: for)?|exclude|avoid(?:ing)?|other than|rather than|"
    r"instead of|(?:any ?thing|every ?thing|any \w+|all) (?:but|except)|free (?:of|from)|zero|none with|"
    r"allerg(?:ic|y) to|intolerant to|no|not|nothing|never|hates?|dislikes?|minus|"
    r"can['’]?t stand|(?:not a|no) fan of|sick of|fed up with|leave out|(?:had|got|have) enough (?:of )?|"
    r"(?:do|does|did|is|are|was|would|wo|ca|can|could|has|have|must|should)(?:n['’]?t| not|not)"
    r"(?:\s+(?:really\s+)?(?:want|like|use|have|contain|need|eat|wear|take|tolerate|made|got|be|include|stand|do|"
    r"give me|come with|show me))?|sin|ohne|keine?|pas de|sans)\s+"
    r"(?:(?:too|very|a|an|any|the|real|from|made|out|of|in|with|by|using|containing|contain|use|be|it|for|at|all|that|"
    r"which|is|are|to|so|having|has|have|want|like|genuine|un|unos|made of)\s+)*",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*(?:,\s*(?:or|and|nor)|\bor\b|\bnor\b|/)\s+(?!(?:less|more|under|over|so|a|an)\b)", re.IGNORECASE)
_STOP = re.compile(
    r"(?:and|or|nor|but|for|with|without|under|below|over|above|around|that|which|who|in|on|it|at|to|from|please|pls|"
    r"if|because|so|is|are|was|has|have|as|i|i['’]m|we|you|my|the|no|not|max|about|between|thanks|thx|ok|lol|one|ones|"
    r"made|by|than|then|when|since|else|related|either|though|itches|stuff|things?|versions?|ideally|only|just|like)$",
    re.IGNORECASE,
)
_NOT_REFUSED = re.compile(
    r"(?:more|less|over|above|below|under|exceed\w*|beyond|bigger|larger|smaller|wider|longer|taller|heavier|louder|higher|"
    r"thicker|lower|cheaper|sure|only|just|problem|idea|matter|worries|else|later|than|really|much|many|bad|certain|"
    r"cost|go|going|wait|need|fancy|dear|expensive|necessarily|important|needed|required|too|the|that|this|find|know|"
    r"think|work|available|fit|fits|mind|longer|budget|preference|rush|thanks|sell|carry|stock|buy|decide|ship|answer|"
    r"been|being|what|sean|get|do|spend|pay|afford|care|yet|now|offence|good|great|nice|\d+\w*)$",
    re.IGNORECASE,
)
_MARK = re.compile(r"[!-/:-@\[-`{-~\n]")
"""A sign of ASCII; an emoji between two words parts nothing."""
_TOKEN = re.compile(r"[^\W_][\w'’&+-]*")


def find_refusals(text: str) -> list[Said]:
    """The things that are refused, in the order of the message."""
    found: list[Said] = []
    for match in _CUE.finditer(text):
        if re.match(r"no\b", match[0], re.IGNORECASE) and re.search(r"\b(?:yes|or)\s+$", text[: match.start()]):
            continue
        position = match.end()
        short = bool(re.search(r"\b(?:too|very)\s+$", match[0], re.IGNORECASE))
        while said := _thing(text, position, 1 if short else _LONGEST):
            if not any(known.start < said.end and said.start < known.end for known in found):
                found.append(said)
            if not (joined := _AND.match(text, said.end)):
                break
            position = joined.end()
    return sorted(found, key=lambda said: said.start)


def _thing(text: str, start: int, most: int) -> Said | None:
    """The words from here up to the end of the phrase; None where nothing is refused."""
    words: list[re.Match[str]] = []
    for token in _TOKEN.finditer(text, start):
        between = text[words[-1].end() if words else start : token.start()]
        if (
            re.search(r"[\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e\n]", between)
            or _STOP.match(token[0])
            or len(words) == most
        ):
            break
        if not words and _NOT_REFUSED.match(token[0]) and not re.match(r"\d+(?:st|nd|rd|th)$", token[0]):
            return None
        words.append(token)
    if not words:
        return None
    first, last = words[0].start(), words[-1].end()
    return Said(text[first:last].lower(), first, last)
