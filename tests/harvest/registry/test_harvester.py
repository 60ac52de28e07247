"""A registry feeds data sets: what is new goes in, what changed is changed, what is gone is withdrawn, nothing else."""

from __future__ import annotations

import io
import json

import ckan.model as model
import openpyxl
import pytest
from ckan.tests import factories, helpers
from ckanext.harvest import queue
from ckanext.harvest.model import HarvestObject
from ckanext.opengov.harvest.model import HarvestNotice, HarvestRecord

from tests.harvest.portal import SIMPLE, datasets, found_titles, harvest, moments, open_office

pytestmark = pytest.mark.usefixtures("clean_portal")
HEAD = "code,name,about\n"
THREE = HEAD + "1,Schools,Where they are\n2,Hospitals,\n3,Libraries,And their books\n"


KNOWN_NAMES = "{from: name, values: {Schools: S, Hospitals: H, Libraries: L}}"


def notices(source) -> list[tuple[str, bool]]:
    rows = model.Session.query(HarvestNotice).filter_by(source_id=source["id"]).order_by(HarvestNotice.created_at)
    return [(row.kind, row.closed_at is None) for row in rows]


def test_every_row_becomes_a_data_set_that_visitors_find(registry):
    office = open_office()
    source = office.source(registry.put("/list.csv", THREE))
    run = harvest(source)
    assert run.job.status == "Finished"
    assert run.changes == {"added": 3}
    assert found_titles() == {"Schools", "Hospitals", "Libraries"}
    schools = helpers.call_action("package_show", id=datasets()["Schools"].name)
    assert schools["notes"] == "Where they are"
    assert schools["owner_org"] == office.agency["id"]


def test_a_second_run_without_changes_writes_nothing_and_makes_no_objects(registry):
    source = open_office().source(registry.put("/list.csv", THREE))
    harvest(source)
    before = moments()
    run = harvest(source)
    assert run.job.status == "Finished"
    assert run.objects == {}
    assert run.gather_errors == []
    assert moments() == before


def test_a_list_in_another_order_and_spacing_is_no_change(registry):
    source = open_office().source(registry.put("/list.csv", THREE))
    harvest(source)
    before = moments()
    registry.put("/list.csv", HEAD + "3, Libraries ,And their books\n1,Schools,Where they are\n2,Hospitals,\n\n")
    assert harvest(source).objects == {}
    assert moments() == before


def test_a_changed_row_changes_its_data_set_alone(registry):
    source = open_office().source(registry.put("/list.csv", THREE))
    harvest(source)
    before, schools = moments(), datasets()["Schools"]
    helpers.call_action("package_patch", id=schools.id, license_id="odc-odbl")
    registry.put("/list.csv", THREE.replace("Where they are", ""))
    run = harvest(source)
    assert run.objects == {"1": "updated"}
    after = helpers.call_action("package_show", id=schools.id)
    assert not after["notes"]
    assert after["license_id"] == "odc-odbl"
    assert after["name"] == schools.name
    assert {key for key, moment in moments().items() if before[key] != moment} == {schools.id}


def test_what_harvesting_knows_of_a_package_is_not_written_into_it(registry):
    source = open_office().source(registry.put("/list.csv", THREE))
    harvest(source)
    registry.put("/list.csv", THREE.replace("Schools", "All schools"))
    harvest(source)
    assert "harvest_object_id" not in (datasets()["All schools"].extras or {})


def test_a_row_that_is_gone_is_withdrawn_and_comes_back_as_the_same_data_set(registry):
    source = open_office().source(registry.put("/list.csv", THREE))
    harvest(source)
    hospitals = datasets()["Hospitals"].id
    registry.put("/list.csv", THREE.replace("2,Hospitals,\n", ""))
    run = harvest(source)
    assert run.objects == {"2": "deleted"}
    assert found_titles() == {"Schools", "Libraries"}
    assert harvest(source).objects == {}
    registry.put("/list.csv", THREE)
    run = harvest(source)
    assert run.job.status == "Finished"
    assert list(run.objects) == ["2"]
    assert datasets()["Hospitals"].id == hospitals
    assert found_titles() == {"Schools", "Hospitals", "Libraries"}


