"""Certificates: the ledger's hours, noticed, issued once, and found out when anything is altered."""

import datetime
import time
import uuid
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from campaign.errors import Refused
from tests.processes import Outcome, together
from tests.volunteers import scene
from volunteers import certificates
from volunteers.models import Certificate, HourEntry, Issuer, Volunteer

SITE = "https://portal.example/"
FIRST, LAST = datetime.date(2020, 1, 1), datetime.date(2020, 12, 31)
NOTICED = datetime.date(2020, 12, 1)
AFTER = NOTICED + timedelta(days=8)


@pytest.fixture
def volunteer(cast: SimpleNamespace) -> Volunteer:
    person = scene.volunteer(cast, user=cast.stranger)
    scene.entry(person, 120)
    scene.entry(person, 90, datetime.date(2020, 11, 6), "文明交通劝导")
    return person


def asked(cast: SimpleNamespace, volunteer: Volunteer, **more: Any) -> Certificate:
    given = {"issuer": scene.issuer(cast), "first_day": FIRST, "last_day": LAST, "by": volunteer.user}
    return certificates.request(volunteer, **{**given, **more})


def issued(cast: SimpleNamespace, volunteer: Volunteer, day: datetime.date = AFTER) -> Certificate:
    noticed = certificates.put_on_notice(asked(cast, volunteer), by=cast.secretary_a, day=NOTICED)
    return certificates.issue(noticed, by=cast.official, site=SITE, day=day)


# --- From the request to the register ----------------------------------------------------------------
def test_the_whole_way(cast: SimpleNamespace, volunteer: Volunteer) -> None:
    certificate = issued(cast, volunteer)
    assert (certificate.state, certificate.serial, certificate.minutes, certificate.times) == (
        "issued",
        "2020-0001",
        210,
        2,
    )
    services = [(row["what"], row["minutes"]) for row in certificate.contents["services"]]
    assert services == [("清扫街面", 120), ("文明交通劝导", 90)]
    assert bytes(certificate.pdf).startswith(b"%PDF") and certificates.is_intact(certificate)
    again = certificates.issue(certificate, by=cast.official, site=SITE, day=AFTER)
    assert (again.serial, Certificate.objects.count()) == ("2020-0001", 1)


def test_the_register_counts_on_within_a_year_and_begins_anew_in_the_next(
    cast: SimpleNamespace, volunteer: Volunteer
) -> None:
    days = (AFTER, AFTER, datetime.date(2021, 1, 4))
    assert [issued(cast, volunteer, day).serial for day in days] == ["2020-0001", "2020-0002", "2021-0001"]


def test_hours_are_the_ledgers_corrections_included(cast: SimpleNamespace, volunteer: Volunteer) -> None:
    scene.correct(HourEntry.objects.get(minutes=120), -30, cast)
    assert (asked(cast, volunteer).minutes, asked(cast, volunteer).times) == (180, 2)


def test_a_correction_during_the_notice_asks_for_a_new_notice(
    cast: SimpleNamespace, volunteer: Volunteer
) -> None:
    noticed = certificates.put_on_notice(asked(cast, volunteer), by=cast.secretary_a, day=NOTICED)
    scene.correct(HourEntry.objects.get(minutes=120), -30, cast)
    with pytest.raises(Refused) as refusal:
        certificates.issue(noticed, by=cast.official, site=SITE, day=AFTER)
    assert refusal.value.code == "changed"
    anew = certificates.put_on_notice(noticed, by=cast.secretary_a, day=AFTER)
    assert (anew.minutes, anew.notice_until) == (180, AFTER + timedelta(days=7))


@pytest.mark.parametrize("days", [0, 7])
def test_nothing_is_issued_before_the_notice_has_ended(
    cast: SimpleNamespace, volunteer: Volunteer, days: int
) -> None:
    noticed = certificates.put_on_notice(asked(cast, volunteer), by=cast.secretary_a, day=NOTICED)
    with pytest.raises(Refused) as refusal:
        certificates.issue(noticed, by=cast.official, site=SITE, day=NOTICED + timedelta(days=days))
    assert refusal.value.code == "notice"


