"""Applications: as which a workspace asks a network's users for permission."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from groundswell.connectors.actions import connecting
from groundswell.connectors.adapters import oauth
from groundswell.connectors.adapters.networks.network import Interface, OAuth
from groundswell.connectors.adapters.networks.registry import interface_of
from groundswell.connectors.adapters.oauth import App, Asked
from groundswell.connectors.models import NetworkApp
from groundswell.creators.sealing import Seal
from groundswell.terms.errors import Refusal
from groundswell.terms.exchange import Fetch
from groundswell.terms.networks import Network
from groundswell.workspaces import access
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

_LONGEST = 255


class NeedsApp(Refusal):
    """A network that wants to know which application asks."""

    code = "network_needs_app"

    def __init__(self, interface: Interface) -> None:
        where = f"; {interface.help} says how to get one" if interface.help else ""
        super().__init__(
            f"{interface.name} wants to know which application asks: an admin enters its id and "
            f"secret under Settings, Connections{where}"
        )


class NoPermissionNeeded(Refusal, ValueError):
    """A network whose users are not asked for permission here."""

    code = "no_permission_needed"


class BadApp(Refusal, ValueError):
    """No id or secret that an application can have."""

    code = "bad_network_app"


def keep_app(
    *, workspace: Workspace, network: Network, server: str, app: App, by: str, now: datetime
) -> NetworkApp:
    """Keep the application as which the workspace asks a network; it replaces an earlier one.

    Raises:
        NoPermissionNeeded: When the network's users are not asked.
        BadApp: When id or secret can't be those of any.
    """
    interface = interface_of(network)
    oauth_of(interface)
    for text in (app.id, app.secret):
        if len(text) > _LONGEST or not text.isascii() or not text.isprintable() or " " in text:
            raise BadApp(
                f"id and secret of an application have up to {_LONGEST} letters, digits and "
                "signs: copy them from the network's page for developers"
            )
    if not app.id:
        raise BadApp("an application has an id: copy it from the network's page for developers")
    kept = connecting.server_of(interface, server)
    row = NetworkApp.objects.filter(network=network, server=kept).first()
    row = row or NetworkApp(workspace=workspace, network=network, server=kept)
    row.app_id, row.by, row.kept_at = app.id, by, now
    row.secret = _seal(workspace).close(app.secret, row=row.id) if app.secret else None
    row.save()
    details = {"app": app.id}
    journal.record(
        "network.app_kept", workspace=workspace, by=by, now=now, subject=str(row), details=details
    )
    return row


def app_of(workspace: Workspace, network: Network, server: str) -> App | None:
    """The application as which the workspace asks a network."""
    row = NetworkApp.objects.filter(network=network, server=server).first()
    if row is None:
        return None
    sealed = row.secret and bytes(row.secret)
    secret = _seal(workspace).open(sealed, row=row.id) if sealed else ""
    return App(row.app_id, secret)


def registered(
    workspace: Workspace, interface: Interface, asked: Asked, *, fetch: Fetch, now: datetime
) -> Asked:
    """The same with the application that a server now knows us by; opens its own transactions.

    Raises:
        NeedsApp: When the network lets nobody register an application by itself.
        ExchangeFailed: When the server takes none.
    """
    if not asked.oauth.apps_url:
        raise NeedsApp(interface)
    app = oauth.registered(fetch, asked, now=now)
    hand: dict[str, Any] = {"server": asked.server, "by": "groundswell", "now": now}
    with access.inside(workspace):
        keep_app(workspace=workspace, network=interface.network, app=app, **hand)
    return replace(asked, app=app)


def asked(interface: Interface, app: App, server: str, *, back: str) -> Asked:
    """What is asked for, of whom, as which application.

    Raises:
        NoPermissionNeeded: When the network's users are not asked.
    """
    oauth_block = oauth_of(interface)
    return Asked(
        oauth=oauth_block,
        app=app,
        name=interface.name,
        server=server or interface.server,
        back=back,
        scopes=tuple(scope.name for scope in oauth_block.scopes),
    )


def oauth_of(interface: Interface) -> OAuth:
    """How a network's users are asked.

    Raises:
        NoPermissionNeeded: When they are not.
    """
    if interface.oauth is None:
        raise NoPermissionNeeded(
            f"nobody is asked for permission on {interface.name}: connect it without, or with a key"
        )
    return interface.oauth


def _seal(workspace: Workspace) -> Seal:
    return Seal(workspace, table="connectors_networkapp", column="secret")
