"""The calendar as the action API shows it, and what follows when an administrator changes it."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
import pytest
from ckan.lib.helpers import url_for
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opengov.civic.interfaces import ComponentManifest, ICivicComponent
from ckanext.opengov.civic.service import outbox
from ckanext.opengov.civic.service.calendar import Calendar, deadline_from
from ckanext.opengov.civic.service.terms import Term, Unit


class DeadlinePlugin(p.SingletonPlugin):
    """A component with one open deadline: three working days from Mon 1 June 2026."""

    p.implements(ICivicComponent)

    ends: ClassVar[list[str]] = []

    def civic_manifest(self) -> ComponentManifest:
        return ComponentManifest(name="deadlines", title="Deadlines", deadline_recomputers=(self.recompute,))

    @classmethod
    def recompute(cls, calendar: Calendar) -> int:
        end = deadline_from(calendar, dt.date(2026, 6, 1), Term(3, Unit.WORKING_DAYS))
        cls.ends.append(end.last_day.isoformat())
        return 1


pytestmark = [
    pytest.mark.with_plugins({"opengov_deadlines": DeadlinePlugin}),
    pytest.mark.usefixtures("clean_portal"),
]


@pytest.fixture
def administrator() -> dict[str, Any]:
    return factories.Sysadmin()


def as_user(user: dict[str, Any] | None, action: str, **data: Any) -> Any:
    context = {"user": user["name"] if user else "", "ignore_auth": False}
    return call_action(action, context, **data)


def reasons(answer: dict[str, Any]) -> dict[str, str]:
    return {day["date"]: day["reason"] for day in answer["days"]}


def test_anybody_may_ask_how_a_term_is_counted() -> None:
    answer = as_user(None, "calendar_explain", start="2026-03-21T11:00:00+05:00", term="appeal.forward")
    assert answer["received_on"] == "2026-03-21"
    assert answer["registered_on"] == "2026-03-26"
    assert answer["last_day"] == "2026-03-31"
    assert answer["ends_at"] == "2026-03-31T18:59:59+00:00"
    assert answer["term"]["verified"] is True
    assert set(answer["term"]["basis"]) == {"kk", "ru", "en"}
    assert [day["number"] for day in answer["days"]] == [0, 0, 0, 0, 0, 1, 0, 0, 2, 3]


def test_a_number_and_a_unit_serve_instead_of_a_term() -> None:
    answer = as_user(None, "calendar_explain", start="2026-06-01", number=2, unit="months")
    assert answer["last_day"] == "2026-08-03"
    assert answer["term"] == {"number": 2, "unit": "months"}


@pytest.mark.parametrize(
    ("prefix", "holiday", "observed", "weekend"),
    [
        ("/kk", "Наурыз мейрамы", "Наурыз мейрамы: демалыс күнінен ауыстырылды", "Демалыс күні"),
        ("/ru", "Наурыз мейрамы", "Наурыз мейрамы: выходной перенесён", "Выходной"),
        ("/en", "Nowruz Holiday", "Nowruz Holiday: day off moved from the weekend", "Weekend"),
    ],
)
def test_each_day_says_why_in_the_readers_language(
    app: Any, prefix: str, holiday: str, observed: str, weekend: str
) -> None:
    query = "start=2026-03-23&number=4&unit=working_days"
    answer = app.get(f"{prefix}/api/3/action/calendar_explain?{query}").json["result"]
    told = reasons(answer)
    assert told["2026-03-24"].startswith(observed)
    assert told["2026-03-28"] == weekend
    first = app.get(f"{prefix}/api/3/action/calendar_explain?start=2026-03-20&number=1&unit=working_days").json
    assert reasons(first["result"])["2026-03-23"] == holiday


@pytest.mark.parametrize(
    ("data", "field", "complaint"),
    [
        ({"start": "yesterday", "term": "appeal.answer"}, "start", "is not a date"),
        ({"start": "2026-03-21T18:30:00", "term": "appeal.answer"}, "start", "with its zone"),
        ({"start": "2026-03-21", "term": "appeal.never"}, "term", "Known terms"),
        ({"start": "2026-03-21", "number": -1, "unit": "working_days"}, "number", "from 1 to 260"),
        ({"start": "2026-03-21", "number": 1, "unit": "weeks"}, "number", "working_days"),
        ({"start": "2026-03-21"}, "number", "unit"),
        ({"start": "2100-12-30", "term": "appeal.answer"}, "start", "2101"),
        ({"start": "9999-12-31", "term": "appeal.answer"}, "start", "1991 to 2100"),
        # The 400th calendar day after Sat 3 January 2026, registered on the 5th, is a day later than it may be.
        ({"start": "2026-01-03", "number": 400, "unit": "calendar_days"}, "number", "At most 400 days"),
        ({"term": "appeal.answer"}, "start", "Missing value"),
    ],
)
def test_bad_questions_are_refused_with_the_field(data: dict[str, Any], field: str, complaint: str) -> None:
    with pytest.raises(tk.ValidationError) as caught:
        as_user(None, "calendar_explain", **data)
    assert complaint in str(caught.value.error_dict[field])


def test_only_an_administrator_changes_the_calendar() -> None:
    user = factories.User()
    day = {"date": "2026-06-03", "kind": "day_off", "reason": "Order 12"}
    for who in (None, user):
        with pytest.raises(tk.NotAuthorized):
            as_user(who, "calendar_day_set", **day)
        with pytest.raises(tk.NotAuthorized):
            as_user(who, "calendar_day_delete", date="2026-06-03")
    assert as_user(None, "calendar_day_list") == []


def test_a_transferred_day_moves_deadlines_and_is_explained(administrator: dict[str, Any]) -> None:
    before = as_user(None, "calendar_explain", start="2026-06-01", number=3, unit="working_days")
    as_user(administrator, "calendar_day_set", date="2026-06-03", kind="day_off", reason="Order 12")
    after = as_user(None, "calendar_explain", start="2026-06-01", number=3, unit="working_days")
    assert (before["last_day"], after["last_day"]) == ("2026-06-04", "2026-06-05")
    assert reasons(after)["2026-06-03"].endswith(": Order 12")


def test_who_changed_the_calendar_is_for_administrators(administrator: dict[str, Any]) -> None:
    as_user(administrator, "calendar_day_set", date="2026-06-03", kind="day_off", reason="Order 12")
    assert as_user(None, "calendar_day_list") == [{"date": "2026-06-03", "kind": "day_off", "reason": "Order 12"}]
    [full] = as_user(administrator, "calendar_day_list", first="2026-06-01", last="2026-06-30")
    assert full["changed_by"] == administrator["id"]
    assert as_user(None, "calendar_day_list", first="2026-06-04") == []


def test_open_deadlines_are_computed_anew_in_the_background(administrator: dict[str, Any]) -> None:
    DeadlinePlugin.ends.clear()
    as_user(administrator, "calendar_day_set", date="2026-06-03", kind="day_off", reason="Order 12")
    assert DeadlinePlugin.ends == []
    outbox.drain()
    as_user(administrator, "calendar_day_delete", date="2026-06-03")
    outbox.drain()
    assert DeadlinePlugin.ends == ["2026-06-05", "2026-06-04"]


def test_each_change_of_the_calendar_stands_in_the_journal(administrator: dict[str, Any]) -> None:
    as_user(administrator, "calendar_day_set", date="2026-06-03", kind="day_off", reason="Order 12")
    as_user(administrator, "calendar_day_set", date="2026-06-06", kind="working", reason="Order 12")
    as_user(administrator, "calendar_day_delete", date="2026-06-03")
    read = as_user(None, "journal_list", entity_type="calendar", entity_id="days")["entries"]
    told = [(one["event"], one["public"]["date"], one["public"]["reason"]) for one in read]
    assert told == [
        ("calendar.day_off", "2026-06-03", "Order 12"),
        ("calendar.working", "2026-06-06", "Order 12"),
        ("calendar.taken_back", "2026-06-03", "Order 12"),
    ]
    assert "actor" not in read[0]
    inside = as_user(administrator, "journal_list", entity_type="calendar", entity_id="days")["entries"]
    assert {one["actor"] for one in inside} == {administrator["id"]}
    assert as_user(administrator, "journal_verify", entity_type="calendar", entity_id="days")["ok"]


def test_setting_a_day_twice_keeps_one_row(administrator: dict[str, Any]) -> None:
    for reason in ("Order 12", "Order 13"):
        as_user(administrator, "calendar_day_set", date="2026-06-03", kind="day_off", reason=reason)
    [day] = as_user(None, "calendar_day_list")
    assert day["reason"] == "Order 13"


@pytest.mark.parametrize(
    ("changed", "field", "complaint"),
    [
        ({"date": "03.06.2026"}, "date", "2026-03-21"),
        ({"kind": "holiday"}, "kind", "working, day_off"),
        ({"reason": " "}, "reason", "at most 500"),
        ({"reason": "x" * 501}, "reason", "at most 500"),
        ({"date": "2026-06-06"}, "date", "2026-06-06 is a day off already"),
        ({"kind": "working"}, "date", "2026-06-03 is a working day already"),
        ({"date": "2101-06-06"}, "date", "1991 to 2100"),
    ],
)
def test_a_wrong_day_changes_nothing(
    administrator: dict[str, Any], changed: dict[str, str], field: str, complaint: str
) -> None:
    day = {"date": "2026-06-03", "kind": "day_off", "reason": "Order 12", **changed}
    with pytest.raises(tk.ValidationError) as caught:
        as_user(administrator, "calendar_day_set", **day)
    assert complaint in str(caught.value.error_dict[field])
    assert as_user(None, "calendar_day_list") == []
    assert model.Session.execute(model.meta.metadata.tables["opengov_outbox"].select()).all() == []


def test_a_day_that_is_not_transferred_cannot_be_taken_back(administrator: dict[str, Any]) -> None:
    with pytest.raises(tk.ObjectNotFound, match="2026-06-03 is not a transferred day"):
        as_user(administrator, "calendar_day_delete", date="2026-06-03")


def test_the_calendar_is_not_changed_by_get(app: Any, administrator: dict[str, Any]) -> None:
    token = factories.APIToken(user=administrator["name"])["token"]
    url = url_for("api.action", logic_function="calendar_day_set", ver=3)
    query = "date=2026-06-03&kind=day_off&reason=x"
    answer = app.get(f"{url}?{query}", headers={"Authorization": token}, status=400)
    assert "POST" in answer.body
    assert as_user(None, "calendar_day_list") == []


def test_terms_of_the_instance_are_used(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "terms.yaml"
    text = "{kk: а, ru: б, en: c}"
    own.write_text(
        f"appeal.answer: {{number: 2, unit: working_days, title: {text}, basis: {text}, date: 2026-11-24,"
        " verified: true}",
        encoding="utf-8",
    )
    monkeypatch.setitem(tk.config, "opengov.legal_terms", str(own))
    answer = as_user(None, "calendar_explain", start="2026-06-01", term="appeal.answer")
    assert answer["last_day"] == "2026-06-03"
