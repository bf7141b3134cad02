"""Who may be in a plan: filters of the brief, each counting what it leaves out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from groundswell.engine.arrays import Bools, Ints
from groundswell.planning import published
from groundswell.planning.brief import Audience, Brief
from groundswell.planning.evidence import Evidence, place_of
from groundswell.terms.errors import Refusal
from groundswell.terms.objectives import Layer
from groundswell.terms.platforms import Platform

PLATFORMS = tuple(Platform)

# What a reader is told of each filter: what it left out, and what would widen it.
FILTERS = {
    "platform": "on a platform that the brief doesn't name",
    "never": "named in never",
    "exclusion_list": "on an exclusion list of the workspace",
    "private": "private accounts",
    "category": "of other categories",
    "category_unknown": "of unknown category",
    "audience": "whose audience is elsewhere",
    "audience_unknown": "of whose audience nothing is known",
    "competitor": "who mentioned a competitor too recently",
    "format": "who can't publish in a format that the brief names",
    "response_unknown": "of whom neither posts, nor averages, nor followers are known",
    "price_in_other_currency": "who ask for a currency without a rate in exchange_rates",
    "no_exchange_rate_for_usd": "priced in USD, without a rate for USD in exchange_rates",
    "no_price": "without a price",
}
_WIDEN = {
    "platform": "creators.platforms",
    "never": "creators.never",
    "category": "creators.categories",
    "category_unknown": "creators.categories",
    "audience": "[audience]",
    "audience_unknown": "[audience]",
    "competitor": "creators.exclusivity_days",
    "format": "creators.formats",
    "price_in_other_currency": "exchange_rates",
    "no_exchange_rate_for_usd": "exchange_rates",
}


_TOPICAL = ("category", "category_unknown", "format")


class NoCandidates(Refusal):
    """Nobody is left to choose from."""

    code = "no_candidates"

    def __init__(self, total: int, excluded: Mapping[str, int], alone: Mapping[str, int]) -> None:
        counted = "; ".join(f"{count:,} {FILTERS[reason]}" for reason, count in excluded.items())
        best = max(alone, key=lambda reason: alone[reason], default=None)
        next_ = "loosen the filters, or import more creators"
        if best is not None and alone[best] and best in _WIDEN:
            next_ = f"loosen {_WIDEN[best]}: {alone[best]:,} would be left without it"
        super().__init__(f"of {total:,} accounts nobody is left to choose from: {counted}. {next_}")


@dataclass(frozen=True, slots=True)
class Candidates:
    """Accounts that pass the brief's filters.

    Attributes:
        places: Their places in the accounts' table, ascending; shape (candidates,).
        must_have: Which of them the brief wants; shape (candidates,).
        excluded: How many accounts each filter left out, the first that did counting.
        unchecked: Dimensions of the audience that could not be checked for anybody left.
        by_origin: Candidates whose audience was judged by where they are themselves; (candidates,).
        sharing: Accounts that pass all filters but those of topics and formats, who may pass on
            what others made; shape (accounts,).
    """

    places: Ints
    must_have: Bools
    excluded: dict[str, int]
    unchecked: tuple[str, ...]
    by_origin: Bools
    sharing: Bools


def find(brief: Brief, evidence: Evidence) -> Candidates:
    """Accounts that pass the brief's filters; those it wants by name pass them all but ``never``.

    Raises:
        NoCandidates: When nobody is left; says which filter left out how many.
    """
    accounts = evidence.accounts
    ids = accounts["account"].to_pylist()
    wanted = np.isin(ids, evidence.must_have)
    audience, by_origin, unchecked = _audience(brief.audience, evidence)
    failing = {
        "platform": _platform(brief, accounts),
        "never": _never(accounts, evidence.never),
        "exclusion_list": np.isin(ids, list(evidence.excluded)),
        "private": np.array([private is True for private in accounts["private"].to_pylist()]),
        **_categories(brief.creators.categories, accounts),
        **audience,
        "competitor": np.isin(ids, list(evidence.competitors)),
        "format": _format(brief, accounts),
    }
    for reason, mask in failing.items():
        if reason != "never":
            mask[wanted] = False
    passing, excluded = left(failing, len(ids))
    sharing, _ = left({key: mask for key, mask in failing.items() if key not in _TOPICAL}, len(ids))
    if not (passing.any() or (Layer.SHARERS in brief.layers and sharing.any())):
        raise NoCandidates(len(ids), excluded, _without_each(failing))
    return Candidates(
        places=np.flatnonzero(passing),
        must_have=wanted[passing],
        excluded=excluded,
        unchecked=unchecked,
        by_origin=by_origin[passing],
        sharing=sharing,
    )


def left(failing: Mapping[str, Bools], total: int) -> tuple[Bools, dict[str, int]]:
    """Who passes all filters, and how many each left out that earlier ones had not."""
    passing = np.ones(total, np.bool_)
    excluded = {}
    for reason, mask in failing.items():
        count = int(np.sum(passing & mask))
        if count:
            excluded[reason] = count
        passing &= ~mask
    return passing, excluded


def _without_each(failing: Mapping[str, Bools]) -> dict[str, int]:
    """How many would be left if one filter were dropped."""
    times = np.sum(list(failing.values()), axis=0)
    return {reason: int(np.sum(mask & (times == 1))) for reason, mask in failing.items()}


def _platform(brief: Brief, accounts: pa.Table) -> Bools:
    allowed = brief.creators.platforms or PLATFORMS
    return ~np.isin(accounts["platform"].to_pylist(), [str(platform) for platform in allowed])


def _never(accounts: pa.Table, never: frozenset[str]) -> Bools:
    """All accounts of the creators who own an account in ``never``."""
    creators = np.array(accounts["creator"].to_pylist())
    unwanted = creators[np.isin(accounts["account"].to_pylist(), list(never))]
    return np.isin(creators, unwanted)


def _categories(wanted: tuple[str, ...], accounts: pa.Table) -> dict[str, Bools]:
    total = accounts.num_rows
    if not wanted:
        return {
            "category": np.zeros(total, np.bool_),
            "category_unknown": np.zeros(total, np.bool_),
        }
    unknown = np.array([not found for found in accounts["categories"].to_pylist()], np.bool_)
    return {"category": ~in_categories(wanted, accounts) & ~unknown, "category_unknown": unknown}


def in_categories(wanted: tuple[str, ...], accounts: pa.Table) -> Bools:
    """Whose categories name one of the words; shape (accounts,)."""
    pattern = re.compile(
        r"(?<!\w)(" + "|".join(re.escape(word.strip().casefold()) for word in wanted) + r")(?!\w)"
    )
    known = accounts["categories"].to_pylist()
    return np.array(
        [any(pattern.search(c.casefold()) for c in categories or ()) for categories in known],
        np.bool_,
    )


def _format(brief: Brief, accounts: pa.Table) -> Bools:
    if not brief.creators.formats:
        return np.zeros(accounts.num_rows, np.bool_)
    able = {
        str(platform)
        for platform, kinds in published.FORMATS.items()
        if set(kinds) & set(brief.creators.formats)
    }
    return ~np.isin(accounts["platform"].to_pylist(), list(able))


def _audience(
    audience: Audience, evidence: Evidence
) -> tuple[dict[str, Bools], Bools, tuple[str, ...]]:
    """Whose audience is elsewhere or unknown, who was judged by origin, what nobody could check.

    An audience counts as "for" somebody when at least ``published.LEAST_SHARE`` of it is. Where
    the composition is not known, place and language are judged by the creator's own.
    """
    total = evidence.accounts.num_rows
    elsewhere, unknown, by_origin = (np.zeros(total, np.bool_) for _ in range(3))
    unchecked = []
    wanted = {
        "country": audience.countries,
        "region": audience.regions,
        "city": audience.cities,
        "language": audience.languages,
        "gender": audience.genders,
        "age": audience.ages,
        "interest": audience.interests,
    }
    for dimension, values in wanted.items():
        if not values:
            continue
        share = _shares(dimension, values, evidence)
        measured = np.isfinite(share)
        elsewhere |= measured & (share < published.LEAST_SHARE.get(dimension, 1.0))
        if dimension in {"country", "region", "city", "language"}:
            fits, known = _own(dimension, values, evidence.accounts)
            elsewhere |= ~measured & known & ~fits
            unknown |= ~measured & ~known
            by_origin |= ~measured & fits
        elif not measured.any():
            unchecked.append(dimension)
    unknown &= ~elsewhere
    return {"audience": elsewhere, "audience_unknown": unknown}, by_origin, tuple(unchecked)


def _shares(dimension: str, values: tuple[str, ...], evidence: Evidence) -> "np.ndarray":
    """Part of each account's audience that has one of the values; NaN where it isn't known."""
    total = np.full(evidence.accounts.num_rows, np.nan)
    table = evidence.audience_shares
    if not table.num_rows:
        return total
    wanted = {value.casefold() for value in values}
    rows = zip(
        place_of(table["account"], evidence.accounts).to_pylist(),
        table["dimension"].to_pylist(),
        table["value"].to_pylist(),
        table["share"].to_pylist(),
        strict=True,
    )
    for place, found, value, share in rows:
        if place is None or found != dimension or share is None:
            continue
        part = share if str(value).casefold() in wanted else 0.0
        total[place] = part if np.isnan(total[place]) else total[place] + part
    return total


def _own(dimension: str, values: tuple[str, ...], accounts: pa.Table) -> tuple[Bools, Bools]:
    """Whether the creator's own place or language is wanted, and whether it is known."""
    own = accounts[dimension].to_pylist()
    wanted = {value.casefold() for value in values}
    known = np.array([value is not None for value in own], np.bool_)
    fits = [value is not None and _matches(dimension, value.casefold(), wanted) for value in own]
    return np.array(fits, np.bool_), known


def _matches(dimension: str, value: str, wanted: set[str]) -> bool:
    """``en`` takes ``en-GB`` too; ``en-GB`` takes itself only."""
    return value in wanted or (dimension == "language" and value.partition("-")[0] in wanted)
