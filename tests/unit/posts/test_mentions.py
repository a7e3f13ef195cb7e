"""Names in a text: what a username can be, after an @ that is not part of something else."""

import pytest

from posts.mentions import MOST, names_in


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@maria look", ["maria"]),
        ("look, @Maria!", ["maria"]),
        ("(@maria) and @pablo.", ["maria", "pablo"]),
        ("@maria @maria @MARIA", ["maria"]),
        ("@jo.ann-b+c, hi", ["jo.ann-b+c"]),
        ("@maria's bread", ["maria"]),
        ("@ines\n@kenji", ["ines", "kenji"]),
        ("mail maria@example.com", []),
        ("https://example.com/@maria", []),
        ("@@maria", []),
        ("@", []),
        ("@ maria", []),
        ("@ñandú", ["ñandú"]),
        ("nothing", []),
    ],
)
def test_names_are_found(text: str, names: list[str]) -> None:
    assert names_in(text) == names


def test_nobody_speaks_to_everybody() -> None:
    assert len(names_in(" ".join(f"@p{number}" for number in range(100)))) == MOST


def test_a_long_name_takes_no_longer_than_it_is_long() -> None:
    assert names_in("@" + "a." * 200_000) in ([], [("a." * 75)[:149]], [("a." * 75)[:150]])
