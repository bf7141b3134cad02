"""The worker, as ``groundswell up`` starts it: ``python -m groundswell.project.worker``."""

import argparse
import os
import time

import django

from groundswell.connectors.adapters import lean
from groundswell.interfaces.http import logs
from groundswell.project import lifeline


def main() -> None:
    """Do jobs, and listen, until told to stop; the job at hand is finished or given back."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--supervisor", type=int, required=True)
    lifeline.hang_on(parser.parse_args().supervisor)
    lean.without_pandas()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "groundswell.project.settings")
    django.setup()
    logs.take_over("worker", as_json=logs.wants_json(os.environ))
    # The jobs' tables stand only after setup.
    from groundswell.connectors import listeners, world  # noqa: PLC0415
    from groundswell.workspaces import clock, jobs  # noqa: PLC0415

    jobs.reap()
    with listeners.running(world.ear(clock=clock.now, sleep=time.sleep)):
        jobs.work(until_empty=False)


if __name__ == "__main__":
    main()
