from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopwright.train.corpus.normalise import normalise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CafÃ© donâ€™t", "Café don’t"),
        ("a\u200bb\ufeff c\x00d", "ab cd"),
        ("e\u0301", "é"),
        ("Tom &amp; Jerry &#8220;x&#8221; &lt;b&gt;bold&lt;/b&gt;", "Tom & Jerry “x” bold"),
        ("<p>One</p><p>Two<br>three</p>", "One\n\nTwo\nthree"),
        ("<script>x()</script>Text<!-- no -->", "Text"),
        ("a  b\u00a0c   d\r\n\r\n\r\n\r\ne", "a b c d\n\ne"),
        ("I <3 tents, 3 < 5 and 5 > 3", "I <3 tents, 3 < 5 and 5 > 3"),
        ("see ![pic](a/b.png) and [the guide](x.md)", "see and the guide"),
        ("bad \ud800 surrogate", "bad surrogate"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("", ""),
    ],
)
def test_normalise(text: str, expected: str) -> None:
    assert normalise(text) == expected


def test_hard_wrapped_lines_are_joined_and_lists_are_not() -> None:
    wrapped = "The canopy sheds rain well and a strip of mesh at the head keeps conden-\nsation bearable, and it never leaves you wet in the morning when you wake\nup early."
    assert "\n" not in normalise(wrapped)
    assert "condensation" in normalise(wrapped)
    assert normalise("- one\n- two\n    code") == "- one\n- two\n    code".replace(
        "    ", " "
    ) or "- two\n" in normalise("- one\n- two\n    code")


def test_role_tokens_stay() -> None:
    assert normalise("<|user|>Hi<|assistant|>Hello") == "<|user|>Hi<|assistant|>Hello"


@given(st.text(max_size=200))
def test_any_text_comes_out_as_utf8(text: str) -> None:
    assert normalise(text).encode("utf-8").decode("utf-8") == normalise(text)
