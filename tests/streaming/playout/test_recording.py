"""Recordings: whole files that follow one another without a gap, whatever ends the run or fills the disk."""

from __future__ import annotations

import subprocess
import time

import av
import pytest

from tests.streaming.playout.recording import read


def _recording(folder, seconds=4):
    return {"id": "rec", "kind": "recording", "folder": str(folder), "segment_s": seconds}


def _recorded(player, count, within=40):
    player.wait_until(lambda _: len(player.facts("recorded")) >= count, within)
    return player.facts("recorded")


def _names(folder):
    return [file.name for file in folder.iterdir()]


def _frames(path):
    with av.open(str(path)) as container:
        return sum(1 for packet in container.demux(video=0) if packet.dts is not None)


@pytest.mark.whole
def test_files_of_equal_length_follow_one_another_without_a_gap(play, pictures, tones, tmp_path, say):
    source = {"kind": "playlist", "entries": [{"id": "1", "path": str(tones[0])}]}
    player = play(source=source, outputs=[_recording(tmp_path / "rec")])
    _recorded(player, 2)
    player.show(pictures["green"])
    player.wait_for("aired", picture="green")
    begun = player.next_statistics()["seconds"]
    player.next_statistics(lambda e: e["seconds"] > begun + 1)
    player.stop()
    facts = player.facts("recorded")
    files = [tmp_path / "rec" / fact["file"] for fact in facts]
    assert sorted(file.name for file in files) == sorted(_names(tmp_path / "rec"))
    found = [read(file) for file in files]
    say(f"{[fact['seconds'] for fact in facts]} s, {sum(one.errors for one in found)} errors")
    for one, fact, file in zip(found, facts, files, strict=True):
        assert one.errors == 0
        assert one.video.largest_step < 34
        assert one.video.backward == one.audio.backward == 0
        assert fact["bytes"] == file.stat().st_size
        assert abs(fact["seconds"] - len(one.colours) / 30) < 0.15
        assert abs(fact["started_at"] - time.time()) < 60
        assert abs(one.audio.times[-1] - one.video.times[-1]) < 100
    assert all(4 <= fact["seconds"] < 6.2 for fact in facts[:2])
    assert (found[0].colours[0][1], found[-1].colours[-1][1]) == ("red", "green")
    # The frame counts are those of the whole run: nothing fell between two files.
    assert abs(sum(len(one.colours) for one in found) - player.facts("statistics")[-1]["frame"]) < 40


def test_an_ordinary_mp4_comes_out_that_begins_with_its_type_and_holds_no_fragments(play, tmp_path):
    player = play(outputs=[_recording(tmp_path / "rec", 2)])
    fact = _recorded(player, 1)[0]
    data = (tmp_path / "rec" / fact["file"]).read_bytes()
    assert data[4:8] == b"ftyp"
    assert b"moof" not in data
    assert (tmp_path / "rec" / fact["file"]).stat().st_mode & 0o007 == 0


def test_what_a_killed_run_left_is_finished_at_the_next_start(play, tmp_path, say):
    first = play(outputs=[_recording(tmp_path / "rec", 600)])
    sent = first.next_statistics(lambda e: e["seconds"] > 7)
    first.process.kill()
    first.process.wait()
    assert [name[0] for name in _names(tmp_path / "rec")] == ["."]
    second = play(outputs=[_recording(tmp_path / "rec", 600)])
    fact = second.wait_until(lambda e: e["event"] == "recorded")
    recording = read(tmp_path / "rec" / fact["file"])
    say(f"of {sent['seconds']:.1f} s {fact['seconds']:.1f} s are left")
    assert recording.errors == 0
    assert fact["seconds"] >= sent["seconds"] - 2.5
    assert abs(fact["started_at"] - fact["at"]) < 60


def test_a_file_another_output_still_writes_is_left_alone(play, tmp_path):
    player = play(outputs=[_recording(tmp_path / "rec", 600)])
    player.next_statistics(lambda e: e["seconds"] > 3)
    other = {**_recording(tmp_path / "rec", 600), "id": "other"}
    player.send({"do": "outputs", "outputs": [_recording(tmp_path / "rec", 600), other]})
    begun = player.next_statistics()["seconds"]
    player.next_statistics(lambda e: e["seconds"] > begun + 3)
    assert player.facts("recorded") == []
    player.stop()
    assert len(player.facts("recorded")) == 2
    assert len(_names(tmp_path / "rec")) == 2


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 2 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk needs to be root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S607 - the system's own


def test_a_full_disk_is_told_waited_out_and_costs_nobody_else_anything(play, small_disk, tmp_path, say):
    preview = {"id": "preview", "kind": "hls", "folder": str(tmp_path / "hls")}
    player = play(outputs=[_recording(small_disk / "rec", 600), preview])
    player.next_statistics(lambda e: e["seconds"] > 3)
    ballast = small_disk / "ballast"
    with ballast.open("wb") as file:
        file.write(bytes(1_990_000))
    said = player.wait_for("error", about="output:rec")["message"]
    say(said)
    assert "no room left" in said
    assert len(player.facts("recorded")) == 1
    assert read(small_disk / "rec" / player.facts("recorded")[0]["file"]).errors == 0
    waiting = player.next_statistics(lambda e: e["outputs"][0]["state"] == "waiting")
    assert waiting["outputs"][1]["up"]
    seen = len(player.events)
    ballast.unlink()
    player.wait_until(lambda e: e["event"] == "output" and e["id"] == "rec" and e["up"], 30, seen)
    last = player.next_statistics(lambda e: e["seconds"] > waiting["seconds"] + 4)
    assert last["frame"] >= last["seconds"] * 30 - 5
    player.stop()
    assert len(player.facts("recorded")) == 2
    assert _frames(small_disk / "rec" / player.facts("recorded")[1]["file"]) > 30


def test_a_disk_that_fills_in_the_middle_of_a_write_leaves_a_file_that_plays(play, small_disk):
    player = play(outputs=[_recording(small_disk / "rec", 600)])
    player.next_statistics(lambda e: e["seconds"] > 5)
    with (small_disk / "ballast").open("wb", buffering=0) as file:
        try:
            for _ in range(512):
                file.write(bytes(4096))
        except OSError as error:
            assert error.errno == 28  # noqa: PT017 - it has to be full
    player.wait_for("error", about="output:rec")
    (small_disk / "ballast").unlink()
    fact = player.wait_until(lambda e: e["event"] == "recorded", 20)
    assert read(small_disk / "rec" / fact["file"]).errors == 0
    assert "Traceback" not in (player.folder / "stderr.log").read_text()


def test_a_folder_that_cannot_be_made_is_named(play, tmp_path):
    (tmp_path / "file").write_text("")
    player = play(outputs=[_recording(tmp_path / "file" / "rec")])
    assert f"{tmp_path / 'file' / 'rec'} cannot be recorded to: Not a directory" in player.wait_for("error")["message"]


def test_a_changed_length_begins_no_new_file(play, tmp_path):
    player = play(outputs=[_recording(tmp_path / "rec", 600)])
    player.next_statistics(lambda e: e["seconds"] > 3)
    player.send({"do": "outputs", "outputs": [_recording(tmp_path / "rec", 5)]})
    assert 5 <= _recorded(player, 1)[0]["seconds"] < 7.5
