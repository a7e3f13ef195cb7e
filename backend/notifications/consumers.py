"""The door of existing NUMENEON clients, `/ws/notifications/?token=…`.

They send nothing, know no heartbeat, drop nothing that comes twice, and reconnect with the token of their last page load. So
this door asks for no frame, lives as long as its login, and goes on from where this login was left, ten minutes back at most:
for these clients what was missed exists nowhere else.
"""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import msgspec
from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from accounts.gateway import authenticate_login
from streams.cursor import Cursor
from streams.events import UnknownEventType, decode_body
from streams.gateway.address import address_in
from streams.gateway.identity import Credential, Identity, Refusal
from streams.gateway.listener import Listener, listen
from streams.protocol import CloseCode

from .events import Notification
from .models import Fetched, LoginCursor

KEEP_EVERY = 1.0
"""Seconds between stored cursors: what a killed process may send a second time."""
CONNECTED = {"type": "connection_established", "message": "Connected to notifications"}


def existing_frame(event: Notification, *, seq: int, at: str, user_id: int) -> dict[str, Any] | None:
    """An entry in the words of existing clients; None when they do not know it."""
    data = event.for_existing_clients(at=at, user_id=user_id)
    return None if data is None else {"type": event.wire_type, "data": data, "seq": seq}


class NotificationsConsumer(AsyncWebsocketConsumer):
    """One login of an existing client."""

    listener: Listener | None = None
    identity: Identity | Refusal = Refusal(CloseCode.NOT_AUTHENTICATED, "Sign in first.")
    epoch = ""
    sent = 0
    kept_at = 0.0
    fetched: Mapping[str, int] = {}

    async def connect(self) -> None:
        query = parse_qs(self.scope["query_string"].decode("latin-1"))
        token = (query.get("token") or [None])[0]
        (self.identity,) = await sync_to_async(authenticate_login, thread_sensitive=False)([Credential(token, None)])
        await self.accept()
        if isinstance(self.identity, Refusal):
            await self.close(code=int(CloseCode.NOT_AUTHENTICATED))  # Daphne takes no subclass of int
            return
        resume, self.fetched = await sync_to_async(_left_at, thread_sensitive=False)(self.identity.login_id)
        await self._say(CONNECTED)
        self.listener = await listen(
            self.identity, receive=self.entry, close=self.end, resume=resume, address=address_in(self.scope)
        )
        if self.listener.delivery.epoch:
            self.epoch = self.listener.delivery.epoch
            self.sent = self.sent or (
                resume.seq if resume and resume.epoch == self.epoch else self.listener.delivery.sent
            )

    async def disconnect(self, code: int) -> None:
        if self.listener is not None:
            self.listener.stop()
            await self._keep()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """These clients say nothing; what comes is ignored, whatever it is."""

    async def entry(self, seq: int, body: bytes) -> None:
        """An entry of the stream, in the words of these clients; events they do not know are skipped."""
        try:
            event = decode_body(body)
        except (UnknownEventType, msgspec.ValidationError):
            event = None
        if isinstance(event, Notification) and event.muted is not True and isinstance(self.identity, Identity):
            at = msgspec.json.decode(body)["at"]
            frame = existing_frame(event, seq=seq, at=at, user_id=self.identity.user_id)
            if frame is not None and not self._has(event):
                await self._say(frame)
        self.sent = seq
        if time.monotonic() - self.kept_at > KEEP_EVERY:
            await self._keep()

    def _has(self, event: Notification) -> bool:
        """Whether this login has read it over REST before it came here: a message that is replayed, or was overtaken."""
        fetched = event.fetched_as()
        return fetched is not None and self.fetched.get(fetched[0], 0) >= fetched[1]

    async def end(self, code: int) -> None:
        """The gateway ends this connection; 1000 would make these clients give up for good."""
        await self.close(code=code)

    async def _say(self, frame: dict[str, Any]) -> None:
        await self.send(text_data=msgspec.json.encode(frame).decode())

    async def _keep(self) -> None:
        self.kept_at = time.monotonic()
        if isinstance(self.identity, Identity) and self.listener is not None and self.listener.delivery.epoch:
            cursor = Cursor(self.listener.delivery.epoch, self.sent)
            await sync_to_async(LoginCursor.keep, thread_sensitive=False)(self.identity.login_id, cursor)


def _left_at(device_id: int) -> tuple[Cursor | None, dict[str, int]]:
    """Where this door left a login, and what that login has read over REST."""
    return LoginCursor.resumable(device_id), Fetched.by(device_id)
