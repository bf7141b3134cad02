"""Names of people in an audience, as a keyed hash: equal for the same person, and nothing more."""

import hashlib
from collections.abc import Callable

_BYTES = 16


def anonymous_with(key: bytes) -> Callable[[str], str]:
    """What turns a name into its hash under a workspace's key."""

    def anonymous(name: str) -> str:
        return hashlib.blake2b(name.encode(), key=key, digest_size=_BYTES).hexdigest()

    return anonymous
