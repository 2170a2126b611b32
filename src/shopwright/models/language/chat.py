"""Messages to tokens.

The template, control tokens in angle brackets and nothing else between the parts:

    <|end|><|system|>Be brief.<|end|><|user|>Which tent is light?<|end|><|assistant|>

The first `<|end|>` closes whatever came before, as between the documents of the corpus. Each message is its role's
token, its text and `<|end|>`; the open `<|assistant|>` at the end asks for the answer, which the model closes with
`<|end|>`. Texts cannot write control tokens (see `vocabulary`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shopwright.errors import ModelError
from shopwright.models.language.vocabulary import Vocabulary
from shopwright.models.protocols import Message

_ROLES = {
    "system": "<|system|>",
    "developer": "<|system|>",
    "user": "<|user|>",
    "assistant": "<|assistant|>",
    "tool": "<|tool|>",
}


def chat_tokens(messages: Sequence[Message], vocabulary: Vocabulary, room: int) -> list[int]:
    """The prompt of a conversation, at most `room` tokens long.

    What does not fit is left out, oldest first: whole messages, but never a system message and never the last message.

    Raises:
        ModelError: no messages, a role or a content that is not known, or what must stay does not fit.
    """
    if not messages:
        raise ModelError("no messages: at least one is needed")
    parts = [_message_tokens(message, vocabulary) for message in messages]
    opening, closing = [vocabulary.end], [_control("assistant", vocabulary)]
    left = room - len(opening) - len(closing)
    movable = [place for place, message in enumerate(messages[:-1]) if _ROLES[message["role"]] != "<|system|>"]
    dropped: set[int] = set()
    while sum(len(part) for place, part in enumerate(parts) if place not in dropped) > left:
        if not movable:
            needed = sum(len(part) for place, part in enumerate(parts) if place not in dropped)
            raise ModelError(f"the last message and the instructions are {needed} tokens, room is for {left}: shorten")
        dropped.add(movable.pop(0))
    kept = [token for place, part in enumerate(parts) if place not in dropped for token in part]
    return [*opening, *kept, *closing]


def _message_tokens(message: Message, vocabulary: Vocabulary) -> list[int]:
    return [
        _control(str(message.get("role")), vocabulary),
        *vocabulary.encode(_text(message.get("content"))),
        vocabulary.end,
    ]


def _control(role: str, vocabulary: Vocabulary) -> int:
    if role not in _ROLES:
        raise ModelError(f"role {role!r}: must be one of {', '.join(_ROLES)}")
    if _ROLES[role] not in vocabulary.control:
        raise ModelError(f"the model has no control token {_ROLES[role]}: it was not made for conversations")
    return vocabulary.control[_ROLES[role]]


def _text(content: Any) -> str:
    """The text of a content: a string, or a list of parts of type text."""
    if isinstance(content, str):
        return content
    if isinstance(content, Sequence) and all(isinstance(part, dict) and part.get("type") == "text" for part in content):
        return "".join(str(part["text"]) for part in content)
    raise ModelError(f"content {str(content)[:60]!r}: must be a string or a list of parts of type 'text'")
