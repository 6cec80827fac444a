"""The admin of the streets: every list and form opens, shows no other street, and moves nothing by hand."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from grids import patrols
from grids.models import Case, Patrol, PatrolPlan

OURS = sorted(model._meta.model_name for model in admin.site._registry if model._meta.app_label == "grids")


@pytest.mark.parametrize("name", OURS)
def test_every_list_opens_for_an_official(scene, name):
    scene.official.is_staff = True
    scene.official.save()
    client = Client()
    client.force_login(scene.official)
    shown = client.get(reverse(f"admin:grids_{name}_changelist"))
    assert shown.status_code == 200 and "远方" not in shown.content.decode()


def test_a_case_is_looked_at_but_not_changed(scene):
    scene.official.is_staff = True
    scene.official.save()
    client = Client()
    client.force_login(scene.official)
    address = reverse("admin:grids_case_change", args=[scene.case.pk])
    assert client.get(address).status_code == 200
    assert "12012345678" not in client.get(address).content.decode()
    assert client.post(address, {"state": "closed"}).status_code == 403
    assert Case.objects.get(pk=scene.case.pk).state == "received"


def test_a_plan_shows_the_slots_to_come(scene):
    model_admin = admin.site._registry[PatrolPlan]
    patrols.schedule()
    assert scene.patroller.name in model_admin.coming(scene.plan)
    assert not admin.site._registry[Patrol].changes
