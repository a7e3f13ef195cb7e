"""The shapes of the inbox and the preferences over REST."""

from typing import Any
from zoneinfo import available_timezones

import msgspec
from rest_framework import serializers

from accounts.converters import BIGGEST
from accounts.fields import TextField, YesNoField
from accounts.people import Person
from accounts.serializers import CardAnswer

from .events import kinds, who
from .models import InboxRow
from .wishes import Preferences

MOST_IDS = 1_000
CHANNELS = ("in_app", "toast", "sound", "push")
_moment = serializers.DateTimeField().to_representation


class InboxForm(serializers.Serializer[Any]):
    before = serializers.IntegerField(min_value=0, max_value=BIGGEST, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=BIGGEST, required=False)
    filter = serializers.ChoiceField(choices=["all", "mentions", "requests"], required=False, default="all")
    archived = serializers.BooleanField(required=False, default=False)


class MarkForm(serializers.Serializer[Any]):
    """`ids` or `up_to`; neither means everything."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=BIGGEST),
        max_length=MOST_IDS,
        required=False,
        allow_null=True,
        default=None,
    )
    up_to = serializers.IntegerField(min_value=0, max_value=BIGGEST, required=False, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["ids"] is not None and attrs["up_to"] is not None:
            raise serializers.ValidationError("Give `ids` or `up_to`, not both.")
        return attrs


class RowsForm(serializers.Serializer[Any]):
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=BIGGEST), max_length=MOST_IDS, allow_empty=False
    )


class ChannelsField(serializers.Serializer[Any]):
    in_app = YesNoField(required=False)
    toast = YesNoField(required=False)
    sound = YesNoField(required=False)
    push = YesNoField(required=False)


class QuietHoursField(serializers.Serializer[Any]):
    enabled = YesNoField(required=False)
    start = serializers.RegexField(r"\A([01][0-9]|2[0-3]):[0-5][0-9]\Z", required=False)
    end = serializers.RegexField(r"\A([01][0-9]|2[0-3]):[0-5][0-9]\Z", required=False)
    timezone = TextField(max_length=64, required=False)

    def validate_timezone(self, value: str) -> str:
        if value not in available_timezones():
            raise serializers.ValidationError("There is no such time zone.")
        return value


class TypesField(serializers.DictField):
    """Channels by type of notification; only types there are."""

    child = ChannelsField()

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(set(data) - set(kinds())) if isinstance(data, dict) else []
        if unknown:
            raise serializers.ValidationError({name[:64]: ["There is no such type."] for name in unknown[:10]})
        return super().to_internal_value(data)


class PreferencesForm(serializers.Serializer[Any]):
    types = TypesField(required=False)
    quiet_hours = QuietHoursField(required=False)
    muted_people = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=BIGGEST), max_length=MOST_IDS, required=False
    )
    muted_posts = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=BIGGEST), max_length=MOST_IDS, required=False
    )


class RowAnswer(serializers.Serializer[Any]):
    id = serializers.IntegerField(help_text="The number of the row's first entry. It stays while the row grows.")
    seq = serializers.IntegerField(help_text="The number of its latest entry; what `up_to` and `before` compare with.")
    type = serializers.CharField()
    target = serializers.CharField(help_text="Unread rows of one type and target are one row.")
    text = serializers.CharField()
    link = serializers.CharField(allow_blank=True)
    excerpt = serializers.CharField(allow_blank=True, help_text="What it quotes, on one line.")
    actors = CardAnswer(many=True)
    count = serializers.IntegerField(help_text="How many people; `actors` names the latest of them.")
    at = serializers.DateTimeField()
    seen = serializers.BooleanField()
    read = serializers.BooleanField()
    archived = serializers.BooleanField()


class InboxAnswer(serializers.Serializer[Any]):
    unread = serializers.IntegerField()
    unseen = serializers.IntegerField()
    cursor = serializers.CharField(help_text="The stream's cursor, read before the rows, as in `Stream-Cursor`.")
    results = RowAnswer(many=True)


class CountsAnswer(serializers.Serializer[Any]):
    unread = serializers.IntegerField()
    unseen = serializers.IntegerField()


class ChannelsAnswer(serializers.Serializer[Any]):
    in_app = serializers.BooleanField()
    toast = serializers.BooleanField()
    sound = serializers.BooleanField()
    push = serializers.BooleanField()


class QuietHoursAnswer(serializers.Serializer[Any]):
    enabled = serializers.BooleanField()
    start = serializers.CharField()
    end = serializers.CharField()
    timezone = serializers.CharField()


class PreferencesAnswer(serializers.Serializer[Any]):
    types = serializers.DictField(child=ChannelsAnswer())
    quiet_hours = QuietHoursAnswer()
    muted_people = serializers.ListField(child=serializers.IntegerField())
    muted_posts = serializers.ListField(child=serializers.IntegerField())


def row(one: InboxRow) -> dict[str, Any]:
    """A row of the inbox."""
    people = [Person(**actor) for actor in one.actors]
    return {
        "id": one.first,
        "seq": one.last,
        "type": one.type,
        "target": one.target,
        "text": who(people, one.count) + one.deed,
        "link": one.link,
        "excerpt": one.excerpt,
        "actors": one.actors,
        "count": one.count,
        "at": _moment(one.at),
        "seen": one.seen,
        "read": one.read,
        "archived": one.archived,
    }


def preferences(wishes: Preferences) -> dict[str, Any]:
    """Somebody's preferences, the defaults included."""
    shown: dict[str, Any] = msgspec.to_builtins(wishes)
    return shown
