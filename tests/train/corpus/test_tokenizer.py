import pytest

from shopwright.errors import ConfigError, CorpusError
from shopwright.train.corpus.tokenizer import (
    SPECIAL,
    UNITS,
    bytes_per_token,
    encode,
    end_of,
    load_tokenizer,
    pieces,
    train_tokenizer,
)


@pytest.fixture(scope="module")
def tokenizer():
    texts = [f"the product number {number} costs {number * 7} euros and weighs {number}kg\n" for number in range(900)]
    return train_tokenizer(texts, 1000)


def test_text_comes_back_byte_for_byte(tokenizer):
    texts = ["Größe 42½ – 12.5cm 😀\r\n\tnaïve", "", "  two  spaces ", "<|end|> in a text"]
    for text, ids in zip(texts, encode(tokenizer, texts), strict=True):
        assert ids[-1] == 0
        assert 0 not in ids[:-1]
        assert tokenizer.decode(ids[:-1], skip_special_tokens=False) == text


def test_special_tokens_come_first_and_number_sixteen(tokenizer):
    assert [tokenizer.token_to_id(token) for token in SPECIAL] == list(range(16))


def test_units_are_one_token_with_and_without_space(tokenizer):
    split = [unit for unit in UNITS for form in (unit, f" {unit}") if len(tokenizer.encode(form).ids) != 1]
    assert split == []


def test_numbers_and_units_never_stick_together(tokenizer):
    assert tokenizer.encode("12345cm").tokens[-1] == "cm"
    assert max(len(token) for token in tokenizer.encode("1234567").tokens) <= 3


def test_bytes_per_token(tokenizer):
    assert bytes_per_token(tokenizer, ["the product number"]) > 3
    assert bytes_per_token(tokenizer, []) != bytes_per_token(tokenizer, [])


def test_wrong_sizes_and_files_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="vocabulary 300"):
        train_tokenizer(["text"], 300)
    with pytest.raises(CorpusError, match="different pieces"):
        train_tokenizer(["text"], 8192)
    with pytest.raises(CorpusError, match="no such tokenizer"):
        load_tokenizer(tmp_path / "tokenizer.json")
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(CorpusError, match="is no tokenizer"):
        load_tokenizer(tmp_path / "tokenizer.json")


def added(*tokens):
    from tokenizers import AddedToken, Tokenizer, models

    tokenizer = Tokenizer(models.BPE(vocab={"a": 0, "</s>": 1}, merges=[]))
    tokenizer.add_tokens([AddedToken(name, special=special, normalized=False) for name, special in tokens])
    return tokenizer


def test_the_token_that_ends_documents_is_looked_up(tokenizer):
    assert end_of(tokenizer) == (0, "<|end|>")
    assert end_of(added(("<|im_end|>", True), ("<|endoftext|>", True))) == (3, "<|endoftext|>")
    assert end_of(added(("<|im_end|>", True), ("<|endoftext|>", True)), "<|im_end|>") == (2, "<|im_end|>")
    assert end_of(added(("</s>", True))) == (1, "</s>")


def test_a_tokenizer_without_an_end_is_refused():
    with pytest.raises(CorpusError, match=r"--end-token none of <\|end\|>, .* are <stop>; name the one"):
        end_of(added(("<stop>", True)))
    with pytest.raises(CorpusError, match=r"--end-token '</s>'"):
        end_of(added(("</s>", False)), "</s>")  # a text could write it


def test_ids_are_counted_up_to_the_last(tokenizer):
    assert pieces(tokenizer) == 1000
    assert pieces(added(("<|im_end|>", True))) == 3
