"""Numbers are kept in one form; what no phone can have is refused."""

from __future__ import annotations

import pytest

from accounts.people.errors import PhoneRefusedError
from accounts.people.phones import e164
from accounts.people.services import remove_phone, set_phone
from tests.factories import make_user


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+62 812-3456-789", "+628123456789"),
        (" +62 (812) 3456 789 ", "+628123456789"),
        ("\uff0b628123456789", "+628123456789"),
        ("+\u0666\u0662\u0668\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669", "+628123456789"),
        ("+44 20 7946 0018", "+442079460018"),
    ],
)
def test_whatever_it_is_written_with_it_is_the_same_number(typed, number):
    assert e164(typed) == number


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "country's code"),
        ("0812 3456 789", "country's code"),
        ("+1 555 0100", "No phone can have"),
        ("+999123456789", "No phone can have"),
        ("+628123456789 ext. 5", "No phone can have"),
        ("+62 night radio", "No phone can have"),
        ("+62" + "1" * 5000, "at most 15 digits"),
        ("+62\x008123456789", "No phone can have"),
    ],
)
def test_what_is_no_number_is_refused_with_the_remedy(typed, said):
    with pytest.raises(PhoneRefusedError, match=said) as caught:
        e164(typed)
    assert caught.value.field == "phone"


@pytest.mark.django_db
def test_one_number_is_one_persons(person):
    set_phone(person=person, phone="+62 812 3456 789")
    with pytest.raises(PhoneRefusedError, match="exists already"):
        set_phone(person=make_user("budi@example.org"), phone="+628123456789")

    remove_phone(person=person)

    person.refresh_from_db()
    assert person.phone is None
    assert set_phone(person=make_user("citra@example.org"), phone="+628123456789").phone == "+628123456789"
