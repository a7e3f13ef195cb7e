"""`/metrics` for Prometheus. Only for those who ask from this machine or a configured scraper: counts tell about members."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """All counters of this process."""
    if request.META.get("REMOTE_ADDR") not in settings.METRICS_ADDRESSES:
        return HttpResponse("Metrics are not served to this address.\n", status=403, content_type="text/plain")
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
