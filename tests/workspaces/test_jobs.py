"""Jobs: deferred with their cause, done by workers, given back when a worker dies."""

import importlib.util
import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial

import pytest
from asgiref.sync import async_to_sync
from django.apps import apps
from django.db import connection
from procrastinate.contrib.django import app

from groundswell.workspaces import access, jobs


def status_of_jobs() -> list[tuple[str, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, status, attempts FROM procrastinate_jobs ORDER BY id")
        return cursor.fetchall()


def test_a_job_is_waiting_once_however_often_it_is_deferred(workspace):
    with access.inside(workspace):
        jobs.defer("test.echo", workspace=workspace, word="a")
        jobs.defer("test.echo", workspace=workspace, word="a")
        jobs.defer("test.echo", workspace=workspace, word="b")

    assert jobs.waiting() == 2


def test_a_job_vanishes_with_the_transaction_that_caused_it(workspace):
    def cause() -> None:
        with access.inside(workspace):
            jobs.defer("test.echo", workspace=workspace)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cause()
    assert jobs.waiting() == 0


def test_gathered_jobs_are_deferred_once_at_the_end_also_of_a_failure(workspace):
    def work() -> None:
        with jobs.gathered():
            for _ in range(2):
                with access.inside(workspace), ThreadPoolExecutor(1) as threads:
                    jobs.defer("test.echo", workspace=workspace, word="here")
                    echo = partial(jobs.defer, "test.echo", workspace=workspace, word="there")
                    threads.submit(copy_context().run, echo).result()
            assert jobs.waiting() == 0
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert jobs.waiting() == 2


def start_as_a_dead_worker(attempts: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', attempts = %s, worker_id = NULL",
            [attempts],
        )


def test_a_dead_workers_job_is_given_back(workspace):
    with access.inside(workspace):
        jobs.defer("test.echo", workspace=workspace)
    start_as_a_dead_worker(attempts=1)

    assert jobs.reap() == jobs.Reaped(given_back=1, parked=0)
    assert status_of_jobs() == [("test.echo", "todo", 2)]


def test_a_job_that_killed_its_worker_too_often_is_parked(workspace):
    with access.inside(workspace):
        jobs.defer("test.echo", workspace=workspace)
    start_as_a_dead_worker(attempts=jobs.MAX_ATTEMPTS)

    assert jobs.reap() == jobs.Reaped(given_back=0, parked=1)
    assert [status for _, status, _ in status_of_jobs()] == ["failed"]


def test_a_dead_workers_job_yields_to_its_waiting_twin(workspace):
    with access.inside(workspace):
        jobs.defer("test.echo", workspace=workspace)
    start_as_a_dead_worker(attempts=1)
    with access.inside(workspace):
        jobs.defer("test.echo", workspace=workspace)

    jobs.reap()

    assert [status for _, status, _ in status_of_jobs()] == ["aborted", "todo"]


def test_ended_jobs_are_deleted_after_a_day_and_failed_ones_after_thirty(workspace):
    ended = [
        ("succeeded", 23), ("succeeded", 25), ("aborted", 25), ("cancelled", 25),
        ("failed", 719), ("failed", 721), ("todo", 999), ("doing", 999),
    ]  # fmt: skip
    with access.inside(workspace):
        for number, _ in enumerate(ended):
            jobs.defer("test.echo", workspace=workspace, number=number)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM procrastinate_jobs ORDER BY id")
        ids = [job for (job,) in cursor.fetchall()]
        for job, (status, hours) in zip(ids, ended, strict=True):
            cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, job])
            cursor.execute(
                "UPDATE procrastinate_events SET at = now() - make_interval(hours => %s) "
                "WHERE job_id = %s",
                [hours, job],
            )

    async_to_sync(jobs.forget_with)(app.job_manager)

    assert [status for _, status, _ in status_of_jobs()] == ["succeeded", "failed", "todo", "doing"]


def test_old_jobs_are_deleted_once_an_hour():
    importlib.import_module("groundswell.workspaces.tasks")
    periodic = app.periodic_registry.periodic_tasks
    assert [task.cron for task in periodic.values() if task.task.name == "jobs.forget"] == [
        "41 * * * *"
    ]


def test_a_worker_loads_the_tasks_of_every_app(settings):
    there = {
        f"{config.name}.tasks"
        for config in apps.get_app_configs()
        if config.name.startswith("groundswell.")
        and importlib.util.find_spec(f"{config.name}.tasks")
    }

    assert set(settings.PROCRASTINATE_IMPORT_PATHS) == there


WORKER = """
import sys, time
from pathlib import Path
from groundswell.project import opening
from groundswell.workspaces import access, clock, jobs
from groundswell.workspaces.actions import workspaces

journal, role = Path(sys.argv[1]), sys.argv[2]

@jobs.task("test.slow")
def slow(workspace, *, now, word):
    with journal.open("a") as file:
        file.write(f"begun {word}\\n")
    if role == "victim":
        time.sleep(60)
    with journal.open("a") as file:
        file.write(f"done {word}\\n")

with opening.open_database():
    workspace = workspaces.first(by="test", now=clock.now())
    if role == "victim":
        with access.inside(workspace):
            jobs.defer("test.slow", workspace=workspace, word="it")
    else:
        jobs.reap(silent_seconds=0)
    jobs.work(until_empty=True)
"""


def test_a_killed_workers_job_is_redone_once(installation, tmp_path):
    journal = tmp_path / "journal"
    journal.touch()
    victim = installation.start_script(WORKER, str(journal), "victim")
    deadline = time.monotonic() + 60
    while not journal.read_text() and time.monotonic() < deadline:
        time.sleep(0.05)
    victim.kill()
    victim.communicate()

    for _ in range(2):
        installation.start_script(WORKER, str(journal), "rescuer").communicate()

    assert journal.read_text().split("\n")[:-1] == ["begun it", "begun it", "done it"]
