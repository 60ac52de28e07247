"""A registry whose rows fill one table: whole at each run, by the same push as any system's."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import helpers

from tests.harvest.portal import harvest, open_office

pytestmark = pytest.mark.usefixtures("clean_portal")

MAPPING = """\
table: address-streets
title: {kk: Көшелер, ru: Улицы}
key: rka
fields:
  rka: code
  name_ru: name
  length: metres
types: {length: integer}
"""
LIST = "code,name,metres\n1,Абая,100\n2,Сатпаева,200\n3,Кунаева,\n"


def rows_of():
    package = helpers.call_action("package_show", id="address-streets")
    resource_id = package["resources"][0]["id"]
    found = helpers.call_action("datastore_search", resource_id=resource_id, sort="rka")["records"]
    return {one["rka"]: one["length"] for one in found}


def test_the_table_is_made_and_follows_the_list(registry):
    office = open_office()
    source = office.source(registry.put("/list.csv", LIST), MAPPING)
    run = harvest(source)
    assert (run.job.status, run.gather_errors) == ("Finished", [])
    assert rows_of() == {"1": 100, "2": 200, "3": None}
    registry.put("/list.csv", "code,name,metres\n1,Абая,150\n2,Сатпаева,200\n4,Новая,7\n")
    harvest(source)
    assert rows_of() == {"1": 150, "2": 200, "4": 7}
    assert helpers.call_action("package_show", id="address-streets")["owner_org"] == office.agency["id"]
    with pytest.raises(tk.ValidationError) as raised:
        office.source(registry.address, MAPPING.replace("key: rka", "key: code"), name="another")
    assert "“code” is not known here" in str(raised.value.error_dict["config"])


def test_a_wrong_row_or_a_list_that_lost_most_rows_changes_nothing_and_is_told(registry):
    source = open_office().source(registry.put("/list.csv", LIST), MAPPING)
    harvest(source)
    registry.put("/list.csv", LIST.replace("200", "two"))
    assert "no whole number" in harvest(source).gather_errors[0]
    registry.put("/list.csv", "code,name,metres\n1,Абая,100\n")
    assert "2 of 3 entries are missing" in harvest(source).gather_errors[0]
    assert rows_of() == {"1": 100, "2": 200, "3": None}
