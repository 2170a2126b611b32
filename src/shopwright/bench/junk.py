"""Twenty kinds of documents that a crawl brings home and nobody should learn from, made with a seed.

Written from what such pages look like, not from any rule that looks for them; `defects` plants them among clean text.
Each is a whole document: a page of which only this was left. Where junk is made of real text (scans, spun text,
repeated paragraphs), it is made from the clean text it is given.

Not covered: junk inside an otherwise good page, fluent text that is merely false, and machine translation.
"""

from __future__ import annotations

import base64
import string
from collections.abc import Callable, Sequence
from random import Random

Maker = Callable[[str, Random], str]

_THINGS = (
    "sofa", "kettle", "running shoes", "phone case", "led strip", "garden hose", "curtains", "drone", "headphones",
    "yoga mat", "air fryer", "wallet", "backpack", "wrist watch", "tent", "blender", "mattress", "toner", "tyres",
)  # fmt: skip
_PLACES = ("London", "Texas", "Leeds", "Ohio", "Sydney", "Dublin", "Austin", "Toronto", "Denver", "Glasgow", "Miami")
_SECTIONS = (
    "Home", "New in", "Women", "Men", "Kids", "Sale", "Brands", "Gift cards", "Electronics", "Outdoor", "Beauty",
    "Track order", "Returns", "Stores", "Careers", "Press", "Affiliates", "Log in", "Register", "Basket", "Wish list",
    "Help centre", "Live chat", "Size guide", "Delivery", "Newsletter", "Corporate", "Sitemap", "Accessibility",
)  # fmt: skip
_COOKIES = (
    "We value your privacy.",
    "This site uses cookies and similar technologies to personalise content and ads.",
    "By clicking Accept all, you agree to the storing of cookies on your device.",
    "We and our 842 partners store and/or access information on a device.",
    "You can change your preferences at any time in the consent centre.",
    "Strictly necessary cookies cannot be switched off.",
    "Some of our partners process your data on the basis of legitimate interest.",
    "For more information see our cookie policy.",
    "Reject all",
    "Manage preferences",
    "Save and exit",
    "Always active",
    "Targeting cookies",
    "Performance cookies",
)
_LEGAL = (
    "© {year} {name} Ltd. All rights reserved.",
    "Registered in England and Wales. Company number {number}.",
    "All trademarks are the property of their respective owners.",
    "Reproduction in whole or in part without permission is prohibited.",
    "Terms of use | Privacy notice | Imprint",
    "Use of this site constitutes acceptance of our user agreement.",
    "Prices include VAT and exclude delivery unless stated otherwise.",
    "{name} is a participant in an affiliate advertising programme.",
    "Powered by {name} Engine {year}. Page generated in 0.{number} seconds.",
    "Nothing on this site constitutes advice. Errors and omissions excepted.",
)
_LABELS = (
    "First name *", "Last name *", "E-mail address *", "Confirm password", "Please select", "Company (optional)",
    "Postcode", "Country", "Day / Month / Year", "I have read the terms", "Submit", "Reset", "Required field",
    "Captcha", "Upload file", "No file chosen", "Male / Female / Other", "How did you hear about us?", "Next step >",
)  # fmt: skip
_SHARES = (
    "Tweet", "Pin it", "Share on Facebook", "Like this:", "Like Loading...", "Email this", "Print", "Reply",
    "Report abuse",
    "Permalink", "Read more »", "Leave a comment", "0 comments", "Follow us", "Subscribe via RSS", "Older posts",
    "Tagged with", "Posted in Uncategorized", "View all posts by admin", "Sign up to our mailing list",
)  # fmt: skip
_LOREM = """
lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna
aliqua ut enim ad minim veniam quis nostrud exercitation ullamco laboris nisi aliquip ex ea commodo consequat duis
aute irure in reprehenderit voluptate velit esse cillum fugiat nulla pariatur excepteur sint occaecat cupidatat non
proident sunt culpa qui officia deserunt mollit anim id est laborum
"""
_LATIN = _LOREM.split()
_SYNONYMS = (
    "acquire", "utilise", "marvellous", "commence", "aforesaid", "vicinity", "numerous", "endeavour", "therefore",
    "pleasant", "substantial", "obtain", "beverage", "automobile", "domicile", "youngster",
)  # fmt: skip
_PACKAGES = ("com.acme.cart", "org.web.http", "java.util.concurrent", "io.store.catalog", "net.db.pool")
_METHODS = ("doFilter", "invoke", "run", "load", "getConnection", "handle", "process", "accept", "close")
_MISREAD = {
    "e": "c", "l": "1", "o": "0", "i": "!", "m": "rn", "h": "li", "a": "@", "t": "f", "S": "5", "n": "ri", "u": "ii",
}  # fmt: skip
_GARBAGE = "Ã¢â‚¬â„¢Â¤Ã¼ï¿½ÐŸÑ€\ufffd□¦§"


