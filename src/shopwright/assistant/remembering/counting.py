"""Tokens of a text, as a budget counts them: by the tokenizer of the shipped language model.

Its vocabulary is small, so that a large model's tokenizer makes fewer tokens of English; a budget errs on the safe
side.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from shopwright.models.onnx_files import WEIGHTS

_TOKENIZER = "lm-s-int8.tokenizer.json"
_KEPT = 8_192


@lru_cache(_KEPT)
def count_tokens(text: str) -> int:
    """How many tokens a text has."""
    return len(_tokenizer().encode(text, add_special_tokens=False).ids)


@lru_cache(1)
def _tokenizer() -> Any:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(WEIGHTS / _TOKENIZER))
