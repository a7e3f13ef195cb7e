#!/bin/sh
# Install what tests need, then run the suites named, or all. `python -m tests.support.suites --list` lists them.
set -eu
cd "$(dirname "$0")/../.."

sh scripts/house/python.sh all
sh scripts/house/node.sh
sh scripts/house/servers.sh
case "${*:-all}" in
    *all* | *e2e* | *chaos*) sh scripts/house/web.sh || echo "The browser tests will fail: there is no web app to open." ;;
esac
exec .venv/bin/python -m tests.support.suites "$@"
