"""Accounts that a connection brought are asked after again, several at a time, in their order."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit

from groundswell.connectors.abreast import Abreast
from groundswell.connectors.actions.wires import Wire
from groundswell.connectors.adapters.networks.failures import (
    LoginExpired,
    Misasked,
    NotFound,
    QuotaSpent,
    Throttled,
)
from groundswell.connectors.adapters.networks.network import Ask, Interface
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.batches import Portion
from groundswell.connectors.models import Brought, Watch
from groundswell.terms.exchange import ExchangeFailed
from groundswell.workspaces import access

THREADS = 8
MOST = 5_000  # accounts of one sync; the others are the next one's
_KNOWN = timedelta(days=14)
_IN_A_ROW = 5  # so many accounts that fail one after the other: it is the network that fails


@dataclass(frozen=True, slots=True)
class Refreshing:
    """What a connection's accounts say now."""

    watch: Watch
    interface: Interface
    wire: Wire
    ask: Ask

    def portions(self) -> Iterator[Portion]:
        """The accounts whose time has come, one portion each.

        Raises:
            ExchangeFailed: When it is not an account but the network that fails.
        """
        in_a_row = 0
        with Abreast(self._walked, self._due(), threads=THREADS) as answers:
            for brought, answer in answers:
                failure = answer if isinstance(answer, ExchangeFailed) else None
                if not self._is_elsewhere(brought):
                    # Whoever says that an account is gone answers.
                    is_down = failure is not None and not isinstance(failure, NotFound)
                    in_a_row = in_a_row + 1 if is_down else 0
                    if failure and (in_a_row >= _IN_A_ROW or _concerns_all(failure)):
                        raise failure
                if isinstance(answer, ExchangeFailed):
                    yield Portion(brought=brought.id, failure=answer)
                else:
                    yield Portion(answer, brought.id)

    def _due(self) -> list[Brought]:
        with access.inside(self.watch.workspace):
            due = Brought.objects.filter(
                connection=self.watch.connection, next_at__lte=self.ask.now
            ).select_related("account", "watch")
            return list(due.order_by("next_at", "id")[:MOST])

    def _is_elsewhere(self, brought: Brought) -> bool:
        """Whether an account has a server of its own, whose failure is nobody else's."""
        try:
            home = self.interface.home(self._named(brought))
        except Misasked:
            return False
        return bool(home) and urlsplit(home).netloc != urlsplit(self.ask.server).netloc

    def _walked(self, brought: Brought) -> list[Page] | ExchangeFailed:
        depth = brought.watch
        ask = replace(
            self.ask,
            text=self._named(brought),
            accounts=1,
            posts=depth.posts,
            comments=depth.comments,
            members=depth.members,
            since=brought.last_at - _KNOWN,
        )
        try:
            pages = list(self.interface.walk(self.wire, ask, None))
        except ExchangeFailed as failure:
            return failure
        if not self.interface.takes_ids and _is_of_another(pages, brought.account.platform_id):
            return NotFound(
                f"{self.interface.name} has another account under the name {ask.text!r} now"
            )
        return pages

    def _named(self, brought: Brought) -> str:
        """By what an account is asked for: its id where that is possible, for names change."""
        account = brought.account
        first, second = account.handle, account.platform_id
        if self.interface.takes_ids:
            first, second = second, first
        return first or second or ""


def _is_of_another(pages: list[Page], platform_id: str | None) -> bool:
    """Whether pages tell of accounts by their ids, and not of this one."""
    lines = [line for page in pages for line in page.lines if line.table == "accounts"]
    told = {line.values.get("platform_id") for line in lines} - {None}
    return bool(platform_id and told) and platform_id not in told


def _concerns_all(failure: ExchangeFailed) -> bool:
    return isinstance(failure, Throttled | QuotaSpent | LoginExpired)
