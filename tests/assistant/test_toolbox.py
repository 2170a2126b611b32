"""Every tool of a shop is declared, and a conversation gets them bound to its own cart."""

from __future__ import annotations

import pytest

from shopwright.assistant.buying.delivery import DeliveryRules
from shopwright.assistant.toolbox import Toolbox
from shopwright.catalog.demo import FOLDER
from shopwright.errors import ConfigError, NotFoundError, ToolError
from shopwright.shop import Shop
from shopwright.skills.plan.execute import execute
from shopwright.skills.plan.tool import Tool, tool
from shopwright.types import Plan, Ref, Step, StepResult, ToolSpec

WRITES = {"cart_add", "cart_remove"}
READS = {
    "search", "recommend", "facts", "lookup", "compare", "factors", "compatible", "substitute", "basket", "price",
    "documents", "reviews", "image", "cart_show",
}  # fmt: skip


@pytest.fixture
def box(shop: Shop) -> Toolbox:
    return Toolbox(shop.assistant.tools, DeliveryRules.read(FOLDER / "delivery.toml"))


def ended(box: Toolbox, *steps: Step, session: str = "talk", approved: str = "") -> dict[str, StepResult]:
    found = execute(Plan(steps), box.of(session), approved=[approved])
    return {result.step: result for result in found}


def test_what_the_shop_can_do_is_declared(box: Toolbox) -> None:
    specs = {spec.name: spec for spec in box.specs()}
    assert set(specs) >= READS | WRITES | {"delivery"}
    assert list(specs) == sorted(specs)
    assert {name for name, spec in specs.items() if spec.writes} == WRITES
    for spec in specs.values():
        assert spec.description
        assert spec.parameters["type"] == "object"
        assert spec.returns
        assert "idempotency_key" not in spec.parameters.get("required", ())
    assert specs["compare"].parameters["properties"]["ids"]["type"] == "array"


def test_delivery_is_no_tool_where_no_rules_were_written_down(shop: Shop) -> None:
    assert "delivery" not in Toolbox(shop.assistant.tools).of("talk")


def test_a_plan_runs_over_them_and_carries_results_on(box: Toolbox) -> None:
    results = ended(
        box,
        Step("s1", "search", {"query": "tent", "kind": "tent", "sort": "price_asc"}),
        Step("s2", "search", {"query": "sleeping bag", "kind": "sleeping bag"}),
        Step("b", "basket", {"groups": [Ref("s1", "ids"), Ref("s2", "ids")], "budget": 140}),
        Step("p", "price", {"ids": Ref("b", "ids")}),
        Step("d", "delivery", {"ids": Ref("b", "ids"), "country": "NL", "total": Ref("p", "total.amount")}),
    )
    assert all(result.status == "done" for result in results.values()), results
    assert results["b"].value.ids == ("dune", "brook")
    assert str(results["p"].value.total.amount) == "138.00"
    assert results["d"].value.country == "NL"


def test_carts_are_kept_apart(box: Toolbox) -> None:
    add = Step("a", "cart_add", {"ids": ["dune"], "quantities": [2]})
    asked = ended(box, add, session="one")["a"]
    assert asked.status == "waiting"
    assert asked.approval is not None
    assert [(change.before, change.after) for change in asked.approval.changes] == [("0", "2")]
    done = ended(box, add, session="one", approved=asked.approval.key)["a"]
    assert [line.product_id for line in done.value.cart] == ["dune"]
    show = Step("c", "cart_show")
    assert ended(box, show, session="two")["c"].value.cart == ()
    assert ended(box, show, session="one")["c"].value.cart[0].quantity == 2


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("search", {"query": "tent", "limit": "many"}, "'limit' is \"many\""),
        ("search", {"query": "tent", "colour": "red"}, "colour"),
        ("compare", {"ids": "lark"}, "'ids'"),
        ("price", {"ids": []}, "no price to add up"),
        ("price", {"ids": ["nothing"]}, "nothing"),
        ("compare", {"ids": ["nothing"]}, "in the catalogue any more"),
        ("basket", {"groups": []}, "every group needs a product"),
        ("delivery", {"ids": ["dune"], "country": "Atlantis"}, "nothing is delivered there"),
    ],
)
def test_wrong_arguments_are_named_with_what_is_allowed(
    box: Toolbox, name: str, arguments: dict[str, object], says: str
) -> None:
    found = box.of("talk")[name]
    with pytest.raises((ToolError, NotFoundError), match=says):
        found.call(**found.arguments(arguments))


def test_tools_of_other_servers_stand_beside_them(shop: Shop) -> None:
    def weather(place: str) -> str:
        """The weather at a place."""
        return f"rain in {place}"

    others = {"sky.weather": tool(weather, name="sky.weather")}
    box = Toolbox(shop.assistant.tools, others=others)
    assert "sky.weather" in [spec.name for spec in box.specs()]
    assert ended(box, Step("w", "sky.weather", {"place": "Ghent"}))["w"].value == "rain in Ghent"


def test_a_tool_with_a_wrong_schema_is_refused_by_name() -> None:
    spec = ToolSpec("sky.weather", parameters={"type": "object", "properties": {"place": {"type": "word"}}})
    with pytest.raises(ConfigError, match=r"tool 'sky.weather' is refused: .*word"):
        Tool(spec, lambda **_: None)
