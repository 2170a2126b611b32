from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from shopwright.errors import ConfigError, ToolError
from shopwright.skills.plan.tool import Tool, spec_defects, tool
from shopwright.types import ToolSpec


@dataclass(frozen=True)
class Found:
    ids: tuple[str, ...]
    total: int = 0


@dataclass(frozen=True)
class Wish:
    field: str
    high: float | None = None


def search(
    query: str,
    limit: Annotated[int, Field(ge=1, le=50)] = 6,
    sort: Literal["relevance", "price_asc"] = "relevance",
    filters: Sequence[Mapping[str, Any]] = (),
    wish: Wish | None = None,
    groups: Sequence[Sequence[str]] = (),
) -> Found:
    """Products that fit the words
    and all conditions.

    More about it.

    Args:
        query: what to look for,
            in the shopper's words.
        limit (int): how many.

    Returns:
        ids: best first.
    """
    assert wish is None or isinstance(wish, Wish)
    return Found((f"{query}{limit}",))


SEARCH = tool(search, timeout_s=5, retries=2, cost=3)
FOREIGN = Tool(ToolSpec("shop.search", "", SEARCH.spec.parameters), search)


class TestDeclaration:
    def test_signature_and_docstring_become_the_spec(self) -> None:
        spec = SEARCH.spec
        assert (spec.name, spec.timeout_s, spec.retries, spec.cost, spec.writes) == ("search", 5, 2, 3, False)
        assert spec.description == "Products that fit the words and all conditions."
        known = spec.parameters["properties"]
        assert known["query"] == {"type": "string", "description": "what to look for, in the shopper's words."}
        assert known["limit"] == {
            "type": "integer",
            "minimum": 1,
            "maximum": 50,
            "default": 6,
            "description": "how many.",
        }
        assert known["sort"]["enum"] == ["relevance", "price_asc"]
        assert spec.parameters["required"] == ["query"]
        assert spec.parameters["additionalProperties"] is False
        assert spec.returns["properties"]["ids"] == {"type": "array", "items": {"type": "string"}}

    def test_methods_lambdas_and_open_signatures(self) -> None:
        class Shop:
            def count(self, kind: str = "") -> int:
                return len(kind)

        counted = tool(Shop().count, name="shop_count")
        assert list(counted.spec.parameters["properties"]) == ["kind"]
        assert counted.spec.returns == {"type": "integer"}
        assert tool(lambda x: x, name="same").spec.parameters["required"] == ["x"]
        open_ended = tool(lambda **more: more, name="open")
        assert open_ended.arguments({"anything": 2}) == {"anything": 2}

    def test_functions_that_no_plan_can_call(self) -> None:
        with pytest.raises(ConfigError, match=r"'<lambda>'.*'rest' has no name"):
            tool(lambda *rest: rest)

        def odd(thing: str) -> None: ...

        odd.__annotations__["thing"] = "Missing"
        with pytest.raises(ConfigError, match="types cannot be read"):
            tool(odd)

        def opaque(thing: Opaque) -> None: ...

        with pytest.raises(ConfigError, match="use types that JSON can express"):
            tool(opaque)


class Opaque:
    """A class of which no schema can be made."""


class TestArguments:
    def test_they_are_converted(self) -> None:
        given = SEARCH.arguments({"query": "tent", "limit": "3", "wish": {"field": "price"}, "groups": [["a"]]})
        assert given == {"query": "tent", "limit": 3, "wish": Wish("price"), "groups": [["a"]]}
        assert SEARCH.call(**given) == Found(("tent3",))

    @pytest.mark.parametrize("which", [SEARCH, FOREIGN], ids=["typed", "foreign"])
    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({}, "argument 'query' is missing; it must be a text (what to look for, in the shopper's words)"),
            ({"query": "a", "limit": "many"}, "argument 'limit' is \"many\"; it must be a whole number from 1 to 50"),
            ({"query": "a", "limit": 99}, "argument 'limit' is 99; it must be a whole number from 1 to 50"),
            (
                {"query": "a", "sort": "cheap"},
                'argument \'sort\' is "cheap"; it must be one of "relevance", "price_asc"',
            ),
            ({"query": "a", "querry": "b"}, "there is no argument 'querry'; there are query, limit, sort"),
            ({"query": "a", "querry": "b"}, "did you mean 'query'?"),
            ({"query": "a", "groups": [["b", 3]]}, "argument 'groups.0.1' is 3; it must be a text"),
            ({"query": "a", "filters": "no"}, "argument 'filters' is \"no\"; it must be a list, each item an object"),
        ],
    )
    def test_what_is_wrong_is_said(self, which: Tool, given: dict[str, Any], words: str) -> None:
        with pytest.raises(ToolError) as error:
            which.arguments(given)
        assert words in str(error.value)

    def test_everything_is_said_at_once_and_long_values_are_cut(self) -> None:
        with pytest.raises(ToolError) as error:
            SEARCH.arguments({"limit": "x" * 10_000, "sort": 1, "wish": {"field": 3}})
        words = str(error.value)
        assert all(name in words for name in ("'query'", "'limit'", "'sort'", "'wish.field'"))
        assert len(words) < 1_000

    def test_foreign_tools_get_plain_json(self) -> None:
        given = FOREIGN.arguments({"query": "tent", "wish": Wish("price", 80), "groups": (("a",),)})
        assert given == {"query": "tent", "wish": {"field": "price", "high": 80}, "groups": [["a"]]}


class TestWrongSchemas:
    @pytest.mark.parametrize(
        ("parameters", "words"),
        [
            ({"type": "obj"}, "type: 'obj' is not valid"),
            ({"type": "array"}, 'its type is "array"; it must be "object"'),
            ({"properties": {"a": {"$ref": "https://example.com/x"}}}, "refers to 'https://example.com/x'"),
            ({"properties": {"a": {"$ref": "#/$defs/b"}}}, "refers to '#/$defs/b', which is not in it"),
            ({"properties": {"a": {"type": "object", "required": "a"}}}, "properties.a.required"),
            ({"required": ["z"], "additionalProperties": False}, "it requires z, which it does not declare"),
            (3, "3 is no JSON Schema"),
        ],
    )
    def test_the_tool_is_refused_by_name(self, parameters: Any, words: str) -> None:
        with pytest.raises(ConfigError) as error:
            Tool(ToolSpec("maps.route", "", parameters), search)
        assert "'maps.route'" in str(error.value)
        assert words in str(error.value)

    def test_every_defect_is_said(self) -> None:
        found = spec_defects(ToolSpec("two words", "", {"type": "obj"}, {"type": "nothing"}, timeout_s=0, retries=-1))
        assert len(found) == 5

    def test_a_schema_without_end_is_refused(self) -> None:
        deep: dict[str, Any] = {"type": "string"}
        for _ in range(5_000):
            deep = {"items": deep}
        assert "nested too deeply" in spec_defects(ToolSpec("deep", "", {"properties": {"a": deep}}))[0]

    def test_a_pattern_that_takes_for_ever_is_not_tried(self) -> None:
        evil = ToolSpec("evil", "", {"properties": {"a": {"type": "string", "pattern": "^(a+)+$"}}})
        assert Tool(evil, search).arguments({"a": "a" * 40 + "!"})
