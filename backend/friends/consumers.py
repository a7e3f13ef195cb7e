"""The seed's door, `/ws/friends/`: exactly the seed's frames, nothing unsolicited.

Entries come from the stream, so what the seed sent at most once arrives here with the stream's promise for as long as
the socket is open. The group `user_<id>` stays, for code that sends to it: a foreign `group_send("user_7", {"type":
"friend_request_accepted", "from_user": {…}})` is passed on as it is.
"""

from typing import Any

import msgspec
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from streams.gateway.address import address_in
from streams.gateway.identity import Identity
from streams.gateway.listener import Listener, listen
from streams.protocol import CloseCode

PASSED_ON = ("friend_accepted", "friend_request")


class _Told(msgspec.Struct):
    """What the seed's clients are told of an entry. Numbers and words are for other doors; unknown members are skipped."""

    type: str = ""
    from_user: dict[str, Any] = {}


_told = msgspec.json.Decoder(_Told).decode


def seed_frame(kind: str, from_user: dict[str, Any]) -> dict[str, Any]:
    """A frame as the seed writes it."""
    return {"type": kind, "from_user": {"id": from_user.get("id"), "username": from_user.get("username")}}


class FriendsConsumer(AsyncJsonWebsocketConsumer):
    """One signed-in browser that speaks the seed's dialect."""

    listener: Listener | None = None

    async def connect(self) -> None:
        self.user = self.scope["user"]
        identity = self.scope["identity"]
        if not isinstance(identity, Identity):
            await self.accept()
            await self.close(code=int(CloseCode.NOT_AUTHENTICATED))  # Daphne takes no subclass of int
            return
        self.room_name = f"user_{self.user.id}"
        await self.channel_layer.group_add(self.room_name, self.channel_name)
        await self.accept()
        self.listener = await listen(identity, receive=self.entry, close=self.end, address=address_in(self.scope))

    async def disconnect(self, code: int) -> None:
        if self.listener is not None:
            self.listener.stop()
            await self.channel_layer.group_discard(self.room_name, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """The seed's clients say nothing; what comes is ignored, whatever it is."""

    async def entry(self, seq: int, body: bytes) -> None:
        """An entry of the stream."""
        told = _told(body)
        if told.type in PASSED_ON:
            await self.send_json(seed_frame(told.type, told.from_user))

    async def end(self, code: int) -> None:
        """The gateway ends this connection."""
        await self.close(code=code)

    async def friend_request_accepted(self, event: dict[str, Any]) -> None:
        """A `group_send` from code written after the seed."""
        await self.send_json(seed_frame("friend_accepted", event["from_user"]))

    async def friend_request(self, event: dict[str, Any]) -> None:
        """A `group_send` of a new request."""
        await self.send_json(seed_frame("friend_request", event["from_user"]))
