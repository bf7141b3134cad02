"""Prices: what a creator asks for one piece."""

from collections.abc import Iterable
from datetime import date, datetime

import pyarrow as pa
from django.db import connection

from groundswell.creators import copying
from groundswell.creators.actions import filing
from groundswell.creators.models import Account, RateCard
from groundswell.terms.errors import Refusal
from groundswell.terms.formats import Format
from groundswell.terms.money import CURRENCIES, Money
from groundswell.terms.sources import Source
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace


class BadPrice(Refusal):
    """A price that can't be kept."""

    code = "bad_price"


def set_price(
    *, account: Account, kind: Format, price: Money, valid_from: date, by: str, now: datetime
) -> RateCard:
    """Note the price of one piece from a day on, by hand.

    Raises:
        BadPrice: When it is negative, or in no currency.
    """
    if price.currency not in CURRENCIES:
        raise BadPrice(
            f"cannot keep a price in {price.currency}: it is no currency that somebody is paid in, "
            "such as USD or EUR"
        )
    if price.minor < 0:
        raise BadPrice(f"cannot keep the price {price}: a price is zero or more")
    card, _ = RateCard.objects.update_or_create(
        workspace=account.workspace,
        account=account,
        format=kind.value,
        valid_from=valid_from,
        defaults={
            "price_minor": price.minor,
            "currency": price.currency,
            "source": Source.MANUAL.value,
        },
    )
    filing.changed([account.creator_id], workspace=account.workspace)
    journal.record(
        "rate_card.saved",
        workspace=account.workspace,
        by=by,
        now=now,
        subject=str(account),
        details={
            "creator": str(account.creator_id),
            "format": kind.value,
            "price": str(price),
            "valid_from": valid_from.isoformat(),
        },
    )
    return card


def take(
    batches: Iterable[pa.RecordBatch], *, workspace: Workspace, taken_on: date, now: datetime
) -> list[int]:
    """Write staged prices; returns the source rows that said something new, one per price.

    A price that does not say from when it holds is valid from ``taken_on``, unless it is the
    latest that is known.
    """
    columns = ("account", "format", "price", "currency", "source", "valid_from", "row")
    with connection.cursor() as cursor:
        cursor.execute(_SCRATCH)
    asked = (batch.select(columns) for batch in batches)
    copying.fill("asked", columns, copying.tuples(asked))
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, {"taken_on": taken_on, "ms": int(now.timestamp() * 1000)})
        found = cursor.fetchall()
    filing.changed((creator for _, creator in found), workspace=workspace)
    return [row for row, _ in found]


_SCRATCH = """
DROP TABLE IF EXISTS asked;
CREATE TEMP TABLE asked (
    place bigint GENERATED ALWAYS AS IDENTITY, account uuid, format text, price bigint,
    currency text, source text, valid_from date, row bigint
) ON COMMIT DROP
"""

_WRITE = f"""
WITH latest AS (
    SELECT DISTINCT ON (account_id, format) account_id, format, price_minor, currency
    FROM creators_ratecard ORDER BY account_id, format, valid_from DESC
),
asked AS (
    SELECT DISTINCT ON (a.account, a.format, day)
        a.account, a.format, a.price, a.currency, a.source, a.row, day
    FROM asked a
    LEFT JOIN latest l ON l.account_id = a.account AND l.format = a.format
    CROSS JOIN LATERAL (SELECT coalesce(a.valid_from, %(taken_on)s::date) AS day) d
    WHERE a.price IS NOT NULL AND a.currency IS NOT NULL AND NOT (
        a.valid_from IS NULL AND l.price_minor IS NOT DISTINCT FROM a.price
        AND l.currency IS NOT DISTINCT FROM a.currency
    )
    ORDER BY a.account, a.format, day, a.place DESC
),
written AS (
    INSERT INTO creators_ratecard AS r
        (id, workspace_id, account_id, format, price_minor, currency, source, valid_from)
    SELECT {copying.FRESH_ID}, groundswell_workspace(), account, format, price, currency,
        source, day
    FROM asked ORDER BY row
    ON CONFLICT (workspace_id, account_id, format, valid_from) DO UPDATE
    SET price_minor = excluded.price_minor, currency = excluded.currency,
        source = excluded.source
    WHERE (r.price_minor, r.currency) IS DISTINCT FROM (excluded.price_minor, excluded.currency)
    RETURNING account_id, format, valid_from
)
SELECT asked.row, a.creator_id FROM asked JOIN written w
    ON w.account_id = asked.account AND w.format = asked.format AND w.valid_from = asked.day
JOIN creators_account a ON a.id = asked.account
"""  # noqa: S608 - the names are ours
