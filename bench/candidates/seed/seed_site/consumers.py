"""The tutorial's `friends/consumers.py`, word for word."""

from __future__ import annotations

from typing import Any

from channels.generic.websocket import AsyncJsonWebsocketConsumer


class FriendsConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    async def connect(self) -> None:
        self.user = self.scope["user"]
        self.room_name = f"user_{self.user.id}"

        await self.channel_layer.group_add(
            self.room_name,
            self.channel_name,
        )
        await self.accept()

    async def friend_request_accepted(self, event: dict[str, Any]) -> None:
        # Send to WebSocket
        await self.send_json(
            {
                "type": "friend_accepted",
                "from_user": event["from_user"],
            }
        )
