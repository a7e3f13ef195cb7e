"""What a client does with each entry to the answers it holds, written out once more, from the protocol's words alone.

A held world maps the address of a GET to its JSON. Nothing here imports the product: where this and the product disagree,
one of them is wrong.
"""

import copy
import re
from collections.abc import Callable
from typing import Any

World = dict[str, Any]
Entry = dict[str, Any]

FRIENDS, RECEIVED, SENT = "/api/friends/", "/api/friends/requests/", "/api/friends/requests/sent/"
BLOCKS, INBOX, PREFERENCES = "/api/auth/blocks/", "/api/notifications/", "/api/notifications/preferences/"
CONVERSATIONS, FEED = "/api/messages/conversations/", "/api/posts/"
_THREAD = re.compile(r"/api/messages/conversation/(\d+)/")
_POST = re.compile(r"/api/posts/(\d+)/")
_REPLIES = re.compile(r"/api/posts/(\d+)/replies/")
_PAGE = re.compile(r"/api/posts/\?username=(.+)")
MOST_ACTORS = 10


def reduce(world: World, entry: Entry, *, me: int) -> World:
    """The world after one entry. An entry that the world contains already changes nothing."""
    after = copy.deepcopy(world)
    _reducers[entry["type"]](after, entry, me)
    if INBOX in after:
        _fold_inbox(after[INBOX], entry, me)
        epoch, _, seq = after[INBOX]["cursor"].rpartition(".")
        after[INBOX]["cursor"] = f"{epoch}.{max(int(seq), entry['seq'])}"
    return after


# Friends.


def _put(world: World, path: str, row: dict[str, Any]) -> None:
    """Newest first; a row that is there is not put again."""
    if path in world and all(one["id"] != row["id"] for one in world[path]):
        world[path].insert(0, row)


def _drop(world: World, path: str, gone: Callable[[dict[str, Any]], bool]) -> None:
    if path in world:
        world[path] = [row for row in world[path] if not gone(row)]


def _friend_request(world: World, entry: Entry, me: int) -> None:
    row = {"id": entry["request_id"], "from_user": entry["from_user"], "created_at": entry["created_at"]}
    _put(world, RECEIVED, row)


def _friend_request_sent(world: World, entry: Entry, me: int) -> None:
    to_user, number = entry["to_user"], entry["request_id"]
    _drop(world, SENT, lambda row: row["to_user"]["id"] == to_user["id"] and row["id"] != number)
    _put(world, SENT, {"id": number, "to_user": to_user, "created_at": entry["created_at"]})


def _request_gone(world: World, entry: Entry, me: int) -> None:
    _drop(world, RECEIVED, lambda row: row["id"] == entry["request_id"])


def _request_withdrawn(world: World, entry: Entry, me: int) -> None:
    _drop(world, SENT, lambda row: row["id"] == entry["request_id"])


def _friend_accepted(world: World, entry: Entry, me: int) -> None:
    _drop(world, SENT, lambda row: row["to_user"]["id"] == entry["from_user"]["id"])
    _put(world, FRIENDS, {**entry["from_user"], "online": False})


def _friend_added(world: World, entry: Entry, me: int) -> None:
    _drop(world, RECEIVED, lambda row: row["id"] == entry["request_id"])
    _put(world, FRIENDS, {**entry["friend"], "online": False})


def _friend_removed(world: World, entry: Entry, me: int) -> None:
    gone = (entry.get("from_user") or entry["friend"])["id"]
    _drop(world, FRIENDS, lambda row: row["id"] == gone)


def _person_blocked(world: World, entry: Entry, me: int) -> None:
    person = entry["person"]
    _drop(world, FRIENDS, lambda row: row["id"] == person["id"])
    _drop(world, RECEIVED, lambda row: row["from_user"]["id"] == person["id"])
    _drop(world, SENT, lambda row: row["to_user"]["id"] == person["id"])
    _put(world, BLOCKS, person)
    for path in world:
        if path == FEED or _PAGE.fullmatch(path):
            _drop(
                world, path, lambda row: person["id"] in (row["author"]["id"], (row["target_profile"] or {}).get("id"))
            )


