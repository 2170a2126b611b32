"""Rules that tell text worth learning from from junk: pure functions with names, thresholds in one dataclass.

After Gopher (Rae et al. 2021, table A1), C4 (Raffel et al. 2020) and FineWeb (Penedo et al. 2024); the thresholds are
theirs where they name them. `first_failed` says which rule removes a text, so that the datasheet can count them.

What not: no rule knows a topic. Texts that are good in form and poor in content are the business of `scorer`.

Simplification: stop words and letter statistics are English; with other languages switch `stop_words` and `gibberish`
off (0 and a large number).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Rules:
    """Thresholds. A text beyond one of them is removed under that rule's name.

    Args:
        words: fewest and most words.
        word_length: smallest and largest mean length of a word, in characters.
        symbols: most "#", "…", "~", "^", "@" and the like a word (not those that Markdown is made of).
        letters: smallest share of letters among what is no white space.
        digits: largest share of digits there.
        capitals: largest share of capitals among the letters.
        single_letters: largest share of words of one letter ("t h i s").
        bullets, ellipses: largest share of lines that begin with a bullet, that end in an ellipsis.
        unpunctuated: largest share of short lines (under 30 characters) without a full stop or only a label ("Name:"),
            from eight lines on, in which a quarter of the characters are.
        duplicate_lines: largest share of characters in lines that stood there before; the same for paragraphs.
        duplicate_grams: largest share of words in a run of five that stood there before.
        top_gram: largest share of characters that the most frequent pair of words makes up.
        top_word: largest share of words that one word makes up, such as "the" not counted.
        stop_words: smallest share of words such as "the", "of", "and".
        braces: most curly braces a word.
        links: most web addresses a word.
        boilerplate: largest share of characters in short lines of menus, error pages, licences.
        notices: largest share of characters in sentences that a site says about itself (cookies, privacy, rights), in
            texts of up to 250 words: longer ones are about these things.
        gibberish: largest mean surprise of a letter after the one before it, in bits.
    """

    words: tuple[int, int] = (15, 100_000)
    word_length: tuple[float, float] = (2.8, 10.0)
    symbols: float = 0.12
    letters: float = 0.62
    digits: float = 0.25
    capitals: float = 0.45
    single_letters: float = 0.25
    bullets: float = 0.9
    ellipses: float = 0.3
    unpunctuated: float = 0.7
    duplicate_lines: float = 0.25
    duplicate_grams: float = 0.35
    top_gram: float = 0.2
    top_word: float = 0.15
    stop_words: float = 0.12
    braces: float = 0.06
    links: float = 0.07
    boilerplate: float = 0.3
    notices: float = 0.5
    gibberish: float = 4.6


PROSE = Rules()
"""For running text."""

STRUCTURED = Rules(
    words=(4, 100_000), word_length=(2.0, 14.0), symbols=2.0, letters=0.3, digits=0.5, capitals=0.8, single_letters=0.5,
    bullets=1.0, unpunctuated=1.0, duplicate_lines=0.5, duplicate_grams=0.7, top_gram=0.5, top_word=1.0, stop_words=0.0,
    braces=1.0, links=0.2, notices=1.0, gibberish=7.0,
)  # fmt: skip
"""For product cards, tables, questions and answers, dialogues."""


class Text:
    """A text with what several rules count in it, each counted once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = text.split()
        self.length = sum(map(len, self.words))

    @cached_property
    def lines(self) -> list[str]:
        """Its lines without white space around them, without the empty ones."""
        return [line for line in map(str.strip, self.text.split("\n")) if line]

    @cached_property
    def data(self) -> NDArray[np.uint8]:
        """Its bytes in Latin-1, every other character as "?"; shape (characters,)."""
        return np.frombuffer(self.text.encode("latin-1", "replace"), np.uint8)

    @cached_property
    def kinds(self) -> NDArray[np.intp]:
        """How many characters are other, lower case, capital, digit, symbol, brace, white space; shape (7,)."""
        return np.bincount(_KIND[self.data], minlength=7)

    @cached_property
    def folded(self) -> str:
        """The text in lower case."""
        return self.text.lower()

    @cached_property
    def lowered(self) -> list[str]:
        """Its words in lower case."""
        return self.folded.split()

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each word of `lowered` stands there."""
        return Counter(self.lowered)

    @cached_property
    def pairs(self) -> Counter[tuple[str, str]]:
        """How often each two neighbouring words of `lowered` stand there."""
        return Counter(pairwise(self.lowered))


def _kind_table() -> NDArray[np.uint8]:
    table = np.zeros(256, np.uint8)
    for code in range(256):
        sign = chr(code)
        if sign.isalpha():
            table[code] = 2 if sign.isupper() else 1
        elif sign.isdigit():
            table[code] = 3
        elif sign.isspace():
            table[code] = 6
        elif sign in "~^\\<@#$%&¤§¶¦¬":
            table[code] = 4
        elif sign in "{}":
            table[code] = 5
    return table


_KIND = _kind_table()
_LOWER, _CAPITAL, _DIGIT, _SYMBOL, _BRACE, _SPACE = 1, 2, 3, 4, 5, 6

_STOP_WORDS = """
the be to of and that have with a in is it for on are as was this you not by or at from but an your can if i
he she they we will has had his her my all so there which one when what who would their do no its me him were
been more than them
"""
_STOP = frozenset(_STOP_WORDS.split())
_BULLETS = ("- ", "* ", "• ", "● ", "▪ ", "– ", "◦ ", "‣ ", "+ ", "> ", "·", "•", "»", "►")
_ENDS = tuple(".!?:;\"”’')]>|…。")
_LABEL = re.compile(r"(?:\S+ ){0,2}\S+ ?:")
_LINK = re.compile(r"https?://|www\.")

_BOILERPLATE = (
    "lorem ipsum", "dolor sit amet", "consectetur adipiscing", "use cookies", "uses cookies", "accept all",
    "accept cookies", "cookie policy", "cookie settings", "cookie preferences", "cookie consent", "privacy policy",
    "terms of use", "terms of service", "terms and conditions", "terms & conditions", "all rights reserved", "©",
    "copyright (c)", "sign in", "log in", "login", "sign up", "my account", "your password", "create account",
    "create an account", "add to cart", "add to basket", "add to wishlist", "wishlist", "view cart", "cart (0)",
    "cart is empty", "continue shopping", "skip to content", "skip to main", "toggle navigation", "back to top",
    "home |", "home >", "home »", "| contact", "contact us", "about us", "enable javascript", "javascript is",
    "requires javascript", "newsletter", "subscribe", "follow us", "find us on", "like us on", "share this",
    "share on", "page not found", "404", "403 forbidden", "internal server error", "access denied", "you are human",
    "you are a human", "captcha", "click here", "read more", "load more", "show more", "learn more", "next page",
    "previous page", "code of conduct", "warranty of any kind", 'provided "as is"', "permission is hereby granted",
    "loading...", "please wait", "powered by", "advertisement", "sponsored", "sitemap", "faq |", "menu",
)  # fmt: skip
"""What menus, notices and error pages are made of; one of them is nothing, many in few words are."""
_LEGAL = (
    "contributor covenant", "microsoft open source code of conduct", "begin microsoft security.md", "# code of conduct",
    "# adobe code of conduct", "permission is hereby granted, free of charge", "lorem ipsum dolor",
)  # fmt: skip
_FILLER = re.compile(r"\bfeugiat\b.{0,200}\bvestibulum\b", re.DOTALL)

_NOTICE_HINTS = ("cookie", "consent", "privacy", "copyright", "©", "rights", "trademark", "terms", "disclaim", "legal")
_NOTICE = re.compile(
    r"cookie|consent|privacy|personali[sz]e|preferences|legitimate interest|third.part(?:y|ies)|partners|opt.?out|gdpr|"
    r"ccpa|advertis|analytics|tracking|copyright|©|rights|trademark|registered|company n|terms|conditions|agreement|"
    r"disclaim|liab|permission|prohibited|affiliate|imprint|legal|warrant|sitemap|\bvat\b|powered by|this (?:web)?site|"
    r"(?:accept|reject|allow|decline|manage|save)(?: all| and|$)"
)
"""What a site says about itself and its visitors' rights."""
_UNIT = re.compile(r"(?<=[.!?])\s+|\s*[\n|]\s*")

