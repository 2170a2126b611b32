"""The reader: a message becomes a Need, by rules over the merchant's own vocabulary.

What it reads: price and measures with units, brands, attribute values and yes/no facts, negations, categories,
recipient and occasion, an order ("cheapest"), what is asked about, and references to products already shown.
What it does not: other languages than English, several needs in one message (`reason` splits those), spelling mistakes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import replace
from decimal import Decimal

from shopwright.catalog.units import dimension
from shopwright.catalog.vocabulary import AttributeProfile, Vocabulary, fold
from shopwright.skills.rewrite.amounts import Measure, digits_for_words, find_measures, find_prices
from shopwright.skills.rewrite.asks import find_asks
from shopwright.skills.rewrite.english import FILLER, NUMBER_WORDS, OCCASION, ORDINALS, RECIPIENT, SUPERLATIVES
from shopwright.skills.rewrite.lexicon import Lexicon, Match, Word, tokenize
from shopwright.skills.rewrite.references import extreme, points_among, resolve
from shopwright.types import Constraint, Context, Filter, Money, Need, Sort

LONGEST = 2_000
"""Characters of a message that are read; the rest is ignored."""

_NEGATOR = re.compile(
    r"\b(?:without|no|not|non|except|excluding|other than|anything but|avoid|free (?:of|from)|hates?|nothing|never|"
    r"(?:don['’]?t|doesn['’]?t|isn['’]?t|aren['’]?t|do not|does not) (?:want|like|use|have|contain|need|made)?)"
    r"(?:[\s-]+(?:a|an|any|the|from|made of|in|by|too|with|of|use|contain(?:ing)?))*[\s-]*$",
    re.IGNORECASE,
)
_NEGATED_WORDS = re.compile(
    r"\b(?:without|no|not|except|excluding|avoid|free (?:of|from)|(?:allergic|allergy) to|"
    r"(?:don['’]?t|do not) (?:want|like))\s+(?:any\s+|a\s+|the\s+|made of\s+|real\s+)?"
    r"([a-z]+(?:\s+(?:or|and)\s+[a-z]+)?)",
    re.IGNORECASE,
)
_NOT_NEGATED = {
    "more",
    "less",
    "too",
    "bigger",
    "larger",
    "very",
    "the",
    "that",
    "so",
    "sure",
    "really",
    "just",
    "only",
    "problem",
    "idea",
    "over",
}
_CUT = re.compile(
    r"\b(?:for|with|without|that|which|who|in|from|between|made|under|below|over|above|around|up to|at|to|on|"
    r"not|no|but|and)\b|[,;:?!.]"
)
_PURPOSE = re.compile(r"\b(?:for|about|on|in)\s+(?:(?:the|my|our|a|an|your)\s+)?$", re.IGNORECASE)
_CHEAP = re.compile(r"\b(?:cheap|affordable|inexpensive|low[- ]cost|budget)\b", re.IGNORECASE)
_IN_STOCK = re.compile(r"\b(?:in stock|available (?:now|today)|ready to ship)\b", re.IGNORECASE)
_ON_SALE = re.compile(r"\b(?:on sale|on offer|discounted|reduced|in the sale)\b", re.IGNORECASE)
_FOLLOW = re.compile(
    r"^\s*(?:and|but|or|what about|how about|instead|also|same|in|only|just|do you have (?:it|them|that|one)|"
    r"without|under|"
    r"cheaper|anything|something|any)\b",
    re.IGNORECASE,
)
_SORTS: dict[tuple[str, str], Sort] = {
    ("price", "min"): "price_asc", ("price", "max"): "price_desc",
    ("rating", "max"): "rating", ("released", "max"): "newest",
}  # fmt: skip
_OCCASIONS = {"present", "gift", "birthday", "christma", "christmas", "anniversary", "retirement"}
_YOUNGER = 4.0
"""How many years under a child's age a recommendation may begin."""
_MEASURED = {
    "brand", "make", "maker", "manufacturer", "range", "price", "colour", "color", "size", "material", "department",
    "category", "kind", "type", "different", "list", "start",
}  # fmt: skip
_GENERIC = {
    "size",
    "colour",
    "color",
    "brand",
    "type",
    "model",
    "version",
    "people",
    "person",
    "year",
    "old",
    "present",
    "gift",
}


