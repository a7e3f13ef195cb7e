#!/bin/sh
# NUMENEON in demo mode on this machine: installs, migrates, makes the demo people, builds the web app, serves.
# The server replaces this shell, so Ctrl-C reaches it alone and nothing stays behind.
#
#   PORT            8000            HUDDL_DATA_DIR  ./var            DEBUG  1
#   DATABASE_URL    unset: SQLite   REDIS_URL       unset: memory
set -eu
cd "$(dirname "$0")/../.."

PORT=${PORT:-8000}
DEBUG=${DEBUG:-1}
HUDDL_DATA_DIR=${HUDDL_DATA_DIR:-$(pwd -P)/var}
export PORT DEBUG HUDDL_DATA_DIR

sh scripts/house/python.sh run

if ! .venv/bin/python - "$PORT" <<'PYTHON'; then
import socket, sys
port = sys.argv[1]
if not port.isdigit() or not 0 < int(port) < 65536:
    sys.exit(f"PORT={port} is no port; choose one between 1 and 65535.")
probe = socket.socket()
probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    probe.bind(("127.0.0.1", int(port)))
except PermissionError:
    sys.exit(f"Port {port} is not yours to open. Choose one above 1023: make run PORT=8001")
except OSError:
    sys.exit(f"Port {port} is taken: something listens there already. Stop it, or choose another: make run PORT=8001")
PYTHON
    exit 1
fi

sh scripts/house/web.sh
.venv/bin/python backend/manage.py migrate --verbosity 0
if [ "$DEBUG" != 0 ]; then .venv/bin/python backend/manage.py demo; fi

echo
echo "  NUMENEON     http://localhost:$PORT/"
if [ "$DEBUG" != 0 ]; then
    echo "  both sides   http://localhost:$PORT/demo     press Accept on the left, watch the right"
    echo "  sign in      maria@example.com  or  pablo@example.com, password  numeneon-demo"
fi
echo
echo "  data: ${DATABASE_URL:+PostgreSQL, and }$HUDDL_DATA_DIR    Ctrl-C stops the server."
echo
exec .venv/bin/huddl serve --port "$PORT"