def _person_unblocked(world: World, entry: Entry, me: int) -> None:
    _drop(world, BLOCKS, lambda row: row["id"] == entry["person"]["id"])


# Messages.


def _new_message(world: World, entry: Entry, me: int) -> None:
    own = entry["message"]["sender"]["id"] == me
    message = {**entry["message"], "is_read": False, "is_delivered": not own}
    other = message["receiver"] if own else message["sender"]
    thread = f"/api/messages/conversation/{other['id']}/"
    if thread in world and all(row["id"] != message["id"] for row in world[thread]):
        world[thread].append(message)
    if CONVERSATIONS not in world:
        return
    known = next((row for row in world[CONVERSATIONS] if row["user"]["id"] == other["id"]), None)
    if known is None:
        known = {"user": other, "last_message": None, "unread_count": 0, "read_up_to": 0, "seen_up_to": 0}
    elif known["last_message"]["id"] >= message["id"]:
        return
    known |= {"last_message": message, "unread_count": known["unread_count"] + (0 if own else 1)}
    world[CONVERSATIONS] = [known, *(row for row in world[CONVERSATIONS] if row is not known)]


def _messages_read(world: World, entry: Entry, me: int) -> None:
    reader, up_to = entry["by"], entry["up_to"]
    other = entry["with"] if reader == me else reader

    def mark(message: dict[str, Any]) -> None:
        if message["receiver"]["id"] == reader and message["id"] <= up_to:
            message["is_read"] = message["is_delivered"] = True

    for row in world.get(CONVERSATIONS, []):
        if row["user"]["id"] == other:
            mark(row["last_message"])
            if reader == me:
                row |= {"read_up_to": up_to, "unread_count": entry["unread"]}
            else:
                row["seen_up_to"] = up_to
    for message in world.get(f"/api/messages/conversation/{other}/", []):
        mark(message)


def messages_delivered(world: World, entry: Entry, me: int) -> None:
    """To the sender alone: what they wrote, up to a message, is on a device of the other."""
    held = [row["last_message"] for row in world.get(CONVERSATIONS, []) if row["user"]["id"] == entry["by"]]
    for message in [*held, *world.get(f"/api/messages/conversation/{entry['by']}/", [])]:
        if message["sender"]["id"] == me and message["id"] <= entry["up_to"]:
            message["is_delivered"] = True


# Posts.


def _copies(world: World, post_id: int) -> list[dict[str, Any]]:
    """Every copy of a post that the world holds."""
    found: list[dict[str, Any]] = []
    for path, held in world.items():
        if _POST.fullmatch(path):
            found += [held] if held["id"] == post_id else []
        elif path == FEED or _REPLIES.fullmatch(path) or _PAGE.fullmatch(path):
            found += [row for row in held if row["id"] == post_id]
    return found


def _change(world: World, post_id: int, **members: Any) -> None:
    """Counts with a version, of which the newest wins."""
    for post in _copies(world, post_id):
        if post["version"] <= members.get("version", post["version"]):
            post |= members


def _post_joins(world: World, entry: Entry, me: int) -> None:
    post = entry["post"]
    owner = post["target_profile"] or post["author"]
    for path in (FEED, f"/api/posts/?username={owner['username']}"):
        _put(world, path, post)


def _comment_joins(world: World, entry: Entry, me: int) -> None:
    comment, post_id = entry["comment"], entry["post_id"]
    count = entry["comments"]
    _change(world, post_id, comment_count=count, reply_count=count, version=entry["version"])
    answered = comment["reply_to_comment"]
    if answered is not None:
        _change(world, answered, reply_count=entry["replies"])
    for one in (post_id, answered):
        path = f"/api/posts/{one}/replies/"
        if path in world and all(row["id"] != comment["id"] for row in world[path]):
            world[path].append(comment)


def _likes(world: World, entry: Entry, me: int) -> None:
    members = {"likes_count": entry["likes"], "version": entry["version"]}
    if "liked" in entry:
        members["is_liked"] = entry["liked"]
    _change(world, entry["post_id"], **members)


