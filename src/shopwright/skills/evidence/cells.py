"""Cells of semi-structured data as a person reads them: `age_range: { value:"little kid" }` is "age range: little kid".

Only the form that product data comes in is read: a name, then braces with values in them. Values that are given a
second time in another unit or spelling (`normalized_value`, `standardized_values`) are left out, a number comes before
its unit. Anything else, and what is too long for a cell, is text already and is left as it is, with its spaces tidied.
"""

from __future__ import annotations

import re

_LONGEST = 4_000
"""Characters of a cell; the patterns below expect single spaces, and take a time that grows with the square."""
_CELL = re.compile(r"([A-Za-z][\w .-]{0,60}): ?(\{.*)")
_AGAIN = re.compile(r" ?\bnormalized_value ?: ?\{[^}]*\} ?,?| ?\bstandardized_values ?: ?\[[^\]]*\] ?,?")
_MEASURE = re.compile(r"\bunit ?: ?([\w. ]+?) ?, ?value ?: ?([\d.+-]+)")
_KEY = re.compile(r"\b(?:value|type|language_tag|unit) ?: ?")
_NAME = re.compile(r"\b([a-z]\w*) ?: ?(?=[\d\[{])")
_MARKS = re.compile(r"[{}\[\]\"']")
_YES_NO = {"true": "yes", "false": "no"}


def cell_text(text: str) -> str:
    """A cell in words; text that is no cell is given back with its spaces tidied."""
    tidy = " ".join(text.split())
    cell = _CELL.fullmatch(tidy) if len(tidy) <= _LONGEST else None
    if cell is None:
        return tidy
    values = [_value(part) for part in re.split(r"\} ?; ?\{", cell[2])]
    told = "; ".join(dict.fromkeys(value for value in values if value))
    return f"{cell[1].replace('_', ' ').strip()}: {told}" if told else tidy


def _value(part: str) -> str:
    """What stands between one pair of braces."""
    words = _KEY.sub("", _MEASURE.sub(r"\2 \1", _AGAIN.sub("", part)))
    words = " ".join(_MARKS.sub(" ", _NAME.sub(r"\1 ", words)).replace("_", " ").split())
    words = words.replace(" ,", ",").strip(" ,")
    return _YES_NO.get(words.lower(), words)