def test_a_second_person_issues_and_nobody_the_own(cast: SimpleNamespace, volunteer: Volunteer) -> None:
    by_the_counter = asked(cast, volunteer, by=cast.secretary_a)
    noticed = certificates.put_on_notice(by_the_counter, by=cast.secretary_a, day=NOTICED)
    with pytest.raises(Refused) as refusal:
        certificates.issue(noticed, by=cast.secretary_a, site=SITE, day=AFTER)
    assert refusal.value.code == "second_person"
    Volunteer.objects.filter(pk=volunteer.pk).update(user=cast.official)
    with pytest.raises(Refused) as refusal:
        certificates.issue(noticed, by=cast.official, site=SITE, day=AFTER)
    assert refusal.value.code == "own"


def test_who_may_ask_and_who_may_certify(cast: SimpleNamespace, volunteer: Volunteer) -> None:
    for stranger in (cast.secretary_b, cast.team_leader, cast.official_far, None):
        with pytest.raises(Refused) as refusal:
            asked(cast, volunteer, by=stranger)
        assert refusal.value.code == "role"
    for foreign in (
        {"community": cast.b},
        {"until": FIRST},
        {"committee": cast.other, "community": cast.far},
    ):
        with pytest.raises(Refused) as refusal:
            asked(cast, volunteer, issuer=scene.issuer(cast, **foreign))
        assert refusal.value.code == "issuer"


