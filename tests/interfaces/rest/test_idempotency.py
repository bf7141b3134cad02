"""A request that is sent again has one effect and one answer, whatever happened in between."""

import json
from datetime import timedelta

import pytest

from groundswell.workspaces import access
from groundswell.workspaces.actions import idempotency
from groundswell.workspaces.models import IdempotencyKey
from groundswell.workspaces.tasks import forget_answers
from tests.interfaces.rest.test_front import path, said

PROLOGUE = """
import json, os, sys, threading, time
from concurrent.futures import ThreadPoolExecutor
from django.db import connection
from django.test import Client
from groundswell.project import opening
from groundswell.people.actions import logins, tokens
from groundswell.people.policy import Action, Role
from groundswell.workspaces import access, clock
from groundswell.workspaces.actions import idempotency
from groundswell.workspaces.models import JournalEntry, Workspace

def send(secret, key="k"):
    client = Client(headers={"authorization": "Bearer " + secret, "idempotency-key": key})
    answer = client.post("/api/v1/w/default/lists", {"name": "Once"}, "application/json",
                         SERVER_NAME="localhost")
    connection.close()
    return answer.status_code, answer.headers.get("Idempotency-Replayed"), answer.json()
"""


def send(program, workspace_path, body, key="key-1", **headers):
    return program.post(
        workspace_path,
        body,
        "application/json",
        headers={"idempotency-key": key, **headers},
    )


def test_the_first_answer_is_given_again(cast):
    program, lists = cast.program(), path(cast, "/lists")

    first = send(program, lists, {"name": "Once"})
    again = send(program, lists, {"name": "Once"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["Location"] == first.headers["Location"]
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (
        False,
        "true",
    )
    assert len(program.get(lists).json()["items"]) == 1


@pytest.mark.parametrize("rest", ["/lists", "/searches"])
def test_a_key_of_another_request_is_refused(cast, rest):
    program = cast.program()
    send(program, path(cast, "/lists"), {"name": "One"})

    body = {"name": "Other"} | ({"text": "x"} if rest == "/searches" else {})
    answer = send(program, path(cast, rest), body)

    assert said(answer) == (422, "idempotency_key_reused")


def test_keys_are_their_callers_own(cast):
    send(cast.program("owner"), path(cast, "/lists"), {"name": "One"})

    other = send(cast.program("editor"), path(cast, "/lists"), {"name": "Other"})

    assert other.status_code == 201


def test_what_was_refused_can_be_mended_and_sent_again(cast):
    program, lists = cast.program(), path(cast, "/lists")

    refused = send(program, lists, {"name": "\u0007"})
    mended = send(program, lists, {"name": "Bell"})

    assert said(refused) == (422, "bad_list_name")
    assert mended.status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "schl\u00fcssel"])
def test_keys_that_cannot_be_kept_are_refused(cast, key):
    answer = send(cast.program(), path(cast, "/lists"), {"name": "One"}, key=key)

    assert said(answer) == (422, "bad_idempotency_key")


def test_a_secret_in_an_answer_is_kept_sealed(cast):
    program = cast.program()
    asked = {"name": "export", "scopes": ["creators.read"]}

    first = send(program, path(cast, "/tokens"), asked)
    again = send(program, path(cast, "/tokens"), asked)

    secret = first.json()["secret"]
    assert again.json()["secret"] == secret
    with access.inside(cast.workspace):
        [kept] = IdempotencyKey.objects.all()
    assert secret.encode() not in bytes(kept.answer)
    assert b"secret" not in bytes(kept.answer)


def test_a_file_that_is_sent_again_is_the_same_request(cast):
    program, uploads = cast.program(), path(cast, "/uploads?file_name=a.csv")
    keyed = {"content_type": "text/csv", "headers": {"idempotency-key": "k"}}

    first = program.generic("POST", uploads, b"handle\nanna\n", **keyed)
    again = program.generic("POST", uploads, b"handle\nanna\n", **keyed)
    other = program.generic("POST", uploads, b"handle\nben\n", **keyed)

    assert (first.status_code, again.content) == (201, first.content)
    assert said(other) == (422, "idempotency_key_reused")


def test_old_answers_are_forgotten(cast, now, monkeypatch):
    program, lists = cast.program(), path(cast, "/lists")
    send(program, lists, {"name": "Once"})
    with access.inside(cast.workspace):
        made_at = IdempotencyKey.objects.get().made_at
    later = made_at + idempotency.KEPT + timedelta(seconds=1)

    monkeypatch.setattr("groundswell.workspaces.clock.now", lambda: made_at + idempotency.KEPT)
    forget_answers(0)
    with access.inside(cast.workspace):
        assert IdempotencyKey.objects.count() == 1
    monkeypatch.setattr("groundswell.workspaces.clock.now", lambda: later)
    again = send(program, lists, {"name": "Other"})
    assert again.status_code == 201
    monkeypatch.setattr("groundswell.workspaces.clock.now", lambda: later + idempotency.KEPT * 2)
    forget_answers(0)
    with access.inside(cast.workspace):
        assert IdempotencyKey.objects.count() == 0


