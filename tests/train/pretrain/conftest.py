from collections.abc import Iterator
from pathlib import Path

import pytest

from train.pretrain.tiny_corpus import tiny, write_corpus


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(tmp_path_factory.mktemp("packed"))


@pytest.fixture(scope="session")
def base(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained tiny model to go on from."""
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from shopwright.train.pretrain.loop import pretrain

    out = tmp_path_factory.mktemp("base")
    pretrain(tiny(corpus, out, steps=8, rate=1e-2))
    return out


@pytest.fixture(scope="session", autouse=True)
def _no_measuring() -> Iterator[None]:
    """Trainings of a few steps do not first measure the machine, which takes longer than they do."""
    try:
        from shopwright.train.pretrain import machine
    except ImportError:
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(machine, "matrix_rate", lambda *_: 1e9)
        yield
