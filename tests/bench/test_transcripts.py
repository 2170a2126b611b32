from __future__ import annotations

from shopwright.bench.assistant import play
from shopwright.bench.catalogue import Catalogue
from shopwright.bench.conversations import Conversation, Line, read_check
from shopwright.bench.talkers import Reply
from shopwright.bench.transcripts import failed, transcript
from shopwright.types import Answer, Card, Sentence, Table


class Liar:
    def reply(self, _message: str, _session: str | None) -> Reply:
        table = Table(("Lark", "Wok"), ("lark", "wok"), (("Weight", ("1.9 kg", None)),))
        return Reply("s", Answer((Sentence("It weighs 1.2 kg."),), (Card("wok", "Wok", "€79.00"),), table))


def test_a_transcript_shows_what_failed(catalogue: Catalogue) -> None:
    shows = read_check({"type": "shows_only", "where": [["category", "=", "Tents"]]}, "here")
    extreme = read_check({"type": "extreme", "of": "price", "end": "max"}, "here")
    lines = (Line("a tent", (shows, read_check({"type": "says", "any": ["1.2 kg"]}, "here"), extreme)),)
    journey = play(Conversation("facts-1", "facts", lines, "facts.jsonl:1"), Liar(), catalogue)
    assert failed(journey)
    text = transcript(journey)
    assert "facts-1 (facts.jsonl:1)" in text
    assert "shopper: a tent" in text
    assert "cards: wok €79.00" in text
    assert "FAILED shows_only category = Tents" in text
    assert "FAILED extreme of=price, end=max" in text
    assert "FAILED says" not in text
    assert "WRONG NUMBER “It weighs 1.2 kg.”: 1.2" in text


def test_a_good_conversation_is_no_failure(catalogue: Catalogue) -> None:
    check = read_check({"type": "shows", "any": ["wok"]}, "here")

    class Cook:
        def reply(self, _message: str, _session: str | None) -> Reply:
            return Reply("s", Answer(cards=(Card("wok", "Brigade wok", "€79.00"),)))

    journey = play(Conversation("facts-1", "facts", (Line("a wok", (check,)),)), Cook(), catalogue)
    assert not failed(journey)
