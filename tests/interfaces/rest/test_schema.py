"""The API under requests that nobody thought of: it breaks on none, and answers as it says.

Fifty cases of each operation; ``GROUNDSWELL_CASES`` asks for more, ``GROUNDSWELL_ROLE`` for another
role than the owner's.
"""

import os

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from groundswell.interfaces.rest import entrance
from groundswell.interfaces.rest.api import described
from groundswell.people.actions.limits import Limit

CASES = int(os.environ.get("GROUNDSWELL_CASES", "50"))
ROLE = os.environ.get("GROUNDSWELL_ROLE", "owner")
SEED = int(os.environ.get("GROUNDSWELL_SEED", "1"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SCHEMA = schemathesis.openapi.from_dict(described())
OPERATIONS = {each.ok().label: each.ok() for each in SCHEMA.get_all_operations()}


@pytest.fixture(scope="module")
def application(standing_scene):
    """The server's application, which leaves the connection open that the scene is on."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def _without_limits(monkeypatch):
    plenty = Limit("requests of a test", tries=10**9, seconds=60)
    for name in ("PER_TOKEN", "PER_PERSON", "PER_STRANGER"):
        monkeypatch.setattr(entrance, name, plenty)


def cases(operation, names):
    """Requests as the description allows them, and others; most of them on what is there."""
    asked = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )

    def placed(pair):
        case, is_there = pair
        for name in case.path_parameters or {}:
            if name == "slug" or is_there:
                case.path_parameters[name] = names[name]
        return case

    return st.tuples(asked, st.integers(0, 3).map(bool)).map(placed)


@pytest.mark.slow
@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_breaks_it(label, scene, application):
    operation = OPERATIONS[label]
    token = scene.cast.token(ROLE)

    @seed(SEED)
    @settings(
        max_examples=CASES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases(operation, scene.names))
    def sends(case):
        case.headers = {
            name: value
            for name, value in (case.headers or {}).items()
            if name.lower() != "authorization"
        }
        case.headers |= {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        case.cookies = {}
        answer = case.call(app=application, base_url="http://localhost")
        case.validate_response(answer, checks=CHECKS)

    sends()
