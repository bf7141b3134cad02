"""The client: one question to another server, answered, refused or failed within a time."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlencode, urljoin, urlsplit

import httpcore
from ssrfguard import Target

import groundswell
from groundswell.egress.failures import (
    AddressRefused,
    BrokenOff,
    RedirectRefused,
    RequestUnwritable,
    TooSlow,
    Unreachable,
    shown,
)
from groundswell.egress.pooling import pool
from groundswell.egress.reaching import Reaching, left
from groundswell.egress.unpacking import unpacked
from groundswell.terms.exchange import Reply, Request

_REDIRECTS = 3
_REDIRECTED = {301, 302, 303, 307, 308}
_SENT_ON = {"accept", "accept-language"}  # to another origin; any other header may be a credential
_REASONS = {
    "refused": "nothing listens there",
    "not known": "no such name",
    "No address associated": "no such name",
}
_PATH, _QUERY = "/%:@!$&'()*+,;=~", "/?%:@!$&'()*+,;=~[]"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of another server is taken.

    Attributes:
        seconds: From looking its name up to the last byte, redirects included.
        largest: Bytes of a body, packed or unpacked.
    """

    seconds: float = 30.0
    largest: int = 10_000_000


class Client:
    """Asks other servers; ``fetch`` is a ``terms.exchange.Fetch``, and may be called by threads.

    Args:
        reaching: Which servers may be reached.
        contact: How whoever runs this installation can be reached, told to every server.
        limits: How much is taken.
    """

    def __init__(
        self, reaching: Reaching, *, contact: str = "", limits: Limits | None = None
    ) -> None:
        self.reaching = reaching
        self.agent = agent(contact)
        self.limits = limits or Limits()
        self._pool = pool(reaching)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def fetch(self, request: Request) -> Reply:
        """Ask, follow at most three redirects of a GET, and take what comes whole.

        Raises:
            ExchangeFailed: When no whole answer came; whatever its status, one that came is given.
        """
        ends = time.monotonic() + self.limits.seconds
        url, headers = _written(request), dict(request.headers)
        target = self._checked(url)
        for _ in range(_REDIRECTS + 1):
            reply = self._asked(request, target, url, headers, ends)
            location = reply.headers.get("location")
            if reply.status not in _REDIRECTED or location is None:
                return reply
            if request.method not in {"GET", "HEAD"}:
                raise RedirectRefused(
                    f"{shown(url)} sends a {request.method} elsewhere, which is not followed: use "
                    "the address to which it leads"
                )
            url, before = _joined(url, location), target
            target = self._checked(url)
            if _origin(target) != _origin(before):
                headers = {k: v for k, v in headers.items() if k.lower() in _SENT_ON}
        raise RedirectRefused(
            f"{shown(url)} sends elsewhere more than {_REDIRECTS} times: use the address to which "
            "it leads in the end"
        )

    def _checked(self, url: str) -> Target:
        target = self.reaching.check(url)
        if target.scheme not in {"http", "https"}:
            raise AddressRefused(f"{shown(url)} is not asked by {target.scheme}: give an https one")
        return target

    def _asked(
        self, request: Request, target: Target, url: str, headers: Mapping[str, str], ends: float
    ) -> Reply:
        whose, parts = repr(target.host), urlsplit(url)
        path = quote(parts.path or "/", safe=_PATH, errors="replace")
        asked = quote(parts.query, safe=_QUERY, errors="replace")
        query = f"?{asked}" if asked else ""
        there = httpcore.URL(
            scheme=target.scheme, host=target.host, port=target.port, target=f"{path}{query}"
        )
        with _told(whose, self.limits.seconds):
            moments = dict.fromkeys(("connect", "read", "write"), ends) | {"pool": left(ends)}
            with self._pool.stream(
                request.method,
                there,
                headers=[
                    (b"user-agent", self.agent.encode()),
                    (b"accept-encoding", b"gzip"),
                    *(
                        (name.encode(errors="replace"), value.encode(errors="replace"))
                        for name, value in headers.items()
                    ),
                ],
                content=request.body,
                extensions={"timeout": moments},
            ) as response:
                named = _named(response.headers)
                body = unpacked(
                    response.iter_stream(),
                    encoding=named.get("content-encoding", "").strip().lower(),
                    largest=self.limits.largest,
                    whose=whose,
                )
        return Reply(response.status, named, body, url)


def agent(contact: str) -> str:
    """How we name ourselves to other servers."""
    return f"Groundswell/{groundswell.__version__}" + (f" ({contact})" if contact else "")


@contextmanager
def _told(whose: str, seconds: float) -> Iterator[None]:
    """What the connection says, in our words."""
    try:
        yield
    except httpcore.TimeoutException:
        raise TooSlow(
            f"{whose} did not answer whole within {seconds:g} seconds; it will be asked again"
        ) from None
    except httpcore.ConnectError as error:
        said = str(error)
        why = "no safe connection" if "SSL" in said else "no connection"
        told = next((f" ({each})" for sign, each in _REASONS.items() if sign in said), "")
        raise Unreachable(
            f"there is {why} to {whose}{told}: check the name; it will be asked again by itself"
        ) from None
    except httpcore.LocalProtocolError:
        raise RequestUnwritable(
            f"the request to {whose} can't be written: one of its headers has a line break or "
            "another sign that HTTP can't carry; enter the key or token again"
        ) from None
    except (httpcore.NetworkError, httpcore.ProtocolError):
        raise BrokenOff(f"{whose} broke off in the middle; it will be asked again") from None


def _written(request: Request) -> str:
    if not request.params:
        return request.url
    mark = "&" if "?" in request.url else "?"
    return f"{request.url}{mark}{urlencode(request.params, doseq=True, errors='replace')}"


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location).partition("#")[0]
    except ValueError:
        raise RedirectRefused(
            f"{shown(url)} sends to an address that can't be read: use the one to which it leads"
        ) from None


def _origin(target: Target) -> tuple[str, str, int]:
    return target.scheme, target.host, target.port


def _named(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    named: dict[str, str] = {}
    for raw, value in headers:
        name, text = raw.decode("latin-1").lower(), value.decode("latin-1")
        named[name] = f"{named[name]}, {text}" if name in named else text
    return named
