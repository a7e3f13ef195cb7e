#!/bin/sh
# What the tests need from the operating system: Redis, PostgreSQL, Chromium and its fonts. Root on Debian gets them through
# apt; everybody else is told exactly what is missing. The product itself needs none of them.
set -eu

missing=""
command -v redis-server >/dev/null 2>&1 || missing="$missing redis-server"
command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || missing="$missing chromium"
if [ -e /etc/debian_version ]; then
    [ -e /usr/share/fonts/truetype/noto/NotoSans-Regular.ttf ] || missing="$missing fonts-noto-core"
    [ -e /usr/share/fonts/truetype/noto/NotoColorEmoji.ttf ] || missing="$missing fonts-noto-color-emoji"
fi
[ -z "$missing" ] && exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "The tests need what this machine does not have:$missing" >&2
    echo "On Debian:  sudo apt-get install -y --no-install-recommends$missing" >&2
    echo "Elsewhere: Redis and PostgreSQL in PATH, and a Chromium named by CHROMIUM=/path/to/chromium" >&2
    exit 1
fi

echo "Installing$missing"
export DEBIAN_FRONTEND=noninteractive
# The tests start servers of their own; the package need not make a cluster.
if [ ! -e /etc/postgresql-common ]; then
    mkdir -p /etc/postgresql-common
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
fi
log=$(mktemp)
if ! { apt-get update && apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-confold $missing; } >"$log" 2>&1; then
    tail -30 "$log" >&2
    rm -f "$log"
    echo "apt-get could not install$missing" >&2
    exit 1
fi
rm -f "$log"
