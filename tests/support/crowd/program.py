"""The process of a crowd: `python -m tests.support.crowd.program`. It is told what to do on standard input, a JSON object a line,
and answers each with one on standard output. It ends when its input does.

    {"people": [[id, token], …], "ports": […], "seed": 1, "jitter": true, "within": 2.0}   everybody connects, spread over that
    {"ask": "live"}                            how many are live, have stopped, have been refused
    {"ask": "reach", "heads": {"7": 3}}        how many have not applied that much yet
    {"ask": "leave"}                           everybody goes without a goodbye, and does not come back
    {"ask": "return", "within": 2.0}           and now they do
    {"ask": "report", "to": "path"}            everything that was seen, as one JSON file
"""

import asyncio
import json
import sys
import time
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvloop

from tests.support.crowd.member import Member


class Program:
    """What all members share."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.loop = asyncio.get_running_loop()
        self.ports: list[int] = told["ports"]
        self.seed: int = told["seed"]
        self.jitter: bool = told["jitter"]
        self.live = 0
        self.ending = False
        self.attempts = array("d")
        """When each handshake was begun."""
        self.refusals = array("d")
        self.slots = array("I")
        """What each `drain` told, milliseconds."""
        self.members = [Member(self, number, *person) for number, person in enumerate(told["people"])]
        self._keys: dict[str, int] = {}
        self._rounds = self.loop.create_task(self._look())
        self._begin(told["within"])

    def _begin(self, within: float) -> None:
        for member in self.members:
            self.loop.call_later(within * member.number / len(self.members), member.connect)

    def number_of(self, key: str) -> int:
        """A key's number; the same for all members."""
        return self._keys.setdefault(key, len(self._keys))

    def random(self, dice: Callable[[], float]) -> float:
        """What a member draws. A crowd without jitter waits for as long as it may, every one of them."""
        return dice() if self.jitter else 1.0

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(1)
            now = time.monotonic()
            for member in self.members:
                member.look(now)

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Do what a line of the input says."""
        what = asked["ask"]
        if what == "live":
            stopped = sum(member.log.stopped_by is not None for member in self.members)
            return {"live": self.live, "stopped": stopped, "refused": len(self.refusals), "tried": len(self.attempts)}
        if what == "reach":
            heads = {int(user_id): head for user_id, head in asked["heads"].items()}
            return {"behind": sum(member.seq < heads.get(member.user_id, 0) for member in self.members)}
        if what == "return":
            self.ending = False
            self._begin(asked["within"])
            return {"live": self.live}
        if what == "leave":
            self.ending = True
            for member in self.members:
                member.cut()
            return {"live": self.live}
        Path(asked["to"]).write_text(json.dumps(self._report()))
        return {"written": True}

    def _report(self) -> dict[str, Any]:
        return {
            "keys": list(self._keys),
            "attempts": list(self.attempts),
            "refusals": list(self.refusals),
            "slots": list(self.slots),
            "members": [
                {
                    "user_id": member.user_id,
                    "seqs": list(member.log.seqs),
                    "keys": list(member.log.keys),
                    "at": list(member.log.at),
                    "start": member.log.start,
                    "late": member.log.late,
                    "dark": member.log.dark,
                    "codes": member.log.codes,
                    "wrongs": member.log.wrongs,
                    "resets": member.log.resets,
                    "refused": member.log.refused,
                    "stopped_by": member.log.stopped_by,
                }
                for member in self.members
            ],
        }


async def main() -> None:
    """Obey until the input ends."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 26)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    program: Program | None = None
    while line := await reader.readline():
        told = json.loads(line)
        if program is None:
            program, answer = Program(told), {}
        else:
            answer = program.answer(told)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(main())
