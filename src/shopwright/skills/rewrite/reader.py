"""The reader: a message becomes a Need, by rules over the merchant's own vocabulary.

What it reads: conditions (`conditions`), the kind of thing (`goal`), recipient and occasion, an order ("cheapest"),
what is asked about (`asks`), references to products (`references`), and whether the message continues the last one.
What it does not: other languages than English, several needs in one message (`reason` splits those), spelling mistakes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from shopwright.catalog.vocabulary import Vocabulary, fold
from shopwright.skills.rewrite.acts import POINTED, find_acts, how_many
from shopwright.skills.rewrite.amounts import digits_for_words
from shopwright.skills.rewrite.asks import find_asks, named_attributes
from shopwright.skills.rewrite.conditions import find_conditions
from shopwright.skills.rewrite.english import (
    INTERROGATIVE,
    NUMBER_WORDS,
    OCCASION,
    ORDINALS,
    RECIPIENT,
    SUPERLATIVES,
)
from shopwright.skills.rewrite.goal import CHEAP, content, kind_of
from shopwright.skills.rewrite.lexicon import Lexicon, Word, tokenize
from shopwright.skills.rewrite.mentions import find_mentions
from shopwright.skills.rewrite.references import extreme, points_among, relative, resolve
from shopwright.skills.rewrite.values import Values
from shopwright.types import Constraint, Context, Filter, Money, Need, Sort

LONGEST = 2_000
"""Characters of a message that are read; the rest is ignored."""

_FOLLOW = re.compile(
    r"^\s*(?:and|but|or|what about|how about|instead|also|same|in|only|just|do you have (?:it|them|that|one)|"
    r"without|under|cheaper|anything|something|any|too|hmm|no|ok)\b",
    re.IGNORECASE,
)
_ONE_THAT = re.compile(
    r"\b(?:one|ones|something|anything)\s+(?:that|which|with|without|for|to|in|i can|you can|we can|made|suitable)\b",
    re.IGNORECASE,
)
"""A description of another thing of the same kind: "no, I want one I can write on"."""
_SORTS: dict[tuple[str, str], Sort] = {
    ("price", "min"): "price_asc", ("price", "max"): "price_desc",
    ("rating", "max"): "rating", ("released", "max"): "newest",
}  # fmt: skip
_MEASURED = {
    "brand", "make", "maker", "manufacturer", "range", "price", "colour", "color", "size", "material", "department",
    "category", "kind", "type", "different", "list", "start",
}  # fmt: skip


class Reader:
    """Reads messages against one state of the catalogue's vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.lexicon = Lexicon(vocabulary)
        self._values = Values(vocabulary)

    def read(self, message: str, context: Context | None = None) -> Need:
        """The need behind a message, given what was said and shown before."""
        context = context or Context()
        text = digits_for_words(message[:LONGEST])
        asks = find_asks(text, self.lexicon)
        other = relative(text, context)
        references = () if other else resolve(text, context, self.lexicon)
        names = {word.folded for key in references for word in tokenize(_title(key, context))}
        read = find_mentions(text, self.lexicon, self._values)
        goods = _without(text, read.offers)
        found = find_conditions(goods, self.lexicon, names, context.need.category if context.need else ())
        labels = {fold(w) for c in found.constraints for w in re.split(r"[_:\s]", c.filter.field)} | {"size", "colour"}
        words = [
            word
            for word in content(goods, found.taken)
            if word.folded not in labels or self.lexicon.names_goods(word.folded)
        ]
        words, references = self._measured_ones(text, words, asks, references, context)
        if references and not asks and any(word.folded not in names for word in words):
            asks = (*named_attributes(text.lower(), self.lexicon), "question")
        asks = _with_acts(find_acts(text), asks, references)
        kind, levels = kind_of(goods, words, self.lexicon)
        recipient, occasion = RECIPIENT.search(text), OCCASION.search(text)
        constraints = list(found.constraints)
        if other and all(known.filter.field != other.field for known in constraints):
            constraints.append(Constraint(other, confidence=0.7))
            asks = ()
        if levels and not references:
            constraints.append(Constraint(Filter("category", values=levels), (kind[0].start, kind[-1].end), 0.75))
        need = Need(
            text=message,
            goal=" ".join(word.text for word in (self._known(words, kind) if levels else words)),
            product_type=" ".join(word.text for word in kind),
            constraints=tuple(constraints),
            negations=tuple(found.negations),
            budget=self._budget(constraints, read.budget),
            recipient=recipient[1].lower() if recipient else read.recipient,
            occasion=read.occasion or (occasion[1].lower() if occasion else None),
            sort=_sort(text) or read.sort,
            references=references,
            asks=asks,
            interrogative=bool(INTERROGATIVE.search(text)),
            quantity=read.quantity or (how_many(text) if "cart:add" in asks else None),
            fits=read.fits,
            services=read.services,
            voucher=read.voucher,
            mentions=read.all,
        )
        return _continue(need, context)

    def knows(self, words: str) -> bool:
        """Whether the last word is one of the catalogue: in a title or in a category's name."""
        head = [word.folded for word in tokenize(words)][-1:]
        return bool(head) and (self.lexicon.title_counts[head[0]] > 0 or bool(self.lexicon.categories(head)))

    def _known(self, words: Sequence[Word], kind: Sequence[Word]) -> list[Word]:
        """The kind and those other words that stand in the catalogue, where they may help to rank."""
        counts = self.lexicon.title_counts
        return [word for word in words if word in kind or counts[word.folded] or self.lexicon.is_value(word.folded)]

    def _measured_ones(
        self, text: str, words: list[Word], asks: Sequence[str], references: tuple[str, ...], context: Context
    ) -> tuple[list[Word], tuple[str, ...]]:
        """Words that say what is measured or which one is meant are no goal; the lightest may be one of those shown."""
        if asks and asks[0].startswith(("min:", "max:")):
            end, _, what = asks[0].partition(":")
            label = {fold(part) for part in what.removeprefix("attr:").split("_")}
            words = [word for word in words if word.folded not in label]
            if context.shown and (points_among(text) or not words):
                references = extreme(what, end, context) or references
        if references:
            words = [word for word in words if word.text not in ORDINALS and word.text not in NUMBER_WORDS]
        if any(ask.startswith(("count", "list:", "range:")) for ask in asks):
            words = [word for word in words if word.folded not in _MEASURED]
        return words, references

    def _budget(self, constraints: Sequence[Constraint], stated: float | None) -> Money | None:
        """The upper price, or what is called a budget beside a voucher."""
        if stated is not None and self.vocabulary.currency:
            return Money(Decimal(str(stated)), self.vocabulary.currency)
        for constraint in constraints:
            wanted = constraint.filter
            if wanted.field == "price" and wanted.high is not None and self.vocabulary.currency:
                return Money(Decimal(str(wanted.high)), wanted.unit or self.vocabulary.currency)
        return None


