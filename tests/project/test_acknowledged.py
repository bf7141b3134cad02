"""What was answered with success is kept, and happened once, whatever is killed meanwhile.

`make test` kills six processes; `make torture` kills 200.
"""

import itertools
import logging
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from psycopg import Connection

from tests.support.clients import Answer, Client
from tests.support.inhabited import PASSWORD, Inhabited, inhabit
from tests.support.installation import copied
from tests.support.postgres import lives
from tests.support.running import Up, eventually, up

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

PERSONS, PROGRAMS = 2, 2
PATIENCE = 60  # seconds that somebody goes on sending the same
PACE = 0.15  # seconds that each waits between two writes
KINDS = ("note", "list", "search", "note", "list", "plan", *["note", "search", "list"] * 5)
AGAIN = {409, 503}  # being answered at this moment; the database was away
BRIEF = {
    "objective": "views",
    "budget": {"amount": 2_000, "currency": "USD"},
    "start": "2027-03-01",
    "end": "2027-04-11",
    "creators": {},
}
KEPT = {
    "list": "SELECT name FROM creators_creatorlist",
    "note": "SELECT text FROM creators_note",
    "search": "SELECT name FROM discovery_savedsearch",
    "plan": "SELECT name FROM planning_plan",
}
EVENTS = {
    "list.created": "list",
    "search.saved": "search",
    "plan.asked": "plan",
    "plan.proposed": "plan",
}
OPEN_JOBS = """
SELECT count(*) FROM procrastinate_jobs
WHERE status IN ('todo', 'doing') AND args ? 'workspace_id'
"""

_log = logging.getLogger(__name__)


@dataclass
class Wish:
    """One write: what it makes is named by nothing else."""

    kind: str
    name: str
    sent: int = 0
    is_acknowledged: bool = False


@dataclass
class Writer:
    """Somebody who writes one thing after the other until told to stop."""

    client: Client
    slug: str
    creator: str
    name: str
    stopped: threading.Event
    wishes: list[Wish] = field(default_factory=list)
    cut_off: int = 0

    def work(self) -> None:
        for number in itertools.count():
            if self.stopped.is_set():
                return
            kind = KINDS[number % len(KINDS)]
            wish = Wish(kind, f"{kind} {number} of {self.name}")
            self.wishes.append(wish)
            self.fulfil(wish)
            time.sleep(PACE)

    def fulfil(self, wish: Wish) -> None:
        raise NotImplementedError


class Person(Writer):
    """Sends forms; when no answer comes, the same form again, unless that would write twice."""

    def fulfil(self, wish: Wish) -> None:
        path, fields = self.form(wish)
        if wish.kind == "note":
            self.send(wish, path, fields)
        else:
            eventually(lambda: self.send(wish, path, fields), within=PATIENCE)

    def send(self, wish: Wish, path: str, fields: dict[str, str]) -> bool:
        wish.sent += 1
        answer = self.client.post_form(f"/w/{self.slug}/{path}", fields)
        if answer is None or answer.status in AGAIN:
            self.cut_off += answer is None
            return False
        # A name may be taken: by the same form, which was cut off after it had been written.
        expected = {302, 303, 422} if wish.sent > 1 else {302, 303}
        assert answer.status in expected, (wish, answer.status, answer.body[-3_000:])
        assert "/accounts/" not in answer.headers.get("Location", "")
        wish.is_acknowledged = True
        return True

    def form(self, wish: Wish) -> tuple[str, dict[str, str]]:
        if wish.kind == "note":
            return f"creators/{self.creator}/notes", {"text": wish.name}
        if wish.kind == "list":
            return "lists/create", {"name": wish.name}
        if wish.kind == "search":
            return "searches/save", {"name": wish.name, "q": "trail"}
        brief = {"name": wish.name, "objective": "views", "start": "2027-03-01"}
        money = {"budget.amount": "2000", "budget.currency": "USD"}
        return "plans/new", {"key": uuid.uuid4().hex, "end": "2027-04-11", **brief, **money}


class Program(Writer):
    """Sends JSON with a key until it is answered, and every third once more after that."""

    def fulfil(self, wish: Wish) -> None:
        path, body = self.resource(wish)
        key = str(uuid.uuid4())
        first = eventually(lambda: self.send(wish, path, body, key), within=PATIENCE)
        if len(self.wishes) % 3 == 0:
            again = eventually(lambda: self.send(wish, path, body, key), within=PATIENCE)
            assert again.headers["Idempotency-Replayed"] == "true"
            assert again.body == first.body

    def send(self, wish: Wish, path: str, body: dict[str, object], key: str) -> Answer | None:
        wish.sent += 1
        answer = self.client.post_json(f"/api/v1/w/{self.slug}{path}", body, key=key)
        if answer is None or answer.status in AGAIN:
            self.cut_off += answer is None
            return None
        assert answer.status in {201, 202}, (wish, answer.status, answer.body)
        wish.is_acknowledged = True
        return answer

    def resource(self, wish: Wish) -> tuple[str, dict[str, object]]:
        if wish.kind == "note":
            return f"/creators/{self.creator}/notes", {"text": wish.name}
        if wish.kind == "list":
            return "/lists", {"name": wish.name}
        if wish.kind == "search":
            return "/searches", {"name": wish.name, "text": "trail"}
        return "/plans", {"brief": BRIEF | {"name": wish.name}}


