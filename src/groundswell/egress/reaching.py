"""Which servers may be reached, and a connection to exactly the address that was checked."""

import re
import socket
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

import httpcore
from ssrfguard import (
    DEFAULT_DENIED,
    AddressTable,
    Block,
    BlockedAddressError,
    Policy,
    Reach,
    Resolver,
    Target,
)
from ssrfguard.errors import SSRFGuardError
from ssrfguard.httpx import SafeBackend

from groundswell.egress.failures import AddressRefused, shown

Network = IPv4Network | IPv6Network

_SCHEMES = frozenset({"http", "https", "ws", "wss"})
_USUAL_PORTS = frozenset({80, 443})
_LONGEST_LOOKUP = 5.0
_LOOPBACK = (ip_address("127.0.0.1"), ip_address("::1"))
_ADDRESS = re.compile(r"\d+(\.\d+){3}", re.ASCII)
_NUMBER = re.compile(r"0x[0-9a-f]*|\d+", re.ASCII)
_ATTEMPTS = 3
# With IPv4 addresses as RFC 2765 had them, which nobody looks up in the table of IPv4.
_TRANSLATED = Block(
    ip_network("::ffff:0:0:0/96"), "addresses translated from IPv4", "RFC 2765", Reach.DENIED
)
_NOT_PUBLIC = replace(DEFAULT_DENIED, blocks=(*DEFAULT_DENIED.blocks, _TRANSLATED))
_NOTHING = AddressTable(
    tuple(
        Block(ip_network(everything), "addresses outside of the allowed networks", "", Reach.DENIED)
        for everything in ("0.0.0.0/0", "::/0")
    )
)


class Reaching:
    """The servers that may be reached: public ones at the usual ports, and allowed networks.

    Args:
        networks: Not public, and allowed nevertheless, at any port.
        resolver: Looks names up as ``socket.getaddrinfo`` does; what it says is checked.

    Raises:
        ValueError: When a network would let translated addresses pass unread, such as all of NAT64.
    """

    def __init__(
        self, networks: Iterable[Network] = (), *, resolver: Resolver = socket.getaddrinfo
    ) -> None:
        self._networks = allowed = tuple(networks)
        self._resolver = resolver
        self._usual = Policy(
            allowed_schemes=_SCHEMES,
            allowed_ports=_USUAL_PORTS,
            allowed_networks=allowed,
            denied_networks=_NOT_PUBLIC,
            max_connection_attempts=_ATTEMPTS,
        )
        self._within = Policy(
            allowed_schemes=_SCHEMES,
            allowed_ports=frozenset(range(1, 65536)) if allowed else _USUAL_PORTS,
            allowed_networks=allowed,
            denied_networks=_NOTHING,
            max_connection_attempts=_ATTEMPTS,
        )

    def check(self, url: str) -> Target:
        """Where an address leads, as far as it can be told without asking anybody.

        Raises:
            AddressRefused: When it may not be asked.
        """
        try:
            try:
                target = self._usual.check_url(url)
            except SSRFGuardError:
                target = self._within.check_url(url)
        except BlockedAddressError:
            raise _inner(shown(url)) from None
        except SSRFGuardError as error:
            if isinstance(error.__cause__, BlockedAddressError):
                raise _inner(shown(url)) from None
            raise AddressRefused(
                f"{shown(url)} is not asked: give an http or https address with a public host, "
                "without user name and password, at port 80 or 443; whoever runs Groundswell can "
                "allow other ports of a network with GROUNDSWELL_REACH_NETWORKS"
            ) from None
        if self._is_inner(target.host):
            raise _inner(shown(url))
        return target

    def _is_inner(self, host: str) -> bool:
        """Whether a name alone tells that it is of no public server; addresses were checked."""
        if ":" in host or _ADDRESS.fullmatch(host):
            return False
        *more, last = host.rstrip(".").split(".")
        if last == "localhost":
            return not any(each in network for network in self._networks for each in _LOOPBACK)
        # The last part of a public name is no number: such are addresses in odd writing.
        return _NUMBER.fullmatch(last) is not None or not (more or self._networks)

    def connect(self, host: str, port: int, *, ends: float) -> httpcore.NetworkStream:
        """A connection to one of the host's addresses, all of which were checked.

        Args:
            host: As ``check`` wrote it.
            port: Likewise.
            ends: Moment of the monotonic clock at which it must stand.

        Raises:
            AddressRefused: When any of them may not be reached.
            httpcore.NetworkError: When none answers.
            httpcore.TimeoutException: When none does in time.
        """
        policy = self._usual if port in _USUAL_PORTS else self._within
        backend = SafeBackend(policy=policy, resolver=_Patient(self._resolver, ends))
        try:
            return backend.connect_tcp(host, port, timeout=left(ends) / _ATTEMPTS)
        except SSRFGuardError:
            raise _inner(repr(host)) from None


def left(ends: float) -> float:
    """Seconds until a moment of the monotonic clock.

    Raises:
        httpcore.ReadTimeout: When it is over.
    """
    seconds = ends - time.monotonic()
    if seconds <= 0:
        raise httpcore.ReadTimeout
    return seconds


def _inner(whose: str) -> AddressRefused:
    """Doesn't say which address: what names mean inside of a network is not told outside."""
    return AddressRefused(
        f"{whose} is not asked: it leads to an address that is not public, or to a port other than "
        "80 and 443; whoever runs Groundswell can allow its network with GROUNDSWELL_REACH_NETWORKS"
    )


class _Patient:
    """A resolver that is waited for so long and no longer: the system's own has no deadline."""

    def __init__(self, resolver: Resolver, ends: float) -> None:
        self._resolver = resolver
        self._ends = ends

    def __call__(self, *question: Any) -> Any:
        found: list[Any] = []

        def look_up() -> None:
            try:
                found.append(list(self._resolver(*question)))
            except OSError as error:
                found.append(error)
            except UnicodeError:  # a name that no name can be
                found.append(OSError("the name can't be looked up"))

        thread = threading.Thread(target=look_up, daemon=True)
        thread.start()
        thread.join(min(left(self._ends), _LONGEST_LOOKUP))
        if not found:
            raise TimeoutError("the name was not looked up in time")
        if isinstance(found[0], OSError):
            raise found[0]
        return found[0]
