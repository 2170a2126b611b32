from __future__ import annotations

from shopwright.catalog.demo import demo_products
from shopwright.train.corpus import render as forms
from shopwright.types import Product, Quantity

TENT = Product(
    id="t1", title="Tarn 2 tent", description="A tent for two.", brand="Fellrunner", category=("Camping", "Tents"),
    attributes={"weight": Quantity(2.1, "kg"), "freestanding": True, "seasons": 3.0, "colours": ("moss", "rust")},
)  # fmt: skip


def test_a_product_is_written_in_several_ways_and_each_is_stable() -> None:
    texts = {forms.render(TENT, seed) for seed in range(60)}
    assert len(texts) > 20
    assert forms.render(TENT, 3) == forms.render(TENT, 3)
    assert all("Tarn 2 tent" in text for text in texts)
    assert any(text.startswith("<|json|>") for text in texts)
    assert any("|---|" in text for text in texts)
    assert any("<|user|>" in text for text in texts)


def test_nothing_is_invented() -> None:
    bare = Product(id="x", title="Plain mug")
    for seed in range(20):
        text = forms.render(bare, seed)
        assert "Plain mug" in text
        assert "None" not in text


def test_every_demo_product_renders() -> None:
    assert all(len(forms.render(each)) > 40 for each in demo_products() if isinstance(each, Product))


def test_rows_of_one_question_become_one_text() -> None:
    rows = [
        {
            "question": "what is it made of?",
            "candidate": 'fabric_type:  { value:"cotton" }',
            "label": "2",
            "title": "Shirt",
        },
        {"question": "what is it made of?", "candidate": "great gift", "label": "0", "title": "Shirt"},
    ]
    assert (
        forms.question(rows)
        == "Product: Shirt\n- fabric type: cotton\n- great gift\n<|user|>What is it made of?<|assistant|>Fabric type: cotton"
    )


def test_dialogues_carry_the_roles() -> None:
    assert forms.dialogue({"text": "User: Hi\nSystem: Hello"}) == "<|user|>Hi<|assistant|>Hello"
    assert (
        forms.dialogue({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yo"}]})
        == "<|user|>Hi<|assistant|>Yo"
    )


def test_unanswerable_questions_say_so() -> None:
    text = forms.paragraph([{"title": "T", "context": "C.", "question": "Why?", "answers": []}])
    assert text.endswith("<|user|>Why?<|assistant|>The text does not say.")
