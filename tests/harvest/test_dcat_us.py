"""A ``data.json`` feeds data sets; a faulty entry is told by its place and costs no other."""

from __future__ import annotations

import json

import pytest
from ckan.tests import helpers

from tests.harvest.conftest import FILES
from tests.harvest.portal import datasets, found_titles, harvest, moments, open_office

pytestmark = pytest.mark.usefixtures("clean_portal")
KIND = "opengov_dcat_us"


def make(office, registry):
    return office.source(registry.put_file("/data.json", "data.json"), "", KIND)


def test_good_entries_go_in_and_faulty_ones_are_told(registry):
    office = open_office()
    source = make(office, registry)
    run = harvest(source)
    assert run.job.status == "Finished"
    assert run.changes == {"added": 2}
    assert found_titles() == {"Air of the capital", "Air of the other cities"}
    report = office.call("harvest_source_report", id=source["id"])
    assert [(row["place"], row["field"]) for row in report["bad_rows"]] == [
        (2, "identifier"),
        (3, "title"),
        (4, ""),
        (5, "accessLevel"),
        (7, "identifier"),
    ]


def test_an_entry_s_fields_find_their_places(registry):
    office = open_office()
    harvest(make(office, registry))
    made = helpers.call_action("package_show", id=datasets()["Air of the capital"].id)
    assert made["notes"] == "Measured every hour"
    assert {tag["name"] for tag in made["tags"]} == {"air", "health", "smog dust"}
    assert made["license_id"] == "cc-zero"
    assert (made["contact_name"], made["contact_email"]) == ("Office of the Environment", "air@example.org")
    assert made["modified"] == "2026-01-31"
    assert made["owner_org"] == office.agency["id"]
    assert [(found["url"], found["format"]) for found in made["resources"]] == [
        ("https://data.example.org/air.csv", "CSV")
    ]


def test_a_second_run_writes_nothing(registry):
    source = make(open_office(), registry)
    harvest(source)
    before = moments()
    run = harvest(source)
    assert run.objects == {}
    assert moments() == before


def test_a_changed_entry_is_changed_and_no_other(registry):
    source = make(open_office(), registry)
    harvest(source)
    body = (FILES / "data.json").read_text().replace("Measured every hour", "Measured every minute")
    registry.put("/data.json", body)
    assert harvest(source).objects == {"AIR-1": "updated"}


def test_an_entry_is_withdrawn_when_it_is_gone_and_every_key_can_be_read(registry):
    entries = [{"identifier": f"E-{number}", "title": f"Entry {number}"} for number in range(4)]
    source = open_office().source(registry.put("/data.json", json.dumps(entries)), "", KIND)
    harvest(source)
    registry.put("/data.json", json.dumps(entries[1:]))
    assert harvest(source).changes == {"deleted": 1}
    assert found_titles() == {"Entry 1", "Entry 2", "Entry 3"}


def test_entries_that_are_gone_are_kept_when_the_source_says_so(registry):
    entries = [{"identifier": f"E-{number}", "title": f"Entry {number}"} for number in range(4)]
    source = open_office().source(registry.put("/data.json", json.dumps(entries)), '{"vanished": "keep"}', KIND)
    harvest(source)
    registry.put("/data.json", json.dumps(entries[1:]))
    assert harvest(source).objects == {}


@pytest.mark.parametrize("body", ["{", "[]", '{"dataset": []}', '{"other": 1}', "<html>", '{"dataset": {"a": 1}}'])
def test_rubbish_changes_nothing(registry, body):
    source = make(open_office(), registry)
    harvest(source)
    before = moments()
    registry.put("/data.json", body)
    run = harvest(source)
    assert run.objects == {}
    assert len(run.gather_errors) == 1
    assert moments() == before
