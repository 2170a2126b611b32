import pytest

from shopwright.bench.pretrain_gpu import gpu_set, notes
from shopwright.bench.task import Options


def test_without_a_gpu_it_says_so_and_measures_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shopwright.bench.pretrain_gpu._there_is_a_gpu", lambda: False)
    assert list(gpu_set().run(Options())) == []
    assert "no CUDA device" in notes()[0]
