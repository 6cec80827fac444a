"""The map and its list: the same things, bounded, scoped, in the system in which the map is drawn."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from campaign import maps, registry
from campaign.coordinates import metres_between
from grids.models import Point, Zone

SQUARE = {"type": "Polygon", "coordinates": [[[102.7, 25.0], [102.8, 25.0], [102.8, 25.1], [102.7, 25.0]]]}


def client_of(user):
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def layer(user, name="points", **asked):
    return client_of(user).get(reverse("campaign:map_layer", args=[name]), asked)


@pytest.fixture
def placed(scene):
    Point.objects.filter(pk=scene.points[0].pk).update(longitude=Decimal("102.71"), latitude=Decimal("25.04"))
    Zone.objects.filter(pk=scene.zone.pk).update(boundary=SQUARE)
    return scene


def test_a_layer_is_geojson_of_what_has_a_place(placed):
    told = layer(placed.official).json()
    assert (told["type"], told["total"], told["cut"], told["system"]) == (
        "FeatureCollection",
        1,
        False,
        "wgs84",
    )
    (one,) = told["features"]
    assert one["geometry"] == {"type": "Point", "coordinates": [102.71, 25.04]}
    assert one["properties"]["title"] == "头道巷"
    assert [zone["geometry"]["type"] for zone in layer(placed.official, "zones").json()["features"]] == [
        "Polygon"
    ]


def test_the_list_says_what_the_map_draws_without_a_script(placed):
    page = client_of(placed.official).get(reverse("campaign:map")).content.decode()
    assert "头道巷" in page and "庆云街" not in page and "1 more has no position" in page
    for name in ("cases", "shops", "zones"):
        assert client_of(placed.official).get(reverse("campaign:map"), {"layer": name}).status_code == 200


@pytest.mark.parametrize("name", ["points", "cases", "shops", "zones"])
def test_nobody_sees_a_layer_of_another_street(placed, name):
    assert layer(placed.official_far, name).json()["total"] == 0
    assert Client().get(reverse("campaign:map_layer", args=[name])).status_code == 302
    assert layer(placed.stranger, name).status_code == 403


def test_a_layer_that_is_not_for_the_person_is_not_there(placed):
    assert layer(placed.liaison_a, "shops").status_code == 404
    assert layer(placed.official, "nothing").status_code == 404


def test_cases_on_the_map_are_the_readers_own(placed):
    for case in (placed.case, placed.case_b):
        type(case).objects.filter(pk=case.pk).update(longitude=Decimal("102.71"), latitude=Decimal("25.04"))
    assert layer(placed.official, "cases").json()["total"] == 2
    assert [one["id"] for one in layer(placed.secretary_a, "cases").json()["features"]] == [placed.case.pk]


def test_a_large_set_is_cut_and_says_so(placed, monkeypatch):
    Point.objects.update(longitude=Decimal("102.71"), latitude=Decimal("25.04"))
    monkeypatch.setattr(maps, "MOST", 1)
    told = layer(placed.official).json()
    assert (len(told["features"]), told["total"], told["cut"]) == (1, 2, True)
    page = client_of(placed.official).get(reverse("campaign:map")).content.decode()
    assert "The first 1 are listed" in page


@pytest.mark.parametrize(
    ("box", "found"), [("102.7,25,102.8,25.1", 1), ("103,25,104,26", 0), ("-999,-999,999,999", 1)]
)
def test_a_box_narrows_what_is_told(placed, box, found):
    assert layer(placed.official, box=box).json()["total"] == found


@pytest.mark.parametrize(
    "box", ["x", "1,2,3", "1,2,3,4,5", "9,9,1,1", "nan,nan,nan,nan", "1e999,0,1,1", "," * 50]
)
def test_no_box_is_a_sentence(placed, box):
    assert layer(placed.official, box=box).status_code == 400
    assert layer(placed.official, community="987654").status_code == 400
    assert layer(placed.official, community=str(placed.far.pk)).status_code == 400


def test_tiles_in_another_system_move_the_things_and_say_by_how_much(placed, settings):
    settings.MAP_SYSTEM, settings.MAP_TILES = "gcj02", "https://tiles.example.cn/{z}/{x}/{y}.png"
    told = layer(placed.official).json()
    (one,) = told["features"]
    assert 300 < metres_between(one["geometry"]["coordinates"], (102.71, 25.04)) < 800
    west, south = one["geometry"]["coordinates"]
    near = f"{west - 0.001},{south - 0.001},{west + 0.001},{south + 0.001}"
    assert layer(placed.official, box=near).json()["total"] == 1
    page = client_of(placed.official).get(reverse("campaign:map"))
    assert "10 m beside the tiles" in page.content.decode()
    assert "img-src 'self' https://tiles.example.cn" in page["Content-Security-Policy"]
    assert "tiles.example.cn" not in client_of(placed.official).get("/cases/")["Content-Security-Policy"]


@pytest.mark.parametrize(
    "boundary",
    [{}, [], "x", {"type": "Polygon"}, {"type": "Polygon", "coordinates": []}, {"type": "Polygon", "coordinates": [[["a", 1]]]},
     {"type": "Point", "coordinates": [1, 2]}, {"type": "Polygon", "coordinates": [[[999, 999]]]}],
)  # fmt: skip
def test_a_boundary_that_is_none_is_left_out(placed, boundary):
    Zone.objects.filter(pk=placed.zone.pk).update(boundary=boundary)
    answer = layer(placed.official, "zones")
    assert answer.status_code == 200
    assert [one["geometry"] for one in answer.json()["features"]] == [None]


def test_layers_are_found_by_file_name(placed):
    names = [one.name for one in registry.layers_for(placed.official)]
    assert names == ["points", "cases", "shops", "zones"]
