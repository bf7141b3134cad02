"""Nobody else on the machine reads the data, and no folder of anybody else is opened for it."""

import multiprocessing
import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from groundswell.project import cluster, embedded, programs
from groundswell.project import home as homes

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


@pytest.fixture
def public(tmp_path: Path) -> Iterator[Path]:
    """A folder that every user can reach, as the one of a test can't be."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def _as_nobody(act: Callable[[], object]) -> str:
    """What ``act`` answers, or the error that it meets, when another user of the machine tries."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def attempt() -> None:
        nobody = pwd.getpwnam("nobody")
        os.setgroups([])
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)
        try:
            sender.send(str(act()))
        except Exception as error:  # noqa: BLE001 - it is the answer
            sender.send(f"{type(error).__name__}: {error}")

    process = context.Process(target=attempt)
    process.start()
    answer = receiver.recv()
    process.join()
    process.close()
    return answer


def _package() -> Path:
    return programs.folder().parent.parent


def test_everything_in_a_home_is_closed_to_others(home: Path) -> None:
    with embedded.server(home):
        modes = {path: path.lstat().st_mode for path in [home, *home.rglob("*")]}
    assert len(modes) > 900
    assert {path: stat.filemode(mode) for path, mode in modes.items() if mode & 0o077} == {}


def test_only_the_cluster_belongs_to_the_servers_user(home: Path) -> None:
    with embedded.server(home):
        owners = {
            path.name: path.stat().st_uid
            for path in [home, home / "cluster", home / "keys", home / "workspaces"]
        }
    ours, servers = os.geteuid(), programs.server_user().pw_uid
    assert owners == {"home": ours, "cluster": servers, "keys": ours, "workspaces": ours}


def test_the_folders_above_keep_their_modes(tmp_path: Path) -> None:
    above = tmp_path / "closed"
    above.mkdir(mode=0o700)
    home = above / "home"
    before = {path: path.stat().st_mode for path in home.parents}
    with embedded.server(home):
        assert {path: path.stat().st_mode for path in home.parents} == before
    assert {path: path.stat().st_mode for path in home.parents} == before


def test_a_home_that_exists_keeps_its_mode(home: Path) -> None:
    home.mkdir()
    home.chmod(0o755)
    with embedded.server(home):
        pass
    assert stat.S_IMODE(home.stat().st_mode) == 0o755


def test_keys_that_stood_open_are_closed(home: Path) -> None:
    (home / "keys").mkdir(parents=True)
    (home / "keys").chmod(0o755)
    homes.prepare(home)
    assert stat.S_IMODE((home / "keys").stat().st_mode) == 0o700


def test_a_home_that_everybody_may_write_in_is_refused(home: Path) -> None:
    home.mkdir()
    home.chmod(0o777)
    with pytest.raises(homes.UnusableHome, match=r"close it with `chmod o-w"):
        embedded.Server(home).acquire()
    assert list(home.iterdir()) == []


def test_a_home_that_is_a_file_is_refused(home: Path) -> None:
    home.write_text("not a folder")
    with pytest.raises(homes.UnusableHome, match="set GROUNDSWELL_HOME"):
        homes.prepare(home)


@as_root
def test_a_home_of_somebody_else_is_refused(home: Path) -> None:
    home.mkdir()
    os.chown(home, pwd.getpwnam("nobody").pw_uid, -1)
    with pytest.raises(homes.UnusableHome, match="belongs to user id"):
        embedded.Server(home).acquire()
    assert list(home.iterdir()) == []


@as_root
def test_a_cluster_of_somebody_else_is_refused(home: Path) -> None:
    with embedded.server(home):
        pass
    os.chown(home / "cluster", pwd.getpwnam("nobody").pw_uid, -1)
    with pytest.raises(cluster.ForeignCluster, match="chown -R groundswell-db"):
        embedded.Server(home).acquire()


def test_a_socket_folder_that_somebody_left_open_is_refused(tmp_path: Path) -> None:
    home = tmp_path / ("y" * 100)
    squat = cluster.socket_folder(home)
    squat.mkdir(mode=0o700)
    squat.chmod(0o755)
    try:
        with pytest.raises(cluster.ForeignCluster, match="is not a closed folder"):
            embedded.Server(home).acquire()
    finally:
        squat.rmdir()


@as_root
def test_another_user_finds_the_door_closed(public: Path) -> None:
    home = public / "home"
    with embedded.server(home) as url:
        assert "Permission denied" in _as_nobody(lambda: psycopg.connect(url))


@as_root
def test_another_user_is_refused_even_where_the_door_stands_open(public: Path) -> None:
    home = public / "home"
    with embedded.server(home) as url:
        for path in (home, home / "cluster", home / "cluster" / ".s.PGSQL.5432"):
            path.chmod(0o777)
        superuser = embedded.socket_url(home, user=cluster.SUPERUSER)
        answers = [_as_nobody(lambda url=url: psycopg.connect(url)) for url in (url, superuser)]
        for path in (home / "cluster", home):
            path.chmod(0o700)
    assert all("Peer authentication failed" in answer for answer in answers)


@as_root
def test_an_ordinary_user_has_a_server_too(public: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The checkout of root may be out of that user's reach, so it is given a copy of the programs.
    programs._copy_for_all(_package(), public / "programs")
    copied = public / "programs" / _package().name / programs._BIN
    monkeypatch.setattr(programs, "folder", lambda: copied)
    home = public / "nobodys" / "home"
    home.parent.mkdir()
    os.chown(home.parent, pwd.getpwnam("nobody").pw_uid, -1)

    def use() -> tuple[object, set[int]]:
        with embedded.server(home) as url, psycopg.connect(url) as connection:
            row = connection.execute("SELECT count(*) FROM pg_roles WHERE rolsuper").fetchone()
            return row, {path.stat().st_uid for path in home.rglob("*")}

    assert _as_nobody(use) == str(((1,), {pwd.getpwnam("nobody").pw_uid}))
    assert not (home / "cluster" / "postmaster.pid").exists()


@as_root
def test_programs_out_of_the_servers_reach_are_copied_for_it(
    tmp_path: Path, public: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (_package(), _package().with_name(f"{_package().name}.libs")):
        shutil.copytree(folder, tmp_path / folder.name)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(programs, "_SHARED_PROGRAMS", public / "programs")
    programs.folder.cache_clear()
    try:
        with embedded.server(tmp_path / "home"):
            copied = programs.folder()
    finally:
        programs.folder.cache_clear()
    assert copied.is_relative_to(public / "programs")
    assert (copied / "postgres").is_file()