def _name(generator: Random) -> str:
    return generator.choice(("Nortek", "Bluefin", "Havelock", "Primo", "Orchard", "Zenith")) + generator.choice(
        ("", " Trading", " Group", " Media", " Online")
    )


def _sentences(clean: str) -> list[str]:
    found = [piece.strip() + "." for piece in clean.replace("\n", " ").split(". ") if len(piece) > 25]
    return found or [clean[:200]]


def _some(items: Sequence[str], generator: Random, least: int, most: int) -> list[str]:
    return [generator.choice(items) for _ in range(generator.randint(least, most))]


def _cookie_banner(_clean: str, generator: Random) -> str:
    chosen = generator.sample(_COOKIES, generator.randint(6, len(_COOKIES)))
    return generator.choice((" ", "\n")).join(chosen)


def _navigation(_clean: str, generator: Random) -> str:
    entries = generator.sample(_SECTIONS, generator.randint(14, len(_SECTIONS)))
    if generator.random() < 0.5:
        entries += [thing.title() for thing in generator.sample(_THINGS, 8)]
    return generator.choice(("\n", " | ", " » ", " / ", "  ", " · ")).join(entries)


def _tag_cloud(_clean: str, generator: Random) -> str:
    tags = [
        f"{generator.choice(_THINGS)} {generator.choice(_PLACES).lower()}"
        + (f" ({generator.randint(1, 400)})" if generator.random() < 0.5 else "")
        for _ in range(generator.randint(40, 120))
    ]
    return generator.choice((", ", " ", "\n", " #")).join(tags)


def _keywords(_clean: str, generator: Random) -> str:
    """One product and the places it is sold in, again and again, in half a sentence each time."""
    thing = generator.choice(_THINGS)
    forms = (
        "Buy {t} online in {p}, best {t} {p}, cheap {t} near {p}.",
        "Looking for {t} in {p}? Our {t} are the best {t} in {p}.",
        "{t} for sale {p}, discount {t} {p}, {t} price {p}",
        "If you need {t} then {p} {t} is the {t} for you, order {t} today in {p}!",
    )
    return " ".join(
        generator.choice(forms).format(t=thing, p=generator.choice(_PLACES)) for _ in range(generator.randint(12, 40))
    )


def _dump(_clean: str, generator: Random) -> str:
    data = generator.randbytes(generator.randint(300, 1500))
    way = generator.randrange(4)
    if way == 0:
        text, width = base64.b64encode(data).decode(), generator.choice((64, 76, 10_000))
        return "\n".join(text[start : start + width] for start in range(0, len(text), width))
    if way == 1:
        return "\n".join(f"{start:08x}  {data[start : start + 16].hex(' ')}" for start in range(0, len(data), 16))
    if way == 2:
        return "\n".join(f"{generator.randbytes(20).hex()}  file{place}.bin" for place in range(20))
    return "data:image/png;base64," + base64.b64encode(data).decode()


