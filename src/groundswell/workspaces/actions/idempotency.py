"""Requests that may be sent twice: answered once, and then given the same answer again."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from groundswell.terms.errors import Refusal
from groundswell.workspaces.models import IdempotencyKey, Workspace

LONGEST_KEY = 255
KEPT = timedelta(hours=48)


class InFlight(Refusal):
    """The same request is being answered at this moment."""

    code = "in_flight"


class KeyReused(Refusal):
    """The key was given to another request before."""

    code = "idempotency_key_reused"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request under its key.

    Attributes:
        workspace: Where.
        caller: Who asks: a token, or a person without one.
        key: What the caller calls the request.
        operation: Method and path.
        request_hash: Of everything that is asked.
    """

    workspace: Workspace
    caller: str
    key: str
    operation: str
    request_hash: bytes


def claim(asked: Asked, *, now: datetime) -> IdempotencyKey | None:
    """The answer that this request was given before; None when it is the first one.

    From then on nobody else can claim the key until the transaction ends.

    Raises:
        InFlight: When somebody else has claimed it.
        KeyReused: When the answer was another request's.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_lock(asked)])
        [is_ours] = cursor.fetchone()
    if not is_ours:
        raise InFlight(
            f"a request with the Idempotency-Key {asked.key[:60]!r} is being answered at this "
            "moment: send it again in a few seconds to get its answer"
        )
    before = IdempotencyKey.objects.filter(caller=asked.caller, key=asked.key).first()
    if before is None:
        return None
    if before.made_at < now - KEPT:
        before.delete()
        return None
    if bytes(before.request_hash) != asked.request_hash:
        raise KeyReused(
            f"the Idempotency-Key {asked.key[:60]!r} was sent with another request before, "
            f"{before.operation}: make a new key for each request, and send it again only with "
            "the same one"
        )
    return before


def keep(asked: Asked, *, row: UUID, status: int, answer: bytes, now: datetime) -> None:
    """Keep the answer to a claimed request.

    Args:
        asked: The request.
        row: The id that the answer was sealed for.
        status: The answer's status.
        answer: The answer, sealed.
        now: When.
    """
    IdempotencyKey.objects.create(
        id=row,
        workspace=asked.workspace,
        caller=asked.caller,
        key=asked.key,
        operation=asked.operation[:300],
        request_hash=asked.request_hash,
        status=status,
        answer=answer,
        made_at=now,
    )


def sweep(*, now: datetime) -> int:
    """Forget the current workspace's answers that are older than ``KEPT``."""
    forgotten, _ = IdempotencyKey.objects.filter(made_at__lt=now - KEPT).delete()
    return forgotten


def _lock(asked: Asked) -> int:
    named = hashlib.sha256(f"{asked.workspace.id}|{asked.caller}|{asked.key}".encode()).digest()
    return int.from_bytes(named[:8], signed=True)
