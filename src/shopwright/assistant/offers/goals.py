"""What is looked for, read from a phrase: a kind, a name, conditions on properties, words, and a wish in plain words.

    "GPUs above 1800 MHz with at least 12GB VRAM"     -> graphics card; above 1800 MHz; from 12 GB
    "the Velmor QX4060 Ti"                            -> a model: velmor qx 4060 ti
    "a PC case that can be carried to friends"        -> pc case; wish "can be carried to friends"

The head of the phrase, up to "with", "that", "for" ..., names the thing. A head with a number or with capitals that are
no kind, no brand and no measure is the name of one product, and is compared as such (`identity`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shopwright.assistant.offers.bounds import EMPTY, Condition, Span, find_bounds, masked
from shopwright.assistant.offers.identity import Token, tokens
from shopwright.knowledge.compatibility import Compatibility
from shopwright.knowledge.goods import Goods, KindMention, folded
from shopwright.skills.rewrite.amounts import digits_for_words
from shopwright.skills.rewrite.english import FILLER

_TAIL = re.compile(
    r"(?:^|[\s,])(?:with(?:out)?|which|that|whose|having|has|have|featuring|includ(?:es|ing)|for|from|by|"
    r"(?:so|on which|in which)\b|suitable|compatible|capable|able|where|because|since|clock(?:ing|ed)|running|"
    r"offering|supporting|"
    r"made|designed|(?:long|wid|tall|high|low|great|small|larg|bigg|heavi|light|fast|thick)er than|over|above|"
    r"below|under|at least|at most|up to|more than|less than|in (?=[a-z])|to (?=(?:[a-z]{3,})))\b"
)
_FROM_BRAND = re.compile(r"\b(?:from|by|of)\s+(?:the\s+)?(?:brands?\s+|manufacturers?\s+|makers?\s+)?(?=[A-Z])")
_PACK = re.compile(r"\b\d{1,2}\s?[x×]\s?\d+(?:[.,]\d+)?\s?(?:gb|tb|mb|mm|cm|ml|l|g|kg|m)\b", re.IGNORECASE)
_SOMETHING = re.compile(
    r"\b(?:something|anything|devices?|things?|gadgets?|solutions?|products?|accessor(?:y|ies)|tools?|box|equipment|hardware|components?)\b",
    re.I,
)
_NO_WISHES = frozenset({"watch", "hob", "drive slot", "power supply form", "child seat", "valve", "kit", "platform"})
"""Properties whose words in a wish are read as words: "strap for the Apple Watch"."""
_WORD = re.compile(r"[^\W_]+(?:[.-][^\W_]+)*")
_WITHOUT = re.compile(r"\b(?:without|no|non)[\s-]+(?:an?\s+|any\s+)?(\w[\w-]*)", re.IGNORECASE)
_FEATURE = re.compile(
    r"\s*(?:with|in|featuring|having|that has|that have|which has|which have|from|by)\b", re.IGNORECASE
)
_GENERIC = frozenset(
    folded(
        "support supports supporting compatible certification certified rating rated lighting lights connectivity "
        "connection connector port slot socket technology version type form factor size capacity storage space memory "
        "speed resolution display screen interface fit fits works work run runs come comes offer offers provide "
        "provides "
        "ram memory slots device devices something anything thing gadget solution accessory allow allows take takes "
        "hold holds colour color edition available least minimum maximum length inch"
    )
)
"""Words that say which property is meant, or only join: nobody writes them beside the value."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What one phrase looks for.

    Args:
        kinds: all that the word for it may mean; () where `kind` is the only one.
        name: what the thing is called, brand and all; () when no product is named.
        model: whether the name is one product's, and not just a brand or a quality.
        packs: how many of what size are in a pack, without blanks: "2x8gb".
        values: named values of properties (socket AM5, DDR5, IPS), one of each set; of plugs all.
        words: folded words that must be said of it; `without` those that must not.
        wish: what remains, in the shopper's words.
    """

    text: str
    kind: str | None = None
    kinds: tuple[str, ...] = ()
    name: tuple[Token, ...] = ()
    model: bool = False
    conditions: tuple[Condition, ...] = ()
    packs: tuple[str, ...] = ()
    values: tuple[tuple[str, frozenset[str]], ...] = ()
    words: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    wish: str = ""


def read_goal(phrase: str) -> Goal:
    """Read a phrase such as "GPUs from the brand PNY with at least 8 GB"."""
    text = digits_for_words(phrase)
    cut = _TAIL.search(text, 1)
    head_end = cut.start() if cut else len(text)
    kinds, kind_spans = _kinds(text, head_end)
    packs = list(_PACK.finditer(text))
    names = any(_is_model(word, place) for place, word in enumerate(text[:head_end].split()))
    conditions, taken = find_bounds(masked(text, [match.span() for match in packs]), head_end, names)
    taken += [match.span() for match in packs]
    without, gone = _without(text)
    taken += [*kind_spans, *gone]
    values, stated = _values(text, kinds, taken, head_end)
    taken += stated
    head = _left(text, 0, head_end, taken)
    brand = _brands(text, head_end, taken)
    model = any(_is_model(word, place) for place, word in enumerate(head))
    named = [word for word in head if model or word[0].isupper()]
    rest = _left(text, head_end, len(text), [*taken, *((start, end) for start, end, _ in brand)])
    if model and not conditions and not brand:
        named, rest = [*named, *rest], []
    said = [word for word in rest if word[0].isupper() or any(letter.isdigit() for letter in word)]
    tail = text[head_end:]
    required = [word for word in head if word not in named]
    wish = _wish(tail, rest, said)
    if not wish:
        required += said
    elif _FEATURE.match(tail) and len(wish.split()) <= 5:
        required, wish = [*required, *_WORD.findall(wish)], ""
    return Goal(
        phrase,
        kinds[0] if kinds else None,
        kinds[1:] and kinds,
        tuple(token for word in (*named, *(word for _, _, word in brand)) for token in tokens(word)),
        model,
        tuple(conditions),
        tuple(re.sub(r"\s", "", match[0]).replace("×", "x").lower() for match in packs),
        values,
        frozenset(word for word in folded(" ".join(required)) if word not in EMPTY | _GENERIC),
        frozenset(without),
        wish,
    )


def _kinds(text: str, head_end: int) -> tuple[tuple[str, ...], list[Span]]:
    """The kinds that the head's last name of one may mean, and where they are named."""
    goods = Goods.packaged()
    head = text[:head_end]
    own = goods.mentions(head)
    strong = [mention for mention in own if not mention.shared] or list(own)
    sign = goods.signed(head)
    if strong:
        kinds = tuple(dict.fromkeys(mention.kind for mention in strong if mention.end == strong[-1].end))
        named = [mention for mention in strong if mention.kind in kinds and not mention.sign]
        return kinds, [(_core(text, mention), mention.end) for mention in named]
    if sign:
        return (sign.kind,), []
    if any(_is_model(word, place) for place, word in enumerate(head.split())):
        return (), []
    if _SOMETHING.search(head):
        return (), []
    later = [mention for mention in goods.mentions(text) if not mention.shared]
    return ((later[0].kind,) if later else ()), []


