"""PostgreSQL's own pg_dump and pg_restore, on any server."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict

from groundswell.project import programs
from groundswell.workspaces.tenancy import APP_ROLE

_LOADED = ("pre-data", "data")
_FINISHED = ("post-data",)  # keys, triggers, and row-level security

_MAKE_ROLE = f"""
    DO $$ BEGIN
        CREATE ROLE {APP_ROLE} NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;  -- another database of this server has it
    END $$;
    GRANT {APP_ROLE} TO CURRENT_USER;
"""


def dump(url: str, to: Path, *, snapshot: str, major: int) -> None:
    """Write what a snapshot sees.

    Raises:
        programs.ProgramFailed: With what pg_dump said.
    """
    arguments = ["--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={to}"]
    _run("pg_dump", arguments, url, major)


def make_role(url: str) -> None:
    """Have the application's role, which belongs to the server and is in no dump."""
    with psycopg.connect(url) as connection:
        connection.execute(_MAKE_ROLE)


def load(url: str, dumped: Path, *, owner: str | None, major: int) -> None:
    """Make the tables and fill them, all or nothing; nothing is hidden from their owner yet.

    Raises:
        programs.ProgramFailed: With what pg_restore said.
    """
    _restore(url, dumped, sections=_LOADED, owner=owner, major=major)


def finish(url: str, dumped: Path, *, owner: str | None, major: int) -> None:
    """Put keys, triggers and row-level security onto loaded tables, all or nothing.

    Raises:
        programs.ProgramFailed: With what pg_restore said.
    """
    _restore(url, dumped, sections=_FINISHED, owner=owner, major=major)


def _restore(
    url: str, dumped: Path, *, sections: Sequence[str], owner: str | None, major: int
) -> None:
    arguments = ["--no-owner", "--single-transaction", "--exit-on-error"]
    arguments += [f"--section={section}" for section in sections]
    if owner is not None:
        arguments.append(f"--role={owner}")
    database = str(conninfo_to_dict(url)["dbname"])
    _run("pg_restore", [*arguments, f"--dbname={database}", str(dumped)], url, major)


def _run(program: str, arguments: Sequence[str], url: str, major: int) -> None:
    done = subprocess.run(
        [_found(program, major), *arguments],
        env={"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath), **_environment(url)},
        capture_output=True,
        text=True,
        check=False,
        umask=0o077,
        start_new_session=True,
    )
    if done.returncode != 0:
        raise programs.ProgramFailed(
            f"{program} ended with {done.returncode}: {done.stderr.strip()}"
        )


def _found(program: str, major: int) -> str:
    """The program of the server's own version where the system has it, else ours."""
    installed = shutil.which(program)
    if str(major) != programs.MAJOR and installed is not None:
        said = subprocess.run(
            [installed, "--version"], capture_output=True, text=True, check=False
        ).stdout
        if f" {major}." in said:
            return installed
    return str(programs.folder() / program)


def _environment(url: str) -> dict[str, str]:
    """The address as variables: what is in the arguments, every user of the machine can read."""
    given = conninfo_to_dict(url)
    variables = {
        option.keyword.decode(): option.envvar.decode()
        for option in pq.Conninfo.get_defaults()
        if option.envvar is not None
    }
    return {variables[key]: str(value) for key, value in given.items() if key in variables}
