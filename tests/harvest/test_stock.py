"""The harvesters of other projects work here, and are held to the portal's rules."""

from __future__ import annotations

import json
from typing import Any

import ckan.model as model
import pytest
from ckan.tests import factories, helpers

from tests.harvest.conftest import FILES, Registry
from tests.harvest.portal import datasets, found_titles, harvest, moments, open_office

pytestmark = pytest.mark.usefixtures("clean_portal")
CATALOGUE = ("Water of the rivers", "Roads under repair", "Trees of the city")
RDF = "application/rdf+xml"
JSON_LD = "application/ld+json"


def rdf_source(office, registry):
    return office.source(registry.put_file("/catalogue.rdf", "catalogue.rdf", RDF), "", "dcat_rdf")


def test_a_dcat_catalogue_goes_in_whole(registry):
    office = open_office()
    run = harvest(rdf_source(office, registry))
    assert run.gather_errors + run.object_errors == []
    assert run.changes == {"added": 3}
    assert found_titles() == set(CATALOGUE)
    water = helpers.call_action("package_show", id=datasets()["Water of the rivers"].id)
    assert {tag["name"] for tag in water["tags"]} == {"water", "rivers"}
    assert water["owner_org"] == office.agency["id"]
    assert [found["url"] for found in water["resources"]] == ["https://catalogue.example.org/set/water.csv"]


def test_a_second_run_of_a_dcat_catalogue_writes_nothing(registry):
    source = rdf_source(open_office(), registry)
    harvest(source)
    before = moments()
    run = harvest(source)
    assert run.changes == {"not modified": 3}
    assert moments() == before
    assert harvest(source).changes == {"not modified": 3}


def test_a_changed_entry_of_a_dcat_catalogue_is_changed_alone(registry):
    source = rdf_source(open_office(), registry)
    harvest(source)
    before = moments()
    body = (FILES / "catalogue.rdf").read_text().replace("Levels by day", "Levels by hour")
    registry.put("/catalogue.rdf", body, RDF)
    assert harvest(source).changes == {"updated": 1, "not modified": 2}
    water = datasets()["Water of the rivers"]
    assert water.notes == "Levels by hour"
    assert {key for key, moment in moments().items() if before[key] != moment} == {water.id}


def test_an_entry_that_left_a_dcat_catalogue_is_withdrawn_and_comes_back_the_same(registry):
    source = rdf_source(open_office(), registry)
    harvest(source)
    trees = datasets()["Trees of the city"].id
    whole = (FILES / "catalogue.rdf").read_text()
    parts = whole.split("<dcat:dataset>")
    registry.put("/catalogue.rdf", "<dcat:dataset>".join(parts[:3]) + "</dcat:Catalog></rdf:RDF>", RDF)
    assert harvest(source).changes == {"not modified": 2, "deleted": 1}
    assert "Trees of the city" not in found_titles()
    registry.put("/catalogue.rdf", whole, RDF)
    harvest(source)
    assert found_titles() == set(CATALOGUE)
    assert datasets()["Trees of the city"].id == trees


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>Sorry</html>",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF>',
    ],
)
def test_a_dcat_source_that_gives_rubbish_loses_nothing(registry, body):
    source = rdf_source(open_office(), registry)
    harvest(source)
    before = moments()
    registry.put("/catalogue.rdf", body, RDF)
    assert harvest(source).job.status == "Finished"
    assert found_titles() == set(CATALOGUE)
    assert moments() == before


def test_a_catalogue_in_pages_is_followed_to_its_end(registry):
    registry.put_file("/page-2.jsonld", "page-2.jsonld", JSON_LD)
    address = registry.put_file("/page-1.jsonld", "page-1.jsonld", JSON_LD)
    source = open_office().source(address, "", "dcat_rdf")
    run = harvest(source)
    assert run.gather_errors + run.object_errors == []
    assert found_titles() == {"First page, first set", "First page, second set", "Second page, only set"}
    before = moments()
    harvest(source)
    assert moments() == before


def test_a_catalogue_whose_second_page_fails_changes_nothing(registry):
    office = open_office()
    source = office.source(registry.put_file("/page-1.jsonld", "page-1.jsonld", JSON_LD), "", "dcat_rdf")
    run = harvest(source)
    assert run.job.status == "Finished"
    assert "404" in run.gather_errors[0]
    assert run.objects == {}
    assert datasets() == {}
    assert [notice["kind"] for notice in office.call("harvest_source_report", id=source["id"])["notices"]] == [
        "trouble"
    ]


def test_a_catalogue_that_lost_most_of_its_entries_loses_none_here(registry):
    source = rdf_source(open_office(), registry)
    harvest(source)
    parts = (FILES / "catalogue.rdf").read_text().split("<dcat:dataset>")
    registry.put("/catalogue.rdf", "<dcat:dataset>".join(parts[:2]) + "</dcat:Catalog></rdf:RDF>", RDF)
    assert "2 of 3 entries are missing" in harvest(source).gather_errors[0]
    assert found_titles() == set(CATALOGUE)


