#!/bin/sh
# Makes .venv from the hashed requirements, with the groundswell command in it.
# Needs Python 3.11 or newer; takes uv when it is there, else pip alone does.
set -eu
cd "$(dirname "$0")/.."

fail() {
    echo "make setup: $1" >&2
    exit 1
}

new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
for python in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
    "$python" -c "$new_enough" 2>/dev/null && break
done
"$python" -c "$new_enough" 2>/dev/null ||
    fail "no Python 3.11 or newer found; install one, or name it: make setup PYTHON=/path/to/python3"
python=$(command -v "$python")

have_environment() { .venv/bin/python -c "$new_enough" 2>/dev/null; }

if uv --version >/dev/null 2>&1; then
    have_environment || uv venv --quiet --clear --python "$python" .venv
    install="uv pip install --quiet --python .venv/bin/python"
elif "$python" -c 'import ensurepip' 2>/dev/null; then
    have_environment && .venv/bin/python -c 'import pip' 2>/dev/null ||
        "$python" -m venv --clear .venv
    install=".venv/bin/python -m pip install --quiet --disable-pip-version-check"
elif "$python" -m pip --python "$python" --version >/dev/null 2>&1; then
    # Debian keeps ensurepip apart, but its own pip can fill an environment from outside.
    have_environment || "$python" -m venv --clear --without-pip .venv
    install="$python -m pip --python .venv/bin/python install --quiet --disable-pip-version-check"
else
    fail "$python has no pip to make an environment with; on Debian and Ubuntu: apt install python3-venv"
fi

echo "Installing into .venv ..."
$install --require-hashes -r requirements/dev.txt
# setuptools came with the requirements, so this step needs nothing from outside.
$install --no-deps --no-build-isolation --editable .
# So that the first command starts as fast as the later ones, also where Python may not write.
.venv/bin/python -m compileall -qq -j 0 -x '/tests?/' .venv/lib src || true
touch .venv/.installed
