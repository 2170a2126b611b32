"""The reader: a message in plain spelling becomes requests, clause by clause.

`read` keeps what was said besides (payment, reasons, facts) as it was said. It knows the names of products and nothing
of the customer's orders.
"""

from __future__ import annotations

import re

from shopwright.assistant.desk.amend import (
    agrees_to_whole,
    alternative,
    answer,
    excepting,
    go_on,
    imply,
    limited,
    meant_target,
    narrow,
    recount,
    replace_earlier,
    restrict,
    sharpen,
    supersede,
    take_back,
)
from shopwright.assistant.desk.clauses import Clause, clauses
from shopwright.assistant.desk.lexicon import (
    ADDRESS,
    EVERYTHING,
    EXCEPT,
    KEEP,
    MONEY,
    NO_LONGER,
    REFUND,
    RESTATED,
    Verb,
)
from shopwright.assistant.desk.names import Names
from shopwright.assistant.desk.plain import Plain
from shopwright.assistant.desk.requests import Reading, Request, Target
from shopwright.assistant.desk.said import BECAUSE, Said, numbers_in
from shopwright.assistant.desk.targets import company, swaps, things

_THRIFT = re.compile(
    r"\bsaves?\b|\b(?:most|more) money\b|\b(?:largest|biggest|highest|higher|larger) refund\b|\bget back more\b"
)
_BESIDES = re.compile(r"\b(?:also|as well|too|back to)\b")
_NOTHING = re.compile(
    r"\bno (?:\w+ )?(?:cancel\w*|returns?|exchanges?|changes?|modifications?)\b|\bnothing\b|\bleave (?:it|everything)\b"
    r"|\bkeep (?:it|them|everything)\b|\bforget (?:it|about it)\b"
)
_ONE = re.compile(r"\bonly (?:do |be |have )?(?:one|1)\b|\bone of (?:them|the 2|these)\b|\bnot (?:do |be )?both\b")


def read(message: Plain, names: Names) -> Reading:
    """The requests of a message."""
    said = Said(message.text, names, Reading(rest=message.text, tables=message.tables))
    for clause in clauses(said.text):
        mentions = said.names.find(f"{clause.preface} {clause.text}")
        if clause.negated:
            take_back(said, clause)
        elif clause.verb is None:
            _continue(said, clause)
        elif clause.asked and clause.only:
            restrict(said, clause)
        else:
            _add(said, clause)
        if clause.changes_mind and MONEY.search(f"{clause.preface} {clause.text}"):
            said.reading.loose.insert(0, f"{clause.preface} {clause.text}")  # the last word on payment
        said.seen += mentions
        said.numbers += numbers_in(f"{clause.preface} {clause.text}")
    if not any(request.verb in ("cancel", "return", "swap") for request in said.reading.requests):
        _refund(said)
    return said.reading


def _add(said: Said, clause: Clause) -> None:
    verb = clause.verb
    if verb is None:
        return
    same = {"cancel", "return"} if verb in ("cancel", "return") else {verb}
    if RESTATED.search(clause.preface) and any({r.verb, r.other} & same for r in said.reading.requests):
        return
    excepting(said, clause.preface)
    if _ONE.search(clause.condition) and verb in ("return", "swap"):
        said.reading.prefers = verb
        return
    if verb in ("address", "payment"):
        imply(said, clause.preface, said.names.find(clause.preface))
    request = _request(said, clause, verb)
    if re.search(r"\bdecid\w* to (?:just )?keep\b|\bkeep (?:it|them|everything) after all\b", clause.text):
        return
    if clause.fails and agrees_to_whole(said, request):
        return
    target = meant_target(said, clause) if clause.limit and verb == "swap" else None
    if target is not None and limited(target, clause):
        return
    bare = verb == "swap" and not any("".join(t.wants).strip(" ,.;") for t in request.targets)
    implied = any(r.implied for r in said.reading.requests)
    if bare and implied and re.match(r"\w+ (?:both|them|all|these)\b", clause.text):
        return
    if clause.fails and alternative(said, clause, request):
        return
    if clause.only and clause.fails:
        restrict(said, clause, keep_first=True)
        return
    if bare and not clause.fails and recount(said, request):
        return
    if clause.changes_mind and said.reading.requests and not _BESIDES.search(request.text):
        replace_earlier(said, request)
        return
    supersede(said, request)
    said.reading.requests.append(request)


