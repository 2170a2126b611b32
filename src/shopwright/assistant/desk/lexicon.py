"""The English of a service desk: the verbs of each act, and what sentences around them mean. Patterns over plain text.

Everything here is about acting on orders; nothing belongs to any one shop or product.
"""

from __future__ import annotations

import re
from typing import Literal

Verb = Literal["cancel", "return", "swap", "address", "payment", "undo", "keep", "human"]
"""What a clause asks for, before it is known what the order's status allows. "swap" becomes exchange or modify."""

_NOT_A_NOUN = r"(?<!\bthe )(?<!\ban )(?<!\bthis )(?<!\bfor )(?<!\bany )(?<!\bno )(?<!\bof )"
_MINE = r"(?<!\byour )(?<!\bmy )(?<!\ba )(?<!\bwhen you )(?<!\bwhen i )(?<!\bonce you )(?<!\bonce i )"

VERBS: tuple[tuple[Verb, re.Pattern[str]], ...] = (
    ("undo", re.compile(r"\b(?:undo(?:ing)?|reinstat(?:e|ing)|reactivat(?:e|ing)|uncancel|un cancel)\b")),
    (
        "cancel",
        re.compile(
            r"\b(?:cancel(?:l?ing)?|call off)\b(?! (?:policy|fee))|\b(?:remov(?:e|ing)|drop)\b"
            r"|(?<!\bthe )\bcancellation (?:of|for)\b"
            r"|\b(?:to be|be) cancell?ed\b|\b(?:get|have|want|need) (?:\w+ ){1,5}cancell?ed\b(?! order)"
            r"|\bnot (?:to )?receive the (?:current |whole )?(?:order|item)s?\b"
        ),
    ),
    (
        "return",
        re.compile(
            rf"{_NOT_A_NOUN}{_MINE}\breturn(?:ing)?\b(?! (?:policy|process|is|label|request|window|home|to work))"
            r"|\bsend(?:ing)? (?:\w+ ){0,4}back\b|\b(?:get|getting) rid of\b|\bbring(?:ing)? (?:\w+ ){1,4}back\b"
            r"|\b(?:to be|get|have|be|want|need) (?:\w+ ){0,10}?returned\b(?! (?:to|by) (?:the|a) )"
            r"|\ba return (?:of|for|on)\b"
            r"|\brefund(?:ing)? (?:the|my|your|me for) "
            r"(?!(?:credit|gift|card|pay|money|order|total|amount|original|price)\b)"
            r"|\bget(?:ting)? (?:a|your|my|the) (?:full )?refund for\b|\brefunded for\b"
        ),
    ),
    (
        "swap",
        re.compile(
            rf"{_NOT_A_NOUN}{_MINE}\bexchang(?:e|ing)\b|\bswap(?:ping)?\b"
            r"|\btrad(?:e|ing) (?:in\b|(?=(?:my|your|the|this|that|it)\b))|\breplac(?:e|ing)\b"
            rf"|{_NOT_A_NOUN}{_MINE}\b(?:modify(?:ing)?|chang(?:e|ing)|switch(?:ing)?|updat(?:e|ing)"
            r"|alter(?:ing)?|amend(?:ing)?"
            rf"|correct(?:ing)?|upgrad(?:e|ing)"
            r"|downgrad(?:e|ing)|adjust(?:ing)?|edit(?:ing)?)\b(?! (?:your|my|his|her|their) mind)(?! type)(?! of )"
            r"|\b(?:to be|get|have|be) (?:\w+ ){0,4}?(?:exchanged|swapped|replaced|modified|changed)\b"
            r"|\ba (?:new (?:pair|one)|replacement)\b|\ban exchange (?:of|for|on)\b"
            r"|\b(?:upgraded|downgraded|switched) to\b"
        ),
    ),
    (
        "address",
        re.compile(
            r"\b(?:to be|should be|be|want|need|like|have(?! (?:an?|another|one|2|3|some|other) )"
            r"|get|please|can you|could you)\b(?: \w+| #\S+){0,6}? "
            r"(?<!the )(?<!my )(?<!your )(?<!a )(?:ship|sent|send|deliver|redirect|rerout|forward|mail)"
            r"(?:ed|ing|e|ped|ping)? "
            r"(?:\w+ |#\S+ ){0,5}?"
            r"(?:there\b|to (?:my|your|the|this|a|an|\d+|#|our)\b)|^(?:ship|send|deliver|redirect) (?:\w+ "
            r"|#\S+ ){0,5}?to (?:my|your|the|\d+)\b"
            r"|\bshould (?:go|come) to\b|\baddress\b[^.;]{0,40}\b(?:should be|needs to be|has to be|must be)\b"
            r"(?! (?:able|in|on|there)\b)"
            r"|\b(?:set|make|use|save|add|have|want|keep) (?:it|this|that|the new (?:one|address)) (?:as |to be )?"
            r"(?:your|my|the) (?:new )?(?:default|user|profile|account)\b"
            r"|\bit should be (?:my|the|your)\b[^.;]{0,40}\baddress\b"
            r"|\b(?:want|need|like) (?:it|them|this) to be (?:the same as )?[^.;]{0,30}\b(?:address\b|#)"
        ),
    ),
    (
        "payment",
        re.compile(
            r"\bpay(?:ing)? for (?:the |my |your |this |that )?(?:\w+ ){0,3}(?:#\S+ )?(?:with|using|by|through)\b"
            r"|\buse (?:my|your|the|a) (?:\w+ ){1,4}to pay for (?:order\b|#|the order\b|my order\b|your order\b|it\b)"
            r"|\border (?:#\S+ )?(?:so (?:that )?it is |to be |be |is )paid (?:with|by|using|through)\b"
        ),
    ),
    ("human", re.compile(r"\b(?:human|supervisor|manager|representative|real person)\b")),
)

