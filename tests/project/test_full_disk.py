"""A full disk: writes are refused in clear words, and all goes on when there is room again."""

import html
import os
import subprocess
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from groundswell.project import supervisor
from tests.support.clients import Answer, Client
from tests.support.inhabited import PASSWORD, inhabit
from tests.support.installation import Installation
from tests.support.running import Up, eventually, up

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def disk(tmp_path):
    """A disk of its own, so that filling it disturbs nobody."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256m,mode=755", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("a disk of its own can't be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """Take all space that is left."""
    path = disk / "filler"
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    return path


def exhaust(running: Up) -> None:
    """Have the server write its log until it falls for want of room."""
    noise = "SELECT pg_logical_emit_message(false, '', repeat('x', 1000000))"
    with running.connect() as connection, pytest.raises(psycopg.OperationalError):
        connection.execute(f"{noise} FROM generate_series(1, 400)")


@dataclass
class Visit:
    """A person and a program who write, and remember what was acknowledged."""

    slug: str
    creator: str
    browser: Client
    program: Client
    acknowledged: list[str] = field(default_factory=list)

    def write(self, name: str) -> list[Answer]:
        """A note by the form, one by the API, a file for the creator and one to import."""
        notes = f"w/{self.slug}/creators/{self.creator}/notes"
        text = f"{name} " + "long " * 800
        plain = {"Content-Type": "text/plain"}
        answers = [
            self.browser.post_form(f"/{notes}", {"text": f"form {text}"}),
            self.program.post_json(
                f"/api/v1/{notes}", {"text": f"json {text}"}, key=name.replace(" ", "-")
            ),
            self.program.send(
                "POST",
                f"/api/v1/w/{self.slug}/creators/{self.creator}/files?file_name=a.txt",
                f"{name} {'hello ' * 10_000}".encode(),
                plain,
            ),
            self.program.send(
                "POST", f"/api/v1/w/{self.slug}/uploads?file_name=a.csv", b"a,b\n" * 50_000, plain
            ),
        ]
        for how, answer in zip(("form", "json"), answers, strict=False):
            if answer is not None and answer.status < 400:
                self.acknowledged.append(f"{how} {text}".strip())
        return [each for each in answers if each is not None]


def refused(answers: Iterable[Answer]) -> set[int]:
    """The statuses of those that are no success; all of them say why."""
    found = [each for each in answers if each.status >= 400]
    told = ("disk is full", "database doesn't answer")
    assert all(any(words in html.unescape(each.body.decode()) for words in told) for each in found)
    return {each.status for each in found}


def test_a_full_disk_refuses_writes_keeps_what_was_acknowledged_and_passes(disk, tmp_path):
    there = inhabit(Installation(disk / "home"), tmp_path, people=1)
    [(email, token)] = there.tokens.items()
    with up(there.installation) as running:
        browser = Client(running.port)
        browser.sign_in(email, PASSWORD)
        program = Client(running.port, {"Authorization": f"Bearer {token}"})
        visit = Visit(there.slug, there.creators[0], browser, program)
        assert refused(visit.write("before")) == set()

        filler = fill(disk)
        answers = [answer for turn in range(20) for answer in visit.write(f"full {turn}")]
        assert refused(answers) == {507}
        page = browser.get(f"/w/{there.slug}/lists")
        assert page is not None
        assert page.status == 200

        exhaust(running)
        assert refused(visit.write("exhausted")) <= {503, 507}
        time.sleep(8)  # the server is tried again meanwhile
        assert refused(visit.write("still exhausted")) <= {503, 507}
        filler.unlink()
        eventually(lambda: (all_ := visit.write("after")) and not refused(all_), within=60)

        with running.connect() as connection:
            kept = Counter(text for (text,) in connection.execute("SELECT text FROM creators_note"))
        assert set(visit.acknowledged) <= set(kept)
        assert running.stop() == 0


def test_nobody_is_to_blame_for_not_starting_on_a_full_disk(disk, settings):
    settings.GROUNDSWELL_HOME = disk
    fill(disk)
    assert not supervisor._can_start()
