import subprocess
import sys

SCRIPT = """
import sys
from groundswell.connectors.adapters import lean
lean.without_pandas()
import pyarrow
pyarrow.array([1])
assert "pandas" not in sys.modules
"""


def test_arrow_does_not_load_pandas():
    assert subprocess.run([sys.executable, "-c", SCRIPT]).returncode == 0
