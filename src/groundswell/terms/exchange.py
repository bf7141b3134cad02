"""What is asked of another server and what it answers, whoever carries it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

from groundswell.terms.errors import Refusal


@dataclass(frozen=True, slots=True)
class Spend:
    """What a request takes from a quota.

    Attributes:
        quota: Name of the quota, one of those that the network declares.
        units: How much.
        key: What is counted once for as long as the quota's window lasts, such as a hashtag;
            empty where every request counts.
    """

    quota: str
    units: int = 1
    key: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One question to another server.

    Attributes:
        url: Address without a query.
        params: The query; never a secret, for addresses are logged. Several values are sent
            as one parameter each, all of that name.
        method: GET, or POST where the interface asks questions so.
        headers: Sent besides those that every request has.
        body: Of a POST.
        spends: What it takes from the network's quotas.
        is_public: Whether it is sent without the connection's credentials, also when there are
            any: pages of third parties must not see them.
        is_repeatable: Whether it may be sent again when nobody knows what became of it; a token
            that is good for one use must not be.
    """

    url: str
    params: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    spends: tuple[Spend, ...] = ()
    is_public: bool = False
    is_repeatable: bool = True

    def with_headers(self, **headers: str) -> Self:
        """The same with more headers; an underscore in a name stands for a hyphen."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **named})


@dataclass(frozen=True, slots=True)
class Reply:
    """What another server answered.

    Attributes:
        status: HTTP status; a redirect was followed already, or refused.
        headers: By name in lower case.
        body: Decompressed, and not larger than it may be.
        url: Where it came from in the end.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


Fetch = Callable[[Request], Reply]


class ExchangeFailed(Refusal):
    """No usable answer came.

    Attributes:
        is_retriable: Whether the same request may be answered later.
        after: Seconds for which the other server asked not to be asked; None when it didn't say.
    """

    code = "exchange_failed"
    is_retriable: ClassVar[bool] = False

    def __init__(self, message: str, *, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after
