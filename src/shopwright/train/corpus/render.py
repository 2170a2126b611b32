"""Semi-structured records as text to learn from: products in several forms, questions with evidence, dialogues.

A product is written in one of seven forms (prose, list, table, card, questions and answers, a buyer's summary, JSON),
half of the time with a second form below the first: the same facts in other words are what lets a small model answer
from them (Allen-Zhu and Li 2023, "Physics of language models 3.1"). Which form is a matter of the record's id and a
seed, so a corpus comes out the same twice.

What not: nothing is invented. A form holds what the record holds; prices without a currency are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random
from typing import Any

import orjson

from shopwright.catalog.money import NO_CURRENCY, format_money
from shopwright.catalog.units import format_quantity
from shopwright.types import AttributeValue, Product, Quantity, Review

Row = Mapping[str, Any]
USER, ASSISTANT = "<|user|>", "<|assistant|>"
_LONGEST_VALUE = 200
_ATTRIBUTES = 24


def render(product: Product, variant_seed: int = 0) -> str:
    """A product as text.

    Args:
        product: with a title.
        variant_seed: another one gives most products another form.
    """
    generator = Random(f"{product.id} {variant_seed}")
    facts = _facts(product)
    forms = [form for form, least in _FORMS if len(facts) >= least]
    first = generator.choice(forms)
    text = first(product, facts, generator)
    others = [form for form in forms if form is not first and form not in (_prose, _summary)]
    if others and generator.random() < 0.5:
        text = f"{text}\n\n{generator.choice(others)(product, facts, generator)}"
    return text.strip()


def attribute_text(value: AttributeValue) -> str:
    """An attribute's value for people: "2.1 kg", "yes", "cotton, linen"."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Quantity):
        return format_quantity(value)
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:g}" if isinstance(value, float | int) else str(value)


Facts = Sequence[tuple[str, str]]


def _facts(product: Product) -> Facts:
    """What a product is, name by name, without title and description."""
    facts = [("brand", product.brand or ""), ("category", " > ".join(product.category))]
    for name, value in product.attributes.items():
        facts.append((name.strip("_").replace("__", " ").replace("_", " "), attribute_text(value)))
    options: dict[str, list[str]] = {}
    for variant in product.variants:
        for name, choice in variant.options.items():
            options.setdefault(name, []).append(choice)
    facts += [(f"available {name}", ", ".join(dict.fromkeys(choices))) for name, choices in options.items()]
    price = product.sale_price or product.price
    if price is not None and price.currency != NO_CURRENCY:
        facts.append(("price", format_money(price)))
    if product.rating is not None:
        facts.append(("rating", f"{product.rating.value:g} of 5 ({product.rating.count:,} reviews)"))
    facts = [(name, value) for name, value in facts if value and len(value) <= _LONGEST_VALUE]
    return facts[:_ATTRIBUTES]


Form = Callable[[Product, Facts, Random], str]


def _prose(product: Product, facts: Facts, generator: Random) -> str:
    by = f" by {product.brand}" if product.brand and product.brand.lower() not in product.title.lower() else ""
    head = generator.choice((f"{product.title}{by}", f"# {product.title}", f"{product.title}{by}."))
    parts = [head, product.description, _bulleted(product.highlights, generator)]
    if not product.description:
        parts.append(_sentences(product, facts, generator))
    return "\n\n".join(part for part in parts if part)


def _list(product: Product, facts: Facts, generator: Random) -> str:
    mark = generator.choice(("- ", "* ", "• "))
    lines = [f"{mark}{_capital(name)}: {value}" for name, value in facts]
    return "\n".join([f"{product.title}", *lines, *(f"{mark}{point}" for point in product.highlights)])


def _table(product: Product, facts: Facts, generator: Random) -> str:
    rows = "\n".join(f"| {_capital(name)} | {value.replace('|', '/')} |" for name, value in facts)
    head = generator.choice(("Property", "Specification", "Feature"))
    return f"{product.title}\n\n| {head} | Value |\n|---|---|\n{rows}"


def _card(product: Product, facts: Facts, _generator: Random) -> str:
    lines = [f"title: {product.title}", *(f"{name}: {value}" for name, value in facts)]
    if product.description:
        lines.append(f"description: {product.description}")
    return "\n".join(lines)


def _questions(product: Product, facts: Facts, generator: Random) -> str:
    chosen = [fact for fact in facts if fact[0] != "category"]
    chosen = generator.sample(chosen, min(len(chosen), 6))
    turns = [
        f"{USER}{_question(name, value, generator)}{ASSISTANT}{_answer(name, value, generator)}"
        for name, value in chosen
    ]
    return "\n".join([f"About: {product.title}", *turns])


def _summary(product: Product, facts: Facts, generator: Random) -> str:
    opening = generator.choice(
        (f"In short: {product.title}.", f"{product.title} at a glance.", f"What to know about the {product.title}.")
    )
    points = "; ".join(product.highlights[:3])
    parts = [opening, f"{points}." if points and not points.endswith(".") else points]
    parts += [_sentences(product, facts, generator), product.description if generator.random() < 0.5 else ""]
    return " ".join(part for part in parts if part)


