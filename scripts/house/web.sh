#!/bin/sh
# Build the web app into frontend/dist, when its sources have changed since the last build.
# Built beside and moved into place, so that a running server never serves half a build.
set -eu
cd "$(dirname "$0")/../.."

if [ -z "${HOUSE_LOCKED:-}" ] && command -v flock >/dev/null 2>&1; then
    HOUSE_LOCKED=1 exec flock . sh scripts/house/web.sh
fi

sh scripts/house/node.sh
PATH="$(pwd -P)/.venv/bin:$PATH"
export PATH

stamp=frontend/dist/.stamp
wanted=$(find frontend -type d \( -name node_modules -o -name 'dist' -o -name 'dist.new' -o -name test-results \) -prune -o -type f ! -name '*.test.ts' ! -name '*.test.tsx' ! -name '*.tsbuildinfo' -print |
    LC_ALL=C sort | tr '\n' '\0' | xargs -0 cksum | cksum)
if [ -e "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then exit 0; fi

echo "Building the web app"
rm -rf frontend/dist.new
if ! (cd frontend && npm run --silent build -- --outDir dist.new --emptyOutDir --logLevel warn) >frontend/node_modules/.build-log 2>&1; then
    cat frontend/node_modules/.build-log >&2
    rm -rf frontend/dist.new
    echo "The web app did not build." >&2
    exit 1
fi
.venv/bin/python -m whitenoise.compress --quiet --no-brotli frontend/dist.new
echo "$wanted" >frontend/dist.new/.stamp
rm -rf frontend/dist
mv frontend/dist.new frontend/dist
