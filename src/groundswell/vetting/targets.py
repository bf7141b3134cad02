"""Reads: how much of an account's audience a brief is for."""

from collections.abc import Mapping, Sequence
from typing import Any

from groundswell.creators import queries as creators
from groundswell.creators.models import Account
from groundswell.engine.qualification import target
from groundswell.engine.qualification.target import Fit, Slice

COMMENTERS = "commenters"  # the source of what was counted on people who commented


def fit(account: Account, wanted: Mapping[str, Sequence[str]]) -> Fit:
    """What sources say of an account's audience, beside whom somebody wants to reach.

    Where no source says what languages it speaks, those in which people commented stand in: a
    sample of its loudest, with ``COMMENTERS`` as its source.

    Args:
        account: Whose audience.
        wanted: Values by dimension of ``audience_shares``, such as ``country``.
    """
    with creators.observations() as observations:
        rows = observations.ask("audience_of", accounts=[str(account.id)]).to_pylist()
        is_known = any(row["dimension"] == "language" for row in rows)
        written = (
            observations.ask("languages_of_commenters", account=str(account.id)).to_pylist()
            if "language" in wanted and not is_known
            else []
        )
    known = [
        Slice(
            row["dimension"],
            row["value"],
            row["share"],
            row["sample_size"],
            row["source"],
            row["observed_at"],
        )
        for row in rows
        if row["share"] is not None and 0 <= row["share"] <= 1
    ]
    people = sum(row["people"] for row in written)
    known += [
        Slice(
            "language",
            row["language"],
            row["people"] / people,
            people,
            COMMENTERS,
            row["latest_at"],
        )
        for row in written
    ]
    return target.fit(known, wanted)


def as_json(found: Fit) -> dict[str, Any]:
    """As every interface gives it to programs."""
    return {
        "share": found.share.as_json(),
        "parts": [
            {
                "dimension": part.dimension,
                "wanted": list(part.wanted),
                "share": part.share.as_json(),
                "source": part.source,
                "observed_at": part.observed_at.isoformat() if part.observed_at else None,
            }
            for part in found.parts
        ],
        "effective_number": {name: round(value, 3) for name, value in found.kinds.items()},
    }
