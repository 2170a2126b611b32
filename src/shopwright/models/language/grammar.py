"""What a model may write: a JSON schema, a regular expression or a grammar, kept to token by token (llguidance).

    Constraint.json({"type": "object", ...})    Constraint.regex("[0-9]+ (g|kg)")    Constraint.lark('start: "a" | "b"')

JSON is written without spaces. When tokens run out, JSON is brought to its end by the shortest way that the grammar
allows: strings are closed, arrays and objects ended, required fields filled with the least (`Matcher.landing`).

Not here: keywords of JSON Schema that llguidance does not know are refused, never ignored.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from shopwright.errors import ModelError
from shopwright.models.language.sampling import Allowed
from shopwright.models.language.vocabulary import Vocabulary

_COMPILED = 64
_IN_STRING = b'"' + b"0123456789abcdefghijklmnopqrstuvwxyz"
_OUTSIDE = b'}],:nutfalse0123456789"[{-.'


@dataclass(frozen=True, slots=True)
class Constraint:
    """A language that the answer must be in.

    Args:
        kind: how `text` is written.
        text: JSON Schema, regular expression (Rust syntax) or Lark grammar (llguidance's dialect, rule `start`).
    """

    kind: Literal["json", "regex", "lark"]
    text: str

    @classmethod
    def json(cls, schema: Mapping[str, Any]) -> Constraint:
        """JSON that fits a schema; fields come in the schema's order."""
        return cls("json", json.dumps(schema))

    @classmethod
    def regex(cls, pattern: str) -> Constraint:
        """Text that a regular expression matches as a whole."""
        return cls("regex", pattern)

    @classmethod
    def lark(cls, grammar: str) -> Constraint:
        """Text of a context-free grammar."""
        return cls("lark", grammar)

    @classmethod
    def choices(cls, texts: Sequence[str]) -> Constraint:
        """One of some texts.

        Raises:
            ModelError: no texts, or an empty one.
        """
        if not texts or not all(texts):
            raise ModelError(f"choices {list(texts)!r}: at least one text, and none of them empty")
        return cls("lark", "start: " + " | ".join(json.dumps(text, ensure_ascii=False) for text in texts))


class Grammars:
    """Compiles constraints for one vocabulary and keeps what it compiled. Safe to share between threads."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        from llguidance import LLTokenizer

        self._vocabulary = vocabulary
        self._tokenizer = LLTokenizer(vocabulary.json, n_vocab=vocabulary.size, eos_token=vocabulary.end)
        self._compiled: OrderedDict[Constraint, Any] = OrderedDict()
        self._lock = threading.Lock()
        single = {text[0]: token for token, text in enumerate(vocabulary.bytes_of) if len(text) == 1}
        self._in_string = _ordered(single, _IN_STRING)
        self._outside = _ordered(single, _OUTSIDE)

    def matcher(self, constraint: Constraint) -> Matcher:
        """A matcher at its start.

        Raises:
            ModelError: the constraint is malformed or uses what is not known.
        """
        with self._lock:
            compiled = self._compiled.get(constraint) or self._compile(constraint)
            self._compiled[constraint] = compiled
            self._compiled.move_to_end(constraint)
            if len(self._compiled) > _COMPILED:
                self._compiled.popitem(last=False)
            own = compiled.deep_copy()
        landing = (self._in_string, self._outside) if constraint.kind == "json" else None
        return Matcher(own, self._vocabulary, landing)

    def _compile(self, constraint: Constraint) -> Any:
        from llguidance import LLMatcher

        if constraint.kind == "json":
            grammar = LLMatcher.grammar_from_json_schema(constraint.text, overrides={"whitespace_flexible": False})
        elif constraint.kind == "regex":
            grammar = LLMatcher.grammar_from_regex(constraint.text)
        else:
            grammar = LLMatcher.grammar_from_lark(constraint.text)
        compiled = LLMatcher(self._tokenizer, grammar, log_level=0)
        if compiled.is_error():
            reason = str(compiled.get_error()).splitlines()[0]
            raise ModelError(f"{constraint.kind} constraint {constraint.text[:80]!r} cannot be kept to: {reason}")
        return compiled


class Matcher:
    """How far an answer has come in its grammar. Not to be shared between threads.

    Args:
        matcher: llguidance's.
        vocabulary: of the model.
        landing: for JSON, the single-byte tokens in the order of how soon they end things, in a string and outside.
    """

    def __init__(self, matcher: Any, vocabulary: Vocabulary, landing: tuple[list[int], list[int]] | None) -> None:
        self._matcher = matcher
        self._vocabulary = vocabulary
        self._landing = landing
        self._in_string = False
        self._escaped = False

    @property
    def finished(self) -> bool:
        """Nothing may follow."""
        return bool(self._matcher.is_stopped())

    @property
    def accepting(self) -> bool:
        """What is written so far is in the language."""
        return bool(self._matcher.is_accepting())

    @property
    def can_land(self) -> bool:
        """It is known how to bring the answer to an end."""
        return self._landing is not None

    def allowed(self) -> Allowed:
        """Which tokens may come next, shape (V,); `<|end|>` is among them where the answer may end."""
        bits = np.frombuffer(self._matcher.compute_bitmask(), np.uint8)
        return np.unpackbits(bits, count=self._vocabulary.size, bitorder="little").astype(np.bool_)

    def forced(self) -> list[int]:
        """The tokens that must come next, when the grammar leaves no choice."""
        tokens: list[int] = self._matcher.compute_ff_tokens()
        return tokens

    def accept(self, token: int) -> None:
        """Go on with a token that is allowed.

        Raises:
            ModelError: it is not.
        """
        if token == self._vocabulary.end and self.accepting:
            return
        if not self._matcher.consume_token(token):
            raise ModelError(f"the grammar cannot go on with token {token}: {self._matcher.get_error()[:200]}")
        for byte in self._vocabulary.bytes_of[token]:
            self._track(byte)

    def copy(self) -> Matcher:
        """A matcher of the same state that goes its own way."""
        twin = Matcher(self._matcher.deep_copy(), self._vocabulary, self._landing)
        twin._in_string, twin._escaped = self._in_string, self._escaped
        return twin

    def landing_token(self) -> int:
        """The next token on the short way to the end of the answer."""
        if self._landing is None or self.accepting:
            return self._vocabulary.end
        allowed = self.allowed()
        order = self._landing[0] if self._in_string else self._landing[1]
        return next((token for token in order if allowed[token]), int(allowed.argmax()))

    def landing(self, most: int) -> int:
        """How many tokens the short way to the end takes; `most` + 1 when it takes more than `most`."""
        twin = self.copy()
        count = 0
        while count <= most and not (twin.accepting or twin.finished):
            tokens = twin.forced() or [twin.landing_token()]
            for token in tokens:
                twin.accept(token)
            count += len(tokens)
        return min(count, most + 1)

    def _track(self, byte: int) -> None:
        """Follow whether the text is inside a JSON string."""
        if self._escaped:
            self._escaped = False
        elif self._in_string and byte == ord("\\"):
            self._escaped = True
        elif byte == ord('"'):
            self._in_string = not self._in_string


def _ordered(single: Mapping[int, int], first: bytes) -> list[int]:
    """Tokens of one byte, those of `first` in its order and then the rest."""
    return [single[byte] for byte in dict.fromkeys([*first, *range(256)]) if byte in single]
