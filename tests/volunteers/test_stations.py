"""A practice station's page: rooms, opening hours, the plan of a month."""

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.volunteers import scene
from tests.volunteers.pages import browser
from volunteers import activities, stations
from volunteers.models import Activity, Room, Station


def station(cast: SimpleNamespace, **more: Any) -> Station:
    values = {
        "committee": cast.huguo,
        "community": cast.a,
        "level": "station",
        "name": "南屏街社区新时代文明实践站",
        "hours": "周一至周五 9:00–17:00",
        "opened_on": datetime.date(2020, 1, 1),
    }
    return Station.objects.create(**{**values, **more})


def page(station: Station, month: str = "") -> str:
    return reverse("volunteers:station_detail", args=[station.pk]) + (f"?month={month}" if month else "")


def test_the_page_shows_rooms_hours_and_the_months_plan(cast: SimpleNamespace) -> None:
    here = station(cast)
    Room.objects.create(station=here, name="学习室", seats=30, used_for="理论学习")
    starts = timezone.make_aware(datetime.datetime(2020, 11, 13, 9))
    activity = scene.activity(cast, starts_at=starts)
    Activity.objects.filter(pk=activity.pk).update(station=here)
    told = browser().get(page(here, "2020-11")).content.decode()
    assert "学习室" in told
    assert "9:00–17:00" in told
    assert activity.title in told
    assert activity.title not in browser().get(page(here, "2020-12")).content.decode()


def test_drafts_and_cancelled_activities_are_not_on_the_plan(cast: SimpleNamespace) -> None:
    here = station(cast)
    activity = scene.activity(cast)
    Activity.objects.filter(pk=activity.pk).update(station=here)
    month = stations.month_of(f"{activity.day:%Y-%m}")
    assert list(stations.plan(here, month)) == [activity]
    activities.cancel(activity, "暴雨")
    assert not stations.plan(here, month)


@pytest.mark.parametrize("said", ["", "2020-13", "2020-00", "9999-01", "二〇二〇", "2020-1", "-" * 99])
def test_what_is_no_month_is_the_current_one(said: str) -> None:
    assert stations.month_of(said).first == timezone.localdate().replace(day=1)


def test_months_follow_one_another_over_the_year() -> None:
    month = stations.month_of("2020-12")
    assert (month.before, month.after) == (datetime.date(2020, 11, 1), datetime.date(2021, 1, 1))
    assert stations.month_of("2021-01").before == datetime.date(2020, 12, 1)


def test_a_closed_station_and_one_of_another_street_are_not_found(cast: SimpleNamespace) -> None:
    closed = station(cast, closed_on=datetime.date(2020, 6, 1))
    far = station(cast, committee=cast.other, community=cast.far)
    assert [browser().get(page(one)).status_code for one in (closed, far)] == [404, 404]
