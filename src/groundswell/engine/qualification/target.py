"""How much of an audience is whom a program is for, and how many kinds of people it has.

Of one dimension (countries, genders) the shares of what is wanted are added. Of several, nobody
knows from their shares alone how they go together: the value takes them as independent, and the
interval reaches from the least to the most that they allow (Frechet 1935), their own intervals
included.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from groundswell.engine.qualification import intervals
from groundswell.terms.estimate import Estimate

METHOD = "share_in_target"


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of an audience, as a source measured it.

    Attributes:
        dimension: Such as ``country`` or ``gender``.
        value: Which country or gender.
        share: Part of the audience, in [0, 1].
        sample_size: People it was measured on; None where the source does not say.
        source: Who measured, such as ``creator_authorised``.
        observed_at: When.
    """

    dimension: str
    value: str
    share: float
    sample_size: int | None
    source: str
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """What is wanted of one dimension, and the share that has it.

    Attributes:
        dimension: Which.
        wanted: Values that are wanted; one is enough.
        share: Of the audience.
        source: Who measured; None where nobody did.
        observed_at: When the newest slice was measured.
    """

    dimension: str
    wanted: tuple[str, ...]
    share: Estimate
    source: str | None
    observed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Fit:
    """An audience beside a target.

    Attributes:
        share: Of the audience that has everything wanted.
        parts: Dimension by dimension.
        kinds: Effective number of kinds (the inverse of Simpson's index) of each dimension known.
    """

    share: Estimate
    parts: tuple[Part, ...]
    kinds: Mapping[str, float]


def fit(slices: Sequence[Slice], wanted: Mapping[str, Sequence[str]]) -> Fit:
    """Hold an audience against a target.

    Args:
        slices: What is known of the audience; of each dimension one measurement.
        wanted: For each dimension that matters, the values of which a person has one.
    """
    of: dict[str, list[Slice]] = {}
    for each in slices:
        of.setdefault(each.dimension, []).append(each)
    parts = tuple(_part(name, tuple(values), of.get(name, [])) for name, values in wanted.items())
    kinds = {name: _kinds(known) for name, known in of.items() if sum(s.share for s in known) > 0}
    return Fit(_together(parts), parts, kinds)


def _part(dimension: str, wanted: tuple[str, ...], known: list[Slice]) -> Part:
    if not known:
        missing = f"no source says how the audience is made up by {dimension}"
        return Part(dimension, wanted, Estimate.cannot_say(missing, method=METHOD), None, None)
    names = {value.casefold() for value in wanted}
    total = max(sum(each.share for each in known), 1.0)  # rounded shares may add up to 1.01
    share = sum(each.share for each in known if each.value.casefold() in names) / total
    listed = {each.value.casefold() for each in known}
    unlisted = max(1.0 - sum(each.share for each in known), 0.0) if names - listed else 0.0
    people = max((each.sample_size or 0 for each in known), default=0)
    newest = max(known, key=lambda each: each.observed_at)
    estimate = _estimate(share, unlisted, people)
    return Part(dimension, wanted, estimate, newest.source, newest.observed_at)


def _estimate(share: float, unlisted: float, people: int) -> Estimate:
    """A share with the error of its sample, and with what the source did not list above it."""
    if people:
        _, below, above = intervals.wilson(np.array([share * people]), np.array([people]))
        low, high, reason = float(below[0]), float(above[0]), None
    else:
        low = high = share
        reason = "the source does not say how many people it measured"
    high = min(high + unlisted, 1.0)
    if not people and not unlisted:
        return Estimate.exact(share, method=METHOD, n=0, reason=reason)
    return Estimate(share, low, high, intervals.LEVEL, METHOD, people, reason)


def _together(parts: tuple[Part, ...]) -> Estimate:
    if not parts:
        return Estimate.cannot_say("the target asks nothing of the audience", method=METHOD)
    missing = [each.dimension for each in parts if not each.share.is_known]
    if missing:
        words = f"no source says how the audience is made up by {', '.join(missing)}"
        return Estimate.cannot_say(words, method=METHOD)
    if len(parts) == 1:
        return parts[0].share
    values = [each.share.value or 0.0 for each in parts]
    lows = [_or(each.share.low, each.share.value) for each in parts]
    highs = [_or(each.share.high, each.share.value) for each in parts]
    return Estimate(
        math.prod(values),
        max(sum(lows) - (len(parts) - 1), 0.0),
        min(highs),
        intervals.LEVEL,
        METHOD,
        min(each.share.n for each in parts),
        "dimensions are known one by one: the value takes them as independent, and the interval "
        "holds however they go together",
    )


def _or(value: float | None, other: float | None) -> float:
    found = other if value is None else value
    return found or 0.0


def _kinds(known: list[Slice]) -> float:
    total = sum(each.share for each in known)
    return float(1 / sum((each.share / total) ** 2 for each in known))
