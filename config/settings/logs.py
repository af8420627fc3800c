"""Structured logs: JSON lines to stdout and to a rotating file (100 MB, 10 kept)."""

from __future__ import annotations

from typing import Any

import structlog

from config import env
from config.settings.core import PLACES

LOG_LEVEL = env.text("LOG_LEVEL", "INFO").upper()
LOG_FILE = env.text("LOG_FILE", str(PLACES.logs / "longwave.log"))
TO_FILE = LOG_FILE != "none"  # `none`: stdout only, as in containers and below `up`, which keeps the file itself
PLACES.logs.mkdir(parents=True, exist_ok=True, mode=0o700)

_shared: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
structlog.configure(
    processors=[*_shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
            "foreign_pre_chain": _shared,
        },
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stdout"},
        "file": {
            "class": "logging.handlers.RotatingFileHandler",
            "formatter": "json",
            "filename": LOG_FILE,
            "maxBytes": 100 * 1024 * 1024,
            "backupCount": 10,
            "delay": True,
            "encoding": "utf-8",
        },
    },
    "root": {"handlers": ["console", "file"] if TO_FILE else ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.server": {"handlers": [], "propagate": True},
        "daphne.http_protocol": {"level": "WARNING"},
        "httpx2": {"level": "WARNING"},  # a line for every poll says nothing
        "celery.beat": {"level": "WARNING"},  # nor does one for every tick
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
