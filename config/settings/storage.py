"""Where uploads live: a folder by default, S3 or anything that speaks it when ``S3_BUCKET`` is set."""

from __future__ import annotations

from typing import Any

from config import env
from config.settings.core import PLACES

MEDIA_ROOT = PLACES.media
S3_BUCKET = env.text("S3_BUCKET")
_media: dict[str, Any] = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": str(MEDIA_ROOT), "file_permissions_mode": 0o600},
}
if S3_BUCKET:
    _media = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.text("S3_ENDPOINT_URL") or None,
            "region_name": env.text("S3_REGION") or None,
            "access_key": env.text("S3_ACCESS_KEY") or None,
            "secret_key": env.text("S3_SECRET_KEY") or None,
            "default_acl": "private",
            "file_overwrite": False,
            "querystring_expire": 300,
            "signature_version": "s3v4",
        },
    }
STORAGES = {
    "default": _media,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
# Files are served by views that check first; there is no public media URL.
MEDIA_URL = "/media-is-not-served/"
LOOP_MAX_BYTES = env.integer("LOOP_MAX_MB", 512, least=1, most=8192) * 1024 * 1024
# What people send stays theirs: so much of it, and so many files, each. 0: as much as the disk holds.
UPLOAD_QUOTA_BYTES = env.integer("UPLOAD_QUOTA_MB", 51_200, least=0, most=2**30) * 1024 * 1024
UPLOAD_QUOTA_FILES = env.integer("UPLOAD_QUOTA_FILES", 5000, least=0, most=10**6)
# Who decodes the pictures people send of themselves: the floor of people knows no media.
PICTURE_READER = "catalog.visuals.squares.read_portrait"
# Renditions with a title on them are made for each track anew when they are needed.
TITLED_CACHE_BYTES = env.integer("TITLED_CACHE_BYTES", 5 * 1024**3, least=0, most=2**50)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None