def test_a_catalogue_whose_next_page_is_inside_does_not_get_there(registry):
    page = (FILES / "page-1.jsonld").read_text().replace("http://HERE", "http://localhost:9")
    source = open_office().source(registry.put("/page-1.jsonld", page, JSON_LD), "", "dcat_rdf")
    assert any("localhost" in message for message in harvest(source).gather_errors)


def test_a_catalogue_does_not_overwrite_what_another_source_made(registry):
    harvest(rdf_source(open_office(), registry))
    body = (FILES / "catalogue.rdf").read_text().replace("Levels by day", "Poisoned")
    stranger = open_office().source(registry.put("/other.rdf", body, RDF), "", "dcat_rdf", name="other")
    run = harvest(stranger)
    assert len(run.object_errors) == 3
    assert datasets()["Water of the rivers"].notes == "Levels by day"


def ckan_portal(registry: Registry, *packages: dict[str, Any]) -> str:
    """Another CKAN, as far as its search goes."""
    answer = {"success": True, "result": {"count": len(packages), "results": list(packages)}}
    registry.put("/api/3/action/package_search", json.dumps(answer))
    return registry.address


def remote(**values: Any) -> dict[str, Any]:
    return {
        "id": "5f7b9a52-0f4e-4b2e-8d3c-6f2b4f5a7c11",
        "name": "remote-set",
        "title": "A set of another portal",
        "notes": "As it was",
        "type": "dataset",
        "metadata_modified": "2026-01-31T10:00:00",
        "resources": [{"id": "8a6c1b57-7f0a-4c8f-9a53-0f7d2a0c1e77", "url": "https://example.org/x.csv", "name": "x"}],
        "tags": [{"name": "water"}],
        "extras": [],
        **values,
    }


def test_data_sets_of_another_ckan_go_in_and_other_types_are_not_asked_for(registry):
    office = open_office()
    source = office.source(ckan_portal(registry, remote()), "", "ckan")
    run = harvest(source)
    assert run.gather_errors + run.object_errors == []
    assert run.changes == {"added": 1}
    made = helpers.call_action("package_show", id="remote-set")
    assert (made["title"], made["owner_org"]) == ("A set of another portal", office.agency["id"])
    assert all("dataset_type%3Adataset" in path for path in registry.asked)


def test_an_unchanged_data_set_of_another_ckan_is_not_written_again(registry):
    source = open_office().source(ckan_portal(registry, remote()), "", "ckan")
    harvest(source)
    before = moments()
    assert harvest(source).changes in ({"not modified": 1}, {})
    assert moments() == before


def test_a_changed_data_set_of_another_ckan_is_changed(registry):
    source = open_office().source(ckan_portal(registry, remote()), "", "ckan")
    harvest(source)
    ckan_portal(registry, remote(notes="As it is", metadata_modified="2099-01-31T10:00:00"))
    harvest(source)
    assert helpers.call_action("package_show", id="remote-set")["notes"] == "As it is"


def test_another_ckan_can_t_overwrite_a_data_set_by_claiming_its_id(registry):
    own = factories.Dataset(owner_org=open_office().agency["id"], notes="Ours")
    claim = remote(id=own["id"], notes="Poisoned", metadata_modified="2099-01-31T10:00:00")
    source = open_office().source(ckan_portal(registry, claim), "", "ckan")
    run = harvest(source)
    assert len(run.object_errors) == 1
    assert model.Package.get(own["id"]).notes == "Ours"


def test_another_ckan_can_t_write_for_an_agency_that_is_not_the_source_s(registry):
    stranger = open_office(name="stranger")
    source = open_office().source(
        ckan_portal(registry, remote(owner_org="stranger")), '{"remote_orgs": "only_local"}', "ckan"
    )
    run = harvest(source)
    assert len(run.object_errors) == 1
    assert datasets() == {}
    assert stranger.agency["name"] == "stranger"


@pytest.mark.parametrize("body", ["", "<html>", "[]", '{"success": false}'])
def test_a_ckan_that_gives_rubbish_changes_nothing(registry, body):
    source = open_office().source(ckan_portal(registry, remote()), "", "ckan")
    harvest(source)
    before = moments()
    registry.put("/api/3/action/package_search", body)
    assert harvest(source).job.status == "Finished"
    assert moments() == before


def test_a_ckan_that_redirects_inside_is_not_followed(registry):
    registry.put("/api/3/action/package_search", "", status=302, Location="http://localhost:9/")
    run = harvest(open_office().source(registry.address, "", "ckan"))
    assert "Unable to search remote CKAN" in run.gather_errors[0]
