"""What a human reads: an event with words, a place to go, and a say in how loudly it arrives."""

from typing import Any, ClassVar

import msgspec

from streams.events import Event


class Notification(Event, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the events that people see. `silent` ones change what is on screen without a toast or an inbox row."""

    silent: ClassVar[bool] = False

    def for_existing_clients(self, *, at: str) -> dict[str, Any] | None:
        """The `data` that existing clients get for this event; None when they do not know it.

        Args:
            at: when it was recorded, RFC 3339.
        """
        return None if self.silent else msgspec.to_builtins(self)
