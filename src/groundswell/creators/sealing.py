"""Sealing: texts that only the workspace's key opens, and only in the row that they were put in.

A sealed text is one byte that names the key, twelve of nonce, then AES-256-GCM's ciphertext and
tag. Table, column, workspace, row and key are authenticated with it, so a ciphertext that was moved
anywhere else does not open.
"""

import hashlib
import hmac
import secrets
from functools import cached_property
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from groundswell.terms.errors import Refusal
from groundswell.workspaces import keys
from groundswell.workspaces.models import Workspace

CURRENT_KEY = 1
_NONCE = 12


class CannotOpen(Refusal):
    """A sealed text was altered, moved, or sealed with another key."""

    code = "cannot_open_sealed"


class Seal:
    """The seal of one column of one table in one workspace."""

    def __init__(self, workspace: Workspace, *, table: str, column: str) -> None:
        self._workspace = workspace
        self._place = f"{table}.{column}"
        self._ciphers: dict[int, AESGCM] = {}

    def close(self, text: str, *, row: UUID) -> bytes:
        """Seal a text for one row."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._cipher(CURRENT_KEY).encrypt(
            nonce, text.encode(), self._bound_to(row, CURRENT_KEY)
        )
        return bytes([CURRENT_KEY]) + nonce + sealed

    def open(self, sealed: bytes, *, row: UUID) -> str:
        """The text that was sealed for this row.

        Raises:
            CannotOpen: When it was altered, moved here from another row, or the key is another.
        """
        key, nonce, body = sealed[0], sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        try:
            return self._cipher(key).decrypt(nonce, body, self._bound_to(row, key)).decode()
        except InvalidTag:
            raise CannotOpen(
                f"{self._place} of row {row} does not open with key {key} of this workspace: "
                "it was altered or moved, or keys/master.key is not the one it was sealed with; "
                "restore the row or the key from a backup"
            ) from None

    def fingerprint(self, text: str) -> bytes:
        """A keyed hash that finds equal texts without opening any."""
        return hmac.digest(self._hash_key, text.encode(), hashlib.sha256)

    @cached_property
    def _hash_key(self) -> bytes:
        return keys.key_for(self._workspace, f"{self._place} fingerprint")

    def _cipher(self, key: int) -> AESGCM:
        if key not in self._ciphers:
            self._ciphers[key] = AESGCM(keys.key_for(self._workspace, f"{self._place} {key}"))
        return self._ciphers[key]

    def _bound_to(self, row: UUID, key: int) -> bytes:
        return f"{self._place}|{self._workspace.id}|{row}|{key}".encode()
