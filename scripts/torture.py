"""Ten thousand requests that nobody thought of, as each role: `make torture`.

Takes an hour. Prints the seed; a failure is repeated with GROUNDSWELL_SEED.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROLES = ("viewer", "editor", "approver", "finance", "admin", "owner")
_REQUESTS = 10_000


def main(roles: list[str]) -> int:
    """Run them; 1 when one breaks something."""
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    seed = os.environ.get("GROUNDSWELL_SEED") or str(int(commit.stdout[:8], 16))
    operations = _operations()
    cases = -(-_REQUESTS // operations)
    broken = []
    for role in roles:
        print(f"{role}: {cases} cases of {operations} operations, seed {seed}", flush=True)
        asked = {
            "GROUNDSWELL_CASES": str(cases),
            "GROUNDSWELL_ROLE": role,
            "GROUNDSWELL_SEED": seed,
        }
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "tests/interfaces/rest/test_schema.py", "-q"],
            check=False,
            cwd=ROOT,
            env=os.environ | asked,
        )
        if done.returncode:
            broken.append(role)
    print(f"broken as: {', '.join(broken)}" if broken else "nothing broke")
    return 1 if broken else 0


def _operations() -> int:
    listed = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/interfaces/rest/test_schema.py", "--collect-only"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return sum("::" in line for line in listed.stdout.splitlines())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(ROLES)))
