"""What people write about themselves cannot become a trap for those who read it."""

import pytest

from accounts.serializers import ProfileForm, SignUpForm


def errors_of(**fields: object) -> dict[str, list[str]]:
    form = ProfileForm(data=fields)
    form.is_valid()
    return {name: [str(message) for message in messages] for name, messages in form.errors.items()}


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>1</script>",
        "//evil.example",
        "https://",
        "http://[::1",
        "ftp://files.example",
        "maria.example",
    ],
)
def test_a_link_that_could_run_something_is_refused(address: str) -> None:
    assert "website" in errors_of(website=address)
    assert "avatar" in errors_of(avatar=address)


def test_ordinary_addresses_are_taken() -> None:
    assert not errors_of(website="https://maria.example/about?x=1", avatar="/avatars/maria.webp", bio="Hi\nthere")
    assert not errors_of(website="", avatar="")


@pytest.mark.parametrize("name", ["a\u202eb", "a\nb", "a\x07b", "a\u2028b", "\u2066x"])
def test_a_name_cannot_turn_or_break_the_line_it_stands_in(name: str) -> None:
    assert "first_name" in errors_of(first_name=name)


@pytest.mark.parametrize("name", ["شكرا", "Ωmega", "O'Neil-Ó", "😀", "👩‍👩‍👧"])
def test_names_of_the_world_are_names(name: str) -> None:
    assert not errors_of(first_name=name)


@pytest.mark.parametrize("username", ["", "a b", "@maria", "maria.", ".", "..", "a/b", "a\nb", "x" * 151, "a@b"])
def test_a_username_fits_into_a_mention_and_an_address(username: str) -> None:
    form = SignUpForm(data={"username": username, "email": "a@example.com", "password": "correct-horse"})
    assert not form.is_valid()
    assert "username" in form.errors


@pytest.mark.parametrize("username", ["m", "maria", "Maria_92", "jean-luc.p+1", "ماريا", "李"])
def test_usernames_of_the_world_are_usernames(username: str) -> None:
    form = SignUpForm(data={"username": username, "email": "a@example.com", "password": "correct-horse"})
    assert form.is_valid(), form.errors
