"""A rehearsal shows field by field what a run would change, and writes nothing."""

from __future__ import annotations

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import helpers
from ckanext.harvest.model import HarvestJob, HarvestObject
from ckanext.opengov.harvest.model import HarvestNotice, HarvestRecord, HarvestRun

from tests.harvest.portal import SIMPLE, datasets, harvest, moments, open_office

pytestmark = pytest.mark.usefixtures("clean_portal")
HEAD = "code,name,about\n"
THREE = HEAD + "1,Schools,Where they are\n2,Hospitals,\n3,Libraries,And their books\n"
TABLES = (model.Package, HarvestJob, HarvestObject, HarvestRecord, HarvestRun, HarvestNotice)


def stored() -> list[int]:
    return [model.Session.query(table).count() for table in TABLES]


def rehearse(office, **data):
    before, written = stored(), moments()
    answer = office.call("harvest_source_rehearse", **data)
    assert (stored(), moments()) == (before, written)
    return answer


def test_before_it_is_saved_a_source_shows_what_would_come(registry):
    office = open_office()
    url = registry.put("/list.csv", THREE + ",No key,\n")
    answer = rehearse(office, url=url, source_type="opengov_registry", config=SIMPLE, owner_org=office.agency["id"])
    assert answer["problem"] is None
    assert answer["counts"]["new"] == 3
    assert answer["columns"] == ["code", "name", "about"]
    first = answer["rows"][0]
    assert (first["status"], first["key"], first["place"]) == ("new", "1", 2)
    assert {"field": "title", "before": "", "after": "Schools"} in first["changes"]
    assert {"field": "owner_org", "before": "", "after": office.agency["name"]} in first["changes"]
    assert [(row["place"], row["field"]) for row in answer["bad_rows"]] == [(5, "code")]


def test_a_saved_source_shows_only_the_fields_that_would_change(registry):
    office = open_office()
    source = office.source(registry.put("/list.csv", THREE))
    harvest(source)
    registry.put("/list.csv", HEAD + "1,Schools,Moved\n2,Hospitals,\n4,Parks,\n")
    answer = rehearse(office, id=source["id"])
    rows = {row["key"]: row for row in answer["rows"]}
    assert {key: row["status"] for key, row in rows.items()} == {"1": "changed", "3": "vanished", "4": "new"}
    assert rows["1"]["changes"] == [{"field": "notes", "before": "Where they are", "after": "Moved"}]
    assert rows["3"]["title"] == "Libraries"
    assert answer["counts"]["unchanged"] == 1
    assert datasets()["Schools"].notes == "Where they are"


def test_what_a_rehearsal_says_is_what_the_run_does(registry):
    office = open_office()
    source = office.source(registry.put("/list.csv", THREE))
    harvest(source)
    registry.put("/list.csv", HEAD + "1,All schools,Where they are\n2,Hospitals,\n")
    said = rehearse(office, id=source["id"])["counts"]
    done = harvest(source).changes
    assert (said["new"], said["changed"], said["vanished"]) == (0, done["updated"], done["deleted"])


def test_a_list_that_did_not_change_would_change_nothing(registry):
    office = open_office()
    source = office.source(registry.put("/list.csv", THREE))
    harvest(source)
    answer = rehearse(office, id=source["id"])
    assert answer["counts"] == {"unchanged": 3}
    assert answer["rows"] == []


def test_a_changed_mapping_can_be_rehearsed_before_it_is_saved(registry):
    office = open_office()
    source = office.source(registry.put("/list.csv", THREE))
    harvest(source)
    answer = rehearse(office, id=source["id"], config=SIMPLE.replace("about", "name"))
    changes = next(row["changes"] for row in answer["rows"] if row["key"] == "1")
    assert changes == [{"field": "notes", "before": "Where they are", "after": "Schools"}]


def test_a_row_that_the_target_would_refuse_is_told(registry):
    office = open_office()
    source = office.source(
        registry.put("/list.csv", HEAD + "1,Schools,EDUC\n2,Parks,GREEN\n"),
        "key: code\nfields:\n  title: name\n  category: about\n",
    )
    rows = {row["key"]: row for row in rehearse(office, id=source["id"])["rows"]}
    assert rows["1"]["refused"] == []
    assert len(rows["2"]["refused"]) == 1
    assert "category" in rows["2"]["refused"][0]


def test_rows_come_in_pages(registry):
    office = open_office()
    body = HEAD + "".join(f"{number},Set {number},\n" for number in range(120))
    source = office.source(registry.put("/list.csv", body))
    first = rehearse(office, id=source["id"], limit=1000)
    assert (len(first["rows"]), first["total"]) == (50, 120)
    last = rehearse(office, id=source["id"], offset=100)
    assert [row["key"] for row in last["rows"]][:2] == ["100", "101"]
    assert len(last["rows"]) == 20


def test_why_a_run_would_do_nothing_is_told(registry):
    office = open_office()
    source = office.source(registry.put("/list.csv", THREE))
    harvest(source)
    registry.put("/list.csv", "<html>", status=200)
    answer = rehearse(office, id=source["id"])
    assert (answer["kind"], answer["rows"]) == ("unreadable", [])
    assert "web page" in answer["problem"]


def test_a_mapping_with_mistakes_is_refused_in_the_rehearsal_too(registry):
    office = open_office()
    with pytest.raises(tk.ValidationError) as caught:
        office.call(
            "harvest_source_rehearse", url=registry.address, source_type="opengov_registry", config="key: x",
            owner_org=office.agency["id"],
        )  # fmt: skip
    assert "config" in caught.value.error_dict


def test_the_catalogues_of_others_can_t_be_rehearsed(registry):
    office = open_office()
    source = office.source("https://example.org/catalogue.rdf", "", "dcat_rdf")
    with pytest.raises(tk.ValidationError):
        helpers.call_action("harvest_source_rehearse", id=source["id"])
