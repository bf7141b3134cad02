"""Clicks and orders: what people do after they saw a post, as a share of those who saw it.

A share is beta-binomial: each creator has one, creators of a platform and format scatter around a
mean, and the mean itself is known from published figures that contradict one another, until own
history speaks. So a plan without any history gets an estimate that is wide, not none.

A worked example, two offers of one platform, the first with 40 clicks from 2,000 views::

    import numpy as np
    from groundswell.engine.response import clicks

    published = np.array([0.01])  # one cell: clicks per view
    history = clicks.History(*(np.array([x]) for x in (0, 0, 40.0, 2_000.0)))
    rates = clicks.learn(published, history).of(np.array([0, 1]), np.array([0, 0]))
    rates.mean  # near .02 for the first; the second is moved up less, and is wider

With ``views`` from ``response.ResponseModel.expected`` for the same offers, ``acting(views,
rates)`` is what one post brings in clicks; ``acting(clicks, shares)`` with the share of clicks that
order is what it brings in orders. In scenarios, ``counts`` does the same draw by draw.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import betaln

from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.response.model import WIDEST_CORRECTION, Basis, Response
from groundswell.terms.estimate import Estimate

_EVENTS_PUBLISHED = 1.5  # that a published mean is worth: right within a factor of three or so
_SPAN, _STEPS = 4.0, 65  # of the grid of means, in logarithms either way
_ALIKE = np.array([1.0, 3.0, 10.0])  # events that what its peers get is worth for a creator
_ALIKE_CHANCE = np.array([0.25, 0.5, 0.25])
_HIGHEST = 0.95
_MOST_DRAWN = 1e12


@dataclass(frozen=True, slots=True)
class History:
    """What was counted, one row per account and cell; several rows of one pair are summed.

    Attributes:
        account: Index of the account, or of whatever has a share of its own; shape (rows,).
        cell: Code of the cell that it is compared within (platform x format), from 0; (rows,).
        done: How many acted (clicked, ordered), not negative; shape (rows,).
        of: Out of how many (views, clicks), at least ``done``; shape (rows,).
    """

    account: Ints
    cell: Ints
    done: Floats
    of: Floats

    def __post_init__(self) -> None:
        lengths = {len(getattr(self, name)) for name in self.__slots__}
        if len(lengths) > 1:
            raise ValueError(f"columns of a history must be equally long, got lengths {lengths}")
        if not (np.isfinite(self.done).all() and np.isfinite(self.of).all()):
            raise ValueError("done and of must be finite: leave rows without counts out")
        if np.any(self.done < 0) or np.any(self.done > self.of):
            raise ValueError("done must lie between 0 and of, as nobody acts who saw nothing")

    @classmethod
    def none(cls) -> Self:
        """Nothing counted yet."""
        empty = np.zeros(0, np.int64)
        return cls(empty, empty, np.zeros(0), np.zeros(0))


@dataclass(frozen=True, slots=True)
class Rates:
    """The share of each offer; arrays are (offers,).

    Attributes:
        mean: Expected share, in (0, 1); NaN where nothing is published.
        own_sd: Standard deviation of its logarithm, what only this creator's share is unsure of.
        shared_sd: Likewise what all offers of the cell are unsure of together.
        cell: Code of the cell.
        seen: Out of how many the creator's own history speaks, 0 without.
    """

    mean: Floats
    own_sd: Floats
    shared_sd: Floats
    cell: Ints
    seen: Floats


@dataclass(frozen=True, slots=True)
class Shares:
    """What was learnt of shares; ``grid`` arrays are (grid,), ``weight`` is (cells, grid).

    Attributes:
        mean: Possible means of each cell; shape (cells, grid).
        alike: Events that they are worth for a creator; shape (grid,).
        weight: Probability of each, sum 1 in each cell; NaN where nothing is published.
        history: Summed to one row per account and cell, in ascending order.
    """

    mean: Floats
    alike: Floats
    weight: Floats
    history: History

    def of(self, account: Ints, cell: Ints) -> Rates:
        """The shares of some offers.

        Args:
            account: Index of the account of each offer, as in the history; shape (offers,).
            cell: Code of its cell; shape (offers,).
        """
        done, of = self._own(account, cell)
        bare = [self._moments(each, 0.0, 0.0) for each in range(len(self.mean))]
        table = np.array(bare).reshape(-1, 3)[cell]
        for offer in np.flatnonzero(of):
            table[offer] = self._moments(int(cell[offer]), float(done[offer]), float(of[offer]))
        mean, own_sd, shared_sd = table.T
        return Rates(mean, own_sd, shared_sd, cell, of)

    def _own(self, account: Ints, cell: Ints) -> tuple[Floats, Floats]:
        width = len(self.mean)
        keys = self.history.account * width + self.history.cell
        at = np.searchsorted(keys, account * width + cell)
        found = np.append(keys, -1)[at] == account * width + cell
        done, of = (np.append(x, 0.0)[at] for x in (self.history.done, self.history.of))
        return np.where(found, done, 0.0), np.where(found, of, 0.0)

    def _moments(self, cell: int, done: float, of: float) -> tuple[float, float, float]:
        """Mean of one share, and what is unsure of its logarithm alone and with its cell.

        Law of total variance over the grid of the cell's mean: what is left given the mean is the
        creator's own, what moves with the mean is shared.
        """
        weight, mean, alike = self.weight[cell], self.mean[cell], self.alike
        if np.isnan(weight).any():
            return np.nan, np.nan, np.nan
        worth = alike / mean + of
        given = (alike + done) / worth
        expected = float(weight @ given)
        own = float(weight @ (given * (1 - given) / (worth + 1))) / expected**2
        shared = float(weight @ (given - expected) ** 2) / expected**2
        return expected, float(np.sqrt(np.log1p(own))), float(np.sqrt(np.log1p(shared)))


def learn(published: Floats, history: History) -> Shares:
    """Learn shares from published means and own history.

    Model, in each cell: mean m ~ Gamma around the published one, worth 1.5 events; share of a
    creator ~ Beta(k, k / m - k), k one of 1, 3 and 10 events; done ~ Binomial(of, share). The
    posterior of (m, k) is on a grid, that of a creator's share is in closed form given them.

    Args:
        published: Published mean share of each cell, in (0, 1), NaN where there is none; (cells,).
        history: What was counted.

    Raises:
        ValueError: When a published mean does not lie between 0 and 1.
    """
    if np.any((published <= 0) | (published >= 1)):
        raise ValueError(f"published shares must lie between 0 and 1, got {published}")
    own = _summed(history, len(published))
    steps, alike = np.meshgrid(np.linspace(-_SPAN, _SPAN, _STEPS), _ALIKE)
    ratio = np.exp(steps.ravel())
    prior = _EVENTS_PUBLISHED * (steps.ravel() - ratio)
    prior = prior + np.log(np.repeat(_ALIKE_CHANCE, _STEPS))
    mean = np.minimum(published[:, None] * ratio, _HIGHEST)
    logs = np.tile(prior, (len(published), 1))
    for cell in np.unique(own.cell):
        rows = own.cell == cell
        logs[cell] += _likelihood(own.done[rows], own.of[rows], mean[cell], alike.ravel())
    weight = np.exp(logs - logs.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    weight[np.isnan(published)] = np.nan
    return Shares(mean, alike.ravel(), weight, own)


def _summed(history: History, cells: int) -> History:
    if len(history.cell) and not 0 <= history.cell.min() <= history.cell.max() < cells:
        raise ValueError(f"cells of a history must lie in [0, {cells}), got {history.cell}")
    keys, row = np.unique(history.account * cells + history.cell, return_inverse=True)
    done = np.bincount(row, history.done, len(keys)).astype(np.float64)
    of = np.bincount(row, history.of, len(keys)).astype(np.float64)
    some = of > 0
    return History((keys // cells)[some], (keys % cells)[some], done[some], of[some])


def _likelihood(done: Floats, of: Floats, mean: Floats, alike: Floats) -> Floats:
    """Beta-binomial log-likelihood of all rows at each point of the grid."""
    rest = alike / mean - alike
    total = np.zeros(len(mean))
    for acted, seen in zip(done, of, strict=True):
        total += betaln(alike + acted, rest + seen - acted) - betaln(alike, rest)
    return np.nan_to_num(total)


def acting(seen: Response, rates: Rates) -> Response:
    """What one post brings in actions (clicks), from what it gets seen (views) and their share.

    Works again on its own result: orders from clicks. Everything that is unsure of the share is in
    ``creator_sd``; on the scale of log(1 + count), where few actions vary less than their
    logarithm would, and come with Poisson noise.

    Args:
        seen: What one post of each offer gets.
        rates: Share of each offer.

    Returns:
        Expected counts with basis NOTHING where either is unknown.
    """
    nothing = (seen.basis == Basis.NOTHING) | np.isnan(rates.mean)
    count = np.where(nothing, 0.0, seen.mean * rates.mean)
    part = count / (1 + count)  # d log(1 + count) / d log(count)
    scale = part * (1 + seen.mean) / np.maximum(seen.mean, 1e-9)
    of_creator = (scale * seen.creator_sd) ** 2 + part**2 * (rates.own_sd**2 + rates.shared_sd**2)
    of_post = (scale * seen.post_sd) ** 2 + count / (1 + count) ** 2
    of_creator, of_post = (np.where(nothing, 0.0, x) for x in (of_creator, of_post))
    spread = np.minimum(of_creator + of_post, WIDEST_CORRECTION)
    return Response.of_posterior(
        np.log1p(count) - spread / 2,
        of_creator,
        of_post,
        np.where(nothing, Basis.NOTHING, seen.basis),
        seen.posts,
    )


def estimate(response: Response, rates: Rates, offer: int, *, of: str) -> Estimate:
    """What one post of an offer brings in actions, and that it is modelled.

    Args:
        response: From ``acting``.
        rates: The last shares that it was made with.
        offer: Which offer.
        of: What the share is out of, in words: "views", "clicks".
    """
    one = response.estimate(offer)
    if one.value is None:
        return Estimate.cannot_say(f"neither own nor published shares of {of} are known")
    method, reason = said(rates, np.array([offer]), of=of)
    return Estimate(one.value, one.low, one.high, one.level, method, one.n, reason)


def said(rates: Rates, offers: Ints, *, of: str) -> tuple[str, str]:
    """Method and reason of an estimate that rests on the shares of some offers."""
    own = int(np.sum(rates.seen[offers] > 0))
    share = float(np.mean(rates.mean[offers]))
    if not own:
        return f"modelled: {of} x published share", (
            f"{share:.2%} of {of} by published figures, which differ by a factor of three: none "
            "of these creators has counts of its own yet"
        )
    return f"modelled: {of} x share from own and published counts", (
        f"{share:.2%} of {of}; {own:,} of {len(offers):,} lines have counts of their own"
    )


def counts(seen: Floats, rates: Rates, *, rng: np.random.Generator) -> Floats:
    """Actions of each line in joint scenarios; what a cell is unsure of is drawn once for all.

    Args:
        seen: What each line gets seen; shape (scenarios, lines).
        rates: Share of each line; lines whose share is unknown bring 0.
        rng: Source of chance.
    """
    scenarios = len(seen)
    _, cell = np.unique(rates.cell, return_inverse=True)
    shared = rng.standard_normal((scenarios, int(cell.max(initial=-1)) + 1))[:, cell]
    own = rng.standard_normal(seen.shape)
    spread = rates.own_sd**2 + rates.shared_sd**2
    share = rates.mean * np.exp(rates.own_sd * own + rates.shared_sd * shared - spread / 2)
    expected = np.nan_to_num(seen * np.minimum(share, 1.0))
    return rng.poisson(np.minimum(expected, _MOST_DRAWN)).astype(np.float64)
