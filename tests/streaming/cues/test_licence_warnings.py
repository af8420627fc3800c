"""Before a licence ends somebody is told what will be missing, and afterwards what is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.licences.models import Licence
from streaming.alerts.models import Alert, AlertChannel, AlertMessage
from streaming.cues.licensing import watch_licences
from streaming.cues.models import TrackMapping
from tests.factories import make_licence, make_loop, make_mapping, make_station

pytestmark = pytest.mark.django_db
SUBJECT = "licence:"


def ends_in(**term) -> None:
    Licence.objects.update(valid_until=timezone.now() + timedelta(**term))


def told() -> list[tuple[str, str]]:
    watch_licences()
    return list(Alert.objects.filter(closed_at=None).values_list("kind", "severity"))


@pytest.fixture
def licence() -> Licence:
    licence = make_licence("Pack")
    make_mapping(make_station(), make_loop("Rain", licence=licence))
    return licence


@pytest.mark.parametrize(
    ("term", "kinds"),
    [
        ({"days": 31}, []),
        ({"days": 29}, [("licence-ends-in-a-month", "warning")]),
        ({"days": 6}, [("licence-ends-in-a-week", "warning")]),
        ({"hours": 23}, [("licence-ends-in-a-day", "error")]),
        ({"seconds": -1}, [("licence-over", "error")]),
    ],
)
def test_it_is_said_a_month_a_week_and_a_day_before_and_when_it_is_over(licence, term, kinds):
    ends_in(**term)
    assert told() == kinds


def test_the_sentence_names_the_loop_the_end_and_the_remedy(licence):
    ends_in(days=2)
    watch_licences()
    sentence = Alert.objects.get().sentence
    assert sentence.startswith("The licence “Pack” ends on 20")
    assert "from then on “Rain” is not aired. Renew it, or choose others." in sentence
    Licence.objects.update(consent="withdrawn")
    watch_licences()
    newest = Alert.objects.get(closed_at=None).sentence
    assert newest == "Consent was withdrawn for what is under the licence “Pack”: “Rain” is not aired any more."


def test_each_stage_is_told_once_and_the_end_of_the_one_before_is_not(licence):
    AlertChannel.objects.create(kind="email", name="Desk", recipient="desk@example.org", least="warning")
    for days in (29, 29, 6, 6, 0.5):
        ends_in(days=days)
        watch_licences()
    AlertMessage.objects.update(tries=1)
    ends_in(seconds=-1)
    watch_licences()
    assert list(AlertMessage.objects.order_by("pk").values_list("alert__kind", "closing")) == [
        ("licence-ends-in-a-month", False),
        ("licence-ends-in-a-week", False),
        ("licence-ends-in-a-day", False),
        ("licence-over", False),
    ]


def test_a_renewed_licence_and_one_that_nothing_uses_are_no_matter(licence):
    ends_in(days=3)
    assert len(told()) == 1
    ends_in(days=300)
    assert told() == []
    ends_in(days=3)
    assert len(told()) == 1
    TrackMapping.objects.all().delete()
    assert told() == []


def test_the_start_page_tells_it(licence, operator):
    ends_in(days=3)
    watch_licences()
    assert "The licence “Pack” ends on" in operator.get("/admin/").content.decode()
