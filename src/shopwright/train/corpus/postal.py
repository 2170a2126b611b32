"""Postal addresses in running text, found by the forms in which countries write them.

What: a house number with a street word ("12 Maple Street, Springfield, IL 62704"), the street first ("Lindenstr. 4,
10115 Berlin", "Keizersgracht 12"), post boxes, a city with state and ZIP code, postcodes that stand for themselves.

What not: streets without a number, and places. "12 Speed Road Bike" is no address: what follows a street word must be
a boundary, a flat, a city, or a word that goes on with the sentence.
"""

from __future__ import annotations

import re

_STRONG = (
    "Street|St|Avenue|Ave|Av|Road|Rd|Boulevard|Blvd|Lane|Ln|Parkway|Pkwy|Highway|Hwy|Terrace|Crescent|Cres|Close|Mews"
)
_WEAK = (
    "Drive|Dr|Court|Ct|Place|Pl|Way|Square|Sq|Circle|Cir|Trail|Trl|Row|Walk|Alley|Grove|Hill|Gardens?|Gate|Green|"
    "Rise|Park|"
    "Loop|Plaza|Quay|Wharf|Pike|Turnpike|Path|Heights|Ridge|Broadway|View|Vale|Yard|End|Parade|Esplanade|Strand"
)
_NAME = r"(?:[A-ZÀ-Ý][\w'’.-]*|\d{1,3}(?:st|nd|rd|th)|of|the|de|la)"
_DIRECTION = r"(?:(?:[NSEW]|NE|NW|SE|SW)\.?|North|South|East|West)"
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|"
    "OK|OR|PA|PR|"
    "RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|ON|QC|BC|AB|MB|SK|NS|NB|NL|PE|NSW|VIC|QLD|TAS|ACT"
)
_STATE_NAMES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|"
    "Illinois|Indiana|Iowa|"
    "Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|"
    "Nebraska|Nevada|"
    "New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|"
    "Rhode Island|"
    "South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming"
)
_ZIP = r"\d{5}(?:-\d{4})?"
_UK = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}"
_CANADA = r"[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d"
_CITY = r"[A-ZÀ-Ý][\w'’.-]+(?:[ -](?:[A-ZÀ-Ý][\w'’.-]+|upon|on|am|an|der|sur|de|del|la)){0,3}"
_FLAT = r"(?:(?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Fl|Room|Rm|Building|Bldg|Lot)\.? ?#?\w{1,5}|# ?\w{1,5})"
_SEP = r"(?:,? |,?\n|, ?)"
_COUNTRY = (
    r"(?:USA|U\.S\.A\.|United States|UK|U\.K\.|United Kingdom|England|Scotland|Wales|Ireland|Canada|Australia|Germany|"
    r"France)"
)
_TAIL = (
    rf"(?:{_SEP}{_FLAT})?"
    rf"(?:(?:{_SEP}{_CITY})?{_SEP}(?:(?:{_STATES}|{_STATE_NAMES}),? (?:{_ZIP}|{_CANADA}|\d{{4}})|{_UK}|{_CANADA})(?!\w)"
    rf"|{_SEP}{_ZIP}(?: {_CITY})?(?!\w)|(?:,[ \n]?|\n){_CITY}(?:{_SEP}(?:{_UK}|(?:{_STATES})(?!\w)|{_STATE_NAMES}|"
    rf"{_ZIP}))?(?=[\s.,;:!?)]|$))?"
    rf"(?:, ?{_COUNTRY}(?!\w))?"
)
_HOUSE = r"(?<![\w.,$€£#-])(?:\d{1,5}[A-Za-z]?(?:[-/–]\d{1,4})?)"

