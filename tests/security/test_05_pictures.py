"""Control 5: pictures are coded anew by us, have a cap of pixels, and lose what a camera wrote into them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import asdict

import pytest
from PIL import Image

from accounts.people.errors import AvatarRefusedError
from catalog.visuals.inside.cover import MOST_PIXELS
from catalog.visuals.squares import LIMITS
from config.home import BASE_DIR
from tests.accounts.people.conftest import picture
from tests.catalog.visuals.test_artwork import bomb
from tests.security.uploads import kept, send_avatar

pytestmark = pytest.mark.django_db
GPS, LATITUDE = 0x8825, 2
# Runs the job as the sandbox does, and says the most memory it had (KiB), which a process learns of its children.
WATCHED = """
import resource, subprocess, sys
job = subprocess.Popen([sys.executable, "-m", "catalog.visuals.inside.cover", sys.argv[1]],
                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[int(sys.argv[2])])
said = job.stdout.read().decode()
job.wait()
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, said)
"""


def test_the_cap_is_forty_million_pixels_at_most():
    assert MOST_PIXELS <= 40_000_000


def test_a_picture_of_2_5_billion_pixels_is_refused_and_takes_no_memory(cast, places, tmp_path):
    with pytest.raises(AvatarRefusedError, match="pixels"):
        send_avatar(cast["editor"], "me.png", bomb())
    assert kept(places) == []

    path = tmp_path / "bomb.png"
    path.write_bytes(bomb())
    with path.open("rb") as file:
        handle = file.fileno()
        order = {"order": {}, "files": {"input": handle}, "limits": asdict(LIMITS)}
        command = [sys.executable, "-c", WATCHED, json.dumps(order), str(handle)]
        told = subprocess.run(command, pass_fds=[handle], capture_output=True, cwd=BASE_DIR, check=True, text=True)
    most, _, said = told.stdout.partition(" ")
    assert "pixels" in said
    assert int(most) / 1024 < 200


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_where_it_was_taken_by_what_and_by_whom_is_gone(cast, places, kind):
    told = Image.Exif()
    told.get_ifd(GPS)[LATITUDE] = (6.0, 12.0, 0.0)
    told[0x010F], told[0x013B] = "Canon", "Ayu Lestari"
    send_avatar(cast["editor"], "me.jpg", picture(kind, exif=told))
    (found,) = kept(places)
    body = found.read_bytes()
    assert not Image.open(io.BytesIO(body)).getexif()
    assert not any(word in body for word in (b"Exif", b"Canon", b"Lestari", b"XMP"))


@pytest.mark.parametrize("size", ["999999", "-1", "0", "x"])
def test_no_address_of_a_picture_takes_a_size(cast, places, client, size):
    send_avatar(cast["listener"], "me.jpg", picture())
    client.force_login(cast["listener"])
    answer = client.get(f"/account/picture/?size={size}&width={size}")
    assert Image.open(io.BytesIO(answer.content)).size == (512, 512)
