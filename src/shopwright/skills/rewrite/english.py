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
SIZES = {
    "xs": "extra small", "s": "small", "m": "medium", "l": "large", "xl": "extra large", "xxl": "extra extra large",
}  # fmt: skip
"""Letters of a size -> its words."""

AT_MOST = (
    r"(?:under|below|until|less than|lighter than|smaller than|shorter than|cheaper than|"
    r"(?:not?|nothing|(?:isn|doesn|won|can)['’]?t(?: (?:be|cost|pay|go))?) "
    r"(?:more(?: \w+)?|longer|heavier|bigger|larger|wider|taller|louder|deeper|higher|thicker) than|"
    r"quieter than|colder than|narrower than|thinner than|"
    r"(?:not|n['’]?t|never)(?: (?:want|wanna|like|going|willing|able|looking|wish))?(?: to)? (?:spend|pay|go|cost) "
    r"(?:any )?(?:more than|over|above|beyond)|"
    r"(?:price |spending |my )?(?:limit|ceiling|cap|maximum|max)(?: (?:price|budget|spend))?(?: is| of| at|:)+|"
    r"(?:price|budget) (?:max(?:imum)?|up to)|max(?:imum)? (?:price|budget|spend)|capped at|less then|"
    r"(?:not?|nothing|(?:isn|doesn|won|can)['’]?t(?: (?:be|cost|pay|go))?|cannot go|not go(?:ing)?|without going) "
    r"(?:over|above|exceed(?:ing)?|beyond)|"
    r"up to|at most|max(?:imum|\.)?(?: of)?|within|<=?|lower than|sub|below)"
)
AT_LEAST = (
    r"(?:over|above|more than|at least|min(?:imum|\.)?(?: of)?|from|no less than|longer than|bigger than|larger than|"
    r"(?:taller|wider|heavier|thicker|deeper|higher|brighter|stronger|faster|older) than|"
    r"starting (?:at|from)|not (?:less|cheaper) than|exceeds|>=?)"
)
ABOUT = (
    r"(?:around|about|roughly|approximately|approx\.?|circa|some|~|in the region of|somewhere (?:near|around)|"
    r"close to|"
    r"near(?:ly)?|ballpark)"
)
OR_LESS = (
    r"(?:max(?:imum)?|at (?:the )?(?:very )?most|tops|(?:budget )?limit|to spend|(?:or|and) (?:less|under|below|"
    r"colder|cooler|lighter|smaller|"
    r"shorter|cheaper|quieter|younger|lower|narrower|thinner|fewer))"
)
"""What makes a number that stands before it the most; "30 or less", "twenty max"."""
OR_MORE = (
    r"(?:min(?:imum)?|at (?:the very )?least|upwards|(?:or|and) (?:more|over|above|up|upwards|warmer|longer|larger|"
    r"bigger|heavier|older|higher|brighter|stronger|wider|taller|faster|greater))"
)

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
    r"great|decent|one|ones|item|items|product|products|thing|things|options?|price|priced|costs?|costing|"
    r"budget|euros?|"
    r"spend|want|wants|needs|also|instead|rather|then|them|they|does|do|did|will|would|should|can|could|there|"
    r"sort|kind|"
    r"he|she|his|her|him|their|i(?:'|’)?ve|isn['’]?t|aren['’]?t|don['’]?t|doesn['’]?t|how|many|much|after|before|into|"
    r"(?:we|they|you|who|that|it|there|here|what|let)(?:'|’)(?:re|ve|ll|s|d)|going|people|say|says|think|uses?|"
    r"comes?|goes|go|weighs?|alternatives?|similar|works?|plus|together|total|else|both|"
    r"every|day|anywhere|pls|too|dear|sir|madam|kind|regards|nothing|cannot|wear|allergic|allergy|nor|already|enough|"
    r"really|actually|maybe|perhaps|thing|stuff|likes?|loves?|enjoys?|fan|into|old|years?|without|except|"
    r"excluding|where|when|why|let|let's|tell|about|still|any|every|each|other|another|new|please|ok|okay|yes|"
    r"no|not|more|less|than|only|sell|carry|stock|help|choose|pick|ideas?|idea|compare|between|vs|versus|"
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
PERSON = (
    r"(?:father|dad|daddy|papa|hubby|wifey|missus|other half|bf|gf|bff|mate|pal|grandad|granddad|gramps|mother|"
    r"mum|mom|mummy|nan|nana|wife|husband|girlfriend|boyfriend|partner|fianc[eé]e?|friend|"
    r"colleague|coworker|boss|son|daughter|grand(?:mother|father|ma|pa|son|daughter|child|children|kids?|parents)|"
    r"granny|gran|child|kid|toddler|baby|bab(?:y|ies)|infant|newborn|niece|nephew|sister|brother|cousin|aunt|"
    r"auntie|uncle|(?:step)?(?:mum|dad|son|daughter)|teacher|neighbou?r|roommate|flatmate|housemate|parents|couple|"
    r"beginner|student|teen|teenager|senior|bride|groom|bridesmaid|groomsm[ae]n|godmother|godfather|"
    r"god(?:son|daughter|child)|boy|girl|man|woman|lady|guy|her|him|them|myself|dog|cat|puppy|kitten|"
    r"horse|pony|rabbit|hamster|parrot|pug|bulldog|labrador|poodle|terrier|nurse|doctor|carpenter|gardener|chef|cook|"
    r"runner|cyclist|artist|musician|driver|cleaner|mechanic|photographer|hiker|gamer|golfer|fisherman|coach|host|"
    r"guest|twin|tween|pupil|pensioner|manager|swimmer|biker|dancer|painter|writer|climber|traveller|angler|biologist|"
    r"builder|plumber|electrician|lawyer|barber|hairdresser|in-laws|little one|ex|lad|lass|secretary|assistant|"
    r"trainer|"
    r"beagle|dachshund|chihuahua|husky|retriever|spaniel|collie|corgi|budgie|guinea pig|ferret|goldfish|tortoise|bird)"
)
"""Whom a thing is for: people, callings and pets."""
GIVEN_TO = re.compile(
    r"\b(?:(?:for|4|to give(?: to)?)\s+(?:(?:my|our|a|an|the|his|her|their|some)\s+)?|my\s+)(?:[^\w\s]+\s*)?"
    r"(?:(?:\d{1,2}|\w+)[- ](?:year|month)s?[- ]old\s+)?(?:senior\s+)?"
    r"(?P<who>(?:(?:little|best|elderly|older|younger|male|female|young|baby|left-handed|future|new|teenage|"
    r"pregnant|vegan)\s+)?"
    rf"(?!(?:kid|boy|girl|senior|child|guy)s\b){PERSON}s?(?:[ -]in[ -]law)?)(?!-)\b"
    r"(?!\s+(?:bike|room|shower|shoes|bag|food|bed|day|sleeper|"
    r"(?:shirt|jacket|watch)s?)\b)",
    re.IGNORECASE,
)
EVENT = re.compile(
    r"\b(?P<what>(?:\d{1,2}(?:st|nd|rd|th) birthday|birthday|b-?day|christmas(?: eve| day)?|x-?mas|(?:silver |"
    r"golden |diamond )?wedding"
    r"(?: anniversary)?|anniversary|retirement|house ?warming|graduation|baby shower|bridal shower|valentine['’]?s?"
    r"(?: day)?|easter|mother['’]?s['’]? day|father['’]?s['’]? day|new job|moving in|halloween|thanksgiving|diwali|"
    r"hanukkah|eid|ramadan|new year['’]?s(?: eve)?|funeral|christening|baptism|(?:first|holy) communion|"
    r"confirmation|bar mitzvah|prom|(?:job )?interview|back to school|hen (?:party|do|night)|stag (?:party|do|night)|"
    r"bachelor(?:ette)? party|gender reveal|dinner party|garden party|engagement(?: party)?|secret santa|"
    r"(?:leaving|farewell|office|pool|tea|cocktail|costume|fancy dress|summer|birthday|works|christmas) (?:do|party)|"
    r"(?:chinese|lunar) new year|passover|holi|carnival|mardi gras|oktoberfest|bonfire night|honeymoon|date night|"
    r"boxing day|mothering sunday|quincea[nñ]era|sweet sixteen|naming ceremony|first day (?:of|at) school|exams?|"
    r"new (?:home|house|baby)|promotion|thank you gift|festival|picnic|world book day|ball|gala|"
    r"st\.? patrick['’]?s day))\b",
    re.IGNORECASE,
)
SORTS: tuple[tuple[str, str], ...] = (
    ("price_asc", r"che[ae]+pe?st|least expensive|(?:most affordable|lowest[- ]price[ds]?)(?: first)?|"
     r"price (?:ascending|low(?:est)? to high(?:est)?)|(?:sort|order)(?:ed)? by price(?! desc)|low to high|"
     r"by price(?:,? asc\w*)?"),
    ("price_desc", r"most expensive|priciest|dearest|highest price|price (?:descending|high(?:est)? to low(?:est)?)|"
     r"high to low"),
    ("rating", r"(?:best|top|highest)[- ](?:rated|ranked|rating|reviewed|reviews)|rated (?:the )?highest|most stars|"
     r"best (?:review|rating|customer rating)s?|by (?:customer |user |average )?(?:rating|review|score|star)s?|"
     r"(?:reviewers|customers|people|buyers) (?:love|like|rate|recommend)(?: the)? (?:the )?(?:most|best|highest)|"
     r"most (?:loved|popular|recommended)|most (?:positive )?reviews"),
    ("newest", r"newest|latest|just released|new(?:ly)? (?:in|released|arrivals?)|most recent(?: ones)?|"
     r"recent(?: ones)? first"),
)  # fmt: skip
"""Order of results -> how it is asked for; the first that stands in a message counts."""
LOW_PRICE = re.compile(
    r"\b(?:cheap|affordable|inexpensive|low(?:ish)?[- ](?:cost|price)d?|budget(?! (?:is|of|\d|:))(?= \w)|"
    r"(?:not|nowt|nothing|isn['’]t) (?:too |very |so )?(?:expensive|dear|pricey)|(?:a )?few (?:bucks|quid|euros|"
    r"pounds|dollars)|bargain|good value|economical|cheap(?:ish|o|ie)|on a budget|low budget|pocket[- ]friendly|"
    r"(?:won['’]?t|without|not) break(?:ing)? the bank|(?:does|not|does not|doesn['’]?t) cost the earth|"
    r"reasonabl[ey] price\w*)\b",
    re.IGNORECASE,
)
HIGH_PRICE = re.compile(
    r"\b(?:premium|high[- ]end|luxur(?:y|ious)|top of the (?:range|line)|posh|pricey|designer|money no object|"
    r"fancy expensive|upmarket|deluxe|expensive(?! than))\b",
    re.IGNORECASE,
)
COUNTERS = (
    r"(?:pairs?|packs?|packets?|boxe?s?|bags?|rolls?|sets?|pieces?|pcs?|piece|bottles?|cans?|tins?|tubes?|bars?|jars?|"
    r"sheets|units?|cases?|bunche?s?|loaves|copies|tubs?)"
)
"""What goods are counted in."""
NO_COUNTED = re.compile(
    r"(?:person|people|man|ply|tone|up|in|inch|port|speed|drawer|door|seater?|piece|place|slot|burner|tier|way|wheel|"
    r"cup|figures?|hours?|days?|weeks?|months?|years?|minutes?|of|st|nd|rd|th|x|or|and|to|by|bit|k|grand|hundred|"
    r"quid|bucks|pounds?|dollars?|euros?|pesos?|litres?|liters?|shades|percent|stars?|d|g|season|zone|stage|pack)",
    re.IGNORECASE,
)
"""What a number may stand before without saying how many of the goods are wanted."""
SERVICES: tuple[tuple[str, str], ...] = (
    ("free_shipping", r"(?:free|complimentary|no[- ]cost)(?: of charge)? (?:standard )?(?:shipping|delivery|postage)|"
     r"(?:free|complimentary) (?:home )?(?:shipment|shipped)|(?:ships?|delivered|delivery|shipping) (?:is |are )?"
     r"(?:for )?free|without (?:a )?(?:shipping|delivery) (?:cost|fee|charge)s?"),
    ("cash_on_delivery", r"(?:cash|pay|payment|paying|paid for|paid)[ -](?:up)?on[ -](?:delivery|arrival|receipt)|"
     r"pay when (?:it|they) arrives?|\bCOD\b"),
    ("flash_sale", r"\w*flash[ -]?(?:sale|deal|offer|special|discount|promo)\w*|\b[A-Za-z]{2,}Flash\b"
     r"|(?:limited|lightning)[ -](?:time[ -])?(?:deal|offer)s?"),
    ("official_shop", r"\b(?-i:[A-Z][a-z]*Mall)\b|official (?:store|shop|seller|flagship|brand store)s?|"
     r"(?:flagship|brand['’]?s own) (?:store|shop)s?"),
)  # fmt: skip
"""What a seller offers -> how people say so. Marketplaces write their own compounds of "Mall" and "Flash"."""
AUDIENCE = re.compile(
    r"\b(?P<who>men|women|ladies|kid|boy|girl|adult|children|toddler|senior|unisex|baby)(?:['’]?s?['’]?)\b(?=\W|$)",
    re.IGNORECASE,
)
"""Whom goods are made for, as a property of theirs: "mens slippers", "boots for kids"."""
UNISEX = r"(?:both )?(?:men and women|women and men|any gender|(?:all|both) (?:genders|sexes)|for him and her|everyone)"
SAID_SO: dict[str, str] = {
    "unisex": UNISEX, "plain": r"(?:simple|plain|solid)(?: (?:pattern|design|look|style)\w*)?",
    "female": r"(?:for )?(?:women|ladies|girls)(?:['’]s)?", "male": r"(?:for )?(?:men|boys)(?:['’]s)?",
    "single item": r"single(?:[- ](?:item|piece|pack))?", "gifts": r"gifts?",
}  # fmt: skip
"""Value of a catalogue -> other words that say the same."""
ACCESSORIES = {
    "case", "cover", "filter", "battery", "charger", "strap", "mount", "bracket", "blade", "bag", "lid", "protector",
    "replacement", "spare", "cable", "adapter", "adaptor", "stand", "dock", "holder", "ink", "toner", "cartridge",
    "pad", "wheel", "mat", "bar", "plate", "part", "accessory", "psu", "ram", "memory", "stylus", "remote", "hose",
    "head", "module", "cassette", "motherboard", "card", "base", "basket", "belt", "tyre", "tire", "hub", "rack",
    "switch",
    "trailer", "bulb", "lens", "skin", "sleeve", "screw", "seal", "gasket", "kit", "band", "pedal", "chain", "tank",
    "trimmer", "brush", "pump", "cap", "tip", "refill", "pod", "capsule", "line", "light", "wiper",
}  # fmt: skip
"""Head nouns of things that are made to go with another thing."""
FITS = re.compile(
    r"\b(?:(?:is |are )?compatible (?:with|w/|for)|(?:that |which |must |to |it )*fit(?:s|ting)?(?: on| onto| for)?|"
    r"(?:that |which |must |to |it )*works? (?:with|on|for|in)|(?:that |which )?(?:goes|go) (?:in|on|with)|"
    r"to go (?:on|with)|on(?= my\b)|(?:i can |to )?use(?:d)? with|to match|that matches|replaces|"
    r"(?:designed|made|meant|intended|suitable) for (?:my|our|the)|(?:that )?(?:attaches|connects?|mounts?|"
    r"clips?|plugs?) "
    r"(?:to|on|onto|on to|into)|pairs? with|supports|(?:can be )?used (?:with|on)|usable with|interchangeable with|"
    r"must (?:work|fit|run) (?:on|with|in)|replacement for|"
    r"suitable for use with|made to fit)\s+"
    r"(?:(?:my|a|an|the|any|our|this|standard|all)\s+)*",
    re.IGNORECASE,
)
_COLOURS = """
black white grey gray silver gold golden red crimson burgundy maroon pink rose magenta fuchsia purple violet lilac
lavender blue navy teal turquoise cyan aqua green olive khaki emerald mint lime yellow mustard orange peach coral
apricot brown tan beige cream ivory taupe bronze copper charcoal multicolour rainbow
"""
COLOURS = frozenset(_COLOURS.split())
_MATERIALS = """
leather suede wool merino cashmere cotton linen silk satin velvet denim canvas polyester nylon acrylic fleece jute
sisal bamboo oak walnut pine beech teak mahogany wood wooden plywood mdf steel stainless iron aluminium aluminum
brass copper metal titanium zinc glass ceramic porcelain terracotta stoneware marble granite concrete plastic
acetate pvc silicone rubber latex foam cork paper cardboard rattan wicker feather down fur sheepskin hemp viscose
spandex lycra elastane polyurethane vinyl resin
"""
MATERIALS = frozenset(_MATERIALS.split())
QUALITIES = re.compile(
    r"\b[a-z]{3,}[- ]?(?:proof|resistant|repellent|friendly|adjustable|safe)\b|\b[a-z]{3,}[- ]free\b|"
    r"\bnon-[a-z]+\b|\b[a-z]{3,}less\b|\b[a-z]{4,}[ai]ble\b",
    re.IGNORECASE,
)
"""Properties by the form of the word: waterproof, frost free, non-iron, cordless, washable."""
NO_QUALITIES = {
    "table", "cable", "cables", "available", "affordable", "vegetable", "compatible", "unless", "possible", "reliable",
    "double", "bible", "less", "horrible", "terrible", "regardless", "nonetheless", "expensive", "stainless",
}  # fmt: skip
_DEVICES = """
phone iphone ipad ipod macbook imac laptop notebook tablet tv television camera car van truck lorry bike bicycle ebike
motorbike motorcycle scooter caravan motorhome printer dishwasher oven fridge freezer hoover vacuum mower drill saw
console playstation ps4 ps5 xbox switch kindle airpods watch gopro drone pram pushchair buggy stroller golf boiler
router monitor pc computer wheelchair trailer tractor boat kayak aquarium grill barbecue hob stove chromebook galaxy
pixel surface ryzen hose tap machine robot mixer blender kettle
"""
DEVICES = frozenset(_DEVICES.split())
"""Things that other things are made for."""
QUALITY_WORDS = re.compile(
    r"\b(?:striped|stripy|floral|checked|checkered|tartan|polka dots?|paisley|camo(?:uflage)?|patterned|round|"
    r"square|oval|"
    r"rectangular|wireless|bluetooth|organic|vegan|vegetarian|hypoallergenic|personali[sz]ed|engraved|handmade|"
    r"vintage|"
    r"antique|retro|foldable|folding|electric|manual|automatic|digital|analogue?|solar|heated|insulated|padded|hooded|"
    r"hardcover|hardback|paperback|second-?hand|used|refurbished|scented|unscented|matte|glossy|transparent|"
    r"clear|curved|"
    r"adjustable|comfortable|comfy|cosy|cozy|lightweight|heavy-duty|noise[- ]cancell?ing|fast[- ]charging|"
    r"backlit|genuine|"
    r"original|artificial|botanical|educational|ergonomic|orthopa?edic|breathable|stretchy|thermal|long[- ]sleeved?|"
    r"short[- ]sleeved?|high[- ]waisted|wide[- ]fit|slim[- ]fit|loose|fitted|decaf|smoked|sugar[- ]free|low[- ]fat|"
    r"dark|light|warm white|cool white|quiet|silent|warm|soft|firm|thin|thick|mini|compact|small|large|big|fast|"
    r"smaller|larger|bigger|thicker|thinner|warmer|quieter|lighter|longer|shorter|darker|softer|"
    r"4k|8k|full hd|1080p|5g|4g|a[3-6]|e14|e27|gu10|usb[- ]?[abc]|hdmi(?: \d\.\d)?|a{2,3}(?= batter)|ddr[345]|"
    r"poe|oled|"
    r"vanilla|strawberry|chocolate(?= flav)|cinnamon|jasmine|lavender(?= scent)|leopard(?: print)?|gluten[- ]free)\b",
    re.IGNORECASE,
)
"""Properties that many kinds of goods have; those of one shop come from its vocabulary."""
INJECTION = re.compile(
    r"(?:system|admin) override|\boverride\b\s*:|\bnew (?:policy|rule|instruction|guideline|system message)s?\b|"
    r"\bfrom now on\b|\backnowledge\b|\byou must (?:say|state|confirm|answer|tell)|"
    r"\brepeat (?:after me|the following)\b|"
    r"\b(?:write|draft|generate|code)\b (?:me )?(?:a|an|some|my)?\s*(?:python|java ?script|sql|script|code|"
    r"program|poem|essay|story|song|e-?mail|letter|homework)\b|"
    r"(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction|rule|prompt|guideline|policy|above|previous|"
    r"everything)|"
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
