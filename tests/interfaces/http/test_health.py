"""Health and metrics tell machines how it is, and strangers nothing."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

from groundswell.workspaces import access, jobs
from tests.interfaces.http import routes_that_fail

TOKEN = "a-token-for-the-monitor"


@pytest.fixture
def client(settings) -> Client:
    settings.ROOT_URLCONF = routes_that_fail
    settings.MIDDLEWARE = ["groundswell.interfaces.http.measuring.Measured"]
    settings.METRICS_TOKEN = TOKEN
    return Client(raise_request_exception=False)


@pytest.fixture
def outage(monkeypatch):
    def refuse(*_):
        raise OperationalError("it is away")

    monkeypatch.setattr(connection, "cursor", refuse)


def test_alive_needs_nothing(client):
    assert client.get("/health/live").json() == {"status": "live"}


def test_nobody_writes_to_health(client):
    assert client.post("/health/live").status_code == 405


@pytest.mark.django_db
def test_ready_when_the_tables_fit_and_no_worker_is_there(client):
    response = client.get("/health/ready")
    assert response.status_code == 200
    assert response.json() == {"status": "ready", "worker_seen_seconds_ago": None}


@pytest.mark.django_db
def test_ready_tells_when_a_worker_was_seen(client):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) "
            "VALUES (now() - interval '7 seconds')"
        )
    assert client.get("/health/ready").json()["worker_seen_seconds_ago"] == pytest.approx(7)


@pytest.mark.django_db
def test_not_ready_while_migrations_are_to_be_done(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'workspaces'")
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["missing"] == "migrations"


@pytest.mark.django_db
def test_not_ready_while_the_database_is_away(client, outage):
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["missing"] == "database"
    assert response["Retry-After"] == "5"


@pytest.mark.django_db
def test_metrics_count_requests_and_jobs_without_anybodys_data(client, workspace):
    with access.inside(workspace):
        jobs.defer("test.echo", workspace=workspace, word="private")
    client.get("/well/private")

    text = client.get("/metrics").text

    assert 'groundswell_requests_total{method="GET",route="well",status="2xx"}' in text
    assert 'groundswell_request_seconds_bucket{le="0.2",route="well"}' in text
    assert 'groundswell_jobs{status="todo"} 1.0' in text
    assert "groundswell_database_up 1.0" in text
    assert "private" not in text
    assert str(workspace.id) not in text


@pytest.mark.django_db
def test_metrics_of_an_outage_say_so(client, outage):
    assert "groundswell_database_up 0.0" in client.get("/metrics").text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("caller", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
        ({"REMOTE_ADDR": "203.0.113.9"}, 403),
        ({"REMOTE_ADDR": ""}, 403),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 403),
        ({"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}, 200),
        ({"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": f"Bearer {TOKEN}x"}, 403),
        ({"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer None"}, 403),
        ({"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer \u00e9"}, 403),
    ],
)
def test_metrics_are_for_this_machine_or_the_token(client, caller, status):
    assert client.get("/metrics", **caller).status_code == status


@pytest.mark.django_db
def test_without_a_token_nobody_has_the_right_one(client, settings):
    settings.METRICS_TOKEN = None
    for given in ("Bearer None", "Bearer ", ""):
        response = client.get("/metrics", REMOTE_ADDR="203.0.113.9", HTTP_AUTHORIZATION=given)
        assert response.status_code == 403
