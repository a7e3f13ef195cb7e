#!/bin/sh
# No tracked file names a directory of somebody's machine: it would work there and nowhere else.
set -u
cd "$(dirname "$0")/../.."
if ! git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    echo "not a git checkout, nothing to look through"
    exit 0
fi
found=$(git grep -nIE '(^|[^A-Za-z0-9_.>-])/(root|work|home/[a-z]+|Users/[A-Za-z]+|mnt/[a-z]+)/[A-Za-z.]|[A-Z]:\\Users\\' -- . ':!scripts/house/paths.sh' ':!uv.lock' ':!frontend/package-lock.json' | cut -c1-200)
if [ -n "$found" ]; then
    echo "$found"
    exit 1
fi
