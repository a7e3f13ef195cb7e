#!/bin/sh
# Format Python with ruff, the web app with Biome.
set -eu
cd "$(dirname "$0")/../.."
PATH="$(pwd -P)/.venv/bin:$PATH"
export PATH
ruff format --quiet .
ruff check --fix --quiet . || true
cd frontend && npm run --silent format
