"""The model under training is asked as the engine that ships asks it, and any tokenizer will do."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")

from shopwright.errors import ModelError
from shopwright.models.language.chat import chat_tokens
from shopwright.models.language.vocabulary import Vocabulary
from shopwright.train.facts.speaker import ANSWER_TOKENS, WINDOW, Speaker
from train.rewrite.tiny_decoder import write_tiny_decoder

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_decoder(tmp_path_factory.mktemp("tiny") / "base")


@pytest.fixture(scope="module")
def speaker(folder: Path) -> Speaker:
    return Speaker(folder)


def test_a_question_is_a_turn_of_conversation(folder: Path, speaker: Speaker) -> None:
    from tokenizers import Tokenizer

    vocabulary = Vocabulary(Tokenizer.from_file(str(folder / "tokenizer.json")), 320)
    row = speaker.asked("is it <|end|> light?", "2 kg.")
    assert row.ids[: row.start] == chat_tokens([{"role": "user", "content": "is it <|end|> light?"}], vocabulary, 200)
    assert row.ids[row.start :] == [*vocabulary.encode("2 kg."), vocabulary.end]
    assert speaker.ours


def test_only_what_is_learned_counts(speaker: Speaker) -> None:
    rows = [speaker.asked("warm boots?", "green"), speaker.told("a warm light tent of size 12.5")]
    with torch.no_grad():
        sums, counts = speaker.logprobs(rows)
        alone = torch.cat([speaker.logprobs([row])[0] for row in rows])
        whole = torch.log_softmax(speaker.model(torch.tensor([rows[0].ids])).logits[0], -1)
    assert counts.tolist() == [len(row.ids) - row.start for row in rows]
    assert torch.allclose(sums, alone, atol=1e-4)
    places = range(rows[0].start - 1, len(rows[0].ids) - 1)
    assert float(sums[0]) == pytest.approx(sum(float(whole[at, rows[0].ids[at + 1]]) for at in places), abs=1e-3)


def test_answers_do_not_depend_on_their_company(speaker: Speaker) -> None:
    asked = ["warm boots?", "is the tent light?", "size", "warm shoes?"]
    together = speaker.answers(asked)
    for question, found in zip(asked, together, strict=True):
        (alone,) = speaker.answers([question])
        assert alone.text == found.text
        assert alone.mean == pytest.approx(found.mean, abs=1e-4)
        assert max(found.first, found.mean) <= 0
    assert speaker.answers([]) == []


def test_the_signs_are_the_log_probabilities_of_the_answer(speaker: Speaker) -> None:
    (found,) = speaker.answers(["warm boots?"])
    row = speaker.asked("warm boots?", found.text)
    if len(row.ids) - row.start <= ANSWER_TOKENS:
        with torch.no_grad():
            sums, counts = speaker.logprobs([row])
        assert float(sums / counts) == pytest.approx(found.mean, abs=0.5)


def test_texts_are_cut_into_windows_and_measured(speaker: Speaker) -> None:
    rows = speaker.windows(["warm light tent " * 60, "x"])
    assert len(rows) > 1
    assert max(len(row.ids) for row in rows) <= WINDOW + 1
    assert 1 < speaker.perplexity(rows) < 1e6
    assert speaker.perplexity([]) != speaker.perplexity([])


def test_samples_are_drawn_by_their_seed(speaker: Speaker) -> None:
    assert len(speaker.samples(3, 1)) == 3
    assert speaker.samples(2, 1) == speaker.samples(2, 1) != speaker.samples(2, 2)


def test_another_tokenizer_is_asked_in_plain_text(folder: Path, tmp_path: Path) -> None:
    other = write_tiny_decoder(tmp_path / "other")
    text = (other / "tokenizer.json").read_text()
    for ours, theirs in (("<|end|>", "</s>"), ("<|user|>", "<|u|>"), ("<|assistant|>", "<|a|>")):
        text = text.replace(ours, theirs)
    (other / "tokenizer.json").write_text(text)
    speaker = Speaker(other)
    row = speaker.asked("warm?", "red")
    assert not speaker.ours
    assert speaker._tokenizer.decode(row.ids[1:]) == "Question: warm?\nAnswer: red"
    speaker.save(tmp_path / "saved")
    assert Speaker(tmp_path / "saved").answers(["warm?"]) == speaker.answers(["warm?"])


def test_what_is_no_checkpoint_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"has no tokenizer\.json"):
        Speaker(tmp_path)
    endless = write_tiny_decoder(tmp_path / "endless")
    path = endless / "tokenizer.json"
    path.write_text(path.read_text().replace("<|end|>", "<|zz|>"))
    with pytest.raises(ModelError, match="no token that ends a text"):
        Speaker(endless)
