"""Where each benchmark user's stream stands before the scenario; `publish.c` counts on from the same place with {s} and {S}."""

EPOCH = "bench"


def head_of(user_id: int) -> int:
    """A number of one to six digits, another for each user."""
    return user_id * 7919 % 900_000
