"""Starts the product's own server; in the embedded profile with a thread that publishes when a datagram asks for it."""

from __future__ import annotations

import os
import sys
import threading

import publish


def main() -> None:
    if "BENCH_PUBLISH_PORT" in os.environ:
        users = int(os.environ["BENCH_USERS"])
        threading.Thread(target=publish.serve_in_process, args=(users,), daemon=True).start()
    from huddl.server import main as serve

    serve()


if __name__ == "__main__":
    sys.argv[0] = "huddl"
    main()