class Reader:
    """Reads messages against one state of the catalogue's vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.lexicon = Lexicon(vocabulary)

    def read(self, message: str, context: Context | None = None) -> Need:
        """The need behind a message, given what was said and shown before."""
        context = context or Context()
        text = digits_for_words(message[:LONGEST])
        asks = find_asks(text, self.lexicon)
        references = resolve(text, context, self.lexicon)
        names = {word.folded for key in references for word in tokenize(_title(key, context))}
        constraints, negations, taken = self._conditions(text, names)
        goal_words = [word for word in _content(text, taken) if word.folded not in _OCCASIONS]
        if asks and asks[0].startswith(("min:", "max:")):
            end, _, what = asks[0].partition(":")
            label = set(what.removeprefix("attr:").split("_"))
            goal_words = [word for word in goal_words if word.folded not in label]
            if context.shown and (points_among(text) or not goal_words):
                references = extreme(what, end, context) or references
        if references:
            goal_words = [word for word in goal_words if word.text not in ORDINALS and word.text not in NUMBER_WORDS]
        if any(ask.startswith(("count", "list:", "range:")) for ask in asks):
            goal_words = [word for word in goal_words if word.folded not in _MEASURED]
        recipient, occasion = RECIPIENT.search(text), OCCASION.search(text)
        sort = _sort(text)
        need = Need(
            text=message,
            goal=" ".join(word.text for word in goal_words),
            constraints=tuple(constraints),
            negations=negations,
            budget=self._budget(constraints),
            recipient=recipient[1].lower() if recipient else None,
            occasion=occasion[1].lower() if occasion else None,
            sort=sort,
            references=references,
            asks=asks,
        )
        return self._continue(self._place(need, goal_words), context)

    def knows(self, goal: str) -> bool:
        """Whether the head of a goal is a word of the catalogue: in a title or in a category's name."""
        head = [word.folded for word in tokenize(goal)][-1:]
        return bool(head) and (self.lexicon.title_counts[head[0]] > 0 or bool(self.lexicon.categories(head)))

    # ── conditions ──

    def _conditions(
        self, text: str, names: Set[str] = frozenset()
    ) -> tuple[list[Constraint], tuple[str, ...], list[tuple[int, int]]]:
        measures = find_measures(text)
        prices = find_prices(text, [(measure.start, measure.end) for measure in measures])
        taken = [*((item.start, item.end) for item in measures), *((item.start, item.end) for item in prices)]
        head = [word.folded for word in self._head(text, taken)]
        levels = self.lexicon.categories(head)
        constraints = [
            Constraint(Filter("price", "range", low=p.low, high=p.high, unit=p.currency), (p.start, p.end))
            for p in prices
        ]
        constraints += [found for measure in measures if (found := self._measure(text, measure, levels))]
        tokens = [word for word in tokenize(text) if not _inside(word.start, taken) and word.folded not in names]
        for match in self.lexicon.brands(tokens):
            self._add(constraints, taken, text, tokens, match, 0.9)
        used = {i for match in self.lexicon.brands(tokens) for i in range(match.first, match.last)}
        for match in self.lexicon.flags(tokens):
            if used.isdisjoint(range(match.first, match.last)):
                used.update(range(match.first, match.last))
                self._add(constraints, taken, text, tokens, match, 0.8)
        for readings in self.lexicon.values(tokens):
            span = range(readings[0].first, readings[0].last)
            if used.isdisjoint(span) and (chosen := self._choose(tokens, readings, head, levels)):
                used.update(span)
                self._add(constraints, taken, text, tokens, chosen, 0.85 if self._is_option(chosen) else 0.6)
        negations = self._negations(text, constraints, taken)
        for pattern, name, value in ((_IN_STOCK, "availability", "in_stock"), (_ON_SALE, "on_sale", "true")):
            if match_words := pattern.search(text):
                if name == "on_sale" or not text.rstrip().endswith("?"):
                    constraints.append(Constraint(Filter(name, values=(value,)), match_words.span(), 0.9))
                taken.append(match_words.span())
        return _merge(constraints), negations, taken

    def _add(
        self,
        out: list[Constraint],
        taken: list[tuple[int, int]],
        text: str,
        tokens: Sequence[Word],
        match: Match,
        sure: float,
    ) -> None:
        start, end = tokens[match.first].start, tokens[match.last - 1].end
        negated = bool(_NEGATOR.search(text[:start])) or bool(re.match(r"[\s-]*free\b", text[end:]))
        values = (match.value,) if match.field == "brand" or match.value == "true" else self._widen(match)
        if match.value == "true":
            values, negated = (("false",) if negated else ("true",)), False
        out.append(Constraint(Filter(match.field, "not" if negated else "is", values), (start, end), sure))
        taken.append((start, end))

    def _widen(self, match: Match) -> tuple[str, ...]:
        """ "blue" also means "midnight blue": every value of the attribute that ends in the words said."""
        profile = self.vocabulary.attributes[match.field.removeprefix("attr:")]
        pattern = re.compile(rf"(?:^|[\s/-]){re.escape(match.value)}(?:$|[\s/-])")
        return tuple(dict.fromkeys((match.value, *(value for value in profile.values if pattern.search(value)))))

    def _is_option(self, match: Match) -> bool:
        return self.vocabulary.attributes[match.field.removeprefix("attr:")].option

    def _choose(
        self, tokens: Sequence[Word], readings: Sequence[Match], head: Sequence[str], levels: Sequence[str]
    ) -> Match | None:
        first, last = readings[0].first, readings[0].last
        said = {token.folded for token in tokens[first:last]}
        if levels and head[-1] in said:
            return None
        bare = all(len(word) <= 2 or word.isdigit() or word in NUMBER_WORDS for word in said)
        nearby = {token.folded for token in tokens[max(0, first - 2) : first]}
        best: tuple[int, Match] | None = None
        for match in readings:
            profile = self.vocabulary.attributes[match.field.removeprefix("attr:")]
            labelled = bool({fold(word) for word in profile.label.split()} & nearby)
            in_place = self.lexicon.frequency(profile, levels) if levels else match.count
            if (bare or (len(said) == 1 and self.lexicon.categories(list(said)))) and not labelled:
                continue
            if profile.option or labelled or (levels and in_place):
                rank = (labelled * 10_000) + (profile.option * 1_000) + in_place
                if best is None or rank > best[0]:
                    best = (rank, match)
        return best[1] if best else None

    def _measure(self, text: str, measure: Measure, levels: Sequence[str]) -> Constraint | None:
        kind = dimension(measure.unit)
        if kind is None:
            return None
        candidates = self.lexicon.measured_in(kind, levels)
        if kind == "time" and re.match(r"[\s-]*old\b", text[measure.end :]):
            return self._age(measure, candidates)
        near = text[max(0, measure.start - 30) : measure.end + 30].lower()
        named = [
            profile for profile in candidates if any(re.search(rf"\b{word}", near) for word in profile.label.split())
        ]
        usable = named or [profile for profile in candidates if not levels or self.lexicon.frequency(profile, levels)]
        if not usable:
            return None
        wanted = Filter(f"attr:{usable[0].name}", "range", low=measure.low, high=measure.high, unit=measure.unit)
        return Constraint(wanted, (measure.start, measure.end), 0.9 if named or len(usable) == 1 else 0.7)

    def _age(self, measure: Measure, candidates: Sequence[AttributeProfile]) -> Constraint | None:
        """ "for a 6 year old": made for that age or a few years less."""
        ages = [profile for profile in candidates if "age" in profile.name.split("_")]
        if not ages or measure.high is None:
            return None
        low = max(0.0, measure.high - _YOUNGER)
        wanted = Filter(f"attr:{ages[0].name}", "range", low=low, high=measure.high, unit=measure.unit)
        return Constraint(wanted, (measure.start, measure.end), 0.8)

    def _negations(self, text: str, constraints: list[Constraint], taken: list[tuple[int, int]]) -> tuple[str, ...]:
        words = []
        for match in _NEGATED_WORDS.finditer(text):
            if _inside(match.start(1), taken):
                continue
            for word in re.split(r"\s+(?:or|and)\s+", match[1].lower()):
                if word in _NOT_NEGATED:
                    continue
                free = [p for p in self.lexicon.attributes_of(f"{fold(word)} free") if p.kind == "bool"]
                if free:
                    constraints.append(Constraint(Filter(f"attr:{free[0].name}", values=("true",)), match.span(), 0.8))
                else:
                    words.append(word)
                taken.append(match.span())
        return tuple(dict.fromkeys(words))

    def _budget(self, constraints: Sequence[Constraint]) -> Money | None:
        for constraint in constraints:
            wanted = constraint.filter
            if wanted.field == "price" and wanted.high is not None and self.vocabulary.currency:
                return Money(Decimal(str(wanted.high)), wanted.unit or self.vocabulary.currency)
        return None

    # ── goal ──

    def _head(self, text: str, taken: Sequence[tuple[int, int]]) -> list[Word]:
        """The words of what is looked for: content words before the first preposition after them."""
        content = _content(text, taken)
        if content and _PURPOSE.search(text[: content[0].start]):
            return []
        head: list[Word] = []
        for word in content:
            if head and _CUT.search(text[head[-1].end : word.start]):
                break
            head.append(word)
        while head and head[-1].folded in _GENERIC:
            head.pop()
        return head

    def _place(self, need: Need, goal: Sequence[Word]) -> Need:
        """Add the category that the head of the goal names, if the shop has it."""
        taken = [constraint.span for constraint in need.constraints]
        head = [word.folded for word in self._head(digits_for_words(need.text[:LONGEST]), taken)]
        levels = self.lexicon.categories(head)
        if not levels:
            return need
        spans = [word for word in goal if word.folded == head[-1]]
        span = (spans[0].start, spans[0].end) if spans else (0, 0)
        wanted = Constraint(Filter("category", values=levels), span, 0.75)
        return replace(need, constraints=(*need.constraints, wanted))

    def _continue(self, need: Need, context: Context) -> Need:
        """Carry the earlier goal and constraints into a follow-up that names no new goal."""
        before = context.need
        if need.references:
            return replace(need, follow_up=True)
        names_category = any(constraint.filter.field == "category" for constraint in need.constraints)
        refines = bool(need.constraints or need.sort or need.negations) and not need.goal
        refines = refines or (bool(_FOLLOW.match(need.text)) and not names_category and len(need.goal.split()) <= 1)
        if before is None or names_category or not refines:
            return need
        fields = {constraint.filter.field for constraint in need.constraints}
        kept = [replace(c, span=(0, 0)) for c in before.constraints if c.filter.field not in fields]
        return replace(
            need,
            goal=" ".join(dict.fromkeys((need.goal + " " + before.goal).split())),
            constraints=(*need.constraints, *kept),
            negations=tuple(dict.fromkeys((*need.negations, *before.negations))),
            budget=need.budget or before.budget,
            recipient=need.recipient or before.recipient,
            occasion=need.occasion or before.occasion,
            follow_up=True,
        )


