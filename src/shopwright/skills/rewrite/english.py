"""The English function words and phrases that the reader knows. Nothing here belongs to any one merchant."""

from __future__ import annotations

import re

NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12,
}  # fmt: skip
ORDINALS = {
    "first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "fifth": 4, "5th": 4,
    "sixth": 5, "6th": 5,
}  # fmt: skip

AT_MOST = (
    r"(?:under|below|until|less than|lighter than|smaller than|shorter than|cheaper than|"
    r"(?:not?|nothing) (?:more|longer|heavier|bigger|larger|wider|taller|louder|deeper) than|"
    r"quieter than|colder than|narrower than|not (?:over|above|exceeding)|"
    r"up to|at most|max(?:imum)?(?: of)?|within|<=?|lower than)"
)
AT_LEAST = (
    r"(?:over|above|more than|at least|min(?:imum)?(?: of)?|from|no less than|longer than|bigger than|larger than|>=?)"
)
ABOUT = r"(?:around|about|roughly|approximately|approx\.?|circa|some|~)"

SUPERLATIVES: dict[str, tuple[str, str]] = {
    "cheapest": ("price", "min"), "least expensive": ("price", "min"), "most affordable": ("price", "min"),
    "lowest price": ("price", "min"), "lowest priced": ("price", "min"), "most expensive": ("price", "max"),
    "priciest": ("price", "max"), "dearest": ("price", "max"), "highest price": ("price", "max"),
    "best rated": ("rating", "max"), "best rating": ("rating", "max"), "highest rating": ("rating", "max"),
    "best reviews": ("rating", "max"), "best reviewed": ("rating", "max"), "best-rated": ("rating", "max"),
    "highest rated": ("rating", "max"),
    "top rated": ("rating", "max"), "top-rated": ("rating", "max"), "worst rated": ("rating", "min"),
    "newest": ("released", "max"), "latest": ("released", "max"), "lightest": ("weight", "min"),
    "heaviest": ("weight", "max"), "longest": ("length", "max"), "shortest": ("length", "min"),
    "quietest": ("noise", "min"), "loudest": ("noise", "max"), "warmest": ("temperature", "min"),
    "most powerful": ("power", "max"), "largest": ("capacity", "max"), "biggest": ("capacity", "max"),
    "smallest": ("capacity", "min"),
}  # fmt: skip
"""Superlative -> (what is measured, which end). All but price, rating and released name a kind of attribute."""

COMPARATIVES: dict[str, tuple[str, str]] = {
    "cheaper": ("price", "min"), "less expensive": ("price", "min"), "more expensive": ("price", "max"),
    "pricier": ("price", "max"), "dearer": ("price", "max"), "lighter": ("weight", "min"),
    "heavier": ("weight", "max"), "longer": ("length", "max"), "shorter": ("length", "min"),
    "bigger": ("capacity", "max"), "larger": ("capacity", "max"), "smaller": ("capacity", "min"),
    "quieter": ("noise", "min"), "louder": ("noise", "max"), "better rated": ("rating", "max"),
    "newer": ("released", "max"), "warmer": ("temperature", "min"),
}  # fmt: skip

ATTRIBUTE_WORDS: dict[str, tuple[str, ...]] = {
    "weight": ("weigh", "weighs", "heavy", "heaviness", "light"),
    "length": ("how long",),
    "width": ("how wide",),
    "height": ("how tall", "how high"),
    "depth": ("how deep",),
    "dimensions": ("how big", "how large", "measurements", "dimensions", "footprint"),
    "max_load": ("body weight", "weight limit", "maximum weight", "max weight", "carry"),
    "capacity": (
        "how much water",
        "goes in",
        "how much does it hold",
        "how many litres",
        "how many people",
        "hold",
        "fits",
        "roomy",
        "capacity",
    ),
    "noise": ("noisy", "loud", "quiet", "noise", "decibel"),
    "material": ("made of", "made from", "material", "fabric"),
    "battery": ("battery last", "battery life", "on one charge", "how long does the battery", "run time"),
    "power": ("watt", "watts", "wattage", "powerful"),
    "temperature": ("how warm", "comfort temperature", "degrees", "temperature"),
    "care": ("wash", "washed", "washing", "washable", "clean it", "care"),
    "warranty": ("warranty", "guarantee", "guaranteed"),
    "origin": ("come from", "made in", "origin"),
    "compatible": ("compatible", "work with", "works with", "fit my", "fits my"),
    "age": ("what age", "how old", "age"),
    "allergens": ("allergen", "allergens", "contain", "contains"),
    "ingredients": ("ingredient", "ingredients"),
}
"""Part of an attribute's name -> words by which people ask for it."""

UNWANTED_KINDS: dict[str, tuple[str, ...]] = {
    "nut": ("nut", "hazelnut", "almond", "walnut", "cashew", "pistachio", "pecan", "peanut", "macadamia"),
    "dairy": ("milk", "butter", "cream", "cheese", "lactose", "dairy", "whey", "yoghurt"),
    "milk": ("milk", "lactose", "dairy", "butter", "whey"),
    "gluten": ("gluten", "wheat", "barley", "rye", "spelt"),
    "leather": ("leather", "suede", "nubuck"),
    "fish": ("fish", "sardine", "tuna", "anchovy", "salmon", "mackerel"),
    "plastic": ("plastic", "polypropylene", "polyethylene", "HDPE", "ABS", "PVC", "polystyrene"),
    "alcohol": ("alcohol", "rum", "wine", "brandy", "liqueur", "ethanol"),
    "animal": ("leather", "wool", "down", "silk", "suede", "fur", "gelatine", "beeswax"),
}
"""What somebody who refuses the one also refuses; words are matched as beginnings with up to two letters more."""

