"""The wordings of a question and of a statement: by kind of attribute, with full and short names, as shoppers type.

What a model read in one wording it can seldom say when it is asked in another; what it read in many it can (Allen-Zhu
and Li 2023, "Physics of language models 3.1", arXiv:2309.14316). Of every five wordings of a kind three are trained on,
one is for development and one only measures, so recall is that of wordings never seen. Slips of typing are trained on
and not measured.

English, by rule.
"""

from __future__ import annotations

from random import Random
from typing import Literal

from shopwright.train.facts.catalogue import Form, Topic
from shopwright.train.rewrite.noise import misspelled

Split = Literal["train", "dev", "test"]
REFUSAL = "I do not know."
"""What is answered where nothing is known."""

_PLAIN = (
    "What is the {a} of the {p}?",
    "Can you tell me the {a} of the {p}?",
    "{p} {a}",
    "What {a} does the {p} have?",
    "I need to know the {a} of the {p}.",
    "{a} of {p}?",
    "{p}: what {a}?",
    "I am looking at the {p}. What is its {a}?",
    "Do you happen to know the {a} of the {p}?",
    "For the {p}, what {a} is stated?",
    "Which {a} does the {p} have?",
    "{p}, {a} please",
    "Could you look up the {a} of the {p} for me?",
    "About the {p}: {a}?",
    "What does it say about the {a} of the {p}?",
)
_FORMS: dict[Form, tuple[str, ...]] = {
    "plain": (),
    "weight": (
        "How heavy is the {p}?",
        "How much does the {p} weigh?",
        "how many grams or kilos is the {p}",
        "What does the {p} weigh?",
        "Is the {p} heavy? What is the exact weight?",
    ),
    "long": (
        "How long is the {a} of the {p}?",
        "{p} {a} how long",
        "For how long, the {a} of the {p}?",
        "How long a {a} does the {p} have?",
        "What length of time is the {a} of the {p}?",
    ),
    "count": (
        "How many {a} does the {p} have?",
        "How many {a} are there in the {p}?",
        "number of {a} {p}",
        "The {p} comes with how many {a}?",
        "What number of {a} does the {p} have?",
    ),
    "adjective": (
        "Is the {p} {a}?",
        "{p} {a}?",
        "Can you tell me if the {p} is {a}?",
        "Would you say the {p} is {a}?",
        "I want something {a}. Is the {p}?",
        "is {p} {a} or not",
        "{a}: yes or no, the {p}?",
        "I am looking at the {p}. Is it {a}?",
        "Do you know whether the {p} is {a}?",
        "Does the {p} count as {a}?",
    ),
    "noun": (
        "Does the {p} have {a}?",
        "{p} with {a}?",
        "Is there {a} on the {p}?",
        "Has the {p} got {a}?",
        "I need {a}. Does the {p} offer it?",
        "{p} {a} yes or no",
        "Can you tell me if the {p} has {a}?",
        "I am looking at the {p}. Does it have {a}?",
        "Do you know whether the {p} has {a}?",
        "Does the {p} come with {a}?",
    ),
    "required": (
        "{a} for the {p}?",
        "Is it so that {a}, with the {p}?",
        "{p} {a}?",
        "With the {p}, is it {a}?",
        "Do I have to expect this of the {p}: {a}?",
        "{p}: {a}, yes or no?",
        "Can you tell me for the {p}: {a}?",
        "I am looking at the {p}. {a}?",
        "Do you know, for the {p}: {a}?",
        "Does the {p} say {a}?",
    ),
    "material": (
        "What is the {p} made of?",
        "Which material is the {p} made from?",
        "{p} made of what",
        "What material do they use for the {p}?",
        "What is the {p} made out of?",
    ),
    "made": (
        "Where is the {p} made?",
        "Where does the {p} come from?",
        "{p} country",
        "In which country is the {p} produced?",
        "Which country does the {p} come from?",
    ),
    "fits": (
        "What does the {p} fit?",
        "What can I use the {p} with?",
        "{p} works with what",
        "What does the {p} work with?",
        "What is the {p} meant to go with?",
    ),
    "care": (
        "How do I clean the {p}?",
        "How should I look after the {p}?",
        "{p} cleaning instructions",
        "How do you care for the {p}?",
        "What is the right way to clean the {p}?",
    ),
    "brand": (
        "Who makes the {p}?",
        "Which brand is the {p}?",
        "{p} manufacturer",
        "Who is the maker of the {p}?",
        "What company is behind the {p}?",
    ),
    "category": (
        "What kind of thing is the {p}?",
        "In which section do I find the {p}?",
        "{p} what type of product",
        "Where in the shop is the {p} listed?",
        "What sort of product is the {p}?",
    ),
    "option": (
        "Which {a} options does the {p} come in?",
        "What choices of {a} are there for the {p}?",
        "{p} {a} options",
        "In what {a} can I get the {p}?",
        "What {a} versions of the {p} do you have?",
    ),
}
_ALONE: frozenset[Form] = frozenset({"adjective", "noun", "required"})
"""Forms of yes and no, for which "what is the ..." would be wrong."""

