"""Response: what one post of a creator is expected to get, in views or in engagements.

Three posts that did well may be luck. So each creator's own mean, on the log scale where results
of posts live, is pulled toward what accounts of the same size, platform, format and topic get, the
more the fewer posts there are (empirical Bayes with a regression prior). An account of which only
an average or only the followers are known gets a wider prediction; one of which nothing is known
gets none.

``calibration`` widens or narrows intervals until they hold among creators alike, ``periods`` is for
channels of which only totals by day or week are known, ``clicks`` goes on to clicks and orders, and
``scenarios`` adds up what all posts of a plan get.

A worked example, one creator on platform 0 with three videos (format 0), and one with none::

    import numpy as np
    from groundswell.engine import response

    accounts = response.Accounts(
        platform=np.array([0, 0]),
        followers=np.array([20_000.0, 20_000.0]),
        category=np.array([-1, -1]),
    )
    evidence = response.Evidence.from_posts(
        account=np.array([0, 0, 0]),
        format_=np.array([0, 0, 0]),
        count=np.array([30_000.0, 9_000.0, 40_000.0]),
    )
    published = response.Published(rate=np.array([[0.3]]), elasticity=-0.2)
    model = response.fit(accounts, evidence, published=published)
    views = model.expected(np.array([0, 1]), np.array([0, 0]))
    views.estimate(0)  # near its own results, pulled down: the prior expects 5,200
    views.estimate(1)  # the prior alone, moved by what was seen of the other, and wider
"""

from groundswell.engine.response import calibration, clicks, periods, scenarios
from groundswell.engine.response.evidence import ANY, INFERRED, Accounts, Evidence
from groundswell.engine.response.model import (
    LEVEL,
    Basis,
    Published,
    Response,
    ResponseModel,
    fit,
)
from groundswell.engine.response.scenarios import Program, Scenarios

__all__ = [
    "ANY",
    "INFERRED",
    "LEVEL",
    "Accounts",
    "Basis",
    "Evidence",
    "Program",
    "Published",
    "Response",
    "ResponseModel",
    "Scenarios",
    "calibration",
    "clicks",
    "fit",
    "periods",
    "scenarios",
]
