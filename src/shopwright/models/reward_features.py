"""What a reward model sees of a response: hashed n-grams of its words and signs, and figures that have names.

`gram_ids` are the places, in a table of `TABLE` rows, of single tokens, of pairs of neighbours, and of what stands at
the beginning and at the end (feature hashing: Weinberger et al., 2009). Tokens are words in lower case, single digits,
signs and line breaks, so that layout is seen as well as wording. `figures` count what anybody can check: how long, how
it is laid out, how much of the request it takes up, how much it repeats, whether it breaks off or refuses. Nothing here
is learned, and nothing knows whether what is said is true.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

TABLE = 1 << 20
"""Rows that n-grams are hashed to."""
LONGEST = 12_000
"""Characters of a response that are read; of one that is longer, the beginning and the last thousand."""
_EDGE = 6
_MOST_COUNTED = 400
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d|\n+|[^\w\s]|_")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")
_NUMBER = re.compile(r"\d+")
_SENTENCE = re.compile(r"[.!?]+(?=\s|$)")
_STOP = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "but",
        "if",
        "then",
        "so",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "with",
        "from",
        "as",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "it",
        "its",
        "this",
        "that",
        "these",
        "those",
        "i",
        "you",
        "he",
        "she",
        "we",
        "they",
        "me",
        "him",
        "her",
        "us",
        "them",
        "my",
        "your",
        "his",
        "our",
        "their",
        "do",
        "does",
        "did",
        "have",
        "has",
        "had",
        "can",
        "could",
        "will",
        "would",
        "should",
        "may",
        "might",
        "not",
        "no",
        "what",
        "which",
        "who",
        "how",
        "when",
        "where",
        "why",
        "there",
        "here",
        "about",
        "into",
        "than",
    ]
)
_PHRASES: tuple[tuple[str, str], ...] = (
    (
        "refuses",
        r"\b(?:i (?:can(?:no|')t|am (?:unable|not able)|'m (?:unable|not able)|do(?:n't| not) have)|as an ai)\b",
    ),
    ("sorry", r"\b(?:sorry|apologi[sz]e)\b"),
    ("hedges", r"\b(?:may|might|perhaps|possibly|typically|usually|generally|often|likely|depend(?:s|ing))\b"),
    ("contrasts", r"\b(?:however|although|though|while|whereas|on the other hand|instead|compared|unlike)\b"),
    ("reasons", r"\b(?:because|therefore|since|due to|as a result|so that|in order to|this means|which means)\b"),
    ("examples", r"\b(?:for example|for instance|such as|e\.g\.|including|like)\b"),
    ("orders", r"\b(?:first|second|third|next|then|finally|lastly|additionally|furthermore|moreover|also)\b"),
    ("sums_up", r"\b(?:in (?:summary|conclusion|short)|overall|to sum up|remember)\b"),
    ("offers_more", r"(?:let me know|feel free|hope this helps|would you like|if you (?:have|need) any|happy to)"),
    ("addresses", r"\b(?:you|your|yours)\b"),
    ("speaks_of_self", r"\b(?:i|i'm|i'd|my|me)\b"),
    ("promises", r"\b(?:guarantee[ds]?|always|never|definitely|certainly|absolutely|100 ?%|best ever)\b"),
    ("slang", r"\b(?:lol|gonna|wanna|kinda|yeah|hey|btw|omg|awesome|cool|stuff|guys)\b"),
    ("leaks", r"(?:### ?(?:instruction|response|input)|<\|?[a-z_/]+\|?>|\b(?:user|human|assistant|q|a):)"),
    ("placeholders", r"\[(?:your|insert|name|date|company)[^\]]*\]"),
    ("bullets", r"(?m)^\s*[-*•+] "),
    ("numbered", r"(?m)^\s*\(?\d{1,2}[.)] "),
    ("headings", r"(?m)^\s*#{1,6} "),
    ("bold", r"\*\*[^*\n]+\*\*"),
    ("code", r"```"),
    ("tables", r"(?m)^\s*\|.*\|\s*$"),
    ("links", r"https?://"),
    ("formulas", r"(?:\\\(|\\\[|\$[^$\n]+\$|\\frac)"),
    ("emoji", r"[\U0001F300-\U0001FAFF☀-➿]"),
    ("quotes", r"[\"“”]"),
    ("brackets", r"\([^)\n]{2,}\)"),
    ("colons", r":"),
    ("semicolons", r";"),
    ("dashes", r"[—–]| - "),
    ("exclaims", r"!"),
    ("asks", r"\?"),
    ("numbers", r"\b\d[\d,.]*\b"),
    ("names", r"(?<=[a-z,] )[A-Z][a-z]+"),
    ("years", r"\b(?:1[5-9]|20)\d\d\b"),
    ("line_breaks", r"\n"),
    ("paragraph_breaks", r"\n\s*\n"),
)
_COUNTED = tuple((name, re.compile(pattern, 0 if name == "names" else re.IGNORECASE)) for name, pattern in _PHRASES)
_OPENINGS: tuple[tuple[str, str], ...] = (
    ("opens_sure", r"\s*(?:sure|certainly|absolutely|of course|great|yes)\b"),
    ("opens_here", r"\s*(?:here(?:'s| is| are)|below)\b"),
    ("opens_self", r"\s*(?:i |i'm |as an |as a )"),
    ("opens_title", r"\s*(?:#|\*\*|title:|subject:)"),
    ("opens_list", r"\s*(?:\d[.)]|[-*•] )"),
    ("opens_small", r"\s*[a-z]"),
    ("opens_blank", r"[ \n]"),
)
_OPENED = tuple(
    (name, re.compile(pattern, 0 if name == "opens_small" else re.IGNORECASE)) for name, pattern in _OPENINGS
)
_ASKED: tuple[tuple[str, str], ...] = (
    ("asked_code", r"\b(?:code|python|function|program|sql|script|javascript|c\+\+|regex|html|api)\b"),
    ("asked_write", r"\b(?:write|compose|draft|create|story|poem|essay|email|letter|song)\b"),
    ("asked_list", r"\b(?:list|names? of|examples?|ideas|suggest|recommend|top \d+|some)\b"),
    ("asked_short", r"\b(?:one|single|brief(?:ly)?|short|sentence|word|summari[sz]e|only|concise)\b"),
    ("asked_why", r"\b(?:why|explain|describe|difference|compare)\b"),
    ("asked_how", r"\b(?:how (?:do|to|can|does)|steps|recipe|guide)\b"),
    ("asked_sum", r"\b(?:how many|how much|calculate|solve|probability|equation|sum)\b"),
    ("asked_fact", r"\b(?:who|when|where|what is|what are|which)\b"),
    ("asked_edit", r"\b(?:rewrite|edit|correct|translate|convert|classify|identify|extract|paraphrase|given)\b"),
)
_SOUGHT = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _ASKED)
_SHAPE = (
    "log_characters", "log_words", "log_sentences", "log_lines", "words_a_sentence", "words_a_line", "word_length",
    "long_words", "stop_words", "capitals", "digits", "foreign_letters", "distinct_words", "distinct_first_100",
    "repeated_trigrams", "repeated_lines", "zipped", "breaks_off", "ends_question", "ends_colon", "empty", "cut",
    "request_taken_up", "new_words", "copied_request", "request_numbers_kept", "numbers_from_request",
    "pairs_from_request", "triples_from_request", "request_words", "relative_length",
    "request_is_question", "request_lines", "same_script",
)  # fmt: skip
FIGURES: tuple[str, ...] = (
    *_SHAPE,
    *(name for name, _ in _COUNTED),
    *(f"{name}_per_100" for name, _ in _COUNTED),
    *(name for name, _ in _OPENED),
    *(name for name, _ in _SOUGHT),
)
"""The names of the figures, in their order."""

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]


def cut_down(text: str) -> str:
    """What of a response is read; halves of surrogate pairs become question marks."""
    kept = text if len(text) <= LONGEST else text[: LONGEST - 1_000] + "\n" + text[-1_000:]
    return kept.encode("utf-8", "replace").decode()


def gram_ids(text: str) -> Integers:
    """The rows of a response's n-grams, each once, ascending; none for an empty one."""
    hashed_T = np.fromiter(map(_hash, _TOKEN.findall(cut_down(text).lower())), np.uint64)
    if not len(hashed_T):
        return np.zeros(0, np.int64)
    pairs = hashed_T[:-1] * np.uint64(0x9E3779B97F4A7C15) ^ hashed_T[1:] * np.uint64(0xC2B2AE3D27D4EB4F)
    first, last = hashed_T[:_EDGE], hashed_T[-_EDGE:]
    opening = first[:-1] * np.uint64(0x165667B19E3779F9) + first[1:]
    edges = [opening[:1] + np.uint64(5), first + np.uint64(1 << 40), last + np.uint64(1 << 41)]
    mixed = np.concatenate([hashed_T, pairs, *edges]) * np.uint64(0xFF51AFD7ED558CCD)
    return np.unique((mixed >> np.uint64(40)) % np.uint64(TABLE)).astype(np.int64)