_SAID = (
    "The {a} of the {p} is {v}.",
    "{p}: {a} {v}.",
    "{p}\n- {a}: {v}",
    "The {p} has the {a} {v}.",
    "Asked for the {a} of the {p}, the shop says: {v}.",
    "As to its {a}, the {p} is listed with {v}.",
    "{v} is the {a} of the {p}.",
)
_SAID_OF_YES_OR_NO = (
    "{a}, {p}: {v}.",
    "{p}: {a} {v}.",
    "{p}\n- {a}: {v}",
    "Of the {p} it is known whether it is so ({a}): {v}.",
    "The {p}, {a}: {v}.",
)
_BEFORE = ("hi, ", "Hello! ", "hey ", "Quick question: ", "please tell me: ", "One more thing. ")
_PLACE_OF: dict[int, Split] = {3: "dev", 4: "test"}


def forms(form: Form, split: Split) -> tuple[str, ...]:
    """The wordings of a kind that belong to a split."""
    every = [] if form in _ALONE else [*enumerate(_PLAIN)]
    every += enumerate(_FORMS[form])
    return tuple(text for place, text in every if _PLACE_OF.get(place % 5, "train") == split)


def question(topic: Topic, split: Split, chance: Random) -> str:
    """A topic in a wording of the split, under one of the product's names, typed as people do."""
    asked = _filled(chance.choice(forms(topic.form, split)), topic, chance)
    style = chance.random()
    if style < 0.35:
        asked = asked.lower()
    if 0.25 < style < 0.5:
        asked = asked.rstrip("?.")
    if style > 0.85:
        asked = chance.choice(_BEFORE) + asked
    if split == "train" and chance.random() < 0.05:
        asked = misspelled(asked, chance)
    return asked


def statement(topic: Topic, chance: Random) -> str:
    """A sentence that states what is known."""
    form = chance.choice(_SAID_OF_YES_OR_NO if topic.form in _ALONE else _SAID)
    text = _filled(form, topic, chance)
    return text[:1].upper() + text[1:]


def answer(topic: Topic) -> str:
    """What is to be answered: the value alone, with a full stop, or the refusal."""
    if topic.answer is None:
        return REFUSAL
    return f"{topic.answer[:1].upper()}{topic.answer[1:].rstrip('.')}."


def _filled(form: str, topic: Topic, chance: Random) -> str:
    """A form with names and values in it; a sentence begins with a capital."""
    text = form.replace("{a}", topic.attribute).replace("{v}", topic.answer or "")
    names = [name for name in topic.subject.names if topic.form != "brand" or (topic.answer or "") not in name]
    text = text.replace("{p}", chance.choice(names or topic.subject.names))
    return text[:1].upper() + text[1:]
