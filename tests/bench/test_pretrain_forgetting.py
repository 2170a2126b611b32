import json
import lzma
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")

from shopwright.bench.pretrain_forgetting import (
    DOMAIN,
    GENERAL,
    MEASURE,
    OTHERS,
    Scale,
    forgetting_set,
    measure,
    pack,
)
from shopwright.train.corpus.shards import PackedCorpus

SHAPE = {"layers": 1, "width": 32, "heads": 2, "kv_heads": 1, "head_size": 16, "ffn": 48, "context": 64}
SCALE = Scale(20_000, 20_000, 8_192, 8_192, 512, vocabulary=300, shape=SHAPE)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for file in (*(f"general/{name}" for name in GENERAL.values()), f"domain/{DOMAIN}"):
        path = folder / f"corpus/{file}.jsonl.xz"
        path.parent.mkdir(parents=True, exist_ok=True)
        word = "invoice ledger" if "domain" in file else "the old house"
        with lzma.open(path, "wt") as lines:
            lines.writelines(json.dumps({"text": f"{word} {number} " * 20}) + "\n" for number in range(60))
    (folder / f"corpus/general/{MEASURE}").write_text("the house was old and the ledger new. " * 200)
    return folder


def test_what_is_measured_is_never_trained_on(data: Path, tmp_path: Path) -> None:
    corpus = PackedCorpus(pack(data, tmp_path / "corpus", SCALE), verify=True)
    assert "wikitext" not in corpus.sources("train")
    assert set(corpus.sources("valid")) == {"wikitext", "guides"}


def test_it_yields_both_figures_over_the_seeds_and_for_other_ways(data: Path, tmp_path: Path) -> None:
    wise = [way for way in OTHERS if way.name == "wise_ft"]
    rows = {row.metric: row for row in measure(data, tmp_path, seeds=(1, 2), ways=wise, scale=SCALE)}
    assert rows["domain_ppl_ratio:no_replay"].value == 1.0
    assert rows["general_ppl_change"].n == rows["domain_ppl_ratio"].n == 2
    assert {"general_ppl_change:seed2", "general_ppl_change:wise_ft", "domain_ppl_ratio:wise_ft"} <= set(rows)


def test_the_set_names_the_files_that_it_needs(tmp_path: Path) -> None:
    assert len(forgetting_set().missing(tmp_path)) == len(GENERAL) + 2
