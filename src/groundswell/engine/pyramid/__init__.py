"""The pyramid: brand content, creators, sharers, their audiences, and a small organic tail.

Where a follow graph is known, cascades can be simulated on it (``engine.cascade``). Here none is:
publications expose the people of a panel, and what these pass on without pay dies out in a closed
form. A worked example: two sharers and one creator, five people::

    import numpy as np
    from groundswell.engine import pyramid, reach

    panel = reach.panel.of_members(
        account=np.array([0, 0, 0, 1, 1, 2], dtype=np.int32),
        person=np.array([0, 1, 2, 2, 3, 4], dtype=np.int32),
        accounts=3,
        people=5,
    )
    people = pyramid.of_panel(
        panel, np.arange(3), np.array([0.5, 0.5, 0.5]), np.array([0, 1, 1]), levels=2
    )
    people.reached(np.array([1.0, 0.0]))  # the creator alone: 3 x .5 = 1.5 people
    people.reached(np.array([1.0, 1.0]))  # one person can see two: 4 x .5 + .75 = 2.75
"""

from groundswell.engine.pyramid.beliefs import BadWave, Beliefs, Wave, refit
from groundswell.engine.pyramid.forecast import FAN, MOST_TIMES, Forecast, Level, forecast
from groundswell.engine.pyramid.people import People, evened, of_panel
from groundswell.engine.pyramid.tail import Tail
from groundswell.engine.pyramid.timing import Timing

__all__ = [
    "FAN",
    "MOST_TIMES",
    "BadWave",
    "Beliefs",
    "Forecast",
    "Level",
    "People",
    "Tail",
    "Timing",
    "Wave",
    "evened",
    "forecast",
    "of_panel",
    "refit",
]
