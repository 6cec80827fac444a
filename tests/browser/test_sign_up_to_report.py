"""The second story, clicked through: sign-up → place or waiting list → attendance → hours → counts → dashboard."""

import datetime
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from campaign import tallies
from tests.browser.conftest import PHONE, Browsing, fits
from volunteers import activities
from volunteers.models import Activity, ActivityKind, ActivitySeries, HourEntry, Signup, Volunteer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def friday(cast: SimpleNamespace) -> Activity:
    """The next occasion of a weekly series with two places, led by the team leader."""
    kind = ActivityKind.objects.create(committee=cast.huguo, code="friday_labour", name="每周五义务劳动")
    ActivitySeries.objects.create(
        committee=cast.huguo,
        community=cast.a,
        kind=kind,
        title="每周五义务劳动",
        place="居委会门口",
        leader=cast.team_leader,
        rule="FREQ=DAILY",
        holidays="keep",
        first_day=timezone.localdate(),
        start_time=datetime.time(23, 30),
        minutes=60,
        places=1,
    )
    activities.schedule()
    return Activity.objects.filter(starts_at__gt=timezone.now()).earliest("starts_at")


def sign_up(
    browsing: Browsing, activity: Activity, name: str, phone: str, community: Any, **options: Any
) -> Any:
    """A person who was never here signs up on a phone; returns the page at the end and how many screens it took."""
    page = browsing.page(size=PHONE, **options)
    browsing.go(page, "/activities/")
    fits(page)
    page.click(f"a[href='/activities/{activity.pk}/']")
    fits(page)
    page.fill("[name=name]", name)
    page.fill("[name=phone]", phone)
    page.select_option("[name=community]", str(community.pk))
    page.check("[name=consent]")
    page.click("#sign-up button[type=submit]")
    page.wait_for_url("**/code/")
    fits(page)
    code = page.locator("[data-code], .notice strong").first.inner_text().strip()
    page.fill("[name=code]", code)
    page.click("main form:has([name=code]) button[type=submit]")
    page.wait_for_url("**/me/signups/**")
    fits(page)
    return page


def test_a_new_volunteer_signs_up_serves_and_is_counted(
    cast: SimpleNamespace, friday: Activity, browsing: Browsing
) -> None:
    first = sign_up(browsing, friday, "演示甲", "12911110001", cast.a)
    assert Signup.objects.get(volunteer__name="演示甲").state == "confirmed"

    # Scripts are off in the second browser: the forms do without.
    second = sign_up(browsing, friday, "演示乙", "12911110002", cast.a, scripts=False)
    assert Signup.objects.get(volunteer__name="演示乙").state == "waiting"
    assert "候补" in second.inner_text("main")

    # The first cannot come after all; the place is offered to who waits, at once, and taken with one tap.
    first.locator("form[action*='/leave/'] button").first.click()
    first.wait_for_load_state()
    assert Signup.objects.get(volunteer__name="演示甲").state == "left"
    assert Signup.objects.get(volunteer__name="演示乙").state == "offered"
    second.reload()
    second.locator("form[action*='/accept/'] button, form[action*='/take/'] button").first.click()
    second.wait_for_load_state()
    assert Signup.objects.get(volunteer__name="演示乙").state == "confirmed"

    # The hour has come: the leader ticks who is there, on the phone.
    began = timezone.now() - timedelta(minutes=90)
    day = timezone.localdate(began)
    Activity.objects.filter(pk=friday.pk).update(
        starts_at=began, ends_at=began + timedelta(minutes=60), day=day
    )
    leader = browsing.signed_in(cast.team_leader, size=PHONE)
    browsing.go(leader, f"/activities/{friday.pk}/list/")
    fits(leader)
    assert "12911110002" not in leader.content()
    for box in leader.locator("input[name=present]").all():
        box.check()
    leader.click("main .btn--main")
    leader.wait_for_load_state()
    friday.refresh_from_db()
    assert friday.state == "held"
    assert HourEntry.objects.get().minutes == 60

    # The volunteer's own page shows the hour.
    browsing.go(second, "/me/")
    assert "1.0" in second.inner_text("main") or "1" in second.locator(".figures").inner_text()
    assert Volunteer.objects.count() == 2

    # What was counted stands on the secretary's dashboard and in the year's figures.
    tallies.count_marked()
    year = (datetime.date(day.year, 1, 1), datetime.date(day.year, 12, 31))
    assert tallies.total("volunteers.activities_held", *year, committee=cast.huguo) == 1
    assert tallies.total("volunteers.service_minutes", *year, committee=cast.huguo) == 60
    secretary = browsing.signed_in(cast.secretary_a)
    browsing.go(secretary, "/dashboard/")
    fits(secretary)
    browsing.go(secretary, f"/figures/volunteers.activities_held/?first={year[0]}&last={year[1]}")
    assert "1" in secretary.inner_text("main")
    assert tallies.audit() == []
