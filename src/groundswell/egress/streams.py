"""Messages that another server sends as they come, over a websocket."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpcore
from websockets.exceptions import ConnectionClosed, ConnectionClosedOK, WebSocketException
from websockets.sync.client import ClientConnection, connect

from groundswell.egress.failures import (
    AddressRefused,
    BrokenOff,
    TooLarge,
    TooSlow,
    Unreachable,
    shown,
)
from groundswell.egress.pooling import trusted
from groundswell.egress.reaching import Reaching, left

_OPENING = 15.0
_CLOSING = 2.0
_TOO_BIG = 1009  # RFC 6455, 7.4.1


def messages(
    reaching: Reaching,
    url: str,
    *,
    agent: str,
    silence: float = 60.0,
    lasting: float | None = None,
    pulse: float | None = None,
    largest: int = 1_000_000,
) -> Iterator[bytes | None]:
    """Messages as they come, until the server has no more.

    Args:
        reaching: Which servers may be reached.
        url: Address with the scheme ws or wss, and its query.
        agent: How we name ourselves.
        silence: Seconds to wait for a message.
        lasting: Seconds after which it is enough, messages or not; None to go on.
        pulse: Seconds of silence after which None is given, and again, so that whoever listens can
            do something else; silence is no failure then, as a dead connection is noticed anyway.
        largest: Bytes of a message.

    Raises:
        ExchangeFailed: When there is no connection, none that lasts, or a message is too large.
    """
    whose = shown(url)
    patience = silence if pulse is None else pulse
    enough = None if lasting is None else time.monotonic() + lasting
    with _opened(reaching, url, agent, largest) as connection:
        while True:
            wait = patience if enough is None else min(patience, enough - time.monotonic())
            if wait <= 0:
                return
            try:
                yield connection.recv(timeout=wait, decode=False)
            except TimeoutError:
                if wait < patience:
                    return
                if pulse is not None:
                    yield None
                    continue
                raise TooSlow(
                    f"{whose} sent nothing for {silence:g} seconds; it will be listened to again"
                ) from None
            except ConnectionClosedOK:
                return
            except ConnectionClosed as error:
                if error.sent is not None and error.sent.code == _TOO_BIG:
                    raise TooLarge(
                        f"{whose} sent a message of more than {largest:,} bytes, which was not "
                        "taken; ask for fewer kinds of messages"
                    ) from None
                raise BrokenOff(f"{whose} broke off; it will be listened to again") from None


@contextmanager
def _opened(reaching: Reaching, url: str, agent: str, largest: int) -> Iterator[ClientConnection]:
    target, whose = reaching.check(url), shown(url)
    if target.scheme not in {"ws", "wss"}:
        raise AddressRefused(
            f"{whose} is not listened to by {target.scheme}: give an address that begins with wss"
        )
    is_secure = target.scheme == "wss"
    ends = time.monotonic() + _OPENING
    with ExitStack() as stack:
        try:
            stream = reaching.connect(target.host, target.port, ends=ends)
            opening = connect(
                url,
                sock=stream.get_extra_info("socket"),
                ssl=trusted() if is_secure else None,
                server_hostname=target.host if is_secure else None,
                compression=None,
                proxy=None,
                user_agent_header=agent,
                open_timeout=left(ends),
                close_timeout=_CLOSING,
                max_size=largest,
            )
            connection: ClientConnection = stack.enter_context(opening)
        except (httpcore.TimeoutException, TimeoutError):
            raise TooSlow(f"{whose} did not answer within {_OPENING:g} seconds") from None
        except (httpcore.NetworkError, WebSocketException, EOFError, OSError, ValueError):
            raise Unreachable(
                f"there is no connection to {whose}: check the name; it will be tried again by "
                "itself"
            ) from None
        yield connection