def figures(prompt: str, text: str) -> Floats:
    """The figures of one response to one prompt, shape (F,), in the order of `FIGURES`; all are finite."""
    kept = cut_down(text)
    words, lines = _WORD.findall(kept.lower()), [line.strip() for line in kept.split("\n") if line.strip()]
    amount = max(len(words), 1)
    counts = np.array([_count(pattern, kept) for _, pattern in _COUNTED], np.float32)
    row = [
        *_shape(text, kept, words, lines),
        *_taken_up(prompt, kept, words),
    ]
    return np.concatenate(
        [
            np.array(row, np.float32),
            np.log1p(counts),
            np.minimum(100 * counts / amount, 30.0) / 5,
            np.array([pattern.match(kept) is not None for _, pattern in _OPENED], np.float32),
            np.array(_sought(prompt), np.float32),
        ]
    ).astype(np.float32)


def _shape(text: str, kept: str, words: Sequence[str], lines: Sequence[str]) -> list[float]:
    amount, characters = max(len(words), 1), max(len(kept), 1)
    sentences = max(len(_SENTENCE.findall(kept)), 1)
    trigrams = list(zip(words, words[1:], words[2:], strict=False))
    end = kept.rstrip()[-1:]
    packed = len(zlib.compress(kept.encode(), 1)) / characters
    return [
        float(np.log1p(len(text))),
        float(np.log1p(len(words))),
        float(np.log(sentences)),
        float(np.log1p(len(lines))),
        min(amount / sentences, 100.0) / 20,
        min(amount / max(len(lines), 1), 300.0) / 50,
        sum(map(len, words)) / amount / 5,
        sum(len(word) > 7 for word in words) / amount,
        sum(word in _STOP for word in words) / amount,
        sum(map(str.isupper, kept)) / characters * 10,
        sum(map(str.isdigit, kept)) / characters * 10,
        _beyond(kept, "\x7f"),
        len(set(words)) / amount,
        len(set(words[:100])) / max(len(words[:100]), 1),
        1 - len(set(trigrams)) / max(len(trigrams), 1),
        1 - len(set(lines)) / max(len(lines), 1),
        packed,
        float(end not in '.!?)"”*`:}]' and bool(end)),
        float(end == "?"),
        float(end == ":"),
        float(not words),
        float(len(text) > LONGEST),
    ]