Rule = Callable[[Text, Rules], bool]


def _too_short(text: Text, rules: Rules) -> bool:
    return len(text.words) < rules.words[0]


def _too_long(text: Text, rules: Rules) -> bool:
    return len(text.words) > rules.words[1]


def _word_length(text: Text, rules: Rules) -> bool:
    low, high = rules.word_length
    return not low <= text.length / max(len(text.words), 1) <= high


def _symbols(text: Text, rules: Rules) -> bool:
    ellipses = text.text.count("…") + text.text.count("...")
    return (int(text.kinds[_SYMBOL]) + ellipses) > rules.symbols * len(text.words)


def _letters(text: Text, rules: Rules) -> bool:
    if len(text.data) == 0 or not text.text.isascii():  # other scripts are no "letters" in Latin-1
        letters = sum(map(str.isalpha, text.text))
    else:
        letters = int(text.kinds[_LOWER] + text.kinds[_CAPITAL])
    return letters < rules.letters * text.length


def _digits(text: Text, rules: Rules) -> bool:
    return int(text.kinds[_DIGIT]) > rules.digits * text.length


def _capitals(text: Text, rules: Rules) -> bool:
    letters = int(text.kinds[_LOWER] + text.kinds[_CAPITAL])
    return letters > 20 and int(text.kinds[_CAPITAL]) > rules.capitals * letters


