"""What a wish mentions: the nodes of the graph that its words name, where, how surely, and whether they are denied.

    mentions("My dad retires in June. He fishes, but he does not read.", graph)

names `recipient:father`, `event:retirement` and `activity:fishing`, and `activity:reading` as denied. Words are
compared by their stems, so that "fishes", "fishing" and "fish" are one; other names of things come from the graph's
synonyms, other names of people and of who does something ("hiker", "my gran") from here. Longer names win over the
shorter ones within them. A name of several words is also found when those of its words that tell most are there, in
any order ("we move into our first house" names "moving house").

An age becomes the birthday or the stage of life that the graph has a node for.

Simplification: English. A denial reaches from its word to the end of the clause, whatever the grammar.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from typing import Literal

from shopwright.knowledge.graph import Graph, Stems, kind_of, name_of, stemmed
from shopwright.search.lexical import FUNCTION_WORDS

_IDLE_WORDS = """
he she they her his him any really much like want need thing please get got one all some new year month week day time go
im ive able would could should there more also just very too
"""
_IDLE = FUNCTION_WORDS | {stem for word in _IDLE_WORDS.split() for stem in stemmed([word])[0]}
"""Stems that name nothing by themselves."""

Denial = Literal["", "refused", "lacked", "owned"]
"""Not denied; not wanted; not there ("we have no garden"); there already ("she has a tent already")."""

_LONGEST = 6
_SCATTERED, _AGED = 0.8, 0.9
_TOLD = 0.55
"""Part of what a name's words tell that a wish must have of them."""
_RARE = 3
"""Names that a word may be in that is to stand for one by itself."""
_OFTEN = 3
"""Pieces of advice that a word stands in from which it is an everyday one."""
_PROPER = ("occasion", "culture", "condition")
"""Kinds of which one word may be as good as the name ("eid", "dyslexic")."""
_REACH = 10
"""Words after a denial that it may reach."""
_TOKEN = re.compile(r"[^\W_]+")
_REFUSES = re.compile(
    r"\b(?:not(?! (?:only|just|sure|much|more|too|very|less))|never|no(?! (?:more|less|idea|matter|later|one))|without|"
    r"hates?|hated|dislikes?|loathes?|avoid(?:s|ing)?|except|instead of|rather than|stopped|gave up|given up|quit|"
    r"(?:do|does|did|is|are|was|wo|would|should)n['’]?t(?! (?:know|have much|mind)))\b",
    re.IGNORECASE,
)
_LACKS = re.compile(
    r"\b(?:have|has|had|having|own|owns|got|there(?: is|['’]s| are))\s*$|\bn['’]?t (?:have|own)\b", re.I
)
_LACKING = re.compile(r"^\s*(?:have|own|got)\b", re.IGNORECASE)
_BARRED = re.compile(r"\b(?:must|may|should|can|could|better)\s*$", re.IGNORECASE)
_OWNS = re.compile(
    r"\balready (?:have|has|own|owns|got|bought)\b|\b(?:have|has|own|owns|got) (?:enough|plenty of|loads of|already)\b|"
    r"\bfed up with\b",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"[.;!?\n]|\b(?:but|although|though|because|so)\b|,\s*(?=(?:and )?(?:i|we|he|she|they|my|our|it)\b)", re.I
)
_ALIASES = {
    "dad": "father", "daddy": "father", "papa": "father", "mum": "mother", "mom": "mother", "mummy": "mother",
    "mommy": "mother", "mama": "mother", "gran": "grandmother", "granny": "grandmother", "grandma": "grandmother",
    "nan": "grandmother", "nana": "grandmother", "grandad": "grandfather", "granddad": "grandfather",
    "grandpa": "grandfather", "hubby": "husband", "kid": "child", "kids": "child", "toddler": "toddler",
    "teen": "teenager", "workmate": "colleague", "coworker": "colleague", "mate": "friend", "bestie": "friend",
    "puppy": "dog", "kitten": "cat", "bub": "baby", "newborn": "baby", "infant": "baby", "xmas": "christmas",
    "allergic": "allergy", "pregnant": "pregnancy", "apartment": "flat", "holiday": "holiday", "vacation": "holiday",
    "lefty": "left-handed", "uni": "university", "college": "university", "yard": "garden", "loft": "attic",
    "cny": "lunar new year", "bday": "birthday", "eczema": "eczema", "commute": "commuting", "bike": "cycling",
    "biking": "cycling", "bakes": "baking", "barbecue": "barbecue", "bbq": "barbecue", "wfh": "working from home",
    "marry": "wedding", "marries": "wedding", "married": "wedding", "marrying": "wedding", "fiance": "partner",
    "fiancee": "partner", "girlfriend": "partner", "boyfriend": "partner", "nibling": "child",
}  # fmt: skip
"""Everyday names of people and things -> the name that a dictionary would have."""
_DOER = re.compile(r"([a-z]{3,}?)(?:ers?|ors?|ists?)")
_AGE = re.compile(
    r"\b(?P<years>\d{1,2})[- ]?(?:years?|yrs?)[- ]?old\b|\b(?P<months>\d{1,2})[- ]?months?[- ]?old\b|"
    r"\bturn(?:s|ing|ed)?\s+(?P<turns>\w+)|\b(?P<nth>\d{1,2})(?:st|nd|rd|th)\b|\baged?\s+(?P<aged>\d{1,2})\b|"
    r"\b(?:is|he['’]s|she['’]s)\s+(?P<is>\d{1,2})\b(?!\s*(?:cm|kg|m|%|euro|€))",
    re.IGNORECASE,
)
_ORDINAL_WORDS = """
zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
sixteenth seventeenth eighteenth nineteenth
"""
_CARDINAL_WORDS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty
"""
_ORDINALS, _CARDINALS = _ORDINAL_WORDS.split(), _CARDINAL_WORDS.split()
_TENS = {20: "twentieth", 30: "thirtieth", 40: "fortieth", 50: "fiftieth", 60: "sixtieth", 70: "seventieth",
         80: "eightieth", 90: "ninetieth"}  # fmt: skip
_STAGES: tuple[tuple[int, tuple[str, ...]], ...] = (
    (1, ("baby",)), (3, ("toddler",)), (5, ("preschooler", "preschool child", "young child", "child")),
    (11, ("school child", "schoolchild", "primary school child", "child")), (12, ("tween", "preteen", "child")),
    (19, ("teenager",)), (64, ()), (200, ("older person", "elderly person", "senior", "pensioner")),
)  # fmt: skip
"""Up to this age -> what the graph may call somebody of it."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A node that words of the wish name.

    Args:
        node: of the graph.
        confidence: 0 to 1, that it is meant.
        start, end: of the words, in characters.
        denied: see `Denial`.
    """

    node: str
    confidence: float
    start: int
    end: int
    denied: Denial = ""


@dataclass(frozen=True, slots=True)
class _Token:
    stem: str
    start: int
    end: int


def mentions(text: str, graph: Graph) -> list[Mention]:
    """The nodes that a wish names, in the order of its words; see the module."""
    tokens = _tokens(text)
    denials = _denials(text)
    found: dict[str, Mention] = {}
    taken: set[int] = set()
    for forms in (tokens, _aliased(text, tokens)):
        for nodes, run in _runs(forms, graph, taken):
            for node in nodes:
                _add(found, node, 1.0, run, denials)
    for nodes, span in _ages(text, graph):
        for node in nodes:
            _add(found, node, _AGED, span, denials)
    for node, told, span in _partly([*tokens, *_aliased(text, tokens)], graph):
        _add(found, node, _SCATTERED * told, span, denials)
    return sorted(_outermost(found.values()), key=lambda mention: (mention.start, -mention.confidence))


def _outermost(found: Iterable[Mention]) -> list[Mention]:
    """Without the product types inside what somebody does with them: who bakes bread does not ask for bread."""
    every = list(found)
    wider = [(one.start, one.end) for one in every if kind_of(one.node) != "product"]

    def inside(one: Mention) -> bool:
        own = one.end - one.start
        return any(start <= one.start and one.end <= end and end - start > own for start, end in wider)

    return [one for one in every if kind_of(one.node) != "product" or not inside(one)]


def refuses(text: str) -> bool:
    """Whether a message says no to something."""
    return any(how == "refused" for _, _, how in _denials(text))


def denied_words(texts: Iterable[str]) -> list[frozenset[str]]:
    """What earlier messages denied, as the stems that count: "he does not drink" -> {drink}."""
    found = []
    for text in texts:
        denials = _denials(text) or [(0, len(text), "refused")]
        for start, end, how in denials:
            stems = {token.stem for token in _tokens(text[start:end])} - _IDLE
            if stems and how == "refused":
                found.append(frozenset(stems))
    return found


def _add(found: dict[str, Mention], node: str, sure: float, span: tuple[int, int], denials: Sequence[_Denied]) -> None:
    how: Denial = next((how for start, end, how in denials if start <= span[0] < end), "")
    if how in ("lacked", "owned") and (kind_of(node) == "product") != (how == "owned"):
        how = ""  # who has no tent wants one, and who has a garden has one
    known = found.get(node)
    if known is None or (known.confidence < sure and not known.denied):
        found[node] = Mention(node, sure, *span, how)


def _tokens(text: str) -> list[_Token]:
    spans = [(match[0], match.start(), match.end()) for match in _TOKEN.finditer(text.lower())]
    return [_Token(_stem(word), start, end) for word, start, end in spans if word != "s" or text[start - 1] not in "'’"]


@lru_cache(20_000)
def _stem(word: str) -> str:
    (stems,) = stemmed([word])
    return stems[0] if stems else word


def _aliased(text: str, tokens: Sequence[_Token]) -> list[_Token]:
    """The tokens with everyday names and doers replaced."""
    out: list[_Token] = []
    for token in tokens:
        word = text[token.start : token.end].lower()
        other = _ALIASES.get(word)
        if other is None and (doer := _DOER.fullmatch(word)):
            other = f"{doer[1]}ing"
        stems = [_stem(part) for part in (other or "").split()] or [token.stem]
        out += [_Token(stem, token.start, token.end) for stem in stems]
    return out


def _runs(tokens: Sequence[_Token], graph: Graph, taken: set[int]) -> Iterator[tuple[tuple[str, ...], tuple[int, int]]]:
    """Runs of tokens that name nodes, longest first; the characters of a run are not read again."""
    forms = graph.forms
    for length in range(min(_LONGEST, len(tokens)), 0, -1):
        for i in range(len(tokens) - length + 1):
            run = tokens[i : i + length]
            if length == 1 and run[0].stem in _IDLE:
                continue
            nodes = forms.get(tuple([token.stem for token in run]))
            if nodes and not any(token.start in taken for token in run):
                taken.update(token.start for token in run)
                yield nodes, (run[0].start, run[-1].end)


def _partly(tokens: Iterable[_Token], graph: Graph) -> Iterator[tuple[str, float, tuple[int, int]]]:
    """Names of which the wish has the words that tell most, in any order, and how much of the name that is.

    A word tells the more the fewer names have it (inverse document frequency): "eid" is most of "eid al-fitr", and
    "flat" little of "small flat".
    """
    keywords = _keywords(graph)
    said: dict[str, _Token] = {}
    for token in tokens:
        said.setdefault(token.stem, token)
    shared: defaultdict[str, list[str]] = defaultdict(list)
    for stem in said:
        for node in keywords.nodes.get(stem, ()):
            shared[node].append(stem)
    for node, stems in shared.items():
        told = sum(keywords.weights[stem] for stem in stems) / keywords.totals[node]
        if len(stems) == 1 and _stands_for(stems[0], node, graph):
            told = max(told, _TOLD)
        elif len(stems) == 1:
            continue
        if told >= _TOLD:
            yield node, told, (min(said[stem].start for stem in stems), max(said[stem].end for stem in stems))


def _stands_for(stem: str, node: str, graph: Graph) -> bool:
    """Whether one word is as good as the name: few names have it, and it is no everyday word."""
    keywords = _keywords(graph)
    return kind_of(node) in _PROPER and len(keywords.nodes[stem]) <= _RARE and stem not in keywords.everyday


@dataclass(frozen=True, slots=True)
class _Keywords:
    """Which names of several words have a stem, what each stem tells, what all of a name's stems do, and which stems
    are everyday words: in names of product types, or often in advice, which is running text."""

    nodes: Mapping[str, Sequence[str]]
    weights: Mapping[str, float]
    totals: Mapping[str, float]
    everyday: frozenset[str]


@lru_cache(2)
def _keywords(graph: Graph) -> _Keywords:
    """Of the names of several content words; product types, whose words mean little apart, left out."""
    bags = {
        node: frozenset(stems) - _IDLE
        for node, stems in graph.stems.items()
        if kind_of(node) != "product" and len(set(stems) - _IDLE) > 1
    }
    said = Counter(stem for stems in stemmed(map(name_of, graph.of_kind("advice"))) for stem in set(stems))
    goods = {stem for node, stems in graph.stems.items() if kind_of(node) == "product" for stem in stems}
    everyday = frozenset(goods | {stem for stem, times in said.items() if times >= _OFTEN})
    nodes: defaultdict[str, list[str]] = defaultdict(list)
    for node, words in bags.items():
        for stem in words:
            nodes[stem].append(node)
    weights = {stem: log(1 + len(bags) / len(having)) for stem, having in nodes.items()}
    totals = {node: sum(weights[stem] for stem in words) for node, words in bags.items()}
    return _Keywords(nodes, weights, totals, everyday)


def _ages(text: str, graph: Graph) -> Iterator[tuple[tuple[str, ...], tuple[int, int]]]:
    """The birthdays and stages of life that ages in the text stand for, as far as the graph has them."""
    for match in _AGE.finditer(text):
        age = _age(match)
        if age is None:
            continue
        names: list[str] = []
        if match["turns"] or (match["nth"] and re.match(r"\W*(?:birthday|b-?day)", text[match.end() :], re.I)):
            names.append(f"{_ordinal(age)} birthday")
        if not match["nth"] or names:
            names += [f"{age} year old", f"{_CARDINALS[age]} year old"] if age < len(_CARDINALS) else []
            stage = next(stage for limit, stage in _STAGES if age <= limit)
            names += next(([name] for name in stage if tuple(stemmed([name])[0]) in graph.forms), [])
        for stems in stemmed(names):
            if nodes := graph.forms.get(stems):
                yield nodes, match.span()


def _age(match: re.Match[str]) -> int | None:
    if match["months"]:
        return int(match["months"]) // 12
    said = next((match[name] for name in ("years", "nth", "aged", "is", "turns") if match[name]), "")
    if said.isdigit():
        return int(said) if len(said) < 3 else None
    return _CARDINALS.index(said.lower()) if said.lower() in _CARDINALS else None


def _ordinal(age: int) -> str:
    return _ORDINALS[age] if age < len(_ORDINALS) else _TENS.get(age, f"{age}th")


_Denied = tuple[int, int, Denial]


def _denials(text: str) -> list[_Denied]:
    """Where the text denies something, from the denying word on, and in which way."""
    found: list[_Denied] = [(match.end(), _end(text, match.end()), "owned") for match in _OWNS.finditer(text)]
    for match in _REFUSES.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        lacks = (match[0].lower() == "no" and _LACKS.search(before)) or (
            _LACKING.match(after) and not _BARRED.search(before)
        )
        found.append((match.end(), _end(text, match.end()), "lacked" if lacks else "refused"))
    return found


def _end(text: str, start: int) -> int:
    """Where the clause ends, or the reach of a denial."""
    stop = _STOP.search(text, start)
    end = stop.start() if stop else len(text)
    words = [match.end() for match in _TOKEN.finditer(text, start, end)]
    return words[_REACH - 1] if len(words) > _REACH else end


def content(text: str) -> Stems:
    """The stems of a text that say something."""
    return tuple(token.stem for token in _tokens(text) if token.stem not in _IDLE)
