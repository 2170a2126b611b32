"""Clauses that change what was asked before: otherwise, only, instead, never mind, up to a price, except."""

from __future__ import annotations

import re
from decimal import Decimal

from shopwright.assistant.desk.clauses import Clause
from shopwright.assistant.desk.lexicon import ADDRESS, EXCEPT, MONEY, WANTS
from shopwright.assistant.desk.names import Mention
from shopwright.assistant.desk.requests import Request, Target
from shopwright.assistant.desk.said import Said, numbers_in

_NAMELY = re.compile(
    r"(?:(?:it|that|this|those|these|they|which) (?:is|are|was|were|means?|would be)\b|namely\b|i mean\b|meaning\b)"
    r"(?: (?:just|only|basically|mainly|all))?"
)
_MYSELF = re.compile(r"\b(?:yourself|myself|on (?:my|your) own|do not need (?:for )?(?:you|the agent|me|help))\b")


def alternative(said: Said, clause: Clause, request: Request) -> bool:
    """ "If it is not available, return it": what a swap comes to when it cannot be had. False: a request of its own."""
    target = meant_target(said, clause)
    if target is None:
        return False
    if request.verb == "swap" and not clause.only and any(t.wants for t in request.targets):
        target.wants += [w for t in request.targets for w in t.wants]
        return True
    if request.verb in ("return", "cancel") and not request.everything:
        named = {key for t in request.targets if t.mention for key in t.mention.products()}
        if not named or (target.mention and named & target.mention.products()):
            target.last = request.verb
            return True
    return False


def agrees_to_whole(said: Said, request: Request) -> bool:
    """ "If one item cannot be cancelled, cancel the whole order"."""
    single = [r for r in said.reading.requests if "cancel" in (r.verb, r.other) and r.targets]
    if (
        request.verb != "cancel"
        or not single
        or not re.search(r"\b(?:whole|entire|order|all|everything)\b", request.text)
    ):
        return False
    if said.reading.requests[-1].verb == "swap" and not re.search(
        r"\b(?:cancel|remov|single|just|only)", request.condition
    ):
        return False
    for one in single:
        one.whole = not _MYSELF.search(request.text)
    return True


def meant_target(said: Said, clause: Clause) -> Target | None:
    """The target of an earlier swap that a clause goes on about."""
    swaps = [t for r in said.reading.requests if r.verb == "swap" for t in r.targets]
    for text in (clause.text, clause.preface, clause.condition):
        named = {key for mention in said.names.find(text) for key in mention.products()}
        fits = [t for t in swaps if t.mention and t.mention.products() & named]
        if fits:
            return fits[-1]
        if named:
            return None
    return swaps[-1] if swaps and said.reading.requests[-1].verb == "swap" else None


def restrict(said: Said, clause: Clause, keep_first: bool = False) -> None:
    """ "Only exchange the lamp": the rest of what was asked like this is dropped, or dropped when it fails."""
    named = {key for mention in said.names.find(clause.text) for key in mention.products()}
    if not named:
        return
    for request in said.reading.requests:
        if request.verb != clause.verb:
            continue
        if keep_first:
            for target in request.targets:
                if not (target.mention and target.mention.products() & named):
                    target.last = "keep"
        else:
            request.targets = [t for t in request.targets if t.mention and t.mention.products() & named]
    said.reading.requests = [r for r in said.reading.requests if r.targets or r.verb != clause.verb or r.everything]


def replace_earlier(said: Said, request: Request) -> None:
    """A change of mind: the new request takes the place of the one that it is about."""
    named = {key for t in request.targets if t.mention for key in t.mention.products()}
    old = next(
        (
            r
            for r in reversed(said.reading.requests)
            if (named and any(t.mention and t.mention.products() & named for t in r.targets)) or r.verb == request.verb
        ),
        said.reading.requests[-1],
    )
    if old.verb == request.verb == "swap" and len(old.targets) == 1 and request.targets:
        request.targets[0].mention = request.targets[0].mention or old.targets[0].mention
        request.targets[0].told += " " + old.targets[0].told
    request.orders = request.orders or old.orders
    said.reading.requests[said.reading.requests.index(old)] = request


def take_back(said: Said, clause: Clause) -> None:
    """ "Do not exchange the kettle": dropped where it was asked for before."""
    if clause.verb == "cancel" and re.search(r"\b(?:whole|entire|full)\b", clause.text):
        for request in said.reading.requests:
            request.whole = False if "cancel" in (request.verb, request.other) else request.whole
    if clause.fails and said.reading.requests:
        demand = clause.condition if MONEY.search(clause.condition) else ""
        said.reading.requests.append(Request("keep", condition=clause.condition, fails=True, demand=demand))
        return
    if not clause.changes_mind:
        return
    named = {key for mention in said.names.find(clause.text) for key in mention.products()}
    said.reading.requests = [
        r
        for r in said.reading.requests
        if not (
            r.verb == clause.verb and (not named or any(t.mention and t.mention.products() & named for t in r.targets))
        )
    ]


def limited(target: Target, clause: Clause) -> bool:
    """ "If it is more than $15, the steel one": the first alternative holds up to that difference."""
    if clause.limit is None:
        return False
    side, amount = clause.limit
    goes_on = bool(re.search(r"\bgo (?:ahead|for it)|\bproceed|\bdo it\b|\baccept|\bfine\b|\bagree", clause.text))
    if (side == "more") != goes_on:
        target.most = Decimal(amount)
    else:
        target.least = Decimal(amount)
    if re.search(
        r"\bdecline|\bkeep\b|\bdo not\b|\bno exchange|\bforget\b|\bcancel the (?:exchange|change)", clause.text
    ):
        target.last = "keep"
    elif not goes_on:
        target.wants.append(clause.text)
    return True


