"""What a clause is about: things to cancel or return, and things to exchange with what they should become."""

from __future__ import annotations

import re

from shopwright.assistant.desk.lexicon import ALL, EVERYTHING
from shopwright.assistant.desk.names import Mention
from shopwright.assistant.desk.requests import Request, Target
from shopwright.assistant.desk.said import BECAUSE, Said

_PIVOT = re.compile(r"\b(?:to|for|with|into|instead|but|so that|would like|get|as)\b|,")
_COMPANY = re.compile(
    r"\b(?:with|containing|contains|contained|includ(?:es|ing)|that has|has|goes with|along with|together with"
    r"|alongside|same order as)\s+(?:the|a|an|your|my)?\s*(?:\w+\s){0,2}$"
)
_ORDER_WORD = re.compile(r"\b(?:order|received|arrived|came|bought|ordered|purchased|delivered|goes|shipped)\b")
_NEW_TARGET = re.compile(
    r"(?:\band|,|;|:|\bthen|\bplus|\balso|\bas well as|\bor)\s+(?:also\s+|then\s+|for\s+)?"
    r"(?:the|your|my|a|an|another|one|all|both|for|any)?(?:\s?(?:the|your|my|of)\b)?\s*(?:[\w.-]+\s+){0,4}$"
)
_INTO_A = re.compile(r"\b(?:to|for|into|get|as|with|than)\s+(?:a|an|the|any|another)?\s*(?:[\w.-]+\s+){0,5}$")
_JOINT = re.compile(r"(?:,\s*and\b|\band\b|,|;|\bthen\b)\s+(?:also\s+)?(?:for\s+)?(?:the|your|my|another|an?|one)\b")
_BY_PRICE = re.compile(r"\b(?:cheap|expensive|pric|dear)\w*\b")
_OUT_OF = re.compile(r"\b(?:from|out of|off) (?:the|my|your|that|this|an?) (?:\w+ ){0,2}order\b")
_AND = re.compile(r"[\s,]*(?:and|,|as well as|plus)?\s*(?:also )?(?:the|your|my|an?)?\s*")
_IT = re.compile(r"\b(?:it|them|this|that one|both|these|those|its)\b")


def things(said: Said, body: str, ahead: str, request: Request) -> list[Target]:
    """What is cancelled or returned."""
    mentions = said.names.find(body)
    targets: list[Target] = []
    end = 0
    order_of = [m for m in mentions if re.match(r"\s*orders?\b", body[m.end :])]
    if order_of:
        request.everything = True
        return [Target(None, told=body, company=[m for m in mentions if m.start <= order_of[-1].start])]
    if not mentions and _BY_PRICE.search(body) and re.search(r"\b(?:item|thing|product)\b", body):
        return [Target(None, told=body)]
    for mention in mentions:
        before = body[end : mention.start]
        together = _COMPANY.search(before)
        if together and (targets or _ORDER_WORD.search(before) or "order" in body[: mention.start]):
            if targets:
                targets[-1].company.append(mention)
                targets[-1].told += " " + before
            else:
                request.everything = True
                targets.append(Target(None, told=body, company=[mention]))
        else:
            targets.append(target_of(mention, before))
            if len(targets) > 1:
                targets[-2].told += " " + before
        end = mention.end
    if targets:
        targets[-1].told += " " + body[end:]
        return targets
    named = said.names.find(ahead) or said.seen[-1:]
    if named and re.match(r"\w+ (?:it|them|that one|this one)\b", body) and _OUT_OF.search(body):
        return [target_of(mention, ahead[: mention.start]) for mention in named]
    of_orders = re.search(r"\borders?\b(?! (?:id|number))", body) and not re.search(r"\bitems?\b(?! in)", body)
    if request.everything or request.orders or of_orders:
        request.everything = True
        if not re.search(r"\ball\b|\bboth\b|\borders\b|\bevery", body):
            request.orders = request.orders or said.numbers[-1:]
        return []
    if re.search(r"\b(?:the|these|those|all|both|my|your)(?: \d)? (?:items|products|things)\b", body):
        request.everything = True
        request.orders = request.orders or said.numbers[-1:]
        return []
    last = said.reading.requests[-1] if said.reading.requests else None
    if last and last.everything and _IT.search(body) and not said.names.find(ahead):
        request.everything, request.orders = True, last.orders
        request.text += " " + last.text
        return []
    earlier = said.names.find(ahead)
    if not earlier and not said.seen and said.numbers and _IT.search(body):
        request.everything, request.orders = True, said.numbers[-1:]
        return []
    if earlier:
        return [target_of(mention, ahead[: mention.start]) for mention in earlier]
    if said.seen and (_IT.search(body) or re.search(r"\b(?:one|item|pair|product)s?\b", body)):
        return [Target(said.last(), told=body, every=bool(re.search(r"\bthem|both\b", body)))]
    return [Target(None, told=body)]


def company(said: Said, text: str) -> tuple[list[Mention], list[Mention]]:
    """(products, products that stand in the same order as they do) of "the flask from the order with the lamp"."""
    found: tuple[list[Mention], list[Mention]] = ([], [])
    for mention in said.names.find(text):
        before = text[: mention.start]
        found[bool(_COMPANY.search(before) and _ORDER_WORD.search(before))].append(mention)
    return found