def test_a_row_that_is_gone_stays_when_the_source_keeps(registry):
    source = open_office().source(registry.put("/list.csv", THREE), SIMPLE + "vanished: keep\n")
    harvest(source)
    registry.put("/list.csv", THREE.replace("2,Hospitals,\n", ""))
    assert harvest(source).objects == {}
    assert "Hospitals" in found_titles()


def test_a_data_set_that_an_officer_deleted_stays_deleted_when_its_row_changes(registry):
    office = open_office()
    source = office.source(registry.put("/list.csv", THREE))
    harvest(source)
    office.call("package_delete", id=datasets()["Schools"].id)
    registry.put("/list.csv", THREE.replace("Where they are", "Moved"))
    harvest(source)
    assert found_titles() == {"Hospitals", "Libraries"}


def test_a_bad_row_is_reported_with_line_and_reason_while_the_rest_goes_in(registry):
    office = open_office()
    mapping = "key: code\nfields:\n  title: name\n  category: {from: about, values: {Schooling: EDUC}}\n"
    body = HEAD + "1,Schools,Schooling\n,No key,Schooling\n3,Parks,Green\n4,Too,many,values\n5,Colleges,Schooling\n"
    source = office.source(registry.put("/list.csv", body), mapping)
    run = harvest(source)
    assert run.job.status == "Finished"
    assert found_titles() == {"Schools", "Colleges"}
    report = office.call("harvest_source_report", id=source["id"])
    assert [(row["place"], row["field"]) for row in report["bad_rows"]] == [(3, "code"), (4, "about"), (5, "")]
    assert "Green" in report["bad_rows"][1]["reason"]
    assert "row 3, code" in run.gather_errors[0]
    assert report["runs"][0]["counts"] == {
        "new": 2, "changed": 0, "withdrawn": 0, "bad": 3, "unchanged": 0, "held": 0
    }  # fmt: skip


def test_a_row_that_the_rules_of_the_target_refuse_is_reported_and_tried_again(registry):
    office = open_office()
    mapping = "key: code\nfields:\n  title: name\n  category: about\n"
    source = office.source(registry.put("/list.csv", HEAD + "1,Schools,EDUC\n2,Parks,GREEN\n"), mapping)
    run = harvest(source)
    assert run.objects == {"1": "added", "2": "errored"}
    assert run.job.status == "Finished"
    report = office.call("harvest_source_report", id=source["id"])
    assert [(row["place"], row["field"], row["key"]) for row in report["bad_rows"]] == [(3, "category", "2")]
    registry.put("/list.csv", HEAD + "1,Schools,EDUC\n2,Parks,ENVI\n")
    assert harvest(source).objects == {"2": "added"}
    assert found_titles() == {"Schools", "Parks"}


def test_a_refused_row_is_tried_again_even_when_the_list_is_the_same(registry):
    source = open_office().source(
        registry.put("/list.csv", HEAD + "1,Schools,GREEN\n2,Parks,ENVI\n"),
        "key: code\nfields:\n  title: name\n  category: about\n",
    )
    harvest(source)
    assert harvest(source).objects == {"1": "errored"}


def test_a_known_row_that_turned_bad_keeps_its_data_set(registry):
    source = open_office().source(
        registry.put("/list.csv", THREE),
        SIMPLE.replace("name", KNOWN_NAMES),
    )
    harvest(source)
    registry.put("/list.csv", THREE.replace("Hospitals", "?"))
    run = harvest(source)
    assert run.objects == {}
    assert len(run.gather_errors) == 1
    assert found_titles() == {"S", "H", "L"}


def test_while_a_row_has_no_key_no_other_row_counts_as_gone(registry):
    source = open_office().source(registry.put("/list.csv", THREE))
    harvest(source)
    registry.put("/list.csv", THREE.replace("2,Hospitals", ",Hospitals"))
    assert harvest(source).objects == {}
    assert "Hospitals" in found_titles()


