"""What carries a sync's requests: within the quotas, signed, with a login that is renewed once."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from groundswell.connectors import credentials
from groundswell.connectors.actions import spending
from groundswell.connectors.adapters.networks.failures import Throttled
from groundswell.connectors.adapters.networks.network import Interface
from groundswell.connectors.adapters.oauth import Tokens
from groundswell.connectors.fetching import Resting
from groundswell.connectors.models import Connection
from groundswell.egress.failures import Unreachable
from groundswell.terms.exchange import Fetch, Reply, Request, Spend
from groundswell.workspaces import access

_SOON = timedelta(minutes=1)
_NOT_SENT = (Unreachable, Resting, Throttled)

# What a login is renewed with: given the connection, its tokens and what carries requests; None
# when they can't be renewed. Raises ExchangeFailed when the network doesn't.
Renew = Callable[[Connection, Tokens, Fetch, datetime], Tokens | None]


def never(connection: Connection, tokens: Tokens, fetch: Fetch, now: datetime) -> Tokens | None:
    """Renew nothing: for keys, and for networks that want none."""
    del connection, tokens, fetch, now
    return None


@dataclass(frozen=True, slots=True)
class Outside:
    """The world that a sync works in.

    Attributes:
        fetch: Carries one request to another server, and tries again what is worth it.
        clock: Tells the moment.
        renew: Renews a login.
    """

    fetch: Fetch
    clock: Callable[[], datetime]
    renew: Renew = never


@dataclass(slots=True)
class Wire:
    """Carries requests for one connection; may be used by several threads.

    Attributes:
        connection: Whose.
        interface: Of its network.
        outside: What really carries them.
        watch_id: What asks; it pays what costs money.
        requests: How many were carried since they were last counted.
        spent: Units taken since then, by quota.
        is_elsewhere: Whether the last request went to a third party, such as one of many blogs:
            what that server says is nothing of the network.
    """

    connection: Connection
    interface: Interface
    outside: Outside
    watch_id: UUID
    requests: int = 0
    spent: Counter[str] = field(default_factory=Counter)
    is_elsewhere: bool = False
    _tokens: Tokens | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._tokens = credentials.tokens_of(self.connection)

    def __call__(self, request: Request) -> Reply:
        """The reply to a request.

        Raises:
            QuotaSpent: When a quota has no room for it: it is not sent.
            NotConfirmed: When it costs more money than somebody confirmed: likewise.
            ExchangeFailed: When no usable answer came.
        """
        now = self.outside.clock()
        taken = self._spend(request, now)
        self.is_elsewhere = request.is_public
        if not spending.cents_of(taken, self.interface):
            return self._carried(request)
        try:
            # Sent once: nobody can say whether an answer that got lost was charged.
            reply = self._carried(replace(request, is_repeatable=False))
        except _NOT_SENT:
            self._give_back(taken, now)
            raise
        if not 200 <= reply.status < 300:
            self._give_back(taken, now)
        return reply

    def _carried(self, request: Request) -> Reply:
        if request.is_public or self._tokens is None:
            return self.outside.fetch(request)
        tokens = self._fresh(self._tokens)
        reply = self.outside.fetch(self.interface.signed(request, tokens.access))
        if reply.status != 401:
            return reply
        renewed = self._renewed(tokens)
        if renewed is None:
            return reply
        return self.outside.fetch(self.interface.signed(request, renewed.access))

    def counted(self) -> tuple[int, dict[str, int]]:
        """Requests carried and units taken since the last time that somebody asked."""
        with self._lock:
            found = self.requests, dict(self.spent)
            self.requests, self.spent = 0, Counter()
        return found

    def _spend(self, request: Request, now: datetime) -> list[Spend]:
        taken: list[Spend] = []
        if request.spends:
            with access.inside(self.connection.workspace):
                taken = spending.spend(
                    request.spends,
                    workspace=self.connection.workspace,
                    connection_id=self.connection.id,
                    interface=self.interface,
                    now=now,
                    watch_id=self.watch_id,
                )
        with self._lock:
            self.requests += 1
            for one in taken:
                self.spent[one.quota] += one.units
        return taken

    def _give_back(self, taken: list[Spend], now: datetime) -> None:
        with access.inside(self.connection.workspace):
            paid = spending.give_back(
                taken,
                connection_id=self.connection.id,
                interface=self.interface,
                now=now,
                watch_id=self.watch_id,
            )
        with self._lock:
            self.spent.subtract(paid)

    def _fresh(self, tokens: Tokens) -> Tokens:
        if tokens.expires_at is None or tokens.expires_at > self.outside.clock() + _SOON:
            return tokens
        return self._renewed(tokens) or tokens

    def _renewed(self, before: Tokens) -> Tokens | None:
        """Newer tokens than those before: made now, or by somebody else meanwhile."""
        with self._lock:
            if self._tokens is not before:
                return self._tokens
            if (newer := self._kept_meanwhile()) is not None:
                return newer
            renewed = self.outside.renew(
                self.connection, before, self.outside.fetch, self.outside.clock()
            )
            if renewed is None:
                return None
            with access.inside(self.connection.workspace):
                row = self._row(is_locked=True)
                if row.secret is None:  # disconnected meanwhile: nothing may be kept
                    return None
                if credentials.is_same(row, self.connection):
                    credentials.keep(row, renewed)
                    row.save(update_fields=["secret", "scopes", "expires_at", "own_id"])
            return self._take(row)

    def _kept_meanwhile(self) -> Tokens | None:
        """What the row holds if it is another login than ours: the owner connected anew."""
        with access.inside(self.connection.workspace):
            row = self._row()
        if row.secret is None or credentials.is_same(row, self.connection):
            return None
        return self._take(row)

    def _row(self, *, is_locked: bool = False) -> Connection:
        rows = Connection.objects.select_related("workspace")
        rows = rows.select_for_update(of=("self",)) if is_locked else rows
        return rows.get(id=self.connection.id)

    def _take(self, row: Connection) -> Tokens | None:
        self._tokens = credentials.tokens_of(row)
        self.connection.secret = row.secret  # whoever asks which login failed looks here
        return self._tokens
