"""A server with Mastodon's API in a folder of its own, and what is made through it."""

import json
import secrets
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

FANS = 90  # more than one page of followers
POSTS = 95  # more than two pages of posts
_PATIENCE = 60.0


@dataclass
class Made:
    """What was made, as it should be brought."""

    posts: dict[str, dict[str, Any]] = field(default_factory=dict)  # by address
    comments: dict[str, str] = field(default_factory=dict)  # words by address
    likers: set[str] = field(default_factory=set)
    writers: set[str] = field(default_factory=set)


@contextmanager
def running(folder: Path, program: str) -> Iterator[str]:
    """Its address, until the block ends."""
    folder.mkdir(parents=True)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    config = folder / "config.toml"
    config.write_text(
        f'domain = "127.0.0.1:{port}"\n'
        f'[database]\npath = "{folder / "data.sqlite"}"\n'
        "[seed]\naccounts = []\nfollows = []\nstatuses = []\n"
    )
    command = [program, "serve", "--config", str(config), "--host", "127.0.0.1"]
    command += ["--port", str(port), "--domain", f"127.0.0.1:{port}", "--log-level", "warning"]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, cwd=folder) as process,
    ):
        try:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends and process.poll() is None:
        with closing(socket.socket()) as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    sys.exit("the server did not start: see its log")


class People:
    """Somebody who uses the server through its API."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.token = ""
        app = self.ask(
            "POST",
            "/api/v1/apps",
            client_name="check.py",
            redirect_uris="urn:x",
            scopes="read write follow",
        )
        self.token = self.ask(
            "POST",
            "/oauth/token",
            grant_type="client_credentials",
            client_id=app["client_id"],
            client_secret=app["client_secret"],
        )["access_token"]
        self.tokens: dict[str, str] = {}
        self.ids: dict[str, str] = {}

    def ask(self, method: str, path: str, by: str | None = None, **form: Any) -> Any:
        token = self.tokens[by] if by else self.token
        body, kind = urlencode(form), "application/x-www-form-urlencoded"
        if path == "/api/v1/statuses":  # a poll stands in JSON alone
            body, kind = json.dumps(form), "application/json"
        headers = {"content-type": kind}
        if token:
            headers["authorization"] = f"Bearer {token}"
        with closing(HTTPConnection(self.server.removeprefix("http://"), timeout=30)) as asking:
            asking.request(method, path, body, headers)
            reply = asking.getresponse()
            said = reply.read()
        if reply.status != 200:
            sys.exit(f"{method} {path}: {reply.status} {said[:500]!r}")
        return json.loads(said)

    def sign_up(self, name: str, **profile: str) -> None:
        made = self.ask(
            "POST",
            "/api/v1/accounts",
            username=name,
            email=f"{name}@example.org",
            password=secrets.token_urlsafe(),
            agreement="true",
            locale="en",
        )
        self.tokens[name] = made["access_token"]
        me = self.ask("GET", "/api/v1/accounts/verify_credentials", by=name)
        self.ids[name] = me["id"]
        if profile:
            self.ask("PATCH", "/api/v1/accounts/update_credentials", by=name, **profile)

    def write(self, name: str, words: str, **more: Any) -> dict[str, Any]:
        said: dict[str, Any] = self.ask("POST", "/api/v1/statuses", by=name, status=words, **more)
        return said


def make(server: str, data: Path) -> tuple[People, Made]:
    """People, posts, answers, likes, boosts and follows, all through the API."""
    people, made = People(server), Made()
    fields = {
        "fields_attributes[0][name]": "Web",
        "fields_attributes[0][value]": "https://anna.example/",
    }
    people.sign_up(
        "anna",
        display_name="Anna Runs",
        note="Trail running and tea",
        discoverable="true",
        **fields,
    )
    people.sign_up("ben", display_name="Ben", note="Trail running too", bot="true", locked="true")
    people.sign_up(
        "cora", display_name="Cora", note="Trail running in secret", discoverable="false"
    )
    fans = [f"fan{number}" for number in range(FANS)]
    for fan in fans:
        people.sign_up(fan)
        people.ask("POST", f"/api/v1/accounts/{people.ids['anna']}/follow", by=fan)
    _set_switches(data)
    for number in range(POSTS):
        _note(
            made,
            people.write("anna", f"Run {number} #TrailRunning"),
            f"Run {number} #TrailRunning",
            ["trailrunning"],
        )
    _special_posts(people, made)
    _answers(people, made, fans)
    for name in ("ben", "cora"):
        people.write(name, "I run too #TrailRunning")
    return people, made


def _special_posts(people: People, made: Made) -> None:
    first = people.write("anna", "Quiet one", visibility="unlisted", language="de")
    _note(made, first, "Quiet one", [], language="de")
    warned = people.write("anna", "Mud everywhere", spoiler_text="Mud", sensitive="true")
    _note(made, warned, "Mud\n\nMud everywhere", [])
    vote = {"options": ["Tea", "Coffee"], "expires_in": 3600}
    _note(made, people.write("anna", "Which?", poll=vote), "Which?\n\nTea\nCoffee", [])
    for visibility in ("private", "direct"):
        people.write("anna", "Not for you", visibility=visibility)
    theirs = people.write("ben", "Pass me on")
    people.ask("POST", f"/api/v1/statuses/{theirs['id']}/reblog", by="anna")
    people.write("anna", "An answer to ben", in_reply_to_id=theirs["id"])


def _answers(people: People, made: Made, fans: list[str]) -> None:
    """Of the newest three plain posts: likes, boosts and answers, one more of each."""
    plain = [uri for uri, post in made.posts.items() if post["text"].startswith("Run ")][-3:]
    for place, uri in enumerate(plain, start=1):
        post = made.posts[uri]
        for fan in fans[:place]:
            people.ask("POST", f"/api/v1/statuses/{post['id']}/favourite", by=fan)
            people.ask("POST", f"/api/v1/statuses/{post['id']}/reblog", by=fan)
            answer = people.write(fan, f"Well run, says {fan}", in_reply_to_id=post["id"])
            made.comments[answer["uri"]] = f"Well run, says {fan}"
            made.likers.add(fan)
            made.writers.add(fan)
        people.write("anna", "Thank you", in_reply_to_id=post["id"])
        post |= {"likes": place, "shares": place, "comments": place + 1}


def _note(made: Made, post: dict[str, Any], text: str, tags: list[str], **more: Any) -> None:
    made.posts[post["uri"]] = {
        "id": post["id"],
        "text": text,
        "hashtags": tags,
        "language": None,
        "likes": 0,
        "shares": 0,
        "comments": 0,
        **more,
    }


def _set_switches(data: Path) -> None:
    """What can't be turned through this server's API."""
    with closing(sqlite3.connect(data)) as database, database:
        database.execute("UPDATE accounts SET indexable = 1 WHERE username IN ('anna', 'cora')")
        database.execute("UPDATE accounts SET hide_collections = 1 WHERE username = 'ben'")