@pytest.mark.parametrize(
    ("body", "status", "kind", "reason"),
    [
        ("down for repair", 503, "down", "error 503"),
        ("", 200, "empty", "empty file"),
        (HEAD, 200, "empty", "no rows"),
        ("<html>Sorry</html>", 200, "unreadable", "web page"),
        (HEAD + "1,Schools,Where they are\n", 200, "vanished", "2 of 3 entries are missing"),
        ("code,name\n1,Schools\n2,Hospitals\n3,Libraries\n", 200, "mapping", "the mapping reads: about"),
        (HEAD + ",a,\n,b,\n", 200, "unreadable", "Not one row"),
    ],
)
def test_a_source_that_is_down_or_gives_rubbish_changes_nothing_and_its_officer_is_told(
    registry, body, status, kind, reason
):
    office = open_office()
    source = office.source(registry.put("/list.csv", THREE))
    harvest(source)
    before = moments()
    registry.put("/list.csv", body, status=status)
    run = harvest(source)
    assert run.job.status == "Finished"
    assert run.objects == {}
    assert reason in run.gather_errors[0]
    assert moments() == before
    report = office.call("harvest_source_report", id=source["id"])
    assert [notice["kind"] for notice in report["notices"]] == [kind]
    assert reason in report["notices"][0]["text"]
    assert report["runs"][0]["problem"] == report["notices"][0]["text"]
    registry.put("/list.csv", THREE)
    assert harvest(source).objects == {}
    assert notices(source) == [(kind, False)]


def test_a_source_that_is_down_from_the_first_day_is_told_too(registry):
    source = open_office().source(registry.address + "/missing.csv")
    assert harvest(source).job.status == "Finished"
    assert notices(source) == [("down", True)]


def test_the_same_trouble_is_told_once(registry):
    source = open_office().source(registry.address + "/missing.csv")
    harvest(source)
    harvest(source)
    assert notices(source) == [("down", True)]


def test_an_officer_confirms_that_most_rows_are_really_gone(registry):
    office = open_office()
    source = office.source(registry.put("/list.csv", THREE))
    harvest(source)
    registry.put("/list.csv", HEAD + "1,Schools,Where they are\n")
    harvest(source)
    notice = office.call("harvest_source_report", id=source["id"])["notices"][0]
    assert notice["confirmable"]
    office.call("harvest_notice_close", id=notice["id"], confirm=True)
    run = harvest(source)
    assert run.changes == {"deleted": 2}
    assert found_titles() == {"Schools"}
    assert notices(source) == [("vanished", False)]


def test_a_lost_column_stops_the_run_even_when_it_is_not_mapped(registry):
    source = open_office().source(registry.put("/list.csv", THREE), "key: code\nfields:\n  title: name\n")
    harvest(source)
    registry.put("/list.csv", "code,name\n1,Schools\n2,Hospitals\n3,Libraries and more\n")
    assert "lost columns: about" in harvest(source).gather_errors[0]
    assert "Libraries" in found_titles()


def test_a_new_column_is_told_and_the_run_goes_on(registry):
    source = open_office().source(registry.put("/list.csv", THREE))
    harvest(source)
    registry.put(
        "/list.csv", "code,name,about,phone\n1,Schools,Elsewhere,1\n2,Hospitals,,2\n3,Libraries,And their books,3\n"
    )
    assert harvest(source).objects == {"1": "updated"}
    assert notices(source) == [("columns", True)]
    harvest(source)
    assert notices(source) == [("columns", True)]


def test_the_shape_may_be_said_in_the_mapping_before_the_first_run(registry):
    source = open_office().source(registry.put("/list.csv", THREE), SIMPLE + "shape: [code, name, about, phone]\n")
    assert "phone" in harvest(source).gather_errors[0]
    assert datasets() == {}


def test_a_changed_mapping_writes_what_it_changes(registry):
    office = open_office()
    source = office.source(registry.put("/list.csv", THREE))
    harvest(source)
    office.call("harvest_source_patch", id=source["id"], config=SIMPLE.replace("about", "name"))
    run = harvest(source)
    assert run.changes == {"updated": 3}
    assert datasets()["Schools"].notes == "Schools"


