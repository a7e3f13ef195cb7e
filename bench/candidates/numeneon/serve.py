"""Starts the product's own server; in the embedded profile with a thread that publishes when a datagram asks for it.

With `BENCH_RECORDING=off` its actions do all they do but tell somebody: what recording costs is the difference.
"""

from __future__ import annotations

import os
import sys
import threading

import django
import publish


def record_nothing() -> None:
    django.setup()
    from streams.record import Recorder

    Recorder.add = lambda *_: None  # type: ignore[method-assign]


def main() -> None:
    if "BENCH_PUBLISH_PORT" in os.environ:
        users = int(os.environ["BENCH_USERS"])
        threading.Thread(target=publish.serve_in_process, args=(users,), daemon=True).start()
    if os.environ.get("BENCH_RECORDING") == "off":
        record_nothing()
    from huddl.server import main as serve

    serve()


if __name__ == "__main__":
    sys.argv[0] = "huddl"
    main()
