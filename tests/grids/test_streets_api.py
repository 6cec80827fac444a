"""The API of the streets: the same verbs, the same scope, and 4xx for whatever is wrong."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from grids.models import Answer, Case
from grids.workflow import State

RESOURCES = [
    "zones",
    "points",
    "patrols",
    "case-categories",
    "cases",
    "merchants",
    "frontage-items",
    "visits",
]


def sender(user: Any) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


@pytest.mark.parametrize("name", RESOURCES)
def test_every_resource_is_read_by_who_is_signed_in_alone(scene, name):
    assert sender(scene.official).get(f"/api/v1/{name}/").status_code == 200
    assert APIClient().get(f"/api/v1/{name}/").status_code == 403


def test_a_case_is_moved_by_its_number_and_only_within_reach(scene):
    address = f"/api/v1/cases/{scene.case.code}/moves/"
    for user in (scene.secretary_b, scene.official_far):
        assert sender(user).post(address, {"move": "file"}).status_code == 404
    assert (
        sender(scene.official).post(address, {"move": "dispatch", "unit": scene.unit_far.pk}).status_code
        == 400
    )
    assert sender(scene.official).post(address, {"move": "nonsense"}).status_code == 400
    assert sender(scene.official).post(address, {"move": "verify"}).status_code == 409
    told = sender(scene.official).post(address, {"move": "dispatch", "unit": scene.unit_a.pk})
    assert told.status_code == 200 and told.data["state"] == State.DISPATCHED
    assert told.data["phone"] == "120****5678" and "12012345678" not in told.content.decode()


def test_a_case_is_entered_in_reach_alone_and_once(scene):
    key = "5f6d8f56-0000-4000-8000-000000000001"
    given = {"community": scene.a.pk, "category": scene.litter.pk, "description": "电话反映", "form_key": key}
    for _time in range(2):
        assert sender(scene.secretary_a).post("/api/v1/cases/", given).status_code == 201
    assert Case.objects.filter(description="电话反映").count() == 1
    foreign = given | {"community": scene.far.pk, "form_key": "5f6d8f56-0000-4000-8000-000000000002"}
    assert sender(scene.secretary_a).post("/api/v1/cases/", foreign).status_code == 400


def test_an_answer_through_the_api_opens_a_case(scene):
    address = f"/api/v1/patrols/{scene.patrol.pk}/answers/"
    given = {"point": scene.point.pk, "item": scene.clean.pk, "value": "no", "note": "果皮"}
    assert sender(scene.patroller_b).post(address, given).status_code == 404
    assert sender(scene.patroller).post(address, given | {"value": "maybe"}).status_code == 400
    told = sender(scene.patroller).post(address, given)
    assert told.status_code == 200 and Answer.objects.get().case_id == told.data["case"]
    assert sender(scene.patroller).post(f"/api/v1/patrols/{scene.patrol.pk}/finish/").status_code == 409


def test_a_shop_is_checked_published_and_decided_on_through_the_api(scene):
    address = f"/api/v1/merchants/{scene.shop.pk}/"
    said = [{"item": item.pk, "value": "no"} for item in scene.items]
    assert (
        sender(scene.liaison_a).post(address + "inspections/", {"answers": said}, "json").status_code == 403
    )
    assert (
        sender(scene.official_far).post(address + "inspections/", {"answers": said}, "json").status_code
        == 404
    )
    assert (
        sender(scene.patroller).post(address + "inspections/", {"answers": said[:1]}, "json").status_code
        == 409
    )
    told = sender(scene.patroller).post(address + "inspections/", {"answers": said}, "json")
    assert told.status_code == 200 and told.data["latest_status"] == "unfulfilled"
    assert "phone" not in told.data and "owner" not in told.data
    assert sender(scene.secretary_a).post(address + "appeals/", {"text": "已清理"}).status_code == 200
    upheld = {"upheld": True, "reason": "属实"}
    assert sender(scene.secretary_a).post(address + "decision/", upheld).status_code == 409
    assert sender(scene.official).post(address + "decision/", upheld).data["latest_status"] is None
    assert sender(scene.official).post(address + "decision/", upheld).status_code == 404
    hidden = sender(scene.official).post(address + "publication/", {"shown": False, "because": "歇业"})
    assert hidden.data["is_public"] is False
    assert sender(scene.secretary_a).post(address + "pledges/", {}).status_code == 409  # no text in force yet
