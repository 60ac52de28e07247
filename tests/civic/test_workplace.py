"""The workplace: what waits for an officer, of all components and agencies of their roles, by deadline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests import factories
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import officers

from tests.civic import tasks_component
from tests.civic.tasks_component import JobsPlugin, MoreJobsPlugin, add

DAY = dt.timedelta(days=1)
with_jobs = pytest.mark.with_plugins({"opengov_jobs": JobsPlugin, "opengov_more_jobs": MoreJobsPlugin})
pytestmark = [with_jobs, pytest.mark.usefixtures("clean_portal")]


@pytest.fixture(autouse=True)
def _table(clean_portal: None) -> Iterator[None]:
    with tasks_component.table():
        yield


@pytest.fixture
def agency(clean_portal: None) -> dict[str, Any]:
    return factories.Organization(title="Agency One")


@pytest.fixture
def officer(agency: dict[str, Any]) -> dict[str, Any]:
    user = factories.UserWithToken()
    hold(user, agency, Role.AUTHOR)
    return user


def hold(user: dict[str, Any], agency: dict[str, Any], role: Role, component: str = "jobs") -> None:
    officers.grant([officers.Grant(user["id"], agency["id"], component, role, officers.today())], user["id"])
    model.Session.commit()


def waiting(user: dict[str, Any], **filters: Any) -> dict[str, Any]:
    return tk.get_action("workplace_task_list")({"user": user["name"]}, filters)


def ids(found: dict[str, Any]) -> list[str]:
    return [task["id"] for task in found["tasks"]]


def errors_of(call: Callable[[], Any]) -> dict[str, Any]:
    with pytest.raises(tk.ValidationError) as caught:
        call()
    return caught.value.error_dict


def test_what_is_overdue_stands_first_and_what_has_no_deadline_last(officer: Any, agency: Any) -> None:
    now = utc_now()
    add("never", agency["id"])
    add("later", agency["id"], now + 9 * DAY)
    add("late", agency["id"], now - DAY)
    add("soon", agency["id"], now + DAY)
    found = waiting(officer)
    assert ids(found) == ["late", "soon", "later", "never"]
    assert [task["overdue"] for task in found["tasks"]] == [True, False, False, False]
    assert found["tasks"][0]["agency_title"] == "Agency One"
    assert found["tasks"][0]["kind_title"] == "Jobs"


def test_an_officer_sees_only_tasks_of_the_own_agencies_and_roles(officer: Any, agency: Any) -> None:
    other = factories.Organization()
    add("own", agency["id"])
    add("foreign", other["id"])
    assert ids(waiting(officer)) == ["own"]
    council = factories.User()
    hold(council, agency, Role.COUNCIL_MEMBER)
    assert ids(waiting(council)) == []
    assert waiting(council)["counters"]["all"] == 0


def test_a_role_over_all_agencies_sees_all_and_so_does_an_administrator(agency: Any) -> None:
    add("a", agency["id"])
    add("b", factories.Organization()["id"])
    supervisor = factories.User()
    hold(supervisor, agency, Role.SUPERVISOR)
    assert ids(waiting(supervisor)) == ["a", "b"]
    assert ids(waiting(factories.Sysadmin(), component="jobs")) == ["a", "b"]


def test_a_role_that_has_ended_shows_nothing(officer: Any, agency: Any) -> None:
    add("own", agency["id"])
    [held] = officers.open_grants([officer["id"]]).values()
    officers.revoke(held, officer["id"])
    model.Session.commit()
    with pytest.raises(tk.NotAuthorized, match="for officers"):
        waiting(officer)


def test_people_without_a_role_are_told_how_to_get_one(agency: Any) -> None:
    with pytest.raises(tk.NotAuthorized, match="administrator of your agency"):
        waiting(factories.User())


def test_filters_narrow_the_list_and_leave_the_counters(officer: Any, agency: Any) -> None:
    second = factories.Organization(title="Agency Two")
    hold(officer, second, Role.AUTHOR)
    now = utc_now()
    add("late", agency["id"], now - DAY)
    add("letter", agency["id"], now + DAY, kind="letter")
    add("mine", second["id"], now + DAY, assignee=officer["id"])
    assert ids(waiting(officer, overdue=True)) == ["late"]
    assert ids(waiting(officer, mine=True)) == ["mine"]
    assert ids(waiting(officer, kind="letter")) == ["letter"]
    assert ids(waiting(officer, agency=second["name"])) == ["mine"]
    assert ids(waiting(officer, component="civic")) == []
    counters = waiting(officer, overdue=True)["counters"]
    assert (counters["all"], counters["overdue"], counters["mine"]) == (3, 1, 1)
    assert {(one["name"], one["number"]) for one in counters["kinds"]} == {("job", 2), ("letter", 1)}
    assert [(one["title"], one["number"]) for one in counters["agencies"]] == [("Agency One", 2), ("Agency Two", 1)]


def test_pages_of_several_components_show_each_task_once_in_order(officer: Any, agency: Any) -> None:
    hold(officer, agency, Role.AUTHOR, "morejobs")
    moment = utc_now() + DAY
    # Many at the same moment, some at another, some without: the places at which pages are cut.
    for number in range(30):
        due = None if number % 3 == 0 else moment + (number % 5 // 3) * DAY
        add(f"{number:02}", agency["id"], due)
    seen: list[tuple[Any, ...]] = []
    cursor = ""
    while cursor is not None:
        found = waiting(officer, cursor=cursor, limit=7)
        seen += [(task["due_at"] or "9999", task["component"], task["id"]) for task in found["tasks"]]
        cursor = found["next"]
    assert len(seen) == 60
    assert seen == sorted(set(seen))


def statements(call: Callable[[], Any]) -> list[str]:
    seen: list[str] = []
    engine = model.ensure_engine()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        call()
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return seen


def test_each_component_is_asked_by_one_statement(officer: Any, agency: Any) -> None:
    hold(officer, agency, Role.AUTHOR, "morejobs")
    for number in range(60):
        add(f"{number:02}", agency["id"], utc_now() - DAY, assignee=officer["id"])
    seen = statements(lambda: waiting(officer, limit=50))
    assert len([one for one in seen if "opengov_test_job" in one]) == 2
    assert len([one for one in seen if "opengov_thread" in one]) == 1
    # Beside them: who asks, which roles, names of agencies and of people. Their number does not grow with the tasks.
    few = statements(lambda: waiting(officer, limit=1))
    assert len(few) == len(seen)


def test_a_cursor_that_no_page_gave_is_refused(officer: Any) -> None:
    for cursor in ("nonsense", "WzEsMiwzXQ==", "bnVsbA==", "WyIyMDI2LTAxLTAxIiwgImEiLCAiYiJd"):
        assert "no place" in errors_of(lambda: waiting(officer, cursor=cursor))["cursor"][0]  # noqa: B023
    assert "There is no agency" in errors_of(lambda: waiting(officer, agency="nowhere"))["agency"][0]


def bulk(user: dict[str, Any], tasks: list[str], action: str = "finish", component: str = "jobs") -> dict[str, Any]:
    data = {"component": component, "action": action, "ids": tasks}
    return tk.get_action("workplace_bulk")({"user": user["name"]}, data)


def test_many_tasks_are_done_at_once_and_those_that_cannot_say_why(officer: Any, agency: Any) -> None:
    for number in ("a", "b", "stuck"):
        add(number, agency["id"])
    done = bulk(officer, ["a", "stuck", "b"])
    assert done == {"done": ["a", "b"], "failed": [{"id": "stuck", "message": "stuck jobs cannot be finished."}]}
    assert ids(waiting(officer)) == ["stuck"]


def test_bulk_names_what_there_is(officer: Any) -> None:
    assert "finish" in errors_of(lambda: bulk(officer, ["a"], "burn"))["action"][0]
    assert "action" in errors_of(lambda: bulk(officer, ["a"], component="nothing"))
    assert "ids" in errors_of(lambda: bulk(officer, []))
    assert "ids" in errors_of(lambda: bulk(officer, [str(number) for number in range(1_000)]))
    with pytest.raises(tk.NotAuthorized):
        bulk(factories.User(), ["a"])


@pytest.fixture
def visit(app: Any) -> Callable[..., str]:
    def call(user: dict[str, Any], path: str, *, status: int = 200, **more: Any) -> str:
        send = app.post if "data" in more else app.get
        answer = send(path, headers={"Authorization": user["token"]}, follow_redirects=False, **more)
        assert answer.status_code == status, answer.text[:3000]
        return unescape(answer.text)

    return call


def test_visitors_are_sent_to_sign_in(app: Any) -> None:
    answer = app.get("/workplace", follow_redirects=False)
    assert answer.status_code == 302
    assert "/user/login" in answer.headers["Location"]


def test_the_page_shows_what_waits_in_three_languages(visit: Any, officer: Any, agency: Any) -> None:
    add("late", agency["id"], utc_now() - 3 * DAY)
    assert "мерзімі 3 күн өтті" in visit(officer, "/workplace")
    assert "просрочено на 3 дня" in visit(officer, "/ru/workplace")
    page = visit(officer, "/en/workplace")
    assert "3 days late" in page
    assert 'href="/job/late"' in page
    assert 'value="jobs/late"' in page


def test_an_empty_workplace_says_what_to_do(visit: Any, officer: Any) -> None:
    page = visit(officer, "/en/workplace")
    assert "Nothing waits for you" in page
    assert "/helpdesk" in page


def test_filters_that_fit_nothing_lead_back(visit: Any, officer: Any, agency: Any) -> None:
    add("a", agency["id"])
    assert "Nothing here fits" in visit(officer, "/en/workplace?overdue=true")
    visit(officer, "/en/workplace?cursor=nonsense", status=400)


def test_ticked_tasks_are_done_from_the_page(visit: Any, officer: Any, agency: Any) -> None:
    for number in ("a", "b", "c"):
        add(number, agency["id"])
    form = {"deed": "jobs/finish", "ids": ["jobs/a", "jobs/c", "civic/question:1"], "mine": ""}
    visit(officer, "/en/workplace", status=302, data=form)
    assert ids(waiting(officer)) == ["b"]


def test_the_account_menu_leads_officers_to_the_workplace(visit: Any, officer: Any) -> None:
    link = 'href="/en/workplace"'
    assert link in visit(officer, "/en/helpdesk")
    assert link not in visit(factories.UserWithToken(), "/en/helpdesk")
