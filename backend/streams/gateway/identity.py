"""Who is connecting: the types that the project's authenticator takes and gives.

`STREAMS["AUTHENTICATOR"]` names a synchronous function `authenticate(credentials) -> [Identity | Refusal]`. It is called with
everybody who connected in the same few milliseconds, and is expected to ask the database once for all of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Credential:
    """What a client showed: an access token, or a session cookie's key, or neither."""

    token: str | None
    session_key: str | None


@dataclass(frozen=True, slots=True)
class Identity:
    """A signed-in client. `login_id` is the device; `expires_at` is Unix seconds, None when the login has no end."""

    user_id: int
    login_id: int
    expires_at: float | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a client is not let in: a close code of the protocol, and words for a person."""

    code: int
    reason: str


Authenticator = Callable[[Sequence[Credential]], list[Identity | Refusal]]
