"""kill -9 at any moment: the next use works, and what was acknowledged is there."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest

from groundswell.project import cluster, embedded, programs
from tests.support.postgres import ends, kill, postmaster, wait_until

# Prints a number as soon as the server has acknowledged it, until the server goes away.
_WRITER = """
import sys
from pathlib import Path
import psycopg
from groundswell.project import embedded
with embedded.server(Path(sys.argv[1])) as url, psycopg.connect(url, autocommit=True) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS acknowledged (n bigint PRIMARY KEY)")
    (n,) = connection.execute("SELECT coalesce(max(n), 0) FROM acknowledged").fetchone()
    try:
        while True:
            n += 1
            connection.execute("INSERT INTO acknowledged VALUES (%s)", [n])
            print(n, flush=True)
    except psycopg.OperationalError:
        pass
"""
_STARTER = """
import sys
from pathlib import Path
from groundswell.project import embedded
server = embedded.Server(Path(sys.argv[1]))
server.acquire()
"""


@pytest.fixture
def crashed(home: Path) -> Path:
    """A home whose server was killed, with all of its processes."""
    server = embedded.Server(home)
    with psycopg.connect(server.acquire()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    kill(home, children=True)
    server.release()
    return home


def _kept(home: Path) -> int:
    with embedded.server(home) as url, psycopg.connect(url) as connection:
        return connection.execute("SELECT answer FROM kept").fetchone()[0]


def test_no_acknowledged_row_is_missing_after_any_of_six_kills(home: Path) -> None:
    acknowledged: set[int] = set()
    for cut in range(6):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(home)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(40 + 25 * cut):
            acknowledged.add(int(writer.stdout.readline()))
        kill(home, children=cut % 2 == 0)
        rest, _ = writer.communicate()
        acknowledged.update(int(line) for line in rest.split())
        with embedded.server(home) as url, psycopg.connect(url) as connection:
            found = {n for (n,) in connection.execute("SELECT n FROM acknowledged")}
        # One more may have been written and not yet acknowledged when the server died.
        assert acknowledged <= found
        assert len(found - acknowledged) <= cut + 1
    assert len(acknowledged) >= 600


def test_a_server_killed_without_its_children_is_replaced(home: Path) -> None:
    with embedded.server(home) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        kill(home, children=False)
        assert _kept(home) == 42


def test_a_child_that_outlives_its_server_is_ended_before_the_next_one(home: Path) -> None:
    with embedded.server(home) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        asleep = psutil.Process(connection.info.backend_pid)
        asleep.suspend()
        kill(home, children=False)
        assert _kept(home) == 42
        assert ends(asleep)


def test_a_number_that_another_process_has_got_since_does_not_matter(crashed: Path) -> None:
    user = programs.server_user().pw_uid if os.geteuid() == 0 else None
    other = subprocess.Popen(["sleep", "60"], user=user)
    for note in ("postmaster.pid", ".s.PGSQL.5432.lock"):
        text = (crashed / "cluster" / note).read_text()
        (crashed / "cluster" / note).write_text(f"{other.pid}\n{text.split(chr(10), 1)[1]}")
    try:
        assert _kept(crashed) == 42
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_an_unreadable_note_of_the_server_does_not_matter(crashed: Path) -> None:
    (crashed / "cluster" / "postmaster.pid").write_text("")
    assert _kept(crashed) == 42


def test_a_socket_that_nobody_listens_on_does_not_matter(crashed: Path) -> None:
    (crashed / "cluster" / "postmaster.pid").unlink()
    assert (crashed / "cluster" / ".s.PGSQL.5432").is_socket()
    assert _kept(crashed) == 42


def test_a_release_after_a_crash_is_no_error(home: Path) -> None:
    server = embedded.Server(home)
    server.acquire()
    kill(home, children=True)
    server.release()


@pytest.mark.parametrize(
    "moment",
    [
        lambda home: any(home.glob("cluster.making-*")),
        lambda home: any(home.glob("cluster.making-*/global/pg_control")),
        lambda home: any(home.glob("cluster.making-*/base/4")),
        lambda home: (home / "cluster").exists(),
        lambda home: (home / "cluster" / "postmaster.pid").exists(),
    ],
    ids=["folder made", "first tables", "last template", "moved into place", "server starting"],
)
def test_a_first_start_killed_half_way_is_done_again(
    home: Path, moment: Callable[[Path], bool]
) -> None:
    starter = subprocess.Popen([sys.executable, "-c", _STARTER, str(home)])
    wait_until(lambda: moment(home))
    starter.kill()
    starter.wait()
    with embedded.server(home) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("groundswell",)
        server = postmaster(home)
    assert ends(server)
    assert not list(home.glob("cluster.making-*"))


def test_a_last_user_killed_while_it_stops_the_server_does_not_matter(home: Path) -> None:
    user = subprocess.Popen(
        [sys.executable, "-c", _STARTER + "\nserver.release()", str(home)], text=True
    )
    logs = home / "cluster" / "log"
    wait_until(lambda: any("shutdown request" in log.read_text() for log in logs.glob("*.log")))
    user.kill()
    user.wait()
    with embedded.server(home) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_cluster_of_another_major_version_is_left_alone(home: Path) -> None:
    (home / "cluster").mkdir(parents=True)
    (home / "cluster" / "PG_VERSION").write_text("16\n")
    with pytest.raises(cluster.WrongServerVersion, match=r"PostgreSQL 16 .* brings 18; dump it"):
        embedded.Server(home).acquire()
    assert [path.name for path in (home / "cluster").iterdir()] == ["PG_VERSION"]


def test_a_folder_of_something_else_is_left_alone(home: Path) -> None:
    (home / "cluster").mkdir(parents=True)
    (home / "cluster" / "letters.txt").write_text("dear reader")
    with pytest.raises(cluster.ForeignCluster, match="something other than a database"):
        embedded.Server(home).acquire()
    assert [path.name for path in (home / "cluster").iterdir()] == ["letters.txt"]
