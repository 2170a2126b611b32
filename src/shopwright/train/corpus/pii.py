"""Personal data in a text, found by rule and replaced by placeholders.

What: e-mail and IP addresses, telephone numbers, postal addresses, payment cards, bank accounts (IBAN), and the
numbers of orders, invoices, parcels and tickets. Each becomes `<email>`, `<phone>`, `<address>`, `<card>`, `<iban>`,
`<order>` or `<ip>`, so that the sentence around it can still be learned from.

What not: names of people, dates of birth, passports. Product numbers, prices, sizes, dates, versions, GTIN, ISBN and
the like must stay: every rule asks for a form, a check digit, or words nearby that a product text does not have.

Simplifications: postal addresses of English-, German-, French-, Dutch-, Italian- and Spanish-speaking countries;
private IP ranges (the 192.168.0.1 of every router's manual) are nobody's and stay.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from functools import partial

from shopwright.train.corpus.postal import find_addresses

KINDS = ("email", "phone", "address", "card", "iban", "order", "ip")

_NEAR = 40
"""How many characters before a number may explain it."""
_REACH = 160
"""How many characters around a digit are looked at."""
_DIGITS = re.compile(r"\D")
_SOME_DIGIT = re.compile(r"\d")

_EMAIL = re.compile(r"(?<![\w.+%@/-])[A-Za-z0-9][\w.+%'-]{0,63}@(?:[A-Za-z0-9][\w-]*\.)+([A-Za-z]{2,24})(?![\w@])")
_SPELT_EMAIL = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}\s?[\[({]\s?(?:at|@)\s?[\])}]\s?[\w-]+"
    r"(?:(?:\s?[\[({]\s?(?:dot|\.)\s?[\])}]\s?|\.)[A-Za-z]{2,24})+(?!\w)",
    re.IGNORECASE,
)
_FILES = frozenset(
    ("png", "jpg", "jpeg", "gif", "svg", "webp", "js", "css", "ts", "json", "html", "md", "py", "mp4", "ico")
)

_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")
_CARD = re.compile(r"(?<![\d.,-])(?<!\d )[2-6]\d{3}(?:[ -]?\d){8,15}(?![\d]|[.,-]\d)")
_GROUPED_CARD = re.compile(r"[2-6]\d{3}([ -])\d{4}\1\d{4}\1\d{4}|3[47]\d\d([ -])\d{6}\2\d{5}")
_CARD_WORDS = re.compile(
    r"\b(?:cards?|credit|debit|visa|master ?card|amex|american express|maestro|payment|paid|pay|charged?|billed|"
    r"kredit\w*|"
    r"karten?\w*|carte)\b",
    re.IGNORECASE,
)
_PRODUCT_WORDS = re.compile(
    r"(?:\b(?:ean|gtin|upc|isbn|issn|asin|sku|mpn|imei|meid|iccid|serial|barcode|model|models|modell|part|parts|"
    r"patent|item|"
    r"articles?|artikel|art|product|produkt|catalog(?:ue)?|cat|version|firmware|batch|lot|fcc|oem|p/n|s/n|pn|replaces|"
    r"compatible with|ref|style|stock|type|hs code|cas|doi|din|iso|nsn|tracking pixel)\b|\bv\b)[\w\s.:#/()-]{0,20}$",
    re.IGNORECASE,
)

_PHONE_WORDS = re.compile(
    r"(?:\b(?:phones?|telephone|tel|telefon|tél|mobile|mobil|handy|cell|cellphone|fax|call|calling|called|dial|"
    r"ring|text|sms|"
    r"whats ?app|hotline|helpline|landline|toll[- ]free|reach (?:me|us|him|her|them)|contact (?:me|us)|number "
    r"is)\b|☎|📞)"
    r"[^\d\n+]{0,30}$",
    re.IGNORECASE,
)
_INTERNATIONAL = re.compile(
    r"(?<![\w+.])(?:\+|00(?=[1-9]\d[ -]))[1-9]\d{0,2}(?:[ .\-/]{0,2}(?:\(\d{1,5}\)|\d{1,5})){2,6}(?![\w]|[.,]\d)"
)
_AMERICAN = re.compile(
    r"(?<![\w.$€£+-])(?<!\d )(?:1[ .-])?(?:\([2-9]\d\d\)[ .-]?|[2-9]\d\d([-.])|[2-9]\d\d )[2-9]\d\d(?(1)\1|[-. ]?)\d{4}"
    r"(?: ?(?:x|ext\.?|extension) ?\d{1,5})?(?![\w%]|[-.,]\d)"
)
_VANITY = re.compile(r"(?<![\w-])1[-. ]?8(?:00|33|44|55|66|77|88)[-. ](?=[A-Z0-9-]{7,12}\b)[A-Z0-9]+(?:-[A-Z0-9]+)*\b")
_DOMESTIC = re.compile(
    r"(?<![\w.,$€£+#-])(?<!\d )(?:\(0\d{2,5}\)[ -]?\d{2,4}(?:[ -]?\d{2,4}){1,3}|0\d{2,5}(?: ?/ ?|[ -])\d{3,4}(?:[ "
    r"-]?\d{2,4}){0,3}|"
    r"0[1-9](?:[ .]\d{2}){4}|0[1-9] \d{4} \d{4})(?![\w%]|[.,:-]\d)"
)
_AFTER_WORD = re.compile(r"(?<![\w.,$€£])(?:\(?\d{1,5}\)?[ .\-/]{0,2}){2,6}\d{2,5}(?![\w%]|[.,]\d)")

_NUMBER_WORD = r"(?:numbers?|num|nr\.?|no\.?|n[°º]|#|id|ids|ref\.?|reference|code)"
_ORDER = re.compile(
    r"\b(?P<thing>(?:purchase )?orders?|p\.?o\.?|invoices?|tracking|parcel|shipment|consignment|booking|reservation|"
    r"confirmation|ticket|case|rma|return|receipt|transaction|customer|account|loyalty|membership|refund|claim|"
    r"delivery|"
    r"bestellung|bestellnummer|bestell-?nr\.?|auftrags?(?:nummer|-?nr\.?)?|rechnung(?:snummer|s-?nr\.?)?|kundennummer|"
    r"sendungsnummer|commande|facture|pedido|ordine)"
    rf"(?P<named>(?:[ -](?:order|confirmation|return))?[ -]?{_NUMBER_WORD}(?![A-Za-z]))?(?P<link>[ \t]*(?:(?:is|"
    rf"was|ist|lautet|=|:|\(|#|[-–]|\"|'|“)[ \t]*){{0,3}})"
    r"(?P<token>[A-Z]{0,5}[-_/]?\d[\dA-Z]*(?:[-_/][\dA-Z]+){0,4})(?![\w]|[.,:%]\d|[ -]?(?:%|€|\$|£))",
    re.IGNORECASE,
)
_ORDER_HINTS = (
    "order", "po", "p.o", "invoice", "tracking", "parcel", "ship", "consign", "booking", "reserv", "confirm",
    "ticket", "case", "rma", "return", "receipt", "transaction", "customer", "account", "loyalty", "member", "refund",
    "claim", "deliver", "bestell", "auftrag", "rechnung", "nummer", "commande", "facture", "pedido", "ordine",
)  # fmt: skip
_OWN_NAME = re.compile(r"bestell|auftrag|rechnung|kundennummer|sendungsnummer|tracking", re.IGNORECASE)
_MARKETPLACE = re.compile(r"(?<![\w-])\d{3}-\d{7}-\d{7}(?![\w-])")
_PARCEL = re.compile(r"(?<![\w-])(?:1Z[0-9A-Z]{16}|[A-Z]{2}\d{9}(?:GB|US|DE|FR|CN|NL|ES|IT|CA|AU))(?![\w-])")
_BARE = re.compile(r"[A-Z]{0,4}[-_]?\d{6,}|[A-Z]{1,4}-?\d{5,}|\d{3}-\d{7}-\d{7}|[A-Z]{1,4}-\d{4}-\d{4,}", re.IGNORECASE)
_UNIT_AFTER = re.compile(
    r"\s*(?:units?|pieces?|pcs|items?|products?|pairs?|packs?|boxes|copies|mm|cm|kg|g|ml|times|days?)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\s*(?:or|and|to) (?:\d|more|less|fewer)", re.IGNORECASE)
_PRODUCT_CODE = re.compile(r"sku|ean|isbn|upc|art|model|usb|hdmi", re.IGNORECASE)
_ORDERED = ("order", "invoice", "bestellung", "commande", "pedido", "facture", "ordine")
_DATE = re.compile(
    r"(?:19|20)\d\d([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2(?:19|20)?\d\d|(?:19|20)\d\d(?:[-/](?:19|20)?\d\d)?"
)

_IP4 = re.compile(r"(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w-]|\.\d)")
_IP6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:){2,7}(?::|[0-9A-Fa-f]{1,4})(?::?[0-9A-Fa-f]{1,4}){0,6}(?![\w:])")
_VERSION_WORDS = re.compile(
    r"(?:\b(?:version|firmware|release|build|driver|software|update|bios|section|chapter|clause|app|ios|android|"
    r"windows|"
    r"revision|rev)\b\s*:?\s*|\bv\.?)$",
    re.IGNORECASE,
)

# A regular expression is only tried where one that is much cheaper, and finds all that it finds and more, matches.
_SEVEN = re.compile(r"\d(?:[ .\-/()]{0,4}\d){6}")
_FOUR = re.compile(r"\d(?:[A-Za-z_/\-]*\d){3}")
_IBAN_HINT = re.compile(r"[A-Z]{2}\d\d")
_VANITY_HINT = re.compile(r"1[-. ]?8\d\d")
_IP4_HINT = re.compile(r"\d\.\d{1,3}\.\d")
_IP6_HINT = re.compile(r":[0-9A-Fa-f]{0,4}:")

Counts = dict[str, int]


def replace(text: str) -> tuple[str, Counts]:
    """A text without personal data, and how many of each kind were replaced.

    Args:
        text: normalised text.
    """
    counts: Counts = {}
    if "@" in text or "at" in text:
        text = _sub(_EMAIL, "email", _is_mailbox, text, counts) if "@" in text else text
        text = _SPELT_EMAIL.sub(partial(_counted, "email", counts), text) if _spelt(text) else text
    pieces: list[str] = []
    done = 0
    for start, end in _windows(text):
        pieces += (text[done:start], _without_numbers(text[start:end], counts))
        done = end
    return "".join(pieces) + text[done:] if pieces else text, counts


def _windows(text: str) -> list[tuple[int, int]]:
    """The parts of a text around its digits, cut at white space: the only ones in which most rules can apply."""
    windows: list[tuple[int, int]] = []
    for match in _SOME_DIGIT.finditer(text):
        if windows and match.start() < windows[-1][1] - _REACH // 2:
            continue
        start = max(0, match.start() - _REACH)
        start = text.rfind(" ", 0, start) + 1 if start else 0
        end = text.find(" ", match.end() + _REACH)
        end = len(text) if end < 0 else end
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], end)
        else:
            windows.append((start, end))
    return windows


def _without_numbers(text: str, counts: Counts) -> str:
    long = _SEVEN.search(text) is not None
    if _IBAN_HINT.search(text):
        text = _sub(_IBAN, "iban", _is_iban, text, counts)
    if long:
        text = _sub(_CARD, "card", _is_card, text, counts)
    if _FOUR.search(text):
        text = _orders(text, counts)
    for pattern, test in _PHONES if long else ():
        text = _sub(pattern, "phone", test, text, counts)
    if _VANITY_HINT.search(text):
        text = _sub(_VANITY, "phone", _is_vanity, text, counts)
    text = _addresses(text, counts)
    for hint, pattern in ((_IP4_HINT, _IP4), (_IP6_HINT, _IP6)):
        if hint.search(text):
            text = _sub(pattern, "ip", _is_public_ip, text, counts)
    return text


def luhn(number: str) -> bool:
    """Whether the check digit of a payment card holds (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0


def iban_holds(account: str) -> bool:
    """Whether the check digits of a bank account hold (ISO 13616: modulo 97 over letters as numbers is 1)."""
    turned = account[4:] + account[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


Test = Callable[[re.Match[str]], bool]


def _sub(pattern: re.Pattern[str], kind: str, test: Test, text: str, counts: Counts) -> str:
    def placeholder(match: re.Match[str]) -> str:
        return _counted(kind, counts, match) if test(match) else match[0]

    return pattern.sub(placeholder, text)


def _counted(kind: str, counts: Counts, _match: re.Match[str]) -> str:
    counts[kind] = counts.get(kind, 0) + 1
    return f"<{kind}>"


def _before(match: re.Match[str]) -> str:
    """The end of what stands before, on the same line."""
    return match.string[max(0, match.start() - _NEAR) : match.start()].rpartition("\n")[2]


def _spelt(text: str) -> bool:
    return any(mark in text for mark in ("[at]", "(at)", "{at}", "[AT]", "(AT)", "(@)", "[@]", "[ at ]", "( at )"))


def _is_mailbox(match: re.Match[str]) -> bool:
    return match[1].lower() not in _FILES


def _is_iban(match: re.Match[str]) -> bool:
    account = re.sub(r"[ -]", "", match[0])
    return 15 <= len(account) <= 34 and iban_holds(account)


def _is_card(match: re.Match[str]) -> bool:
    """A known issuer's form with its check digit; where words speak of a card, the form or the digit is enough."""
    number, before = _DIGITS.sub("", match[0]), _before(match)
    if _PRODUCT_WORDS.search(before):
        return False
    grouped = _GROUPED_CARD.fullmatch(match[0]) is not None
    after = match.string[match.end() : match.end() + 20]
    spoken = _CARD_WORDS.search(before) is not None or _CARD_WORDS.search(after) is not None
    if luhn(number):
        return _issuer(number, spoken)
    return grouped and spoken


def _issuer(number: str, spoken: bool) -> bool:
    length, head = len(number), int(number[:4])
    if number[0] == "4":
        return length in (16, 19) or (length == 13 and spoken)
    if 5100 <= head <= 5599 or 2221 <= head <= 2720:
        return length == 16
    if head // 100 in (34, 37):
        return length == 15
    if head // 100 in (36, 38, 39) or 3000 <= head <= 3059:
        return length == 14 and spoken
    if head == 6011 or 6440 <= head <= 6599 or 3528 <= head <= 3589 or head // 100 == 62:
        return length in (16, 19)
    return spoken and (head // 100 == 50 or 56 <= head // 100 <= 69)


def _orders(text: str, counts: Counts) -> str:
    for pattern in (_MARKETPLACE, _PARCEL):
        text = pattern.sub(partial(_counted, "order", counts), text)

    def placeholder(match: re.Match[str]) -> str:
        if not _is_order(match):
            return match[0]
        token = match.start("token") - match.start()
        return match[0][:token] + _counted("order", counts, match)

    lowered = text.lower()
    return _ORDER.sub(placeholder, text) if any(map(lowered.__contains__, _ORDER_HINTS)) else text


def _is_order(match: re.Match[str]) -> bool:
    """A number that is called one ("order no. 10442"), marked with "#", or too long to be a quantity."""
    token, thing = match["token"], match["thing"].lower()
    digits = sum(map(str.isdigit, token))
    if digits < 4 or _DATE.fullmatch(token) or _PRODUCT_CODE.match(token):
        return False
    if _UNIT_AFTER.match(match.string, match.end()):
        return False
    named = (match["named"] or "").strip(" -").lower()
    if named == "code":
        return thing not in ("order", "orders") and digits >= 5
    if named or "#" in match["link"] or _OWN_NAME.match(thing):
        return True
    if not match["link"] or not _BARE.fullmatch(token) or _GOES_ON.match(match.string, match.end()):
        return False
    return thing.rstrip("s").endswith(_ORDERED) or digits >= 7 or token[:1].isalpha()


def _is_international(match: re.Match[str]) -> bool:
    digits = len(_DIGITS.sub("", match[0]))
    return 8 <= digits <= 15 and not _PRODUCT_WORDS.search(_before(match))


def _is_american(match: re.Match[str]) -> bool:
    before = _before(match)
    if _PRODUCT_WORDS.search(before):
        return False
    strong = "(" in match[0] or match[1] is not None or match[0].startswith("1")
    return strong or _PHONE_WORDS.search(before) is not None


def _is_domestic(match: re.Match[str]) -> bool:
    digits = len(_DIGITS.sub("", match[0]))
    return 9 <= digits <= 12 and not _PRODUCT_WORDS.search(_before(match))


def _is_after_word(match: re.Match[str]) -> bool:
    digits = len(_DIGITS.sub("", match[0]))
    before = _before(match)
    if not 7 <= digits <= 13 or _DATE.fullmatch(match[0]) or not _PHONE_WORDS.search(before):
        return False
    return not _PRODUCT_WORDS.search(before)


def _is_vanity(match: re.Match[str]) -> bool:
    return 10 <= sum(sign.isalnum() for sign in match[0]) <= 13


def _addresses(text: str, counts: Counts) -> str:
    pieces: list[str] = []
    done = 0
    for start, end in find_addresses(text):
        pieces += (text[done:start], "<address>")
        counts["address"] = counts.get("address", 0) + 1
        done = end
    return "".join(pieces) + text[done:] if pieces else text


def _is_public_ip(match: re.Match[str]) -> bool:
    try:
        address = ipaddress.ip_address(match[0])
    except ValueError:
        return False
    small = "." in match[0] and all(int(part) < 20 for part in match[0].split("."))
    return address.is_global and not small and not _VERSION_WORDS.search(_before(match))


_PHONES: tuple[tuple[re.Pattern[str], Test], ...] = (
    (_INTERNATIONAL, _is_international),
    (_AMERICAN, _is_american),
    (_DOMESTIC, _is_domestic),
    (_AFTER_WORD, _is_after_word),
)
