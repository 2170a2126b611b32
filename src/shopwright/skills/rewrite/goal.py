"""What a message looks for: its content words, cut into runs, and the run that names a kind of thing.

"I'm vegan. A bag for every day, no leather" has the runs [vegan] [bag]; the shop sells bags, so the kind is "bag".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from shopwright.catalog.units import unit_symbol
from shopwright.skills.rewrite.english import COMPARATIVES, FILLER, NUMBER_WORDS, SUPERLATIVES
from shopwright.skills.rewrite.lexicon import Lexicon, Word, tokenize

Span = tuple[int, int]

CHEAP = re.compile(r"\b(?:cheap|affordable|inexpensive|low[- ]cost|budget|expensive|dear)\b", re.IGNORECASE)
_SUPERLATIVE = re.compile(
    rf"\b(?:{'|'.join(re.escape(words) for words in (*SUPERLATIVES, *COMPARATIVES))})\b", re.IGNORECASE
)
_BREAK = re.compile(
    r"\b(?:for|with|without|that|which|who|in|from|between|made|under|below|over|above|around|up to|at|to|on|not|no|"
    r"but|and|or|plus|have|has|had|is|are|was|be|can|could|do|does|did|would|should|will|you|we|i|it|they|he|she|need|needs|"
    r"want|wants|like|likes|love|loves|enjoys?)\b|[,;:?!.()]",
    re.IGNORECASE,
)
_PURPOSE = re.compile(
    r"(?<!looking )(?<!look )(?<!searching )(?<!search )(?<!shopping )(?<!hunting )\b(?:for|about|on|in|with)\s+"
    r"(?:(?:the|my|our|a|an|your|his|her|their)\s+)?$",
    re.IGNORECASE,
)
_OR = re.compile(r"\s+or\s+(?:an?\s+)?", re.IGNORECASE)
_DOES = re.compile(r"\b(?:he|she|they|who)\s+(?:also\s+|often\s+|really\s+)?$", re.IGNORECASE)
"""What follows is what somebody does, not what is looked for."""
_OCCASIONS = {"present", "gift", "birthday", "christma", "christmas", "anniversary", "retirement"}
_GENERIC = {"size", "colour", "brand", "type", "model", "version", "people", "person", "year", *_OCCASIONS}


def content(text: str, taken: Iterable[Span]) -> list[Word]:
    """The words of a message without filler, superlatives, occasions and what was read as a condition."""
    blank = list(text)
    patterns = (FILLER, CHEAP, _SUPERLATIVE)
    spans = [*taken, *(match.span() for pattern in patterns for match in pattern.finditer(text))]
    for start, end in spans:
        blank[start:end] = " " * (end - start)
    found = tokenize("".join(blank))
    return [w for w in found if (len(w.text) > 1 or w.text.isdigit()) and w.folded not in _OCCASIONS]


def runs(text: str, words: Sequence[Word]) -> list[list[Word]]:
    """Content words that stand together, without a verb, a preposition or a stop between them."""
    found: list[list[Word]] = []
    for word in words:
        if found and not _BREAK.search(text[found[-1][-1].end : word.start]):
            found[-1].append(word)
        else:
            found.append([word])
    return found


def kind_of(text: str, words: Sequence[Word], lexicon: Lexicon) -> tuple[list[Word], tuple[str, ...]]:
    """The run that names a kind of thing, and the shop's categories for it.

    The first run that a category answers to; else the first one, unless it only says what the thing is for.
    """
    candidates = []
    for run in runs(text, words):
        while run and (run[-1].folded in _GENERIC or _is_amount(run[-1])):
            run = run[:-1]
        before = text[: run[0].start] if run else ""
        if run and not _PURPOSE.search(before) and not _DOES.search(before):
            candidates.append(run)
    for i, run in enumerate(candidates):
        kind, levels = _goods(run, lexicon)
        if levels:
            other = candidates[i + 1] if i + 1 < len(candidates) else []
            if other and _OR.fullmatch(text[run[-1].end : other[0].start]):
                more, also = _goods(other, lexicon)
                return ([*kind, *more], tuple(dict.fromkeys((*levels, *also)))) if also else (kind, levels)
            return kind, levels
    return (candidates[0] if candidates else []), ()


def _is_amount(word: Word) -> bool:
    return word.text[0].isdigit() or unit_symbol(word.text) is not None


def _goods(run: list[Word], lexicon: Lexicon) -> tuple[list[Word], tuple[str, ...]]:
    """The beginning of a run that names goods, and their categories; the whole run and () when none does."""
    for end in range(len(run), max(0, len(run) - 2), -1):
        if levels := lexicon.categories([word.folded for word in run[:end]]):
            return run[:end], levels
    return run, ()


def named_kind(text: str, taken: Iterable[Span], lexicon: Lexicon) -> Span | None:
    """Where the kind of thing is named, whether or not the shop has it: a whole run of words up to its head.

    Args:
        taken: what was read as something else.
    """
    words = [
        word
        for word in content(text, taken)
        if word.text not in NUMBER_WORDS and word.folded not in _AROUND_GOODS and not word.text.isdigit()
    ]
    candidates: list[list[Word]] = []
    purposes: list[list[Word]] = []
    for run in _apart(text, runs(text, words), tuple(taken)):
        while run and run[-1].folded in _GENERIC - _OCCASIONS:
            run = run[:-1]
        while run and (run[0].text[0].isdigit() or unit_symbol(run[0].text)):
            run = run[1:]
        if run:
            apart = _PURPOSE.search(text[: run[0].start]) or _DOES.search(text[: run[0].start])
            (purposes if apart else candidates).append(run)
    candidates = candidates or purposes
    known = (run for run in candidates if lexicon.categories([run[-1].folded]))
    if (kind := next(known, candidates[0] if candidates else None)) is None:
        present = _PRESENT.search(text)
        return present.span() if present else None
    joined = re.search(r"[\w]+[-'’]$", text[: kind[0].start])
    return (joined.start() if joined else kind[0].start), kind[-1].end


def breaks(text: str) -> bool:
    """Whether a phrase about goods ends in this text: at a preposition, a verb or a stop."""
    return bool(_BREAK.search(text))


def _apart(text: str, found: Iterable[list[Word]], taken: Sequence[Span]) -> Iterable[list[Word]]:
    """Runs cut where something else was read, or a number stands, between two words."""
    for run in found:
        start = 0
        for i in range(1, len(run)):
            between = run[i - 1].end, run[i].start
            if re.search(r"\d", text[slice(*between)]) or any(between[0] <= a < between[1] for a, _ in taken):
                yield run[start:i]
                start = i
        yield run[start:]


_PRESENT = re.compile(r"\b(?:presents?|pressies?|gifts?(?: set| box| card)?)\b", re.IGNORECASE)


_AROUND_GOODS = {
    "pair", "set", "kind", "sort", "type", "dozen", "couple", "piece", "half", "shop", "store", "hmm", "lol", "yo",
    "whats", "ya", "u", "w", "ur", "sth", "pls", "actually", "as", "so", "if", "wondering", "no", "sell", "what",
    "everything", "anything", "any", "my", "me", "compatible", "around", "first", "holding", "zero", "ideally",
    "decent", "solid", "hoping", "thinking",
}  # fmt: skip
"""Words beside goods that are none."""
