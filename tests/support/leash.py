"""Keep a server on a leash: it ends when the test run ends, however that ends.

A test run killed with -9 runs no finalizer, and a PostgreSQL or a web server left behind holds its port and its
memory for ever. So each server is the child of this program, which leads a process group of its own and holds the
read end of a pipe to the test run. When the test run is gone the kernel closes the pipe, and the whole group is
ended.

    python -I -S leash.py [--quit-signal NUMBER] -- command argument…

Standard input is the pipe. SIGTERM and SIGINT go through to the server, whose exit code becomes the leash's own.
Imports the standard library alone, so that it starts in a few milliseconds.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys

GRACE = 5.0


def lead(command: list[str], quit_signal: int) -> int:
    """Run `command` until it ends by itself, or the pipe on standard input closes."""
    ended_read, ended_write = os.pipe()
    signal.set_wakeup_fd(_unblocked(ended_write))
    signal.signal(signal.SIGCHLD, lambda *_: None)
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    while True:
        readable, _, _ = select.select([0, ended_read], [], [])
        if ended_read in readable:
            for received in os.read(ended_read, 64):
                if received in (signal.SIGTERM, signal.SIGINT):
                    child.send_signal(received)
            if (status := child.poll()) is not None:
                return status if status >= 0 else 128 - status
        if 0 in readable and not os.read(0, 64):
            return end(child, quit_signal)


def _unblocked(descriptor: int) -> int:
    os.set_blocking(descriptor, False)
    return descriptor


def end(child: "subprocess.Popen[bytes]", quit_signal: int) -> int:
    """Ask the server to end, then end the whole group, this process included."""
    child.send_signal(quit_signal)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(GRACE)
    if os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)
    return 0


if __name__ == "__main__":
    separator = sys.argv.index("--")
    options = sys.argv[1:separator]
    chosen = int(options[options.index("--quit-signal") + 1]) if options else int(signal.SIGTERM)
    sys.exit(lead(sys.argv[separator + 1 :], chosen))