def _json(product: Product, facts: Facts, _generator: Random) -> str:
    record: dict[str, Any] = {"id": product.id, "title": product.title} | dict(facts)
    if product.highlights:
        record["highlights"] = list(product.highlights)
    return f"<|json|>{orjson.dumps(record).decode()}"


_FORMS: tuple[tuple[Form, int], ...] = (
    (_prose, 0), (_list, 2), (_table, 3), (_card, 1), (_questions, 3), (_summary, 2), (_json, 2),
)  # fmt: skip
"""The forms, and how many facts each needs."""

_YES_NO = {"yes": True, "no": False}


def _question(name: str, value: str, generator: Random) -> str:
    if value in _YES_NO:
        return generator.choice((f"Is it {name}?", f"{_capital(name)}: yes or no?", f"Would you call it {name}?"))
    special = {"brand": ("Who makes it?", "Which brand is it?"), "price": ("How much is it?", "What does it cost?")}
    special["rating"] = ("How is it rated?", "What do buyers think of it?")
    if name.startswith("available "):
        return f"Which {name.removeprefix('available ')} can I get?"
    forms = (f"What is the {name}?", f"What {name} does it have?", f"{_capital(name)}?", f"Can you tell me the {name}?")
    return generator.choice(special.get(name, forms))


def _answer(name: str, value: str, generator: Random) -> str:
    if value in _YES_NO:
        return generator.choice((f"{_capital(value)}.", f"{_capital(value)}, {name}: {value}."))
    return generator.choice((f"{_capital(value)}.", f"The {name} is {value}.", f"{_capital(name)}: {value}."))


def _sentences(product: Product, facts: Facts, generator: Random) -> str:
    """Some facts as sentences."""
    chosen = [fact for fact in facts if fact[0] != "category" and fact[1] not in _YES_NO]
    chosen = generator.sample(chosen, min(len(chosen), 4))
    said = [f"The {name} is {value}." for name, value in chosen]
    if product.category:
        said.insert(0, f"It belongs to {product.category[-1]}.")
    return " ".join(said)


def _bulleted(points: Iterable[str], generator: Random) -> str:
    mark = generator.choice(("- ", "* ", ""))
    return "\n".join(f"{mark}{point}" for point in points)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# ── rows of other kinds ─────────────────────────────────────────────────────────────────────────────────────────────

_VALUE = re.compile(
    r"(?:normalized_value:\s*\{[^{}]*\},?\s*)|\{\s*value:\s*\"?|\"?\s*\}|\bvalue:\s*|\bunit:\s*", re.IGNORECASE
)
_ROLES = {"user": USER, "customer": USER, "human": USER, "shopper": USER, "system": ASSISTANT, "assistant": ASSISTANT,
          "agent": ASSISTANT, "bot": ASSISTANT, "gpt": ASSISTANT, "model": ASSISTANT}  # fmt: skip
_TURN = re.compile(r"(?:^|\n)(User|Customer|System|Assistant|Agent|Bot|Human|Shopper): ", re.IGNORECASE)


def fields(row: Row, names: Sequence[str]) -> str:
    """The named fields of a row that hold text, one below the other; lists a line an item."""
    parts = [_plain(row.get(name)) for name in names]
    return "\n\n".join(part for part in parts if part)


def question(rows: Sequence[Row]) -> str:
    """A product question: what is asked about, the candidates that answer it, those that do not, and the answer.

    Rows of the same question (`question`, `candidate`, `label` 0 to 2, `answer`, `title`) become one text.
    """
    first = rows[0]
    facts = [(_candidate(row), _label(row)) for row in rows]
    good = list(dict.fromkeys(text for text, label in facts if text and label >= 1))
    rest = list(dict.fromkeys(text for text, label in facts if text and label < 1))
    answers = list(dict.fromkeys(_plain(row.get("answer")) for row in rows if row.get("answer")))
    asked = _capital(_plain(first.get("question")))
    said = _capital(answers[0]) if answers else (_capital(good[0]) if good else "The product page does not say.")
    known = [f"Product: {first['title']}"] if first.get("title") else []
    known += [f"- {text}" for text in (good + rest)[:8]]
    if not known and not good and not answers:
        return ""
    return "\n".join([*known, f"{USER}{asked}{ASSISTANT}{said}"])


def paragraph(rows: Sequence[Row]) -> str:
    """A paragraph with its questions (`context`, `title`, `question`, `answers`): reading, with honest refusals."""
    first = rows[0]
    turns = []
    for row in rows:
        answers = row.get("answers") or []
        said = _plain(answers[0]) if answers else "The text does not say."
        turns.append(f"{USER}{_plain(row.get('question'))}{ASSISTANT}{said}")
    return "\n".join([_plain(first.get("title")), _plain(first.get("context")), *turns])


