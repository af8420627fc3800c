"""Celery: JSON only, at-least-once with quick redelivery, results not kept."""

from __future__ import annotations

from config.settings.database import REDIS_URL

# kombu names a redis unix socket "redis+socket://" and gives the database as "virtual_host".
CELERY_BROKER_URL = (
    REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
    if REDIS_URL.startswith("unix://")
    else REDIS_URL
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "socket_timeout": None, "socket_keepalive": True}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 3600
CELERY_BEAT_SCHEDULER = "config.schedule:Scheduler"
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "heartbeat": {"task": "config.heartbeat.tick", "schedule": 10.0, "options": {"expires": 30}},
    "reconcile-encoders": {"task": "streaming.nodes.reconcile", "schedule": 5.0},
    "look-at-relay": {"task": "streaming.relay.look", "schedule": 5.0, "options": {"expires": 5}},
    "tell-alerts": {"task": "streaming.alerts.tell", "schedule": 10.0, "options": {"expires": 10}},
    "forget-cards": {"task": "catalog.visuals.forget_cards", "schedule": 3600.0, "options": {"expires": 3600}},
    "evict-titled": {"task": "streaming.cues.evict_titled", "schedule": 60.0, "options": {"expires": 60}},
    "watch-licences": {"task": "streaming.cues.watch_licences", "schedule": 60.0, "options": {"expires": 60}},
    "look-at-platforms": {"task": "streaming.platforms.look", "schedule": 5.0, "options": {"expires": 10}},
    "forget-platforms": {"task": "streaming.platforms.forget", "schedule": 3600.0, "options": {"expires": 3600}},
    "watch-refusals": {"task": "streaming.alerts.watch_refusals", "schedule": 60.0, "options": {"expires": 60}},
    "forget-record": {"task": "accounts.audit.forget_old", "schedule": 3600.0, "options": {"expires": 3600}},
    "tend-keys": {"task": "accounts.keys.tend", "schedule": 3600.0, "options": {"expires": 3600}},
    "forget-codes": {"task": "accounts.signin.forget_codes", "schedule": 3600.0, "options": {"expires": 3600}},
    "requeue-renditions": {"task": "catalog.visuals.requeue_interrupted", "schedule": 30.0},
}
