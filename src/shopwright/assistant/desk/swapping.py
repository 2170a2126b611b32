"""Exchanging items that arrived and changing those that did not: pieces, variants and what comes instead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from shopwright.assistant.desk.draft import Draft
from shopwright.assistant.desk.ground import Piece
from shopwright.assistant.desk.options import Schema
from shopwright.assistant.desk.records import Variant
from shopwright.assistant.desk.requests import Request, Target
from shopwright.assistant.desk.variants import fitting
from shopwright.assistant.desk.wishes import Wish, read

_CHEAPER = re.compile(r"\b(?:only|if) .*\bcheaper\b|\bcheaper than\b|\bless than (?:what )?(?:you|i) paid\b")


def swap(draft: Draft, request: Request, target: Target) -> bool:
    """Exchange or change what a target names; whether anything comes of it."""
    fits = dict.fromkeys(draft.policy.statuses.get("exchange", ()), 0.0)
    changing = bool(re.search(r"\b(?:modif|chang|switch|updat|correct)", request.text))
    fits |= dict.fromkeys(draft.policy.statuses.get("modify", ()), 0.1 if changing else -0.1)
    loose = target.mention is None
    pieces = draft.chosen(target, request, fits, loose)
    if loose and not target.every:
        pieces = _with_such_options(draft, pieces, target)
    if not pieces:
        draft.refuse_status(target, request, "exchange")
        return False
    like = draft.ground.numbered(re.findall(r"#[a-z0-9-]+", " ".join(target.wants)))
    pieces = [piece for piece in pieces if piece.order not in like] or pieces
    if not target.wants and target.mention is not None:
        target = replace(target, wants=[target.told])  # "change them: a medium shirt and foam poles"
    done = False
    feasible = [piece for piece in pieces if _variant(draft, piece, target)] or pieces[:1]
    for piece in feasible if target.every else feasible[: max(target.count, 1)]:
        variant = _variant(draft, piece, target)
        if variant is not None and loose and target.every and not _gains(piece, variant, target):
            continue
        draft.spoken(piece.order.id)
        if variant is not None and draft.late(piece.order, "exchange"):
            continue
        if variant is not None:
            draft.put(piece, variant, f"{request.text} {' '.join(target.wants)}")
            done = True
        elif target.last == "return" and draft.policy.allows("return", piece.order.status):
            done = draft.take(piece, request.text) or done
        elif target.last == "cancel" and draft.policy.allows("cancel", piece.order.status):
            draft.cancels[piece.order.id] = request.text
            done = True
        elif target.last == "keep":
            done = True
        elif not "".join(target.wants).strip() or target.wants == [target.told]:
            draft.note("ask", f"what should your {piece.line.name} be exchanged for?", piece.line.product)
        else:
            draft.note("refused", f"no variant of {piece.line.name} is available like that", "exchange")
    return done


def _gains(piece: Piece, variant: Variant, target: Target) -> bool:
    """Whether "everything to its cheapest variant" has anything to change here."""
    ops = {wish.op for wish in _prices(" ".join(target.wants))}
    if "least" in ops:
        return variant.price < piece.line.price
    return variant.price > piece.line.price if "most" in ops else True


def _prices(text: str) -> list[Wish]:
    """The wishes about the price alone."""
    return [wish for wish in read(text, Schema((), {}, {})) if wish.key == "price"]


def _besides(draft: Draft, piece: Piece, target: Target) -> list[str]:
    """What should become of a piece: of "all of them", also what was said of its product in particular."""
    if target.mention is not None or not target.every:
        return target.wants
    own = [
        text
        for text in draft.reading.loose
        if re.search(r"\b(?:same|keep|still|stay\w*|remain\w*)\b", text)
        and any(piece.line.product in mention.scores for mention in draft.names.find(text))
    ]
    return [". ".join([want, *own]) for want in target.wants]


def _variant(draft: Draft, piece: Piece, target: Target) -> Variant | None:
    """The best variant for the first alternative that can be had."""
    variants = draft.ground.world.variants(piece.line.product)
    for text in target.wants:
        for variant in variants:
            if (
                variant.available
                and variant.item != piece.line.item
                and variant.item.lower() in re.findall(r"[\w-]+", text)
            ):
                return variant
    like = _like_another(draft, piece, target)
    if like is not None:
        return like
    base: list[Wish] = []
    for number, text in enumerate(_besides(draft, piece, target)):
        wishes = read(text, draft.ground.schema(piece.line.product), tables=draft.reading.tables)
        table = any(f"zdict{n}" in text.split() for n in range(len(draft.reading.tables)))
        if number:
            changed = {wish.key for wish in wishes if wish.op != "free"}
            wishes = [wish for wish in base if wish.key not in changed and (wish.key or wish.op != "same")] + wishes
        else:
            base = wishes
        ceiling = piece.line.price if _CHEAPER.search(text) else None
        if not any(wish.op != "free" for wish in wishes) and not table:
            continue
        found = fitting(piece.line, variants, wishes, ceiling)
        if number == 0 and target.most is not None:
            found = [v for v in found if v.price - piece.line.price <= target.most]
        if number == 0 and target.least is not None:
            found = [v for v in found if v.price - piece.line.price >= target.least]
        if table and not wishes:
            found = [v for v in variants if v.item == piece.line.item and v.available]
        if found:
            return found[0]
        if number == 0 and len(target.wants) == 1 and target.last is None:
            relaxed = [wish for wish in wishes if wish.key or wish.op != "same"]
            found = fitting(piece.line, variants, relaxed, ceiling) if relaxed != wishes and relaxed else []
            if found:
                return found[0]
    return None


def _like_another(draft: Draft, piece: Piece, target: Target) -> Variant | None:
    """ "The same as the one in my pending order": the variant that the customer has in another order."""
    text = " ".join(target.wants)
    if not re.search(
        r"\b(?:same|type|one|version|kind|match\w*|like)\b.*(?:\b(?:order|received|have|ordered|bought|got)\b|#\w)",
        text,
    ):
        return None
    twins = [
        line
        for order in draft.ground.orders
        for line in order.lines
        if line.product == piece.line.product and line.item != piece.line.item and order.id != piece.order.id
    ]
    named = draft.ground.numbered(re.findall(r"#[a-z0-9-]+", text))
    if named:
        twins = [line for order in named for line in order.lines if line in twins]
    items = {line.item for line in twins}
    variants = {v.item: v for v in draft.ground.world.variants(piece.line.product) if v.available}
    fits = [variants[item] for item in items if item in variants]
    return fits[0] if len(fits) == 1 else None


def _with_such_options(draft: Draft, pieces: Sequence[Piece], target: Target) -> list[Piece]:
    """Without a product's name: the pieces whose product has the options and values that are spoken of."""
    text = " ".join([*target.wants, target.told])
    scored = []
    for piece in pieces:
        wishes = read(text, draft.ground.schema(piece.line.product), tables=draft.reading.tables)
        weight = len({wish.key for wish in wishes if wish.key not in ("", "price")})
        if _variant(draft, piece, target) is not None:
            scored.append((weight, piece))
    best = max((weight for weight, _ in scored), default=0)
    return [piece for weight, piece in scored if weight == best][:1]
