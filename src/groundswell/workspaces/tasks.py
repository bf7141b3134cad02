"""Jobs that look after the jobs."""

from procrastinate import JobContext
from procrastinate.contrib.django import app

from groundswell.workspaces import jobs


@app.periodic(cron="* * * * *")
@app.task(name="jobs.reap", queueing_lock="jobs.reap", pass_context=True)
async def reap(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - every periodic task gets it
    """Give back what dead workers held, once a minute."""
    await jobs.reap_with(context.app.job_manager)
