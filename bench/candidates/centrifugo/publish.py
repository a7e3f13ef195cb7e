"""Publishes to Centrifugo's channels over its HTTP interface, in batches as long as what is due: "send RATE COUNT"."""

from __future__ import annotations

import http.client
import json
import sys
import time

MOST = 256


def main() -> None:
    line, users = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1])), int(sys.argv[2])
    text = "maria accepted your friend request" + "." * 34
    for order in sys.stdin:
        _, rate_word, count_word = order.split()
        rate, count = float(rate_word), int(float(count_word))
        began, sent = time.monotonic(), 0
        while sent < count:
            due = min(count, int((time.monotonic() - began) * rate) + 1) if rate else count
            commands = []
            while sent < due and len(commands) < MOST:
                data = {"type": "friend_accepted", "text": text, "link": "/people/maria", "t": time.monotonic_ns()}
                commands.append({"publish": {"channel": f"u{sent % users + 1}", "data": data}})
                sent += 1
            if commands:
                body = json.dumps({"commands": commands, "parallel": True}, separators=(",", ":"))
                line.request("POST", "/api/batch", body, {"Content-Type": "application/json"})
                line.getresponse().read()
            else:
                time.sleep(0.0005)
        answer = {"answer": "sent", "count": count, "seconds": time.monotonic() - began}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


main()