def _values(
    text: str, kinds: Sequence[str], taken: Sequence[Span], head_end: int
) -> tuple[tuple[tuple[str, frozenset[str]], ...], list[Span]]:
    """Named values of properties, unless the head names a product: there they belong to its name."""
    spoken = [
        (name, value, start, end)
        for name, value, start, end in Compatibility.packaged().spoken(text)
        if kinds and name not in _NO_WISHES and (name != "maker" or value.lower() == text[start:end].lower())
    ]
    spoken = [one for one in spoken if one[2] >= head_end or _is_its_name(text[one[2] : one[3]], one[1])]
    spans = [(start, end) for _, _, start, end in spoken]
    if any(_is_model(word, place) for place, word in enumerate(_left(text, 0, head_end, [*taken, *spans]))):
        return (), []
    found: dict[str, set[str]] = {}
    for name, value, _, _ in spoken:
        found.setdefault(name, set()).add(value)
    return tuple((name, frozenset(some)) for name, some in found.items()), spans


def _is_its_name(said: str, value: str) -> bool:
    """Whether a value is named, and not a model that has it: "LGA1700", but not "i5-13600"."""
    number = re.search(r"\d+", said)
    return number is None or number[0] in re.findall(r"\d+", value)


def _core(text: str, mention: KindMention) -> int:
    """Where the shortest name of the kind begins that ends a mention: "monitor" of "gaming monitor"."""
    goods = Goods.packaged()
    for word in reversed(list(_WORD.finditer(text, mention.start, mention.end))):
        inner = goods.mentions(text[word.start() : mention.end])
        said = Compatibility.packaged().spoken(text[mention.start : word.start()])
        telling = any(name not in _NO_WISHES for name, *_ in said)
        if any(other.kind == mention.kind and not other.start and (telling or not other.shared) for other in inner):
            return word.start()
    return mention.start


