"""What a human reads: an event with words, a place to go, and a say in how loudly it arrives."""

from typing import ClassVar

from streams.events import Event


class Notification(Event, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the events that people see. `silent` ones change what is on screen without a toast or an inbox row."""

    silent: ClassVar[bool] = False
