"""Control 7: nothing of ours unpacks an archive, so none can be a bomb or slip out of its folder."""

from __future__ import annotations

import zipfile

import pytest

from catalog.media.errors import MediaRefusedError
from catalog.music.services import take_in_track
from catalog.visuals.services import take_in
from tests.security.reading import calls, imported, modules

UNPACKERS = {"zipfile", "tarfile", "gzip", "bz2", "lzma", "zlib", "rarfile", "py7zr", "zstandard"}


def test_no_code_of_ours_unpacks():
    for path, tree in modules():
        assert not {name.partition(".")[0] for name in imported(tree)} & UNPACKERS, path
        assert not [call for name, call in calls(tree) if name.endswith("unpack_archive")], path


@pytest.mark.django_db
@pytest.mark.parametrize("verb", [take_in_track, take_in])
@pytest.mark.parametrize("name", ["album.zip", "album.mp4"])
def test_an_archive_is_no_upload(verb, name, tmp_path):
    bomb = tmp_path / "bomb"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../outside.txt", bytes(10_000_000))
    with pytest.raises(MediaRefusedError):
        verb(path=bomb, original_name=name)
    assert list(tmp_path.iterdir()) == [bomb]
