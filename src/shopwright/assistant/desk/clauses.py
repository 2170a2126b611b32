"""A message cut into clauses: one verb of the desk each, with what stands before it and the condition that it is under.

What: sentences, "if" clauses, several verbs in one sentence, "cancel or return", negated verbs, questions. What not:
which products or orders are meant (`requests.py`). English only, and no grammar: a clause ends where the next verb's
clause begins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from shopwright.assistant.desk.lexicon import (
    ADDRESS,
    AGENT_ASKS,
    ASKING,
    BASE,
    CHANGED_MIND,
    CONFIRMATION,
    EITHER,
    FAILS,
    GLUE,
    HOW,
    LIMIT,
    NEGATED,
    ONLY,
    PAYMENT,
    REQUEST_IF,
    VERBS,
    WHAT_IF,
    Verb,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of a message.

    Args:
        text: what it says, without its condition.
        verb: what it asks for; None where it only goes on about something.
        other: the second verb of "cancel or return".
        preface: what stood before the verb in its sentence, e.g. "for order #w1".
        condition: what stands between "if" and the consequence.
        negated: "do not cancel".
        only: "only exchange the lamp".
        changes_mind: it takes the place of what was said before.
    """

    text: str
    verb: Verb | None = None
    other: Verb | None = None
    preface: str = ""
    condition: str = ""
    negated: bool = False
    only: bool = False
    changes_mind: bool = False

    @property
    def fails(self) -> bool:
        """Whether it holds where something before it cannot be done."""
        return bool(self.condition) and bool(FAILS.search(self.condition)) and not self.asked

    @property
    def asked(self) -> bool:
        """Whether it is what the customer would say to a question of the desk."""
        return bool(self.condition) and bool(AGENT_ASKS.search(self.condition))

    @property
    def limit(self) -> tuple[str, str] | None:
        """("more" or "less", the sum) where the condition is about money."""
        found = LIMIT.search(self.condition)
        return ("more" if found["more"] else "less", found["amount"]) if found else None

    @property
    def confirming(self) -> bool:
        """Whether that question is for a confirmation."""
        return self.asked and bool(CONFIRMATION.search(self.condition))


_SENTENCE = re.compile(
    r"(?<=[.!?])\s+(?=\S)|;\s+(?=(?:(?:then|and|also|finally|next),? )?(?:you|i|please)\b)"
    r"|\s+[–—]\s|\s?\((?=\S)|\)[\s,.]*"
)
_ASIDE = re.compile(r"\s?\(((?:#\w+|in|from|of|on|the|which|that|with|same|ordered|size|color)\b[^()?!;]{0,60})\)")
_IF = re.compile(
    r"(?:^|[,;]\s*|\s)(?:but |and |also |then |so |or )?(?P<word>only if|even if|if|unless|in case|when|once"
    r"|otherwise)\b"
)
_CONSEQUENCE = re.compile(
    r",\s*(?=(?:then|you|i|just|please|only|get|go|return|cancel|exchange|modify|change|switch|keep|do|say|tell|mention"
    r"|provide|it|they|no|the agent|make|that|instead|ask|use|refund|choose|pick|also|and|let|agree|decide|insist|feel"
    r"|be|give|for|try|want)\b)|\s(?=just\b)|\bthen\b|\s(?=(?:you|i) (?:want|would|will|prefer|only|decline|do not"
    r"|have|regret|are)\b)"
)
_TO_ADDRESS = re.compile(
    r"\w+ (?:it|this|that|them|(?:the|your|my|that|this) (?:[\w-]+ ){0,4}orders?(?: #\S+| with [^;,.]{0,40}?)?)"
    r" to (?:be sent to )?(?:the|your|my) [^;,.]{0,30}\baddress\b"
)
_ASKED_WHEN = re.compile(r"\b(?:agent|asked|asks|they|representative|service|confirm\w*)\b")


def clauses(text: str) -> list[Clause]:
    """The clauses of a plain text, in the order in which they are said."""
    found: list[Clause] = []
    for sentence in _SENTENCE.split(_ASIDE.sub(r" \1 ", text)):
        for condition, body in _conditions(sentence.strip(" .;!?")):
            found += _verbs(body, condition)
    return [clause for clause in found if clause.text or clause.condition]


def _conditions(sentence: str) -> list[tuple[str, str]]:
    """(condition, what holds under it) of a sentence, both may be empty."""
    pieces: list[tuple[str, str]] = []
    start = 0
    places = [match for match in _IF.finditer(sentence) if _conditional(sentence, match)]
    for number, match in enumerate(places):
        if match.start() < start:
            continue
        end = places[number + 1].start() if number + 1 < len(places) else len(sentence)
        before = sentence[start : match.start()].strip(" ,;")
        inside = sentence[match.end() : end].strip()
        word = match["word"]
        if word == "otherwise":
            pieces += [("", before), ("otherwise not", inside.strip(" ,"))]
            start = end
            continue
        cut = _CONSEQUENCE.search(inside)
        condition, body = (inside[: cut.start()], inside[cut.end() :]) if cut else (inside, "")
        if cut is None and "," in inside:
            condition, _, body = inside.rpartition(",")
        condition = ("not " if word == "unless" else "") + condition.strip(" ,")
        if not body and before:  # "A if B", "A, but only if B"
            pieces.append((f"only {condition}" if word == "only if" else condition, before))
        else:
            pieces += [("", before), (condition, body.strip(" ,"))]
        start = end
    pieces.append(("", sentence[start:].strip(" ,;")))
    return [piece for piece in pieces if piece[0] or piece[1]]


