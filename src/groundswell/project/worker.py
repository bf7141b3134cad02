"""The worker, as ``groundswell up`` starts it: ``python -m groundswell.project.worker``."""

import argparse
import os

import django

from groundswell.connectors.adapters import lean
from groundswell.interfaces.http import logs
from groundswell.project import lifeline


def main() -> None:
    """Do jobs until told to stop; the one at hand is finished or given back."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--supervisor", type=int, required=True)
    lifeline.hang_on(parser.parse_args().supervisor)
    lean.without_pandas()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "groundswell.project.settings")
    django.setup()
    logs.take_over("worker", as_json=logs.wants_json(os.environ))
    # The jobs' tables stand only after setup.
    from groundswell.workspaces import jobs  # noqa: PLC0415

    jobs.reap()
    jobs.work(until_empty=False)


if __name__ == "__main__":
    main()
