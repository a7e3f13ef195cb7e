"""Where one is signed in."""

from django.contrib.auth import logout
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import serializers
from accounts.actions.end_device import end_device
from accounts.selectors import live_devices
from accounts.signed_in import actor_of, device_of


class DevicesView(APIView):
    """`GET sessions/`"""

    @extend_schema(responses={200: serializers.DeviceAnswer(many=True)})
    def get(self, request: Request) -> Response:
        current = device_of(request)
        return Response([serializers.device(row, current=current) for row in live_devices(actor_of(request))[:100]])


class DeviceView(APIView):
    """`DELETE sessions/<id>/`: its cookie, tokens and sockets end with it."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, device_id: int) -> Response:
        current = device_of(request)
        end_device(actor=actor_of(request), device_id=device_id)
        if (
            current is not None
            and current.pk == device_id
            and request._request.session.session_key == current.session_key
        ):
            logout(request._request)
        return Response(status=204)
