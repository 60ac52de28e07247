"""Officers: administrators of agencies grant and revoke roles; a role counts in its place and its time only."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests import factories
from ckanext.opengov.civic import labels, roles, roles_table
from ckanext.opengov.civic.logic.auth import may
from ckanext.opengov.civic.model.officers import Officer
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import journal, officers

from tests.civic.example_component import TYPE, ExamplePlugin, with_example

pytestmark = [with_example, pytest.mark.usefixtures("clean_portal")]
COMPONENT = "example"
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _nothing_handed_over() -> None:
    ExamplePlugin.handed_over.clear()


@pytest.fixture
def admin(clean_portal: None) -> dict[str, Any]:
    return factories.User()


@pytest.fixture
def agency(admin: dict[str, Any]) -> dict[str, Any]:
    return factories.Organization(users=[{"name": admin["name"], "capacity": "admin"}])


@pytest.fixture
def person(clean_portal: None) -> dict[str, Any]:
    return factories.User()


Grant = Callable[..., dict[str, Any]]


@pytest.fixture
def grant(admin: dict[str, Any], agency: dict[str, Any], person: dict[str, Any]) -> Grant:
    def call(by: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        data = {"user": person["name"], "agency": agency["name"], "component": COMPONENT, "role": "author", **more}
        return tk.get_action("officer_grant")({"user": (by or admin)["name"]}, data)

    return call


def holds(person: dict[str, Any], agency: dict[str, Any] | None, *wanted: Role, on: dt.date | None = None) -> bool:
    place = agency["id"] if agency else None
    return officers.holds(person["id"], wanted or [Role.AUTHOR], component=COMPONENT, agency_id=place, on=on)


def errors_of(call: Callable[[], Any]) -> dict[str, Any]:
    with pytest.raises(tk.ValidationError) as caught:
        call()
    return caught.value.error_dict


def revoke(admin: dict[str, Any], officer: dict[str, Any], **more: Any) -> dict[str, Any]:
    return tk.get_action("officer_revoke")({"user": admin["name"]}, {"id": officer["id"], **more})


def test_an_administrator_grants_a_role_in_the_own_agency(grant: Grant, person: Any, agency: Any) -> None:
    made = grant()
    assert (made["user"], made["agency"], made["role"], made["state"]) == (
        person["name"],
        agency["name"],
        "author",
        "open",
    )
    assert holds(person, agency)
    assert not holds(person, agency, Role.PUBLISHER)
    assert not holds(person, factories.Organization())
    assert officers.agencies_of(person["id"], [Role.AUTHOR], COMPONENT) == [agency["id"]]
    assert officers.responsible(COMPONENT, agency["id"], [Role.AUTHOR, Role.HEAD]) == [person["id"]]


def test_a_person_may_hold_many_roles(grant: Grant, person: Any, agency: Any) -> None:
    for role in ("author", "publisher", "head"):
        grant(role=role)
    assert holds(person, agency, Role.HEAD)
    assert officers.agencies_of(person["id"], list(Role), COMPONENT) == [agency["id"]]


def test_an_administrator_of_an_agency_above_grants_below(admin: Any, agency: Any, person: Any) -> None:
    below = factories.Organization(groups=[{"name": agency["name"]}])
    data = {"user": person["name"], "agency": below["id"], "component": COMPONENT, "role": "author"}
    tk.get_action("officer_grant")({"user": admin["name"]}, dict(data))
    assert holds(person, below)
    admin_below = factories.User()
    tk.get_action("organization_member_create")(
        {"ignore_auth": True, "user": ""}, {"id": below["id"], "username": admin_below["name"], "role": "admin"}
    )
    with pytest.raises(tk.NotAuthorized):
        tk.get_action("officer_grant")({"user": admin_below["name"]}, data | {"agency": agency["id"]})


def test_nobody_else_grants(grant: Grant, agency: Any, person: Any) -> None:
    editor = factories.User()
    tk.get_action("organization_member_create")(
        {"ignore_auth": True, "user": ""}, {"id": agency["id"], "username": editor["name"], "role": "editor"}
    )
    other = factories.User()
    factories.Organization(users=[{"name": other["name"], "capacity": "admin"}])
    grant(role="head")
    for by in (editor, other, person):
        with pytest.raises(tk.NotAuthorized):
            grant(by)
    with pytest.raises(tk.NotAuthorized):
        grant({"name": ""})
    assert grant(factories.Sysadmin())["role"] == "author"


def test_roles_over_all_agencies_are_granted_by_the_portal_only(grant: Grant, person: Any, agency: Any) -> None:
    assert "supervisor" in errors_of(lambda: grant(role="supervisor"))["role"][0]
    assert grant(factories.Sysadmin(), role="supervisor")["role"] == "supervisor"


def test_everything_that_is_wrong_is_said_at_once(grant: Grant, person: Any) -> None:
    gone = factories.User()
    tk.get_action("user_delete")({"ignore_auth": True, "user": ""}, {"id": gone["id"]})
    errors = errors_of(
        lambda: grant(
            factories.Sysadmin(),
            user=gone["name"],
            agency="nowhere",
            component="cooking",
            role="cook",
            valid_from="2027-02-30",
            valid_until="tomorrow",
        )
    )
    assert set(errors) == {"user", "agency", "component", "role", "valid_from", "valid_until"}
    assert "deleted" in errors["user"][0]
    assert "example" in errors["component"][0]
    assert "author" in errors["role"][0]
    assert "2027-01-31" in errors["valid_from"][0]
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(Officer)) == 0


def test_a_role_that_the_component_does_not_have_is_refused(grant: Grant) -> None:
    message = errors_of(lambda: grant(role="deputy_head"))["role"][0]
    assert "deputy_head" in message
    assert "author, council_member, head" in message


def test_a_misspelt_agency_is_guessed(grant: Grant) -> None:
    factories.Organization(name="ministry-of-education")
    message = errors_of(lambda: grant(factories.Sysadmin(), agency="ministry-of-educaton"))["agency"][0]
    assert "ministry-of-education" in message


def test_a_role_counts_between_its_days(grant: Grant, person: Any, agency: Any) -> None:
    today = officers.today()
    first, last = today + DAY, today + 3 * DAY
    made = grant(valid_from=first.isoformat(), valid_until=last.strftime("%d.%m.%Y"))
    assert made["state"] == "later"
    answers = [holds(person, agency, on=today + number * DAY) for number in range(5)]
    assert answers == [False, True, True, True, False]


def test_days_that_cannot_be_are_refused(grant: Grant) -> None:
    today = officers.today()
    assert "valid_until" in errors_of(
        lambda: grant(valid_from=(today + 2 * DAY).isoformat(), valid_until=(today + DAY).isoformat())
    )
    assert "valid_until" in errors_of(
        lambda: grant(valid_from=(today - 5 * DAY).isoformat(), valid_until=(today - DAY).isoformat())
    )


def test_the_same_role_is_not_granted_twice(grant: Grant, agency: Any, person: Any) -> None:
    grant()
    assert "already" in errors_of(grant)["user"][0] or "has had" in errors_of(grant)["user"][0]
    with pytest.raises(sa.exc.IntegrityError, match="opengov_officer_open"):
        officers.grant([officers.Grant(person["id"], agency["id"], COMPONENT, Role.AUTHOR, officers.today())], "x")
    model.Session.rollback()


def test_two_administrators_at_once_give_one_role(agency: Any, admin: Any, person: Any) -> None:
    answers: list[str] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        data = {"user": person["name"], "agency": agency["name"], "component": COMPONENT, "role": "author"}
        try:
            tk.get_action("officer_grant")({"user": admin["name"]}, data)
            answers.append("granted")
        except tk.ValidationError:
            answers.append("refused")
        finally:
            model.Session.remove()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["granted", "refused", "refused", "refused"]
    assert journal.verify("agency", agency["id"]).checked == 1


def test_a_role_that_ended_is_granted_again(grant: Grant, agency: Any, person: Any) -> None:
    today = officers.today()
    old = grant(valid_until=today.isoformat())
    model.Session.execute(sa.update(Officer).values(valid_from=today - 9 * DAY, valid_until=today - DAY))
    model.Session.commit()
    assert not holds(person, agency)
    assert grant()["id"] != old["id"]
    assert holds(person, agency)


def test_a_deleted_user_holds_nothing(grant: Grant, person: Any, agency: Any) -> None:
    grant()
    tk.get_action("user_delete")({"ignore_auth": True, "user": ""}, {"id": person["id"]})
    assert not holds(person, agency)
    assert officers.responsible(COMPONENT, agency["id"], list(Role)) == []


def test_a_revoked_role_counts_no_more_and_its_tasks_go_on(grant: Grant, admin: Any, person: Any, agency: Any) -> None:
    made = grant()
    ended = revoke(admin, made)
    assert (ended["state"], ended["handed_over"]) == ("ended", 7)
    assert not holds(person, agency)
    assert ExamplePlugin.handed_over == [(person["id"], None, agency["id"], COMPONENT)]
    assert "id" in errors_of(lambda: revoke(admin, made))


def test_tasks_stay_while_another_role_there_is_left(grant: Grant, admin: Any, person: Any, agency: Any) -> None:
    first = grant()
    grant(role="publisher")
    assert revoke(admin, first)["handed_over"] == 0
    assert ExamplePlugin.handed_over == []


def test_tasks_go_to_a_named_successor(grant: Grant, admin: Any, person: Any, agency: Any) -> None:
    made = grant()
    heir = factories.User()
    assert "hand_over_to" in errors_of(lambda: revoke(admin, made, hand_over_to=heir["name"]))
    assert "hand_over_to" in errors_of(lambda: revoke(admin, made, hand_over_to=person["name"]))
    assert "hand_over_to" in errors_of(lambda: revoke(admin, made, hand_over_to="nobody-at-all"))
    assert holds(person, agency)
    grant(user=heir["name"], role="publisher")
    revoke(admin, made, hand_over_to=heir["name"])
    assert ExamplePlugin.handed_over == [(person["id"], heir["id"], agency["id"], COMPONENT)]


def test_only_administrators_of_the_agency_revoke(grant: Grant, person: Any) -> None:
    made = grant()
    other = factories.User()
    factories.Organization(users=[{"name": other["name"], "capacity": "admin"}])
    for by in (other, person):
        with pytest.raises(tk.NotAuthorized):
            revoke(by, made)
    with pytest.raises(tk.ObjectNotFound):
        revoke(factories.Sysadmin(), {"id": 10**12})
    assert "id" in errors_of(lambda: revoke(factories.Sysadmin(), {"id": "x"}))


def test_a_period_that_is_over_ends_the_role_and_tasks_go_on(grant: Grant, person: Any, agency: Any) -> None:
    grant(valid_until=officers.today().isoformat())
    assert officers.end_expired() == 0
    model.Session.execute(
        sa.update(Officer).values(valid_from=officers.today() - DAY, valid_until=officers.today() - DAY)
    )
    model.Session.commit()
    assert officers.end_expired() == 1
    assert ExamplePlugin.handed_over == [(person["id"], None, agency["id"], COMPONENT)]
    last = journal.entries("agency", agency["id"], internal=True)[-1]
    assert (last["event"], last["actor"]) == (officers.REVOKED, None)


def test_roles_of_deleted_people_and_agencies_end(grant: Grant, person: Any, agency: Any) -> None:
    other = factories.Organization()
    grant()
    grant(factories.Sysadmin(), user=factories.User()["name"], agency=other["name"])
    tk.get_action("user_delete")({"ignore_auth": True, "user": ""}, {"id": person["id"]})
    tk.get_action("organization_delete")({"ignore_auth": True, "user": ""}, {"id": other["id"]})
    assert officers.end_expired() == 2
    assert officers.end_expired() == 0
    assert {one[2] for one in ExamplePlugin.handed_over} == {agency["id"], other["id"]}


def test_a_move_takes_all_roles_along(grant: Grant, admin: Any, person: Any, agency: Any) -> None:
    grant()
    grant(role="head")
    other = factories.Organization(users=[{"name": admin["name"], "capacity": "admin"}])
    data = {"user": person["name"], "from_agency": agency["name"], "to_agency": other["name"]}
    moved = tk.get_action("officer_move")({"user": admin["name"]}, dict(data))
    assert moved["moved"] == 2
    assert {one["role"] for one in moved["officers"]} == {"author", "head"}
    assert holds(person, other, Role.HEAD)
    assert not holds(person, agency, Role.HEAD, Role.AUTHOR)
    assert ExamplePlugin.handed_over == [(person["id"], None, agency["id"], COMPONENT)]
    assert "user" in errors_of(lambda: tk.get_action("officer_move")({"user": admin["name"]}, dict(data)))
    far = factories.Organization()
    with pytest.raises(tk.NotAuthorized):
        tk.get_action("officer_move")({"user": admin["name"]}, data | {"to_agency": far["name"]})


def test_grants_and_ends_stand_in_the_agencys_journal(grant: Grant, admin: Any, agency: Any, person: Any) -> None:
    revoke(admin, grant())
    entries = journal.entries("agency", agency["id"], internal=True)
    assert [entry["event"] for entry in entries] == [officers.GRANTED, officers.REVOKED]
    assert {entry["actor"] for entry in entries} == {admin["id"]}
    assert entries[0]["public"] == {"component": COMPONENT, "role": "author"}
    assert entries[1]["internal"]["user"] == person["id"]
    assert entries[1]["internal"]["tasks"] == 7


def list_as(by: dict[str, Any], /, **filters: Any) -> list[dict[str, Any]]:
    found = tk.get_action("officer_list")({"user": by["name"]}, filters)
    assert found["count"] == len(found["results"])
    return found["results"]


def test_a_list_shows_the_agencies_that_one_administers(grant: Grant, admin: Any, person: Any, agency: Any) -> None:
    grant()
    stranger = factories.User(fullname="Stranger Elsewhere")
    elsewhere = factories.Organization()
    grant(factories.Sysadmin(), user=stranger["name"], agency=elsewhere["name"])
    assert [one["user"] for one in list_as(admin)] == [person["name"]]
    assert len(list_as(factories.Sysadmin())) == 2
    assert [one["user"] for one in list_as(person)] == [person["name"]]
    assert [one["user"] for one in list_as(factories.Sysadmin(), q="ELSEWHERE")] == [stranger["name"]]
    assert list_as(factories.Sysadmin(), q="100%") == []
    with pytest.raises(tk.NotAuthorized):
        list_as(factories.User())
    with pytest.raises(tk.NotAuthorized):
        list_as(person, agency=elsewhere["name"])
    nobody = factories.User()
    assert list_as(nobody, user=nobody["name"]) == []


def test_a_list_is_filtered_and_paged(grant: Grant, admin: Any, agency: Any) -> None:
    for role in ("author", "publisher", "head"):
        last = grant(role=role)
    revoke(admin, last)
    assert [one["role"] for one in list_as(admin, role="author", agency=agency["id"], component=COMPONENT)] == [
        "author"
    ]
    assert [one["role"] for one in list_as(admin, state="ended")] == ["head"]
    assert len(list_as(admin, state="all")) == 3
    page = tk.get_action("officer_list")({"user": admin["name"]}, {"limit": 1, "offset": 1})
    assert (page["count"], len(page["results"])) == (2, 1)
    assert "state" in errors_of(lambda: list_as(admin, state="soon"))
    assert "limit" in errors_of(lambda: list_as(admin, limit=5000))


def test_agencies_without_anybody_responsible_are_listed(grant: Grant, admin: Any, agency: Any, person: Any) -> None:
    bare = factories.Organization(title="Bare")
    sysadmin = factories.Sysadmin()

    def gaps(by: dict[str, Any], **more: Any) -> set[str]:
        found = tk.get_action("officer_gap_list")({"user": by["name"]}, {"component": COMPONENT, **more})
        assert found["count"] == len(found["results"])
        return {row["agency"] for row in found["results"]}

    assert gaps(sysadmin) == {agency["name"], bare["name"]}
    assert gaps(admin) == {agency["name"]}
    grant(role="council_member")
    assert gaps(admin) == {agency["name"]}
    made = grant()
    assert gaps(admin) == set()
    assert gaps(sysadmin, agency=agency["name"]) == set()
    tk.get_action("organization_delete")({"ignore_auth": True, "user": sysadmin["name"]}, {"id": bare["id"]})
    assert gaps(sysadmin) == set()
    revoke(admin, made)
    assert gaps(sysadmin) == {agency["name"]}
    with pytest.raises(tk.NotAuthorized):
        gaps(person)


def test_the_gap_list_is_one_statement(clean_portal: None) -> None:
    factories.Organization()
    statements: list[str] = []
    engine = model.ensure_engine()
    sa.event.listen(engine, "before_cursor_execute", listener := lambda *args: statements.append(args[2]))
    try:
        officers.gaps()
    finally:
        sa.event.remove(engine, "before_cursor_execute", listener)
    assert len(statements) == 1


def test_may_asks_the_table(grant: Grant, person: Any, agency: Any) -> None:
    grant()
    context: Any = {"user": person["name"]}
    assert may("example_write", context, COMPONENT, agency["id"])
    assert may("example_write", context, COMPONENT, None)
    assert not may("example_decide", context, COMPONENT, agency["id"])
    assert not may("example_write", context, COMPONENT, factories.Organization()["id"])
    assert not may("example_write", context, "other", agency["id"])
    assert not may("unheard_of", context, COMPONENT, agency["id"])
    assert not may("example_write", {"user": ""}, COMPONENT, agency["id"])
    assert may("example_write", {"user": factories.Sysadmin()["name"]}, COMPONENT, agency["id"])


def test_a_role_over_all_agencies_counts_everywhere(grant: Grant, person: Any) -> None:
    grant(factories.Sysadmin(), role="supervisor")
    assert may("example_decide", {"user": person["name"]}, COMPONENT, factories.Organization()["id"])


def test_labels_add_the_components_to_ckans_own(agency: Any, person: Any) -> None:
    package = model.Package(name="one", type=TYPE, owner_org=agency["id"], private=True, state="active")
    assert labels.package_labels(package) == [f"member-{agency['id']}", "example-one"]
    user = model.User.get(person["id"])
    assert user
    assert f"example-of-{person['name']}" in labels.user_labels(user)
    assert labels.user_labels(model.AnonymousUser()) == ["public"]


def test_no_label_shows_the_id_of_a_person(person: Any) -> None:
    draft = model.Package(name="mine", type="dataset", creator_user_id=person["id"], state="draft")
    user = model.User.get(person["id"])
    assert user
    found = labels.package_labels(draft)
    assert found == [labels.person_label(person["id"])]
    assert found[0] in labels.user_labels(user)
    assert not any(person["id"] in label for label in [*found, *labels.user_labels(user)])


def test_a_draft_is_found_by_its_author_and_nobody_else(agency: Any) -> None:
    author = factories.User()
    other = factories.User()
    made = factories.Dataset(user=author, owner_org=agency["id"])
    model.Session.execute(
        sa.update(model.Package)
        .where(model.Package.id == made["id"])
        .values(state="draft", owner_org=None, creator_user_id=author["id"])
    )
    model.Session.commit()
    tk.check_access("package_show", {"user": author["name"]}, {"id": made["id"]})
    with pytest.raises(tk.NotAuthorized):
        tk.check_access("package_show", {"user": other["name"]}, {"id": made["id"]})


def test_every_role_has_a_name_and_a_meaning() -> None:
    assert set(roles.TITLES) == set(Role)


def test_the_table_shows_a_component_and_who_may_do_what() -> None:
    text = roles_table.render()
    assert "| `example_write` | yes | yes |" in text
    assert "| `example_decide` |" in text
