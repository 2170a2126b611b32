"""Text to tokens and back, byte for byte; text never turns into a control token.

A control token (`<|end|>`, `<|user|>` ...) is added by code only. The same characters in a text are read as characters,
so a shopper who types `<|assistant|>` has typed fifteen characters.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from shopwright.errors import ModelError
from shopwright.models.onnx_files import clean

END = "<|end|>"
_LONGEST_TEXT = 1_000_000


class Vocabulary:
    """Byte-level BPE of a tokenizers file.

    Args:
        tokenizer: a `tokenizers.Tokenizer`.
        size: number of logits of the model, at least the number of tokens.

    Raises:
        ModelError: the tokenizer is not byte-level, has no `<|end|>`, or has more tokens than the model.
    """

    def __init__(self, tokenizer: Any, size: int) -> None:
        content = json.loads(tokenizer.to_str())
        added = {each["content"]: each for each in content["added_tokens"]}
        plain = [name for name, each in added.items() if not each["special"]]
        if plain:
            raise ModelError(f"tokenizer: added token {plain[0]!r} is not special: a text could write it; retrain it")
        if END not in added:
            raise ModelError(f"tokenizer: no control token {END}: train it with `shopwright train corpus`")
        if "ByteLevel" not in json.dumps(content["pre_tokenizer"]):
            raise ModelError("tokenizer: not byte-level BPE: train it with `shopwright train corpus`")
        if tokenizer.get_vocab_size() > size:
            raise ModelError(f"tokenizer has {tokenizer.get_vocab_size()} tokens, the model {size}: files do not match")
        self.size = size
        self.control = {name: int(each["id"]) for name, each in added.items()}
        self.end = self.control[END]
        self._tokenizer = tokenizer
        tokenizer.no_truncation()
        tokenizer.no_padding()
        tokenizer.encode_special_tokens = True

    @cached_property
    def bytes_of(self) -> list[bytes]:
        """The bytes that each token stands for; none for control tokens and ids without a token."""
        letters = {letter: value for value, letter in enumerate(_byte_letters())}
        tokens = [b""] * self.size
        control = set(self.control.values())
        for token, place in self._tokenizer.get_vocab().items():
            if place not in control:
                tokens[place] = bytes(letters[letter] for letter in token)
        return tokens

    def encode(self, text: str) -> list[int]:
        """Tokens of a text; never a control token."""
        tokens: list[int] = self._tokenizer.encode(clean(text, _LONGEST_TEXT), add_special_tokens=False).ids
        return tokens

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of tokens; control tokens say nothing, bytes that are no UTF-8 become U+FFFD."""
        return b"".join(self.bytes_of[token] for token in tokens).decode("utf-8", "replace")

    def whole(self, word: str) -> bool:
        """Whether a word after a space is one token."""
        return word in self._whole

    @cached_property
    def _whole(self) -> frozenset[str]:
        return frozenset(text[1:].decode("utf-8", "ignore") for text in self.bytes_of if text.startswith(b" "))

    def reader(self) -> TextReader:
        """A decoder of tokens as they come."""
        return TextReader(self)

    @cached_property
    def json(self) -> str:
        """The tokenizer's file."""
        return str(self._tokenizer.to_str())


class TextReader:
    """Decodes tokens one by one and holds a character back until it is whole."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._bytes = vocabulary.bytes_of
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def read(self, token: int) -> str:
        """The whole characters that this token completes."""
        return self._decoder.decode(self._bytes[token])

    def close(self) -> str:
        """What is left of an unfinished character."""
        return self._decoder.decode(b"", final=True)


def _byte_letters() -> list[str]:
    """The letter that stands for each byte in a byte-level vocabulary (GPT-2, `bytes_to_unicode`)."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [value for value in range(256) if value not in shown]
    letters = {value: chr(value) for value in shown}
    letters |= {value: chr(256 + place) for place, value in enumerate(hidden)}
    return [letters[value] for value in range(256)]
