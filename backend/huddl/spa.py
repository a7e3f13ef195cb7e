"""Serve the web app: its one page for every address that is nobody else's.

The router runs in the browser, so /friends and /people/maria are all the same document. What must *not* answer with
it: addresses under /api/ (a client would parse HTML as JSON), /ws/ (a client would wait for an upgrade), and files of
an older build under /assets/ (a browser would run HTML as a script). WhiteNoise has already served the files that
exist.
"""

from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.urls import Resolver404, path, re_path, resolve
from django.urls.resolvers import URLPattern
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

MISSING: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>NUMENEON</title>
<body style="font:16px/1.6 system-ui;max-width:40rem;margin:15vh auto;padding:0 1rem">
<h1>The web app is not built yet</h1>
<p>The server runs and its API answers under <a href="/api/schema/">/api/</a>. To build the web app:</p>
<pre>make web</pre><p>Then reload this page.</p>
"""


@require_safe
def web_app(_request: HttpRequest) -> HttpResponse:
    """The document of the web app, never cached without asking: it names the hashed files of one build."""
    page = Path(settings.FRONTEND_DIR) / "index.html"
    try:
        response = HttpResponse(page.read_bytes())
    except FileNotFoundError:
        response = HttpResponse(MISSING, status=503)
    patch_cache_control(response, no_cache=True)
    return response


@csrf_exempt
def nothing_here(request: HttpRequest) -> HttpResponse:
    """404 in the API's own form. A missing trailing slash is forgiven where that is safe, and explained where not."""
    slashed = f"{request.path}/"
    if not request.path.endswith("/") and _exists(slashed):
        if request.method in ("GET", "HEAD"):
            query = request.META.get("QUERY_STRING", "")
            return HttpResponsePermanentRedirect(f"{slashed}?{query}" if query else slashed)
        return problem(404, "not_found", f"Addresses end with a slash here: {slashed}")
    return problem(404, "not_found", "There is nothing at this address.")


@csrf_exempt
def upgrade_required(_request: HttpRequest) -> HttpResponse:
    """426: a door for WebSockets was asked for a page."""
    response = problem(426, "upgrade_required", "This address speaks WebSocket. For plain HTTP, see /api/events/.")
    response["Upgrade"] = "websocket"
    return response


@csrf_exempt
def no_such_file(_request: HttpRequest) -> HttpResponse:
    """404 for a file of an older build; never the web app's page in its place."""
    response = HttpResponse("Not found.\n", status=404, content_type="text/plain; charset=utf-8")
    patch_cache_control(response, no_store=True)
    return response


def problem(status: int, code: str, detail: str) -> HttpResponse:
    """RFC 9457 problem details, with the `error` member existing clients read."""
    body = {"type": "about:blank", "title": detail, "status": status, "detail": detail, "code": code, "error": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def _exists(address: str) -> bool:
    try:
        return resolve(address).func is not nothing_here
    except Resolver404:
        return False


# Last in huddl.urls: everything nobody else has claimed.
urlpatterns: list[URLPattern] = [
    re_path(r"^api(?:/.*)?$", nothing_here),
    re_path(r"^ws(?:/.*)?$", upgrade_required),
    re_path(r"^(?:assets|static|media)/.*$", no_such_file),
    path("", web_app),
    re_path(r"^.*$", web_app),
]
