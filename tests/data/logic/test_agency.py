"""Agencies: their fields, the tree, and what administrators of a parent may do."""

from __future__ import annotations

import ckan.model as model
import ckan.plugins.toolkit as tk
import ckanapi
import pytest
from ckan.tests import factories, helpers
from ckanext.opengov.civic.identifiers import check_digit, is_bin
from hypothesis import given
from hypothesis import strategies as st

TITLES = {"kk": "Білім министрлігі", "ru": "Министерство образования", "en": "Ministry of Education"}


def bin_number(seed: int = 0) -> str:
    """A right BIN: the year and month of registration, 4 for a legal entity, 0, a number, the check digit."""
    number = seed
    while True:
        eleven = f"990140{number:05d}"
        digit = check_digit(eleven)
        if digit is not None:
            return f"{eleven}{digit}"
        number += 1


def create(**fields):
    # CKAN makes the creator the organization's first administrator, so there has to be one.
    site_user = helpers.call_action("get_site_user")["name"]
    return helpers.call_action("organization_create", context={"user": site_user}, **fields)


def errors_of(**fields):
    with pytest.raises(tk.ValidationError) as caught:
        create(**fields)
    return caught.value.error_dict


@given(st.integers(0, 99_999))
def test_exactly_one_last_digit_makes_a_bin(number):
    eleven = f"990140{number:05d}"
    right = [digit for digit in "0123456789" if is_bin(eleven + digit)]
    expected = check_digit(eleven)
    assert right == ([] if expected is None else [str(expected)])


@pytest.mark.usefixtures("clean_portal")
class TestFields:
    def test_title_description_and_address_are_derived(self):
        agency = create(title_translated=TITLES, description_translated={"ru": "Школы и вузы"})
        assert (agency["name"], agency["title"]) == ("ministry-of-education", TITLES["kk"])
        assert agency["description"] == "Школы и вузы"

    def test_ckanapi_reads_the_documented_shape(self, app):
        client = ckanapi.TestAppCKAN(app, apikey=factories.SysadminWithToken()["token"])
        given_fields = {
            "title_translated": TITLES,
            "description_translated": {"kk": "Мектептер"},
            "bin": bin_number(),
            "level": "local",
            "region": "710000000",
            "head_name": "Head",
            "head_position_translated": {"ru": "Министр"},
            "phone": "+7 7172 000000",
            "email": "office@example.org",
            "address_translated": {"ru": "Астана"},
            "website": "https://example.org",
        }
        client.action.organization_create(name="edu", **given_fields)
        read = client.action.organization_show(id="edu")
        assert {name: read[name] for name in given_fields} == given_fields
        client.action.organization_patch(id="edu", phone="+7 1")
        assert client.action.organization_show(id="edu")["title_translated"] == TITLES

    def test_a_name_in_no_language_is_refused(self):
        assert "title_translated" in errors_of(name="edu", title_translated={})

    @pytest.mark.parametrize("value", ["123", "990140000000", "990140A00001", bin_number()[:-1]])
    def test_a_wrong_bin_is_refused(self, value):
        assert "is not a BIN" in errors_of(name="edu", title_translated=TITLES, bin=value)["bin"][0]

    def test_a_bin_belongs_to_one_agency(self):
        create(name="first", title_translated=TITLES, bin=bin_number())
        problem = errors_of(name="second", title_translated=TITLES, bin=bin_number())["bin"]
        assert problem == [f"BIN {bin_number()} belongs to “Білім министрлігі” already."]
        helpers.call_action("organization_patch", id="first", phone="1")

    def test_the_level_is_central_or_local(self):
        assert "central, local" in errors_of(name="edu", title_translated=TITLES, level="village")["level"][0]


@pytest.mark.usefixtures("clean_portal")
class TestTree:
    @pytest.fixture
    def family(self):
        create(name="ministry", title_translated={"en": "Ministry", "ru": "Министерство"}, level="central")
        create(name="committee", title_translated={"en": "Committee"}, parent="ministry")
        create(name="department", title_translated={"en": "Department"}, parent="committee")

    def test_the_parent_is_shown_by_name_and_kept_by_changes_of_other_fields(self, family):
        helpers.call_action("organization_patch", id="committee", phone="1")
        assert helpers.call_action("organization_show", id="committee")["parent"] == "ministry"

    def test_writing_back_what_was_read_keeps_the_parent(self, family):
        read = helpers.call_action("organization_show", id="committee")
        helpers.call_action("organization_update", **read)
        assert helpers.call_action("organization_show", id="committee")["parent"] == "ministry"

    def test_another_parent_replaces_the_old_one_and_an_empty_one_ends_it(self, family):
        helpers.call_action("organization_patch", id="department", parent="ministry")
        assert helpers.call_action("organization_show", id="department")["parent"] == "ministry"
        helpers.call_action("organization_patch", id="department", parent="")
        assert "parent" not in helpers.call_action("organization_show", id="department")

    @pytest.mark.parametrize("parent", ["committee", "department", "ministry"])
    def test_a_circle_is_refused(self, family, parent):
        with pytest.raises(tk.ValidationError) as caught:
            helpers.call_action("organization_patch", id="ministry", parent=parent)
        message = caught.value.error_dict["parent"][0]
        assert ("cannot be its own parent" if parent == "ministry" else "cannot be its parent") in message

    def test_an_unknown_parent_is_refused(self):
        assert (
            "There is no agency “nobody”" in errors_of(name="x1", title_translated=TITLES, parent="nobody")["parent"][0]
        )

    def test_the_action_gives_the_tree_with_counts(self, family):
        factories.Dataset(owner_org=model.Group.get("committee").id)
        (ministry,) = helpers.call_action("opengov_agency_tree")
        (committee,) = ministry["children"]
        assert (committee["name"], committee["package_count"]) == ("committee", 1)
        assert [one["name"] for one in committee["children"]] == ["department"]
        assert committee["children"][0]["children"] == []

    def test_words_keep_what_stands_above_a_match(self, family):
        create(name="other", title_translated={"en": "Other"})
        (ministry,) = helpers.call_action("opengov_agency_tree", q="depart")
        assert ministry["children"][0]["children"][0]["name"] == "department"
        assert helpers.call_action("opengov_agency_tree", q="министер")[0]["children"] == []

    def test_the_tree_needs_no_query_per_agency(self, family):
        from sqlalchemy import event

        def queries():
            seen = []
            engine = model.Session.get_bind()
            event.listen(engine, "before_cursor_execute", listener := lambda *a: seen.append(a[2]))
            helpers.call_action("opengov_agency_tree")
            event.remove(engine, "before_cursor_execute", listener)
            return len(seen)

        before = queries()
        for number in range(5):
            create(name=f"more-{number}", title_translated={"en": f"More {number}"}, parent="ministry")
        assert queries() == before

    def test_an_administrator_of_the_parent_manages_the_child_and_an_editor_does_not(self, family):
        admin, editor = factories.User(), factories.User()
        for user, role in ((admin, "admin"), (editor, "editor")):
            helpers.call_action("organization_member_create", id="ministry", username=user["name"], role=role)
        fields = {"title_translated": {"en": "Data"}, "owner_org": "department"}
        made = tk.get_action("package_create")({"user": admin["name"], "ignore_auth": False}, fields)
        assert made["organization"]["name"] == "department"
        with pytest.raises(tk.NotAuthorized):
            tk.get_action("package_create")({"user": editor["name"], "ignore_auth": False}, dict(fields))
