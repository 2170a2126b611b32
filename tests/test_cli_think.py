"""`shopwright train reason | plan`: what is printed, what is written and where, and what is refused."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from common_sense import graph_of
from shopwright import cli, cli_think
from shopwright.errors import ConfigError, MissingExtraError, ModelError, ShopwrightError
from shopwright.knowledge.conceptnet import SOURCE
from shopwright.knowledge.critic import FEATURES, RELATIONS, Critic
from shopwright.knowledge.graph import Graph, own_files, read_edges
from shopwright.models import embedded, endpoint
from shopwright.models.scripted import HashingEncoder, ScriptedModel
from shopwright.skills.reason.neighbours import Situations

MODEL = "http://localhost:1/v1#small"
TRAINS = all(map(find_spec, ("torch", "transformers", "onnx")))
EDGE = {"head": "activity:tea tasting", "relation": "uses", "tail": "product:tasting spoon", "confidence": 0.8}


@pytest.fixture(autouse=True)
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wide console, a graph of a few edges beside the shop's own, no model file, and a critic that believes all."""
    folder = tmp_path / "graph"
    folder.mkdir()
    packaged = graph_of(folder).edges

    def joined(files: list[Path] | tuple[Path, ...] = ()) -> Graph:
        return Graph([*packaged, *(edge for file in files for edge in read_edges(file))])

    places = len(FEATURES) + len(RELATIONS)
    critic = Critic((0.0,) * places, 2.0, (0.0,) * places, (1.0,) * places)
    monkeypatch.setattr(cli_think.console, "width", 300)
    monkeypatch.setattr(Graph, "packaged", joined)
    monkeypatch.setattr(Critic, "packaged", lambda: critic)
    monkeypatch.setattr(embedded, "EmbeddedEncoder", lambda *_: HashingEncoder(64))


def run(*words: object) -> Result:
    return CliRunner().invoke(cli.app, ["train", *map(str, words)])


def done(*words: object) -> str:
    result = run(*words)
    assert result.exit_code == 0, f"{result.output}{result.exception!r}"
    return result.output


def refused(*words: object) -> str:
    error = run(*words).exception
    assert isinstance(error, ShopwrightError), error
    return str(error)


def answers(monkeypatch: pytest.MonkeyPatch, *scripted: str | Exception) -> ScriptedModel:
    model = ScriptedModel(scripted)
    monkeypatch.setattr(endpoint, "EndpointModel", lambda _: model)
    return model


def says(*edges: dict[str, object]) -> str:
    return json.dumps({"edges": edges})


