import json

import numpy as np
import pytest

from shopwright.errors import CorpusError
from shopwright.train.corpus.shards import Manifest, PackedCorpus, ShardWriter, SourceInfo, sha256, token_type


@pytest.fixture(params=[100, 70_000])
def folder(request, tmp_path):
    """A corpus of three documents in two shards, of narrow and of wide tokens, that end in the last id."""
    (tmp_path / "tokenizer.json").write_text("{}")
    writer = ShardWriter(tmp_path, "guides", "train", request.param, tokens_per_shard=6)
    end = request.param - 1
    for ids in ([5, 6, end], [7, 8, 9, end], [end]):
        writer.add(ids, 3)
    manifest = Manifest(request.param, sha256(b"{}"), {"guides": SourceInfo("domain")}, writer.close(), end=end)
    manifest.write(tmp_path)
    return tmp_path


def test_documents_come_back(folder):
    corpus = PackedCorpus(folder, verify=True)
    end = corpus.manifest.end
    assert end == corpus.manifest.vocabulary - 1
    assert [ids.tolist() for ids in corpus.documents("guides")] == [[5, 6, end], [7, 8, 9, end], [end]]
    assert corpus.count("guides") == (8, 9)
    assert len(corpus.tokens("guides")) == 2
    assert corpus.sources("valid") == []


def test_tokens_are_as_wide_as_the_vocabulary_needs():
    assert token_type(65_536) is np.uint16
    assert token_type(65_537) is np.uint32


def test_a_manifest_without_an_end_token_means_our_own(folder):
    path = folder / "corpus.json"
    record = json.loads(path.read_text())
    del record["end"], record["end_token"]
    path.write_text(json.dumps(record))
    assert (Manifest.read(folder).end, Manifest.read(folder).end_token) == (0, "<|end|>")


def test_what_is_damaged_is_named(folder):
    shard = folder / "train/guides-00001.bin"
    whole = shard.read_bytes()
    shard.write_bytes(whole[:-1])
    with pytest.raises(CorpusError, match=r"guides-00001\.bin has"):
        PackedCorpus(folder)
    shard.write_bytes(bytes(len(whole)))
    PackedCorpus(folder)
    with pytest.raises(CorpusError, match="is damaged"):
        PackedCorpus(folder, verify=True)
    shard.write_bytes(whole)
    ends = shard.with_suffix(".idx")
    ends.write_bytes(ends.read_bytes()[:-8])
    with pytest.raises(CorpusError, match=r"guides-00001\.idx has"):
        PackedCorpus(folder)
    shard.unlink()
    with pytest.raises(CorpusError, match="is missing"):
        PackedCorpus(folder)
    (folder / "tokenizer.json").write_text("{ }")
    with pytest.raises(CorpusError, match="not the tokenizer"):
        PackedCorpus(folder)
    (folder / "corpus.json").write_text("{}")
    with pytest.raises(CorpusError, match="no manifest"):
        PackedCorpus(folder)
    (folder / "corpus.json").unlink()
    with pytest.raises(CorpusError, match="train corpus"):
        PackedCorpus(folder)
