"""Conversation rewriting: a follow-up becomes a query that needs none of the earlier messages.

    "red dress", "for a wedding in july"     red dress for a wedding in july
    "red dress", "in blue instead"           dress in blue
    "tent for two", "cheaper"                cheaper tent for two
    "black shoes for work", "what about boots"    black boots for work

A message is an aside (thanks, a question about what is shown), a new wish, a refinement of the wish before, or the same
wish for another thing. Which one it is, and which words displace which, is told by the shop's vocabulary (`Lexicon`)
and by English (`english`, `fragments`). In doubt a message is a new wish, so that it is searched as it was typed.
What becomes of a wish is in `revision`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from shopwright.skills.rewrite.amounts import digits_for_words, find_measures, find_prices
from shopwright.skills.rewrite.english import (
    CHAT,
    CONTACT,
    FILLER,
    INJECTION,
    NUMBER_WORDS,
    OCCASION,
    ORDER,
    ORDINALS,
    QUESTION,
)
from shopwright.skills.rewrite.fragments import (
    DEGREES,
    PEOPLE,
    PHRASE,
    PROPERTIES,
    clauses,
    cut,
    fragment,
    is_adjective,
)
from shopwright.skills.rewrite.goal import content
from shopwright.skills.rewrite.lexicon import Lexicon, Word, tokenize
from shopwright.skills.rewrite.revision import ENDS, INDIFFERENT, Wish, is_property, named_by, refined, turned

LONGEST = 300
"""Characters of a message up to which it may be a follow-up, and of what comes out."""
REMEMBERED = 12
"""Earlier messages that are looked at."""
_READ = 4 * LONGEST
"""Characters of a message that are looked at."""
_COMMON = 3
"""Products from which a value is one that is asked for: glass, not the tie that one box holds."""
_FEW = 2
"""Words that may describe the "one" that is meant."""

_TURN = re.compile(
    r"\b(?:what about|how about|instead|rather|would be (?:better|nicer)|make that|switch to|i mean[t]?|actually|"
    r"wait|forget|never ?mind|"
    r"scrap that|second thoughts?|or maybe|changed my mind|let['’]?s try)\b",
    re.IGNORECASE,
)
_ONE = re.compile(r"\b(?:ones?|same|it|them|those|these)\b|\binstead\b", re.IGNORECASE)
_X_ONE = re.compile(r"\b([\w-]+) (?:ones?|sort|kind)\b", re.IGNORECASE)
_CUE = re.compile(
    r"^\W*(?:(?:and|but|ok(?:ay)?|so|no|hmm+|well|yes|sorry)\b\W*)*"
    r"(?:also|only|preferably|ideally|must|should|has to|needs? to|it\b|i(?:['’]?d)? "
    r"prefer|make it|same|sorry|rather)\b|"
    r"\b(?:would be (?:nice|good|great|better)|then|as well|instead|or so|please)\W*$",
    re.IGNORECASE,
)
"""What is said to somebody who is already looking: "only canvas", "canvas would be nice"."""
_HALVES = {"proof", "resistant", "friendly", "free", "safe"}
_JOINED = re.compile(r"\s+(?:or|and)\s+", re.IGNORECASE)
_SHOWN = re.compile(
    rf"\b(?:the )?(?:{'|'.join(ORDINALS)}|last|other) (?:one|two|three)\b|\b(?:it|its|they|their|this|that)\b",
    re.IGNORECASE,
)


def self_contained(message: str, history: Sequence[str], lexicon: Lexicon) -> str:
    """The message as a query that needs none of the earlier messages; itself when it needs none.

    Args:
        message: what the shopper says now.
        history: what the shopper said before, oldest first.
        lexicon: the words of this shop.

    Returns:
        A query of at most `LONGEST` characters, or the message as it is: when it is a wish of its own, a question about
        products that are shown, talk, or longer than that.
    """
    wish: Wish | None = None
    for said in history[-REMEMBERED:]:
        wish = _after(said, wish, lexicon, past=True) or wish
    now = _after(message, wish, lexicon) if wish else None
    return now.text if now and not now.own and 0 < len(now.text) <= LONGEST else message


def _after(message: str, wish: Wish | None, lexicon: Lexicon, *, past: bool = False) -> Wish | None:
    """The wish after a message; None where the message says nothing about what is looked for.

    A past message of a word or two of which the catalogue knows none is kept beside what was looked for: as a thing of
    its own it finds nothing, and as a description ("star wars") it would be missed.
    """
    message = message[:_READ]
    if not tokenize(message) or any(pattern.search(message) for pattern in (CHAT, ORDER, CONTACT, INJECTION)):
        return None
    if wish is None or len(message) > LONGEST:
        return _new(message, lexicon)
    if thing := _other_thing(message, lexicon):
        return turned(wish, thing, fragment(message), lexicon)
    if _asks_about_shown(message):
        return None
    leans = _leans(message, wish, lexicon) or (past and _is_strange(message, lexicon))
    return refined(wish, message, lexicon) if leans else _new(message, lexicon)


def _new(message: str, lexicon: Lexicon) -> Wish:
    """A message that stands for itself, taken apart so that later ones can change it."""
    parts = clauses(message) or [message.strip()]
    first, behind = cut(parts[0])
    words = first.split()
    count = 0
    while count < len(words) - 1 and _describes(tokenize(words[count]), lexicon):
        count += 1
    return Wish(tuple(words[:count]), " ".join(words[count:]), (*behind, *parts[1:]), own=True)


# ── what a message is ──


def _asks_about_shown(message: str) -> bool:
    """ "Is it waterproof?", "the second one": about products on the page, which no query can say."""
    if re.search(rf"\b(?:{'|'.join(ORDINALS)}|last|latter|former) (?:one|two|three|option)\b", message, re.IGNORECASE):
        return True
    if not QUESTION.search(message) or not _SHOWN.search(message):
        return False
    return not re.search(
        r"\b(?:do you have|have you got|is there|are there|got|come in|get (?:it|them))\b", message, re.IGNORECASE
    )


def _leans(message: str, wish: Wish, lexicon: Lexicon) -> bool:
    """Whether a message only makes sense after the wish before it.

    It does when it begins with a phrase ("under 50"), speaks of "ones", or has no words but such as describe; it does
    not when it names goods of the shop, unless those are a kind of the thing talked about.
    """
    said = clauses(message)
    named = [(first, words) for clause in said if (words := _naming(first := cut(clause)[0]))]
    every = [word for _, words in named for word in words]
    if (match := _X_ONE.search(message)) and not FILLER.fullmatch(match[1]) and not _naming(message[: match.start()]):
        return len(every) <= _FEW
    if said and OCCASION.search(cut(said[0])[0]) and not _CUE.search(message):
        return False  # a present is looked for
    narrows = _narrows(every, wish, lexicon)
    if not narrows and any(_names_goods(words, lexicon) for _, words in named):
        return False
    unknown = [word for first, words in named for word in _unknown(first, words, lexicon)]
    if (match := INDIFFERENT.search(message)) and is_property(named_by(match), lexicon):
        return True
    if len(unknown) == 1 and _CUE.search(message):
        return True
    begins = bool(said) and PHRASE.match(said[0]) is not None and not QUESTION.match(said[0])
    return begins or narrows or not unknown or (bool(_ONE.search(message)) and len(unknown) == 1)


def _is_strange(message: str, lexicon: Lexicon) -> bool:
    """Whether a message is a word or two that stand in no title and name nothing."""
    words = tokenize(message)
    known = (lexicon.title_counts[word.folded] or lexicon.names_goods(word.folded) for word in words)
    return len(words) <= _FEW and not any(known)


def _names_goods(words: Sequence[Word], lexicon: Lexicon) -> bool:
    """Whether words name goods of the shop; "gluten free" describes, also where a category is called so."""
    ends = words[-1].text in PROPERTIES or words[-1].text in _HALVES
    return not ends and bool(lexicon.categories([word.folded for word in words]))


def _naming(text: str) -> list[Word]:
    """The words of a text that may name a thing: without filler, amounts and numbers."""
    text = digits_for_words(text)
    amounts = [(found.start, found.end) for found in find_measures(text)]
    amounts += [(found.start, found.end) for found in find_prices(text, [])]
    return [word for word in content(text, amounts) if not word.text.isdigit()]


def _unknown(text: str, words: Sequence[Word], lexicon: Lexicon) -> list[Word]:
    """Those words that are not known to describe: alone, or by the words beside them."""
    if words[-1].text in PROPERTIES and len(words) <= _FEW:
        return []  # "king size"
    known = [_is_describing(word, lexicon) for word in words]
    if re.match(r"\s*\d", text[words[-1].end :]) and lexicon.names_attribute(words[-1].folded):
        known[-1] = True  # "spf 50"
    for i, (word, after) in enumerate(itertools.pairwise(words)):
        between = text[word.end : after.start]
        if after.text in _HALVES or (after.text.endswith("ed") and word.text == word.folded):
            known[i] = known[i + 1] = True  # "water proof", "battery powered"
        if word.text in DEGREES or (_JOINED.fullmatch(between) and known[i]):
            known[i + 1] = True  # "less bulky", "navy or emerald"
    return [word for word, is_known in zip(words, known, strict=True) if not is_known]


def _narrows(words: Sequence[Word], wish: Wish, lexicon: Lexicon) -> bool:
    """Whether words name a kind of the thing talked about: "decaf" where a category of that name lies below coffee."""
    around = {level for word in tokenize(wish.thing) for level in lexicon.categories([word.folded])}
    levels = set(lexicon.categories([word.folded for word in words]))
    if not around or not levels or levels & around:
        return False
    paths = (path.split(" > ") for path in lexicon.vocabulary.categories)
    return any(around & set(path[: path.index(level)]) for path in paths for level in levels & set(path))


def _describes(words: Sequence[Word], lexicon: Lexicon) -> bool:
    """Whether words tell how a thing is and name none."""
    return all(_is_describing(word, lexicon) for word in words)


def _is_describing(word: Word, lexicon: Lexicon) -> bool:
    if is_adjective(word.text) or ENDS.fullmatch(word.text) or word.text in NUMBER_WORDS:
        return True
    if word.text in DEGREES or PEOPLE.fullmatch(word.text):
        return True
    if lexicon.names_goods(word.folded) or word.folded != word.text:
        return False
    attributes = lexicon.vocabulary.attributes
    for match in itertools.chain.from_iterable(lexicon.values([word])):
        if match.count >= _COMMON or attributes[match.field.removeprefix("attr:")].option:
            return True
    names = attributes.get(word.folded)
    return bool(names and names.kind == "text") or bool(lexicon.brands([word])) or _forms_part(word, lexicon)


def _forms_part(word: Word, lexicon: Lexicon) -> bool:
    """Whether a word is a part of a category's name that is no name of its own: the "sleeping" of sleeping bags."""
    return lexicon.in_level(word.folded) and word.text.endswith(("en", "ing"))


def _other_thing(message: str, lexicon: Lexicon) -> str:
    """ "What about boots", "an e-bike would be better": the other thing that is looked for; "" when none is."""
    if not _TURN.search(message) or _X_ONE.search(message):
        return ""
    article = re.search(r"\ban?\s+[a-z]", message, re.IGNORECASE)
    for clause in clauses(message):
        first, _ = cut(clause)
        words = _naming(first)
        if words and (
            lexicon.categories([word.folded for word in words])
            or (_unknown(first, words, lexicon) and (article or words[-1].text != words[-1].folded))
        ):
            return first
    return ""
