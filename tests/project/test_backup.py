"""Backups: whole or refused, taken under load, and brought back without touching what was there."""

import json
import os
import signal
import subprocess
import tarfile
from pathlib import Path
from urllib.parse import quote

import numpy as np
import psycopg
import pytest

from groundswell.project import archives, backup, cluster, embedded, programs
from groundswell.project.archives import DamagedBackup
from tests.support.installation import Installation, copied

_ROOT = Path(__file__).parents[2]

LOADER = """
import itertools, sys
from pathlib import Path
from groundswell.connectors.actions import imports
from groundswell.project import opening
from groundswell.terms.progress import silent
from groundswell.workspaces import clock
from groundswell.workspaces.actions import workspaces

folder = Path(sys.argv[1])
with opening.open_database():
    workspace = workspaces.first(by="test", now=clock.now())
    for number in itertools.count(1):
        file = folder / f"load-{number}.csv"
        file.write_text("platform,handle,followers\\n" + "".join(
            f"instagram,load{number}x{row},{1000 + row}\\n" for row in range(40)))
        imports.import_file(workspace=workspace, kind="accounts", path=file, mapping=None,
            platform=None, by="test", now=clock.now(), progress=silent)
        print(number, flush=True)
"""


def write_accounts(path: Path, *, start: int, count: int = 30) -> Path:
    rows = (f"instagram,anna{number},{1_000 + number}" for number in range(start, start + count))
    path.write_text("\n".join(["platform,handle,followers", *rows]) + "\n")
    return path


def handles(installation: Installation) -> int:
    return installation.json("search", "--limit", "1")["total"]


@pytest.fixture
def installation(migrated, tmp_path) -> Installation:
    """With tables, and a server that runs only while a command does: one in use isn't replaced."""
    return copied(migrated, tmp_path / "installation")


@pytest.fixture(scope="module")
def source(migrated, tmp_path_factory) -> Installation:
    """An installation with some creators, a rejected row and a contact."""
    folder = tmp_path_factory.mktemp("source")
    found = copied(migrated, folder / "home")
    accounts = write_accounts(folder / "accounts.csv", start=0)
    accounts.write_text(accounts.read_text() + "nowhere,nobody,x\n")
    found.run("import", "accounts", str(accounts))
    contacts = folder / "contacts.csv"
    contacts.write_text("account,channel,address\ninstagram:anna1,email,anna@example.com\n")
    found.run("import", "contacts", str(contacts))
    return found


@pytest.fixture(scope="module")
def taken(source, tmp_path_factory) -> tuple[Path, Path]:
    """A backup of it, and its master key."""
    folder = tmp_path_factory.mktemp("backup")
    source.run("backup", str(folder / "one.tar"), "--keys", str(folder / "master.key"))
    return folder / "one.tar", folder / "master.key"


def test_a_backup_brought_back_elsewhere_is_the_same(source, taken, nothing_yet):
    archive, key = taken
    told = nothing_yet.json("restore", str(archive), "--keys", str(key))

    assert told["set_aside"] is None
    assert nothing_yet.json("verify")["rows"] == source.json("verify")["rows"]
    assert handles(nothing_yet) == handles(source) == 30
    account = "instagram:anna1"
    listed = nothing_yet.json("contacts", "list", account)
    assert listed == source.json("contacts", "list", account)
    assert "anna@example.com" in json.dumps(listed)
    reports = nothing_yet.home.glob("workspaces/*/imports/reports/*.csv")
    assert any("nowhere" in report.read_text() for report in reports)
    assert (nothing_yet.home / "keys" / "master.key").stat().st_mode & 0o777 == 0o600
    assert not list(nothing_yet.home.glob(".restoring-*"))
    nothing_yet.run("import", "accounts", str(write_accounts(archive.parent / "b.csv", start=99)))
    assert handles(nothing_yet) == 60


def test_an_archive_holds_no_key_and_no_readable_contact(taken):
    archive, key = taken
    assert key.read_bytes() not in archive.read_bytes()
    assert b"anna@example.com" not in archive.read_bytes()
    assert not [name for name in archives.opened(archive).files if "key" in name]
    assert archive.stat().st_mode & 0o777 == 0o600


def test_a_flipped_bit_anywhere_is_found(taken, tmp_path):
    archive, _ = taken
    whole = archive.read_bytes()
    spots = np.random.default_rng(len(whole)).integers(len(whole), size=18)
    damaged = tmp_path / "damaged.tar"
    for spot in [0, len(whole) - 1, *map(int, spots)]:
        damaged.write_bytes(whole[:spot] + bytes([whole[spot] ^ 1]) + whole[spot + 1 :])
        with pytest.raises(DamagedBackup):
            archives.opened(damaged)