_AMERICAN = re.compile(
    rf"(?:(?:Flat|Apartment|Apt|Unit|Suite) ?\w{{1,4}},? )?{_HOUSE},? (?:{_DIRECTION} )?{_NAME}(?: {_NAME}){{0,3}}? "
    rf"(?:(?P<strong>{_STRONG})|(?P<weak>{_WEAK}))\b\.?(?: {_DIRECTION}\b)?(?P<tail>{_TAIL})"
)
_SPOKEN = re.compile(
    rf"{_HOUSE} (?:[a-z][a-z'.-]*|\d{{1,3}}(?:st|nd|rd|th))(?: [a-z][a-z'.-]*){{0,2}} "
    r"(?:street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|court|place|way|terrace|crescent|close)\b"
)
_SPOKEN_WORDS = re.compile(
    r"(?:address|live|lives|living|ship|shipped|send|sent|deliver|delivered|mail|mailed|located|office|house|home|"
    r"moved)\b[^\n.]{0,25}$",
    re.IGNORECASE,
)
_BOX = re.compile(rf"\b(?:P\.? ?O\.? ?Box|Post(?:al)? ?Box|Postfach|PO Box) \d{{1,6}}{_TAIL}")
_GERMAN = re.compile(
    r"\b(?:[A-ZÄÖÜ][\w.äöüß-]* ){0,2}?[A-ZÄÖÜ]?[\wäöüß-]*(?:(?P<strong>[Ss]tra(?:ß|ss)e|[Ss]tr\.|[Aa]llee|"
    r"[Gg]asse|[Cc]haussee|straat|laan|gracht|plein|kade|"
    r"singel)|(?P<weak>[Ww]eg|[Pp]latz|[Rr]ing|[Dd]amm|[Uu]fer|[Mm]arkt|[Hh]of|[Ss]teig))\.? \d{1,4} "
    r"?(?:[a-h]\b)?(?:[-–/]\d{1,4})?"
    rf"(?P<tail>{_SEP}(?:D-|A-|CH-|NL-|B-)?(?:\d{{5}}|\d{{4}}(?: ?[A-Z]{{2}})?) {_CITY})?(?!\w)"
)
_PREFIXED = re.compile(
    r"\b(?:Am|An der|An den|Auf dem|Auf der|Im|In der|Zum|Zur|Unter den|Hinter dem|Alte[rn]?|Via|Viale|Piazza|"
    r"Corso|Calle|Avenida|Plaza|"
    rf"Paseo|Rua|Carrer|Rue)(?: [\w'’.-]+){{1,4}}?,? (?:n[.º°]* ?)?\d{{1,4}} ?[a-z]?{_SEP}(?:D-|A-|CH-|I-|E-|"
    rf"F-)?\d{{4,5}} {_CITY}"
)
_FRENCH_STREET = r"rue|avenue|av\.|boulevard|bd|place|chemin|allée|impasse|quai|route|cours|passage"
_FRENCH = re.compile(
    rf"(?<![\w.,])\d{{1,4}}(?: ?(?:bis|ter))?,? (?:{_FRENCH_STREET})"
    rf" (?:(?:de|du|des|la|le|les|d'|l'|d’|l’|Saint|Sainte) ?){{0,3}}[A-ZÀ-Ý][\w'’-]*(?:[ "
    rf"-][A-ZÀ-Ý][\w'’-]*){{0,3}}(?:{_SEP}\d{{5}} {_CITY})?"
)
_CITY_STATE = re.compile(rf"\b{_CITY},? (?:{_STATES}|{_STATE_NAMES}),? {_ZIP}(?![\w-])")
_ZIP_WORD = re.compile(
    rf"\b(?:zip|zip ?code|post ?code|postal ?code|plz|cap|code postal)(?: (?:is|was|of))?:? ?(?P<code>{_ZIP}|"
    rf"{_UK}|{_CANADA}|\d{{4}} ?[A-Z]{{2}})(?!\w)",
    re.IGNORECASE,
)
_CITY_UK = re.compile(rf"\b{_CITY},? (?P<code>{_UK})(?![\w-])")
_ADDRESS_UK = re.compile(
    rf"\b(?:address|deliver(?:ed|y)? to|ship(?:ped)? to|live (?:at|in)|based (?:at|"
    rf"in))\b[^\n.]{{0,40}}?\b(?P<code>{_UK})(?![\w-])"
)
_UNITS = re.compile(r"\d(?:TB|GB|MB|KB|PB|HP|PH|ND|RD|ST|TH|XL|LB|FT|HZ|DB|WH|PK|GA|PT|QT|UP)$")
_UK_AREAS_LIST = """
AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH
EN EX FK FY G GL GU HA HD HG HP HR HS HU HX IG IP IV KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML
N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA
TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE
"""
_UK_AREAS = frozenset(_UK_AREAS_LIST.split())
_GOES_ON = re.compile(
    r"$|\s*[.,;:!?)\]\"'”’\n<|/]|\s+(?:in|on|and|to|by|for|before|is|was|with|please|between|near|from|at|or|if|"
    r"which|where|as|but|"
    r"because|after|this|that|since|until|if|instead|not|today|tomorrow|next|by|every|around|behind|opposite|off|"
    r"the|has|will|i|"
    r"my|our|we|he|she|they|it|so|when|while|who|[–—-])\b|\s+[–—-]",
    re.IGNORECASE,
)
_GERMAN_HINT = re.compile(
    r"(?:stra(?:ß|ss)e|str\.|allee|gasse|chaussee|straat|laan|gracht|plein|kade|singel|weg|platz|ring|damm|ufer|"
    r"markt|hof|steig) ?\d"
)
_GERMAN_ENDS = "aße|sse|tr\\.|lee|see|aat|aan|cht|ein|ade|gel|weg|atz|ing|amm|fer|rkt|hof|eig"
_GERMAN_AHEAD = re.compile(rf"\d(?:(?<=(?:{_GERMAN_ENDS}) \d)|(?<=(?:{_GERMAN_ENDS})\d))")
"""A cheaper one that finds at least as much: it begins at digits. The same holds for the other `_AHEAD`."""
_AMERICAN_AHEAD = re.compile(r"\d[A-Za-z]?,? (?:[A-ZÀ-Ý\d]|of|the|de|la)")
_PREFIXED_AHEAD = re.compile(r"\d{4} [A-ZÀ-Ý]")
_FRENCH_AHEAD = re.compile(rf"\d(?: ?(?:bis|ter))?,? (?:{_FRENCH_STREET}) ")
_UK_AHEAD = re.compile(r"\d[A-Z]{2}")
_SPOKEN_WORDS_AHEAD = re.compile(r"\d (?:[a-z0-9'.-]+ ){1,3}(?:st|av|road|rd|bo|bl|la|ln|dr|co|pl|wa|te|cr|cl)")
_FIVE = re.compile(r"\d{5}")
_UK_HINT = re.compile(r"\d ?\d[A-Z]{2}\b|[A-Z] \d[A-Z]{2}\b")


