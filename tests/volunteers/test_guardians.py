"""Minors: a guardian agrees first, and a child under 14 never comes alone."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from campaign.errors import Refused
from campaign.models import Message
from tests.volunteers import scene
from tests.volunteers.pages import browser, with_account
from volunteers import guardians, my_data, signups, together
from volunteers.models import Guardianship, Signup, Volunteer

Verdict = signups.Verdict


def parent_and_child(cast: SimpleNamespace, age: int = 9) -> tuple[Volunteer, Volunteer]:
    parent = with_account(cast, scene.volunteer(cast))
    year = timezone.localdate().year - age
    return parent, guardians.add_child(parent, name="演示小朋友", birth_year=year, relation="parent")


def minor(cast: SimpleNamespace, age: int = 16) -> Volunteer:
    return scene.volunteer(cast, birth_year=timezone.localdate().year - age)


def test_a_minor_without_a_guardians_consent_is_refused_through_every_hand(cast: SimpleNamespace) -> None:
    young, position = minor(cast), scene.position(cast)
    assert signups.verdict(position, young) == Verdict.GUARDIAN
    with pytest.raises(Refused) as refusal:
        signups.join(position, young, by=cast.secretary_a)
    assert refusal.value.code == "guardian"
    paper = {"name": "演示家长", "phone": "12700008888", "relation": "parent"}
    first = guardians.agreed_on_paper(young, by=cast.secretary_a, **paper)
    assert guardians.agreed_on_paper(young, by=cast.secretary_a, **paper) == first
    assert signups.verdict(position, young) == Verdict.FREE
    other = guardians.agreed_on_paper(young, by=cast.secretary_a, **{**paper, "name": "演示家长乙"})
    assert young.guardianships.count() == 2
    assert young.guardianships.get(withdrawn_at=None) == other


@pytest.mark.parametrize(("age", "verdict"), [(18, Verdict.GUARDIAN), (19, Verdict.FREE)])
def test_who_may_not_have_had_the_birthday_counts_as_younger(
    cast: SimpleNamespace, age: int, verdict: Verdict
) -> None:
    position = scene.position(cast)
    year = position.activity.day.year - age
    assert signups.verdict(position, scene.volunteer(cast, birth_year=year)) == verdict


def test_paper_alone_does_not_let_a_child_come_alone(cast: SimpleNamespace) -> None:
    child, position = minor(cast, 13), scene.position(cast)
    guardians.agreed_on_paper(
        child, by=cast.official, name="演示家长", phone="12700008888", relation="parent"
    )
    assert signups.verdict(position, child) == Verdict.ALONE


def test_a_child_comes_with_the_parent_and_leaves_with_the_parent(cast: SimpleNamespace) -> None:
    parent, child = parent_and_child(cast)
    position = scene.position(cast, 3)
    with pytest.raises(Refused) as refusal:
        signups.join(position, child, by=parent.user)
    assert refusal.value.code == "alone"
    mine = signups.join(position, parent, by=parent.user)
    (brought,) = together.join(position, [child], by=parent.user)
    assert brought.signup.state == Signup.State.CONFIRMED
    signups.leave(mine, by=parent.user)
    assert set(Signup.objects.values_list("state", flat=True)) == {Signup.State.LEFT}
    assert scene.wounds(position) == []


def test_a_parent_who_waits_for_a_place_brings_no_child(cast: SimpleNamespace) -> None:
    parent, child = parent_and_child(cast)
    position = scene.position(cast, 1)
    signups.join(position, scene.volunteer(cast))
    assert signups.join(position, parent).state == Signup.State.WAITING
    assert signups.verdict(position, child) == Verdict.ALONE


def test_what_concerns_the_child_is_told_to_the_parent(cast: SimpleNamespace) -> None:
    from volunteers import activities

    parent, child = parent_and_child(cast)
    position = scene.position(cast, 3)
    for one in (parent, child):
        signups.join(position, one)
    before = Message.objects.filter(recipient=parent.user).count()
    activities.cancel(position.activity, "暴雨")
    assert Message.objects.filter(recipient=parent.user).count() - before == 2
    assert (child.masked_phone, child.has_phone) == ("", False)


def test_entered_twice_is_entered_once_and_only_children(cast: SimpleNamespace) -> None:
    parent, child = parent_and_child(cast)
    assert (
        guardians.add_child(parent, name=" 演示小朋友 ", birth_year=child.birth_year, relation="parent")
        == child
    )
    for year in (timezone.localdate().year - 19, timezone.localdate().year + 1):
        with pytest.raises(Refused):
            guardians.add_child(parent, name="演示大人", birth_year=year, relation="parent")
    with pytest.raises(Refused):
        guardians.add_child(
            with_account(cast, scene.volunteer(cast), agreed=False),
            name="演示小朋友", birth_year=2018, relation="parent",
        )  # fmt: skip


def test_nobody_answers_for_the_children_of_others(cast: SimpleNamespace) -> None:
    parent, child = parent_and_child(cast)
    position = scene.position(cast, 3)
    signups.join(position, parent)
    stranger = with_account(cast, scene.volunteer(cast))
    with pytest.raises(Refused):
        signups.join(position, child, by=stranger.user)
    with pytest.raises(Refused):
        guardians.agreed_on_paper(
            child, by=cast.secretary_b, name="甲", phone="12700008888", relation="other"
        )
    assert not Volunteer.objects.visible_to(stranger.user).filter(pk=child.pk).exists()
    assert not Guardianship.objects.visible_to(stranger.user).exists()


def test_a_guardian_whose_data_is_deleted_answers_for_nobody_any_more(cast: SimpleNamespace) -> None:
    parent, child = parent_and_child(cast)
    my_data.erase(parent)
    assert signups.verdict(scene.position(cast), child) == Verdict.GUARDIAN


def posted(name: str, year: int) -> dict[str, Any]:
    return {"name": name, "birth_year": year, "relation": "parent", "agree": "on"}


def test_the_family_page(cast: SimpleNamespace) -> None:
    parent = with_account(cast, scene.volunteer(cast))
    client, page = browser(parent.user), reverse("volunteers:family")
    year = timezone.localdate().year - 10
    assert client.post(page, {**posted("演示小朋友", year), "agree": ""}).status_code == 400
    assert client.post(page, posted("演示小朋友", year - 30)).status_code == 409
    assert client.post(page, posted("演示小朋友", year)).status_code == 302
    assert "演示小朋友" in client.get(page).content.decode()
    position = scene.position(cast, 3)
    signups.join(position, parent)
    colleagues = reverse("volunteers:activity_colleagues", args=[position.activity_id])
    child = Volunteer.objects.get(name="演示小朋友")
    client.post(colleagues, {"position": position.pk, "people": [child.pk]})
    assert child.signups.get().state == Signup.State.CONFIRMED


def test_the_page_of_the_consent_on_paper(cast: SimpleNamespace) -> None:
    young = minor(cast)
    page = reverse("volunteers:paper_consent", args=[young.pk])
    typed = {"name": "演示家长", "phone": "12700008888", "relation": "parent"}
    assert browser(cast.secretary_b).get(page).status_code == 404
    assert browser(cast.secretary_a).post(page, {**typed, "phone": young.phone}).status_code == 409
    assert browser(cast.secretary_a).post(page, typed).status_code == 302
    assert young.guardianships.get().entered_by == cast.secretary_a


def test_a_guardian_takes_the_consent_back_and_the_childs_data_goes(cast: SimpleNamespace) -> None:
    parent, child = parent_and_child(cast)
    position = scene.position(cast, 3)
    for one in (parent, child):
        signups.join(position, one)
    client, signup = browser(parent.user), child.signups.get()
    other = browser(with_account(cast, scene.volunteer(cast)).user)
    for name, row in (("child_leave", signup), ("child_go", child)):
        assert other.post(reverse(f"volunteers:{name}", args=[row.pk])).status_code == 404
    assert "清扫街面" in client.get(reverse("volunteers:family")).content.decode()
    client.post(reverse("volunteers:child_leave", args=[signup.pk]))
    signup.refresh_from_db()
    assert signup.state == Signup.State.LEFT
    client.post(reverse("volunteers:child_go", args=[child.pk]))
    child.refresh_from_db()
    assert (child.name, child.birth_year) == (child.number, None)
    assert not child.guardianships.filter(withdrawn_at=None).exists()
    assert parent.signups.get().state == Signup.State.CONFIRMED