@pytest.mark.parametrize("kept", [0, 10, 5_000, -1])
def test_an_archive_that_was_cut_off_is_found(taken, tmp_path, kept):
    damaged = tmp_path / "damaged.tar"
    damaged.write_bytes(taken[0].read_bytes()[:kept])
    with pytest.raises(DamagedBackup, match="isn't what was written"):
        archives.opened(damaged)


def state_of(home: Path) -> dict[str, int]:
    """Every file that isn't the server's, with its time."""
    return {
        str(path): path.stat().st_mtime_ns
        for path in home.rglob("*")
        if path.is_file() and "cluster" not in path.parts
    }


def test_nothing_is_touched_when_a_backup_can_not_be_brought_back(taken, installation, tmp_path):
    archive, _ = taken
    installation.run("import", "accounts", str(write_accounts(tmp_path / "a.csv", start=500)))
    before = state_of(installation.home)
    damaged, other_key = tmp_path / "damaged.tar", tmp_path / "other.key"
    damaged.write_bytes(archive.read_bytes()[:-1] + b"x")
    other_key.write_bytes(bytes(32))

    refusals = {
        ("restore", str(damaged), "--replace", "--yes"): "damaged_backup",
        ("restore", str(archive), "--replace", "--yes"): "cannot_restore",  # its key is elsewhere
        ("restore", str(archive), "--replace", "--yes", "--keys", str(other_key)): "cannot_restore",
        ("restore", str(archive), "--keys", str(taken[1])): "cannot_restore",  # it isn't empty
    }
    for arguments, code in refusals.items():
        assert installation.json(*arguments, expect=2)["error"]["code"] == code

    assert state_of(installation.home) == before
    assert handles(installation) == 30


def test_what_is_replaced_is_set_aside(taken, installation, tmp_path):
    archive, key = taken
    installation.run("import", "accounts", str(write_accounts(tmp_path / "a.csv", start=500)))
    told = installation.json("restore", str(archive), "--keys", str(key), "--replace", "--yes")

    assert installation.json("search", "anna500", "--limit", "1")["total"] == 0
    aside = Installation(Path(told["set_aside"]))
    assert aside.json("search", "anna500", "--limit", "1")["total"] == 1


def test_what_somebody_uses_is_not_replaced(taken, source):
    archive, _ = taken
    with embedded.server(source.home):
        refused = source.json("restore", str(archive), "--replace", "--yes", expect=2)
    assert refused["error"]["code"] == "still_used"
    assert handles(source) == 30


def test_a_backup_under_load_is_as_of_one_moment(source, nothing_yet, tmp_path):
    loaded = Installation(tmp_path / "loaded")
    loader = loaded.start_script(LOADER, str(tmp_path))
    try:
        assert loader.stdout is not None
        for number in range(3):  # each after another import, while the next one goes on
            assert loader.stdout.readline() == f"{number + 1}\n"
            imported = len(list(tmp_path.glob("load-*.csv"))) - 1  # and perhaps the last one
            key = str(tmp_path / f"{number}.key")
            loaded.run("backup", str(tmp_path / f"{number}.tar"), "--keys", key)
        assert loader.stdout.readline() == "4\n"
    finally:
        loader.send_signal(signal.SIGTERM)
        rest, _ = loader.communicate()
    acknowledged = 4 + len(rest.splitlines())

    told = nothing_yet.json("restore", str(tmp_path / "2.tar"), "--keys", str(tmp_path / "2.key"))

    assert nothing_yet.json("verify")["rows"] == handles(nothing_yet)
    published = [
        entry
        for entry in nothing_yet.json("journal", "--limit", "1000")["entries"]
        if entry["event"] == "import.published"
    ]
    assert imported <= len(published) <= acknowledged
    assert handles(nothing_yet) == 40 * len(published)
    assert told["tables"] > 30


def test_a_folder_keeps_the_newest_dated_archives(source, tmp_path):
    for day in (1, 2, 3):
        (tmp_path / f"groundswell-2026010{day}T000000Z.tar").touch()
    (tmp_path / "mine.tar").touch()
    source.run("backup", str(tmp_path), "--keep", "2")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == 3
    assert names[0] == "groundswell-20260103T000000Z.tar"
    assert names[2] == "mine.tar"


