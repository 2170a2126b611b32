"""A follow-up's words, without what only belongs to talk: "hmm, do you have them in blue please?" is "in blue".

What stays is cut into words that stand before the thing ("quiet", "cheaper") and phrases that stand behind it ("in
blue", "under 50", "size 44"), so that they can be put to a thing said earlier. Only English is known here, nothing of
any shop. Simplification: rules over words, no parse; what they do not understand is kept as it was typed.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from shopwright.catalog.units import find_quantities
from shopwright.skills.rewrite.amounts import digits_for_words
from shopwright.skills.rewrite.english import ABOUT, AT_LEAST, AT_MOST

ADJECTIVES = frozenset(
    re.findall(
        r"\w+",
        "big small large little mini tiny huge short long tall wide narrow thin thick flat deep high low light heavy "
        "soft hard firm warm cool cold hot quiet loud dark bright plain simple fancy elegant strong round square oval "
        "slim loose tight fast slow sharp smooth rough young old new modern classic easy sturdy cheap dear expensive "
        "pricey affordable nice good better best posh bulky cosy comfy pretty real genuine "
        "solid matt matte shiny dry wet fresh sweet natural pure double single straight curved",
    )
)
"""Words of degree and shape, which never name a thing to buy; -er and -est forms are recognised by them."""
DEGREES = frozenset(
    (
        "bit",
        "slightly",
        "less",
        "more",
        "extra",
        "super",
        "much",
        "even",
        "way",
        "far",
        "lot",
        "very",
        "so",
        "most",
        "least",
    )
)
"""Words before an adjective."""
PROPERTIES = frozenset(
    re.findall(
        r"\w+",
        "size colour color style shape length width height weight material fabric fit finish quality design pattern "
        "print flavour flavor scent smell taste neck sleeve edition waist",
    )
)
"""What somebody names who says how a thing should be: "king size", "long sleeve"."""
PEOPLE = re.compile(
    r"(?:wo)?men['’]?s?|ladies|girls?|boys?|kids?|unisex|adults?|bab(?:y|ies)|toddlers?|teens?", re.IGNORECASE
)
"""For whom a thing is made."""

_SUFFIX = re.compile(r".{3,}(?:able|ible|proof|less|ish|ous|ful|ed|resistant|friendly)$")
_COMPARATIVE = re.compile(r"(?:ier|iest|er|est)$")

PHRASE = re.compile(
    rf"(?<![\w'’-])(?:{AT_MOST}|{AT_LEAST}|{ABOUT}|[a-z]+er than|between|for|with(?:out)?|w/o?|in|on|by|to fit|that|as|"
    r"which|made (?:of|from|in)|sort(?:ed)? by|free (?:from|of)|(?:set|pack|box) of(?=\s*\d+\W*$)|"
    r"not|no|nothing|except|but not|to|size(?= *\S))(?![\w'’-])",
    re.IGNORECASE,
)
"""What begins a phrase that stands behind the thing."""

_TALK = re.compile(
    r"(?<![\w'’])(?:h+m+|lol|ha(?:ha)+|u[hm]+|please|pls|plz|thanks?(?: you)?|thx|cheers|actually|maybe|perhaps|"
    r"sorry|btw|then|i mean[t]?|changed my mind)(?![\w'’])[\s,!]*",
    re.IGNORECASE,
)
_SAID: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), words)
    for pattern, words in (
        (r"^(?:in )?(?:any|every) ?(?:colou?r|thing|brand|material|make|one)?s? (?:but|except|other than) ", "not "),
        (r"^(?:she|he)(?:['’]?s| is| turns| will be)(?: turning)? (\w+)(?: years? old)?$", r"for a \1 year old"),
        (r"^my (\w+)(?: is| are) (\w+)$", r"for \2 \1"),
        (
            r"^(?:but |and )?(?:(?:i|we|she|he|they) )?(?:(?:really |also )?(?:do(?:es)?n['’]?t|do(?:es)? not) "
            r"(?:like|want|need|eat|wear)|hates?|can['’]?t stand|"
            r"(?:am |is |i['’]?m |(?:s?he)['’]?s )?allergic to)(?: any| the| a)? (.+?)(?: in it| on it)?$",
            r"without \1",
        ),
        (r"^(?:i want )?to spend (.+) on (?:an? |some )?(.+)$", r"\2 for \1"),
        (r"^(?:do(?:es)?|can|could) (?:it|they|these|those|this|that)(?: also)? (?:come|be|get it) (?=in )", ""),
        (r"^i(?:['’]?ve| have)(?: got)? ", "for "),
        (r"^(?:it|they|one)?\s*(?:must|should|has to|have to|needs? to) have ", "with "),
        (r"^(?:it|they) (?:needs?|has|have) (?!to\b)", "with "),
        (r"^(?:it|they|one)?\s*(?:must|should|has to|have to|needs? to) be ", ""),
        (r"^(?:it|they|one|and|also)?\s*(?:must|should|has to|have to|needs? to) (?!be\b)(?=\w)", "to "),
        (r"^(?:it['’]?s|it is|they['’]?re|they are|make (?:it|that|them)|let['’]?s (?:say|go (?:for|with)))\s+", ""),
        (r"^i(?:['’]?d| would)? (?:want|need|like|prefer|rather have|take|am looking for)(?: to (?:have|see))? ", ""),
    )
)
_LEAD = re.compile(
    r"^(?:[,.;:!?\s]+|(?:and|but|or|also|so|only|just|rather|instead|ok(?:ay)?|yes|yeah|oh|well|"
    r"no(?=[,;:]| the\b| i\b)|"
    r"(?:do|can) you (?:have|get|show)(?: me)?|have you got|got|is there|are there|can i (?:get|have|see)|show me|"
    r"give me|i['’]?m looking for|looking for|i want|i need|find me|the|an?|some(?:thing|one)?|any(?:thing|one)?|sth|"
    r"those|these|ones?|it|them|same|what about|how about|preferably|ideally|either|(?:what|which)(?:['’]?s| is| are)|"
    r"i can (?:spend|pay)|(?:no )?wait|forget (?:it|that|about it|the [a-z]+)|never ?mind|scrap that|"
    r"on second thoughts?|let['’]?s try)(?![\w'’-])[,;:\s]*)",
    re.IGNORECASE,
)
_TRAIL = re.compile(
    r"(?:(?<![\w'’])(?:ones?|sort|kind|types?|version|instead|rather|too|only|though|you have|you(?:['’]ve| have)? got|"
    r"there is|if possible|first|of (?:those|them|these)|(?:would|might) be (?:better|nice|good|great)|"
    r"is fine|works|and|or|or so)|[?.!,;:\s]+)$",
    re.IGNORECASE,
)
_ONE = re.compile(
    r"(?<![\w'’])(?:ones?|the)\s+(?=(?:for|with|without|in|on|by|from|under|below|that)\b)", re.IGNORECASE
)
_CLAUSE = re.compile(
    r"\s*[,;]\s+|\s*[.!?]+\s+|\s+(?:and|but|so)\s+(?=(?:i|it|it['’]?s|its|my|she|he|they|we|not|no|for|with|without|in|"
    r"under|less|sth|something)\b)",
    re.IGNORECASE,
)
_ANSWER = re.compile(r"(?:no|nope|nah|yes|yeah|yep|ok(?:ay)?|and|but|or)", re.IGNORECASE)
_TOO = re.compile(
    r"^(?:that(?:['’]?s| is)|it(?:['’]?s| is)|they(?:['’]?re| are))?\s*(?:\w+ )?too (\w+)$", re.IGNORECASE
)
_LESS = {
    "pricey": "cheaper", "expensive": "cheaper", "dear": "cheaper", "much": "cheaper", "big": "smaller",
    "large": "smaller", "small": "larger", "heavy": "lighter", "long": "shorter", "short": "longer", "loud": "quieter",
    "thin": "thicker", "thick": "thinner", "wide": "narrower", "narrow": "wider", "dark": "lighter", "tall": "shorter",
}  # fmt: skip
"""What somebody wants who finds something too much so."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """What a follow-up adds: words before the thing and phrases behind it, in the order said."""

    before: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All of it as one text."""
        return " ".join((*self.before, *self.behind))


