"""The API speaks JSON to everybody (RFC 9110, 12.4.1 lets a server answer in what it has rather than refuse)."""

from collections.abc import Iterable
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class OnlyJSON(DefaultContentNegotiation):
    """The parser that fits the body's type, and the only renderer where there is one."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        choice = list(renderers)
        if len(choice) == 1:
            return choice[0], choice[0].media_type
        selected: tuple[Any, str] = super().select_renderer(request, choice, format_suffix)
        return selected
