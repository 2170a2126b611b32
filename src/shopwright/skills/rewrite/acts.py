"""What a message wants done, beside finding and asking: codes that stand among the `asks` of a need.

cart:add  cart:remove  cart:show   of what is pointed at
total                              what things cost together
delivery:COUNTRY                   what sending them there costs; COUNTRY as it was written
factors                            what matters for a kind of thing
compatible  substitute             what works with something, what can be bought in its place
image                              the picture

English only. A shop's own policies ("how much is delivery?") are questions to its documents; all but the cart and
`factors` are about goods that were pointed at (`POINTED`).
"""

from __future__ import annotations

import re

POINTED = ("total", "delivery:", "compatible", "substitute", "image")
"""Acts that mean something only where goods were pointed at."""
_SHORT = 6
"""Words of a message that may be a yes or a no."""
_CART = r"(?:my|the|your) (?:shopping )?(?:cart|basket|trolley|bag)"
_WISH = r"(?:i['’]?ll|i will|we['’]?ll|let['’]?s|i want to|i['’]?d like to)"
_THOSE = (
    r"(?:it|them|both|that(?: one)?|this(?: one)?|those|these|"
    r"the (?:first|second|third|last|cheaper|cheapest)(?: one)?)"
)
_ACTS = {
    "cart:remove": rf"\b(?:remove|take|delete|throw|kick)\b[^.?!]{{0,80}}\b(?:from|out of) {_CART}\b",
    "cart:add": (
        rf"\b(?:add|put|place|throw|pop)\b[^.?!]{{0,120}}\b(?:to|in|into) {_CART}\b|"
        rf"^\W*(?:(?:ok(?:ay)?|yes|great|fine),? )?{_WISH} (?:take|buy|order|get) {_THOSE}\W*(?:please)?\W*$"
    ),
    "cart:show": (
        rf"\b(?:show|see|view|open|check|what(?:['’]?s| is| do i have)|list)\b[^.?!]{{0,30}}\b(?:in )?{_CART}\b|"
        rf"^\W*{_CART}\W*$"
    ),
    "total": (
        r"\b(?:in total|altogether|all together|total (?:price|cost|of)|what(?:['’]?s| is) the (?:total|sum)|"
        r"how much (?:is|are|would|do|does|for) (?:it all|everything|both|all (?:of (?:them|it)|three|four)|"
        r"(?:they|these|those) (?:cost )?together|the (?:two|three|four)(?: together)?))\b"
    ),
    "factors": (
        r"\bwhat (?:should|do|must|would|shall) (?:i|we|one|you) "
        r"(?:look (?:out )?(?:for|at)|consider|watch(?: out)? for|pay attention to|know (?:about|before|when)|check)\b|"
        r"\bwhat (?:matters|counts|is important)\b|\bwhat (?:to look for|makes an? good)\b|\bwhat do i need to know\b|"
        r"\bhow (?:should|do|can|would|to) ?(?:i|we|you|one)? ?(?:choose|pick|select|decide (?:on|between))\b"
    ),
    "substitute": (
        r"\b(?:alternatives?|substitutes?|replacements?) (?:to|for|of)\b|\binstead of (?:it|this|that|the)\b|"
        r"\b(?:something|anything|one|ones|products?) (?:similar|like (?:it|this|that|the)|comparable)\b|"
        r"\bsimilar (?:ones?|to)\b"
    ),
    "compatible": (
        r"\bcompatible with\b|\b(?:accessories|spare parts?|refills?|attachments?) for\b|"
        r"\b(?:that|which|what|will|does|do|would) (?:\w+ ){0,4}(?:fits?|works? with|goes? (?:well )?with)\b"
    ),
    "image": r"\b(?:picture|photo|image|pic)s? of\b|\bwhat does (?:it|this|that|the \w+) look like\b",
}
_PATTERNS = {code: re.compile(pattern, re.IGNORECASE) for code, pattern in _ACTS.items()}
_PIECES = re.compile(
    r"\b(?P<n>[1-9]\d?)\s*(?:x\b|times\b|pieces?\b|(?:of )(?:the|it|them|this|that|these|those)\b)", re.IGNORECASE
)
_DELIVERY = re.compile(
    r"\b(?:deliver(?:y|ed|ing)?|ship(?:ped|ping)?|send(?:ing)?|postage)\b[^.?!]{0,60}?"
    r"\bto (?P<to>(?:the )?[A-Z][a-z]+(?: [A-Z][a-z]+)?|[A-Z]{2}\b)"
)
_YES = re.compile(
    r"\W*(?:yes|yep|yeah|yup|sure|ok|okay|please do|(?:please )?(?:do it|go ahead|proceed)|confirm(?:ed)?|correct|"
    r"that(?:['’]s| is) (?:right|correct|fine)|right|of course|absolutely|definitely|fine|agreed|sounds good|"
    r"i (?:confirm|agree))\b",
    re.IGNORECASE,
)
_NO = re.compile(
    r"\W*(?:no|nope|nah|don['’]?t|do not|stop|cancel(?: that| it)?|never ?mind|forget it|not (?:now|that)|wait)\b",
    re.IGNORECASE,
)


def find_acts(text: str) -> tuple[str, ...]:
    """The codes of what is to be done, in the order of this module's list; () for none."""
    found = [code for code, pattern in _PATTERNS.items() if pattern.search(text)]
    if match := _DELIVERY.search(text):
        found.append(f"delivery:{match['to']}")
    return tuple(found)


def how_many(text: str) -> int | None:
    """The number of pieces in a message whose number words are digits: "put 2 of the first into my cart"."""
    match = _PIECES.search(text)
    return int(match["n"]) if match else 2 if re.search(r"\btwice\b", text, re.IGNORECASE) else None


def answers_yes(text: str) -> bool | None:
    """Whether a short message agrees, or declines; None for anything else."""
    if len(text.split()) > _SHORT or "?" in text:
        return None
    return False if begins_with_no(text) else begins_with_yes(text) or None


def begins_with_yes(text: str) -> bool:
    """Whether the first words of a message agree."""
    return _YES.match(text) is not None


def begins_with_no(text: str) -> bool:
    """Whether the first words of a message decline."""
    return _NO.match(text) is not None
