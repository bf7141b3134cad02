"""What single posts say of a market: how weeks of a platform drift, how heavy tails are."""

from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.guarantee.shock import Shock, shifts, tail_of

_PRIOR = Shock(0.10, 4.0)  # of a window's shift
_WEEK_SD = 0.10  # of a week's shift, where its posts are few
_RECENT = 4  # weeks that say where a platform stands now
_LEAST_BEFORE = 6  # weeks before a window that is judged
_FOLLOWS = (0.0, 0.5, 1.0)  # how much of where it stands now may be carried on
_TAILS = np.array([3.0, 4.0, 5.0, 6.0, 8.0, 12.0, 20.0, 40.0])
_LEAST_POSTS = 4
_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Drifts:
    """What is carried from past weeks to the weeks of a program.

    Attributes:
        shift: Expected shift of the log of results of each platform; shape (platforms,).
        shock: How wrong such shifts were over windows of the same length.
        tail: Degrees of freedom of single posts.
    """

    shift: Floats
    shock: Shock
    tail: float


def learn(
    account: Ints, platform: Ints, week: Ints, logs: Floats, *, ahead: int, post_sd: float
) -> Drifts:
    """Learn how far whole platforms move between the weeks that are known and those to come.

    Account means and shifts of platform weeks are fitted in turn. Then each window of ``ahead``
    weeks is forecast from the weeks before it, by none, half or all of how far the newest four
    stand from the account's usual; the best of these is kept, and its errors are the shock.

    Args:
        account: Index of the account of each post; shape (posts,).
        platform: Code of its platform, from 0; shape (posts,).
        week: Its week, from 0, the newest the last; shape (posts,).
        logs: Log of its count, less what its format explains; shape (posts,).
        ahead: Weeks of the program.
        post_sd: Standard deviation of single posts of one account.
    """
    weeks, platforms = int(week.max()) + 1, int(platform.max()) + 1
    cell = platform * weeks + week
    posts = np.bincount(account)
    shift = np.zeros(platforms * weeks)
    weight = np.full(len(logs), 1 / post_sd**2)
    for _ in range(_ROUNDS):
        mean = np.bincount(account, logs - shift[cell]) / np.maximum(posts, 1)
        shift, variance = shifts(cell, logs - mean[account], weight, cells=len(shift), sd=_WEEK_SD)
    tail = tail_of_posts(account, logs - shift[cell])
    table = shift.reshape(platforms, weeks)
    told = 1 - variance.reshape(platforms, weeks) / _WEEK_SD**2
    follow, shock = _judged(table, told, ahead)
    return Drifts(follow * _mean(table[:, -_RECENT:], told[:, -_RECENT:]), shock, tail)


def tail_of_posts(account: Ints, logs: Floats) -> float:
    """Degrees of freedom of single posts around their account's mean; infinite when few are known.

    Args:
        account: Index of the account of each post; shape (posts,).
        logs: Log of its count, less what else explains it; shape (posts,).
    """
    posts = np.bincount(account, minlength=1)
    mean = np.bincount(account, logs, minlength=1) / np.maximum(posts, 1)
    many = posts[account] >= _LEAST_POSTS
    if not many.any():
        return np.inf
    of = posts[account][many]
    left = (logs - mean[account])[many] * np.sqrt(of / (of - 1))
    spread = np.sqrt(
        np.bincount(account[many], left**2, minlength=len(posts)) / np.maximum(posts, 1)
    )
    scale = np.sqrt(spread * np.sqrt(np.mean(left**2)))[account[many]]  # half own, half everybody's
    return tail_of(left / np.maximum(scale, 1e-9), choices=_TAILS)[0]


def _judged(table: Floats, told: Floats, ahead: int) -> tuple[float, Shock]:
    """How much of the newest weeks to carry on, and the errors of that."""
    origins = range(_LEAST_BEFORE, table.shape[1] - ahead + 1)
    if not len(origins):
        return 0.0, _PRIOR
    now = np.array([_mean(table[:, o - _RECENT : o], told[:, o - _RECENT : o]) for o in origins])
    then = np.array([_mean(table[:, o : o + ahead], told[:, o : o + ahead]) for o in origins])
    sure = np.array([told[:, o : o + ahead].mean(axis=1) for o in origins])
    squares = [float((sure * (then - follow * now) ** 2).sum()) / ahead for follow in _FOLLOWS]
    best = int(np.argmin(squares))
    return _FOLLOWS[best], Shock.learnt(squares[best], float(sure.sum()) / ahead, prior=_PRIOR)


def _mean(table: Floats, told: Floats) -> Floats:
    return np.asarray((table * told).sum(axis=1) / np.maximum(told.sum(axis=1), 1e-9))