def shared(world: World, entry: Entry, me: int) -> None:
    """A post has so many shares now."""
    _change(world, entry["post_id"], shares_count=entry["shares"], version=entry["version"])


def _post_edited(world: World, entry: Entry, me: int) -> None:
    post = entry["post"]
    for held in _copies(world, post["id"]):
        held |= {name: post[name] for name in ("content", "media_url", "type", "visibility", "updated_at")}


def _post_deleted(world: World, entry: Entry, me: int) -> None:
    for path in world:
        if path == FEED or _PAGE.fullmatch(path) or _REPLIES.fullmatch(path):
            _drop(world, path, lambda row: row["id"] == entry["post_id"])
    if entry["parent"] is not None:
        count = entry["comments"]
        _change(world, entry["parent"], comment_count=count, reply_count=count, version=entry["version"])
    if entry["answered"] is not None:
        _change(world, entry["answered"], reply_count=entry["replies"])


# The inbox.

_TARGETS: dict[str, Callable[[Entry], str]] = {
    "friend_request": lambda entry: f"person:{entry['from_user']['id']}",
    "friend_accepted": lambda entry: f"person:{entry['from_user']['id']}",
    "post_like": lambda entry: f"post:{entry['post_id']}",
    "post_comment": lambda entry: f"post:{entry['post_id']}",
    "comment_reply": lambda entry: f"post:{entry['post_id']}",
    "wall_post": lambda entry: f"post:{entry['post']['id']}",
    "post_mention": lambda entry: f"post:{entry['post']['id']}",
}


def _who(actors: list[dict[str, Any]], count: int) -> str:
    first = actors[0]["username"]
    if count == 1:
        return f"{first}"
    if count == 2 and len(actors) > 1:
        return f"{first} and {actors[1]['username']}"
    return f"{first} and {count - 1} other{'s' if count > 2 else ''}"


def _about(inbox: dict[str, Any], wire_type: str, target: str) -> list[dict[str, Any]]:
    return [row for row in inbox["results"] if row["type"] == wire_type and row["target"] == target]


def _fold_inbox(inbox: dict[str, Any], entry: Entry, me: int) -> None:
    if int(inbox["cursor"].rpartition(".")[2]) >= entry["seq"]:
        return  # the inbox was read at a cursor that contains this
    match entry["type"]:
        case "friend_request_cancelled":
            _take_back(inbox, "friend_request", f"person:{entry['from_user']['id']}", entry["from_user"]["id"])
        case "person_blocked":
            _take_back(inbox, "friend_request", f"person:{entry['person']['id']}", entry["person"]["id"])
        case "friend_request_declined":
            _settle(inbox, "friend_request", f"person:{entry['from_user']['id']}")
        case "friend_added":
            _settle(inbox, "friend_request", f"person:{entry['friend']['id']}")
        case "post_unlike":
            for user_id in entry["user_ids"]:
                _take_back(inbox, "post_like", f"post:{entry['post_id']}", user_id)
        case "post_deleted" if entry["parent"] is None:
            for wire_type in ("wall_post", "post_mention"):
                _take_back(inbox, wire_type, f"post:{entry['post_id']}", entry["author_id"], words=True)
        case "post_deleted" if entry["last_word"]:
            for wire_type in ("post_comment", "comment_reply"):
                _take_back(inbox, wire_type, f"post:{entry['parent']}", entry["author_id"], words=True)
        case "notifications_read":
            _mark(inbox, entry)
    actors = entry.get("people") or [entry["from_user"]] if entry["type"] in _TARGETS else []
    if actors and not entry.get("muted") and all(actor["id"] != me for actor in actors):
        _join(inbox, entry, actors)
    inbox["unread"] = sum(not row["read"] for row in inbox["results"])
    inbox["unseen"] = sum(not row["seen"] for row in inbox["results"])


