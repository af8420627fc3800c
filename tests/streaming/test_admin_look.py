"""An operator gives a station a look, and is told beforehand what it costs."""

from __future__ import annotations

import pytest

from tests.factories import make_profile, make_station
from tests.streaming.test_admin_stations import change_url

pytestmark = pytest.mark.django_db


def test_the_form_says_what_a_look_costs(operator):
    page = operator.get(change_url(make_station())).content.decode()
    assert "about a third of a processor core" in page


@pytest.mark.parametrize(("before", "look"), [("loop", "spectrum"), ("spectrum", "waveform"), ("waveform", "loop")])
def test_a_chosen_look_is_kept(operator, before, look):
    station = make_station(source_kind="icecast", audio_url="https://radio.example/live", look=before)
    form = operator.get(change_url(station)).context["adminform"].form
    sent = {name: form[name].value() or "" for name in form.fields}
    lists, counts = ("backups", "emergency", "members"), ("TOTAL", "INITIAL")
    rows = {f"{name}-{count}_FORMS": 0 for name in lists for count in counts}
    response = operator.post(change_url(station), {**sent, **rows, "profile": make_profile().pk, "look": look})
    assert response.status_code == 302, response.context["adminform"].form.errors
    station.refresh_from_db()
    assert station.look == look