def _conditional(sentence: str, match: re.Match[str]) -> bool:
    """Whether an "if" or a "when" starts a condition, and not a polite request, a question or a time."""
    word = match["word"]
    following = sentence[match.end() : match.end() + 60]
    if word in ("when", "once"):
        return bool(_ASKED_WHEN.search(following)) or (word == "once" and False)
    if word == "if":
        before = sentence[: match.end()]
        if re.search(
            r"\b(?:see|know|wonder|check|ask|asks|check to see|curious|inquire|find out)\s+if$", before.strip()
        ):
            return False
        verb = min(
            (m for _, pattern in VERBS if (m := pattern.search(following))), key=lambda m: m.start(), default=None
        )
        if (
            verb
            and WHAT_IF.search("if " + following[: verb.start()].lstrip())
            and re.search(r"\b(?:price|difference|cost|total|refund|much|know|check)\b[^,]*$", before)
        ):
            return False
        if verb and REQUEST_IF.search("if " + following[: verb.start()].strip()):
            return not re.match(r"\s*(?:the )?agent can not", following) and "not" in following[: verb.start()].split()
    return True


def _verbs(body: str, condition: str) -> list[Clause]:
    """A piece without conditions, cut where the clauses of its verbs begin."""
    anchors = _anchors(body)
    if not anchors:
        return [_clause(body, None, None, "", condition, body)]
    found = []
    starts = [_clause_start(body, anchors[n - 1][1] if n else 0, anchor[0]) for n, anchor in enumerate(anchors)]
    lead = body[: starts[0]].strip(" ,;")
    for number, (begin, _, verb, other) in enumerate(anchors):
        end = starts[number + 1] if number + 1 < len(anchors) else len(body)
        preface = body[starts[number] : begin].strip(" ,;")
        clause = _clause(body[begin:end].strip(" ,;"), verb, other, preface, condition, body[:begin])
        if number == 0 and lead:
            clause = replace(clause, preface=f"{lead}, {preface}".strip(", "))
        found += _by_object(clause)
    return found


def _by_object(clause: Clause) -> list[Clause]:
    """ "Change the shirt to M and the address to ...": a clause for each kind of thing that one verb changes."""
    if clause.verb not in ("swap", "address", "payment"):
        return [clause]
    verb, _, rest = clause.text.partition(" ")
    pieces: list[tuple[Verb, str]] = []
    for piece in re.split(r",? and (?:also )?(?=(?:the|your|my|its) )", rest):
        kind = _object(piece) if pieces else clause.verb
        if pieces and (kind == pieces[-1][0] or " to " not in piece):
            pieces[-1] = (pieces[-1][0], f"{pieces[-1][1]} and {piece}")
        else:
            pieces.append((kind, piece))
    return [replace(clause, verb=kind, text=f"{verb} {piece}") for kind, piece in pieces]


def _object(piece: str) -> Verb:
    """What kind of thing a changing verb is about: an address, a payment method, else items."""
    head = re.split(r"\bto\b|\bfor\b|[,;]", piece)[0]
    if ADDRESS.search(head) or re.search(r"\b(?:your|my) (?:\w+ )?(?:profile|account|default)\b", head):
        return "address"
    return "payment" if PAYMENT.search(head) else "swap"


def _anchors(body: str) -> list[tuple[int, int, Verb, Verb | None]]:
    """(start, end, verb, other verb) of the verbs in a piece that ask for something."""
    either = {match.start(): match for match in EITHER.finditer(body)}
    found: list[tuple[int, int, Verb, Verb | None]] = []
    for verb, pattern in VERBS:
        for match in pattern.finditer(body):
            if any(start <= match.start() < end for start, end, _, _ in found):
                continue
            if any(m.start() < match.start() < m.end() for m in either.values()):
                continue
            if match.start() in either:
                first, second = either[match.start()].groups()
                end = either[match.start()].end()
                found.append((match.start(), end, BASE.get(first, "swap"), BASE.get(second, "swap")))
            else:
                found.append((match.start(), match.end(), verb, None))
    kept: list[tuple[int, int, Verb, Verb | None]] = []
    for anchor in sorted(found):
        last = kept[-1] if kept else None
        goes_on = last is not None and not re.search(r"[,;:]|\band (?:you|i|also)\b", body[last[1] : anchor[0]])
        if last and goes_on and anchor[2] == "address" and last[2] in ("swap", "address"):
            kept[-1] = (last[0], last[1], "address", None)  # "change it to be sent to my office"
            continue
        kept.append(anchor)
    return kept


def _clause_start(body: str, after: int, begin: int) -> int:
    """Where the clause of a verb begins: as far left as only empty words, or "for order #w1", stand before it."""
    best = begin
    for match in re.finditer(r"[,;:]|\b(?:and|but|then|also|so)\b|(?=\bfor (?:the )?(?:order )?#w)", body[after:begin]):
        start = after + match.start()
        between = re.sub(r"\b(?:for|in|from|on) (?:the |your |my )?(?:order )?#\S+", " ", body[start:begin])
        if GLUE.fullmatch(between):
            best = start
            break
    return best


def _clause(text: str, verb: Verb | None, other: Verb | None, preface: str, condition: str, before: str) -> Clause:
    if verb == "swap":
        to_address = _TO_ADDRESS.match(text)
        verb = "address" if to_address else _object(text)
    negated = verb is not None and bool(NEGATED.search(before))
    asks = verb is not None and bool(
        HOW.search(before) or (ASKING.search(before) and not REQUEST_IF.search(before) and not WHAT_IF.search(before))
    )
    if asks:
        verb = None
    near = before[-40:] if verb else text
    return Clause(
        text,
        verb,
        other,
        preface,
        condition,
        negated,
        only=bool(ONLY.search(near + " " + text[:25])) and "only " in (near + " " + text[:25]),
        changes_mind=bool(CHANGED_MIND.search(before if verb else text)),
    )