@pytest.fixture
def inhabited(migrated: Path, tmp_path: Path) -> Inhabited:
    return inhabit(copied(migrated, tmp_path / "installation"), tmp_path, people=PERSONS + PROGRAMS)


def writers(inhabited: Inhabited, running: Up) -> list[Writer]:
    """People who have signed in, and programs with a token."""
    stopped = threading.Event()
    made: list[Writer] = []
    for number, (email, token) in enumerate(inhabited.tokens.items()):
        client = Client(running.port)
        if number < PERSONS:
            client.sign_in(email, PASSWORD)
        else:
            client.headers["Authorization"] = f"Bearer {token}"
        kind = Person if number < PERSONS else Program
        creator = inhabited.creators[number % len(inhabited.creators)]
        made.append(kind(client, inhabited.slug, creator, email, stopped))
    return made


def victims(running: Up, name: str) -> list[psutil.Process]:
    """The web server's or the worker's processes that live at this moment."""
    children = psutil.Process(running.process.pid).children()
    firsts = [each for each in children if f"groundswell.project.{name}" in each.cmdline()]
    return [each for first in firsts for each in (first, *first.children(recursive=True))]


def kill_one(running: Up, name: str, rng: np.random.Generator, *, is_first: bool) -> bool:
    """kill -9 of one of them, by chance; False when there is none yet again.

    The first is the web server itself: a kill that nobody's request meets would show nothing.
    """
    with suppress(psutil.NoSuchProcess):  # it saw its parent go, and went
        alive = [each for each in victims(running, name) if lives(each)]
        if alive:
            alive[0 if is_first else rng.integers(len(alive))].kill()
            return True
    return False


def at_work(made: list[Writer], running: Up, *, cycles: int, rng: np.random.Generator) -> None:
    """Kill while all of them write: the web server and the worker in turn."""
    killed = 0
    with ThreadPoolExecutor(len(made)) as pool:
        working: list[Future[None]] = [pool.submit(each.work) for each in made]
        try:
            while killed < cycles and not any(each.done() for each in working):
                time.sleep(rng.uniform(0.5, 3.0))
                name = ("web", "worker")[killed % 2]
                killed += kill_one(running, name, rng, is_first=killed == 0)
        finally:
            made[0].stopped.set()
        for each in working:
            each.result()


def counted(connection: Connection[Any], query: str) -> Counter[str]:
    return Counter(name for (name,) in connection.execute(query))


def check(wishes: list[Wish], connection: Connection[Any]) -> None:
    """Everything acknowledged is there once, and nothing is there twice."""
    for kind, query in KEPT.items():
        kept = counted(connection, query)
        acknowledged = {one.name for one in wishes if one.kind == kind and one.is_acknowledged}
        assert acknowledged <= set(kept), "acknowledged, and lost"
        assert set(kept.values()) <= {1}, "happened twice"
        assert set(kept) <= {one.name for one in wishes}
    for event, kind in EVENTS.items():
        noted = counted(
            connection,
            f"SELECT subject FROM workspaces_journalentry WHERE event = '{event}'",
        )
        assert noted == counted(connection, KEPT[kind]), f"{event} isn't told once each"


def test_what_is_acknowledged_is_kept_once_whoever_is_killed(inhabited, pytestconfig):
    cycles = pytestconfig.getoption("--cycles")
    seed = pytestconfig.getoption("--seed") or int(np.random.SeedSequence().generate_state(1)[0])
    _log.warning("to do the same again: --cycles %s --seed %s", cycles, seed)
    with up(inhabited.installation) as running:
        made = writers(inhabited, running)
        at_work(made, running, cycles=cycles, rng=np.random.default_rng(seed))
        wishes = [wish for writer in made for wish in writer.wishes]
        with running.connect() as connection:
            eventually(lambda: connection.execute(OPEN_JOBS).fetchone() == (0,), within=90)
            check(wishes, connection)
        assert running.stop() == 0
    cut_off = sum(writer.cut_off for writer in made)
    _log.warning("%s writes, %s requests cut off", len(wishes), cut_off)
    assert len(wishes) >= 4 * cycles
    assert cut_off >= cycles // 2