def test_a_missing_file_is_found_and_not_backed_up(taken, nothing_yet, tmp_path):
    nothing_yet.run("restore", str(taken[0]), "--keys", str(taken[1]))
    segment = next(nothing_yet.home.glob("workspaces/*/warehouse/*/*/*.parquet"))
    segment.unlink()
    assert nothing_yet.json("verify", expect=2)["error"]["code"] == "files_missing"
    refused = nothing_yet.json("backup", str(tmp_path / "two.tar"), expect=2)
    assert refused["error"]["code"] == "cannot_back_up"
    assert not list(tmp_path.glob("*two.tar*"))


@pytest.fixture
def team(tmp_path):
    """Databases on a server that many use, its users as `deploy/make-roles.sh` makes them."""
    with embedded.server(tmp_path / "server"):
        folder = cluster.socket_folder(tmp_path / "server")
        with psycopg.connect(
            embedded.socket_url(tmp_path / "server", user="postgres", database="postgres"),
            autocommit=True,
        ) as connection:
            connection.execute("DROP DATABASE groundswell")
            connection.execute("DROP ROLE groundswell")
        for name in ("groundswell_password", "backup_password"):
            (tmp_path / name).write_text("a 'quoted' password")
        path = f"{programs.folder()}:{os.environ['PATH']}"
        secrets = {"POSTGRES_SECRETS": str(tmp_path), "PGHOST": str(folder), "PATH": path}
        subprocess.run([_ROOT / "deploy/make-roles.sh"], env=secrets, check=True)
        with psycopg.connect(
            embedded.socket_url(tmp_path / "server", user="postgres"), autocommit=True
        ) as connection:
            connection.execute("CREATE DATABASE another OWNER groundswell")
        yield lambda user, name: f"postgresql://{user}@/{name}?host={quote(str(folder), safe='')}"


class Team(Installation):
    """An installation on a team's database."""

    url, backup_url = "", ""

    @property
    def environment(self) -> dict[str, str]:
        more = {"DATABASE_URL": self.url, "GROUNDSWELL_BACKUP_URL": self.backup_url}
        return super().environment | {key: value for key, value in more.items() if value}


def test_a_teams_database_is_brought_back_into_an_empty_one(team, tmp_path):
    first, second = Team(tmp_path / "first"), Team(tmp_path / "second")
    for installation, name in ((first, "groundswell"), (second, "another")):
        object.__setattr__(installation, "url", team("groundswell", name))
    archive, key = str(tmp_path / "team.tar"), str(tmp_path / "team.key")
    first.run("import", "accounts", str(write_accounts(tmp_path / "a.csv", start=0)))

    refused = first.json("backup", archive, expect=2)
    assert "GROUNDSWELL_BACKUP_URL" in refused["error"]["message"]

    object.__setattr__(first, "backup_url", team("groundswell_backup", "groundswell"))
    first.run("backup", archive, "--keys", key)
    second.run("restore", archive, "--keys", key)
    assert handles(second) == 30
    refused = second.json("restore", archive, "--replace", "--yes", expect=2)
    assert "isn't empty" in refused["error"]["message"]
    assert second.json("verify")["rows"] == 30


def test_a_newer_releases_backup_is_refused(taken, nothing_yet, tmp_path):
    manifest = archives.opened(taken[0])
    newer = tmp_path / "newer.tar"
    with archives.writing(newer) as writer:
        (tmp_path / "database.dump").write_bytes(b"of tomorrow")
        writer.add("database.dump", tmp_path / "database.dump")
        writer.close(
            archives.Manifest(
                made_at=manifest.made_at,
                release="99.0",
                postgresql=manifest.postgresql,
                key=None,
                migrations=[*manifest.migrations, "planning.0999_tomorrow"],
                tables={},
                files=writer.files,
            ),
            tmp_path / "manifest.json",
        )
    refused = nothing_yet.json("restore", str(newer), expect=2)
    assert "newer release (99.0)" in refused["error"]["message"]


def test_a_manifest_is_plain_json_in_a_plain_tar(taken):
    with tarfile.open(taken[0]) as tar:
        manifest = json.load(tar.extractfile("manifest.json"))
    assert manifest["tables"]["creators_creator"] == 30
    assert set(manifest["files"]) >= {"database.dump"}


def test_only_what_is_kept_is_taken():
    kept = {
        "w/imports/reports/r.csv": True,
        "w/imports/0199/chunk.parquet": False,
        "w/imports/locks/0199": False,
        "w/index/1/meta.json": False,
        "w/spill/x": False,
        "w/files/0199.pdf": True,
    }
    assert {name: backup._is_kept(Path(name).parts) for name in kept} == kept
