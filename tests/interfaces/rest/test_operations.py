"""Every operation: in the policy, documented, and doing what it says."""

import pytest

from groundswell.interfaces.http import routes
from groundswell.interfaces.rest.api import api, described
from groundswell.people.policy import Action

OPERATIONS = {
    operation.operation_id: (path, operation)
    for bound in api._get_bound_routers()
    for path, view in bound.path_operations.items()
    for operation in view.operations
}
MARKS = {name: routes.mark_of(operation.view_func) for name, (_, operation) in OPERATIONS.items()}


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_is_in_the_policy(name):
    path, _ = OPERATIONS[name]

    if path.startswith("/w/{slug}"):
        assert MARKS[name] in set(Action)
    else:
        assert MARKS[name] == routes.SIGNED_IN


def test_names_of_operations_are_said_once():
    bound = [
        operation.operation_id
        for router in api._get_bound_routers()
        for view in router.path_operations.values()
        for operation in view.operations
    ]

    assert len(bound) == len(set(bound))


def test_every_operation_is_described_in_words():
    for methods in described()["paths"].values():
        for operation in methods.values():
            assert len(operation["summary"]) > 5
            assert operation["responses"]["401"]


def test_the_scene_has_every_name_of_the_paths(scene):
    wanted = {
        each["name"]
        for methods in described()["paths"].values()
        for operation in methods.values()
        for each in operation["parameters"]
        if each["in"] == "path"
    }

    assert wanted == set(scene.names)


def test_moments_of_any_zone_are_understood_and_those_beyond_the_calendar_refused(scene):
    far = "/journal?until=3557-05-31T19%3A18%3A42-20%3A58"
    beyond = "/journal?until=9999-12-31T23%3A00%3A00-20%3A00"

    assert scene.send("GET", far)["items"]
    assert scene.client.get(scene.path(beyond)).status_code == 422