def test_a_registry_in_json_with_every_part_of_the_passport(registry):
    office = open_office()
    items = [
        {
            "id": 7,
            "name": {"kk": "Мектептер", "ru": "Школы"},
            "tags": ["білім", "мектеп"],
            "file": "https://example.org/schools.csv",
            "date": "31.12.2026",
        }
    ]
    mapping = """\
rows: data.items
key: id
fields:
  title_translated.kk: name.kk
  title_translated.ru: name.ru
  tags_translated.kk: tags
  modified: {from: date, date: "%d.%m.%Y"}
  category: {constant: EDUC}
  license_id: {constant: cc-by}
resource:
  url: file
  name: {constant: Кесте}
  format: {constant: CSV}
"""
    source = office.source(registry.put("/list.json", json.dumps({"data": {"items": items}})), mapping)
    run = harvest(source)
    assert run.object_errors == []
    made = helpers.call_action("package_search")["results"][0]
    assert made["title_translated"] == {"kk": "Мектептер", "ru": "Школы"}
    assert made["title"] == "Мектептер"
    assert made["name"] == "mektepter"
    assert made["modified"] == "2026-12-31"
    assert {tag["name"] for tag in made["tags"]} == {"білім", "мектеп"}
    assert made["resources"][0]["url"] == "https://example.org/schools.csv"
    resource_id = made["resources"][0]["id"]
    items[0]["name"]["kk"] = "Барлық мектептер"
    registry.put("/list.json", json.dumps({"data": {"items": items}}))
    assert harvest(source).objects == {"7": "updated"}
    made = helpers.call_action("package_search")["results"][0]
    assert made["title"] == "Барлық мектептер"
    assert made["resources"][0]["id"] == resource_id


def test_a_registry_in_excel(registry):
    book = openpyxl.Workbook()
    for row in (["Registry"], ["code", "name", "about"], [1, "Schools", None], [2, "Hospitals", "x"]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    source = open_office().source(registry.put("/list.xlsx", out.getvalue()), "rows: {header: 2}\n" + SIMPLE)
    assert harvest(source).changes == {"added": 2}
    assert harvest(source).objects == {}


def test_rows_find_their_agency_by_a_table_and_only_below_the_source_s_own(registry):
    office = open_office(name="ministry")
    factories.Organization(name="below", groups=[{"name": "ministry"}])
    factories.Organization(name="stranger")
    mapping = "key: code\nagency: {from: about}\nfields:\n  title: name\n"
    body = HEAD + "1,Own,ministry\n2,Below,below\n3,Strange,stranger\n4,Unknown,nobody\n"
    source = office.source(registry.put("/list.csv", body), mapping)
    harvest(source)
    assert set(datasets()) == {"Own", "Below"}
    report = office.call("harvest_source_report", id=source["id"])
    assert [(row["place"], row["field"]) for row in report["bad_rows"]] == [(4, "agency"), (5, "agency")]


def test_two_sources_with_the_same_keys_do_not_touch_each_other(registry):
    office = open_office()
    one = office.source(registry.put("/one.csv", THREE), name="one")
    other = office.source(registry.put("/other.csv", THREE.replace("Schools", "Kindergartens")), name="other")
    harvest(one)
    harvest(other)
    assert len(model.Session.query(model.Package).filter_by(type="dataset").all()) == 6
    assert model.Session.query(HarvestRecord).count() == 6


def test_a_row_that_is_imported_twice_makes_one_data_set(registry):
    """A fetcher that died after writing gets its object again."""
    source = open_office().source(registry.put("/list.csv", THREE))
    harvest(source)
    for found in model.Session.query(HarvestObject).all():
        queue.fetch_and_import_stages(queue.get_harvester("opengov_registry"), found)
    assert len(datasets()) == 3


def test_data_sets_of_the_same_title_get_names_of_their_own(registry):
    source = open_office().source(registry.put("/list.csv", HEAD + "1,Schools,\n2,Schools,\n"))
    assert harvest(source).changes == {"added": 2}
    names = {package.name for package in model.Session.query(model.Package).filter_by(type="dataset")}
    assert names == {"schools", "schools1"}


def test_a_file_of_the_portal_s_own_folder_is_harvested(tmp_path, ckan_config):
    ckan_config["opengov.harvest.allowed_folders"] = [str(tmp_path)]
    (tmp_path / "list.csv").write_text(THREE)
    source = open_office().source((tmp_path / "list.csv").as_uri())
    assert harvest(source).changes == {"added": 3}


def test_a_job_that_was_stopped_before_its_turn_does_nothing(registry):
    office = open_office()
    source = office.source(registry.put("/list.csv", THREE))
    job = office.call("harvest_job_create", source_id=source["id"])
    office.call("harvest_job_abort", id=job["id"])
    consumer = queue.get_gather_consumer()
    queue.gather_callback(consumer, *consumer.basic_get(queue=""))
    assert model.Session.query(HarvestObject).count() == 0
    assert registry.asked == []
