"""One way in: no stock action writes a package of a guarded type, whoever calls it."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.logic import _actions
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opengov.civic import guard
from ckanext.opengov.civic.interfaces import guarded_types

from tests.civic.example_component import TYPE, with_example

pytestmark = [with_example, pytest.mark.usefixtures("clean_portal")]

# Writes of core that name packages but change nothing of them.
HARMLESS = {
    "package_search",
    "resource_search",
    "datastore_search",
    "datastore_search_sql",
    "datastore_function_create",
    "datastore_function_delete",
    "resource_view_clear",
    "xloader_hook",
    "xloader_status",
}
PREFIXES = ("package_", "resource_", "dataset_", "bulk_", "member_", "datastore_", "xloader_", "current_package")


@pytest.fixture
def guarded_package(clean_portal: None) -> dict[str, Any]:
    sysadmin = factories.Sysadmin()
    organization = factories.Organization()["id"]
    context = guard.service_context({"user": sysadmin["name"]})
    values = {
        "name": "one-appeal",
        "title": "One",
        "type": TYPE,
        "owner_org": organization,
        "resources": [{"url": "http://example.org/a.csv"}],
    }
    return tk.get_action("package_create")(context, values)


def attempts(package: dict[str, Any]) -> dict[str, dict[str, Any]]:
    resource = package["resources"][0]["id"]
    organization = factories.Organization()
    other = factories.Dataset(owner_org=organization["id"])["name"]
    return {
        "package_create": {"name": "another", "type": TYPE, "owner_org": organization["id"]},
        "package_update": {"id": package["id"], "title": "Changed"},
        "package_patch": {"id": package["name"], "title": "Changed"},
        "package_revise": {"match": {"id": package["id"]}, "update": {"title": "Changed"}},
        "package_delete": {"id": package["id"]},
        "dataset_purge": {"id": package["name"]},
        "package_owner_org_update": {"id": package["id"], "organization_id": organization["id"]},
        "package_resource_reorder": {"id": package["id"], "order": [resource]},
        "package_collaborator_create": {"id": package["id"], "user_id": factories.User()["id"], "capacity": "editor"},
        "package_collaborator_delete": {"id": package["id"], "user_id": factories.User()["id"]},
        "package_relationship_create": {"subject": other, "object": package["name"], "type": "child_of"},
        "package_relationship_update": {"subject": package["name"], "object": other, "type": "child_of"},
        "package_relationship_delete": {"subject": package["name"], "object": other, "type": "child_of"},
        "bulk_update_private": {"datasets": [package["id"]], "org_id": organization["id"]},
        "bulk_update_public": {"datasets": [package["id"]], "org_id": organization["id"]},
        "bulk_update_delete": {"datasets": [package["id"]], "org_id": organization["id"]},
        "member_create": {"id": organization["id"], "object": package["id"], "object_type": "package", "capacity": ""},
        "member_delete": {"id": organization["id"], "object": package["id"], "object_type": "package"},
        "resource_create": {"package_id": package["id"], "url": "http://example.org/b.csv"},
        "resource_update": {"id": resource, "url": "http://example.org/b.csv"},
        "resource_patch": {"id": resource, "description": "Changed"},
        "resource_delete": {"id": resource},
        "resource_view_create": {"resource_id": resource, "view_type": "text_view", "title": "View"},
        "resource_view_update": {"id": view_of(resource), "title": "Changed"},
        "resource_view_delete": {"id": view_of(resource)},
        "resource_view_reorder": {"id": resource, "order": []},
        "resource_create_default_resource_views": {"resource": package["resources"][0]},
        "package_create_default_resource_views": {"package": package},
        "datastore_create": {"resource": {"package_id": package["id"]}, "fields": [{"id": "a"}]},
        "datastore_upsert": {"resource_id": resource, "records": [{"a": 1}], "method": "insert"},
        "datastore_delete": {"resource_id": resource},
        "datastore_records_delete": {"resource_id": resource, "filters": {}},
        "datastore_run_triggers": {"resource_id": resource},
        "xloader_submit": {"resource_id": resource},
    }


def view_of(resource: str) -> str:
    view = model.ResourceView(resource_id=resource, view_type="text_view", title="View", order=0)
    model.Session.add(view)
    model.Session.commit()
    return view.id


def snapshot(package_id: str) -> dict[str, Any]:
    return tk.get_action("package_show")({"ignore_auth": True}, {"id": package_id})


def test_every_stock_write_refuses_a_guarded_type_even_for_a_sysadmin(guarded_package: dict[str, Any]) -> None:
    sysadmin = factories.Sysadmin()
    before = snapshot(guarded_package["id"])
    tries = attempts(guarded_package)
    assert set(tries) == set(guard.STOCK_WRITES)
    for name, data in tries.items():
        with pytest.raises(tk.NotAuthorized, match=TYPE):
            tk.get_action(name)({"user": sysadmin["name"]}, data)
    assert snapshot(guarded_package["id"]) == before
    assert model.Package.get("another") is None


def test_no_stock_write_of_this_ckan_is_forgotten() -> None:
    tk.get_action("package_show")
    writes = {
        name
        for name, action in _actions.items()
        if name.startswith(PREFIXES)
        and not getattr(action, "side_effect_free", False)
        and not name.endswith(("_show", "_list"))
    }
    assert writes - HARMLESS == set(guard.STOCK_WRITES)


def test_a_data_set_cannot_be_turned_into_a_guarded_type() -> None:
    dataset = factories.Dataset(owner_org=factories.Organization()["id"])
    for name, data in {
        "package_patch": {"id": dataset["id"], "type": TYPE},
        "package_revise": {"match__id": dataset["id"], "update__type": TYPE},
    }.items():
        with pytest.raises(tk.NotAuthorized):
            tk.get_action(name)({"user": factories.Sysadmin()["name"]}, data)


def test_a_request_cannot_carry_the_services_flag(app: Any, guarded_package: dict[str, Any]) -> None:
    token = factories.SysadminWithToken()["token"]
    body = {"id": guarded_package["id"], "title": "x", "opengov_service": True, "context": {"opengov_service": True}}
    answer = app.post("/api/action/package_patch", json=body, headers={"Authorization": token})
    assert answer.status_code == 403


def test_data_sets_are_written_by_stock_actions() -> None:
    assert "dataset" not in guarded_types()
    dataset = factories.Dataset(title="Before", owner_org=factories.Organization()["id"])
    assert call_action("package_patch", id=dataset["id"], title="After")["title"] == "After"


def test_an_unknown_type_is_refused_with_the_known_ones() -> None:
    organization = factories.Organization()
    with pytest.raises(tk.ValidationError) as caught:
        call_action("package_create", name="strange", type="spaceship", owner_org=organization["id"])
    assert "spaceship" in str(caught.value.error_dict["type"])
    assert "dataset" in str(caught.value.error_dict["type"])


def test_reading_is_open(guarded_package: dict[str, Any]) -> None:
    assert tk.get_action("package_show")({"user": ""}, {"id": guarded_package["id"]})["type"] == TYPE