ADDRESS = re.compile(
    r"\baddress(?:es)?\b|\b(?:apartment|apt|suite|zip code|house number|street name)\b|\bship(?:ped"
    r"|ping)? (?:\w+ ){0,3}to\b|\b(?:sent|delivered) to (?:my|your) \w+"
)
MONEY = re.compile(
    r"\bpayment\b|\bpay\b|\b(?:credit|gift|debit) ?cards?\b|\bpay ?pal\b|\brefund\w*\b|\bvisa\b|\bmaster ?card\b"
)
PAYMENT = re.compile(
    r"\bpayment(?: method)?s?\b|\bpay(?:ing)? (?:for (?:it|them) )?with\b|\bpaid (?:for )?(?:with|by|using)\b"
)
EITHER = re.compile(
    r"\b(cancel|return|exchange|modify|swap|replace|change)(?:ing)? (?:or|and|/|and/or|or even) "
    r"(cancel|return|exchange|modify|swap|replace|change)(?:ing)?\b"
)
BASE: dict[str, Verb] = {"cancel": "cancel", "return": "return"}

GLUE = re.compile(
    r"(?:[\s,.;:()–—-]|\b(?:and|but|so|also|then|finally|lastly|first|firstly|second|secondly|third|next|additionally"
    r"|as well|plus|or|even|later|after that|afterwards|you|i|we|would|will|want|wants|wish|need|needs|like|love|prefer"
    r"|to|please|can|could|should|have|decide|decided|try|going|go ahead|just|now|may|might|intend|plan|planning|hope"
    r"|further|in addition|besides|potentially|possibly|instead|only|agree|ask|for|be|able|interested|in|are|am|is"
    r"|the agent|agent|help|wonder|if|whether|considering|thinking|about|of|insist|on|tell|it)\b)*"
)
"""What may stand between a clause's beginning and its verb without saying anything."""

NEGATED = re.compile(
    r"\b(?:not|never|without|rather than|instead of|no longer want(?:ing)?|no longer need|stop|avoid)"
    r"(?:\s(?:want|wish|need|like|going|have|planning|really|even|to|allow|the agent|be|any|intend)){0,4}\s*$"
)
HOW = re.compile(
    r"\b(?:how|where|when|why|what happens if)\b(?: (?:do|can|could|would|should|may|to|i|you|we|one"
    r"|go about)\b){0,4}\s*$"
)
ASKING = re.compile(
    r"\b(?:know|ask|asks|check|find out|wonder|inquire|learn|confirm|verify|understand|curious|tell you|information)\b"
    r"(?:\s\w+){0,3}?\s(?:how|what|which|where|when|why|whether(?! .*\b(?:can|could|possible)\b)|about"
    r"|the (?:status|price|total|amount|difference))\b"
)
REQUEST_IF = re.compile(
    r"\bif (?:you|i|we|they|the agent|agent|it|there is a way)(?: is| are| would be)? ?"
    r"(?:can|could|may|able to|possible to|to|be able to|is possible to)(?: please)?(?: help (?:you|me"
    r"|with))?(?: to)?\s*$"
)
"""What stands before a verb where an "if" is only polite: "see if you can exchange"."""

