"""Logs say what happened and where, and never with what."""

import io
import json
import logging

import pytest
import structlog
from django.test import Client

from groundswell.interfaces.http import logs
from tests.interfaces.http import routes_that_fail
from tests.interfaces.http.routes_that_fail import CANARY, SECRETS


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch):
    """Every line of this process's log, as ``take_over`` writes it."""
    stream = io.StringIO()
    root = logging.getLogger()
    kept = (root.handlers[:], root.level)
    loggers = {
        name: (known.handlers, known.propagate, known.level)
        for name in logging.root.manager.loggerDict
        if isinstance(known := logging.getLogger(name), logging.Logger)
    }
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr("sys.excepthook", None)
    monkeypatch.setattr("threading.excepthook", None)
    logs.take_over("web", as_json=True)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()
    root.handlers[:], level = kept
    root.setLevel(level)
    for name, (handlers, propagate, level) in loggers.items():
        known = logging.getLogger(name)
        known.handlers, known.propagate = handlers, propagate
        known.setLevel(level)


@pytest.fixture
def client(settings) -> Client:
    settings.ROOT_URLCONF = routes_that_fail
    settings.MIDDLEWARE = ["groundswell.interfaces.http.measuring.Measured"]
    return Client(raise_request_exception=False)


def test_a_request_is_one_line_by_its_route(client, written):
    client.get("/well/7?email=anna@example.com")

    (line,) = written()
    assert line.pop("milliseconds") >= 0
    assert line.pop("time").endswith("Z")
    assert len(line.pop("number")) == 36
    assert line == {
        "event": "request",
        "level": "info",
        "program": "web",
        "route": "well",
        "method": "GET",
        "status": 200,
        "workspace": None,
        "member": None,
    }


@pytest.mark.django_db
@pytest.mark.parametrize("view", ["broken", "chained", "query", "away"])
def test_no_secret_of_a_request_that_failed_is_in_the_log(client, written, view):
    client.post(
        f"/{view}/{CANARY}?token={CANARY}",
        data={"password": CANARY, "email": SECRETS[1]},
        headers={"Authorization": f"Bearer {CANARY}", "Cookie": f"sessionid={CANARY}"},
    )

    (line,) = written()
    assert line["route"] == view
    assert line["raised_at"][0]
    assert CANARY not in json.dumps(line)


def test_a_failure_is_told_by_its_type_and_place(client, written):
    client.get("/broken/1")

    (line,) = written()
    assert (line["level"], line["status"], line["error"]) == ("error", 500, "ValueError")
    assert line["raised_at"][0].startswith("routes_that_fail.py:")
    assert line["raised_at"][0].endswith(" broken")


def test_an_address_that_nobody_serves_is_not_quoted(client, written):
    client.get(f"/invitations/{CANARY}")

    (line,) = written()
    assert (line["route"], line["status"]) == ("unmatched", 404)
    assert CANARY not in json.dumps(line)


def test_other_libraries_messages_lose_what_was_put_into_them(written):
    logging.getLogger("elsewhere").warning("cannot send to %s", SECRETS[1])
    logging.getLogger("elsewhere").warning(f"cannot send to {SECRETS[1]} with {SECRETS[2]}")
    logging.getLogger("django.security.DisallowedHost").error("Invalid host: " + CANARY)

    assert [line["event"] for line in written()] == [
        "cannot send to %s",
        "cannot send to *** with ***",
        "refused request",
    ]


def test_a_jobs_arguments_are_not_told(written):
    logging.getLogger("procrastinate.worker").info(
        f"Starting job people.mail[5](to={SECRETS[1]})",
        extra={"action": "start_job", "job": {"task_name": "people.mail", "id": 5}},
    )

    (line,) = written()
    assert (line["event"], line["task"], line["job"]) == ("start_job", "people.mail", 5)
    assert CANARY not in json.dumps(line)


def test_fields_that_nobody_allowed_are_dropped(written):
    structlog.get_logger("groundswell").info("sent", body="a text", status=200)

    (line,) = written()
    assert "body" not in line
    assert line["status"] == 200


@pytest.mark.parametrize(
    "secret",
    [
        *SECRETS[1:],
        "password=hunter2-x",
        "Authorization: Bearer abc.def-123",
        "/callback?code=4711&state=99",
        "sessionid=k2j4h5k2j4h5; path=/",
        "a" * 30 + "1234567890",
    ],
)
def test_what_looks_like_a_secret_is_struck_out(secret):
    assert logs.scrubbed([f"<{secret}>"]) != [f"<{secret}>"]
    for part in ("hunter2", "4711", "k2j4h5", "abc.def", CANARY, "a1234567890"):
        assert part not in logs.scrubbed(f"<{secret}>")


def test_plain_words_and_ids_stay():
    plain = "import of 12,345 rows for 0199c2f4-7b1e-7a30-8d55-0a2b3c4d5e6f took 3.5 s"
    assert logs.scrubbed(plain) == plain
