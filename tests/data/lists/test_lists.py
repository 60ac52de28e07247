"""Approved lists: every state, event and role; dates, scores, proposals, reminders."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from ckanext.opengov.civic.model.notices import Delivery, Notice
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import journal
from ckanext.opengov.data.model.lists import ListItem
from ckanext.opengov.data.service.lists import reminding
from ckanext.opengov.data.service.lists.states import STATES, STEPS
from freezegun import freeze_time

from tests.data.ground import act, agency, citizen, dataset, officer, work

pytestmark = pytest.mark.usefixtures("clean_portal")

TITLE = {"kk": "Мектептер тізімі", "ru": "Список школ", "en": "List of schools"}
MET = ["not_secret", "not_personal", "machine_readable"]
REASON = "Ведомство просит перенести срок на месяц."

# Written by hand, not taken from the rules: (state, event) → the state after.
MAY_HAPPEN = {
    ("draft", "remove"): "removed",
    ("draft", "agree"): "agreed",
    ("agreed", "recall"): "draft",
    ("agreed", "return"): "draft",
    ("agreed", "approve"): "approved",
    ("approved", "decline"): "approved",
    ("amended", "decline"): "amended",
    ("approved", "amend"): "amended",
    ("amended", "amend"): "amended",
    ("approved", "exclude"): "removed",
    ("amended", "exclude"): "removed",
}
WRITERS = {"author", "publisher", "head", "deputy_head"}
WHO = {
    "agree": WRITERS - {"author"},
    "recall": WRITERS - {"author"},
    "remove": WRITERS,
    **{event: {"list_approver"} for event in ("approve", "return", "amend", "decline", "exclude")},
}


def draft(user: str, agency_id: str, **other: Any) -> dict[str, Any]:
    values = {"title": TITLE, "due_on": "2026-12-31", "frequency": "MONTHLY", "criteria": MET}
    return act("data_list_item_upsert", user, agency=agency_id, **{**values, **other})


def step(user: str, agency_id: str, event: str, **data: Any) -> dict[str, Any]:
    return act("data_list_transition", user, agency=agency_id, event=event, **data)


def only(user: str | None, agency_id: str) -> dict[str, Any]:
    (item,) = act("data_list_show", user, agency=agency_id)["items"]
    return item


class Country:
    """An agency with one officer of each kind, and the authorised body."""

    def __init__(self) -> None:
        self.agency = agency(name="education")
        self.author = officer(self.agency, Role.AUTHOR)
        self.head = officer(self.agency, Role.HEAD)
        self.approver = officer(agency(), Role.LIST_APPROVER)

    def approved(self, **values: Any) -> dict[str, Any]:
        made = draft(self.author, self.agency, **values)
        step(self.head, self.agency, "agree", numbers=[made["number"]])
        step(self.approver, self.agency, "approve", numbers=[made["number"]])
        return made


def test_every_step_in_every_state_by_every_role() -> None:
    owner = agency()
    made = draft(officer(owner, Role.AUTHOR), owner)
    users = {str(role): officer(owner, role) for role in Role} | {"stranger": officer(agency(), Role.HEAD)}
    assert set(STEPS) == set(WHO)
    for state in STATES:
        for event in STEPS:
            for role, user in users.items():
                item = model.Session.get(ListItem, made["id"])
                item.state, item.proposal = state, {"values": {"frequency": "DAILY"}, "reason": REASON}
                model.Session.commit()
                expected = "refused" if role not in WHO[event] else MAY_HAPPEN.get((state, event), "impossible")
                assert _try(user, owner, event, made) == expected, (state, event, role)


def _try(user: str, owner: str, event: str, made: dict[str, Any]) -> str:
    try:
        step(user, owner, event, numbers=[made["number"]], reason=REASON)
    except tk.NotAuthorized:
        return "refused"
    except tk.ValidationError:
        return "impossible"
    return model.Session.get(ListItem, made["id"]).state


def test_from_the_draft_to_the_approved_list() -> None:
    here = Country()
    made = draft(here.author, here.agency, criteria=["not_secret"])
    for user in (None, citizen(), officer(agency(), Role.HEAD)):
        assert act("data_list_show", user, agency=here.agency)["items"] == []
    with pytest.raises(tk.ValidationError, match="criteria"):
        step(here.head, here.agency, "agree")
    act("data_list_item_upsert", here.author, id=made["id"], criteria=MET)
    step(here.head, here.agency, "agree")
    with pytest.raises(tk.ValidationError, match="event"):
        act("data_list_item_upsert", here.author, id=made["id"], frequency="DAILY")
    step(here.approver, here.agency, "return", reason="Укажите точный срок публикации.")
    assert only(here.author, here.agency)["returned"] == "Укажите точный срок публикации."
    step(here.head, here.agency, "agree")
    step(here.approver, here.agency, "approve")
    shown = only(None, here.agency)
    assert (shown["state"], "proposal" in shown, "returned" in shown) == ("approved", False, False)
    events = [one["event"].removeprefix("data_list.") for one in _journal(here)]
    assert events == ["agree", "return", "agree", "approve"]
    drafted = journal.entries("data_list_draft", here.agency, internal=False)
    assert [one["event"] for one in drafted] == ["data_list.create", "data_list.change"]
    assert all("title" not in one["public"] for one in drafted)
    assert journal.verify("data_list", here.agency).ok


def test_each_step_is_told_to_whoever_it_concerns() -> None:
    here = Country()
    made = here.approved()
    act("data_list_item_upsert", here.author, id=made["id"], due_on="2027-01-31", reason=REASON)
    step(here.approver, here.agency, "amend", numbers=[made["number"]])
    work()
    told = [(one.notice_key.split(":")[0].split(".")[1], one.user_id) for one in model.Session.query(Delivery)]
    author, approver = (model.User.get(name).id for name in (here.author, here.approver))
    expected = [("agree", approver), ("approve", author), ("propose", approver), ("amend", author)]
    assert sorted(told) == sorted(expected)
    amended = model.Session.query(Notice).filter(Notice.event == "data_list.amend").one()
    assert (amended.public, REASON in amended.body["en"]) == (True, True)


def _journal(here: Country) -> list[dict[str, Any]]:
    return journal.entries("data_list", here.agency, internal=False)


def test_the_agency_proposes_and_the_authorised_body_amends() -> None:
    here = Country()
    made = here.approved()
    with pytest.raises(tk.ValidationError, match="reason"):
        act("data_list_item_upsert", here.author, id=made["id"], due_on="2027-01-31")
    act("data_list_item_upsert", here.author, id=made["id"], due_on="2027-01-31", reason=REASON)
    assert (only(None, here.agency)["due_on"], only(None, here.agency)["state"]) == ("2026-12-31", "approved")
    step(here.approver, here.agency, "decline", numbers=[made["number"]], reason="Срок уже переносили.")
    with pytest.raises(tk.ValidationError, match="proposed"):
        step(here.approver, here.agency, "amend", numbers=[made["number"]])
    act("data_list_item_upsert", here.author, id=made["id"], due_on="2027-02-28", reason=REASON)
    step(here.approver, here.agency, "amend", numbers=[made["number"]])
    assert (only(None, here.agency)["due_on"], only(None, here.agency)["state"]) == ("2027-02-28", "amended")
    act("data_list_item_upsert", here.approver, id=made["id"], frequency="DAILY", reason="Данные нужны ежедневно.")
    last = _journal(here)[-1]
    assert (last["event"], last["public"]["frequency"]) == ("data_list.amend", ["MONTHLY", "DAILY"])
    with pytest.raises(tk.NotAuthorized):
        draft(here.approver, here.agency)


def test_what_is_due_and_how_late_it_is() -> None:
    with freeze_time("2026-03-01 06:00:00"):
        here = Country()
        made = here.approved(due_on="2026-03-10")
        assert (only(None, here.agency)["standing"], _score(here)) == ("soon", None)
    with freeze_time("2026-03-10 18:00:00"):
        assert only(None, here.agency)["standing"] == "soon"
    with freeze_time("2026-03-13 06:00:00"):
        shown = only(None, here.agency)
        assert (shown["standing"], shown["days_late"], _score(here)) == ("late", 3, 0)
        published = dataset(here.agency, modified="2026-03-12")
        act("data_list_item_upsert", here.author, id=made["id"], dataset=f"/kk/dataset/{published['name']}")
        shown = only(None, here.agency)
        assert (shown["standing"], shown["next_due"], _score(here)) == ("good", "2026-04-13", 1)
    with freeze_time("2026-04-20 06:00:00"):
        assert only(None, here.agency)["days_late"] == 7
        act("package_patch", factories.Sysadmin()["name"], id=published["id"], modified="2026-04-20")
        assert only(None, here.agency)["next_due"] == "2026-05-20"
        act("package_patch", factories.Sysadmin()["name"], id=published["id"], private=True)
        # Not public is not published: the first date counts again.
        assert only(None, here.agency)["next_due"] == "2026-03-10"


def _score(here: Country) -> float | None:
    (one,) = act("data_list_list", None)
    return one["figures"]["score"]


def test_data_that_are_renewed_as_needed_are_never_late_again() -> None:
    here = Country()
    published = dataset(here.agency, modified="2020-01-01")
    here.approved(due_on="2020-06-30", frequency="AS_NEEDED", dataset=published["name"])
    shown = only(None, here.agency)
    assert (shown["standing"], shown["next_due"]) == ("good", None)


def test_wrong_fields_are_told_at_once() -> None:
    here = Country()
    wrong = {"title": {"kk": "Тізім"}, "due_on": "31/12/2026", "frequency": "OFTEN", "criteria": ["nice"]}
    with pytest.raises(tk.ValidationError) as refused:
        draft(here.author, here.agency, **wrong)
    assert set(refused.value.error_dict) == {"title", "due_on", "frequency", "criteria"}
    foreign, private = dataset(agency()), dataset(here.agency, private=True)
    for name in (foreign["name"], private["name"], "nothing-here"):
        with pytest.raises(tk.ValidationError, match="dataset"):
            draft(here.author, here.agency, dataset=name)
    assert act("data_list_show", here.author, agency=here.agency)["items"] == []


def test_officers_are_reminded_once_of_each_date_and_find_their_tasks() -> None:
    with freeze_time("2026-03-01 06:00:00"):
        here = Country()
        here.approved(due_on="2026-03-10")
        draft(here.author, here.agency, title={**TITLE, "ru": "Второй"})
        assert (reminding.remind(), reminding.remind()) == (1, 0)
    with freeze_time("2026-03-11 06:00:00"):
        assert (reminding.remind(), reminding.remind()) == (1, 0)
        work()
        told = [one.user_id for one in model.Session.query(Delivery) if one.notice_key.startswith("data_list.due")]
        assert told == [model.User.get(here.author).id] * 2
        kinds = {name: _kinds(user) for name, user in vars(here).items() if name != "agency"}
    assert kinds["author"] == {"data_list_due": 1}
    assert kinds["head"] == {"data_list_due": 1, "data_list_agree": 1}
    assert kinds["approver"] == {}
    step(here.head, here.agency, "agree")
    act("data_list_item_upsert", here.author, id=_first(here), due_on="2026-05-01", reason=REASON)
    assert _kinds(here.approver) == {"data_list_approve": 1, "data_list_decide": 1}


def _first(here: Country) -> str:
    return act("data_list_show", here.author, agency=here.agency)["items"][0]["id"]


def _kinds(user: str) -> dict[str, int]:
    found = act("workplace_task_list", user, component="data")["tasks"]
    return {kind: sum(one["kind"] == kind for one in found) for kind in {one["kind"] for one in found}}


def test_the_deadline_of_a_task_is_the_end_of_the_day_in_almaty() -> None:
    here = Country()
    here.approved(due_on="2026-01-10")
    (task,) = act("workplace_task_list", here.author, component="data")["tasks"]
    assert dt.datetime.fromisoformat(task["due_at"]) == dt.datetime(2026, 1, 10, 18, 59, 59, tzinfo=dt.UTC)