WHAT_IF = re.compile(r"\bif (?:you|i|we) (?:were to |would |could |did )?$")
"""What stands before a verb in "what would it cost if you exchanged": asked for, and meant."""
WANTS = re.compile(
    r"\b(?:want(?:ed)?|needs?|would like|wish for|prefer|would rather|looking for|should (?:have )?be(?:en)?|(?:meant"
    r"|intended) to (?:order|buy|get))\b"
    r"(?! to (?:know|ask|check|see|find|confirm|make|be|tell|talk|learn|verify|understand|speak|mention|avoid|pay|use))"
    r"(?! (?:the agent|them|it|confirmation|information|help|a (?:full )?refund|(?:your|my) money|everything|all))"
)
LIMIT = re.compile(
    r"\b(?:(?P<more>more|greater|higher|over|above|exceed\w*|at least|larger)|(?P<less>less|under|below|lower"
    r"|at most|within|smaller))"
    r"(?: than| to)? (?:a |an )?(?:total of )?\$? ?(?P<amount>\d+(?:\.\d+)?)(?= ?(?:dollars|usd|euros?)|[^\w.]|\.\s"
    r"|\.?$)"
)
"""A sum in a condition: "if the difference is more than $15"."""
FAILS = re.compile(
    r"\b(?:not|no|never|unable|unavailable|out of stock|sold out|fails?|issues?|problems?|impossible|refuses?"
    r"|den(?:y|ies)"
    r"|declines?|otherwise|none|neither|without)\b"
)
AGENT_ASKS = re.compile(
    r"\b(?:asks?|asked|confirm(?:s|ation|ing)?|prompted|inquires?|questions?|wants to know|requests?|double check"
    r"|proposes?|offers?|says?|before confirming)\b"
)
CONFIRMATION = re.compile(r"\bconfirm|\bto proceed\b")
CHANGED_MIND = re.compile(
    r"\bchange (?:your|my) mind\b|\b(?:eventually|in the end|ultimately|finally|at the end|after all|instead)\b"
    r"[^.;]{0,30}\bdecid|\bregret|\bsecond thoughts\b|\bdecid\w+ (?:to|not|that)\b|\bon second thoughts?\b|\bactually\b"
)
ONLY = re.compile(r"\bonly\b|\bjust\b")
ALL = re.compile(r"\b(?:all|every|each|everything|both|entire|whole|any)\b")
EVERYTHING = re.compile(
    r"\ball(?: of)?(?: the| your| my| these| those| other| possible| recent| previous| delivered| pending| received"
    r"| of){0,4} "
    r"(?:things?|items?|orders?|products?|stuff|purchases?)\b"
    r"|\beverything\b|\b(?:both|entire|whole|full|complete) (?:of )?(?:the |your |my )?orders?\b|\ball of (?:it|them)\b"
    r"|\bthe other items\b|\bboth items\b|\ball things\b|\bevery (?:single )?(?:item|order|thing)\b"
)
EXCEPT = re.compile(
    r"\b(?:but (?:keep|leave)|except|excluding|besides|apart from|other than|but not|aside from|everything but"
    r"|all but)\b(?: for)?"
)
KEEP = re.compile(r"\bkeep(?:ing)?\b")

NO_LONGER = re.compile(
    r"\b(?:no longer (?:need|want)(?! to)|do not need|not need|do not want (?:it|them|the|this|these|those)\b)"
)
REFUND = re.compile(
    r"\b(?:full|complete|total|my|your|a) refund\b(?! to)|\bmoney back\b|\bnot (?:want to )?(?:keep|receive) (?:it"
    r"|them|the|this|these)\b"
)
RESTATED = re.compile(r"\b(?:make|be|making) sure\b|\bensure\b|\bemphasi[sz]e\b")
MISTAKE = re.compile(
    r"\bmistak|\baccident|\bwrong(?:ly)? (?:order|placed)|\bunintention|\bby error|\bin error|\bdid not mean to"
)
