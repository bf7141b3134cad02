"""Keys: one master key in a file beside the database, and from it one key per purpose."""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from groundswell.terms.errors import Refusal
from groundswell.workspaces.models import Workspace

BYTES = 32


class KeyUnreadable(Refusal):
    """Without the master key nothing encrypted can be read or written."""

    code = "key_unreadable"


def key_for(workspace: Workspace, purpose: str) -> bytes:
    """32 bytes that belong to one workspace and one purpose, derived from the master key.

    Raises:
        KeyUnreadable: When the master key's file is damaged.
    """
    return _derived(workspace.id.bytes, purpose)


def installation_key(purpose: str) -> bytes:
    """32 bytes that belong to this installation and one purpose, such as signing sessions.

    Raises:
        KeyUnreadable: When the master key's file is damaged.
    """
    return _derived(b"installation", purpose)


def path() -> Path:
    """Where the master key is kept."""
    return Path(settings.GROUNDSWELL_HOME) / "keys" / "master.key"


def fingerprint(file: Path) -> str:
    """What tells one master key from another and gives neither away.

    Raises:
        KeyUnreadable: When the file holds no key.
    """
    return _derive(_read(file), b"installation", "fingerprint").hex()


def _derived(salt: bytes, purpose: str) -> bytes:
    file = path()
    if not file.exists():
        _make(file)
    return _derive(_read(file), salt, purpose)


def _derive(key: bytes, salt: bytes, purpose: str) -> bytes:
    info = f"groundswell:{purpose}".encode()
    return HKDF(algorithm=hashes.SHA256(), length=BYTES, salt=salt, info=info).derive(key)


def _read(file: Path) -> bytes:
    key = file.read_bytes()
    if len(key) != BYTES:
        raise KeyUnreadable(
            f"the master key {file} holds {len(key)} bytes instead of {BYTES}: "
            "restore it from a backup; without it contacts cannot be decrypted"
        )
    return key


def _make(path: Path) -> None:
    """Write a new key so that a reader sees all of it or nothing, and one writer wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")  # threads share a process id
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
