"""Reach: how many different people a set of creators reaches, which is never the sum of followers.

Three sources, from the best to the poorest, each named in what it answers:

* ``panel``: sampled people and the audiences they are in; overlaps are counted, not assumed;
* ``overlaps``: sizes of audiences and measured overlaps of pairs; bounds, and a point between;
* ``segments``: only where audiences live; bounds, and between them virtual people, who are as
  unlike one another in how much they follow as makes observed pairs share what they do
  (``virtual``), or independence within segments where no pair was observed.

A worked example: three creators, five people, everybody known::

    import numpy as np
    from groundswell.engine import reach

    panel = reach.panel.of_members(
        account=np.array([0, 0, 0, 1, 1, 2], dtype=np.int32),
        person=np.array([0, 1, 2, 1, 2, 4], dtype=np.int32),
        accounts=3,
        people=5,
    )
    reach.counted(panel.rows(np.array([0, 1])))  # 3 people, although the audiences add up to 5
    posts = np.array([0, 1])
    reach.on_panel(panel, posts, np.array([0.5, 0.5]))  # 0.5 + 0.75 + 0.75 = 2 see at least one
"""

from groundswell.engine.reach import (
    draws,
    frequency,
    overlaps,
    panel,
    sampling,
    segments,
    shards,
    virtual,
)
from groundswell.engine.reach.draws import Draws
from groundswell.engine.reach.overlaps import BOUNDS_LEVEL, ImpossibleOverlap, Overlaps
from groundswell.engine.reach.panel import Panel
from groundswell.engine.reach.union import (
    counted,
    on_panel,
    people_reached,
    poisson_interval,
    reach_rate,
)

__all__ = [
    "BOUNDS_LEVEL",
    "Draws",
    "ImpossibleOverlap",
    "Overlaps",
    "Panel",
    "counted",
    "draws",
    "frequency",
    "on_panel",
    "overlaps",
    "panel",
    "people_reached",
    "poisson_interval",
    "reach_rate",
    "sampling",
    "segments",
    "shards",
    "virtual",
]
