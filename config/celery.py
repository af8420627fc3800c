"""The Celery application."""

from __future__ import annotations

import os
import warnings
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import beat_init, setup_logging, worker_ready

from config.heartbeat import WorkerLives
from config.lib.ready import say_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Its advice against root is about pickled messages; ours are JSON (CELERY_ACCEPT_CONTENT).
warnings.filterwarnings("ignore", category=SecurityWarning)
app = Celery("longwave")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(WorkerLives)


@setup_logging.connect
def keep_our_logs(**_: Any) -> None:
    """Leave logging as Django set it up: Celery asks nobody else once something answers this signal."""


@worker_ready.connect
@beat_init.connect
def tell_supervisor(**_: Any) -> None:
    """Say that worker or beat has come up."""
    say_ready()
