"""The shapes of accounts over REST: forms that come in are validated here, answers that go out are described here."""

from typing import Any

from rest_framework import serializers

from .fields import EmailAddressField, NameField, PictureField, TextField, WebAddressField, YesNoField
from .models import Device, Profile, User
from .people import Person, picture_of
from .selectors import profile_of


class SignUpForm(serializers.Serializer[Any]):
    username = TextField(max_length=150, validators=User._meta.get_field("username").validators)
    email = EmailAddressField(max_length=254)
    password = TextField(max_length=1024, trim_whitespace=False, write_only=True)
    display_name = NameField(max_length=150, required=False, allow_blank=True, default="")


class LoginForm(serializers.Serializer[Any]):
    email = TextField(max_length=254)
    password = TextField(max_length=1024, trim_whitespace=False, write_only=True)


class PasswordForm(serializers.Serializer[Any]):
    password = TextField(max_length=1024, trim_whitespace=False, write_only=True)


class LogoutForm(serializers.Serializer[Any]):
    refresh = TextField(max_length=2048, required=False, allow_blank=True)


class RefreshForm(serializers.Serializer[Any]):
    refresh = TextField(max_length=2048)
    rotate = YesNoField(required=False, default=False)


class ProfileForm(serializers.Serializer[Any]):
    bio = TextField(max_length=500, required=False, allow_blank=True)
    location = NameField(max_length=100, required=False, allow_blank=True)
    website = WebAddressField(max_length=200, required=False, allow_blank=True)
    avatar = PictureField(max_length=500, required=False, allow_blank=True)
    first_name = NameField(max_length=150, required=False, allow_blank=True)
    last_name = NameField(max_length=150, required=False, allow_blank=True)


class PairAnswer(serializers.Serializer[Any]):
    access = serializers.CharField()
    refresh = serializers.CharField()


class WordsAnswer(serializers.Serializer[Any]):
    message = serializers.CharField()


class ProfileAnswer(serializers.ModelSerializer[Profile]):
    class Meta:
        model = Profile
        fields = ("id", "user", "bio", "avatar", "location", "website", "created_at", "updated_at")
        read_only_fields = fields


class PersonAnswer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    username = serializers.CharField()
    first_name = serializers.CharField(allow_blank=True)
    last_name = serializers.CharField(allow_blank=True)


class CardAnswer(PersonAnswer):
    profile_picture = serializers.CharField(allow_null=True)


class FoundAnswer(CardAnswer):
    avatar = serializers.CharField(allow_null=True)


class MemberAnswer(CardAnswer):
    profile = ProfileAnswer()
    email = serializers.EmailField(required=False)


class MeAnswer(CardAnswer):
    email = serializers.EmailField()
    profile = ProfileAnswer()


class NewMember(PersonAnswer):
    email = serializers.EmailField()
    profile = ProfileAnswer()


class SignUpAnswer(WordsAnswer):
    user = NewMember()


class DeviceAnswer(serializers.ModelSerializer[Device]):
    current = serializers.BooleanField()

    class Meta:
        model = Device
        fields = ("id", "name", "created_at", "last_seen_at", "current")
        read_only_fields = fields


def me(user: User) -> dict[str, Any]:
    """A member as they see themselves."""
    return {
        **Person.of(user).bare(),
        "email": user.email,
        "profile_picture": picture_of(user),
        "profile": ProfileAnswer(profile_of(user)).data,
    }


def member(user: User, *, reader: User) -> dict[str, Any]:
    """A member as others see them; the address is for its owner alone."""
    shown = {**Person.of(user).card(), "profile": ProfileAnswer(profile_of(user)).data}
    return shown | {"email": user.email} if user.pk == reader.pk else shown


def device(row: Device, *, current: Device | None) -> dict[str, Any]:
    """A login, as its owner sees it."""
    row.current = current is not None and current.pk == row.pk  # type: ignore[attr-defined]
    return dict(DeviceAnswer(row).data)