def _single_letters(text: Text, rules: Rules) -> bool:
    return sum(1 for word in text.words if len(word) == 1 and word.isalpha()) > rules.single_letters * len(text.words)


def _bullets(text: Text, rules: Rules) -> bool:
    count = sum(line.startswith(_BULLETS) for line in text.lines)
    return len(text.lines) >= 4 and count > rules.bullets * len(text.lines)


def _ellipses(text: Text, rules: Rules) -> bool:
    count = sum(line.endswith(("...", "…")) for line in text.lines)
    return len(text.lines) >= 3 and count > rules.ellipses * len(text.lines)


def _unpunctuated(text: Text, rules: Rules) -> bool:
    if len(text.lines) < 8:
        return False
    short = [len(line) for line in text.lines if len(line) < 30 and not _is_finished(line)]
    return len(short) > rules.unpunctuated * len(text.lines) and 4 * sum(short) > sum(map(len, text.lines))


def _is_finished(line: str) -> bool:
    return line.endswith(_ENDS) and _LABEL.fullmatch(line) is None


def _duplicate_lines(text: Text, rules: Rules) -> bool:
    lines = text.lines
    if len(lines) < 3:
        return False
    total = sum(map(len, lines))
    return total - sum(map(len, set(lines))) > rules.duplicate_lines * total


def _duplicate_grams(text: Text, rules: Rules) -> bool:
    words = text.lowered
    if len(words) < 25:
        return False
    limit = rules.duplicate_grams * (len(words) - 4)
    if len(words) - 1 - len(text.pairs) <= limit:  # a run of five that stood there before begins with such a pair
        return False
    grams = list(zip(words, words[1:], words[2:], words[3:], words[4:], strict=False))
    return len(grams) - len(set(grams)) > limit


def _top_gram(text: Text, rules: Rules) -> bool:
    words = text.lowered
    if len(words) < 25:
        return False
    most, limit = max(text.pairs.values()), rules.top_gram * text.length
    if 2 * most * max(map(len, words)) <= limit:
        return False
    pair, count = max(text.pairs.items(), key=itemgetter(1))
    return count > 2 and count * (len(pair[0]) + len(pair[1])) > limit


def _stop_words(text: Text, rules: Rules) -> bool:
    if not rules.stop_words:
        return False
    return sum(map(text.counts.__getitem__, _STOP)) < rules.stop_words * len(text.words)


def _top_word(text: Text, rules: Rules) -> bool:
    if len(text.words) < 40 or rules.top_word >= 1:
        return False
    limit = rules.top_word * len(text.words)
    return any(count > limit and len(word) > 2 and word not in _STOP for word, count in text.counts.items())


