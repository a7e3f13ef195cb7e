"""The web app answers for its own addresses, and never for somebody else's."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import path

from huddl import spa
from huddl.spa import nothing_here, web_app

PAGE = "<!doctype html><title>NUMENEON</title>"


def friends(_request: HttpRequest) -> HttpResponse:
    """Stands for an address of the API."""
    return HttpResponse("[]")


urlpatterns = [path("api/friends/", friends), *spa.urlpatterns]
pytestmark = pytest.mark.urls(__name__)
Ask = Callable[..., HttpResponse]


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text(PAGE)
    return tmp_path


@pytest.fixture
def ask() -> Ask:
    """Resolve an address and call its view, without the middleware of accounts and sessions."""
    from django.urls import resolve

    def asking(method: str, address: str) -> HttpResponse:
        request = RequestFactory().generic(method, address)
        found = resolve(request.path)
        response = found.func(request, *found.args, **found.kwargs)
        assert isinstance(response, HttpResponse)
        return response

    return asking


@pytest.mark.parametrize("address", ["/", "/friends", "/people/maria.luz", "/a/b/c/", "/apiary", "/wsx"])
def test_every_other_address_is_the_web_app(ask: Ask, built: Path, address: str) -> None:
    with override_settings(FRONTEND_DIR=built):
        response = ask("GET", address)
    assert response.content.decode() == PAGE
    assert "no-cache" in response["Cache-Control"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_an_unknown_api_address_is_a_problem_in_json(ask: Ask, built: Path, method: str) -> None:
    with override_settings(FRONTEND_DIR=built):
        response = ask(method, "/api/nothing/")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert b'"code": "not_found"' in response.content


def test_a_missing_slash_is_forgiven_for_reading_and_explained_for_writing(ask: Ask) -> None:
    assert ask("GET", "/api/friends?x=1")["Location"] == "/api/friends/?x=1"
    refused = ask("POST", "/api/friends")
    assert refused.status_code == 404
    assert b"/api/friends/" in refused.content


def test_a_socket_address_asks_for_the_upgrade(ask: Ask) -> None:
    response = ask("GET", "/ws/friends/")
    assert (response.status_code, response["Upgrade"]) == (426, "websocket")


def test_a_file_of_an_older_build_is_not_the_page(ask: Ask, built: Path) -> None:
    with override_settings(FRONTEND_DIR=built):
        assert ask("GET", "/assets/index-0ld.js").status_code == 404


def test_without_a_build_the_page_says_what_to_run(ask: Ask, tmp_path: Path) -> None:
    with override_settings(FRONTEND_DIR=tmp_path):
        response = ask("GET", "/")
    assert response.status_code == 503
    assert b"make web" in response.content


def test_the_page_is_for_reading_only(ask: Ask, built: Path) -> None:
    with override_settings(FRONTEND_DIR=built):
        assert ask("POST", "/friends").status_code == 405


def test_the_views_have_the_names_urls_relies_on() -> None:
    assert spa.urlpatterns[0].callback is nothing_here
    assert spa.urlpatterns[-1].callback is web_app