def dialogue(row: Row) -> str:
    """A conversation with the tokens of its roles, from `messages` of role and content or from "User: ..." lines."""
    messages = row.get("messages") or row.get("turns") or row.get("conversations")
    if isinstance(messages, list):
        said = [
            (str(each.get("role", each.get("from", ""))), each.get("content", each.get("value")))
            for each in messages
            if isinstance(each, dict)
        ]
        return "".join(f"{_ROLES.get(role.lower(), USER)}{_plain(text)}" for role, text in said if text)
    text = _TURN.sub(lambda match: _ROLES[match[1].lower()], _plain(row.get("text")))
    return text.strip()


def claim(row: Row) -> str:
    """A claim with its evidence and whether it holds (`claim`, `evidence`, `stance` or `label`)."""
    evidence = row.get("evidence")
    chosen = row.get("supporting_sentences") or []
    if isinstance(evidence, list) and chosen:
        first = chosen[0] if isinstance(chosen[0], list) else chosen
        evidence = [evidence[place] for place in first if isinstance(place, int) and place < len(evidence)]
    text = " ".join(evidence) if isinstance(evidence, list) else _plain(evidence)
    verdict = str(row.get("stance") or row.get("label") or "").replace("_", " ")
    said = _VERDICTS.get(verdict, _capital(verdict))
    return f"{text[:6_000]}\n{USER}Is this so? {_plain(row.get('claim'))}{ASSISTANT}{said}"


_VERDICTS = {
    "full": "Yes, the text says so.", "supported": "Yes, the text says so.", "support": "Yes, the text says so.",
    "partial": "In part: the text does not say all of it.",
    "partially supported": "In part: the text does not say all of it.",
    "refute": "No, the text says otherwise.", "irrelevant": "The text does not say.",
    "not supported": "The text does not say.",
}  # fmt: skip


def feedback(row: Row) -> str:
    """A question over passages with a person's answer (`question`, `passages`, `gold`)."""
    passages = row.get("passages") or []
    known = [" ".join(map(str, passage[1:])) for passage in passages[:3] if isinstance(passage, list)]
    return "\n\n".join([*known, f"{USER}{_plain(row.get('question'))}{ASSISTANT}{_plain(row.get('gold'))}"])


def intent(row: Row) -> str:
    """A shopping request and what it asks for, as JSON (`query`, `reward`)."""
    reward = row.get("reward")
    if not isinstance(reward, dict):
        return f"{USER}{_plain(row.get('query'))}"
    wanted = {name: value for name, value in reward.items() if name != "product_id"}
    return f"{USER}{_plain(row.get('query'))}<|json|>{orjson.dumps(wanted).decode()}"


def search_pair(query: str, exact: Sequence[str], other: Sequence[str]) -> str:
    """A query with the titles of products that fit it, and some that do not."""
    fits = "\n".join(f"- {title}" for title in exact)
    rest = "\n".join(f"- {title}" for title in other)
    return f"Search: {query}\nFits:\n{fits}" + (f"\nDoes not fit:\n{rest}" if rest else "")


def session(events: Sequence[Row], titles: Mapping[str, str]) -> str:
    """A shopper's actions in their order, under their GA4 names, with product titles in place of ids where known."""
    lines = []
    for event in events:
        items = event.get("items") or []
        names = [_item(item, titles) for item in items if item]
        query = event.get("query") or event.get("search_term")
        said = [f'"{query}"'] if query else []
        lines.append(
            " ".join([str(event.get("name") or event.get("event_name") or "event"), *said, "; ".join(names)]).strip()
        )
    return "\n".join(lines)


def _item(item: object, titles: Mapping[str, str]) -> str:
    if isinstance(item, Mapping):
        known = str(item.get("item_id") or item.get("id") or "")
        return str(item.get("item_name") or titles.get(known) or known)
    return titles.get(str(item), str(item))


def _candidate(row: Row) -> str:
    """A candidate's words; attribute dumps such as `fabric:  { value:"cotton" }` as "fabric: cotton"."""
    text = _plain(row.get("candidate"))
    if "value:" not in text:
        return text
    name, _, rest = text.partition(":")
    values = re.sub(r"\s+", " ", _VALUE.sub("", rest).replace("{", "").replace("}", "")).strip(" ;,\"'")
    return f"{name.replace('_', ' ').strip()}: {values}"


def _label(row: Row) -> int:
    label = str(row.get("label", "2"))
    return int(label) if label.isdigit() else 2


def _plain(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list | tuple):
        return "\n".join(part for part in map(_plain, value) if part)
    return "" if value is None or isinstance(value, dict) else str(value)


def exchange(prompt: str, response: str) -> str:
    """A prompt and a response; "" when either is empty."""
    return f"{USER}{prompt}{ASSISTANT}{response}" if prompt and response else ""


def review(words: Review, title: str) -> str:
    """A shopper's review with the product's title and the stars."""
    head = f"Review of {title}: " if title else ""
    return f"{head}{words.rating} of 5 stars. {words.title}\n{words.text}".strip()
