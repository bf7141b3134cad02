"""What every command pays before it does anything: models load no library for numbers."""

import subprocess
import sys

_HEAVY = ("lightgbm", "numba", "reportlab", "scipy", "tantivy")
_PROGRAM = f"""
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "groundswell.project.settings"
import django
django.setup()
from groundswell.workspaces import jobs
print([name for name in {_HEAVY} if name in sys.modules])
"""


def test_the_models_of_all_apps_load_no_library_for_numbers(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env={"GROUNDSWELL_HOME": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "[]"
