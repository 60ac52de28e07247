"""The demonstration's parts against a served portal, over HTTP as ``./opengov seed`` runs them."""

from __future__ import annotations

import datetime as dt
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from ckan.common import config
from ckan.lib.uploader import get_resource_uploader
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opengov.data import loading
from ckanext.opengov.harvest.harvester import SourceView
from ckanext.opengov.harvest.registry.harvester import RegistryHarvester
from werkzeug.serving import make_server

from stack.demonstration import tables
from stack.demonstration.catalogue import Dataset, agencies, datasets, officers
from stack.demonstration.parts import agencies as agencies_part
from stack.demonstration.parts import officers as officers_part
from stack.demonstration.parts import registry
from stack.demonstration.parts.datasets import publish
from stack.demonstration.portal import Portal, PortalError

pytestmark = pytest.mark.usefixtures("clean_portal")


@pytest.fixture
def portal(app: Any, clean_portal: None, tmp_path: Path) -> Iterator[Portal]:
    """A portal at the address that it gives its files, with an administrator's token."""
    address = urlsplit(config["ckan.site_url"])
    server = make_server(str(address.hostname), int(address.port or 80), app.flask_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    token = factories.SysadminWithToken()["token"]
    yield Portal(config["ckan.site_url"], token, tmp_path)
    server.shutdown()
    thread.join()


def named(name: str) -> Dataset:
    return next(one for one in datasets() if one.name == name)


def modified(name: str) -> str:
    return call_action("package_show", id=name)["metadata_modified"]


def test_the_tree_of_agencies_stands_after_one_run(portal: Portal):
    assert agencies_part.load(portal) == []
    assert set(call_action("organization_list")) == {one.name for one in agencies()}
    shown = call_action("organization_show", id="treasury-committee")
    assert shown["title"] == "Қаржы министрлігінің Қазынашылық комитеті"
    assert [group["name"] for group in shown["groups"]] == ["ministry-of-finance"]


def test_a_second_run_writes_no_agency(portal: Portal, capsys: pytest.CaptureFixture[str]):
    agencies_part.load(portal)
    capsys.readouterr()
    agencies_part.load(portal)
    assert f"{len(agencies())} agencies, 0 written" in capsys.readouterr().out


def test_an_agency_that_somebody_changed_is_as_in_the_catalogue_again(portal: Portal):
    agencies_part.load(portal)
    token = {"id": "ministry-of-health", "website": "https://elsewhere.example.org"}
    portal.call("organization_patch", token)
    agencies_part.load(portal)
    shown = call_action("organization_show", id="ministry-of-health")
    assert shown["website"] == "https://ministry-of-health.example.org"


def test_officers_may_publish_and_their_passwords_are_for_the_owner_only(portal: Portal):
    agencies_part.load(portal)
    assert officers_part.load(portal) == []
    path = portal.folder / "demonstration.users"
    passwords = json.loads(path.read_text())
    assert path.stat().st_mode & 0o777 == 0o600
    assert set(passwords) == {one.login for one in officers()}
    assert len(set(passwords.values())) == 3
    users = call_action("organization_show", id="akimat-of-astana", include_users=True)["users"]
    assert ("officer-astana", "editor") in {(user["name"], user["capacity"]) for user in users}
    officers_part.load(portal)
    assert json.loads(path.read_text()) == passwords


@pytest.mark.parametrize("name", ["regions-and-kato-codes", "local-budgets", "employment-centres", "bus-routes-almaty"])
def test_a_data_set_is_written_once_with_its_file(portal: Portal, name: str):
    agencies_part.load(portal)
    dataset = named(name)
    first = publish(portal, dataset)
    assert (first.written, first.fresh) == (True, True)
    shown = call_action("package_show", id=name)
    assert shown["title_translated"] == dataset.title
    assert [resource["format"] for resource in shown["resources"]] == [dataset.format]
    before = modified(name)
    second = publish(portal, dataset)
    assert (second.written, second.fresh) == (False, False)
    assert modified(name) == before


def test_only_a_changed_passport_is_written_again(portal: Portal):
    agencies_part.load(portal)
    publish(portal, named("regions-and-kato-codes"))
    portal.call("package_patch", {"id": "regions-and-kato-codes", "version": "0.1"})
    again = publish(portal, named("regions-and-kato-codes"))
    assert (again.written, again.fresh) == (True, False)
    assert call_action("package_show", id="regions-and-kato-codes")["version"] == "1.0"


def test_a_file_that_somebody_replaced_is_sent_again(portal: Portal):
    agencies_part.load(portal)
    dataset = named("regions-and-kato-codes")
    first = publish(portal, dataset)
    portal.call("resource_patch", {"id": first.resource_id}, (dataset.file_name, b"something,else\r\n"))
    again = publish(portal, dataset)
    assert again.fresh
    assert again.resource_id == first.resource_id
    url = call_action("resource_show", id=first.resource_id)["url"]
    assert (portal.download(url) or b"").startswith(b"kato,code")


def test_a_refusal_names_the_action_and_the_field(portal: Portal):
    with pytest.raises(PortalError, match=r"package_create: .*owner_org"):
        portal.call("package_create", {"name": "nobodys"})


class TestTables:
    def test_every_row_of_a_file_is_in_the_datastore(self, portal: Portal):
        agencies_part.load(portal)
        names = ("functions-of-government", "local-budgets", "employment-centres", "bus-routes-almaty")
        loaded = [publish(portal, named(name)).table for name in names]
        for table in loaded:
            loading.load(table.resource_id)
        assert tables.wait_for(portal, loaded) == []
        found = [call_action("datastore_search", resource_id=table.resource_id, limit=1) for table in loaded]
        assert [answer["total"] for answer in found] == [79, 120, 40, 96]
        assert {"code", "name_kk"} <= {field["id"] for field in found[0]["fields"]}

    def test_a_table_that_does_not_come_is_reported_when_patience_is_over(self, portal: Portal):
        agencies_part.load(portal)
        loaded = publish(portal, named("functions-of-government")).table
        [problem] = tables.wait_for(portal, [loaded], 1)
        assert problem == "table of functions-of-government: no rows instead of 79 (waiting)"

    def test_a_file_that_failed_earlier_is_asked_for_again(self, portal: Portal):
        agencies_part.load(portal)
        loaded = publish(portal, named("functions-of-government")).table
        path = Path(get_resource_uploader({"id": loaded.resource_id}).get_path(loaded.resource_id))
        content = path.read_bytes()
        path.unlink()
        loading.load(loaded.resource_id)
        assert call_action("opengov_table_show", resource_id=loaded.resource_id)["state"] == "failed"
        path.write_bytes(content)
        tables.wait_for(portal, [loaded], 0)
        assert call_action("opengov_table_show", resource_id=loaded.resource_id)["state"] == "waiting"


class TestRegistry:
    def test_the_mapping_fits_every_row_of_the_list(self, portal: Portal):
        agencies_part.load(portal)
        owner = call_action("organization_show", id=registry.AGENCY)["id"]
        source = SourceView(registry.LIST.as_uri(), registry.MAPPING.read_text(), owner)
        look = RegistryHarvester().look(source)
        assert look is not None
        assert look.bad == []
        assert len(look.records) == 12
        record = look.records["F-008"].data
        assert set(record["title_translated"]) == {"kk", "ru", "en"}
        assert record["modified"] == "2026-11-02"
        assert "демонстрация" in record["notes_translated"]["kk"]

    def test_the_source_is_written_once_and_again_when_somebody_changed_it(self, portal: Portal):
        agencies_part.load(portal)
        assert registry.write_source(portal)[1]
        shown, written = registry.write_source(portal)
        assert not written
        assert shown["organization"]["name"] == registry.AGENCY
        portal.call("harvest_source_patch", {"id": shown["id"], "frequency": "DAILY"})
        shown, written = registry.write_source(portal)
        assert (shown["frequency"], written) == ("WEEKLY", True)


class TestNeedOfARun:
    """When the registry is read again."""

    DONE = {"status": "Finished", "created": "2026-11-24 11:52:28.1", "stats": {"errored": 0}}

    @pytest.fixture
    def registry_file(self, tmp_path: Path) -> Path:
        path = tmp_path / "list.csv"
        path.touch()
        os.utime(path, times=(0, dt.datetime(2026, 11, 24, 11, 0, tzinfo=dt.UTC).timestamp()))
        return path

    def test_an_older_file_was_read_by_the_last_run(self, registry_file: Path):
        assert not registry.needs_run(registry_file, self.DONE)

    def test_a_file_written_after_the_last_run_was_not(self, registry_file: Path):
        assert registry.needs_run(registry_file, self.DONE | {"created": "2026-11-24 10:59:00"})

    @pytest.mark.parametrize("job", [None, DONE | {"status": "Running"}, DONE | {"stats": {"errored": 1}}])
    def test_without_a_run_that_ended_well_there_is_one_to_do(self, registry_file: Path, job: dict[str, Any] | None):
        assert registry.needs_run(registry_file, job)