def _with_acts(acts: Sequence[str], asks: tuple[str, ...], references: Sequence[str]) -> tuple[str, ...]:
    """What is to be done before what is asked; acts on goods count only where goods are pointed at."""
    acts = [act for act in acts if references or not act.startswith(POINTED)]
    return (*acts, *(ask for ask in asks if ask not in ("question", "compare"))) if acts else asks


def _continue(need: Need, context: Context) -> Need:
    """Carry the earlier goal and constraints into a follow-up that names no new goal."""
    before = context.need
    if need.references:
        return replace(need, follow_up=True)
    conditions = bool(need.constraints or need.sort or need.negations)
    refines = conditions and not need.goal
    refines = refines or (bool(_FOLLOW.match(need.text)) and len(need.goal.split()) <= 1)
    describes = bool(_ONE_THAT.search(need.text)) and not need.category
    if before is None or need.category or not (refines or describes):
        return need
    fields = {constraint.filter.field for constraint in need.constraints}
    kept = [replace(c, span=(0, 0)) for c in before.constraints if c.filter.field not in fields]
    return replace(
        need,
        goal=" ".join(dict.fromkeys((need.goal + " " + before.goal).split())),
        product_type=before.product_type,
        constraints=(*need.constraints, *kept),
        negations=tuple(dict.fromkeys((*need.negations, *before.negations))),
        budget=need.budget or before.budget,
        recipient=need.recipient or before.recipient,
        occasion=need.occasion or before.occasion,
        quantity=need.quantity or before.quantity,
        fits=need.fits or before.fits,
        services=tuple(dict.fromkeys((*need.services, *before.services))),
        voucher=need.voucher or before.voucher,
        follow_up=True,
    )


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with blanks in place of the spans, so that offsets stay."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _title(product_id: str, context: Context) -> str:
    every = (*context.shown, *context.focus, *context.candidates)
    return next((product.title for product in every if product.id == product_id), "")


def _sort(text: str) -> Sort | None:
    lower = text.lower()
    for phrase, key in SUPERLATIVES.items():
        if key in _SORTS and re.search(rf"\b{re.escape(phrase)}\b", lower):
            return _SORTS[key]
    if re.search(r"\bcheaper\b|\btoo expensive\b", lower):
        return "price_asc"
    match = CHEAP.search(text)
    return "price_asc" if match and match[0].lower() not in ("expensive", "dear") else None
