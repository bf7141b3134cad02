"""The embedded server comes up for its first user and goes with its last."""

import contextlib
import multiprocessing
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest

from groundswell.project import cluster, embedded
from tests.support.postgres import ends, lives, postmaster

_USER = """
import sys
from pathlib import Path
from groundswell.project import embedded
with embedded.server(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def start_user(home: Path) -> Callable[[], subprocess.Popen[str]]:
    """Starts processes that use the home's server until they are told to go."""

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", _USER, str(home)]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    return start


def test_an_empty_home_becomes_a_server_that_answers(home: Path) -> None:
    with (
        embedded.server(home) as url,
        psycopg.connect(url) as connection,
    ):
        found = connection.execute("SELECT current_user, current_database()").fetchone()
    assert found == ("groundswell", "groundswell")


def test_what_was_written_is_there_at_the_next_start(home: Path) -> None:
    with embedded.server(home) as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    with embedded.server(home) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_the_last_user_stops_the_server(home: Path) -> None:
    first, second = embedded.Server(home), embedded.Server(home)
    assert first.acquire() == second.acquire()
    running = postmaster(home)
    first.release()
    assert lives(running)
    second.release()
    assert ends(running)
    assert not (home / "cluster" / "postmaster.pid").exists()


def test_releasing_twice_harms_nobody(home: Path) -> None:
    with embedded.server(home):
        other = embedded.Server(home)
        other.acquire()
        other.release()
        other.release()
        assert lives(postmaster(home))


def parent(process: psutil.Process) -> int | None:
    try:
        return process.ppid()
    except psutil.NoSuchProcess:
        return None


def test_users_that_come_at_the_same_moment_share_one_server(
    home: Path, start_user: Callable[[], subprocess.Popen[str]]
) -> None:
    users = [start_user() for _ in range(4)]
    assert {user.stdout.readline().strip() for user in users} == {embedded.socket_url(home)}
    servers = [
        found for found in psutil.process_iter() if embedded._stands_in(found, home / "cluster")
    ]
    pids = {found.pid for found in servers}
    # Its children come and go; one that has just gone has no parent any more.
    assert {found.pid for found in servers if parent(found) not in {None, *pids}} == {
        postmaster(home).pid
    }
    for user in users:
        user.communicate("go\n")
    assert not (home / "cluster" / "postmaster.pid").exists()


def test_a_killed_user_is_counted_no_more(
    home: Path, start_user: Callable[[], subprocess.Popen[str]]
) -> None:
    with embedded.server(home):
        killed = start_user()
        killed.stdout.readline()
        running = postmaster(home)
        killed.kill()
        killed.communicate()
        assert lives(running)
    assert ends(running)


def test_a_server_left_by_a_killed_user_serves_the_next_one(
    home: Path, start_user: Callable[[], subprocess.Popen[str]]
) -> None:
    killed = start_user()
    killed.stdout.readline()
    running = postmaster(home)
    killed.kill()
    killed.communicate()
    with embedded.server(home):
        assert postmaster(home).pid == running.pid
    assert ends(running)


def test_a_program_that_a_user_starts_does_not_count(home: Path) -> None:
    with embedded.server(home):
        running = postmaster(home)
        child = subprocess.Popen(["sleep", "60"], close_fds=False)
    try:
        assert ends(running)
    finally:
        child.kill()
        child.wait()


def test_a_forked_child_of_a_killed_user_still_counts(home: Path) -> None:
    server = embedded.Server(home)
    server.acquire()
    child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,))
    child.start()
    server.release()
    try:
        assert lives(postmaster(home))
    finally:
        child.kill()
        child.join()
        child.close()
        with embedded.server(home):
            running = postmaster(home)
    assert ends(running)


def test_it_answers_when_all_places_are_taken(home: Path) -> None:
    with embedded.server(home) as url:
        taken = [psycopg.connect(url) for _ in range(47)]
        try:
            with embedded.server(home) as again:
                assert again == url
        finally:
            for connection in taken:
                connection.close()


def test_a_path_too_long_for_a_socket_gets_a_short_closed_folder(tmp_path: Path) -> None:
    home = tmp_path / ("x" * 100)
    folder = cluster.socket_folder(home)
    with embedded.server(home) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


def test_a_path_with_spaces_and_signs_works(tmp_path: Path) -> None:
    with embedded.server(tmp_path / "é & 'co' $x") as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("listen_addresses", ""),
        ("data_checksums", "on"),
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("server_encoding", "UTF8"),
        ("TimeZone", "UTC"),
        ("jit", "off"),
        ("max_connections", "50"),
        ("shared_buffers", "128MB"),
    ],
)
def test_the_server_is_set_up_to_lose_nothing(embedded_url: str, setting: str, value: str) -> None:
    with psycopg.connect(embedded_url) as connection:
        assert connection.execute(f"SHOW {setting}").fetchone() == (value,)


def test_texts_are_ordered_the_same_on_every_machine(embedded_url: str) -> None:
    with psycopg.connect(embedded_url) as connection:
        ordered = connection.execute("SELECT unnest(ARRAY['ä','b','B','a']) ORDER BY 1").fetchall()
        folded = connection.execute("SELECT lower('ÄÖÉ')").fetchone()
    assert [text for (text,) in ordered] == ["B", "a", "b", "ä"]
    assert folded == ("äöé",)


def test_the_owner_is_bound_by_row_level_security_and_may_make_roles(embedded_url: str) -> None:
    with psycopg.connect(embedded_url) as connection:
        rights = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles "
            "WHERE rolname = current_user"
        ).fetchone()
        connection.execute("CREATE ROLE visitor NOLOGIN")
        connection.execute("SET LOCAL ROLE visitor")
        visitor = connection.execute("SELECT current_user").fetchone()
        connection.rollback()
    assert rights == (False, False, True, True)
    assert visitor == ("visitor",)


def test_the_log_keeps_nobodys_data(home: Path) -> None:
    with embedded.server(home) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE people (address text PRIMARY KEY)")
        for _ in range(2):
            with contextlib.suppress(psycopg.errors.UniqueViolation):
                connection.execute("INSERT INTO people VALUES (%s)", ["canary@example.org"])
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            connection.execute("SELECT 'canary'::integer")
    logs = [log.read_text() for log in (home / "cluster" / "log").iterdir()]
    assert any("ready to accept connections" in log for log in logs)
    assert not any("canary" in log for log in logs)


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    with embedded.server(home):
        pass
    (home / "cluster" / "postgresql.auto.conf").write_text("shared_buffers = 'plenty'\n")
    with pytest.raises(embedded.CannotStart, match=r'invalid value for parameter "shared_buffers"'):
        embedded.Server(home).acquire()
