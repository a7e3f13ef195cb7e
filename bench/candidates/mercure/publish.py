"""Publishes to Mercure's topics over HTTP, a few requests in flight at once: "send RATE COUNT"."""

from __future__ import annotations

import json
import socket
import sys
import time
import urllib.parse

AT_ONCE = 64
TEXT = "maria accepted your friend request" + "." * 34


def request(user: int, token: str) -> bytes:
    data = json.dumps({"type": "friend_accepted", "text": TEXT, "link": "/people/maria", "t": 0}, separators=(",", ":"))
    stamped = data.replace('"t":0', f'"t":{time.monotonic_ns()}')
    body = urllib.parse.urlencode({"topic": f"u{user}", "data": stamped}).encode()
    head = (
        f"POST /.well-known/mercure HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def main() -> None:
    users, token = int(sys.argv[2]), sys.argv[3]
    line = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for order in sys.stdin:
        _, rate_word, count_word = order.split()
        rate, count = float(rate_word), int(float(count_word))
        began, sent, answered = time.monotonic(), 0, 0
        while answered < count:
            due = min(count, int((time.monotonic() - began) * rate) + 1) if rate else count
            batch = min(due - sent, AT_ONCE - (sent - answered))
            if batch > 0:
                line.sendall(b"".join(request((sent + n) % users + 1, token) for n in range(batch)))
                sent += batch
            elif sent == answered:
                time.sleep(0.0005)
                continue
            if sent - answered == AT_ONCE or sent == count or batch <= 0:
                answered += line.recv(1 << 16).count(b"HTTP/1.1 200")
        answer = {"answer": "sent", "count": count, "seconds": time.monotonic() - began}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


main()