def _without(text: str) -> tuple[list[str], list[Span]]:
    found = [match for match in _WITHOUT.finditer(text) if match[1].lower() not in EMPTY | {"more", "less", "longer"}]
    return [word for match in found for word in folded(match[1])], [match.span() for match in found]


def _brands(text: str, head_end: int, taken: Sequence[Span]) -> list[tuple[int, int, str]]:
    """Names after "from" or "by" in the tail."""
    found = []
    for match in _FROM_BRAND.finditer(text, max(0, head_end - 1)):
        word = re.compile(r"[^\W_]+(?:[.&'’!-]*[^\W_]+)*(?:\s+[A-Z][\w!&'’.-]*)*").match(text, match.end())
        if word and not _inside(match.end(), taken):
            found.append((match.start(), word.end(), word[0]))
    return found


def _left(text: str, start: int, end: int, taken: Sequence[Span]) -> list[str]:
    """The words of a stretch that nothing took and that say something."""
    filler = [match.span() for match in FILLER.finditer(text)]
    found = []
    for match in re.finditer(r"[^\s,;:()\[\]\"“”]+", text[start:end]):
        place = start + match.start()
        word = match[0].strip("!?.'’")
        if not word or _inside(place, taken) or word in EMPTY or (place == 0 and word.lower() in ("a", "an", "the")):
            continue
        if not word[0].isupper() and not any(letter.isdigit() for letter in word) and _inside(place, filler):
            continue
        found.append(word)
    return found


def _plain_words(word: str) -> frozenset[str]:
    return frozenset(folded(word))


def _inside(place: int, spans: Sequence[Span]) -> bool:
    return any(start <= place < end for start, end in spans)


def _is_model(word: str, place: int) -> bool:
    """Whether a word of the head names a model: it has a digit, or a capital without being the first (a brand)."""
    return any(letter.isdigit() for letter in word) or (place > 0 and word[0].isupper() and len(word) > 1)


def _wish(tail: str, rest: Sequence[str], said: Sequence[str]) -> str:
    """The tail in the shopper's words, if words remain that nothing else has read."""
    left = [word for word in rest if word not in said and not (_plain_words(word) <= _GENERIC | EMPTY)]
    kinds = {word for mention in Goods.packaged().mentions(tail) for word in folded(tail[mention.start : mention.end])}
    if not left or (said and all(_plain_words(word) <= kinds | _GENERIC for word in left)):
        return ""
    return re.sub(r"\s+", " ", re.sub(r"^\W*(?:which|that|so|for|to)\b", "", tail)).strip(" ,.;")