def test_a_street_office_is_no_issuer(cast: SimpleNamespace) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        scene.issuer(cast, kind="street_office")


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (LAST, FIRST, "days"),
        (FIRST, datetime.date(2999, 1, 1), "days"),
        (datetime.date(2019, 1, 1), datetime.date(2019, 2, 1), "no_hours"),
    ],
)
def test_days_without_hours_or_sense_are_refused(
    cast: SimpleNamespace, volunteer: Volunteer, first: datetime.date, last: datetime.date, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        asked(cast, volunteer, first_day=first, last_day=last)
    assert refusal.value.code == code


def test_the_same_form_twice_is_one_request_and_no_other_persons(
    cast: SimpleNamespace, volunteer: Volunteer
) -> None:
    key, issuer = uuid.uuid4(), scene.issuer(cast)
    first = asked(cast, volunteer, form_key=key, issuer=issuer)
    assert asked(cast, volunteer, form_key=key, issuer=issuer) == first
    other = scene.volunteer(cast)
    scene.entry(other, 60)
    with pytest.raises(Refused) as refusal:
        asked(cast, other, form_key=key, issuer=issuer, by=cast.secretary_a)
    assert refusal.value.code == "form_key"


def test_of_an_identity_number_the_last_four_signs_are_kept(
    cast: SimpleNamespace, volunteer: Volunteer
) -> None:
    certificate = asked(cast, volunteer, document="000000 20000101 123x")
    assert certificate.document == "****123X"


def test_refusing_and_revoking_need_a_reason_and_keep_the_number(
    cast: SimpleNamespace, volunteer: Volunteer
) -> None:
    with pytest.raises(Refused):
        certificates.refuse(asked(cast, volunteer), by=cast.secretary_a, note=" ")
    assert certificates.refuse(asked(cast, volunteer), by=cast.secretary_a, note="重复").state == "refused"
    revoked = certificates.revoke(issued(cast, volunteer), by=cast.official, note="时长有误")
    assert (revoked.state, revoked.serial) == ("revoked", "2020-0001")
    with pytest.raises(Refused):
        certificates.revoke(revoked, by=cast.official, note="再次")


# --- Altered ----------------------------------------------------------------------------------------
def test_every_byte_of_the_paper_counts(cast: SimpleNamespace, volunteer: Volunteer) -> None:
    certificate = issued(cast, volunteer)
    paper = bytes(certificate.pdf)
    assert certificates.is_the_paper(certificate, paper)
    for place in range(len(paper)):
        altered = paper[:place] + bytes([paper[place] ^ 1]) + paper[place + 1 :]
        assert not certificates.is_the_paper(certificate, altered), place
    assert not certificates.is_the_paper(certificate, paper + b"\n")
    assert not certificates.is_the_paper(certificate, paper[:-1])


@pytest.mark.parametrize(
    "change",
    [
        {"minutes": 2100},
        {"pdf": b"%PDF-another"},
        {"number": 7},
        {"contents": {"name": "别人"}},
        {"seal": "0" * 64},
    ],
)
def test_an_altered_entry_of_the_register_breaks_its_seal(
    cast: SimpleNamespace, volunteer: Volunteer, change: dict[str, Any], client: Client
) -> None:
    certificate = issued(cast, volunteer)
    Certificate.objects.filter(pk=certificate.pk).update(**change)
    assert not certificates.is_intact(Certificate.objects.get(pk=certificate.pk))
    page = client.get(reverse("volunteers:certificate_check", args=[certificate.code]))
    assert page.status_code == 200 and not page.context["intact"]


def test_a_seal_holds_after_the_secret_was_changed(cast, volunteer, settings) -> None:
    certificate = issued(cast, volunteer)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-for-this-test-only-000000000000000000"
    assert certificates.is_intact(certificate)
    settings.SECRET_KEY_FALLBACKS = []
    assert not certificates.is_intact(certificate)


def test_what_is_on_the_paper_stays_when_names_change(cast: SimpleNamespace, volunteer: Volunteer) -> None:
    certificate = issued(cast, volunteer)
    Volunteer.objects.filter(pk=volunteer.pk).update(name="演示改名")
    Issuer.objects.update(name="演示改名的机构")
    found = Certificate.objects.get(pk=certificate.pk)
    assert certificates.is_intact(found) and found.contents["name"] == volunteer.name


# --- The check page ---------------------------------------------------------------------------------
def test_anybody_checks_and_sees_the_masked_name_and_the_ledger(
    cast: SimpleNamespace, volunteer: Volunteer, client: Client
) -> None:
    certificate = issued(cast, volunteer)
    address = reverse("volunteers:certificate_check", args=[certificate.code])
    typed = " ".join(certificate.code[n : n + 4] for n in range(0, 16, 4)).lower()
    assert client.get(reverse("volunteers:certificate_find"), {"code": typed}).url == address
    page = client.get(address)
    text = page.content.decode()
    assert volunteer.name not in text and volunteer.phone not in text
    assert page.context["name"] == f"{volunteer.name[0]}{'*' * (len(volunteer.name) - 1)}"
    assert (page.context["ledger_minutes"], page.context["intact"]) == (210, True)
    scene.correct(HourEntry.objects.get(minutes=120), -30, cast)
    assert client.get(address).context["ledger_minutes"] == 180
    same = SimpleUploadedFile("a.pdf", bytes(certificate.pdf), "application/pdf")
    other = SimpleUploadedFile("a.pdf", bytes(certificate.pdf)[:-1] + b"x", "application/pdf")
    assert client.post(address, {"paper": same}).context["same"] is True
    assert client.post(address, {"paper": other}).context["same"] is False
    assert client.post(address, {}).status_code == 400


def test_a_code_altered_by_one_sign_is_nobodys(cast, volunteer, client) -> None:
    certificate = issued(cast, volunteer)
    for place in range(16):
        sign = "2" if certificate.code[place] != "2" else "3"
        altered = certificate.code[:place] + sign + certificate.code[place + 1 :]
        assert client.get(reverse("volunteers:certificate_check", args=[altered])).status_code == 404
    assert client.get(reverse("volunteers:certificate_find"), {"code": "ABCD"}).status_code == 400


def test_what_is_not_issued_cannot_be_checked(cast, volunteer, client) -> None:
    certificate = asked(cast, volunteer)
    assert client.get(reverse("volunteers:certificate_check", args=[certificate.code])).status_code == 404


# --- The pages --------------------------------------------------------------------------------------
def test_a_volunteer_asks_and_the_community_issues(
    cast: SimpleNamespace, volunteer: Volunteer, client: Client
) -> None:
    issuer = scene.issuer(cast)
    client.force_login(volunteer.user)
    form = {"first_day": FIRST, "last_day": LAST, "issuer": issuer.pk, "form_key": uuid.uuid4()}
    answer = client.post(reverse("volunteers:certificate_request"), form)
    certificate = Certificate.objects.get()
    detail = reverse("volunteers:certificate_detail", args=[certificate.pk])
    assert answer.url == detail and client.get(detail).status_code == 200

    def decide(move: str, **said: str) -> int:
        address = reverse("volunteers:certificate_decide", args=[certificate.pk, move])
        return client.post(address, said).status_code

    assert decide("notice") == 403  # the volunteer decides nothing
    client.force_login(cast.secretary_b)
    assert decide("notice") == 404
    client.force_login(cast.secretary_a)
    assert [decide("issue"), decide("notice"), decide("issue"), decide("refuse"), decide("praise")] == [
        409, 302, 409, 400, 404,
    ]  # fmt: skip
    Certificate.objects.update(notice_until=timezone.localdate() - timedelta(days=1))
    assert decide("issue") == 302
    paper = client.get(reverse("volunteers:certificate_paper", args=[certificate.pk]))
    assert (paper["Content-Type"], paper.content[:4]) == ("application/pdf", b"%PDF")
    assert decide("revoke", note="重复出具") == 302


def test_the_yearly_record_names_service_training_and_honours(cast, volunteer, client) -> None:
    from volunteers import records
    from volunteers.models import Commendation, Training

    day = datetime.date(2020, 10, 1)
    records.enter(
        Training(volunteer=volunteer, day=day, content="急救常识", organiser="演示机构", minutes=60),
        by=cast.secretary_a,
    )
    records.enter(
        Commendation(volunteer=volunteer, day=day, title="优秀志愿者", given_by="演示社区"), by=cast.official
    )
    client.force_login(volunteer.user)
    page = client.get(reverse("volunteers:own_record", args=[2020])).content.decode()
    assert all(word in page for word in ("清扫街面", "急救常识", "优秀志愿者", "3.5"))
    assert "清扫街面" not in client.get(reverse("volunteers:own_record", args=[2019])).content.decode()
    for stranger in (cast.secretary_b, cast.stranger):
        with pytest.raises(Refused):
            records.enter(
                Commendation(volunteer=volunteer, day=day, title="荣誉", given_by="甲"), by=stranger
            )


def test_through_the_api_the_same_verbs(cast: SimpleNamespace, volunteer: Volunteer) -> None:
    api, issuer = APIClient(), scene.issuer(cast)
    api.force_login(volunteer.user)
    body = {"volunteer": volunteer.pk, "issuer": issuer.pk, "first_day": FIRST, "last_day": LAST}
    assert api.post("/api/v1/certificates/", body, format="json").status_code == 403  # the page is for them
    api.force_login(cast.secretary_a)
    made = api.post("/api/v1/certificates/", body, format="json")
    assert (made.status_code, made.data["minutes"], made.data["state"]) == (201, 210, "requested")
    here = f"/api/v1/certificates/{made.data['id']}"
    assert api.post(f"{here}/notice/").data["state"] == "noticed"
    assert api.post(f"{here}/issue/").status_code == 409
    assert api.post(f"{here}/refuse/", {}).status_code == 400
    assert api.post(f"{here}/refuse/", {"note": "重复申请"}).data["state"] == "refused"
    line = {"volunteer": volunteer.pk, "day": FIRST, "title": "优秀志愿者", "given_by": "演示社区"}
    assert [api.post("/api/v1/commendations/", line).status_code for _twice in range(2)] == [201, 400]


# --- Many at once -----------------------------------------------------------------------------------
def issue_at_once(cast: SimpleNamespace, volunteer: Volunteer) -> list[Outcome]:
    """Four certificates, each issued by two officials at the same moment."""
    asked_for = [asked(cast, volunteer) for _ in range(4)]
    rows = [certificates.put_on_notice(row, by=cast.secretary_a, day=NOTICED).pk for row in asked_for]

    def issue(index: int) -> str:
        certificate = Certificate.objects.get(pk=rows[index // 2])
        return certificates.issue(certificate, by=cast.official, site=SITE, day=AFTER).serial

    return together(8, issue)


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_officials_who_issue_at_once_leave_no_gap_and_no_number_twice(cast, volunteer) -> None:
    outcomes = issue_at_once(cast, volunteer)
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    serials = Counter(outcome.value for outcome in outcomes)
    assert serials == {f"2020-{number:04d}": 2 for number in range(1, 5)}


@pytest.mark.processes
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_on_the_register_a_number_is_drawn_twice(cast, volunteer, monkeypatch) -> None:
    """Control: the database's own rule then refuses the second, and its official is turned away for nothing."""

    def drawn_by_looking(committee: int, year: int) -> int:
        taken = Certificate.objects.filter(committee=committee, year=year).count()
        time.sleep(0.5)
        return taken + 1

    monkeypatch.setattr(certificates, "_next_number", drawn_by_looking)
    # One person's certificates are issued one after the other: the control wants several people.
    monkeypatch.setattr(certificates.hours, "lock", lambda pk: Volunteer.objects.get(pk=pk))
    assert any(outcome.error for outcome in issue_at_once(cast, volunteer))
