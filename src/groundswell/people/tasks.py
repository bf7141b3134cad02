"""Housekeeping of people's tables."""

from procrastinate.contrib.django import app

from groundswell.people.actions import limits
from groundswell.workspaces import clock


@app.periodic(cron="*/10 * * * *")
@app.task(name="people.sweep_limits", pass_context=False)
def sweep_limits(timestamp: int) -> None:
    """Forget the counts of windows that are over."""
    del timestamp
    limits.sweep(now=clock.now())
