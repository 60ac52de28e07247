"""Reading the journal: everybody who may see the entity, and more of it for its officers."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests import factories
from ckan.tests.helpers import call_auth
from ckanext.opengov.civic import guard, helpers
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import journal, officers

from tests.civic.example_component import TYPE, with_example
from tests.conftest import journal_writable

pytestmark = [with_example, pytest.mark.usefixtures("clean_portal")]


@pytest.fixture
def agency(clean_portal: None) -> dict[str, Any]:
    return factories.Organization()


@pytest.fixture
def package(agency: dict[str, Any]) -> dict[str, Any]:
    context = guard.service_context({"user": factories.Sysadmin()["name"]})
    values = {"name": "one", "title": "One", "type": TYPE, "owner_org": agency["id"]}
    found = tk.get_action("package_create")(context, values)
    actor = factories.User(fullname="Marat")["id"]
    for number in range(5):
        journal.record(TYPE, found["id"], "example.sent", actor=actor, public={"to": number}, internal={"why": "x"})
    model.Session.commit()
    return found


def officer_of(agency_id: str, role: Role = Role.AUTHOR, component: str = "example") -> str:
    user = factories.User()
    grant = officers.Grant(user["id"], agency_id, component, role, officers.today())
    officers.grant([grant], user["id"])
    model.Session.commit()
    return user["name"]


def read(user: str, package: dict[str, Any], **more: Any) -> dict[str, Any]:
    return tk.get_action("journal_list")({"user": user}, {"entity_type": TYPE, "entity_id": package["id"], **more})


def test_everybody_reads_the_public_part(package: dict[str, Any]) -> None:
    found = read("", package)
    assert [entry["public"]["to"] for entry in found["entries"]] == [0, 1, 2, 3, 4]
    assert found["entries"][0]["title"] == "Sent to 0"
    for entry in found["entries"]:
        assert set(entry) == {"id", "seq", "at", "event", "title", "public"}


def test_an_officer_of_the_agency_reads_the_internal_part(package: dict[str, Any], agency: dict[str, Any]) -> None:
    entry = read(officer_of(agency["id"]), package)["entries"][0]
    assert (entry["internal"], entry["actor_name"]) == ({"why": "x"}, "Marat")


def test_officers_of_other_agencies_components_or_councils_do_not(
    package: dict[str, Any], agency: dict[str, Any]
) -> None:
    others = [
        officer_of(factories.Organization()["id"]),
        officer_of(agency["id"], component="other"),
        officer_of(agency["id"], Role.COUNCIL_MEMBER),
    ]
    for user in others:
        assert "internal" not in read(user, package)["entries"][0]


def test_a_supervisor_of_any_agency_reads_the_internal_part(package: dict[str, Any]) -> None:
    assert "internal" in read(officer_of(factories.Organization()["id"], Role.SUPERVISOR), package)["entries"][0]


def test_pages_follow_each_other(package: dict[str, Any]) -> None:
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        page = read("", package, limit=2, after=after)
        seen += [entry["seq"] for entry in page["entries"]]
        after = page["next"]
    assert seen == [1, 2, 3, 4, 5]


def test_what_one_may_not_see_has_no_journal(agency: dict[str, Any]) -> None:
    private = factories.Dataset(owner_org=agency["id"], private=True)
    journal.record("dataset", private["id"], "x", actor=None)
    model.Session.commit()
    call = {"entity_type": "dataset", "entity_id": private["id"]}
    for user in ("", factories.User()["name"]):
        with pytest.raises(tk.NotAuthorized):
            tk.get_action("journal_list")({"user": user}, dict(call))
    member = factories.User()
    tk.get_action("organization_member_create")(
        {"ignore_auth": True, "user": ""}, {"id": agency["id"], "username": member["name"], "role": "member"}
    )
    assert tk.get_action("journal_list")({"user": member["name"]}, call)["entries"][-1]["event"] == "x"


def test_bad_questions_are_refused_with_a_sentence(package: dict[str, Any]) -> None:
    for wrong in ({"entity_type": "dataset"}, {"entity_id": "nothing"}, {"entity_type": "agency"}):
        with pytest.raises(tk.ObjectNotFound):
            read("", package, **wrong)
    for wrong in ({"entity_type": ""}, {"entity_id": ""}, {"limit": 0}, {"limit": 1001}, {"after": -1}, {"after": "x"}):
        with pytest.raises(tk.ValidationError) as caught:
            read("", package, **wrong)
        assert set(caught.value.error_dict) == set(wrong)


def test_an_agency_has_a_journal_of_its_own(agency: dict[str, Any]) -> None:
    officer_of(agency["id"])
    call = {"entity_type": "agency", "entity_id": agency["name"]}
    entry = tk.get_action("journal_list")({"user": ""}, dict(call))["entries"][0]
    assert entry["public"] == {"component": "example", "role": "author"}
    assert "internal" in tk.get_action("journal_list")({"user": officer_of(agency["id"])}, call)["entries"][0]


def test_a_change_in_the_database_is_named_by_the_action(package: dict[str, Any], agency: dict[str, Any]) -> None:
    officer = officer_of(agency["id"])
    call = {"entity_type": TYPE, "entity_id": package["name"]}
    assert tk.get_action("journal_verify")({"user": officer}, dict(call))["ok"] is True
    third = read("", package)["entries"][2]["id"]
    with journal_writable(), model.ensure_engine().begin() as connection:
        change = """UPDATE opengov_journal SET public = '{"to": 8}' WHERE id = :id"""
        connection.execute(sa.text(change), {"id": third})
    sysadmin = factories.Sysadmin()["name"]
    for user, question in ((officer, call), (sysadmin, {})):
        found = tk.get_action("journal_verify")({"user": user}, dict(question))
        assert (found["ok"], found["first_broken_id"], found["reason"], found["seq"]) == (False, third, "content", 3)
        assert str(third) in found["message"]
        assert found["entity_id"] == package["id"]


def test_only_officers_verify_and_only_administrators_the_whole(
    package: dict[str, Any], agency: dict[str, Any]
) -> None:
    call = {"entity_type": TYPE, "entity_id": package["id"]}
    with pytest.raises(tk.NotAuthorized):
        call_auth("journal_verify", {"user": factories.User()["name"], "model": model}, **call)
    with pytest.raises(tk.NotAuthorized):
        call_auth("journal_verify", {"user": officer_of(agency["id"]), "model": model})
    with pytest.raises(tk.ValidationError):
        tk.get_action("journal_verify")({"user": factories.Sysadmin()["name"]}, {"entity_type": TYPE})


def test_the_timeline_shows_the_newest_entries_oldest_first(package: dict[str, Any], app: Any) -> None:
    with app.flask_app.test_request_context():
        found = helpers.opengov_timeline(TYPE, package["id"], limit=3)
        assert [entry["title"] for entry in found["entries"]] == ["Sent to 2", "Sent to 3", "Sent to 4"]
        assert found["more"] is True
        page = tk.render_snippet(
            "opengov_civic/snippets/timeline.html", {"entity_type": TYPE, "entity_id": package["id"]}
        )
    assert page.count("<li>") == 5
    assert page.count('<time datetime="') == 5


def test_an_old_entry_without_a_value_shows_a_dash() -> None:
    assert journal.title("example.sent", {}) == "Sent to —"
    assert journal.title("nobody.knows", {}) == "nobody.knows"
