"""A text as sentences and words with their places, and what each word is: content, filler, number, negation, id.

What not: no grammar and no word segmentation. Where words are written without spaces (Chinese, Japanese), the smallest
piece is what stands between two marks. A run of over 256 characters without a space is taken for data, not for an id,
unless it is an address; it is cut into pieces that may be dropped.

Simplification: a line break ends a sentence. The word lists are English, with the negations of a few other languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopwright.skills.context.compression.result import Extent

CONTENT, FUNCTION, FILLER, NUMBER, NEGATION, ID, MARK, DATA = range(8)
"""What a word is; `MARK` is the sign that ends a sentence."""

LONGEST_SENTENCE = 600
"""Characters after which a sentence without any end is cut at a blank."""
_LONGEST_ID = 256

_LINE = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]+")
_END = re.compile(r"[。！？]+[”’」』）\"')]*|[.!?…]+[\"'”’»)\]*_]*(?=\s)")
_SHORT = re.compile(
    r"(?:^|[\s(\"'“])(?:mr|mrs|ms|dr|prof|st|sr|jr|no|vs|art|fig|vol|e\.g|i\.e|d\.h|z\.b|approx|ca|cf|incl|excl|max|min"
    r"|inc|ltd|co|corp|dept|est|tel|ext|[^\W\d_])\Z",
    re.IGNORECASE,
)
_STARTS_LOW = re.compile(r"\s*[\"'“‘(\[]?[a-zà-öø-ÿ]")
_BREAK = "，、；："
_CHUNK = re.compile(rf"[^\s{_BREAK}]+[{_BREAK}]*|[{_BREAK}]+")
_MARK = re.compile(r"(?<=[\w)\]%\"'])[.!?…。！？]+[\"'”’»)\]*_]*\Z")
_EDGE = re.compile(r"^[^\w£$€¥%@#]+|[^\w£$€¥%@#]+$")
_CLOSES = re.compile(r"[,.;:!?)\]，、；：。！？…]\Z")

_FUNCTION_LIST = """
a an the is are was were be been being am of to in on for with and or it its this that these those at by from as he she
his her hers him they them their theirs we us our ours you your yours i me my mine has have had having do does did done
which who whom whose what when where while than then so such there here if but also into onto over about after before
between through during under above again both each other some any more most own same can could will would shall should
may might must just up down out off s t re ve ll d it's that's there's i'm i've you're they're we're
"""
_FILLER_LIST = """
actually basically really very quite rather simply literally definitely certainly obviously clearly essentially indeed
however moreover furthermore additionally nevertheless nonetheless therefore thus hence anyway besides overall honestly
frankly personally well oh um uh like maybe perhaps somewhat fairly pretty totally absolutely truly please
"""
_NUMBER_LIST = """
zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million millions
billion billions dozen dozens half twice percent double triple
"""
_NEGATION_LIST = """
not no never none nobody nothing nowhere neither nor without cannot cant dont doesnt isnt wasnt wont except excluding
unless hardly barely lacks lacking nicht kein keine keinen keiner keinem keines nie ohne weder ne pas jamais sans ningún
ninguna nunca sin senza non
"""
_KINDS = {
    **dict.fromkeys(_FUNCTION_LIST.split(), FUNCTION),
    **dict.fromkeys(_FILLER_LIST.split(), FILLER),
    **dict.fromkeys(_NUMBER_LIST.split(), NUMBER),
    **dict.fromkeys(_NEGATION_LIST.split(), NEGATION),
}
_NEGATING = re.compile(r"n['’]t\Z|\bnon-|[-‑]free\b|^free\Z|[不没沒無无非未勿别別]")
_ADDRESS = re.compile(r"://|^www\.|.@.+\.")
_CURRENCY = re.compile(r"[£$€¥]|^(?:usd|eur|gbp|chf|jpy|cny|cad|aud)\Z")
_ONE = re.compile(r"one[-‑]")


@dataclass(frozen=True, slots=True)
class Words:
    """A text taken apart; all arrays have shape (W,), W words and marks in the order of the text.

    Args:
        starts, ends: places in the text.
        sentence: number of the sentence of each, from 0.
        kind: see `CONTENT` and the others.
        closes: whether a clause ends after it.
        form: number of its written form in `forms`, which has lower case and no marks at its edges.
    """

    text: str
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    sentence: NDArray[np.int64]
    kind: NDArray[np.int8]
    closes: NDArray[np.bool_]
    form: NDArray[np.int64]
    forms: tuple[str, ...]

    @property
    def sentences(self) -> int:
        """How many sentences there are."""
        return int(self.sentence[-1]) + 1 if len(self.sentence) else 0


def words_of(text: str) -> Words:
    """All that is no white space, as words in sentences."""
    starts: list[int] = []
    ends: list[int] = []
    numbers: list[int] = []
    seen: dict[str, tuple[int, bool, int]] = {}
    forms: dict[str, int] = {}
    facts: list[tuple[int, bool, int]] = []
    for number, (start, end) in enumerate(sentence_extents(text)):
        for low, high in _chunks(text, start, end):
            word = text[low:high]
            known = seen.get(word)
            if known is None:
                core = _EDGE.sub("", word).lower()
                known = seen[word] = (_kind(word, core), bool(_CLOSES.search(word)), forms.setdefault(core, len(forms)))
            starts.append(low)
            ends.append(high)
            numbers.append(number)
            facts.append(known)
    columns = np.array(facts, np.int64).reshape(-1, 3)
    kind, begins = columns[:, 0].astype(np.int8), np.array(starts, np.int64)
    alone = begins != np.array([-1, *ends[:-1]][: len(ends)], np.int64)
    kind[alone & (kind == MARK)] = FUNCTION  # a mark that ends no word
    return Words(
        text,
        begins,
        np.array(ends, np.int64),
        np.array(numbers, np.int64),
        kind,
        columns[:, 1].astype(np.bool_),
        columns[:, 2],
        tuple(forms),
    )


def sentence_extents(text: str) -> Iterator[Extent]:
    """Places of sentences and lines, in order; every character that is no white space is in one of them."""
    for line in _LINE.finditer(text):
        begin = line.start()
        for match in _END.finditer(text, begin, line.end()):
            if _is_end(text, match, line.end()):
                yield from _cut(text, begin, match.end())
                begin = match.end()
        yield from _cut(text, begin, line.end())


def _is_end(text: str, match: re.Match[str], stop: int) -> bool:
    mark = match[0][0]
    if mark in "。！？" or match.end() >= stop:
        return True
    if _STARTS_LOW.match(text, match.end(), min(stop, match.end() + 8)):
        return False
    return mark != "." or match[0][:2] == ".." or not _SHORT.search(text[max(0, match.start() - 8) : match.start()])


def _cut(text: str, start: int, end: int) -> Iterator[Extent]:
    while end - start > LONGEST_SENTENCE:
        blank = text.rfind(" ", start + LONGEST_SENTENCE // 2, start + LONGEST_SENTENCE)
        middle = blank if blank > 0 else start + LONGEST_SENTENCE
        yield from _trimmed(text, start, middle)
        start = middle
    yield from _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[Extent]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _chunks(text: str, start: int, end: int) -> Iterator[Extent]:
    """The words of a sentence; its final mark is one of its own."""
    low = high = -1
    for match in _CHUNK.finditer(text, start, end):
        if high >= 0:
            yield low, high
        low, high = match.span()
    mark = _MARK.search(text, low, high) if high >= 0 else None
    if mark:
        yield low, mark.start()
        yield mark.span()
    elif high >= 0:
        yield low, high


def _kind(word: str, core: str) -> int:
    if not core:
        return MARK if word[0] in ".!?…。！？" else FUNCTION
    if _ADDRESS.search(core):
        return ID
    if len(word) > _LONGEST_ID:
        return DATA
    known = _KINDS.get(core.replace("’", "'"))
    if known is not None:
        return known
    if any(letter.isdigit() for letter in core) or _CURRENCY.search(core) or _ONE.match(core):
        return NUMBER
    return NEGATION if _NEGATING.search(core) else CONTENT
