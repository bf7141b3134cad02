"""``groundswell up`` keeps everything running, and stops without dropping anything."""

import os
import signal
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from groundswell.project import children, supervisor
from groundswell.project.children import Child, KeepsDying
from groundswell.project.supervisor import CannotListen
from tests.support.installation import Installation, copied
from tests.support.postgres import kill, lives, postmaster
from tests.support.running import eventually, up

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def installation(migrated, tmp_path) -> Installation:
    """With tables, and a server that ends with whoever started it."""
    return copied(migrated, tmp_path / "installation")


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """One installation for the tests that leave it running."""
    with up(Installation(tmp_path_factory.mktemp("up") / "home")) as started:
        yield started


def test_the_address_is_said_when_pages_can_be_answered(running):
    assert running.get("/health/ready") == 200


def test_a_killed_web_server_is_started_again_and_leaves_nobody_behind(running):
    before = running.child("web")
    family = [before, *before.children(recursive=True)]
    before.kill()

    eventually(lambda: not lives(before) and running.successor("web", before))
    eventually(lambda: running.get("/health/ready") == 200)

    assert not [process for process in family if lives(process)]


def test_a_killed_process_of_the_web_server_is_replaced(running):
    before = running.child("web").children()[0]
    before.kill()
    eventually(lambda: not lives(before))
    eventually(lambda: running.get("/health/ready") == 200)


def test_a_killed_worker_is_started_again_and_does_what_waits(running):
    before = running.child("worker")
    before.kill()
    with running.connect() as connection:
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) "
            "VALUES ('default', 'jobs.reap', '{\"timestamp\": 1}')"
        )

        def is_done() -> bool:
            row = connection.execute(
                "SELECT status FROM procrastinate_jobs ORDER BY id DESC LIMIT 1"
            ).fetchone()
            return row == ("succeeded",)

        eventually(is_done)
    assert running.successor("worker", before)


def test_a_killed_workers_job_is_done_by_the_next_one_within_half_a_minute(running):
    with running.connect() as holder, running.connect() as other:
        with holder.transaction():
            holder.execute("LOCK TABLE people_ratecount IN ACCESS EXCLUSIVE MODE")
            job = other.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES "
                "('default', 'people.sweep_limits', '{\"timestamp\": 2}') RETURNING id"
            ).fetchone()
            doing = "SELECT 1 FROM procrastinate_jobs WHERE id = %s AND status = 'doing'"
            eventually(lambda: other.execute(doing, job).fetchone())
            running.child("worker").kill()
        done = "SELECT attempts FROM procrastinate_jobs WHERE id = %s AND status = 'succeeded'"
        assert eventually(lambda: other.execute(done, job).fetchone(), within=30) == (2,)


def test_a_killed_database_is_back_within_ten_seconds_without_a_restart(running):
    web = running.child("web").pid
    statuses: list[int | None] = []
    watching = threading.Event()

    def watch() -> None:
        while not watching.is_set():
            statuses.append(running.get("/health/ready"))
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    before = postmaster(running.installation.home).pid
    kill(running.installation.home, children=True)
    began = time.monotonic()
    eventually(lambda: 503 in statuses[-3:] or running.get("/health/ready") == 200, within=10)
    eventually(lambda: running.get("/health/ready") == 200, within=10)
    assert time.monotonic() - began < 10
    watching.set()
    watcher.join()

    assert set(statuses) <= {200, 503}
    assert running.child("web").pid == web
    assert postmaster(running.installation.home).pid != before


def test_a_taken_port_is_refused_before_anything_is_started(nothing_yet):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = nothing_yet.run("up", "--port", str(port), expect=2)
    assert f"port {port} of 127.0.0.1 is taken" in refused.stderr
    assert not (nothing_yet.home / "cluster").exists()


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(CannotListen, match=r"can't listen at 203\.0\.113\.1 port 8000"):
        supervisor.check_port("203.0.113.1", 8000)


def test_told_to_stop_it_answers_what_it_has_begun_and_ends_with_the_database(installation):
    with up(installation) as running, ThreadPoolExecutor() as pool:
        server, family = postmaster(installation.home), running.family()
        with running.connect() as connection, connection.transaction():
            # A page that waits for a table, and a job that waits for another.
            connection.execute("LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")
            connection.execute("LOCK TABLE people_ratecount IN ACCESS EXCLUSIVE MODE")
            with running.connect() as other:
                other.execute(
                    "INSERT INTO procrastinate_jobs (queue_name, task_name, args) "
                    "VALUES ('default', 'people.sweep_limits', '{\"timestamp\": 1}')"
                )
                eventually(
                    lambda: other.execute(
                        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                        "AND query LIKE '%people_ratecount%'"
                    ).fetchone()
                )
            answer = pool.submit(running.get, "/health/ready")
            time.sleep(1)
            running.process.send_signal(signal.SIGINT)
            time.sleep(1)
            assert running.process.poll() is None
        assert answer.result() == 200
        assert running.process.wait(timeout=30) == 0
        assert not [process for process in family if lives(process)]
        assert not lives(server)
        assert "job_success" in [line["event"] for line in running.log()]


def test_told_twice_it_waits_for_nothing(installation):
    with up(installation) as running, ThreadPoolExecutor() as pool:
        connection = running.connect()
        connection.execute("BEGIN; LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")
        answer = pool.submit(running.get, "/health/ready")
        time.sleep(0.5)
        running.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(timeout=5)
        assert answer.result() is None
        assert "child was killed" in [line["event"] for line in running.log()]
        connection.close()


def test_a_killed_supervisor_leaves_no_orphans(installation):
    with up(installation) as running:
        family = running.family()
        assert len(family) >= 3
        running.process.kill()
        running.process.wait()
        eventually(lambda: not [process for process in family if lives(process)])


def child_that(script: str, *, is_to_blame: bool = True) -> Child:
    command = [sys.executable, "-c", script]
    return Child("child", command, dict(os.environ), lambda: is_to_blame)


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(children, "_LONGEST_PAUSE", 0.0)


def test_who_keeps_dying_at_its_start_is_given_up_loudly(at_once):
    child = child_that("raise SystemExit(3)")
    with pytest.raises(KeepsDying, match=r"5 times within 10 seconds.*status 3"):
        eventually(lambda: child.tend() and False)


def test_a_death_that_another_caused_is_not_counted(at_once):
    child = child_that("raise SystemExit(3)", is_to_blame=False)
    assert [eventually(child.tend) for _ in range(7)] == [True] * 7


def test_a_death_by_somebodys_hand_is_not_counted(at_once):
    child = child_that("import os; os.kill(os.getpid(), 9)")
    assert [eventually(child.tend) for _ in range(7)] == [True] * 7


def test_who_does_not_stop_is_killed_with_what_it_started():
    child = child_that(
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "time.sleep(60)\n"
    )
    child.tend()
    it = psutil.Process(child._process.pid)
    family = eventually(lambda: (others := it.children()) and [it, *others])
    assert not children.stop([child], within=0.5, hurry=lambda: False)
    eventually(lambda: not [process for process in family if lives(process)])
