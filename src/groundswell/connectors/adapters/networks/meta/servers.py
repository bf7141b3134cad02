"""Servers of Meta: only to them is a token sent."""

import ipaddress
from collections.abc import Callable
from urllib.parse import urlsplit

from groundswell.terms.errors import Refusal


class NoServerOfMeta(Refusal, ValueError):
    """An address at which no server of the network is."""

    code = "no_server_of_meta"


def one_of(*hosts: str) -> Callable[[str], str]:
    """Makes the address of one of some hosts from what people write.

    A number as address is passed on when it is not public: whoever opens connections refuses it,
    unless the operator allows that network.
    """

    def address(text: str) -> str:
        written = text.strip().lower().rstrip("/")
        try:
            parts = urlsplit(written if "//" in written else f"https://{written}")
            host, port = parts.hostname or "", parts.port
        except ValueError:
            host, port, parts = "", None, urlsplit("")
        if _is_internal(host):
            return written
        if host not in hosts or port not in {None, 443} or parts.username is not None:
            raise NoServerOfMeta(
                f"{text[:200]!r} is not taken as a server, for the token would be given away "
                f"there: use {' or '.join(hosts)}, or leave it out"
            )
        return f"https://{host}"

    return address


def _is_internal(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
