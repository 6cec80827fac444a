"""The dashboard's "this week": what is short is summed over all of the week, however few rows are shown."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.test import RequestFactory
from django.utils import timezone

from tests.cast import SINCE
from volunteers.models import Activity, ActivityKind, Position
from volunteers.panels import SHOWN, this_week


@pytest.mark.django_db
def test_the_places_that_are_free_are_those_of_all_activities_of_the_week(cast: SimpleNamespace) -> None:
    kind = ActivityKind.objects.create(committee=cast.huguo, code="friday_labour", name="每周五义务劳动")
    monday = SINCE + timedelta(days=5)  # the sixth of January 2020
    with time_machine.travel(f"{monday} 06:00+08:00", tick=False):
        for number in range(SHOWN + 5):
            starts = timezone.now() + timedelta(hours=1, minutes=number)
            activity = Activity.objects.create(
                committee=cast.huguo, community=cast.a, kind=kind, title=f"活动{number}", place="广场",
                starts_at=starts, ends_at=starts + timedelta(hours=1), state="published",
            )  # fmt: skip
            Position.objects.create(activity=activity, name="志愿者", places=3)
        request = RequestFactory().get("/dashboard/")
        request.user = cast.secretary_a
        told = this_week(request)
        assert len(told["activities"]) == SHOWN
        assert told["short"] == 3 * (SHOWN + 5)
        request.user = cast.secretary_b
        assert this_week(request) == {"activities": [], "planned": 0, "short": 0}