@dataclass(frozen=True, slots=True)
class _Request:
    """What a prompt is made of: content words, numbers, runs of two and of three words, and its size."""

    content: frozenset[str]
    numbers: frozenset[str]
    pairs: frozenset[tuple[str, ...]]
    triples: frozenset[tuple[str, ...]]
    words: int
    lines: int
    foreign: float


def _taken_up(prompt: str, kept: str, words: Sequence[str]) -> list[float]:
    asked = _request(prompt)
    said = set(words)
    opening, numbers = kept.strip().lower()[:60], _NUMBER.findall(kept)
    return [
        len(asked.content & said) / len(asked.content) if asked.content else 1.0,
        len(said - _STOP - asked.content) / max(len(said - _STOP), 1),
        float(len(opening) > 20 and opening in prompt.lower()),
        sum(number in kept for number in asked.numbers) / len(asked.numbers) if asked.numbers else 1.0,
        sum(number in asked.numbers for number in numbers) / len(numbers) if numbers else 1.0,
        _share(_runs(words, 2), asked.pairs),
        _share(_runs(words, 3), asked.triples),
        float(np.log1p(asked.words)),
        float(np.log1p(len(words)) - np.log1p(asked.words)),
        float("?" in prompt),
        float(np.log1p(asked.lines)),
        1 - abs(asked.foreign - _beyond(kept, "\u024f")),
    ]


@lru_cache(maxsize=256)
def _request(prompt: str) -> _Request:
    kept = cut_down(prompt)
    words = _WORD.findall(kept.lower())
    return _Request(
        frozenset(words) - _STOP,
        frozenset(_NUMBER.findall(kept)),
        _runs(words, 2),
        _runs(words, 3),
        len(words),
        kept.count("\n"),
        _beyond(kept, "\u024f"),
    )


def _runs(words: Sequence[str], length: int) -> frozenset[tuple[str, ...]]:
    return frozenset(zip(*(words[start:] for start in range(length)), strict=False))


def _share(said: frozenset[tuple[str, ...]], asked: frozenset[tuple[str, ...]]) -> float:
    return len(said & asked) / len(said) if said else 0.0


@lru_cache(maxsize=256)
def _sought(prompt: str) -> tuple[bool, ...]:
    return tuple(pattern.search(prompt) is not None for _, pattern in _SOUGHT)


def _count(pattern: re.Pattern[str], text: str) -> int:
    return min(len(pattern.findall(text)), _MOST_COUNTED)


def _beyond(text: str, last: str) -> float:
    """The share of letters that come after `last` in Unicode, which is at least the last of ASCII."""
    return 0.0 if text.isascii() else sum(letter > last for letter in text) / len(text)


@lru_cache(maxsize=200_000)
def _hash(token: str) -> int:
    return zlib.crc32(token.encode())
