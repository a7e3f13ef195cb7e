"""Built files are served as themselves: whole, cached for ever when hashed, compressed where that was prepared."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from huddl.files import FilesMiddleware

SCRIPT = b"console.log('numeneon');" * 100
Ask = Callable[..., HttpResponse]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    (tmp_path / "assets").mkdir()
    hashed = tmp_path / "assets" / "index-B1a_c-3D.js"
    hashed.write_bytes(SCRIPT)
    hashed.with_suffix(".js.gz").write_bytes(gzip.compress(SCRIPT))
    (tmp_path / "assets" / "theme.js").write_bytes(SCRIPT)

    def asking(address: str, **headers: str) -> HttpResponse:
        def nobody(_request: HttpRequest) -> HttpResponse:
            return HttpResponse(b"somebody else", status=299)

        with override_settings(WHITENOISE_ROOT=tmp_path, WHITENOISE_USE_FINDERS=False):
            answer = FilesMiddleware(nobody)(RequestFactory().get(address, headers=headers))
        assert isinstance(answer, HttpResponse)
        return answer

    return asking


def test_a_hashed_file_is_whole_and_kept_for_ever(ask: Ask) -> None:
    answer = ask("/assets/index-B1a_c-3D.js")
    assert answer.content == SCRIPT
    assert "immutable" in answer["Cache-Control"]
    assert answer["Content-Type"].startswith("text/javascript")


def test_a_file_without_a_hash_in_its_name_is_asked_for_again(ask: Ask) -> None:
    assert "immutable" not in ask("/assets/theme.js")["Cache-Control"]


def test_the_compressed_form_is_sent_to_those_who_take_it(ask: Ask) -> None:
    answer = ask("/assets/index-B1a_c-3D.js", accept_encoding="gzip")
    assert answer["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.content) == SCRIPT


def test_a_file_that_has_not_changed_is_not_sent_again(ask: Ask) -> None:
    answer = ask("/assets/theme.js", if_modified_since="Fri, 01 Jan 2100 00:00:00 GMT")
    assert (answer.status_code, answer.content) == (304, b"")


def test_part_of_a_file_can_be_asked_for(ask: Ask) -> None:
    answer = ask("/assets/theme.js", range="bytes=0-6")
    assert (answer.status_code, answer.content) == (206, b"console")


def test_other_addresses_are_somebody_elses(ask: Ask) -> None:
    assert ask("/friends").status_code == 299


def test_other_sites_cannot_read_them(ask: Ask) -> None:
    assert not ask("/assets/theme.js").has_header("Access-Control-Allow-Origin")
