"""Secrets that are handed out once and kept only as a hash.

A secret is a prefix that scanners of leaked secrets know, 32 random bytes and a checksum that tells
a mistyped secret from an unknown one without asking the database.
"""

import hashlib
import secrets
import zlib

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz"
_RANDOM = 43  # characters: more than 240 bits
_CHECK = 6


def make(prefix: str) -> str:
    """A fresh secret."""
    body = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    return f"{prefix}_{body}{_checksum(body)}"


def is_well_formed(secret: str, prefix: str) -> bool:
    """Whether a text can be a secret of this kind at all."""
    start, _, rest = secret.partition("_")
    body, check = rest[:-_CHECK], rest[-_CHECK:]
    return start == prefix and len(body) == _RANDOM and check == _checksum(body)


def hashed(secret: str) -> bytes:
    """What is kept. The secret has enough entropy that a plain hash can't be searched."""
    return hashlib.sha256(secret.encode()).digest()


def _checksum(body: str) -> str:
    number, text = zlib.crc32(body.encode()), ""
    for _ in range(_CHECK):
        number, digit = divmod(number, len(_ALPHABET))
        text += _ALPHABET[digit]
    return text
