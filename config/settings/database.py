"""PostgreSQL (the only database) and Redis."""

from __future__ import annotations

import environ

from config import env
from config.settings.core import PLACES
from config.strength import no_example_password

DATABASE_URL = no_example_password("DATABASE_URL", env.text("DATABASE_URL")) or PLACES.database_url
DATABASES = {
    "default": {
        **environ.Env.db_url_config(DATABASE_URL),
        "ENGINE": "django_prometheus.db.backends.postgresql",
        "CONN_MAX_AGE": 0,  # the pool below keeps connections; both at once would leak them under ASGI
        "CONN_HEALTH_CHECKS": True,  # a connection that died with the database is replaced, not handed out
    },
}
DATABASES["default"]["OPTIONS"] = {
    **DATABASES["default"].get("OPTIONS", {}),
    # The pool tries again for so long, less and less often; a short time makes the next request try at once.
    "pool": {"min_size": 1, "max_size": 8, "timeout": 5, "reconnect_timeout": 2},
    "connect_timeout": 5,
}

# A request whose query hangs must not hold a connection for ever. 0: no limit, as for migrations.
STATEMENT_SECONDS = env.integer("STATEMENT_SECONDS", 60, least=0, most=86_400)
if STATEMENT_SECONDS:
    DATABASES["default"]["OPTIONS"].setdefault("options", f"-c statement_timeout={STATEMENT_SECONDS}s")

REDIS_URL = no_example_password("REDIS_URL", env.text("REDIS_URL")) or PLACES.redis_url
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "longwave",
    },
}
