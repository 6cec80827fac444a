"""The own data: seen, corrected, taken along, the consent taken back, deleted."""

import io
from types import SimpleNamespace

import openpyxl
import pytest
from django.urls import reverse

from campaign.errors import Refused
from tests.volunteers import scene
from tests.volunteers.pages import browser, with_account
from volunteers import hours, my_data, people, signups
from volunteers.models import Consent, HourEntry, Signup, Volunteer


def someone(cast: SimpleNamespace) -> Volunteer:
    return with_account(cast, scene.volunteer(cast))


def test_a_new_notice_asks_again(cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    volunteer = someone(cast)
    position = scene.position(cast)
    monkeypatch.setattr(people, "NOTICE_VERSION", "2027-01")
    assert signups.verdict(position, volunteer, by=volunteer.user) == signups.Verdict.CONSENT
    page = browser(volunteer.user).get(reverse("volunteers:me"))
    assert reverse("volunteers:my_data_agree") in page.content.decode()
    browser(volunteer.user).post(reverse("volunteers:my_data_agree"))
    assert signups.verdict(position, volunteer, by=volunteer.user) == signups.Verdict.FREE
    assert volunteer.consents.count() == 2


def test_a_consent_taken_back_leaves_what_is_to_come_and_stays_on_record(
    cast: SimpleNamespace, at_once: None
) -> None:
    volunteer, next_one = someone(cast), scene.volunteer(cast)
    position = scene.position(cast, 1)
    mine = signups.join(position, volunteer)
    theirs = signups.join(position, next_one)
    browser(volunteer.user).post(reverse("volunteers:my_data_withdraw"))
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.state, theirs.state) == (Signup.State.LEFT, Signup.State.CONFIRMED)
    assert not people.has_consented(volunteer)
    people.agree(volunteer)
    people.agree(volunteer)
    assert Consent.objects.filter(volunteer=volunteer).count() == 2
    assert Consent.objects.filter(volunteer=volunteer, withdrawn_at=None).count() == 1


def test_name_and_community_are_corrected(cast: SimpleNamespace) -> None:
    volunteer = someone(cast)
    answer = browser(volunteer.user).post(
        reverse("volunteers:my_data"), {"name": " 演示新名 ", "community": cast.b.pk}
    )
    assert answer.status_code == 302
    volunteer.refresh_from_db()
    assert (volunteer.name, volunteer.community, volunteer.user.name) == ("演示新名", cast.b, "演示新名")
    answer = browser(volunteer.user).post(
        reverse("volunteers:my_data"), {"name": "演示", "community": cast.far.pk}
    )
    assert answer.status_code == 400
    with pytest.raises(Refused):
        my_data.correct(volunteer, name="演示", community=cast.far)


def test_all_that_is_kept_is_taken_along(cast: SimpleNamespace) -> None:
    volunteer = someone(cast)
    scene.entry(volunteer, 90, what="擦洗护栏")
    scene.entry(scene.volunteer(cast), 60, what="别人的服务")
    signups.join(scene.position(cast), volunteer)
    client = browser(volunteer.user)
    told = client.get(reverse("volunteers:my_data_export", args=["json"]))
    assert "擦洗护栏" in told.content.decode()
    assert "别人的服务" not in told.content.decode()
    assert volunteer.phone in told.content.decode()
    assert "no-store" in told.headers["Cache-Control"]
    sheet = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("volunteers:my_data_export", args=["xlsx"])).content)
    ).active
    values = {str(row[3].value) for row in sheet.iter_rows(min_row=2)}
    assert {"擦洗护栏", "90", "清扫街面", volunteer.phone} <= values
    assert client.get(reverse("volunteers:my_data_export", args=["pdf"])).status_code == 404


def test_deleted_data_is_gone_and_the_hours_stay(cast: SimpleNamespace) -> None:
    volunteer = someone(cast)
    name, phone, account = volunteer.name, volunteer.phone, volunteer.user
    login = account.phone
    scene.entry(volunteer, 90)
    client, page = browser(account), reverse("volunteers:my_data_erase")
    assert client.post(page, {"sure": ""}).status_code == 400
    assert client.post(page, {"sure": "on"}).status_code == 302
    assert client.get(reverse("volunteers:me")).status_code == 302  # to the sign-in
    volunteer.refresh_from_db()
    account.refresh_from_db()
    said = f"{vars(volunteer)} {vars(account)}"
    assert name not in said.replace(volunteer.number, "")
    assert phone not in said
    assert login not in said
    assert (volunteer.masked_phone, volunteer.user, account.is_active) == ("", None, False)
    assert volunteer.left_on
    assert not people.has_consented(volunteer)
    assert hours.total_minutes(volunteer) == 90
    assert HourEntry.objects.count() == 1
    erased_at = volunteer.erased_at
    assert my_data.erase(volunteer).erased_at == erased_at


def test_who_works_here_keeps_the_account(cast: SimpleNamespace) -> None:
    volunteer = scene.volunteer(cast, user=cast.team_leader)
    my_data.erase(volunteer)
    cast.team_leader.refresh_from_db()
    assert cast.team_leader.is_active
    assert cast.team_leader.name == "演示队长"


def test_who_deleted_the_data_may_come_back_as_somebody_new(cast: SimpleNamespace) -> None:
    volunteer = someone(cast)
    phone = volunteer.phone
    my_data.erase(volunteer)
    again = people.register_with_account(committee=cast.huguo, community=cast.a, name="演示新人", phone=phone)
    assert again != volunteer
