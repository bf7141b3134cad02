"""Links that open one page without a login: a secret in the address, and its hash in a row."""

from dataclasses import dataclass

from django.core import signing

from groundswell.people import secrets
from groundswell.workspaces import keys


@dataclass(frozen=True, slots=True)
class Links:
    """Links of one kind.

    Attributes:
        prefix: How their secrets begin.
        purpose: Of the key that signs them; a link of another kind opens nothing.
    """

    prefix: str
    purpose: str

    def make(self) -> tuple[bytes, str]:
        """The hash to keep, and the signed secret for the address, which is kept nowhere."""
        secret = secrets.make(self.prefix)
        return secrets.hashed(secret), self._signer().sign(secret)

    def hash_of(self, signed: str) -> bytes | None:
        """The hash of the secret in an address; None when it was mistyped or altered."""
        try:
            secret = self._signer().unsign(signed)
        except signing.BadSignature:
            return None
        return secrets.hashed(secret) if secrets.is_well_formed(secret, self.prefix) else None

    def _signer(self) -> signing.Signer:
        """The installation's own key, so that all of its processes make and know the same links."""
        key = keys.installation_key(self.purpose).hex()
        return signing.Signer(key=key, salt=self.prefix, sep="~")
