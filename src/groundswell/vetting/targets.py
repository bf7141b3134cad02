"""Reads: how much of an account's audience a brief is for."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import pyarrow as pa

from groundswell.creators import queries as creators
from groundswell.creators.models import Account
from groundswell.engine.qualification import target
from groundswell.engine.qualification.target import Fit, Part, Slice
from groundswell.retrieval.words import fold_name
from groundswell.warehouse.observations import Observations

Parts: TypeAlias = Sequence[Part]
COMMENTERS = "commenters"  # the source of what was counted on people who commented
MEMBERS = "members"  # the source of what was counted on people known to be in the audience


def fit(account: Account, wanted: Mapping[str, Sequence[str]]) -> Fit:
    """What sources say of an account's audience, beside whom somebody wants to reach.

    What no source says is counted on people, where some are known: languages on those who
    commented, interests on those who are in other audiences too.

    Args:
        account: Whose audience.
        wanted: Values by dimension of ``audience_shares``, such as ``country``.
    """
    with creators.observations() as observations:
        rows = observations.ask("audience_of", accounts=[str(account.id)]).to_pylist()
        measured = {row["dimension"] for row in rows}
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
        if "language" in wanted and "language" not in measured:
            known += _languages(observations, account)
        if "interest" in wanted and "interest" not in measured:
            known += _interests(observations, account, wanted["interest"])
    found = target.fit(known, wanted)
    # Wanted interests against all others are no composition.
    is_told = "interest" in measured
    kinds = {name: kind for name, kind in found.kinds.items() if name != "interest" or is_told}
    return replace(found, kinds=kinds)


def _languages(observations: Observations, account: Account) -> list[Slice]:
    """In which languages people commented, each person once."""
    rows = observations.ask("languages_of_commenters", account=str(account.id)).to_pylist()
    people = sum(row["people"] for row in rows)
    return [
        Slice(
            "language",
            row["language"],
            row["people"] / people,
            people,
            COMMENTERS,
            row["latest_at"],
        )
        for row in rows
    ]


def _interests(observations: Observations, account: Account, wanted: Sequence[str]) -> list[Slice]:
    """How many are in the audience of another account with a wanted topic, too."""
    topics = {fold_name(each) for each in wanted}
    others = Account.objects.filter(merged_into=None, platform=account.platform)
    labelled = [
        (str(other), not topics.isdisjoint(map(fold_name, categories)))
        for other, categories in others.values_list("id", "categories")
        if categories
    ]
    names, are_wanted = zip(*labelled, strict=True) if labelled else ((), ())
    table = pa.table(
        {"account": pa.array(names, pa.string()), "is_wanted": pa.array(are_wanted, pa.bool_())}
    )
    asked = observations.ask("interests_of_members", account=str(account.id), labelled=table)
    [row] = asked.to_pylist()
    if not row["people"] or row["seen_at"] is None:
        return []
    share, rest = row["interested"] / row["people"], "other topics"
    return [
        Slice("interest", name, part, row["people"], MEMBERS, row["seen_at"])
        for name, part in (
            (wanted[0], share),
            *((each, 0.0) for each in wanted[1:]),
            (rest, 1 - share),
        )
    ]


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
