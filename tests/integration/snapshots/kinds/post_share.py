"""Somebody shares what one wrote: the count moves, and the inbox tells who, the same person once."""

from tests.integration.snapshots import reducers
from tests.integration.snapshots.recipes import Recipe, Town, around, comments, newest, under


def shares(town: Town, name: str, post: int) -> object:
    return town.call(name, "post", f"posts/{post}/share/")


RECIPES = [
    Recipe("maria", lambda town: shares(town, "pablo", newest(town, "maria")), paths=around("maria")),
    Recipe(
        "maria",
        lambda town: [shares(town, name, newest(town, "maria")) for name in ("kenji", "pablo")],
        first=lambda town: shares(town, "pablo", newest(town, "maria")),
        paths=around("maria"),
    ),
    Recipe(
        "maria",
        lambda town: shares(town, "kenji", comments(town, "maria")[0]),
        first=lambda town: under(town, "maria", "pablo", "Here too!"),
        paths=around("pablo"),
    ),
]

reduce = reducers.shared


def target(entry: reducers.Entry) -> str:
    return f"post:{entry['post_id']}"