def target_of(mention: Mention, before: str) -> Target:
    """The target that a mention makes, with what stands before it: how many, and of which kind."""
    near = re.sub(r".*\bzdict\d+", "", " ".join(before.split()[-6:]))
    every = bool(ALL.search(near)) or (mention.plural and not re.search(r"\bone of\b", near))
    number = re.search(r"\b(2|3|4|5)\s+(?:[\w.-]+\s+)?$", near + " ")
    return Target(mention, told=near, every=every, count=int(number[1]) if number else 1)


def swaps(said: Said, body: str, ahead: str) -> list[Target]:
    """What is exchanged or changed, each with what it should become."""
    mentions = said.names.find(body)
    starts: list[Mention] = []
    for mention in mentions:
        if not starts:
            pivot = re.search(r"\b(?:to|for|into|with)\b", body[: mention.start])
            passive = re.match(r"(?:to be|be|get|have) ", body)
            if (
                not (pivot and said.names.find(ahead))
                and not (pivot and _IT.search(body[: pivot.start()]) and said.seen)
                and not passive
            ):
                starts.append(mention)
            continue
        before = body[starts[-1].end : mention.start]
        again = bool(mention.products() & starts[-1].products())
        another = re.search(r"\b(?:another|other|second)\b[^,;]{0,20}$", before) or (
            "zdict" in before and body[mention.end :].lstrip().startswith("zdict")
        )
        if again and not another:
            continue
        if _COMPANY.search(before) and _ORDER_WORD.search(before):
            continue
        if _NEW_TARGET.search(before) or not _PIVOT.search(before) or not _INTO_A.search(before):
            starts.append(mention)
    if not starts:
        return [_swap_of_earlier(said, body, ahead)]
    targets = []
    for number, mention in enumerate(starts):
        begin = _own(body, starts[number - 1].end, mention.start) if number else 0
        end = _own(body, mention.end, starts[number + 1].start) if number + 1 < len(starts) else len(body)
        target = target_of(mention, body[begin : mention.start])
        told, wanted = _cut(body[mention.end : end])
        target.told += " " + told + (" " + ahead if number == 0 else "")
        if wanted.strip(" ,;."):
            target.wants.append(wanted)
        targets.append(target)
    for number in range(len(targets) - 1, 0, -1):
        between = body[starts[number - 1].end : starts[number].start]
        if targets[number].wants and not targets[number - 1].wants and _AND.fullmatch(between):
            targets[number - 1].wants = list(targets[number].wants)  # "the lamp and the mug to the cheapest"
    if len(targets) == 1 and not targets[0].wants:
        targets[0].wants += _wanted_before(said, ahead)
    return targets


def _own(body: str, after: int, before: int) -> int:
    """Where the words of the next thing begin, between two things: "... to red, | and the black lamp ..."."""
    between = body[after:before]
    cuts = [match.start() for match in _JOINT.finditer(between)]
    if not cuts and not _PIVOT.search(between):
        cuts = [match.start() for match in re.finditer(r"\band\s", between)]
    return after + cuts[-1] if cuts else before


def _wanted_before(said: Said, ahead: str) -> list[str]:
    """What was wanted in a clause of its own before: "I want the largest in steel, so exchange it"."""
    wish = re.search(
        r"\b(?:want(?:ed)?|need|like|prefer|rather|looking for|get)\b(?! to (?:exchange|change|modify|swap))(.+)",
        ahead,
    )
    if wish and len(wish[1].split()) > 3:
        return [wish[1]]
    if said.reading.loose and re.search(
        r"\b(?:want(?:ed)?|need|like|prefer|rather|looking for|get)\b", said.reading.loose[-1]
    ):
        return [said.reading.loose[-1]]
    return []


def _swap_of_earlier(said: Said, body: str, ahead: str) -> Target:
    """ "Exchange it to the cheapest", "for the laptop, change ...", "change its colour to red"."""
    found = said.names.find(ahead)
    mention = found[-1] if found else None
    if re.search(r"\b(?:order|its) items?\b", body):
        mention = None
        ahead, body = ahead, re.sub(r"\bits\b", "the order", body)
    target = Target(mention, every=bool(EVERYTHING.search(body)))
    if mention:
        target = target_of(mention, ahead[: mention.start])
    elif (_IT.search(body.split(" to ")[0]) and said.seen and "order" not in ahead) or (
        not re.search(r"\borders?\b|#", f"{ahead} {body}") and said.seen and re.match(r"\w+ (?:it|to|for|the)\b", body)
    ):
        target = Target(said.last())
    told, wanted = _cut(re.sub(r"^\w+", "", body, count=1))
    target.told += f" {ahead} {told}"
    wanted = wanted if mention or target.mention else f"{told} {wanted}"
    blank = re.fullmatch(r"[\s,;.]*(?:it|them|this|that|please|\W)*", wanted)
    target.wants += (_wanted_before(said, ahead) or [wanted]) if blank else [wanted]
    return target


def _cut(after: str) -> tuple[str, str]:
    """(what is said of the piece that they have, what it should become) of the words after its name."""
    text = BECAUSE.sub(" ", after)
    if text.lstrip().startswith("zdict"):
        first, _, rest = text.strip().partition(" ")
        return first, rest
    told = re.match(
        r"\s*(?:,\s*)?(?:(?:that|which|who|in|from|of|on|you|i|we|she|he|they|just|ordered|bought|received|recently|"
        r"with the (?:order|same)|has|is|was|arrived)\b(?:(?!\b(?:to|for|into|with|but)\b)[^.;,])*)",
        text,
    )
    cut = told.end() if told else 0
    return text[:cut], text[cut:]
