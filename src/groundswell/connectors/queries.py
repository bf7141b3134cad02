"""Reads of imports and their files, and of connections to networks."""

import csv
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from groundswell.connectors import landing
from groundswell.connectors.actions import imports
from groundswell.connectors.adapters.escaping import restored
from groundswell.connectors.choices import ConnectionState, RunState, UploadState
from groundswell.connectors.models import Connection, ImportRun, Sync, Upload, Watch
from groundswell.terms.errors import Refusal


class UnknownUpload(Refusal):
    """No file that waits has that id."""

    code = "unknown_upload"

    def __init__(self, upload: UUID) -> None:
        super().__init__(
            f"there is no file {upload} waiting in this workspace: it may have been imported, or "
            "thrown away because nobody came back for it within a week; send it again"
        )


class UnknownImport(Refusal):
    """No import has that id."""

    code = "unknown_import"


def unknown_import(run: UUID | str) -> UnknownImport:
    """The refusal of an id that no import has."""
    return UnknownImport(
        f"there is no import {run} in this workspace: `groundswell imports list` shows those that "
        "there are"
    )


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row of a file that was not taken, and why."""

    row: str
    line: str
    column: str
    value: str
    reason: str


def upload(upload_id: UUID) -> Upload:
    """One file that was handed in.

    Raises:
        UnknownUpload: When there is none.
    """
    found = Upload.objects.select_related("workspace").filter(id=upload_id).first()
    if found is None:
        raise UnknownUpload(upload_id)
    return found


def uploads() -> QuerySet[Upload]:
    """Files that wait or are being imported, the last one first."""
    return Upload.objects.exclude(state=UploadState.DONE).order_by("-uploaded_at", "-id")


def look(of: Upload) -> dict[str, Any] | None:
    """What the last look at a file found; None before the first."""
    try:
        found: dict[str, Any] = json.loads(landing.look_of(of.workspace, of.id).read_text("utf-8"))
    except FileNotFoundError:
        return None
    return found


def run(run_id: UUID) -> ImportRun:
    """One import.

    Raises:
        UnknownImport: When there is none.
    """
    found = ImportRun.objects.select_related("workspace").filter(id=run_id).first()
    if found is None:
        raise unknown_import(run_id)
    return found


def runs(*, state: str = "", kind: str = "", text: str = "") -> QuerySet[ImportRun]:
    """Imports that fit all that is given, the last one first.

    Args:
        state: A ``RunState``, or ``rejected`` for those that did not take every row.
        kind: What the files hold.
        text: A part of the file's name, or of who imported it.
    """
    found = ImportRun.objects.order_by("-started_at", "-id")
    if state == "rejected":
        found = found.filter(state=RunState.PUBLISHED, rejected__gt=0)
    elif state:
        found = found.filter(state=state)
    if kind:
        found = found.filter(kind=kind)
    if text:
        found = found.filter(Q(file_name__icontains=text) | Q(by__icontains=text))
    return found


def earlier_import_of(sha256: str) -> ImportRun | None:
    """The last time that a file was imported, if it ever was."""
    same = ImportRun.objects.filter(sha256=sha256, state=RunState.PUBLISHED)
    return same.order_by("-started_at", "-id").first()


def report_of(of: ImportRun) -> Path | None:
    """The report on an import's rejected rows, when there is one."""
    path = imports.report_of(of.workspace, of.id)
    return path if path.is_file() else None


def rejected(of: ImportRun, *, start: int, stop: int) -> list[Rejected]:
    """Some of an import's rejected rows, in the order of the file."""
    path = report_of(of)
    if path is None:
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(itertools.islice(_rejected(file), start, stop))


def reasons_of(of: ImportRun, *, most: int = 10) -> list[tuple[str, str, int]]:
    """Why most rows were rejected: column, reason and how many."""
    path = report_of(of)
    if path is None:
        return []
    counted: dict[tuple[str, str], int] = {}
    with path.open(newline="", encoding="utf-8") as file:
        for bad in itertools.islice(_rejected(file), _COUNTED):
            counted[bad.column, bad.reason] = counted.get((bad.column, bad.reason), 0) + 1
    ranked = sorted(counted.items(), key=lambda entry: -entry[1])
    return [(column, reason, number) for (column, reason), number in ranked[:most]]


_COUNTED = 100_000  # of a report's rows; the first say what is wrong with the others


def _rejected(file: Any) -> Iterator[Rejected]:
    reader = csv.reader(file)
    next(reader, None)
    for number, line, column, value, reason in reader:
        yield Rejected(number, line, restored(column), restored(value), reason)


class UnknownConnection(Refusal):
    """No connection has that id."""

    code = "unknown_connection"

    def __init__(self, connection: UUID | str) -> None:
        super().__init__(
            f"there is no connection {connection} in this workspace: `groundswell connections "
            "list` shows those that there are"
        )


class UnknownWatch(Refusal):
    """No watch has that id."""

    code = "unknown_watch"

    def __init__(self, watch: UUID) -> None:
        super().__init__(f"no connection of this workspace has a watch {watch}")


class UnknownSync(Refusal):
    """No sync has that id."""

    code = "unknown_sync"

    def __init__(self, sync: UUID) -> None:
        super().__init__(f"no connection of this workspace has a sync {sync}")


def connection(connection_id: UUID) -> Connection:
    """One connection to a network.

    Raises:
        UnknownConnection: When there is none.
    """
    found = Connection.objects.select_related("workspace").filter(id=connection_id).first()
    if found is None:
        raise UnknownConnection(connection_id)
    return found


def connections() -> QuerySet[Connection]:
    """Connections that are not ended, by network and name."""
    live = Connection.objects.exclude(state=ConnectionState.ENDED)
    return live.order_by("network", "server", "name")


def watch(watch_id: UUID) -> Watch:
    """One question that a connection asks.

    Raises:
        UnknownWatch: When there is none.
    """
    found = (
        Watch.objects.select_related("connection__workspace", "workspace")
        .filter(id=watch_id)
        .first()
    )
    if found is None:
        raise UnknownWatch(watch_id)
    return found


def watches(of: Connection) -> QuerySet[Watch]:
    """The questions that a connection asks, the oldest first."""
    return Watch.objects.filter(connection=of).order_by("made_at", "id")


def syncs(of: Connection) -> QuerySet[Sync]:
    """What a connection's syncs did, the last one first."""
    found = Sync.objects.filter(watch__connection=of).select_related("watch")
    return found.order_by("-begun_at", "-id")


def sync(sync_id: UUID) -> Sync:
    """What one sync did.

    Raises:
        UnknownSync: When there is none.
    """
    found = Sync.objects.select_related("watch__connection").filter(id=sync_id).first()
    if found is None:
        raise UnknownSync(sync_id)
    return found
