import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from shopwright.errors import ConfigError, CorpusError, ModelError
from shopwright.train.align.policy.generation import Answers, CachedGenerator
from shopwright.train.align.policy.judging import Judge
from shopwright.train.align.policy.loop import Training, align
from shopwright.train.align.policy.model import Policy, load_policy
from shopwright.train.align.policy.settings import AlignSettings
from shopwright.train.align.policy.token_loss import token_logprobs, token_loss
from train.align.policy.tiny_policy import assignments, likes, tiny_judge, write_tiny_policy


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_policy(tmp_path_factory.mktemp("align") / "base")


@pytest.fixture
def policy(base: Path, tmp_path: Path) -> Policy:
    return load_policy(str(base), tmp_path)


def settings(base: Path, out: Path, **options: Any) -> AlignSettings:
    usual: dict[str, Any] = {
        "base": str(base), "steps": 4, "prompts": 2, "group": 4, "longest": 6, "precision": "fp32", "rate": 1e-2,
        "save_every": 1, "conditioned": True,
    }  # fmt: skip
    return AlignSettings(out=out, **(usual | options))


def drawn(policy: Policy, group: int = 3) -> Answers:
    prompts = [one.prompt for one in assignments(3)]
    return CachedGenerator(policy, 8)(prompts, group, torch.Generator().manual_seed(1))


def plain_logprobs(policy: Policy, answers: Answers, row: int) -> Any:
    """Prompt and answer in one sequence, without a cache or padding."""
    prompts, place = answers.prompts, row // answers.group
    prompt = prompts.ids[place][prompts.mask[place].bool()]
    said = answers.ids[row][answers.mask[row].bool()]
    logits = policy.model(input_ids=torch.cat([prompt, said])[None], use_cache=False).logits[0]
    return torch.log_softmax(logits, -1)[len(prompt) - 1 : -1].gather(1, said[:, None])[:, 0]


def test_cached_generation_tells_the_probabilities_of_a_plain_forward_pass(policy: Policy) -> None:
    answers = drawn(policy)
    assert len(answers.texts) == 9
    assert len(set(answers.mask.sum(1).tolist())) > 1, (
        "rows must end at different places for this test to mean anything"
    )
    again = token_logprobs(policy, answers)
    torch.testing.assert_close(again, answers.logprobs, atol=1e-5, rtol=1e-5)
    for row in range(9):
        plain = plain_logprobs(policy, answers, row)
        torch.testing.assert_close(again[row][answers.mask[row].bool()], plain, atol=1e-5, rtol=1e-5)


def test_rows_that_have_ended_leave_the_batch_and_draw_nothing(policy: Policy) -> None:
    sizes: list[int] = []
    policy.body.register_forward_hook(lambda _, __, out: sizes.append(len(out.last_hidden_state)))
    answers = CachedGenerator(policy, 40)([one.prompt for one in assignments(4)], 8, torch.Generator().manual_seed(3))
    assert sizes[1] == 32
    assert sizes[-1] < 16
    assert bool((answers.ids[answers.mask == 0] == policy.end).all())
    torch.testing.assert_close(token_logprobs(policy, answers), answers.logprobs, atol=1e-5, rtol=1e-5)


def test_a_step_in_which_no_group_can_be_judged_changes_nothing(base: Path, tmp_path: Path) -> None:
    never = Judge("rules", lambda _, answers: np.full((len(answers), 4), np.nan), likes, most=0.98)
    training = Training(settings(base, tmp_path, kl=0.0), assignments(), never)
    before = {name: weight.clone() for name, weight in training.policy.model.named_parameters()}
    (told,) = training.take()
    assert told.record is None
    assert told.figures["left_out"] == 2
    assert told.figures["norm"] == 0
    for name, weight in training.policy.model.named_parameters():
        torch.testing.assert_close(weight, before[name], atol=1e-3, rtol=1e-3)


def test_gradients_with_a_shared_prompt_are_those_of_separate_sequences(policy: Policy) -> None:
    answers = drawn(policy)
    token_loss(policy, answers, lambda logprobs, _: (logprobs**2).sum()).backward()
    shared = {name: weight.grad.clone() for name, weight in policy.model.named_parameters()}
    policy.model.zero_grad()
    torch.stack([(plain_logprobs(policy, answers, row) ** 2).sum() for row in range(9)]).sum().backward()
    for name, weight in policy.model.named_parameters():
        torch.testing.assert_close(shared[name], weight.grad, atol=1e-3, rtol=1e-4)


def test_greedy_answers_do_not_depend_on_their_company(policy: Policy) -> None:
    prompts = [one.prompt for one in assignments(4)]
    greedy = CachedGenerator(policy, 8, temperature=0.0)
    together = greedy(prompts, 1, torch.Generator()).texts
    assert list(together) == [greedy([prompt], 1, torch.Generator()).texts[0] for prompt in prompts]