def find_addresses(text: str) -> list[tuple[int, int]]:
    """Where addresses stand: (start, end) character offsets, in order, not overlapping; the longest of two wins."""
    lowered = text.lower()
    found: list[tuple[int, int]] = []
    if _AMERICAN_AHEAD.search(text):
        found += [match.span() for match in _AMERICAN.finditer(text) if _is_street(match)]
    if _SPOKEN_WORDS_AHEAD.search(lowered):
        found += [match.span() for match in _SPOKEN.finditer(text) if _is_addressed(match)]
    if _GERMAN_AHEAD.search(lowered) and _GERMAN_HINT.search(lowered):
        found += [match.span() for match in _GERMAN.finditer(text) if match["strong"] or match["tail"]]
    if " box " in lowered or "postfach" in lowered:
        found += [match.span() for match in _BOX.finditer(text)]
    for ahead, pattern in ((_PREFIXED_AHEAD, _PREFIXED), (_FRENCH_AHEAD, _FRENCH)):
        if ahead.search(text):
            found += [match.span() for match in pattern.finditer(text)]
    if _FIVE.search(text):
        found += [match.span() for match in _CITY_STATE.finditer(text)]
    if any(map(lowered.__contains__, ("zip", "post", "plz", "cap"))):
        found += [match.span("code") for match in _ZIP_WORD.finditer(text)]
    if _UK_AHEAD.search(text) and _UK_HINT.search(text):
        for pattern in (_CITY_UK, _ADDRESS_UK):
            found += [match.span("code") for match in pattern.finditer(text) if _is_postcode(match["code"])]
    return _longest(found)


def _is_street(match: re.Match[str]) -> bool:
    if match["tail"]:
        return bool(match["strong"]) or re.search(r"\d", match["tail"]) is not None or _is_addressed(match)
    if not _GOES_ON.match(match.string, match.end()):
        return False
    return bool(match["strong"]) or _is_addressed(match)


def _is_addressed(match: re.Match[str]) -> bool:
    return _SPOKEN_WORDS.search(match.string, max(0, match.start() - 60), match.start()) is not None


def _is_postcode(code: str) -> bool:
    area = re.match(r"[A-Z]+", code)
    return area is not None and area[0] in _UK_AREAS and not _UNITS.search(code) and len(code) >= 6


def _longest(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
        elif end > kept[-1][1]:
            kept[-1] = (kept[-1][0], end)
    return kept
