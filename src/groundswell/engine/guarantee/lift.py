"""What sponsorship does to a creator's results: per creator, shrunk, as its sign is disputed."""

from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.response import Response

_MEAN, _MEAN_SD = -0.05, 0.2  # published results lie on both sides of none
_OWN_SD, _OWN_SD_WORTH = 0.15, 20.0


@dataclass(frozen=True, slots=True)
class Lift:
    """Shift of the log of a sponsored post's count; arrays are (accounts,).

    Attributes:
        own: Each account's.
        own_sd: What is not known of it.
        mean_sd: What is not known of the mean of all, which no number of creators averages out.
    """

    own: Floats
    own_sd: Floats
    mean_sd: float

    def applied(self, response: Response, account: Ints) -> Response:
        """Expectations of organic posts turned into those of sponsored ones, offer by offer."""
        shift, sd = self.own[account], self.own_sd[account]
        factor = np.exp(shift + sd**2 / 2)
        return Response(
            location=response.location + shift,
            creator_sd=np.hypot(response.creator_sd, sd),
            post_sd=response.post_sd,
            mean=response.mean * factor,
            low=response.low * np.exp(shift),
            high=response.high * np.exp(shift),
            posts=response.posts,
            basis=response.basis,
        )


def learn(account: Ints, logs: Floats, sponsored: Bools, *, accounts: int, post_sd: float) -> Lift:
    """Learn from accounts that published both kinds of posts.

    Difference of the means of both kinds within an account, shrunk toward the mean of all
    accounts, and that toward -.05 with a standard deviation of .2 (normal-normal, by precision).

    Args:
        account: Index of the account of each post; shape (posts,).
        logs: Log of the count of each post, less what its format and week explain; shape (posts,).
        sponsored: Whether the post was sponsored; shape (posts,).
        accounts: Number of accounts.
        post_sd: Standard deviation of single posts of one account.
    """
    with_, without = (
        np.bincount(account[kind], minlength=accounts) for kind in (sponsored, ~sponsored)
    )
    sums_with, sums_without = (
        np.bincount(account[kind], logs[kind], minlength=accounts)
        for kind in (sponsored, ~sponsored)
    )
    both = (with_ > 0) & (without > 0)
    difference = sums_with[both] / with_[both] - sums_without[both] / without[both]
    noise = post_sd**2 * (1 / with_[both] + 1 / without[both])
    variance = _OWN_SD**2
    mean, mean_variance = _MEAN, _MEAN_SD**2
    for _ in range(20):
        weight = 1 / (variance + noise)
        mean_variance = float(1 / (weight.sum() + 1 / _MEAN_SD**2))
        mean = float(mean_variance * ((weight * difference).sum() + _MEAN / _MEAN_SD**2))
        share = variance / (variance + noise)
        effect, left = share * (difference - mean), variance * (1 - share)
        squares = float((effect**2 + left).sum()) + _OWN_SD_WORTH * _OWN_SD**2
        variance = squares / (len(difference) + _OWN_SD_WORTH)
    own, own_sd = np.full(accounts, mean), np.full(accounts, np.sqrt(variance))
    own[both], own_sd[both] = mean + effect, np.sqrt(left)
    return Lift(own, own_sd, float(np.sqrt(mean_variance)))