def _braces(text: Text, rules: Rules) -> bool:
    return int(text.kinds[_BRACE]) > rules.braces * len(text.words)


def _links(text: Text, rules: Rules) -> bool:
    return ("://" in text.text or "www." in text.text) and len(_LINK.findall(text.text)) > max(
        1.0, rules.links * len(text.words)
    )


def _boilerplate(text: Text, rules: Rules) -> bool:
    lowered = text.folded
    head = lowered[:3_000]
    if any(map(head.__contains__, _LEGAL)) or ("feugiat" in head and _FILLER.search(head)):
        return True
    hits = sum(map(lowered.count, _BOILERPLATE))
    if hits < 2:
        return False
    if hits * 14 > len(text.words):
        return True
    found = sum(
        len(line) for line in text.lines if len(line) < 120 and any(map(line.lower().__contains__, _BOILERPLATE))
    )
    return len(text.lines) > 2 and found > rules.boilerplate * text.length


def _notices(text: Text, rules: Rules) -> bool:
    if len(text.words) > 250 or not any(map(text.folded.__contains__, _NOTICE_HINTS)):
        return False
    units = [unit for unit in _UNIT.split(text.folded) if unit]
    found = [(len(unit), match[0]) for unit in units if (match := _NOTICE.search(unit))]
    subjects = {subject for _, subject in found}  # ginger cookies are one
    return len(subjects) >= 3 and sum(length for length, _ in found) > rules.notices * sum(map(len, units))


def _gibberish(text: Text, rules: Rules) -> bool:
    return surprise(text) > rules.gibberish


RULES: Sequence[tuple[str, Rule]] = (
    ("too_short", _too_short),
    ("too_long", _too_long),
    ("word_length", _word_length),
    ("symbols", _symbols),
    ("braces", _braces),
    ("letters", _letters),
    ("digits", _digits),
    ("capitals", _capitals),
    ("single_letters", _single_letters),
    ("links", _links),
    ("bullets", _bullets),
    ("ellipses", _ellipses),
    ("duplicate_lines", _duplicate_lines),
    ("boilerplate", _boilerplate),
    ("notices", _notices),
    ("unpunctuated", _unpunctuated),
    ("gibberish", _gibberish),
    ("stop_words", _stop_words),
    ("top_word", _top_word),
    ("duplicate_grams", _duplicate_grams),
    ("top_gram", _top_gram),
)
"""In the order in which they are tried: the cheap ones first."""


def first_failed(text: str, rules: Rules = PROSE) -> str | None:
    """The name of the first rule that removes a text; None when it may stay."""
    counted = Text(text)
    return next((name for name, rule in RULES if rule(counted, rules)), None)


def surprise(text: Text) -> float:
    """Mean bits of a letter after the one before it, under the pairs in the demo shop's English; 0 with none."""
    folded = _FOLD[text.data]
    counts = np.bincount(_ROW[folded[:-1]] + folded[1:], minlength=27 * 27)
    counts[0] = 0
    total = int(counts.sum())
    return float(counts @ _pair_bits()) / total if total else 0.0


def _fold_table() -> NDArray[np.uint8]:
    table = np.zeros(256, np.uint8)
    for code in range(26):
        table[ord("a") + code] = table[ord("A") + code] = code + 1
    return table


_FOLD = _fold_table()
"""a to z, in either case, as 1 to 26; all else as 0."""
_ROW = np.arange(27, dtype=np.intp) * 27


@lru_cache(maxsize=1)
def _pair_bits() -> NDArray[np.float64]:
    """-log2 P(letter | letter before), add-one smoothed, shape (27 * 27,)."""
    from shopwright.catalog.demo import demo_documents, demo_reviews

    counts = np.ones((27, 27))
    for source in (demo_documents(), demo_reviews()):
        for item in source:
            folded = _FOLD[np.frombuffer(item.text.encode("latin-1", "replace"), np.uint8)].astype(np.intp)
            counts += np.bincount(folded[:-1] * 27 + folded[1:], minlength=729).reshape(27, 27)
    return np.asarray(-np.log2(counts / counts.sum(1, keepdims=True)).reshape(-1))
