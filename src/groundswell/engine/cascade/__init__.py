"""Cascade: how far posts go that people pass on to those who follow them.

Used where it is known who follows whom. A worked example: two people, of whom the first is followed
by three, and one of these by one more::

    import numpy as np
    from groundswell.engine import cascade

    graph = cascade.of_follows(
        followed=np.array([0, 0, 0, 1], dtype=np.int32),
        follower=np.array([1, 2, 3, 4], dtype=np.int32),
        people=5,
    )
    found = cascade.spread(graph, np.array([0]), 0.5, runs=10_000, seed=1)
    found.by_depth  # about 1, 1.5 and .25, then nobody
    found.total()  # about 2.75 people, and between how many eight of ten runs end
"""

from groundswell.engine.cascade.graph import Graph, of_follows
from groundswell.engine.cascade.spreading import DEEPEST, Spread, spread

__all__ = ["DEEPEST", "Graph", "Spread", "of_follows", "spread"]
