"""A link of a creator's own: it connects an account, shows what is read, and disconnects it.

Nobody needs a login for it.

After its last day a link connects nothing more. What was connected by it can be disconnected by it
for as long as it is connected.
"""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django_scopes import scopes_disabled

from groundswell.connectors.actions import applications
from groundswell.connectors.adapters.networks.network import Interface, Way
from groundswell.connectors.adapters.networks.registry import INTERFACES
from groundswell.connectors.choices import ConnectionState
from groundswell.connectors.models import CreatorLink
from groundswell.creators.models import Account
from groundswell.people.links import Links
from groundswell.terms.errors import Refusal
from groundswell.terms.networks import Network
from groundswell.workspaces import access
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

DAYS = 14
MOST_DAYS = 90
_LINKS = Links("gswconnect", "creator links")


class LinkOver(Refusal):
    """The link is unknown, withdrawn or too old."""

    code = "creator_link_over"

    def __init__(self) -> None:
        super().__init__(
            "this link opens nothing: it is mistyped, was withdrawn or replaced, or is too old; "
            "ask those who sent it for a new one"
        )


class CannotLink(Refusal, ValueError):
    """An account that no link can connect."""

    code = "cannot_link_account"


class BadLinkDays(Refusal, ValueError):
    """A time for which no link can be open."""

    code = "bad_link_days"


def interface_for(account: Account) -> Interface | None:
    """The network on which an account's owner can give permission; None where there is none."""
    names = {network.value: network for network in Network}
    interface = INTERFACES.get(names[account.platform]) if account.platform in names else None
    is_able = interface is not None and interface.oauth is not None and Way.OWN in interface.walks
    return interface if is_able else None


def invite(
    *, workspace: Workspace, account: Account, by: str, now: datetime, days: int = DAYS
) -> tuple[CreatorLink, str]:
    """Make the link for an account's creator; one that was made before ends.

    Returns:
        The link, and its signed secret, which is kept nowhere.

    Raises:
        CannotLink: When its network asks nobody for permission.
        NeedsApp: When the workspace has no application there yet.
        BadLinkDays: When it should be open for less than a day, or too long.
    """
    interface = interface_for(account)
    if interface is None:
        raise CannotLink(
            f"the owner of {account} can't give permission: {account.platform} has no way for "
            "that here; connect the network itself under Settings, Connections"
        )
    if not 1 <= days <= MOST_DAYS:
        raise BadLinkDays(f"a link is open for 1 to {MOST_DAYS} days, got {days}")
    is_known = applications.app_of(workspace, interface.network, "") is not None
    if not is_known and not applications.oauth_of(interface).apps_url:
        raise applications.NeedsApp(interface)
    # Two at once: one waits here for the other, and replaces its link.
    Workspace.objects.select_for_update().get(pk=workspace.pk)
    before = link_of(account)
    if before is not None and is_connected(before):
        raise CannotLink(f"{account} is connected by its creator already: disconnect it first")
    _open().filter(account=account).update(revoked_at=now)
    secret_hash, signed = _LINKS.make()
    link = CreatorLink.objects.create(
        workspace=workspace,
        account=account,
        secret_hash=secret_hash,
        made_by=by,
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    journal.record(
        "creator_link.made",
        workspace=workspace,
        by=by,
        now=now,
        subject=str(account),
        details={"expires_at": link.expires_at.isoformat()},
    )
    return link, signed


def withdraw(*, workspace: Workspace, account: Account, by: str, now: datetime) -> None:
    """End an account's link; what was connected by it stays until somebody disconnects it."""
    unused = _open().filter(account=account).filter(connection=None)
    if unused.update(revoked_at=now):
        journal.record(
            "creator_link.withdrawn", workspace=workspace, by=by, now=now, subject=str(account)
        )


def links() -> list[CreatorLink]:
    """Links that are not withdrawn, the last one first."""
    found = _open().select_related("account", "connection")
    return list(found.order_by("-made_at", "-id"))


def link_of(account: Account) -> CreatorLink | None:
    """An account's link that is not withdrawn, connected or not."""
    return _open().filter(account=account).select_related("connection").first()


def find(signed: str, *, now: datetime) -> CreatorLink:
    """The link that an address names; asked before any workspace is entered.

    Raises:
        LinkOver: When it opens nothing.
    """
    secret_hash = _LINKS.hash_of(signed)
    if secret_hash is None:
        raise LinkOver
    with scopes_disabled():
        known = CreatorLink.objects.select_related("workspace")
        row = known.filter(secret_hash=secret_hash, revoked_at=None).first()
    if row is None:
        raise LinkOver
    with access.inside(row.workspace):
        whole = CreatorLink.objects.select_related("workspace", "account", "connection")
        found = whole.filter(id=row.id, account__merged_into=None).first()
    if found is None or (found.expires_at <= now and not is_connected(found)):
        raise LinkOver
    return found


def opened(link: CreatorLink, *, now: datetime) -> None:
    """Keep the first time that a link was opened. Called inside the link's workspace."""
    CreatorLink.objects.filter(id=link.id, opened_at=None).update(opened_at=now)


def is_connected(link: CreatorLink) -> bool:
    """Whether an account is connected by a link now."""
    return link.connection is not None and link.connection.state != ConnectionState.ENDED


def _open() -> QuerySet[CreatorLink]:
    return CreatorLink.objects.filter(revoked_at=None)
