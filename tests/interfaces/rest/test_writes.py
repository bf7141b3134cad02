"""What can't be set, what isn't there, and what belongs to others."""

import json

import pytest
from django.apps import apps

from groundswell.interfaces.rest.api import described
from groundswell.workspaces.actions import workspaces
from tests.interfaces.rest.test_front import said
from tests.support.cast import Cast
from tests.support.requests import BODIES, FILES, prepare, requests, send

REQUESTS = {request.name: request for request in requests()}
FIELDS = {
    field.name for model in apps.get_models() for field in model._meta.concrete_fields
} | {
    "workspace_id", "is_staff", "is_superuser", "balance", "approved", "owner", "created_by",
    "permissions", "groups", "password", "deleted", "__class__", "constructor", "__proto__",
    "pk", "_id", "slug", "admin", "rights", "verified_by",
}  # fmt: skip
WITH_BODY = [
    (operation["operationId"], operation)
    for methods in described()["paths"].values()
    for operation in methods.values()
    if "application/json" in operation.get("requestBody", {}).get("content", {})
]


def known(operation):
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    name = schema.get("$ref", "").rpartition("/")[2]
    return described()["components"]["schemas"][name]["properties"] if name else {}


@pytest.mark.parametrize(("name", "operation"), WITH_BODY, ids=[name for name, _ in WITH_BODY])
def test_no_field_that_is_not_listed_can_be_set(name, operation, scene):
    strange = sorted(FIELDS - set(known(operation)))
    path = REQUESTS[name].path.format(**scene.names)

    for start in range(0, len(strange), 40):
        some = strange[start : start + 40]
        body = (BODIES.get(name) or {}) | dict.fromkeys(some, "x")
        answer = scene.client.generic(
            REQUESTS[name].method, path, json.dumps(body), content_type="application/json"
        )
        assert said(answer) == (422, "invalid_request")
        refused = {each["where"] for each in answer.json()["errors"]}
        assert {f"body.{field}" for field in some} <= refused


OF_IDS = [
    request
    for request in REQUESTS.values()
    if set(request.names) - {"slug", "what", "kind", "measure"}
]


@pytest.mark.parametrize("request_", OF_IDS, ids=lambda request: request.name)
def test_what_belongs_to_another_workspace_is_not_there(request_, scene):
    request_ = prepare(request_, scene)
    stranger = workspaces.create(slug="stranger", name="Stranger", by="test", now=scene.cast.now)
    theirs = Cast(stranger, scene.cast.now)

    answer = theirs.program().generic(
        request_.method,
        request_.path.format(**(scene.names | {"slug": "stranger"})) + f"?{request_.query}",
        request_.content,
        content_type="text/plain" if request_.name in FILES else "application/json",
    )

    status, code = said(answer)
    assert (status, code.startswith("unknown_")) == (404, True)


@pytest.mark.parametrize("name", REQUESTS)
def test_every_good_request_is_answered_well(name, scene):
    answer = send(prepare(REQUESTS[name], scene), scene)

    assert answer.status_code < 300, answer.content