def _title(product_id: str, context: Context) -> str:
    every = (*context.shown, *context.focus, *context.candidates)
    return next((product.title for product in every if product.id == product_id), "")


def _content(text: str, taken: Sequence[tuple[int, int]]) -> list[Word]:
    blank = list(text)
    for start, end in [*taken, *((m.start(), m.end()) for m in FILLER.finditer(text))]:
        blank[start:end] = " " * (end - start)
    for pattern in (_CHEAP, *(re.compile(rf"\b{re.escape(words)}\b", re.IGNORECASE) for words in SUPERLATIVES)):
        for match in pattern.finditer(text):
            blank[match.start() : match.end()] = " " * (match.end() - match.start())
    return [word for word in tokenize("".join(blank)) if len(word.text) > 1 or word.text.isdigit()]


def _sort(text: str) -> Sort | None:
    lower = text.lower()
    for phrase, key in SUPERLATIVES.items():
        if key in _SORTS and re.search(rf"\b{re.escape(phrase)}\b", lower):
            return _SORTS[key]
    if re.search(r"\bcheaper\b", lower) or _CHEAP.search(text):
        return "price_asc"
    return None


def _inside(position: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= position < end for start, end in spans)


def _merge(constraints: Sequence[Constraint]) -> list[Constraint]:
    """Two values of one field mean either of them."""
    merged: dict[tuple[str, str], Constraint] = {}
    for constraint in constraints:
        wanted = constraint.filter
        key = (wanted.field, wanted.op)
        if key in merged and wanted.op != "range":
            values = tuple(dict.fromkeys((*merged[key].filter.values, *wanted.values)))
            merged[key] = replace(merged[key], filter=replace(wanted, values=values))
        else:
            merged.setdefault(key, constraint)
    return list(merged.values())
