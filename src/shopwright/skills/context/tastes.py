"""What a sentence says that somebody likes, avoids, cannot bear, or does not eat, in general and not this once.

"I hate polyester" says so; "I hate it", "I like the second one" and "I'd love a green tent" do not: what follows must
be a kind of thing, so nothing that begins with an article, a pronoun or a verb counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shopwright.types import PreferenceKind

Stated = tuple[PreferenceKind, str]

ALLERGENS = (
    "tree nuts? peanuts? hazelnuts? walnuts? almonds? cashews? nuts? lactose milk dairy gluten wheat eggs? "
    "soya? soy fish "
    "shellfish crustaceans? sesame mustard celery lupin fructose histamine sulphites? wool latex nickel perfumes? "
    "fragrances? cats? dogs? dust pollen bees? wasps? feathers? penicillin strawberries rubber cobalt aspirin"
)
_ALLERGEN = re.compile(rf"\b(?:{'|'.join(ALLERGENS.replace('tree nuts?', 'tree.nuts?').split())})\b", re.IGNORECASE)
_DIETS = (
    r"(?P<diet>vegan|vegetarian|pescatarian|halal|kosher|keto|ketogenic|paleo|plant[- ]based|gluten[- ]free|"
    r"low[- ]carb|"
    r"sugar[- ]free|dairy[- ]free|teetotal)s?\b"
)
_FOODS = (
    r"(?:red )?(?:meat|pork|beef|lamb|fish|seafood|dairy|sugar|alcohol|eggs?|gluten|cheese|caffeine|coffee|"
    r"chicken|bread|"
    r"carbs|mushrooms|onions?|garlic|milk|nuts)"
)
_WHO = r"\b(?:I|we)"
_BE = r"(?:\s+am|'m|\s+are|'re|\s+have been|'ve been|\s+is|'s)"
_VERY = (
    r"(?:\s+(?:really|absolutely|also|very|badly|severely|highly|strongly|quite|just|still|simply|generally|"
    r"usually|always|mostly|strictly|a|an|only|honestly|totally))*"
)
_ALLERGIC = (
    re.compile(r"\ballergic\s+(?:to|against)\s+(?P<what>.+)", re.IGNORECASE),
    re.compile(r"\bintolerant\s+(?:to|of)\s+(?P<what>.+)", re.IGNORECASE),
    re.compile(r"\b(?P<what>[\w-]+)[ -]intolerant\b", re.IGNORECASE),
    re.compile(r"\b(?:have|has|'ve got|suffer from|with)\s+(?:an?\s+)?(?:\w+\s+)??(?P<what>[\w-]+)\s+(?:allergy|"
        r"intolerance)\b", re.IGNORECASE),
    re.compile(r"\b(?:allergy|intolerance)\s+to\s+(?P<what>.+)", re.IGNORECASE),
    re.compile(r"\b(?:I|we|skin|hands?|ears?)\s+(?:always\s+)?reacts?(?:\s+(?:badly|strongly|terribly))?\s+to\s+"
        r"(?P<what>.+)", re.IGNORECASE),
)  # fmt: skip
_NOT_ALLERGIC = re.compile(r"\b(?:not|never|n't|isn't|no one|nobody)\b[^,]*\b(?:allerg|intoleran)", re.IGNORECASE)
_BEARS = re.compile(
    rf"{_WHO}\s+(?:can't|cannot|can not|mustn't|must not)\s+(?:have|eat|drink|wear|use|tolerate|touch|digest)\s+"
    rf"(?P<what>.+)|"
    r"^(?P<makes>[^,]+?)\s+(?:makes?|gives?)\s+me\s+(?:itch|sneeze|ill|sick|wheeze|a\s+rash|rashes|hives|migraines?)|"
    r"^(?P<off>[^,]+?)\s+(?:is|are)\s+off[- ]limits\s+for\s+(?:me|us)\b",
    re.IGNORECASE,
)
_COELIAC = re.compile(rf"(?:{_WHO}|\bmy\s+\w+){_BE}{_VERY}\s+c[o]?eliac|\b(?:have|has)\s+c[o]?eliac", re.IGNORECASE)
_DIET = re.compile(
    rf"{_WHO}(?:{_BE}|\s+(?:eat|keep|follow|live|went|became|stay|cook)|'ve\s+(?:gone|become|turned))"
    rf"{_VERY}(?:\s+(?:on|to))?{_VERY}\s+{_DIETS}",
    re.IGNORECASE,
)
_NO_FOOD = re.compile(
    rf"{_WHO}\s+(?:don't|do not|never|no longer)\s+(?:eat|drink|touch)\s+(?P<food>{_FOODS})\b", re.IGNORECASE
)
_DISLIKE = re.compile(
    rf"(?:{_WHO}{_VERY}\s+(?:hate|dislike|detest|loathe|avoid|never\s+(?:wear|buy|use|choose)|"
    rf"(?:can't|cannot)\s+(?:stand|bear)|(?:don't|do not)(?:\s+(?:really|much))?\s+like)|"
    rf"(?:^|{_WHO}(?:'m|\s+am|'re|\s+are)\s+)(?:really\s+)?not\s+(?:an?\s+(?:big\s+)?fan\s+of|keen\s+on|into|"
    rf"fond\s+of))"
    rf"\s+(?P<what>.+)",
    re.IGNORECASE,
)
_LIKE = re.compile(
    rf"{_WHO}{_VERY}\s+(?:love|like|adore|prefer|favou?r|only\s+(?:buy|wear|use)|always\s+(?:buy|wear|"
    rf"choose))\s+(?P<what>.+)|"
    rf"{_WHO}(?:'m|\s+am|'re|\s+are)\s+(?:an?\s+(?:big|huge|great)\s+fan\s+of|(?:really\s+)?into|fond\s+of)\s+"
    rf"(?P<fan>.+)|"
    r"\bmy\s+favou?rite\s+(?:\w+\s+)?(?:is|are)\s+(?P<favourite>.+)|^(?P<first>[\w &-]+?)\s+(?:is|are)\s+my\s+"
    r"favou?rite",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"[.,;:!()?]|\s(?:so|but|because|which|that|who|please|by the way|though|although|at all|wherever|whenever|"
    r"when|where|"
    r"while|against|over|more than|in (?:summer|winter|general|this|my|it|them)|since|thanks|sadly|these days|and (?:I|"
    r"we|my|it|that|"
    r"please)|for (?:me|my|the|a|this)|(?<!and )(?<!or )to|on my|near|if|than|very much|a lot|too|honestly|"
    r"unfortunately|like)\b",
    re.IGNORECASE,
)  # fmt: skip
_LEAD = re.compile(
    r"^(?:(?:any|every)thing (?:made )?(?:of|from|with|in)\s+|(?:all|any) kinds? of\s+|the colou?rs?\s+(?!of\b)|"
    r"wearing\s+|"
    r"using\s+|things (?:made )?(?:of|in)\s+|all\s+|anything\s+|some\s+)+",
    re.IGNORECASE,
)
_PARTICULAR = re.compile(
    r"^(?:the|this|that|these|those|it|its|them|they|him|her|you|your|yours|his|their|my|mine|our|a|an|one|ones|"
    r"how|what|"
    r"when|to|both|either|neither|none|each|[a-z]+ing\b|being|first|second|last|cheaper|nothing|anything|"
    r"everything|\d)\b|"
    r"\bones?\b|\b(?:delivery|shipping|price)\b",
    re.IGNORECASE,
)
_ONCE = re.compile(
    r"\b(?:today|tomorrow|tonight|this time|right now|for now|this week|next week|(?:on|by) \w+day)\b", re.IGNORECASE
)
_MOST_WORDS = 4


def allergies(sentence: str) -> Iterator[str]:
    """What somebody does not tolerate, of a sentence that is about them."""
    if _NOT_ALLERGIC.search(sentence):
        return
    if _COELIAC.search(sentence):
        yield "gluten"
        return
    for pattern in _ALLERGIC:
        if match := pattern.search(sentence):
            yield from (thing for part in _listed(match["what"]) if (thing := kind_of_thing(part)))
            return
    if match := _BEARS.search(sentence):
        said = match["what"] or match["makes"] or match["off"]
        yield from (found.group() for found in _ALLERGEN.finditer(_STOP.split(said)[0]))


def diets(sentence: str) -> Iterator[str]:
    """How the one who speaks eats."""
    yield from (match["diet"].lower() for match in _DIET.finditer(sentence))
    yield from (f"no {match['food'].lower()}" for match in _NO_FOOD.finditer(sentence))


def tastes(sentence: str) -> Iterator[Stated]:
    """What the one who speaks likes and does not like."""
    if _ONCE.search(sentence):
        return
    if match := _DISLIKE.search(sentence):
        yield from (("dislike", thing) for thing in _things(match["what"]))
    elif match := _LIKE.search(sentence):
        said = match["what"] or match["fan"] or match["favourite"] or match["first"]
        yield from (("like", thing) for thing in _things(said))


def kind_of_thing(words: str) -> str:
    """The words as a kind of thing; "" where they name something particular, or nothing."""
    text = _STOP.split(_LEAD.sub("", words.strip()), maxsplit=1)[0].strip(" '\"")
    if not text or _PARTICULAR.search(text) or len(text.split()) > _MOST_WORDS:
        return ""
    return text


def _things(said: str) -> Iterator[str]:
    """The things of a list, unless the first one is particular."""
    parts = _listed(said)
    if parts and kind_of_thing(parts[0]):
        yield from (thing for part in parts if (thing := kind_of_thing(part)))


def _listed(said: str) -> list[str]:
    """A list's members: "eggs, milk and nuts" has three; a name with "&" is one."""
    first = _STOP.split(re.sub(r",\s*(?=\w+(?:\s\w+)?(?:,|\s+and\s|\s+or\s))", " and ", said), maxsplit=1)[0]
    return [part for part in re.split(r"\s+(?:and|or|nor)\s+(?:to\s+)?", first) if part.strip()]