class TestGrow:
    def test_what_an_endpoint_proposes_waits_for_a_person(
        self, own_home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        brand = {**EDGE, "tail": "product:tasting"}
        model = answers(monkeypatch, says(EDGE, {**EDGE, "relation": "sells"}, brand), says(EDGE))
        told = done("reason", "--model", MODEL, "--home", own_home, "--count", 2)
        assert len(model.calls) == 2
        assert "1 refused: no sound relation between such nodes" in told
        waits = own_home / "knowledge" / "proposed" / "edges.tsv"
        assert f"wait in {waits}: delete what is wrong, then run it again with --accept." in told
        assert own_files(own_home) == []
        assert "product:tasting spoon" in waits.read_text()
        again = refused("reason", "--model", MODEL, "--home", own_home, "--count", 1)
        assert "waits to be read: accept it with --accept, or delete it" in again

        lines = [line for line in waits.read_text().splitlines() if "product:tasting\t" not in line]
        waits.write_text("\n".join(lines) + "\n")
        assert "1 edges are taken into the shop's graph" in done("reason", "--accept", "--home", own_home)
        assert [edge.tail for edge in read_edges(own_files(own_home)[0])] == ["product:tasting spoon"]
        assert not waits.exists()

    def test_edges_that_are_known_do_not_stand(self, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        known = {"head": "activity:camping", "relation": "uses", "tail": "product:tent", "confidence": 1.0}
        answers(monkeypatch, says(known))
        told = done("reason", "--model", MODEL, "--home", own_home, "--count", 1)
        assert "1 refused: known already" in told
        assert "1 edges were proposed, none of them stood." in told
        assert not (own_home / "knowledge" / "proposed").exists()

    def test_a_lost_endpoint_is_said(self, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        answers(monkeypatch, ModelError("http://localhost:1/v1: ConnectError"))
        assert "ConnectError" in refused("reason", "--model", MODEL, "--home", own_home)
        assert not (own_home / "knowledge").exists()

    def test_an_empty_shop_has_nothing_to_ask_about(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        model = answers(monkeypatch, says(EDGE))
        told = refused("reason", "--model", MODEL, "--home", tmp_path / "empty")
        assert "has no products: ingest a feed first" in told
        assert model.calls == []

    def test_an_address_that_is_none(self, own_home: Path) -> None:
        assert "nonsense" in refused("reason", "--model", "nonsense", "--home", own_home)


class TestConceptNet:
    def test_a_file_of_triples_is_joined_and_the_next_shop_reads_it(self, tmp_path: Path) -> None:
        triples, home = tmp_path / "triples.tsv", tmp_path / "home"
        triples.write_text("UsedFor\ttent\tcamping in wood\nUsedFor\twine glass\tkill person\nIsA\ttent\tshelter\n")
        told = done("reason", "--conceptnet", triples, "--home", home)
        target = home / "knowledge" / "conceptnet.tsv"
        assert f"1 triples are worth joining; written to {target}. Delete the file to leave them out." in told
        (edge,) = read_edges(target)
        assert (edge.head, edge.tail, edge.source) == ("activity:camping in wood", "product:tent", SOURCE)
        assert own_files(home) == [target]
        assert "0 triples are worth joining" in done("reason", "--conceptnet", triples, "--home", home)

    def test_a_file_that_is_none_is_named(self, tmp_path: Path) -> None:
        missing = refused("reason", "--conceptnet", tmp_path / "none.tsv", "--home", tmp_path)
        assert "none.tsv" in missing
        assert "relation, head and tail with tabs" in missing
        damaged = tmp_path / "damaged.tsv"
        damaged.write_text("UsedFor tent camping\n")
        assert "damaged.tsv line 1" in refused("reason", "--conceptnet", damaged, "--home", tmp_path)
        assert own_files(tmp_path) == []


class TestNames:
    def test_the_names_of_the_graph_are_encoded_into_a_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        nothing = np.zeros((0, 64), np.float32)
        none = Situations((), nothing, nothing, np.zeros(0, np.int64), "none")
        monkeypatch.setattr(Situations, "packaged", lambda: none)
        edges = "activity:camping\tuses\tproduct:tent\t.95\tcommon knowledge\n"
        monkeypatch.setattr(Graph, "packaged", lambda *_: graph_of(tmp_path, edges))
        file = tmp_path / "new" / "names.npz"
        assert f"2 names encoded into {file}." in done("reason", "--names", file, "--home", tmp_path)
        with np.load(file) as stored:
            assert stored["vectors"].shape == (2, 64)
            assert str(stored["fingerprint"]) == HashingEncoder(64).fingerprint

    def test_a_name_without_the_ending_is_refused(self, tmp_path: Path) -> None:
        assert "must end in .npz" in refused("reason", "--names", tmp_path / "names", "--home", tmp_path)


class TestCritic:
    def test_its_figures_are_told_and_it_is_written_where_it_is_wanted(self, tmp_path: Path) -> None:
        out = tmp_path / "out"
        out.mkdir()
        told = done("reason", "--critic", "--out", out, "--home", tmp_path, "--seed", 1)
        assert "On edges that it was not fitted on: auroc " in told
        assert "ece " in told
        assert "critic.json" in told
        assert len(Critic.read(out / "critic.json").weights) == len(FEATURES) + len(RELATIONS)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "none: give one of --model, --conceptnet, --critic, --ranking, --names and --accept"),
        (("--accept", "--critic"), "--critic and --accept: give one of"),
        (("--accept", "--count", "0"), "--count 0"),
        (("--accept", "--least", "1.5"), "--least 1.5: 1 or more, and 0 to 1"),
        (("--accept",), "nothing to accept; run shopwright train reason --model URL#NAME first"),
    ],
)
def test_flags_that_contradict_or_lead_nowhere(words: tuple[str, ...], says: str, tmp_path: Path) -> None:
    error = run("reason", *words, "--home", tmp_path).exception
    assert isinstance(error, ConfigError)
    assert says in str(error)


def test_options_come_from_a_file_too(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text("accept = true\ncount = -3\n")
    assert "--count -3" in refused("reason", "--config", file, "--home", tmp_path)
    file.write_text("accpet = true\n")
    assert "accpet" in refused("reason", "--config", file, "--home", tmp_path)


@pytest.mark.parametrize(
    ("word", "flags"),
    [
        (
            "reason",
            ("--model", "--count", "--least", "--conceptnet", "--critic", "--names", "--out", "--accept", "--seed"),
        ),
        ("plan", ("--data", "--written", "--begin", "--base", "--work", "--out", "--steps")),
    ],
)
def test_the_flags_are_told(word: str, flags: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    told = done(word, "--help")
    assert all(flag in told for flag in (*flags, "--home", "--config"))


def test_a_planner_is_not_trained_in_no_steps(tmp_path: Path) -> None:
    assert "--steps 0: must be 1 or more" in refused("plan", "--steps", 0, "--home", tmp_path)


def test_weights_to_go_on_from_that_are_not_there_are_named(tmp_path: Path) -> None:
    told = refused("plan", "--begin", tmp_path / "planner.pt", "--home", tmp_path)
    assert "planner.pt: there is no such file; name planner.pt in an earlier --work" in told


def test_a_planner_is_not_trained_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_think, "find_spec", lambda name: None if name == "torch" else find_spec(name))
    error = run("plan", "--home", tmp_path / "home").exception
    assert isinstance(error, MissingExtraError)
    assert "shopwright[train]" in str(error)
    assert not (tmp_path / "home").exists()  # refused before anything is opened


@pytest.mark.skipif(not TRAINS, reason="training needs the extra 'train'")
def test_folders_to_learn_from_that_are_not_there_are_named(tmp_path: Path) -> None:
    missing = tmp_path / "none"
    for flag in ("--data", "--written", "--base"):
        assert str(missing) in refused("plan", flag, missing, "--home", tmp_path / "home", "--steps", 1)