def _join(inbox: dict[str, Any], entry: Entry, actors: list[dict[str, Any]]) -> None:
    wire_type, target = entry["type"], _TARGETS[entry["type"]](entry)
    count = len(actors) + entry.get("more", 0)
    row = next((one for one in _about(inbox, wire_type, target) if not one["read"]), None)
    held: list[dict[str, Any]] = row["actors"] if row else []
    new = {actor["id"] for actor in actors}
    people = [*actors, *(one for one in held if one["id"] not in new)][:MOST_ACTORS]
    total = (row["count"] if row else 0) + count - sum(one["id"] in new for one in held)
    joined = {
        "id": row["id"] if row else entry["seq"],
        "seq": entry["seq"],
        "type": wire_type,
        "target": target,
        "text": _who(people, total) + entry["text"].removeprefix(_who(actors, count)),
        "link": entry["link"],
        "excerpt": entry.get("excerpt", ""),
        "actors": people,
        "count": total,
        "at": entry["at"],
        "seen": False,
        "read": False,
        "archived": False,
    }
    inbox["results"] = [joined, *(one for one in inbox["results"] if one is not row)]


def _take_back(inbox: dict[str, Any], wire_type: str, target: str, user_id: int, *, words: bool = False) -> None:
    for row in _about(inbox, wire_type, target):
        named = any(actor["id"] == user_id for actor in row["actors"])
        if not named and row["count"] <= len(row["actors"]):
            continue
        deed = row["text"].removeprefix(_who(row["actors"], row["count"]))
        if words and row["actors"][0]["id"] == user_id:
            row["excerpt"] = ""
        row["actors"] = [actor for actor in row["actors"] if actor["id"] != user_id]
        row["count"] -= 1
        if row["count"] == 0:
            inbox["results"] = [one for one in inbox["results"] if one is not row]
        else:
            row["text"] = _who(row["actors"], row["count"]) + deed
        return


def _settle(inbox: dict[str, Any], wire_type: str, target: str) -> None:
    for row in _about(inbox, wire_type, target):
        row["seen"] = row["read"] = True


def _mark(inbox: dict[str, Any], entry: Entry) -> None:
    changes = {
        "seen": {"seen": True},
        "read": {"seen": True, "read": True},
        "unread": {"read": False},
        "archived": {"seen": True, "read": True, "archived": True},
        "unarchived": {"archived": False},
    }[entry["state"]]
    for row in inbox["results"]:
        named = entry["ids"] is None or row["id"] in entry["ids"]
        if named and (entry["up_to"] is None or row["seq"] <= entry["up_to"]):
            row |= changes
    inbox["results"] = [row for row in inbox["results"] if not row["archived"]]


def _preferences(world: World, entry: Entry, me: int) -> None:
    if PREFERENCES in world:
        world[PREFERENCES] = entry["preferences"]


def _nothing(world: World, entry: Entry, me: int) -> None:
    """What an entry does to the inbox alone."""


_reducers: dict[str, Callable[[World, Entry, int], None]] = {
    "friend_request": _friend_request,
    "friend_request_sent": _friend_request_sent,
    "friend_request_cancelled": _request_gone,
    "friend_request_declined": _request_gone,
    "friend_request_withdrawn": _request_withdrawn,
    "friend_accepted": _friend_accepted,
    "friend_added": _friend_added,
    "friend_removed": _friend_removed,
    "friend_dropped": _friend_removed,
    "person_blocked": _person_blocked,
    "person_unblocked": _person_unblocked,
    "new_message": _new_message,
    "messages_read": _messages_read,
    "new_post": _post_joins,
    "wall_post": _post_joins,
    "post_mention": _post_joins,
    "post_comment": _comment_joins,
    "comment_reply": _comment_joins,
    "comment_sent": _comment_joins,
    "post_like": _likes,
    "post_unlike": _likes,
    "like_changed": _likes,
    "post_shared": shared,
    "post_edited": _post_edited,
    "post_deleted": _post_deleted,
    "notifications_read": _nothing,
    "preferences_changed": _preferences,
}


def learn(wire_type: str, reducer: Callable[[World, Entry, int], None], target: Callable[[Entry], str] | None) -> None:
    """One type more. With a `target` it joins the inbox, under that."""
    _reducers[wire_type] = reducer
    if target is not None:
        _TARGETS[wire_type] = target
