"""The public pages: what everyone may read, at a cost that does not grow with the rows, and never a phone."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.volunteers import scene
from tests.volunteers.pages import browser, detail, with_account
from volunteers import activities, signups
from volunteers.models import Activity, Station

PHONE = re.compile(r"(?<!\d)1[2-9]\d{9}(?!\d)")


def queries(address, client=None):
    client = client or browser()
    client.get(address)  # what is learnt once a process is not counted
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_the_list_shows_what_is_coming_in_this_street_grouped_by_day(cast):
    near, later = scene.activity(cast), scene.activity(cast, starts_in=scene.timedelta(days=2))
    draft = activities.clone(near, near.starts_at + scene.timedelta(days=5))
    page = browser().get("/activities/").content.decode()
    assert detail(near) in page
    assert detail(later) in page
    assert detail(draft) not in page


def test_another_streets_activity_is_not_found(cast):
    far = factories.make(Activity, factories.place_far(cast))
    assert browser().get(detail(far)).status_code == 404
    assert browser().post(detail(far), {}).status_code == 404
    assert browser(cast.official).get(detail(far)).status_code == 404
    assert detail(far) not in browser().get("/activities/").content.decode()


def test_a_draft_is_seen_by_its_leaders_alone(cast):
    draft = activities.clone(scene.activity(cast), scene.timezone.now() + scene.timedelta(days=5))
    assert browser().get(detail(draft)).status_code == 404
    assert browser(cast.secretary_b).get(detail(draft)).status_code == 404
    assert browser(cast.stranger).get(detail(draft)).status_code == 404
    assert browser(cast.secretary_a).get(detail(draft)).status_code == 200


def test_only_what_has_free_places_when_asked(cast):
    full = scene.activity(cast, 1)
    signups.join(full.positions.get(), scene.volunteer(cast))
    free = scene.activity(cast, 1)
    page = browser().get("/activities/?free=on").content.decode()
    assert detail(free) in page
    assert detail(full) not in page


@pytest.mark.parametrize("bad", ["community=0", "community=x", "kind=99999999999999999999", "show=nonsense"])
def test_a_filter_that_is_no_choice_is_said(cast, bad):
    assert browser().get(f"/activities/?{bad}").status_code == 400


def test_a_community_of_another_street_is_no_choice(cast):
    assert browser().get(f"/activities/?community={cast.far.pk}").status_code == 400


@pytest.mark.parametrize(
    "bad", ["x", "n~1", "n~2020-01-01~x", "n~9999-12-31T23:59:59-14:00~1", "p~a~b~c", "n~~"]
)
def test_a_cursor_that_is_none_is_not_found(cast, bad):
    assert browser().get("/activities/", {"cursor": bad}).status_code == 404


def test_pages_follow_one_another_without_losing_or_repeating_a_row(cast):
    made = {scene.activity(cast, starts_in=scene.timedelta(days=1, hours=n // 3)).pk for n in range(45)}
    seen, address = [], "/activities/"
    for _page in range(3):
        page = browser().get(address).context["page"]
        seen += [row.pk for row in page.rows]
        address = f"/activities/?cursor={page.next_cursor.replace('+', '%2B')}"
    assert len(seen) == 45
    assert set(seen) == made
    back = browser().get("/activities/", {"cursor": page.previous_cursor}).context["page"]
    assert [row.pk for row in back.rows] == seen[20:40]


def test_the_list_asks_the_same_few_questions_for_one_row_and_for_thirty(cast):
    scene.activity(cast)
    one = queries("/activities/")
    for _row in range(29):
        scene.activity(cast)
    assert queries("/activities/") == one
    assert one <= 8


def test_the_page_of_an_activity_costs_the_same_however_many_signed_up(cast):
    activity = scene.activity(cast, 40)
    one = queries(detail(activity))
    for _row in range(30):
        signups.join(activity.positions.get(), scene.volunteer(cast))
    assert queries(detail(activity)) == one


def test_no_public_page_shows_a_phone_or_who_signed_up(cast):
    activity = scene.activity(cast, 5)
    volunteer = scene.volunteer(cast, name="演示某某")
    signups.join(activity.positions.get(), volunteer)
    for address in ("/activities/", detail(activity), "/stations/", "/privacy/", "/"):
        page = browser().get(address).content.decode()
        assert not PHONE.search(page), address
        assert "演示某某" not in page, address


def test_the_stations_that_are_open_and_of_this_street(cast):
    today = datetime.date(2020, 1, 1)
    for name, committee, closed in (
        ("开着", cast.huguo, None),
        ("关了", cast.huguo, today),
        ("远处", cast.other, None),
    ):
        Station.objects.create(
            committee=committee,
            name=name,
            level="station",
            opened_on=today,
            closed_on=closed and factories.day(),
        )
    page = browser().get("/stations/").content.decode()
    assert "开着" in page
    assert "关了" not in page
    assert "远处" not in page
    assert queries("/stations/") <= 6


def test_my_page_shows_my_own_and_costs_the_same_with_thirty_rows(cast):
    mine = with_account(cast, scene.volunteer(cast))
    client = browser(mine.user)
    signups.join(scene.position(cast), mine)
    one = queries("/me/", client)
    page = client.get("/me/").content.decode()
    assert mine.number in page
    assert mine.phone not in page
    for day in range(2, 15):
        signups.join(scene.position(cast, starts_in=scene.timedelta(days=day)), mine)
    assert queries("/me/", client) == one


def test_my_page_asks_for_a_sign_in_and_helps_who_is_no_volunteer(cast):
    assert browser().get("/me/").status_code == 302
    assert browser(cast.stranger).get("/me/").status_code == 200
    assert browser(cast.stranger).get("/accounts/landing/")["Location"] == "/me/"
