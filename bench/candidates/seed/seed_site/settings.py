"""Settings of the tutorial's project: sessions in the database, the channel layer it names."""

from __future__ import annotations

import os

SECRET_KEY = "for the benchmark only"
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "channels", "daphne"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "seed_site.asgi"
ASGI_APPLICATION = "seed_site.asgi.application"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["BENCH_DATABASE"]}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": os.environ.get("BENCH_LAYER", "channels_redis.core.RedisChannelLayer"),
        "CONFIG": {"hosts": [("127.0.0.1", int(os.environ["BENCH_REDIS"]))]},
    },
}