@pytest.mark.parametrize("method", ["sft", "dpo", "grpo"])
def test_an_interrupted_training_ends_as_one_that_was_not(base: Path, tmp_path: Path, method: str) -> None:
    options: dict[str, Any] = {"method": method, "kl_target": 0.01}
    if method == "grpo":
        options["floors"] = "accuracy=0.9"
    whole = align(settings(base, tmp_path / "whole", **options), assignments(), tiny_judge(), lambda _: None)
    first = align(settings(base, tmp_path / "cut", **options), assignments(), tiny_judge(), lambda _: None, most=2)
    assert (whole.finished, first.finished, first.step) == (True, False, 2)
    align(settings(base, tmp_path / "cut", **options), assignments(), tiny_judge(), lambda _: None)
    weights = [load_policy(str(tmp_path / name / "policy"), tmp_path).model.state_dict() for name in ("whole", "cut")]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    lines = [(tmp_path / name / "log.jsonl").read_text() for name in ("whole", "cut")]
    assert lines[0] == lines[1]


def test_grpo_raises_what_is_rewarded(base: Path, tmp_path: Path) -> None:
    asked = settings(base, tmp_path, steps=30, prompts=4, group=8, kl=0.0, conditioned=False)
    align(asked, assignments(), tiny_judge(), lambda _: None)
    rewards = [json.loads(line)["reward"] for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert np.mean(rewards[-5:]) > np.mean(rewards[:5]) + 0.2


def test_dpo_orders_the_pairs_it_learned(base: Path, tmp_path: Path) -> None:
    asked = settings(base, tmp_path, method="dpo", steps=12, conditioned=False, weights="coverage=3")
    align(asked, assignments(), tiny_judge(), lambda _: None)
    last = json.loads((tmp_path / "log.jsonl").read_text().splitlines()[-1])
    assert last["pairs"] > 0
    assert last["right"] == 1.0


def test_a_reward_that_fails_is_counted_and_then_stops_the_training(base: Path, tmp_path: Path) -> None:
    calls = []

    def failing(assignment: Any, answers: Any) -> Any:
        calls.append(assignment.id)
        scores = likes(assignment, answers)
        return scores * np.nan if len(calls) % 3 == 0 else scores

    some = Judge("rules", failing, likes, most=0.9)
    before = load_policy(str(base), tmp_path).model.state_dict()
    done = align(settings(base, tmp_path / "some"), assignments(), some, lambda _: None)
    assert "2 of 8 groups left out (2 not finite)" in done.notes[0]
    records = [json.loads(line) for line in (tmp_path / "some" / "log.jsonl").read_text().splitlines()]
    assert sum(record["left_out"] for record in records) == 2
    after = load_policy(str(tmp_path / "some" / "policy"), tmp_path).model.state_dict()
    assert all(torch.isfinite(after[name]).all() for name in after)
    assert any(not torch.equal(before[name], after[name]) for name in after)
    always = Judge("rules", lambda _, answers: np.full((len(answers), 4), np.nan), likes, most=0.01)
    with pytest.raises(ModelError, match="reward 'rules' failed"):
        align(settings(base, tmp_path / "always"), assignments(), always, lambda _: None)


def test_a_multiplier_rises_while_its_floor_is_missed(base: Path, tmp_path: Path) -> None:
    asked = settings(base, tmp_path, floors="depth=0.99")
    training = Training(asked, assignments(), tiny_judge())
    for _ in range(2):
        list(training.take())
    assert training.multipliers.values[3] > 0
    assert training.multipliers.values[:3].tolist() == [0, 0, 0]


def test_adapters_leave_the_base_as_it_is(base: Path, tmp_path: Path) -> None:
    pytest.importorskip("peft")
    training = Training(settings(base, tmp_path, adapter="lora", rank=2), assignments(), tiny_judge())
    list(training.take())
    names = [name for name, weight in training.policy.model.named_parameters() if weight.requires_grad]
    assert names
    assert all("lora" in name for name in names)
    align(settings(base, tmp_path, adapter="lora", rank=2, steps=2), assignments(), tiny_judge(), lambda _: None)
    assert load_policy(str(tmp_path / "policy"), tmp_path).encode(["good lamp"]).ids.shape == (1, 2)


def test_bad_settings_are_refused_by_name(base: Path, tmp_path: Path) -> None:
    for options, said in (
        ({"group": 1}, "--group 1"),
        ({"floors": "speed=1"}, "one of professionalism"),
        ({"weights": "accuracy=much"}, "OBJECTIVE=NUMBER"),
        ({"kl": 0.0, "kl_target": 0.1}, "--kl-target"),
        ({"method": "sft", "server": "http://x#y"}, "--adapter lora"),
        ({"weights": "professionalism=0,accuracy=0,coverage=0,depth=0"}, "all are 0"),
        ({"floors": "accuracy=80"}, "from 0 to 1"),
        ({"method": "dpo", "floors": "accuracy=0.8"}, "only grpo holds floors"),
    ):
        with pytest.raises(ConfigError, match=said):
            settings(base, tmp_path, **options)
    with pytest.raises(CorpusError, match="2 answers"):
        Training(settings(base, tmp_path, method="dpo"), [], tiny_judge())
    align(settings(base, tmp_path, steps=1), assignments(), tiny_judge(), lambda _: None)
    with pytest.raises(ConfigError, match="--rate"):
        align(settings(base, tmp_path, steps=1, rate=1e-3), assignments(), tiny_judge(), lambda _: None)