def _request(said: Said, clause: Clause, verb: Verb) -> Request:
    body = BECAUSE.sub(" ", clause.text) if verb != "swap" else clause.text
    ahead = clause.preface
    request = Request(verb, clause.other, condition=clause.condition, fails=clause.fails)
    if clause.fails and MONEY.search(clause.condition):
        request.demand = clause.condition
    elif clause.fails and said.reading.loose and MONEY.search(said.reading.loose[-1]):
        request.demand = said.reading.loose[-1]
    elif clause.fails and verb == "human" and said.reading.requests and MONEY.search(said.reading.requests[-1].text):
        request.demand = said.reading.requests[-1].text
    request.text = f"{ahead} {clause.text}".strip()
    request.orders = numbers_in(request.text)
    request.everything = bool(EVERYTHING.search(clause.text)) and verb in ("cancel", "return")
    if verb == "cancel" and re.search(r"\b(?:whole|entire) orders?\b", clause.text) and said.reading.requests:
        request.whole = True
    outside = EXCEPT.search(body)
    if outside and verb in ("cancel", "return"):
        request.excepted, beside = company(said, body[outside.end() :])
        body = body[: outside.start()]
        if beside:
            request.everything = True
            request.targets = [Target(None, told=body, company=beside)]
            return request
    if verb == "swap":
        request.targets = swaps(said, body, ahead)
    elif verb in ("cancel", "return"):
        request.targets = things(said, body, ahead, request)
    elif verb in ("address", "payment"):
        request.targets = [Target(m, told=body) for m in said.names.find(ahead + " " + body)]
        if verb == "address" and re.search(r"\bit\b", body) and ADDRESS.search(said.around()):
            request.text = f"{said.around()} , {request.text}"
        if (
            not request.orders
            and not request.targets
            and re.search(r"\b(?:its|it|(?:the|that|this) order)\b", request.text)
        ):
            request.orders = said.numbers[-1:]
    return request


def _refund(said: Said) -> None:
    """ "I want my money back" and nothing else: the thing that was spoken of is cancelled or returned."""
    if not REFUND.search(said.text):
        return
    request = Request("return", "cancel", text=said.text, orders=said.numbers[-1:])
    sentence = next((part for part in re.split(r"(?<=[.!?])\s", said.text) if REFUND.search(part)), "")
    if said.seen:
        request.targets = [Target(m, told=said.text) for m in said.names.find(sentence) or said.seen[:1]]
    elif re.search(r"\borders?\b|\bitems\b", said.text):
        request.everything = True
    else:
        return
    said.reading.requests.append(request)


def _continue(said: Said, clause: Clause) -> None:
    text = clause.text
    mentions = said.names.find(text)
    if KEEP.search(text) and clause.changes_mind and re.search(r"\b(?:all|everything|the items?|order)\b", text):
        said.reading.requests.clear()
        return
    if KEEP.search(text) and clause.changes_mind and said.reading.requests:
        named = {key for mention in mentions for key in mention.products()}
        drop = [r for r in said.reading.requests if any(t.mention and t.mention.products() & named for t in r.targets)]
        said.reading.requests.remove((drop or said.reading.requests)[-1])
        return
    if _ONE.search(clause.condition) and _THRIFT.search(text):
        said.reading.thrifty = True
        return
    unwanted = NO_LONGER.search(text)
    if unwanted and mentions and not clause.condition:
        body = text[unwanted.end() :]
        request = Request("cancel", "return", text=text)
        request.targets = things(said, body, "", request)
        said.reading.requests.append(request)
        return
    if excepting(said, text) or narrow(said, text, mentions):
        return
    if re.search(r"\b(?:entire|whole) order\b", clause.condition) and re.search(r"\bnot\b", text):
        for request in said.reading.requests:
            request.whole = False if request.verb == "cancel" else request.whole
        return
    if clause.asked:
        answer(said, clause, mentions)
        return
    if clause.fails and MONEY.search(clause.condition) and _NOTHING.search(text) and said.reading.requests:
        said.reading.requests.append(Request("keep", condition=clause.condition, fails=True, demand=clause.condition))
        return
    target = meant_target(said, clause)
    if target is not None and clause.limit and limited(target, clause):
        return
    if target is not None and not MONEY.search(text):
        if clause.fails:
            if re.search(r"\bno (?:exchange|change|modification)|\bkeep\b|\bleave\b|\bdo not\b|\bforget\b", text):
                target.last = "keep"
            else:
                if clause.condition:
                    sharpen(target, clause.condition)
                target.wants.append(text)
        else:
            extra = f"if {clause.condition} prefer {text}" if clause.condition else text
            go_on(target, extra, bool(clause.condition))
    elif target is None and not clause.condition:
        imply(said, text, mentions)
    said.reading.loose.append(f"{clause.condition} {text}".strip())
