"""What a position needs, when people may come and go, and what everybody sees of it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from campaign.errors import Refused
from tests.volunteers import scene
from tests.volunteers.pages import browser, detail, typed, with_account
from volunteers import activities, people, signups
from volunteers.activities import Post
from volunteers.models import Activity, Position, Volunteer


def test_an_activity_knows_how_many_people_are_missing(cast: SimpleNamespace) -> None:
    activity = scene.activity(cast, positions=[Post("引导员", 4, 3), ("宣传员", 5), Post("摄影", 2, 0)])
    assert Activity.objects.with_places().get().short == 3 + 3 + 0
    for _ in range(4):
        signups.join(activity.positions.get(name="引导员"), scene.volunteer(cast))
    found = Activity.objects.with_places().get()
    assert (found.short, found.room) == (3, 7)
    assert sum(position.missing for position in found.positions.all()) == 3


@pytest.mark.parametrize(
    "post", [Post("引导员", 2, 3), Post("", 2), Post("引导员", 0)], ids=["minimum", "name", "places"]
)
def test_what_no_position_may_be_is_refused_when_it_is_made_and_when_it_is_changed(
    cast: SimpleNamespace, post: Post
) -> None:
    position = scene.position(cast, 2)
    with pytest.raises(Refused):
        scene.activity(cast, positions=[post])
    with pytest.raises(Refused):
        activities.change_position(position, post, by=cast.secretary_a)
    assert Position.objects.get().places == 2


def test_a_position_changes_and_those_in_it_stay(cast: SimpleNamespace) -> None:
    position, first, second = scene.position(cast, 2), scene.volunteer(cast), scene.volunteer(cast)
    signups.join(position, first)
    signups.join(position, second)
    with pytest.raises(Refused):
        activities.change_position(position, Post("引导员", 1), by=cast.secretary_a)
    changed = activities.change_position(position, Post("引导员", 3, 2, scene.skill(cast), 18, "手套"))
    assert (changed.name, changed.places, changed.minimum, changed.taken) == ("引导员", 3, 2, 2)
    with pytest.raises(Refused):
        activities.change_position(position, Post("引导员", 3), by=cast.secretary_b)


def test_a_skill_of_another_street_is_no_choice(cast: SimpleNamespace) -> None:
    foreign = scene.Skill.objects.create(committee=cast.other, name="急救护理")
    with pytest.raises(Refused):
        scene.activity(cast, positions=[Post("志愿者", 2, skill=foreign)])
    with pytest.raises(Refused):
        people.complete(scene.volunteer(cast), skills=[foreign])


def test_a_leader_answers_for_a_skill_but_not_for_an_age(cast: SimpleNamespace) -> None:
    position = scene.activity(cast, positions=[Post("护理员", 2, skill=scene.skill(cast))]).positions.get()
    person = scene.volunteer(cast)
    with pytest.raises(Refused):
        signups.join(position, person)
    assert signups.join(position, person, by=cast.secretary_a).state == "confirmed"
    Position.objects.update(min_age=18)
    with pytest.raises(Refused) as refusal:
        signups.join(position, scene.volunteer(cast), by=cast.secretary_a)
    assert refusal.value.code == "age_unknown"


def test_who_never_agreed_is_asked_first_by_the_page_and_by_the_verb(cast: SimpleNamespace) -> None:
    position, volunteer = scene.position(cast), with_account(cast, scene.volunteer(cast), agreed=False)
    assert signups.verdict(position, volunteer, by=volunteer.user) == "consent"
    with pytest.raises(Refused) as refusal:
        signups.join(position, volunteer, by=volunteer.user)
    assert refusal.value.code == "consent"
    page, address = browser(volunteer.user), detail(position.activity)
    assert 'name="consent"' in page.get(address).text
    assert page.post(address, {"position": position.pk}).status_code == 400
    assert page.post(address, {"position": position.pk, "consent": "on"}).status_code == 302
    assert people.has_consented(volunteer)
    volunteer.consents.update(withdrawn_at=timezone.now())
    assert not people.has_consented(volunteer)


def test_a_page_asks_for_a_skill_and_a_year_only_where_a_position_does(cast: SimpleNamespace) -> None:
    plain = scene.activity(cast)
    assert 'name="birth_year"' not in browser().get(detail(plain)).text
    skill = scene.skill(cast)
    activity = scene.activity(
        cast, starts_in=timedelta(days=3), positions=[Post("护理员", 2, skill=skill, min_age=18)]
    )
    volunteer = with_account(cast, scene.volunteer(cast), agreed=False)
    page, position = browser(volunteer.user), activity.positions.get()
    given = {"position": position.pk, "consent": "on"}
    assert page.post(detail(activity), given).status_code == 409
    given |= {"skills": skill.pk, "birth_year": 1980}
    assert page.post(detail(activity), given).status_code == 302
    volunteer = Volunteer.objects.get(pk=volunteer.pk)
    assert (volunteer.birth_year, list(volunteer.skills.all())) == (1980, [skill])
    assert 'name="birth_year"' in browser().get(detail(activity)).text
    stranger = browser()
    given = typed(activity, cast.a, skills=skill.pk, birth_year="1985")
    assert stranger.post(detail(activity), given).status_code == 302


def test_nobody_leaves_alone_after_the_cut_off_but_the_leader_takes_them_off(cast: SimpleNamespace) -> None:
    start = timezone.now() + timedelta(days=2)
    position = scene.position(cast, 1, starts_at=start, leaving_closes_at=start - timedelta(hours=6))
    volunteer = with_account(cast, scene.volunteer(cast))
    signup, waits = signups.join(position, volunteer), signups.join(position, scene.volunteer(cast))
    late = start - timedelta(hours=5)
    with pytest.raises(Refused) as refusal:
        signups.leave(signup, by=volunteer.user, now=late)
    assert refusal.value.code == "leaving_closed"
    assert signups.leave(waits, now=late).state == "left"  # from the line at any time
    assert signups.leave(signup, by=cast.secretary_a, now=late).state == "left"


@pytest.mark.parametrize(
    ("field", "hours"), [("sign_up_opens_at", 24), ("leaving_closes_at", 25), ("sign_up_closes_at", 27)]
)
def test_moments_that_make_no_sense_are_refused(cast: SimpleNamespace, field: str, hours: int) -> None:
    start = timezone.now() + timedelta(hours=24)
    with pytest.raises(Refused):
        scene.activity(cast, starts_at=start, **{field: start + timedelta(hours=hours - 24)})


def test_the_moments_move_with_an_activity_that_is_put_off(cast: SimpleNamespace) -> None:
    start = timezone.now() + timedelta(days=2)
    activity = scene.activity(cast, starts_at=start, leaving_closes_at=start - timedelta(hours=6))
    later = start + timedelta(days=1)
    moved = activities.postpone(activity, later, later + timedelta(hours=2))
    assert moved.leaving_closes_at == later - timedelta(hours=6)
    copied = activities.clone(activity, later + timedelta(days=7))
    assert copied.leaving_closes_at == later + timedelta(days=7, hours=-6)


# --- At a glance ------------------------------------------------------------------------------------
def test_the_list_says_in_need_enough_or_full_and_finds_what_i_can_do(cast: SimpleNamespace) -> None:
    skill = scene.skill(cast)
    needy = scene.activity(cast, positions=[Post("护理员", 4, 4, skill)])
    enough = scene.activity(cast, starts_in=timedelta(days=2), positions=[Post("志愿者", 4, 0)])
    full = scene.activity(cast, 1, starts_in=timedelta(days=3))
    signups.join(full.positions.get(), scene.volunteer(cast))
    address = reverse("volunteers:activity_list")
    page = browser().get(address).text
    assert [page.count(f'data-state="{state}"') for state in ("short", "free", "full")] == [1, 1, 1]

    def shown(**asked: object) -> list[Activity]:
        return browser().get(address, asked).context["page"].rows

    assert shown() == [needy, enough, full]
    assert shown(skill=skill.pk) == [needy]
    assert shown(day=enough.day.isoformat()) == [enough]
    sooner = scene.activity(cast, starts_in=timedelta(hours=5), positions=[Post("志愿者", 4, 1)])
    assert shown(need="on") == [needy, sooner]


def test_a_leader_copies_an_activity_and_changes_a_position_on_pages(cast: SimpleNamespace) -> None:
    activity = scene.activity(cast, positions=[Post("引导员", 4, 2, scene.skill(cast), 18, "手套")])
    page = browser(cast.secretary_a)
    copy = reverse("volunteers:activity_copy", args=[activity.pk])
    initial = page.get(copy).context["form"].initial
    given = {"day": initial["day"], "starts": "09:00", "ends": "11:00"}
    assert page.post(copy, given).status_code == 302
    made = Activity.objects.get(state="draft")
    assert made.positions.values_list("minimum", "min_age", "equipment").get() == (2, 18, "手套")
    edit = reverse("volunteers:position_edit", args=[activity.positions.get().pk])
    assert page.post(edit, {"name": "引导员", "places": 5, "minimum": 6}).status_code == 409
    assert page.post(edit, {"name": "引导员", "places": 5, "minimum": 3}).status_code == 302
    assert activity.positions.get().minimum == 3
    assert browser(cast.secretary_b).get(edit).status_code == 404


def test_the_sheet_to_share_shows_the_activity_and_a_code_of_its_address(cast: SimpleNamespace) -> None:
    activity = scene.activity(cast)
    page = browser().get(reverse("volunteers:activity_share", args=[activity.pk]))
    assert page.status_code == 200
    assert "<svg" in page.text
    assert activity.title in page.text


def test_a_volunteer_says_what_they_can_do(cast: SimpleNamespace) -> None:
    skill, volunteer = scene.skill(cast), with_account(cast, scene.volunteer(cast))
    page, address = browser(volunteer.user), reverse("volunteers:my_skills")
    assert page.get(address).status_code == 200
    assert page.post(address, {"skills": [skill.pk], "birth_year": "1980"}).status_code == 302
    assert skill.name in page.get(reverse("volunteers:me")).text
    assert page.post(address, {"birth_year": ""}).status_code == 302
    volunteer.refresh_from_db()
    assert (volunteer.birth_year, volunteer.skills.count()) == (None, 0)
