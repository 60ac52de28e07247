"""Reference data: the authorised body says which tables it is; an address is found in one call."""

from __future__ import annotations

import io

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories, helpers
from ckanext.opengov.civic.roles import Role

from tests.data import ground

pytestmark = pytest.mark.usefixtures("clean_portal")

PLACES = """rka,parent,kind,name_kk,name_ru
10000001,,republic,Қазақстан,Казахстан
10000002,10000001,city,Астана қаласы,город Астана
10000003,10000002,district,Көктем ауданы,район Коктем
10000004,10000001,city,Алматы қаласы,город Алматы
"""
STREETS = """rka,place,kind,name_kk,name_ru
20000001,10000003,street,Бейбітшілік көшесі,улица Мира
20000002,10000004,street,Бейбітшілік көшесі,улица Мира
20000003,10000003,street,Гүлдер көшесі,улица Цветочная
"""
BUILDINGS = """rka,street,number,postcode,location
30000001,20000001,8,010000,"71.43, 51.13"
30000002,20000002,8,050000,
30000003,20000003,8/1,010001,
"""
PARENT = {"streets": ("place", "places"), "buildings": ("street", "streets")}


def table(agency, name, content):
    fields = [{"name": one} for one in content.split("\n", 1)[0].split(",")]
    if name == "buildings":
        fields[-1]["type"] = "geopoint"
    schema = {"fields": fields, "primaryKey": fields[0]["name"]}
    if name in PARENT:
        field, target = PARENT[name]
        schema["foreignKeys"] = [{"fields": field, "reference": {"resource": f"address-{target}", "fields": "rka"}}]
    order = {"agency": agency["id"], "external_id": name, "name": f"address-{name}"}
    titles = {"title_translated": {"kk": f"Тізілім {name}", "ru": f"Регистр {name}"}}
    made = helpers.call_action("data_dataset_register", **order, **titles, schema=schema)["resource_id"]
    helpers.call_action("data_push", resource_id=made, upload=io.BytesIO(content.encode()))
    return made


def found(query):
    return [(one["rka"], one["kind"]) for one in helpers.call_action("address_resolve", q=query)["results"]]


def test_the_address_register_answers_in_one_call(app, agency):
    assert "Порталда мекенжай тізілімі" in app.get("/reference?q=Астана").body
    parts = {"places": PLACES, "streets": STREETS, "buildings": BUILDINGS}
    made = {name: table(agency, name, content) for name, content in parts.items()}
    codes = table(agency, "measures", "code,name_kk,name_ru\n796,дана,штука\n")
    approver = ground.officer(agency["id"], Role.LIST_APPROVER)
    with pytest.raises(tk.NotAuthorized):
        ground.act("data_reference_assign", factories.User()["name"], resource_id=codes, role="codes")
    with pytest.raises(tk.ValidationError) as raised:
        ground.act("data_reference_assign", approver, resource_id=codes, role="streets")
    assert "rka, place, kind" in raised.value.error_dict["role"][0]
    for name, resource_id in {**made, "codes": codes}.items():
        ground.act("data_reference_assign", approver, resource_id=resource_id, role=name)
    listed = helpers.call_action("data_reference_list")
    assert [one["role"] for one in listed] == ["places", "streets", "buildings", "codes"]
    assert listed[3]["labels"] == {"kk": "name_kk", "ru": "name_ru"}

    whole = helpers.call_action("address_resolve", q="30000001")["results"][0]
    assert whole["address"]["ru"] == "Казахстан, город Астана, район Коктем, улица Мира, 8"
    assert ([one["rka"] for one in whole["places"]], whole["street"]["rka"]) == (
        ["10000001", "10000002", "10000003"],
        "20000001",
    )
    assert (whole["location"], whole["postcode"]) == ([71.43, 51.13], "010000")
    for query, wanted in {
        "Астана, ул. Мира, 8": [("30000001", "building")],
        "г. Алматы, Бейбітшілік к-сі 8": [("30000002", "building")],
        "Көктем ауданы, Гулдер көшесі, 8/1": [("30000003", "building")],
        "улица Мира": [("20000001", "street"), ("20000002", "street")],
        "Астана, улица Мира, 77": [("20000001", "street")],
        "20000003": [("20000003", "street")],
        "Алматы": [("10000004", "place")],
        "нигде такого нет, 5": [],
    }.items():
        assert found(query) == wanted, query
    page = app.get("/ru/reference", query_string={"q": "Астана, Мира 8"}).body
    assert "улица Мира, 8" in page
    assert "address-measures.code" in page
