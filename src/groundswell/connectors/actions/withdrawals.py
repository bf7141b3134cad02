"""Permission that somebody took back on the network's own pages, as the network tells us (Meta)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django_scopes import scopes_disabled

from groundswell.connectors import credentials
from groundswell.connectors.actions import applications, connecting
from groundswell.connectors.adapters import oauth
from groundswell.connectors.adapters.networks.registry import interface_of
from groundswell.connectors.adapters.oauth import BadSigned
from groundswell.connectors.models import Connection, Withdrawal
from groundswell.terms.errors import Refusal
from groundswell.terms.networks import Network
from groundswell.workspaces import access
from groundswell.workspaces.models import Workspace

_LARGEST = 10_000  # characters of a signed request


class UnknownWithdrawal(Refusal):
    """No permission was taken back under that code."""

    code = "unknown_withdrawal"

    def __init__(self) -> None:
        super().__init__("nothing is known under this code: copy it again from where it was given")


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of the data of somebody who took a permission back.

    Attributes:
        withdrawal: Which.
        is_erased: Whether all of it is gone.
    """

    withdrawal: Withdrawal
    is_erased: bool


def take(workspace_id: UUID, network: Network, signed: str, *, now: datetime) -> Withdrawal:
    """Do what a network asks for: end the connections of that user, and erase what they brought.

    Asked before any workspace is entered; opens its own transactions.

    Raises:
        BadSigned: When it is not signed with the secret of the workspace's application.
    """
    workspace = Workspace.objects.filter(id=workspace_id).first()
    if workspace is None or len(signed) > _LARGEST:
        raise BadSigned("this request was not signed with the application's secret")
    interface = interface_of(network)
    with access.inside(workspace):
        app = applications.app_of(workspace, network, "")
        if app is None:
            raise BadSigned("this request was not signed with the application's secret")
        said = oauth.signed_by(app, signed)
        owner = str(said.get("user_id") or "")
        found = Connection.objects.filter(network=network).select_related("workspace")
        before = _issued(said, now)
        found = found.filter(connected_at__lte=before)  # what was permitted since stands
        ids = [connection.id for connection in found if owner and _is_of(connection, owner)]
        for each in ids:
            connecting.revoked(workspace=workspace, connection_id=each, by=str(network), now=now)
        return Withdrawal.objects.create(
            workspace=workspace,
            code=secrets.token_hex(16),
            network=network,
            connections=[str(each) for each in ids],
            told_at=now,
            due_at=now + interface.deletes_within,
        )


def standing(code: str) -> Standing:
    """What became of it; asked before any workspace is entered.

    Raises:
        UnknownWithdrawal: When there is none of that code.
    """
    with scopes_disabled():
        found = Withdrawal.objects.select_related("workspace").filter(code=code).first()
    if found is None:
        raise UnknownWithdrawal
    with access.inside(found.workspace):
        left = Connection.objects.filter(id__in=found.connections, erase_at__isnull=False)
        return Standing(found, is_erased=not left.exists())


def _issued(said: Mapping[str, Any], now: datetime) -> datetime:
    """When the network said it: the same words may come again, also from somebody else."""
    try:
        return datetime.fromtimestamp(int(said["issued_at"]) + 1, UTC)  # it counts whole seconds
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return now


def _is_of(connection: Connection, owner: str) -> bool:
    tokens = credentials.readable_tokens_of(connection)
    return owner in {connection.own_id, tokens and tokens.login}
