"""Small documents and sets in the forms that are read; of the tiny body's words where a training reads them."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import orjson

COLOURS = ("red", "blue", "green", "small", "big", "light", "warm")
KINDS = ("tent", "stove", "mug", "kettle", "pan", "coat", "hat")


def row(place: int = 0) -> dict[str, Any]:
    """A document as a line of a file holds it."""
    colour, kind = COLOURS[place % 7], KINDS[place // 7 % 7]
    other = KINDS[(place // 7 + 1) % 7]
    return {
        "id": f"made-{place:03}",
        "kind": "product",
        "title": f"{colour} {kind}",
        "sentences": [
            f"The {kind} is {colour}.",
            f"It weighs {place + 2} kg with its steel pan.",
            "Two cups of tea fit into it.",
            f"It is made of glass in Leeds for {other} owners.",
        ],
        "questions": [
            {"question": f"which colour is the {kind}", "answer": colour, "sentence": 0},
            {"question": "how heavy is it", "answer": f"{place + 2} kg", "sentence": 1},
            {"question": "who drew it", "answer": None, "sentence": None},
        ],
        "claims": [
            {"claim": f"The {kind} is {colour} and is made in Leeds.", "label": "supported", "wrong": [], "because": [0, 3]},
            {"claim": f"It weighs {place + 2} kg.", "label": "supported", "wrong": [], "because": [1]},
            {"claim": f"It weighs {place + 2} kg and is made in York.", "label": "partially", "wrong": ["York"], "because": [1, 3]},
            {"claim": "Two cups of tea do not fit into it.", "label": "refuted", "wrong": ["do not fit"], "because": [2]},
            {"claim": f"The {kind} floats.", "label": "unsupported", "wrong": ["floats"], "because": []},
        ],
    }  # fmt: skip


def write_lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    """JSON lines, gzipped where the name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = b"\n".join(map(orjson.dumps, rows)) + b"\n"
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


PAGE = [
    "Steel mugs.",
    "The mug holds two cups of tea.",
    "It was made in Leeds in 1998 by Ann Holt.",
    "Hats are sold too.",
]


def write_sets(folder: Path) -> Path:
    """Every set with a few rows; returns the folder of data."""
    place = folder / "evidence"
    candidates = [('colour: { value:"red" }', 2), ("A fine mug, I like it.", 1), ("The shop opens at nine.", 0)]
    for name in ("epqa", "semipqa"):
        write_lines(
            place / f"{name}.jsonl.gz",
            [
                {"question": f"which colour is mug {turn}", "candidate": text, "label": str(label if name == "epqa" else label // 2), "answer": "It is a red mug indeed." if label == 2 else ""}
                for turn in range(4)
                for text, label in candidates
            ],
        )  # fmt: skip
    for part in ("train", "dev"):
        write_lines(
            place / f"hetpqa_answers_{part}.jsonl.gz",
            [
                {"question": f"{asked} {part}", "candidate": text, "ASIN": "M1", "answer": answer}
                for asked, text, answer in [
                    ("how big", "size: { unit:litres, value:0.4 }", "It holds 0.4 litres of tea."),
                    ("is it warm", "keeps_warm: { value:true }", "Yes."),
                    ("which colour", 'colour: { value:"red" }', "The mug is red all over."),
                ]
            ],
        )
    write_lines(
        place / "stance.jsonl.gz",
        [
            {"claim": f"Mug {turn} is red.", "evidence": "The mug is red.", "stance": stance}
            for turn, stance in enumerate(("completely-support", "partially-support", "refute", "irrelevant") * 3)
        ],
    )
    write_lines(
        place / "wice" / "claims.jsonl",
        [
            {"claim": f"The mug {turn} holds two cups and was made in 1998.", "evidence": PAGE, "label": label, "supporting_sentences": [[1, 2]]}
            for turn, label in enumerate(("supported", "partially_supported", "not_supported") * 12)
        ],
    )  # fmt: skip
    write_lines(
        place / "wice" / "unsupported_tokens.jsonl",
        [
            {"claim": "The mug holds nine cups.", "evidence": PAGE, "supporting_sentences": [[1]], "claim_tokens": ["The", "mug", "holds", "nine", "cups", "."], "non_supported_spans": [False, False, False, True, False, False]}
        ],
    )  # fmt: skip
    squad = []
    for turn, town in enumerate(("Leeds", "York", "Oslo", "Lyon", "Bonn", "Turin", "Gent", "Riga", "Bern", "Graz")):
        mug, kettle = f"Mug {turn} was made in {town} by hand.", f"Kettle {turn} is of steel."
        squad += [
            {"title": "Mugs", "context": kettle, "question": f"Who made kettle {turn}?", "answers": []},
            {"title": "Mugs", "context": mug, "question": f"Where was mug {turn} made?", "answers": [town]},
        ]
    write_lines(place / "squad2.jsonl.gz", [{**each, "answerable": bool(each["answers"])} for each in squad])
    return folder