FILLER = re.compile(
    r"\b(?:hi|hello|hey|please|thanks|thank you|i(?:'|’)?m|i am|i(?:'|’)?d|i would|i|we|you|me|my|us|our|looking for|"
    r"look for|"
    r"searching for|search for|search|find|show|shows|give|get|buy|purchase|want|need|like|love|"
    r"do you (?:have|sell|carry|stock|offer)|have you got|got|have|has|is there|are there|any(?:thing|one)?|something|"
    r"some|can you|could you|would you|what about|how about|recommend|suggest|which|what|who|that(?:'|’)?s|that are|"
    r"that is|that|those|"
    r"these|this|it|is|are|be|a|an|the|of|for|with|to|in|on|at|or|and|by|but|so|just|really|very|maybe|good|nice|best|"
    r"great|decent|one|ones|item|items|product|products|thing|things|options?|price|priced|costs?|costing|budget|euros?|"
    r"spend|want|wants|needs|also|instead|rather|then|them|they|does|do|did|will|would|should|can|could|there|sort|kind|"
    r"he|she|his|her|him|their|i(?:'|’)?ve|isn['’]?t|aren['’]?t|don['’]?t|doesn['’]?t|how|many|much|after|before|into|"
    r"(?:we|they|you|who|that|it|there|here|what|let)(?:'|’)(?:re|ve|ll|s|d)|going|people|say|says|think|uses?|comes?|goes|go|weighs?|alternatives?|similar|works?|plus|together|total|else|both|"
    r"every|day|anywhere|pls|too|dear|sir|madam|kind|regards|nothing|cannot|wear|allergic|allergy|nor|already|enough|"
    r"really|actually|maybe|perhaps|thing|stuff|likes?|loves?|enjoys?|fan|into|old|years?|without|except|excluding|where|when|why|let|let's|tell|about|still|any|every|each|other|another|new|please|ok|okay|yes|no|not|more|less|than|only|sell|carry|stock|help|choose|pick|ideas?|idea|compare|between|vs|versus|"
    r"difference|your|all|from|under|over|about|around|up|out|cheap|cheaper|affordable|inexpensive)\b",
    re.IGNORECASE,
)

_ASKING = (
    r"whats|hows|wheres|whos|what|which|who|whose|when|where|why|how|is|are|was|does|do|did|can|could|will|would|"
    r"should|may|has|have"
)
QUESTION = re.compile(
    r"^\s*(?:(?:and|but|so|ok|okay|hi|hello|hey|please|well)[,\s]+)*"
    rf"(?:{_ASKING})\b|\?"
    r"|^\W*(?:and |ok |the )*(?:weight|size|price|material|length|height|width|warranty|"
    r"guarantee|colou?rs?|battery life)\b",
    re.IGNORECASE,
)

INTERROGATIVE = re.compile(rf"\b(?:{_ASKING}|tell)\b", re.IGNORECASE)
"""What asks, wherever it stands: without it, "decaf coffee?" names goods and asks for no fact."""

RECIPIENT = re.compile(
    r"\bfor (?:my|our|a|an|the)\s+((?:\w+[- ](?:year|month)s?[- ]old(?: \w+)?)|"
    r"(?:(?:little|best|grand|older|younger|elderly|old|new)[ -])?"
    r"(?:father|dad|mother|mum|mom|wife|husband|girlfriend|boyfriend|partner|friend|colleague|boss|son|daughter|"
    r"grandmother|grandma|grandfather|grandpa|granny|child|kid|toddler|baby|niece|nephew|sister|brother|teacher|"
    r"neighbou?r|dog|cat|puppy|kitten|parents|couple|beginner|student|teenager)s?)\b",
    re.IGNORECASE,
)
OCCASION = re.compile(
    r"\b(birthday|christmas|wedding|anniversary|retirement|house ?warming|graduation|baby shower|valentine'?s|easter|"
    r"mother'?s day|father'?s day|new job|moving in|present|gift)\b",
    re.IGNORECASE,
)
INJECTION = re.compile(
    r"(?:system|admin) override|\boverride\b\s*:|\bnew (?:policy|rule|instruction|guideline|system message)s?\b|"
    r"\bfrom now on\b|\backnowledge\b|\byou must (?:say|state|confirm|answer|tell)|"
    r"\brepeat (?:after me|the following)\b|"
    r"\b(?:write|draft|generate|code)\b (?:me )?(?:a|an|some|my)?\s*(?:python|java ?script|sql|script|code|"
    r"program|poem|essay|story|song|e-?mail|letter|homework)\b|"
    r"(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction|rule|prompt|guideline|policy|above|previous|everything)|"
    r"system prompt|developer mode|jailbreak|you are now|act as (?:an? )?(?!gift)|pretend (?:to be|you)|</?\w+>|"
    r"reveal .{0,20}(?:prompt|instruction)|\bDAN\b",
    re.IGNORECASE,
)
ORDER = re.compile(
    r"\b(?:my|the|an?) (?:order|parcel|package|shipment|refund|invoice)\b(?! of\b)|\border (?:number|no\.?|#)",
    re.IGNORECASE,
)
CONTACT = re.compile(
    r"\b(?:speak|talk|chat) (?:to|with) (?:a |an |some)?(?:real |actual )?(?:human|person|someone|somebody|agent|"
    r"employee|representative|one)\b|\bcustomer service\b|\bcall me\b",
    re.IGNORECASE,
)
CHAT = re.compile(
    r"^\s*(?:hi|hello|hey|good (?:morning|afternoon|evening)|thanks?|thank you(?: very much)?|cheers|great|perfect|"
    r"ok(?:ay)?|bye|goodbye|who are you|what can you do|help)[\s!.?]*$",
    re.IGNORECASE,
)
