"""The API keeps what its description says, for whatever a client sends (schemathesis)."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance

from serve.small_shop import ScriptedShop
from shopwright.serve import create_app

OPERATIONS = [
    ("GET", "/api/search"),
    ("GET", "/api/suggest"),
    ("GET", "/api/products/{id}"),
    ("GET", "/api/products/{id}/related"),
    ("POST", "/api/chat"),
    ("GET", "/api/shoppers/{id}/memory"),
    ("PUT", "/api/shoppers/{id}/consent"),
    ("DELETE", "/api/shoppers/{id}/consent"),
    ("DELETE", "/api/shoppers/{id}/preferences/{key}"),
    ("GET", "/api/shoppers/{id}/export"),
    ("DELETE", "/api/shoppers/{id}"),
    ("DELETE", "/api/sessions/{id}"),
    ("GET", "/api/report/queries"),
    ("GET", "/api/rules"),
    ("POST", "/api/rules/preview"),
    ("POST", "/api/verify"),
    ("POST", "/api/events"),
    ("GET", "/api/recommend"),
    ("POST", "/api/recommend"),
    ("POST", "/api/recommend/never"),
    ("DELETE", "/api/recommend/never"),
    ("GET", "/api/documents"),
    ("GET", "/api/documents/{id}"),
    ("GET", "/api/shop"),
    ("GET", "/health"),
]


@pytest.fixture(scope="module")
def description(shop: object) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_asgi("/openapi.json", create_app(ScriptedShop(shop)))


def test_every_operation_is_tried(description: schemathesis.BaseSchema) -> None:
    described = {result.ok().label for result in description.get_all_operations()}
    assert described == {f"{method} {path}" for method, path in OPERATIONS}


@pytest.mark.parametrize(
    ("method", "path", "mode"),
    [
        (method, path, mode)
        for method, path in OPERATIONS
        for mode in schemathesis.GenerationMode
        if mode.is_positive or path not in ("/api/shop", "/api/rules", "/health")  # nothing can be wrong about those
    ],
)
def test_answers_match_the_description(
    description: schemathesis.BaseSchema, method: str, path: str, mode: schemathesis.GenerationMode
) -> None:
    operation = description[path][method]

    @settings(
        max_examples=20,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def keeps_its_word(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        # A filter may be well-formed and still impossible (80..10), which JSON Schema cannot say.
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    keeps_its_word()
