"""Whatever way a fact is written, the days whose counts it changes are marked in the same transaction."""

import pytest
from django.db import transaction

from campaign.marks import mark
from campaign.models import Facility, Mark, PublicityEntry, Site
from tests import factories
from tests.campaign.counted import METRIC, MONDAY, TUESDAY, count, leaflets, marked


@pytest.fixture
def place(cast):
    made = factories.place_a(cast)
    factories.the(PublicityEntry, made)
    count()
    assert marked() == set()
    return made


def test_a_new_fact_marks_its_day(place):
    leaflets(place, 10)
    assert marked() == {MONDAY}


def test_a_change_marks_the_day_and_a_move_marks_both(place):
    entry = leaflets(place, 10)
    count()
    entry.quantity = 12
    entry.save()
    assert marked() == {MONDAY}
    count()
    entry.day = TUESDAY
    entry.save(update_fields=["day"])
    assert marked() == {MONDAY, TUESDAY}


def test_a_stale_copy_marks_where_the_row_stood_and_where_it_goes(place):
    entry = leaflets(place, 10)
    stale = PublicityEntry.objects.get(pk=entry.pk)
    entry.day = TUESDAY
    entry.save()
    count()
    stale.quantity = 3
    stale.save()
    assert marked() == {MONDAY, TUESDAY}


def test_a_deletion_marks_alone_and_in_bulk(place):
    entry = leaflets(place, 10)
    leaflets(place, 10, TUESDAY)
    count()
    entry.delete()
    assert marked() == {MONDAY}
    count()
    PublicityEntry.objects.filter(day=TUESDAY).delete()
    assert marked() == {TUESDAY}


def test_bulk_writes_mark(place):
    rows = [leaflets(place, number, day) for number, day in ((1, MONDAY), (2, TUESDAY))]
    count()
    PublicityEntry.objects.filter(pk=rows[0].pk).update(quantity=5)
    assert marked() == {MONDAY}
    count()
    PublicityEntry.objects.filter(pk=rows[0].pk).update(day=TUESDAY)
    assert marked() == {MONDAY, TUESDAY}
    count()
    rows[1].quantity = 9
    PublicityEntry.objects.bulk_update([rows[1]], ["quantity"])
    assert marked() == {TUESDAY}
    count()
    copies = [PublicityEntry.objects.get(pk=row.pk) for row in rows]
    for copy in copies:
        copy.pk = copy.form_key = None
    PublicityEntry.objects.bulk_create(copies)
    assert marked() == {TUESDAY}


def test_a_cascade_marks(place):
    site = factories.make(Site, place)
    facility = factories.make(Facility, place, site=site)
    count()
    site.delete()
    assert Mark.objects.filter(day=facility.installed_on).exists()


def test_get_or_create_and_update_or_create_mark(place):
    entry = leaflets(place, 10)
    count()
    PublicityEntry.objects.update_or_create(pk=entry.pk, defaults={"quantity": 7})
    assert marked() == {MONDAY}


def test_what_is_rolled_back_leaves_no_mark(place):
    with pytest.raises(ValueError), transaction.atomic():
        leaflets(place, 10)
        raise ValueError
    assert marked() == set()


def test_a_mark_said_twice_is_two_rows_and_no_error(place):
    mark(METRIC, MONDAY, MONDAY, None)
    mark(METRIC, MONDAY)
    assert Mark.objects.filter(metric=METRIC, day=MONDAY).count() == 2


def test_a_day_given_as_text_is_marked_as_a_day(place):
    leaflets(place, 1, "2020-11-16")
    assert marked() == {MONDAY}
