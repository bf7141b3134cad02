"""Thousands of sharers as one line of the scenarios: what they share tells, not who of them does.

Each sharer by himself hardly moves a total, so a normal law of their sum would do; what moves it
is the part that shares at all, and that is one draw for all of them.
"""

from dataclasses import replace

import numpy as np
from scipy.stats import beta

from groundswell.engine.arrays import Floats
from groundswell.engine.guarantee.plan import Lines
from groundswell.engine.response import Basis, Response
from groundswell.engine.response.model import WIDEST_CORRECTION
from groundswell.planning import layers
from groundswell.planning.offers import Priced
from groundswell.terms.objectives import Kpi, Layer

_QUANTILES = (np.arange(200) + 0.5) / 200
_NO_LUCK = 1e-6  # of the one post that stands for all
_Z = 1.2815515655446004  # ends of the 80 % interval


def added(lines: Lines, sharers: Priced, *, pool: int, deal: int) -> Lines:
    """Lines with one more after those of the plan, which stands for all sharers.

    Args:
        lines: Of the plan and its bench.
        sharers: Those of the plan, at least one.
        pool: How many could be asked: whoever declines is replaced by another of them.
        deal: Kind of a deal without a single answer.
    """
    at = lines.planned
    shared, spread = _appearing(len(sharers), pool)
    known = {str(Kpi.VIEWS): sharers.views, str(Kpi.ENGAGEMENTS): sharers.engagements}

    def put(values: Floats, value: float) -> Floats:
        return np.insert(values, at, value)

    return replace(
        lines,
        responses={
            kpi: _with(found, _total(known[kpi], shared, spread), at)
            for kpi, found in lines.responses.items()
        },
        cell=np.insert(lines.cell, at, 0),
        deal=np.insert(lines.deal, at, deal),
        fee=put(lines.fee, float(sharers.cost.sum())),
        days=put(lines.days, float(lines.days.max(initial=1.0))),
        planned=at + 1,
        pieces=None if lines.pieces is None else put(lines.pieces, 0.0),
    )


def _appearing(count: int, pool: int) -> tuple[float, float]:
    """Part of the planned shares that appears: its mean, and its spread over that."""
    rate = beta.ppf(_QUANTILES, *layers.ACCEPTANCE[Layer.SHARERS])
    found = np.minimum(rate * pool / count, 1.0)  # whoever declines is replaced while any are left
    a, b = layers.DELIVERY[Layer.SHARERS]
    mean = a / (a + b)
    variance = mean * (1 - mean) / (a + b + 1)
    relative = (1 + variance / mean**2) * (1 + float(found.var()) / float(found.mean()) ** 2) - 1
    return mean * float(found.mean()), float(np.sqrt(relative))


def _total(each: Response, shared: float, spread: float) -> Response:
    """A log-normal law with the mean and the variance of the sum."""
    mean = np.nan_to_num(each.mean)
    variance = np.minimum(np.square(each.creator_sd) + np.square(each.post_sd), WIDEST_CORRECTION)
    squares = shared * np.square(mean) * np.exp(np.nan_to_num(variance))
    total = max(shared * float(mean.sum()), 1e-9)
    own = float((squares - np.square(shared * mean)).sum()) / total**2
    sd = float(np.sqrt(np.log1p(spread**2 + own)))
    location = float(np.log1p(total)) - sd**2 / 2
    basis = Basis.SIZE if np.any(each.basis != Basis.NOTHING) else Basis.NOTHING
    low, high = np.expm1(location - _Z * sd), np.expm1(location + _Z * sd)
    return Response(
        location=np.array([location]),
        creator_sd=np.array([sd]),
        post_sd=np.array([_NO_LUCK]),
        mean=np.array([total]),
        low=np.array([low]),
        high=np.array([high]),
        posts=np.array([int(each.posts.sum())]),
        basis=np.array([int(basis)]),
    )


def _with(lines: Response, one: Response, at: int) -> Response:
    return Response(
        **{
            name: np.insert(getattr(lines, name), at, getattr(one, name)[0])
            for name in Response.__slots__
        }
    )
