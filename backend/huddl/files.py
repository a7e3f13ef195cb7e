"""Serve the files of the web app and of the admin, under ASGI.

WhiteNoise answers with a file object, which Django streams. Under ASGI Django reads it whole in a thread first, and warns
that it does, for every file. These files are small (the largest are fonts and pictures), so they are read whole here, at
once and without a word.
"""

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile


class FilesMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise without streaming: the same files, headers and conditional answers."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        answer = static_file.get_response(request.method, request.META)
        body = b""
        if answer.file is not None:
            with answer.file as file:
                body = file.read()
        response = HttpResponse(body, status=int(answer.status))
        del response["Content-Type"]
        for name, value in answer.headers:
            response[name] = value
        return response
