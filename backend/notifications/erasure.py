"""Take a person who was erased out of other people's inboxes, as their entries leave the streams (`STREAMS["ON_REDACT"]`)."""

from streams.record import hold

from .models import InboxRow


def forget_in_inboxes(person_id: int, user_ids: list[int]) -> None:
    """Remove the person from rows about several people, and rows about nobody else altogether."""
    for user_id in sorted(user_ids):
        if _rows(user_id, person_id):
            hold(user_id)  # rows change only under their stream's head
            for row in _rows(user_id, person_id):
                _forget(row, person_id)


def _rows(user_id: int, person_id: int) -> list[InboxRow]:
    rows = InboxRow.objects.filter(user_id=user_id)
    return [row for row in rows if row.target == f"person:{person_id}" or _is_named(row, person_id)]


def _is_named(row: InboxRow, person_id: int) -> bool:
    return any(actor.get("id") == person_id for actor in row.actors)


def _forget(row: InboxRow, person_id: int) -> None:
    if row.actors and row.actors[0].get("id") == person_id:
        row.excerpt = ""
    row.actors = [actor for actor in row.actors if actor.get("id") != person_id]
    row.count = max(0, row.count - 1)
    if row.count == 0 or not row.actors or row.target == f"person:{person_id}":
        row.delete()
    else:
        row.save(update_fields=["actors", "count", "excerpt"])
