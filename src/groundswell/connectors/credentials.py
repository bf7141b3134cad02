"""What a connection shows to its network: sealed in its row, opened only to sign requests."""

import json

from groundswell.connectors.adapters.oauth import Tokens
from groundswell.connectors.models import Connection
from groundswell.creators.sealing import CannotOpen, Seal
from groundswell.workspaces.models import Workspace


def keep(connection: Connection, tokens: Tokens) -> None:
    """Seal tokens into a connection's row, which the caller saves; a key is an access token."""
    text = json.dumps(tokens.as_json())
    connection.secret = _seal(connection.workspace).close(text, row=connection.id)
    connection.scopes = sorted(tokens.granted)
    connection.expires_at = tokens.expires_at
    connection.own_id = tokens.own_id or connection.own_id


def tokens_of(connection: Connection) -> Tokens | None:
    """What a connection shows to its network; None where nobody wants to see anything.

    Raises:
        CannotOpen: When it was altered, or the master key is another.
    """
    if connection.secret is None:
        return None
    sealed = bytes(connection.secret)
    return Tokens.from_json(json.loads(_seal(connection.workspace).open(sealed, row=connection.id)))


def readable_tokens_of(connection: Connection) -> Tokens | None:
    """What a connection can still show: nothing where its secret can't be opened any more."""
    try:
        return tokens_of(connection)
    except CannotOpen:
        return None


def is_same(one: Connection, other: Connection) -> bool:
    """Whether two readings of a row hold the same login; sealed anew, it is another."""
    return _sealed(one) == _sealed(other)


def _sealed(connection: Connection) -> bytes | None:
    return None if connection.secret is None else bytes(connection.secret)


def _seal(workspace: Workspace) -> Seal:
    return Seal(workspace, table="connectors_connection", column="secret")
