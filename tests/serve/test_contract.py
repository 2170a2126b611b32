"""The API keeps what its description says, for whatever a client sends (schemathesis)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from serve.small_shop import ScriptedShop
from shopwright.serve import create_app

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def description(scripted: ScriptedShop) -> Iterator[schemathesis.BaseSchema]:
    return schemathesis.openapi.from_asgi("/openapi.json", create_app(scripted))  # type: ignore[arg-type]


schema = schemathesis.pytest.from_fixture("description")


@schema.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_answers_match_the_description(case: schemathesis.Case) -> None:
    # A filter may be well-formed and still impossible (80..10), which JSON Schema cannot say.
    case.call_and_validate(excluded_checks=[positive_data_acceptance])
