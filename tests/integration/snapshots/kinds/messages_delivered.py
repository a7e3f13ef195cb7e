"""A device of the receiver acknowledges: the sender's messages up to there are delivered, later ones are not."""

from streams.acks import Acknowledged, keep_acks
from streams.read import positions
from tests.integration.snapshots import reducers
from tests.integration.snapshots.recipes import Recipe, Town, thread


def acknowledges(town: Town, name: str, *, less: int = 0) -> None:
    """Somebody's device has everything, or all but the last few."""
    user_id = town[name].pk
    position = positions([user_id])[user_id]
    keep_acks([Acknowledged(1, user_id, position.epoch, position.head - less)])


def one_of_two(town: Town) -> None:
    acknowledges(town, "pablo", less=1)


RECIPES = [
    Recipe("maria", lambda town: acknowledges(town, "pablo"), paths=thread("pablo")),
    Recipe(
        "maria",
        one_of_two,
        first=lambda town: [town.say("maria", "pablo", words) for words in ("And now?", "Now!")],
        paths=thread("pablo"),
    ),
]

reduce = reducers.messages_delivered
