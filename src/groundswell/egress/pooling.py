"""Connections that are kept for the next request, each request with a moment at which it ends."""

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from groundswell.egress.reaching import Reaching, left

_MOST_CONNECTIONS = 32
_KEPT_FOR = 15.0


def pool(reaching: Reaching) -> httpcore.ConnectionPool:
    """Connections through the check.

    What a request gives as its timeouts "connect", "read" and "write" is a moment of the monotonic
    clock here: a server that sends a byte now and then can't make the sum of waits any longer.
    """
    return httpcore.ConnectionPool(
        ssl_context=trusted(),
        max_connections=_MOST_CONNECTIONS,
        max_keepalive_connections=_MOST_CONNECTIONS,
        keepalive_expiry=_KEPT_FOR,
        network_backend=_Door(reaching),
    )


def trusted() -> ssl.SSLContext:
    """Certificates of public authorities, or those of SSL_CERT_FILE and SSL_CERT_DIR."""
    return httpx.create_ssl_context(trust_env=True)


class _Door(httpcore.NetworkBackend):
    def __init__(self, reaching: Reaching) -> None:
        self._reaching = reaching

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        del local_address, socket_options
        return _Stream(self._reaching.connect(host, port, ends=_moment(timeout)))


class _Stream(httpcore.NetworkStream):
    """A stream whose timeouts are moments."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, left(_moment(timeout)))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, left(_moment(timeout)))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        seconds = left(_moment(timeout))
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, seconds))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _moment(timeout: float | None) -> float:
    if timeout is None:
        raise ValueError("every request has a moment at which it ends")
    return timeout
