"""What is known beside a reply of Meta's servers."""

from dataclasses import dataclass
from datetime import datetime

from groundswell.connectors.adapters.references import Reference
from groundswell.terms.sources import Source


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beside a reply.

    Attributes:
        now: When it came.
        source: Where its numbers come from.
        account: Whose posts are listed; None where each says it itself, or nothing does.
        post_id: Under which post comments stand, where they don't say it.
    """

    now: datetime
    source: Source = Source.API
    account: Reference | None = None
    post_id: str | None = None


def of(account: Reference | None) -> dict[str, Reference]:
    """The column of the account, where it is known."""
    return {} if account is None else {"account": account}
