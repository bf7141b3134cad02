"""Jobs that look after the jobs, and after what is kept for a while only."""

from procrastinate import JobContext
from procrastinate.contrib.django import app

from groundswell.workspaces import access, clock, jobs
from groundswell.workspaces.actions import idempotency
from groundswell.workspaces.models import Workspace


@app.periodic(cron="* * * * *")
@app.task(name="jobs.reap", queueing_lock="jobs.reap", pass_context=True)
async def reap(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - every periodic task gets it
    """Give back what dead workers held, once a minute."""
    await jobs.reap_with(context.app.job_manager)


@app.periodic(cron="41 * * * *")
@app.task(name="jobs.forget", queueing_lock="jobs.forget", pass_context=True)
async def forget(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - every periodic task gets it
    """Delete the jobs that ended long ago, once an hour."""
    await jobs.forget_with(context.app.job_manager)


@app.periodic(cron="17 * * * *")
@app.task(name="workspaces.forget_answers", queueing_lock="workspaces.forget_answers")
def forget_answers(timestamp: int) -> None:
    """Forget old answers to requests that could have been sent twice, once an hour."""
    del timestamp
    for workspace in Workspace.objects.order_by("slug"):
        with access.inside(workspace):
            idempotency.sweep(now=clock.now())
