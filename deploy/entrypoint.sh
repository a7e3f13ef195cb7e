#!/bin/sh
# The first word is a role of `huddl`, or `migrate`; anything else is run as it stands.
set -eu
case ${1:-serve} in
    migrate)
        python backend/manage.py migrate --no-input
        exec python backend/manage.py collectstatic --no-input --verbosity 0
        ;;
    serve | web | gateway)
        role=$1
        shift
        exec huddl "$role" --host 0.0.0.0 --port 8000 "$@"
        ;;
    worker | sweep) exec huddl "$@" ;;
    *) exec "$@" ;;
esac
