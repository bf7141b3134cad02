"""Requests are counted by route, and an outage of the database is said to pass."""

import pytest
from django.test import Client

from groundswell.interfaces.http import measuring
from tests.interfaces.http import routes_that_fail


@pytest.fixture
def client(settings) -> Client:
    settings.ROOT_URLCONF = routes_that_fail
    settings.MIDDLEWARE = ["groundswell.interfaces.http.measuring.Measured"]
    return Client(raise_request_exception=False)


def counted(route: str, method: str, status: str) -> float:
    return measuring.REQUESTS.labels(route, method, status)._value.get()


def test_requests_are_counted_by_route_method_and_class(client):
    before = counted("well", "GET", "2xx"), counted("unmatched", "other", "4xx")
    client.get("/well/1")
    client.get("/well/2")
    client.generic("BREW", "/coffee")
    after = counted("well", "GET", "2xx"), counted("unmatched", "other", "4xx")
    assert (after[0] - before[0], after[1] - before[1]) == (2, 1)


def test_every_answer_bears_its_requests_number(client):
    first, second = client.get("/well/1"), client.get("/broken/1")
    assert first["X-Request-Id"] != second["X-Request-Id"]


@pytest.mark.django_db
def test_an_outage_is_a_page_that_says_when_to_come_back(client):
    response = client.get("/away/1")
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "Back in a moment" in response.text


@pytest.mark.django_db
def test_an_outage_is_a_problem_for_programs(client):
    response = client.get("/api/away/1")
    assert response.status_code == 503
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "database_away"


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["file", "table"])
def test_a_full_disk_is_told_from_a_database_that_is_away(client, what):
    page, problem = client.get(f"/full/{what}"), client.get(f"/api/full/{what}")
    assert (page.status_code, problem.status_code) == (507, 507)
    assert "disk is full" in page.text
    assert problem.json()["code"] == "no_room"
    assert problem["Retry-After"] == "60"


class Fails:
    """A middleware that needs the database."""

    def __init__(self, get_response):
        del get_response

    def __call__(self, request):
        return routes_that_fail.away(request, "session")


@pytest.mark.django_db
def test_an_outage_in_another_middleware_is_an_outage_too(client, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.Fails"]
    assert client.get("/well/1").status_code == 503
