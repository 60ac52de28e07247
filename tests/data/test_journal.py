"""What people do with a data set stands in its journal, in the same transaction."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories, helpers
from ckanext.opengov.civic.service import journal

pytestmark = pytest.mark.usefixtures("clean_portal")


def events(dataset):
    return [one["event"] for one in journal.entries("dataset", dataset["id"], internal=False)]


def test_publishing_changing_and_deleting_are_told_with_who_did_it(app, agency):
    person = factories.Sysadmin()
    context = {"user": person["name"]}
    made = helpers.call_action("package_create", dict(context), name="roads", title="Roads", owner_org=agency["id"])
    helpers.call_action("package_patch", dict(context), id=made["id"], title="Roads and bridges")
    page = app.get("/ru/dataset/roads").body
    assert "Набор данных опубликован" in page
    assert "Набор данных изменён" in page
    helpers.call_action("package_delete", dict(context), id=made["id"])
    assert events(made) == ["data.published", "data.changed", "data.deleted"]
    inside = journal.entries("dataset", made["id"], internal=True)
    assert {one["actor"] for one in inside} == {person["id"]}
    assert journal.verify("dataset", made["id"]).ok


def test_a_draft_has_no_journal_and_what_is_refused_leaves_none(agency):
    context = {"user": factories.Sysadmin()["name"]}
    draft = helpers.call_action(
        "package_create", dict(context), name="roads", title="Roads", owner_org=agency["id"], state="draft"
    )
    assert events(draft) == []
    helpers.call_action("package_patch", dict(context), id=draft["id"], state="active")
    assert events(draft) == ["data.published"]
    with pytest.raises(tk.ValidationError):
        helpers.call_action("package_patch", dict(context), id=draft["id"], frequency="SOMETIMES")
    assert events(draft) == ["data.published"]