def imply(said: Said, text: str, mentions: list[Mention]) -> None:
    """ "I want it in red instead": an exchange, though no verb says so, where the options bear it out later."""
    at = WANTS.search(text)
    if at is None or MONEY.search(text) or re.search(r"\bnot\s*$", text[: at.start()]):
        return
    if ADDRESS.search(text[at.end() :]):
        request = Request("address", text=text, orders=numbers_in(text), implied=True)
        if not mentions and not request.orders:
            request.orders = said.numbers[-1:]
        request.targets = [Target(m, told=text) for m in mentions]
        said.reading.requests.append(request)
        return
    inside = [m for m in mentions if m.start >= at.end()]
    instead = re.search(r"\b(?:instead|rather than)\b", text)
    if not mentions and not ((instead or re.search(r"\bones?\b", text)) and said.seen):
        return
    mention = (inside or mentions)[0] if mentions else said.last()
    taken = {key for r in said.reading.requests for t in r.targets if t.mention for key in t.mention.products()}
    if mention.products() & taken:
        return
    told, wanted = (text[: at.start()], text[at.end() :])
    if inside:
        told, wanted = f"{told} {text[at.end() : inside[0].end]}", text[inside[0].end :]
        cut = re.match(r"\s*(?:(?:from|of|in) (?:the|my|your) [\w ]{0,20}?order)", wanted)
        told, wanted = (told + cut[0], wanted[cut.end() :]) if cut else (told, wanted)
        adjectives = text[at.end() : inside[0].start]
        wanted = f"{adjectives if instead else ''} {wanted}"
    request = Request("swap", text=text, implied=True, orders=numbers_in(text))
    request.targets = [Target(mention, told=f"{told} {said.around()}", wants=[wanted])]
    said.reading.requests.append(request)


def excepting(said: Said, text: str) -> bool:
    """ "Everything except the boots", said after "return everything"."""
    outside = EXCEPT.search(text)
    found = said.names.find(text[outside.end() :]) if outside else []
    whole = [request for request in said.reading.requests if request.everything]
    for request in whole:
        request.excepted += found
    return bool(found and whole)


def narrow(said: Said, text: str, mentions: list[Mention]) -> bool:
    """ "Return all of it. It is just a lamp and a tent": everything is what is listed."""
    last = said.reading.requests[-1] if said.reading.requests else None
    if last is None or not last.everything or last.orders or last.targets or not _NAMELY.match(text) or not mentions:
        return False
    last.everything = False
    last.targets = [Target(mention, told=text[: mention.start]) for mention in mentions]
    return True


def recount(said: Said, request: Request) -> bool:
    """ "It is the 15 inch one, and it is two laptops that I exchange": more of what was asked for before."""
    known = [t for r in said.reading.requests if r.verb == "swap" for t in r.targets if t.wants and t.mention]
    pairs = []
    for new in request.targets:
        fits = [t for t in known if t.mention and new.mention and t.mention.products() & new.mention.products()]
        if not fits:
            return False
        pairs.append((fits[-1], new))
    for old, new in pairs:
        old.told += f" {new.told}"
        old.count, old.every = max(old.count, new.count), old.every or new.every
    return bool(pairs)


def supersede(said: Said, request: Request) -> None:
    """ "I want to exchange the lamp. I want a brighter lamp ...": said in detail, the bare wish is the same one."""
    detailed = [t for t in request.targets if t.wants and t.mention] if request.verb == "swap" else []
    for earlier in said.reading.requests:
        if earlier.verb != "swap" or earlier.orders != request.orders:
            continue
        for old in [t for t in earlier.targets if t.mention and not t.wants]:
            same = [t for t in detailed if t.mention and old.mention and t.mention.products() & old.mention.products()]
            if same:
                same[0].told += f" {old.told}"
                earlier.targets.remove(old)
    said.reading.requests = [r for r in said.reading.requests if r.verb != "swap" or r.targets]


def sharpen(target: Target, condition: str) -> None:
    """ "If there is no clicky one with a white light ...": the first alternative is meant that exactly."""
    told = re.sub(r"^.*?\b(?:no|not|none)\b", "", condition)
    if target.wants and re.search(r"\b(?:exact|identical)\b", told):
        target.wants[0] += " , same other specs"
        return
    if target.wants and not re.search(r"\b(?:available|possible|allow|work|able|can|find)\b", told):
        target.wants[0] = f"{target.wants[0]} , {told}"


def go_on(target: Target, text: str, soft: bool) -> None:
    """A sentence that goes on about what is wanted; "if several are available, black" is a preference."""
    target.wants = target.wants or [""]
    target.wants[0] += (
        f" . {text}" if not soft else f" . {text.split(' prefer ', 1)[0]} . prefer {text.split(' prefer ', 1)[1]}"
    )


def answer(said: Said, clause: Clause, mentions: list[Mention]) -> None:
    """What the customer would answer to a question: it is taken as said."""
    about = said.names.find(clause.condition) or mentions
    named = {key for mention in about for key in mention.products()}
    for request in said.reading.requests:
        for target in request.targets:
            if target.mention and target.mention.products() & named:
                target.told += " " + clause.text
    said.reading.loose.append(f"{clause.condition} : {clause.text}")
