"""The language of a text by its script or its commonest words, for a reason that says why nothing could be compared.

What not: no statistics of letters; a text with too few of the words below has no language, and other languages than
these are not known.
"""

from __future__ import annotations

import re
from collections import Counter

_WORD = re.compile(r"[^\W\d_]+")
_LISTS = {
    "English": "the and is are of to in it with for that this was were has have its be by from on at you your can will",
    "German": "der die das und ist sind ein eine nicht mit für von zu den dem des im auf wird hat sich auch oder bei",
    "French": "le la les et est sont un une des du dans pour avec pas que qui sur au aux ce cette il elle ont être",
    "Spanish": "el la los las y es son un una de del en para con no que por se su al lo como más este esta",
    "Italian": "il la lo gli le e è sono un una di del della in per con non che si da nel alla questo questa più",
    "Dutch": "de het een en is zijn van in voor met niet dat op te aan wordt heeft ook deze bij",
    "Portuguese": "o a os as e é são um uma de do da em para com não que por se no na ao mais este esta",
    "Polish": "i w na z jest nie to się do że są dla po jak od przez oraz lub ten ta",
}
_WORDS = {name: frozenset(words.split()) for name, words in _LISTS.items()}
_SCRIPTS = {
    "Japanese": re.compile(r"[\u3040-\u30ff]"),
    "Korean": re.compile(r"[\uac00-\ud7af]"),
    "Chinese": re.compile(r"[\u3400-\u9fff]"),
    "Russian": re.compile(r"[\u0400-\u04ff]"),
    "Greek": re.compile(r"[\u0370-\u03ff]"),
    "Arabic": re.compile(r"[\u0600-\u06ff]"),
    "Hebrew": re.compile(r"[\u0590-\u05ff]"),
    "Thai": re.compile(r"[\u0e00-\u0e7f]"),
}
_SCRIPT_SHARE = 0.3


def language_of(text: str, least: int = 3) -> str:
    """Its English name, or "" when the text does not show it.

    Args:
        least: so many of the commonest words must stand there, more than of any other language.
    """
    letters = sum(map(str.isalpha, text))
    for name, script in _SCRIPTS.items():
        if letters and len(script.findall(text)) >= _SCRIPT_SHARE * letters:
            return name
    found = Counter(word.lower() for word in _WORD.findall(text))
    counts = {name: sum(found[word] for word in words) for name, words in _WORDS.items()}
    first, second = sorted(counts, key=lambda name: -counts[name])[:2]
    return first if counts[first] >= least and counts[first] > counts[second] else ""
