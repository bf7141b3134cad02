"""The scorecard: six factors of each account, each compared with accounts of similar size.

A factor's score is the weighted mean of the percentiles of its measures among peers, from 0 to 100,
where more is better; 50 is what is usual for the size. Its interval combines those of the
percentiles by the method of variance estimates recovery (Zou and Donner 2008). The measures
themselves, in their own units, are the evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.qualification import measures, peers, rates
from groundswell.engine.qualification.batch import Batch
from groundswell.engine.qualification.factors import (
    audience,
    authenticity,
    branded,
    credibility,
    growth,
    jumps,
    life_moments,
    performance,
    quality,
)
from groundswell.engine.qualification.growth import series
from groundswell.engine.qualification.measures import Measure
from groundswell.engine.qualification.peers import Standing
from groundswell.engine.qualification.rates import Rates
from groundswell.engine.qualification.text import sponsorship
from groundswell.engine.qualification.verdict import Verdict
from groundswell.engine.safety import concerns, scanning
from groundswell.engine.safety.concerns import Concerns
from groundswell.terms.factors import FactorName


@dataclass(frozen=True, slots=True)
class Part:
    """A measure's place in a factor: its weight, and whether more of it is better."""

    measure: str
    weight: float = 1.0
    more_is_better: bool = True


# What each factor is made of, and the weight that must be known for the factor to be said.
PARTS: dict[FactorName, tuple[Part, ...]] = {
    FactorName.CREDIBILITY: (
        Part("topical_focus"),
        Part("tenure_years"),
        Part("topical_comments"),
        Part("unusual_engagement", more_is_better=False),
        Part("reported_authentic_share"),
        Part("topical_depth", weight=0.0),
        Part("engagement_residual", weight=0.0),
        Part("likes_spread_residual", weight=0.0),
        Part("comments_spread_residual", weight=0.0),
        Part("likes_per_comment_residual", weight=0.0),
        Part("comment_clique", weight=0.0),
        Part("unexplained_jump", weight=0.0),
    ),
    FactorName.LIFE_MOMENTS: (Part("life_moments"),),
    FactorName.AUDIENCE: (
        Part("country_concentration"),
        Part("interest_concentration"),
        Part("overlap_concentration"),
    ),
    FactorName.QUALITY: (
        Part("steadiness"),
        Part("originality"),
        Part("caption_craft"),
        Part("language_consistency"),
    ),
    FactorName.BRANDED: (
        Part("sponsored_share", more_is_better=False),
        Part("branded_ratio"),
    ),
    FactorName.GROWTH: (
        Part("daily_growth"),
        Part("growth_volatility", weight=0.0),
        Part("followers_in_30_days", weight=0.0),
        Part("growth_turn", weight=0.0),
    ),
}
NEEDED: dict[FactorName, float] = dict.fromkeys(FactorName, 1.0) | {
    FactorName.CREDIBILITY: 2.0,
    FactorName.QUALITY: 2.0,
}
_NO_COMMENTS = "no comments are known with who wrote them"


@dataclass(frozen=True, slots=True)
class Measured:
    """What one batch of accounts says of itself, before it is compared."""

    measures: tuple[Measure, ...]
    rates: Rates
    engaged: authenticity.Engaged
    contrast: performance.Contrast
    concerns: Concerns
    followers: Floats


def measure(batch: Batch, base: credibility.Base) -> Measured:
    """Measure some accounts on their own data.

    Args:
        batch: The accounts and what is known of them.
        base: For each platform of the workspace, its posts and how many carry each topic.
    """
    posts = batch.post_rows.table
    signs = sponsorship.signs(posts["text"], posts["links"], posts["paid_partnership"])
    sponsored = signs.astype(bool)
    counted = series.daily(batch)
    found = (
        *credibility.measures(batch, base),
        authenticity.reported(batch),
        *life_moments.measures(batch),
        audience.countries(batch),
        *quality.measures(batch),
        branded.saturation(batch, sponsored),
        *growth.measures(counted, batch.size),
        jumps.unexplained(counted, batch),
    )
    return Measured(
        found,
        rates.engagement_rates(batch),
        authenticity.engaged(batch),
        performance.contrast(batch, sponsored),
        _concerns(batch),
        batch.followers,
    )


def _concerns(batch: Batch) -> Concerns:
    posts = batch.post_rows
    found = scanning.scan(posts.table["text"], posts.table["language"])
    return Concerns.summed(
        found, accounts=batch.size, codes=posts.codes, post_ids=posts.ids, at=posts.at
    )


def joined(parts: Sequence[Measured]) -> Measured:
    """What several batches say, as if they had been one."""
    offsets = np.cumsum([0, *(part.followers.size for part in parts)])
    return Measured(
        tuple(
            measures.joined(several) for several in zip(*(p.measures for p in parts), strict=True)
        ),
        rates.joined(
            [rates.shifted(p.rates, int(offset)) for p, offset in zip(parts, offsets, strict=False)]
        ),
        authenticity.joined([part.engaged for part in parts]),
        performance.joined([part.contrast for part in parts]),
        concerns.joined([part.concerns for part in parts]),
        np.concatenate([part.followers for part in parts]),
    )


