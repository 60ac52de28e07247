"""What is wrong with a source is told when it is saved; who may save one is decided by the agency."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories, helpers

from tests.harvest.portal import SIMPLE, harvest, open_office

pytestmark = pytest.mark.usefixtures("clean_portal")
LIST = "https://registry.example.org/list.csv"


def refusal(office, url=LIST, config=SIMPLE, kind="opengov_registry", **data):
    with pytest.raises(tk.ValidationError) as caught:
        office.source(url, config, kind, **data)
    return caught.value.error_dict


def test_an_address_that_will_never_be_fetched_is_refused_for_every_kind():
    office = open_office()
    for url in (
        "http://localhost/list.csv",
        "http://10.0.0.1/list.csv",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "file:///etc/passwd",
        "/etc/passwd",
        "ftp://example.org/x",
    ):
        for kind in ("opengov_registry", "opengov_dcat_us", "dcat_rdf", "ckan"):
            config = SIMPLE if kind == "opengov_registry" else ""
            assert list(refusal(office, url, config, kind)) == ["url"], (url, kind)


def test_a_mapping_is_refused_with_line_and_field():
    found = refusal(open_office(), config="key: code\nfields:\n  title: name\n  categry: x\n")
    assert found == {"config": ["Line 4, fields.categry: “categry” is not known here. Did you mean “category”?"]}


def test_a_mapping_may_name_every_field_of_the_passport_and_no_other():
    office = open_office()
    fields = [
        "title_translated.kk", "notes_translated.ru", "tags_translated.en", "category", "region", "contact_name",
        "frequency", "issued", "modified", "license_id", "citation", "url", "version",
    ]  # fmt: skip
    config = "key: code\nfields:\n" + "".join(f"  {field}: x\n" for field in fields)
    assert office.source(LIST, config)["source_type"] == "opengov_registry"


def test_a_source_is_named_after_its_title_when_it_has_no_name(registry):
    office = open_office()
    made = office.call(
        "harvest_source_create",
        url=LIST,
        source_type="opengov_registry",
        config=SIMPLE,
        title="Мектептер тізілімі",
        owner_org=office.agency["id"],
    )
    assert made["name"] == "mektepter-tizilimi"


def test_the_mapping_comes_back_as_it_was_written_also_after_a_run(registry):
    office = open_office()
    text = "# Our schools\nkey: code\nfields:\n  title: name\n"
    source = office.source(registry.put("/list.csv", "code,name\n1,Schools\n"), text)
    harvest(source)
    shown = office.call("harvest_source_show", id=source["id"])
    assert tk.h.opengov_harvest_config(shown["config"], shown["source_type"]) == text.strip()
    assert shown["type"] == "harvest"
    saved = office.call("harvest_source_update", **{**shown, "title": "Another title"})
    assert saved["title"] == "Another title"
    assert saved["config"] == shown["config"]


def test_an_agency_in_the_mapping_must_be_the_source_s_own_or_one_under_it():
    office = open_office(name="ministry")
    factories.Organization(name="below", groups=[{"name": "ministry"}])
    factories.Organization(name="stranger")
    assert "stranger" in refusal(office, config="agency: stranger\n" + SIMPLE)["config"][0]
    assert "nobody" in refusal(office, config="agency: nobody\n" + SIMPLE)["config"][0]
    table = "agency: {from: owner, values: {a: below, b: stranger}}\n"
    assert "stranger" in refusal(office, config=table + SIMPLE)["config"][0]
    assert office.source(LIST, "agency: below\n" + SIMPLE)["name"] == "a-source"


def test_an_editor_makes_sources_of_the_own_agency_only():
    office = open_office()
    with pytest.raises((tk.NotAuthorized, tk.ValidationError)):
        office.source(LIST, owner_org=open_office().agency["id"])
    with pytest.raises((tk.NotAuthorized, tk.ValidationError)):
        office.source(LIST, owner_org="")


def test_strangers_and_mere_members_make_change_and_see_nothing(registry):
    office = open_office()
    source = office.source(LIST)
    member = factories.User()
    helpers.call_action("organization_member_create", id=office.agency["id"], username=member["name"], role="member")
    for name in (factories.User()["name"], member["name"], ""):
        for action, data in (
            ("harvest_source_update", {"id": source["id"], "title": "Mine"}),
            ("harvest_source_rehearse", {"id": source["id"]}),
            ("harvest_source_rehearse", {"url": LIST, "source_type": "opengov_registry", "config": SIMPLE}),
            ("harvest_source_report", {"id": source["id"]}),
            ("harvest_job_create", {"source_id": source["id"]}),
            ("harvest_job_abort", {"source_id": source["id"]}),
            ("harvest_source_clear", {"id": source["id"]}),
        ):
            with pytest.raises(tk.NotAuthorized):
                helpers.call_action(action, {"user": name, "ignore_auth": False}, **data)


def test_only_an_administrator_clears_a_source_and_then_its_rows_are_new_again(registry):
    office = open_office()
    source = office.source(registry.put("/list.csv", "code,name,about\n1,Schools,\n"))
    harvest(source)
    with pytest.raises(tk.NotAuthorized):
        office.call("harvest_source_clear", id=source["id"])
    administrator = factories.Sysadmin()["name"]
    helpers.call_action("harvest_source_clear", {"user": administrator, "ignore_auth": False}, id=source["id"])
    assert harvest(source).changes == {"added": 1}


def test_dcat_us_takes_one_setting_only():
    office = open_office()
    assert "config" in refusal(office, config='{"vanish": "keep"}', kind="opengov_dcat_us")
    assert "config" in refusal(office, config="[1", kind="opengov_dcat_us")
    assert office.source(LIST, '{"vanished": "keep"}', "opengov_dcat_us")["config"] == '{"vanished": "keep"}'
