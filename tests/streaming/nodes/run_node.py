"""``manage.py node`` with a fake or the real encoder: ``run_node.py fake|calm|real [arguments of node]``."""

from __future__ import annotations

import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - settings first

from streaming.nodes import process  # noqa: E402
from tests.streaming.nodes.stage import FAKE  # noqa: E402

if sys.argv[1] in {"fake", "calm"}:
    process.COMMAND = FAKE if sys.argv[1] == "fake" else (*FAKE, "--calm")
call_command("node", *sys.argv[2:])