@dataclass(frozen=True, slots=True)
class Scored:
    """One factor of all accounts, in columns; nan where it cannot be said."""

    value: Floats
    low: Floats
    high: Floats
    n: Ints
    seen_at: Ints


@dataclass(frozen=True, slots=True)
class Scorecards:
    """The scorecards of all accounts, in columns."""

    measures: dict[str, Measure]
    standing: dict[str, Standing]
    factors: dict[FactorName, Scored]
    rates: Rates
    rate_standing: Standing
    concerns: Concerns
    verdict: tuple[Verdict, ...]

    def coverage(self, factor: FactorName) -> float:
        """Share of the accounts for which the factor can be said."""
        return float(np.isfinite(self.factors[factor].value).mean())

    @property
    def factors_said(self) -> Ints:
        """How many of the six factors can be said, for each account."""
        said: Ints = np.sum([np.isfinite(f.value) for f in self.factors.values()], axis=0)
        return said


def score(
    measured: Measured, platforms: Sequence[str], together: Sequence[Measure] = ()
) -> Scorecards:
    """Compare accounts with their peers.

    Args:
        measured: All accounts of the workspace, or an account and those near it in size.
        platforms: Platform of each account.
        together: Measures that need all accounts of the workspace at once (``audience.interests``,
            ``cliques.measure``).
    """
    _, platform = np.unique(np.asarray(platforms, dtype=str), return_inverse=True)
    size = measured.followers.size
    signals = authenticity.measures(measured.engaged, measured.rates, measured.followers, platform)
    ratio = performance.branded_ratio(measured.contrast, platform)
    known = {m.name: m for m in (*measured.measures, *together, *signals, ratio)}
    for name in ("interest_concentration", "overlap_concentration"):
        known.setdefault(name, Measure.unknown(name, size, "no audience is known"))
    known.setdefault(authenticity.CLIQUE, Measure.unknown(authenticity.CLIQUE, size, _NO_COMMENTS))
    placed = {
        part.measure: _standing(known[part.measure], measured.followers, platform)
        for parts in PARTS.values()
        for part in parts
        if part.weight > 0
    }
    return Scorecards(
        known,
        placed,
        {name: factor_score(name, known, placed) for name in FactorName},
        measured.rates,
        measured.rates.standing(measured.followers, platform),
        measured.concerns,
        _verdicts([*signals, *(known[name] for name in authenticity.ALONE)]),
    )


def _standing(found: Measure, followers: Floats, platform: Ints) -> Standing:
    return peers.standing(found.value, found.low, found.high, followers=followers, group=platform)


def factor_score(
    name: FactorName, known: dict[str, Measure], placed: dict[str, Standing]
) -> Scored:
    """Weighted mean of the percentiles that are known, with the interval of Zou and Donner.

    Args:
        name: Which factor.
        known: The measures of all accounts, by name.
        placed: Their standing among peers, by name of the measure.
    """
    parts = [part for part in PARTS[name] if part.weight > 0]
    size = known[parts[0].measure].value.size
    total, weight, below, above = (np.zeros(size) for _ in range(4))
    bounded = np.zeros(size, dtype=bool)
    n, seen_at = np.zeros(size, dtype=np.int64), np.full(size, measures.NEVER)
    for part in parts:
        value, low, high = _favourable(placed[part.measure], more=part.more_is_better)
        said, with_interval = np.isfinite(value), np.isfinite(low)
        total += np.where(said, part.weight * value, 0.0)
        weight += np.where(said, part.weight, 0.0)
        below += np.where(with_interval, (part.weight * (value - low)) ** 2, 0.0)
        above += np.where(with_interval, (part.weight * (high - value)) ** 2, 0.0)
        bounded |= with_interval
        n = np.maximum(n, np.where(said, known[part.measure].n, 0))
        seen_at = np.maximum(seen_at, np.where(said, known[part.measure].seen_at, measures.NEVER))
    enough = weight >= NEEDED[name]
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(enough, total / weight, np.nan)
        low = np.where(bounded, value - np.sqrt(below) / weight, np.nan)
        high = np.where(bounded, value + np.sqrt(above) / weight, np.nan)
    return Scored(value, low, high, n, seen_at)


def _favourable(found: Standing, *, more: bool) -> tuple[Floats, Floats, Floats]:
    """Percentiles turned so that more is better."""
    if more:
        return found.value, found.low, found.high
    return 100.0 - found.value, 100.0 - found.high, 100.0 - found.low


def _verdicts(signals: list[Measure]) -> tuple[Verdict, ...]:
    review = authenticity.needs_review(signals)
    known = np.any([s.known for s in signals if s.name in authenticity.SIGNALS], axis=0)
    code = np.where(review, 1, np.where(known, 0, 2))
    words = (Verdict.NOTHING_UNUSUAL, Verdict.NEEDS_REVIEW, Verdict.CANNOT_SAY)
    return tuple(words[i] for i in code.tolist())
