#!/bin/sh
# Put the Python packages of uv.lock into .venv, when they are not there already.
#
#   sh scripts/house/python.sh run    what the product needs, and Node
#   sh scripts/house/python.sh all    also what tests, checks, docs and benchmarks need
#
# uv itself comes through pip, because pip is what every Python has. A stamp holds the checksum of what was installed
# for which path, so that a second call takes milliseconds and a checkout that has moved is noticed: the scripts of a
# virtual environment carry its absolute path.
set -eu
cd "$(dirname "$0")/../.."
level=${1:-all}

if [ -z "${HOUSE_LOCKED:-}" ] && command -v flock >/dev/null 2>&1; then
    HOUSE_LOCKED=1 exec flock . sh scripts/house/python.sh "$level"
fi

find_python() {
    for name in ${PYTHON3:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            echo "$name"
            return
        fi
    done
    echo "NUMENEON needs Python 3.11 or newer, and none of python3, python3.11 … python3.14 is one." >&2
    echo "Install it (Debian: apt-get install python3 python3-venv), or name it: make PYTHON3=/path/to/python3.12 …" >&2
    exit 1
}

make_environment() {
    python=$(find_python)
    echo "Making .venv with $("$python" --version)"
    if ! "$python" -m venv --clear .venv >.venv-log 2>&1; then
        cat .venv-log >&2
        rm -f .venv-log
        echo "python -m venv failed. Debian and Ubuntu keep it in a package of its own: apt-get install python3-venv" >&2
        exit 1
    fi
    rm -f .venv-log
}

# `pip` finds its index through its own configuration, uv through uv.lock. Where only pip's way leads out, pip installs
# the same locked versions, hashes checked.
sync_packages() {
    if .venv/bin/uv sync --frozen --quiet $1; then return; fi
    echo "uv could not install; trying pip with the same locked versions" >&2
    .venv/bin/uv export --frozen --quiet --no-emit-project $1 --output-file .venv/requirements.txt >/dev/null
    .venv/bin/python -m pip install --quiet --require-hashes -r .venv/requirements.txt
    .venv/bin/python -m pip install --quiet --no-deps --editable .
}

here=$(pwd -P)
if ! .venv/bin/python -c '' >/dev/null 2>&1; then make_environment; fi
if [ -e .venv/place ] && [ "$(cat .venv/place)" != "$here" ]; then make_environment; fi

wanted="$(cat uv.lock pyproject.toml | cksum)"
for stamp in .venv/stamp-all ".venv/stamp-$level"; do
    if [ -e "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then exit 0; fi
done

uv_version=$(sed -n 's/^required-version = "==\(.*\)"$/\1/p' pyproject.toml)
if [ "$(.venv/bin/uv --version 2>/dev/null | cut -d ' ' -f 2)" != "$uv_version" ]; then
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$uv_version"
fi

echo "Installing Python packages"
export UV_PROJECT_ENVIRONMENT=.venv UV_LINK_MODE="${UV_LINK_MODE:-copy}" VIRTUAL_ENV=
case $level in
    run) sync_packages "--no-default-groups --group node --inexact" ;;
    all) sync_packages "--all-groups --inexact" ;;
    *) echo "python.sh: run or all, not $level" >&2; exit 2 ;;
esac
echo "$here" >.venv/place
echo "$wanted" >".venv/stamp-$level"