def _server_log(_clean: str, generator: Random) -> str:
    number, way = generator.randint, generator.randrange(3)
    lines = []
    for _ in range(number(8, 60)):
        clock = f"{number(0, 23):02}:{number(0, 59):02}:{number(0, 59):02}"
        address = ".".join(str(number(1, 254)) for _ in range(4))
        if way == 0:
            day = f"{number(1, 28):02}/Mar/2021:{clock} +0000"
            lines.append(
                f'{address} - - [{day}] "GET /item/{number(1, 9999)}?ref=nav HTTP/1.1" '
                f'200 {number(100, 99999)} "-" "Mozilla/5.0 (X11; Linux x86_64)"'
            )
        elif way == 1:
            lines.append(
                f"Mar {number(1, 28)} {clock} web0{number(1, 9)} sshd[{number(100, 9999)}]: "
                "session opened for user root"
            )
        else:
            lines.append(
                f"{clock}.{number(0, 999):03} DEBUG worker-{number(1, 8)} "
                f"queue.depth={number(0, 99)} lag_ms={number(0, 999)}"
            )
    return "\n".join(lines)


def _stack_trace(_clean: str, generator: Random) -> str:
    number = generator.randint
    if generator.random() < 0.5:
        head = f'Exception in thread "main" {generator.choice(_PACKAGES)}.StateException: value was null'
        frames = [
            f"\tat {generator.choice(_PACKAGES)}.{generator.choice(('Filter', 'Pool', 'Handler'))}."
            f"{generator.choice(_METHODS)}({generator.choice(('Filter', 'Pool'))}.java:{number(10, 900)})"
            for _ in range(number(10, 40))
        ]
        return "\n".join((head, *frames))
    frames = [
        f'  File "/srv/app/{generator.choice(("views", "models", "cart"))}.py", line {number(1, 900)}, in '
        f"{generator.choice(_METHODS)}\n    return self.{generator.choice(_METHODS)}(request, *args)"
        for _ in range(number(6, 20))
    ]
    return "\n".join(("Traceback (most recent call last):", *frames, f"KeyError: '{generator.choice(_THINGS)}'"))


def _csv_spill(_clean: str, generator: Random) -> str:
    sign, number = generator.choice((",", ";", "\t", "|")), generator.randint
    rows = [
        sign.join(
            (f"{number(10**5, 10**6)}", f"SKU-{number(100, 999)}{generator.choice(string.ascii_uppercase)}",
             generator.choice(_THINGS), f"{number(1, 300)}.{number(0, 99):02}", str(number(0, 50)), "TRUE", "", "NULL",
             f"2020-{number(1, 12):02}-{number(1, 28):02}")
        )
        for _ in range(number(12, 60))
    ]  # fmt: skip
    return "\n".join((sign.join(("id", "sku", "name", "price", "stock", "active", "note", "parent", "updated")), *rows))


def _scan(clean: str, generator: Random) -> str:
    """What a bad scan reads: letters taken for others, words broken, specks as signs."""
    out = []
    for sign in clean[: generator.randint(600, 2000)]:
        if generator.random() < 0.25:
            out.append(_MISREAD.get(sign, sign))
        else:
            out.append(sign)
        if generator.random() < 0.06:
            out.append(generator.choice((" ", " ", ".", "~", "|", "'", "^", "\n")))
    return "".join(out)


def _repeated_paragraph(clean: str, generator: Random) -> str:
    sentences = _sentences(clean)
    start = generator.randrange(len(sentences))
    paragraph = " ".join(sentences[start : start + generator.randint(1, 4)])
    return generator.choice(("\n\n", "\n", " ")).join([paragraph] * generator.randint(4, 12))


def _filler(_clean: str, generator: Random) -> str:
    words = generator.choices(_LATIN, k=generator.randint(60, 250))
    pieces, place = [], 0
    while place < len(words):
        length = generator.randint(5, 14)
        pieces.append(" ".join(words[place : place + length]).capitalize() + ".")
        place += length
    return " ".join(pieces)


def _spun(clean: str, generator: Random) -> str:
    """Spun text with the spinner's braces left, or words swapped for stiff ones at random."""
    words = clean.split()[: generator.randint(100, 300)]
    braces = generator.random() < 0.5
    out = []
    for word in words:
        if generator.random() < 0.45:
            others = generator.sample(_SYNONYMS, 2)
            out.append("{" + "|".join((word, *others)) + "}" if braces else others[0])
        else:
            out.append(word)
    return " ".join(out)