SETUP = """
now = clock.now()
workspace = Workspace.objects.get(slug="default")
person = logins.make_owner(email="a@example.com", name="A", password="a long enough sentence",
                           workspace=workspace, now=now)
with access.inside(workspace):
    _, secret = tokens.make(workspace=workspace, person=person, role=Role.OWNER, name="t",
                            scopes=frozenset(Action), expires_at=None, now=now)
"""
COUNT = """
with access.inside(workspace):
    made = JournalEntry.objects.filter(event="list.created").count()
"""


@pytest.fixture
def scripted(installation):
    """Runs a script against an installation of its own, and gives what it prints last."""
    installation.run("workspaces", "list")

    def run(script, *arguments, expect=0):
        process = installation.start_script(opened(script), *arguments)
        out, _ = process.communicate(timeout=120)
        assert process.returncode == expect, out
        return json.loads(out.splitlines()[-1]) if expect == 0 else None

    return run


def opened(script):
    """The script, with the database up around it."""
    body = "\n".join(f"    {line}" for line in script.splitlines())
    return f"{PROLOGUE}\nwith opening.open_database():\n{body}\n"


def test_of_many_at_once_one_has_the_effect(scripted):
    found = scripted(
        SETUP
        + """
with ThreadPoolExecutor(8) as pool:
    answers = list(pool.map(lambda _: send(secret), range(40)))
"""
        + COUNT
        + """
statuses = sorted({status for status, _, _ in answers})
lists = {answer["list"] for status, _, answer in answers if status == 201}
replayed = sum(1 for status, again, _ in answers if again)
codes = {answer["code"] for status, _, answer in answers if status != 201}
first = sum(1 for status, again, _ in answers if status == 201 and not again)
print(json.dumps([statuses, len(lists), first, sorted(codes), made]))
"""
    )

    statuses, lists, first, codes, made = found
    assert (lists, first, made) == (1, 1, 1)
    assert set(statuses) <= {201, 409}
    assert set(codes) <= {"in_flight"}


def test_of_many_tokens_of_a_name_at_once_one_is_made(scripted):
    found = scripted(
        SETUP
        + """
def make(_):
    client = Client(headers={"authorization": "Bearer " + secret})
    asked = {"name": "nightly", "scopes": ["creators.read"]}
    answer = client.post("/api/v1/w/default/tokens", asked, "application/json",
                         SERVER_NAME="localhost")
    connection.close()
    return answer.status_code, answer.json().get("code", "")
with ThreadPoolExecutor(8) as pool:
    answers = list(pool.map(make, range(16)))
with access.inside(workspace):
    made = JournalEntry.objects.filter(event="token.made", subject="nightly").count()
print(json.dumps([sorted(answers), made]))
"""
    )

    assert found == [[[201, ""]] + [[422, "cannot_make_token"]] * 15, 1]


def test_who_asks_while_it_is_answered_is_told_so(scripted):
    found = scripted(
        SETUP
        + """
inside, go = threading.Event(), threading.Event()
keep = idempotency.keep
def slow(*given, **more):
    inside.set()
    go.wait(30)
    keep(*given, **more)
idempotency.keep = slow
with ThreadPoolExecutor(2) as pool:
    first = pool.submit(send, secret)
    inside.wait(30)
    second = send(secret)
    go.set()
    print(json.dumps([first.result()[0], second[0], second[2]["code"], send(secret)[1]]))
"""
    )

    assert found == [201, 409, "in_flight", "true"]


def test_a_crash_between_effect_and_answer_leaves_neither(scripted):
    scripted(
        SETUP
        + """
open(os.environ["GROUNDSWELL_HOME"] + "/secret", "w").write(secret)
idempotency.keep = lambda *given, **more: os._exit(9)
send(secret)
""",
        expect=9,
    )

    found = scripted(
        """
workspace = Workspace.objects.get(slug="default")
secret = open(os.environ["GROUNDSWELL_HOME"] + "/secret").read()
"""
        + COUNT
        + """
before = made
answers = [send(secret)[:2] for _ in range(2)]
"""
        + COUNT
        + """
print(json.dumps([before, answers, made]))
"""
    )

    assert found == [0, [[201, None], [201, "true"]], 1]
