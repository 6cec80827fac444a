"""Special actions: gone through by their lists, scored by the card, of places and never of persons."""

import datetime
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from rest_framework.test import APIClient

from campaign.errors import Refused
from grids import health
from grids.health import Seen
from grids.models import Case, Checklist, ChecklistItem, HealthAction, HealthAnswer, HealthCheck

FIRST = datetime.date(2026, 1, 1)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def action(streets):
    card = Checklist.objects.create(committee=streets.huguo, title="清垃圾", edition="爱国卫生2026")
    for order, (text, deduct, veto) in enumerate((("无死角", 2, False), ("日产日清", None, False), ("无旱厕", None, True)), 1):  # fmt: skip
        ChecklistItem.objects.create(
            checklist=card,
            order=order,
            text=text,
            max_score=10,
            deduct=deduct,
            veto=veto,
            category=streets.litter,
        )
    return HealthAction.objects.create(
        committee=streets.huguo, edition="2026", name="清垃圾", checklist=card, first_day=FIRST
    )


def seen(action, *values):
    items = action.checklist.items.order_by("order")
    return {item.pk: Seen(*value) for item, value in zip(items, values, strict=True)}


def check(streets, action, *values, **given):
    values = values or (("yes",), ("yes",), ("yes",))
    usual = {"by": streets.secretary_a, "day": timezone.localdate()}
    return health.check(
        action, given.pop("community", streets.a), seen(action, *values), **{**usual, **given}
    )


def test_the_score_follows_from_the_answers(streets, action):
    made = check(streets, action, ("no", 3), ("na",), ("yes",), point=streets.point)
    assert (made.points_reached, made.points_possible, made.point) == (14, 20, streets.point)
    assert [answer.faults for answer in made.answers.order_by("item__order")] == [3, 1, 1]
    vetoed = check(streets, action, ("yes",), ("yes",), ("no",))
    assert (vetoed.points_reached, vetoed.points_possible) == (0, 30)


def test_the_same_form_twice_is_one_check_with_one_case(streets, action):
    key = uuid.uuid4()
    values = (("no", 1, "墙角有垃圾", True), ("no",), ("yes",))
    first, again = (check(streets, action, *values, form_key=key) for _time in range(2))
    assert first == again
    assert HealthAnswer.objects.count() == 3
    assert Case.objects.get().description == "墙角有垃圾"
    with pytest.raises(Refused):
        check(streets, action, form_key=key, community=streets.b, by=streets.official)


@pytest.mark.parametrize(
    "who", ["secretary_b", "patroller", "liaison_a", "stranger", "official_far", "team_leader"]
)
def test_others_cannot_check_for_the_community(streets, action, who):
    with pytest.raises(Refused):
        check(streets, action, by=getattr(streets, who))
    assert not HealthCheck.objects.exists()


def test_a_zone_leader_checks_the_communities_of_the_zone(streets, action):
    assert check(streets, action, by=streets.zone_leader)
    with pytest.raises(Refused):
        check(streets, action, by=streets.zone_leader, community=streets.b)


@pytest.mark.parametrize(
    "day", [FIRST - datetime.timedelta(days=1), datetime.date(2999, 1, 1)], ids=["before", "to come"]
)
def test_a_check_lies_within_the_action(streets, action, day):
    with pytest.raises(Refused):
        check(streets, action, day=day)


def test_every_standard_is_answered_and_no_other(streets, action):
    full = seen(action, ("yes",), ("yes",), ("yes",))
    part = dict(list(full.items())[:2])
    for answers in (
        {},
        part,
        {**full, streets.clean.pk: Seen("yes")},
        {**full, next(iter(full)): Seen("maybe")},
    ):
        with pytest.raises(Refused):
            health.check(action, streets.a, answers, by=streets.official, day=timezone.localdate())
    with pytest.raises(ValidationError):
        check(streets, action, ("no", 1, "长" * 201), ("yes",), ("yes",))
    with pytest.raises(ValidationError):
        check(streets, action, ("no", 101), ("yes",), ("yes",))
    with pytest.raises(Refused):
        check(streets, action, community=streets.far, by=streets.root)
    assert not HealthCheck.objects.exists()


def test_the_page_keeps_what_was_typed_and_then_the_check(streets, action):
    client = Client(headers={"accept-language": "en"})
    client.force_login(streets.secretary_a)
    where = reverse("grids:health_check", args=[action.pk])
    items = list(action.checklist.items.order_by("order"))
    page = client.get(where, {"community": streets.a.pk})
    sent = {
        "form_key": page.context["form"]["form_key"].value(), "community": streets.a.pk, "day": timezone.localdate(),
        f"item{items[0].pk}-value": "no", f"item{items[0].pk}-note": "墙角", f"item{items[1].pk}-value": "yes",
    }  # fmt: skip
    answer = client.post(where, sent)
    assert answer.status_code == 400 and "墙角" in answer.content.decode()
    assert not HealthCheck.objects.exists()
    assert client.post(where, {**sent, f"item{items[2].pk}-value": "na"}).status_code == 302
    made = HealthCheck.objects.get()
    told = client.get(reverse("grids:health_list")).content.decode()
    assert f"{made.points_reached}/{made.points_possible}" in told and "文庙社区" not in told
    assert "墙角" in client.get(reverse("grids:health_seen", args=[made.pk])).content.decode()


def test_the_list_shows_the_newest_check_of_the_whole_community(streets, action):
    today = timezone.localdate()
    new = check(streets, action)
    check(streets, action, ("no",), ("no",), ("yes",), day=today - datetime.timedelta(days=3))
    check(streets, action, ("no",), ("no",), ("yes",), point=streets.point)
    assert health.latest([action], streets.official) == {(streets.a.pk, action.pk): new}
    assert health.latest([action], streets.secretary_b) == {}


def test_the_api_checks_through_the_verb(streets, action):
    client = APIClient()
    client.force_login(streets.secretary_a)
    answers = [{"item": item.pk, "value": "yes"} for item in action.checklist.items.all()]
    body = {
        "community": streets.a.pk,
        "action": action.pk,
        "day": str(timezone.localdate()),
        "answers": answers,
    }
    made = client.post("/api/v1/health-checks/", body)
    assert made.status_code == 201, made.content
    assert (made.json()["points_reached"], len(made.json()["answers"])) == (30, 3)
    assert client.post("/api/v1/health-checks/", {**body, "answers": answers[:2]}).status_code == 409
    assert client.post("/api/v1/health-checks/", {**body, "community": streets.b.pk}).status_code in (
        400,
        409,
    )