def _legal_footer(_clean: str, generator: Random) -> str:
    values = {
        "year": generator.randint(1999, 2024),
        "name": _name(generator),
        "number": generator.randint(10**5, 10**7),
    }
    chosen = generator.sample(_LEGAL, generator.randint(5, len(_LEGAL)))
    return generator.choice(("\n", " ")).join(line.format(**values) for line in chosen)


def _form(_clean: str, generator: Random) -> str:
    entries = generator.sample(_LABELS, generator.randint(10, len(_LABELS)))
    if generator.random() < 0.4:
        entries += [str(year) for year in range(1950, 1950 + generator.randint(10, 60))]
    return generator.choice(("\n", "  ", ": \n")).join(entries)


def _blog_frame(_clean: str, generator: Random) -> str:
    return generator.choice(("\n", " ", " | ")).join(_some(_SHARES, generator, 15, 40))


def _encoding(clean: str, generator: Random) -> str:
    """Bytes read in the wrong code page, all through."""
    way = generator.randrange(3)
    part = clean[: generator.randint(500, 1500)]
    if way == 0:
        return "".join(generator.choice(_GARBAGE) if generator.random() < 0.3 else sign for sign in part)
    if way == 1:
        return "".join(f"\\u{ord(sign):04x}" if generator.random() < 0.5 else sign for sign in part)
    raw = part.encode()
    return raw[: len(raw) // 2 * 2].decode("utf-16-le", "replace") if generator.random() < 0.5 else raw.hex(" ").upper()


def _keyboard(_clean: str, generator: Random) -> str:
    """Hands on the keyboard: placeholder text, test entries."""
    rows = ("asdfghjkl", "qwertyuiop", "zxcvbnm")
    words = [
        "".join(generator.choices(generator.choice(rows), k=generator.randint(2, 12)))
        for _ in range(generator.randint(40, 160))
    ]
    return generator.choice((" ", "\n")).join(words)


def _link_list(_clean: str, generator: Random) -> str:
    number = generator.randint
    return "\n".join(
        f"https://www.{_name(generator).lower().replace(' ', '-')}.com/{generator.choice(_THINGS).replace(' ', '-')}"
        f"/p/{number(10**5, 10**7)}?utm_source=feed&sid={generator.getrandbits(32):x}"
        for _ in range(number(10, 40))
    )


def _script(_clean: str, generator: Random) -> str:
    name, number = generator.choice(string.ascii_lowercase), generator.randint
    styles = "".join(
        f".c{number(1, 999)}{{margin:{number(0, 40)}px;color:#{generator.getrandbits(24):06x}}}" for _ in range(20)
    )
    calls = "".join(f"{name}.push(['_set{number(1, 99)}',{{id:{number(1, 9999)},v:!0}}]);" for _ in range(20))
    return generator.choice((styles, f"(function(w,d){{var {name}=w.q||[];{calls}}})(window,document);"))


def _teasers(clean: str, generator: Random) -> str:
    """A page of search results: beginnings of sentences that never end."""
    sentences = _sentences(clean)
    lines = []
    for _ in range(generator.randint(10, 30)):
        words = generator.choice(sentences).split()[: generator.randint(4, 9)]
        lines.append(f"{' '.join(words)} ... {generator.choice(('Read more', 'More', '[...]', 'Continue reading'))}")
    return "\n".join(lines)


JUNK: dict[str, Maker] = {
    "cookie_banner": _cookie_banner, "navigation": _navigation, "tag_cloud": _tag_cloud, "keywords": _keywords,
    "dump": _dump, "server_log": _server_log, "stack_trace": _stack_trace, "csv_spill": _csv_spill, "scan": _scan,
    "repeated_paragraph": _repeated_paragraph, "filler": _filler, "spun": _spun, "legal_footer": _legal_footer,
    "form": _form, "blog_frame": _blog_frame, "encoding": _encoding, "keyboard": _keyboard, "link_list": _link_list,
    "script": _script, "teasers": _teasers,
}  # fmt: skip
"""By kind: a maker of a junk document from clean text and a generator."""
