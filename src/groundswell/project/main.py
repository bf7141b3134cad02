"""The program ``groundswell``: brings up what a command needs, and runs it."""

import os
import signal
import sys

import django

from groundswell.connectors.adapters import lean


def main() -> None:
    """Entry point of the command line."""
    interrupted = signal.getsignal(signal.SIGINT)
    if interrupted is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing is begun yet: end without a word
    lean.without_pandas()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "groundswell.project.settings")
    django.setup()
    # The commands import the apps' models, which stand only after setup.
    from groundswell.interfaces.cli import app  # noqa: PLC0415
    from groundswell.project import opening, operating  # noqa: PLC0415

    signal.signal(signal.SIGINT, interrupted)
    # Stopped politely, a command leaves its blocks: the last user of the server stops it.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    here = operating.Here()
    sys.exit(app.run(sys.argv[1:], open_database=opening.open_database, installation=here))
