"""The language of a text, by py3langid (Naive Bayes over byte n-grams, Lui and Baldwin 2012). Needs the extra `corpus`.

Simplification: a text is judged by at most three pieces of it, beginning, middle and end, 400 characters in all: the
answer hardly changes and the time does not grow with the text. Where a seventh of its words are ones that English has
and its neighbours have not, it is English and the identifier is not asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any

from shopwright.errors import ConfigError, MissingExtraError

_PIECE = 130
_LEAST = 20
_ENGLISH_ONLY = """
the of and with that this you your is are was have from which what would there their has but it it's they be not don't
i'm can by for
"""
_ENGLISH = frozenset(_ENGLISH_ONLY.split())
_ENGLISH_SHARE = 0.15
_ENGLISH_WORDS = 15


def detect(text: str) -> tuple[str, float]:
    """ISO 639-1 code and its probability; ("und", 0) for a text with fewer than 20 letters.

    Raises:
        MissingExtraError: py3langid is not installed.
    """
    return _classified(_sample(text))


def _classified(sample: str) -> tuple[str, float]:
    if sum(map(str.isalpha, sample)) < _LEAST:
        return "und", 0.0
    code, probability = _identifier().classify(sample)
    return str(code), float(probability)


def is_wanted(text: str, languages: Sequence[str] = ("en",), least: float = 0.5) -> bool:
    """Whether a text is in one of the languages. One too short to tell is kept: it is no evidence of another."""
    sample = _sample(text)
    if "en" in languages and _is_plainly_english(sample):
        return True
    code, probability = _classified(sample)
    return code == "und" or code in languages or probability < least


def _is_plainly_english(sample: str) -> bool:
    words = sample.lower().split()
    return len(words) >= _ENGLISH_WORDS and sum(map(_ENGLISH.__contains__, words)) >= _ENGLISH_SHARE * len(words)


def checked_languages(languages: Sequence[str]) -> tuple[str, ...]:
    """The codes, if the identifier knows all of them.

    Raises:
        ConfigError: naming those that it does not know.
    """
    known = set(_identifier().labels)
    if unknown := [code for code in languages if code not in known]:
        raise ConfigError(f"language {', '.join(unknown)}: expected ISO 639-1 codes out of {' '.join(sorted(known))}")
    return tuple(languages)


def _sample(text: str) -> str:
    if len(text) <= 3 * _PIECE:
        return text
    middle = len(text) // 2
    return f"{text[:_PIECE]} {text[middle : middle + _PIECE]} {text[-_PIECE:]}"


@lru_cache(maxsize=1)
def _identifier() -> Any:
    try:
        langid = import_module("py3langid.langid")
    except ImportError as error:
        raise MissingExtraError("telling languages apart", "corpus") from error
    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