def is_adjective(word: str) -> bool:
    """Whether an English word tells how a thing is, by its ending or because it is one of the common ones."""
    if word in ADJECTIVES or _SUFFIX.match(word):
        return True
    stem = _COMPARATIVE.sub("", word)
    return stem != word and bool({stem, f"{stem}e", f"{stem}y", stem[:-1]} & ADJECTIVES)


def clauses(message: str) -> list[str]:
    """The message's clauses without talk, each as it stands best in a query; "she's five" -> "for a five year old"."""
    found = []
    for clause in _CLAUSE.split(_TALK.sub(" ", message)):
        text = " ".join(clause.split()).strip(" ,.;:!?")
        before = ""
        while text != before:
            before = text
            for pattern, words in _SAID:
                text = pattern.sub(words, text)
            text = _TRAIL.sub("", _LEAD.sub("", text) if not _unit(text) else text).strip()
        text = _ONE.sub("", text)
        if text and not _ANSWER.fullmatch(text):
            found.append(text)
    wishes = [match for text in found if (match := _TOO.match(text))]
    others = [text for text in found if not _TOO.match(text)]
    return others or [_LESS[match[1].lower()] for match in wishes if match[1].lower() in _LESS]


def cut(text: str) -> tuple[str, tuple[str, ...]]:
    """The words up to the first phrase, and the phrases: "tent for two in red" -> "tent", ("for two", "in red")."""
    starts: list[int] = []
    end = -1
    for match in PHRASE.finditer(text):
        if not starts or text[end : match.start()].strip():
            starts.append(match.start())
        end = match.end()
    pieces = [text[start:end].strip() for start, end in itertools.pairwise([*starts, len(text)])]
    return text[: starts[0] if starts else None].strip(), tuple(pieces)


def fragment(message: str) -> Fragment:
    """What a follow-up adds to the thing talked about."""
    before: list[str] = []
    behind: list[str] = []
    for clause in clauses(message):
        first, phrases = cut(_numbered(clause))
        if re.search(r"\d|\bor\b", first):
            behind.append(first)
        elif first:
            before.append(re.sub(r"\s+and\s+", " ", first))
        behind += phrases
    return Fragment(tuple(before), tuple(behind))


def _numbered(text: str) -> str:
    """ "a kilo" -> "1 kilo"; other words for numbers only where a unit or money follows."""
    return " ".join(digits_for_words(text).split())


def _unit(text: str) -> bool:
    """Whether a text begins with "a kilo" or the like, whose article is a number."""
    return text[:2].lower() in ("a ", "an") and bool(find_quantities(digits_for_words(text)[:12]))
