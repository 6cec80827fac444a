"""A photo's file comes and goes with its row: what is undone leaves no file behind."""

import uuid
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from campaign import photos
from campaign.errors import Refused
from grids import cases
from grids.models import Answer, Case, CasePhoto
from tests.grids.conftest import photo


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def files(settings) -> int:
    return sum(path.is_file() for path in Path(settings.MEDIA_ROOT).rglob("*"))


def opened(streets, **given) -> Case:
    return cases.open(
        committee=streets.huguo,
        community=streets.a,
        category=streets.litter,
        description="路边有垃圾",
        source="resident",
        photo=photo(),
        **given,
    )


def test_what_is_committed_keeps_its_file(streets, settings):
    case = opened(streets)
    assert files(settings) == 1
    assert case.photos.get().file.read()


def test_a_case_that_fails_after_its_photo_leaves_no_file(streets, settings, monkeypatch):
    monkeypatch.setattr(cases.routing, "route", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        cases.open(
            committee=streets.huguo,
            community=streets.a,
            category=streets.litter,
            description="路边有垃圾",
            source="patrol",
            photo=photo(),
        )
    assert not Case.objects.exists()
    assert files(settings) == 0


def test_a_move_that_fails_after_its_photo_leaves_no_file(scene, settings, monkeypatch):
    monkeypatch.setattr(cases.writing, "make", lambda *_args, **_more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        cases.move(scene.case, "file", by=scene.zone_leader, photo=photo())
    assert not CasePhoto.objects.exists()
    assert files(settings) == 0


def test_the_photos_of_a_point_go_when_a_later_standard_is_refused(scene, settings):
    from django.test import Client

    browser = Client()
    browser.force_login(scene.patroller)
    where = reverse("grids:point_check", args=[scene.patrol.pk, scene.point.pk])
    first, second = f"item{scene.clean.pk}", f"item{scene.whole.pk}"
    sent = {
        f"{first}-value": "no",
        f"{first}-photo": photo(),
        f"{second}-value": "no",
    }  # its photo is missing
    assert browser.post(where, sent).status_code == 409
    assert not Answer.objects.exists()
    assert files(settings) == 0


def test_what_an_inner_transaction_stored_goes_when_the_outer_one_is_undone(streets, settings):
    with pytest.raises(Refused), photos.together():
        opened(streets)
        assert files(settings) == 1
        raise Refused("")
    assert files(settings) == 0


def test_a_transaction_that_is_undone_without_an_error_leaves_no_file(streets, settings):
    with photos.together():
        opened(streets)
        transaction.set_rollback(True)
    assert not Case.objects.exists()
    assert files(settings) == 0


def test_only_the_part_that_is_undone_loses_its_file(streets, settings):
    with photos.together():
        case = opened(streets, form_key=uuid.uuid4())
        with pytest.raises(IntegrityError), photos.together():
            kept = case.photos.get()
            photos.keep(CasePhoto(case=case, stage=kept.stage, digest=kept.digest, file=photos.accept(photo("blue")),
                                  taken_at=kept.taken_at))  # fmt: skip
    assert files(settings) == 1
    assert case.photos.get().file.read()
