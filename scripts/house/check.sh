#!/bin/sh
# Every check that needs no server. All of them run, whatever the first says; the status is 1 when any failed.
set -u
cd "$(dirname "$0")/../.."

sh scripts/house/python.sh all || exit 1
sh scripts/house/node.sh || exit 1
PATH="$(pwd -P)/.venv/bin:$PATH"
export PATH
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=""

# check NAME COMMAND…: quiet when it passes, everything it said when it fails.
check() {
    name=$1
    shift
    if "$@" >"$log" 2>&1; then
        printf '  ok      %s\n' "$name"
    else
        failed="$failed, $name"
        printf '  FAILED  %s\n' "$name"
        tail -n 120 "$log" | sed 's/^/          /'
    fi
}

in_frontend() { (cd frontend && npm run --silent "$@"); }
# `huddl` stands for any settings: checks read no database and must leave no files in var/.
HUDDL_DATA_DIR=$(mktemp -d)
export HUDDL_DATA_DIR
trap 'rm -rf "$log" "$HUDDL_DATA_DIR"' EXIT
unset DATABASE_URL REDIS_URL DEBUG DJANGO_SETTINGS_MODULE

check "ruff format" ruff format --check --quiet --diff .
check "ruff check" ruff check --quiet .
check "mypy" mypy backend tests scripts
check "import-linter" lint-imports
check "migrations" python backend/manage.py makemigrations --check --dry-run
check "django check --deploy" env SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" HTTPS=1 BEHIND_PROXY=1 python backend/manage.py check --deploy --fail-level WARNING
check "biome" in_frontend lint
check "tsc" in_frontend typecheck
check "knip" in_frontend knip -- --exclude types
check "web build" sh scripts/house/web.sh
check "size of the web app" in_frontend size
check "size of the stream client" in_frontend size --workspaces --if-present
check "generated files" python scripts/house/generated.py check
check "docs" python -m sphinx -q -W --keep-going -b html -d "$HUDDL_DATA_DIR/doctrees" docs "$HUDDL_DATA_DIR/html"
check "paths of a machine" sh scripts/house/paths.sh
for script in scripts/house/*.sh; do check "sh -n $script" sh -n "$script"; done

if [ -n "$failed" ]; then
    echo "make check: failed: ${failed#, }"
    exit 1
fi
echo "make check: all good"
