"""Attributes that a claim states and the evidence denies, or the other way round.

What: `negated` looks at words that stand beside a negation in one of the two texts and without one in the other: "not
waterproof", "without lid", "no lid", "isn't included", "BPA-free", "non-stick", "unsuitable", "no longer sold",
"dishwasher safe: no".

What not: no parsing. The negation must stand right before its word, but for an article or an adverb, and the two texts
must share another content word, or the evidence be a short entry. "Not only", "not just", questions, conditions and
double negations are left alone: precision comes before recall.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shopwright.catalog.vocabulary import fold
from shopwright.skills.verify.names import plain

_NOT = (
    r"not|never|cannot|can't|won't|isn't|aren't|wasn't|weren't|doesn't|don't|didn't|hasn't|haven't|hadn't|couldn't|"
    r"wouldn't|shouldn't|mustn't|no longer|nor|neither"
)
_BETWEEN = (
    r"(?:(?:the|a|an|any|be|been|being|to|yet|fully|really|entirely|completely|ever|itself|have|has|had|come|get|"
    r"made|officially|actually|currently|is|are)\s+){0,3}"
)
_DENIED = re.compile(
    rf"\b(?P<sign>{_NOT})\s+(?!(?:only|just|merely|necessarily|always|all|every|everyone|as|so|too|more|less|until|unless)\b)"
    rf"{_BETWEEN}(?P<word>[a-z][a-z-]{{3,}})"
    r"|\b(?P<none>no|without)\s+(?!doubt|matter|more|less|need|one|wonder|longer)(?:(?:a|an|any|the|its|extra)\s+)?"
    r"(?P<thing>[a-z][a-z-]{2,})(?:\s+(?P<thing2>[a-z]{4,}))?(?:,? or (?P<thing3>[a-z]{3,}))?"
    r"|\b(?P<free>[a-z]{3,})-free\b|\bfree (?:of|from) (?P<free2>[a-z]{3,})"
    r"|\bnon-?(?P<non>[a-z]{4,})"
    r"|\b(?:un|in|im|ir)(?P<un>suitable|available|able|possible|usual|safe|stable|limited|lined|sealed|treated|scented|"
    r"coated|breakable|complete|compatible|flammable|dependent|accurate|sufficient|washable|reliable|removable|"
    r"replaceable|regular|heated|insulated|sweetened|salted|bleached|dyed|tested|certified|affected|damaged|changed|"
    r"happy|comfortable|necessary|successful|married|paid|official|known|likely)\b",
)
_CELL = re.compile(
    r"(?:^|[|\n;])\s*(?P<name>[a-z][\w /-]{2,40}?)\s*(?::|\||=|\?)\s*(?P<value>no|none|not included|"
    r"not available|false|"
    r"yes|true|included|✓|✔|✗|✘|❌|✅)\s*(?=$|[|\n;.,])",
    re.MULTILINE,
)
_COUNTERED = re.compile(
    r"\b(?:exclud|restrict|forb|bann|prevent|lack|missing|except|instead of|rather than|refus|fail|unable|impossible|"
    r"apart from|other than|only|leave|takes? off|avoid|stop|limited|withdrawn|nothing)"
)
_SKIPPED = re.compile(r"\b(?:if|whether|unless|why|who knows|wouldn't it|isn't it)\b|\?")
_CLAUSE = re.compile(r"[^.!?;\n]+[.!?;]?")
_WORD = re.compile(r"[a-z][a-z'-]{2,}")
_DOUBLE = re.compile(r"\b(?:but|except|apart|other than|until|before|without)\b")
_FUNCTION_LIST = (
    "the and for with that this from are was were has have had its their his her you your they them she not but "
    "can will would may might could should must does did been being than then there here when where while which "
    "who whom what how why all any some such also into onto out off over under very too just only more most much "
    "many few less least own same other another each every both one two about after before between during until "
    "since because though although even still yet ever never none nor neither either whether upon per via within "
    "without without's isn't aren't wasn't weren't doesn't don't didn't hasn't haven't hadn't cannot can't won't "
    "wouldn't couldn't shouldn't longer no yes it's that's our we i'm him himself itself themselves these those beyond "
    " anywhere else everything anything something"
)
FUNCTION = frozenset(_FUNCTION_LIST.split())


_SHORT = 40
_GROUPS = ("word", "thing", "thing2", "thing3", "free", "free2", "non", "un")


@dataclass(frozen=True, slots=True)
class Flip:
    """Words of a claim (offsets) whose negation is the other way round in the evidence, and its words there."""

    start: int
    end: int
    told: str


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    stem: str
    denied: bool
    sign: int  # where its negation begins


@dataclass(frozen=True, slots=True)
class _Clause:
    text: str
    start: int
    words: tuple[_Word, ...]

    @property
    def stems(self) -> frozenset[str]:
        return frozenset(word.stem for word in self.words)


def stem(word: str) -> str:
    """What words of one family share, roughly: "includes", "included" -> "includ"."""
    word = fold(word.strip("'-"))
    for ending in ("ing", "ed", "ly", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    return word[:8]


def negated(claim: str, evidence: Sequence[str]) -> tuple[Flip, ...]:
    """The attributes whose negation differs, each with the evidence's words for it.

    A word counts where it is denied in one of the texts and never in the other, the other texts of the evidence
    included: evidence that says both decides nothing.
    """
    said = [c for c in _clauses(claim) if not _SKIPPED.search(c.text.lower()) and not _COUNTERED.search(c.text.lower())]
    wanted = {word.stem for clause in said for word in clause.words}
    held = [
        clause
        for text in evidence
        for clause in _clauses(text)
        if wanted & clause.stems and not _SKIPPED.search(clause.text.lower())
    ]
    found = []
    for clause in said:
        for word in clause.words:
            told = _other_way(word, clause, held)
            if told is not None:
                found.append(Flip(min(word.start, word.sign), word.end, told))
    return tuple(found)


def _other_way(word: _Word, clause: _Clause, held: Sequence[_Clause]) -> str | None:
    places = [(other, there) for other in held for there in other.words if there.stem == word.stem]
    if not places or any(there.denied == word.denied for _, there in places):
        return None
    others = clause.stems - {word.stem}
    for other, there in places:
        shared = others & (other.stems - {word.stem})
        entry = len(other.words) <= 3
        if not (len(shared) >= 2 or (shared and len(other.words) <= 8 and not word.denied) or entry):
            continue
        if word.denied and _DOUBLE.search(clause.text.lower()) and not entry:
            continue
        if len(other.text) <= _SHORT:
            return other.text.strip(" .!;")
        return other.text[min(there.sign, there.start) - other.start : there.end - other.start]
    return None


def _clauses(text: str) -> Iterator[_Clause]:
    for match in _CLAUSE.finditer(text):
        if len(match[0]) > 1500:
            continue
        low = match[0].lower().replace("’", "'")
        if len(low) != len(match[0]):
            continue
        denied = _denied(low)
        words = []
        for token in _WORD.finditer(low):
            root = _root(token[0])
            if token[0] in FUNCTION:
                continue
            sign = next((start for start, a, b in denied if a <= token.start() and token.end() <= b), -1)
            inside = next(((start, a, b) for start, a, b in denied if token.start() <= a and b <= token.end()), None)
            if inside and sign < 0:
                sign, root = inside[0], low[inside[1] : inside[2]]
            start = match.start() + token.start()
            end = match.start() + token.end()
            at = match.start() + sign if sign >= 0 else start
            words.append(_Word(start, end, stem(plain(root)), sign >= 0, at))
        yield _Clause(match[0], match.start(), tuple(words))


def _root(word: str) -> str:
    return word.removesuffix("'s")


def _denied(low: str) -> list[tuple[int, int, int]]:
    """(where the negation begins, word begins, word ends) of what is denied in a clause."""
    found = []
    for match in _DENIED.finditer(low):
        found += [(match.start(), *match.span(group)) for group in _GROUPS if match[group]]
    for match in _CELL.finditer(low):
        if match["value"] in ("no", "none", "not included", "not available", "false", "✗", "✘", "❌"):
            found += [(match.start("name") + w.start(), match.start("name") + w.start(), match.start("name") + w.end())
                      for w in _WORD.finditer(match["name"])]  # fmt: skip
    return found
