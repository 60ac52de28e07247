"""A programme on its way: discussed, answered, judged by the council, approved with reasons, reported."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests import factories as core
from ckanext.opengov import factories
from ckanext.opengov.budget.model.programmes import Programme
from ckanext.opengov.budget.service.programmes import watching
from ckanext.opengov.budget.service.programmes.importing import RegistryProgrammes
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.notices import Notice
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import journal, my_items, outbox, transferred_days
from freezegun import freeze_time

from tests.budget.programme_ground import PASSPORT, YEAR, act, changed, ground, officer, person

pytestmark = pytest.mark.usefixtures("clean_portal")


def refused(change: Any, field: str) -> str:
    with pytest.raises(tk.ValidationError) as found:
        change()
    model.Session.rollback()
    assert field in found.value.error_dict
    return str(found.value.error_dict[field])


def id_of(user: str) -> str:
    return act("user_show", user, id=user)["id"]


def tasks_of(user: str) -> list[str]:
    return [one["kind"] for one in act("workplace_task_list", user, component="budget")["tasks"]]


def test_a_programme_goes_its_whole_way(app: Any) -> None:
    here = ground()
    citizen = person()

    # A draft is nobody's business.
    for user in (None, citizen, here.member):
        with pytest.raises(tk.ObjectNotFound):
            here.seen_by(user)
    shown = here.shown()
    assert shown["totals"] == {str(YEAR): "1000000.3", str(YEAR + 1): "5"}
    with pytest.raises(tk.NotAuthorized):
        here.step("open", officer(here.agency["id"], Role.AUTHOR))

    # Discussed at its lines, and the text stands still meanwhile.
    opened = here.step("open")
    assert opened["state"] == "discussion"
    assert opened["due_at"] > utc_now().isoformat()
    refused(lambda: act("budget_programme_update", here.head, id=here.id, **shown["passport"]), "id")
    remark = here.comment("Сумма завышена, посчитайте заново.", "line:l1", citizen)
    other = here.comment("Хорошая программа, поддерживаю её целиком.")
    assert here.seen_by(None)["lines"][0]["comments"] == 1
    refused(lambda: here.comment("Такой строки в программе нет.", "line:l9"), "anchor")
    refused(lambda: here.step("close"), "event")
    assert watching.close_discussions() == 0
    here.close()
    assert refused(lambda: here.comment("Опоздал со своим замечанием."), "entity_id")

    # Every comment is answered before the council has it.
    assert tasks_of(here.head) == ["programme_answer"]
    assert "2" in refused(lambda: here.step("pass_on"), "event")
    here.answer(remark, "line:l1")
    assert "1" in refused(lambda: here.step("pass_on"), "event")
    here.answer(other)

    # A change says because of whom.
    text = changed(shown, "900000.1")
    assert "line:l1" in refused(lambda: act("budget_programme_update", here.head, id=here.id, **text), "because")
    false = {"line:l1": {"source": "comments", "comments": [str(here.id)], "note": "Сумма снижена."}}
    refused(lambda: act("budget_programme_update", here.head, id=here.id, because=false, **text), "because")
    true = {"line:l1": {"source": "comments", "comments": [remark["id"]], "note": "Сумма снижена."}}
    act("budget_programme_update", here.head, id=here.id, because=true, **text)
    (place,) = act("budget_programme_compare", None, id=here.id)["places"]
    assert (place["anchor"], [one["source"] for one in place["because"]]) == ("line:l1", ["comments"])
    assert place["changes"][0]["step"] == "-100000"

    # The council has its say, and the agency replies.
    here.step("pass_on")
    assert (tasks_of(here.member), tasks_of(here.head)) == (["programme_council"], [])
    with pytest.raises(tk.NotAuthorized):
        act("council_opinion_create", here.head, id=here.id, verdict="for")
    given = here.opine("remarks", remarks=[{"anchor": "indicator:i1", "text": "Почему только двенадцать школ?"}])
    assert given["state"] == "replying"
    refused(lambda: here.step("reply", replies=[]), "replies")
    replied = here.step("reply", replies=[{"decision": "partly", "text": "Добавим школы через год."}])
    assert replied["opinions"][0]["remarks"][0]["reply"]["decision"] == "partly"

    # Approved by order; the author of the comment is told, and finds it among the own things.
    refused(lambda: here.step("approve"), "order_number")
    approved = here.step("approve", order_number="17", order_date=utc_now().date().isoformat())
    assert (approved["state"], approved["differences"], approved["due_at"]) == ("approved", 1, None)
    outbox.drain()
    told = model.Session.scalars(sa.select(Notice.url).where(Notice.event == "budget.programme_approve")).all()
    assert any(url.endswith("/compare") for url in told)
    with app.flask_app.test_request_context("/"):
        items, _ = my_items.page(id_of(citizen), None, 20)
        of_member, _ = my_items.page(id_of(here.member), None, 20)
    (own,) = items
    assert [one["title"].rpartition(": ")[2] for one in own["became"]][-1] == "Сумма снижена."
    assert own["became"][-1]["url"].endswith(f"{here.id}/compare#line:l1")
    assert [one["url"] for one in of_member] == [f"/budget_programme/{here.id}#council"]

    # What is in force changes by order only, and the year is reported when it is over.
    refused(lambda: here.step("report", year=YEAR), "year")
    order = {"order_number": "18", "order_date": utc_now().date().isoformat(), "reason": "Бюджет уточнён парламентом."}
    assert refused(lambda: here.step("amend", passport=approved["passport"], **order), "passport")
    amended = here.step("amend", passport=changed(approved, "950000"), **order)
    assert [one["stage"] for one in amended["versions"]] == ["discussed", "approved", "amended"]
    with freeze_time(dt.datetime(YEAR + 1, 2, 1, 6, tzinfo=dt.UTC), tick=True):
        assert tasks_of(here.head) == ["programme_report"]
        figures: dict[str, Any] = {"reached": {"i1": "11", "i2": "1.5"}, "spent": {"l1": "940000", "l2": "0.2"}}
        reported = here.step("report", year=YEAR, summary={"ru": "Построено 11 школ."}, **figures)
    assert (reported["state"], reported["reports"][0]["reached"], reported["reports"][0]["spent"]) == (
        "reported",
        1,
        "940000.2",
    )
    report = act("budget_report_show", None, id=reported["reports"][0]["id"])
    assert (report["kind"], report["programme"]["id"]) == ("programme", here.id)
    about = {"entity_type": "budget_report", "entity_id": report["id"]}
    assert act("comment_create", citizen, text="Где ещё одна школа?", language="ru", **about)["state"] == "pending"

    # All of it stands in the journal, unbroken.
    events = [one["event"].partition(".")[2] for one in journal.entries("budget_programme", here.id, internal=False)]
    assert [one for one in events if not one.startswith("official")] == [
        *("created", "open", "close"),
        *[one for one in events if one == "updated"],
        *("pass_on", "opine_remarks", "reply", "approve", "amend", "report"),
    ]
    assert journal.verify("budget_programme", here.id).ok


def test_what_was_discussed_and_taken_out_can_still_be_read() -> None:
    here = ground()
    shown = here.step("open")
    comment = here.comment("Оснащение не нужно вовсе.", "line:l2")
    here.close()
    text = {**shown["passport"], "lines": shown["passport"]["lines"][:1]}
    because = {"line:l2": {"source": "comments", "comments": [comment["id"]], "note": "Оснащение убрано."}}
    left = act("budget_programme_update", here.head, id=here.id, because=because, **text)
    assert [(one["anchor"], one["comments"]) for one in left["gone"]] == [("line:l2", 1)]
    (place,) = act("budget_programme_compare", None, id=here.id)["places"]
    assert (place["title"], place["changes"][0]["after"]) == ("Оснащение", None)


def test_a_council_that_keeps_silent_does_not_stop_the_programme_for_ever() -> None:
    here = ground()
    here.step("open")
    here.close()
    here.step("pass_on")
    refused(lambda: here.step("go_on", reason="Совет не собрался в срок."), "event")
    here.end_term()
    assert watching.tell_overdue() == 1
    assert watching.tell_overdue() == 0
    refused(lambda: here.step("go_on"), "reason")
    assert here.step("go_on", reason="Совет не собрался в срок.")["state"] == "approving"

    # Back to the council: a second round, and it may be against.
    here.step("pass_on")
    assert here.opine("against")["state"] == "replying"
    assert here.step("reply")["opinions"][0]["round"] == 2
    gone = here.step("withdraw", reason="Программа объединена с другой.")
    assert (gone["state"], gone["events"]) == ("withdrawn", {})


def test_the_calendar_moves_the_end_of_the_discussion() -> None:
    here = ground()
    due = here.step("open")["due_at"]
    day = dt.datetime.fromisoformat(due).date()
    act("calendar_day_set", core.Sysadmin()["name"], date=day.isoformat(), kind="day_off", reason="Тест")
    outbox.drain()
    assert here.shown()["due_at"] > due
    assert watching.recompute(transferred_days.current()) == 0


def test_strangers_do_nothing_and_lists_show_what_is_public() -> None:
    here = ground()
    stranger = officer(factories.Agency()["id"], Role.HEAD)
    with pytest.raises(tk.NotAuthorized):
        act("budget_programme_create", person(), owner_org=here.agency["id"], **PASSPORT)
    assert act("budget_programme_list", stranger)["count"] == 0
    assert act("budget_programme_list", here.head, mine=True)["count"] == 1
    here.step("open")
    for user in (stranger, here.member, person()):
        with pytest.raises(tk.NotAuthorized):
            here.step("withdraw", user, reason="Просто так, без причины.")
        model.Session.rollback()
    assert act("budget_programme_list", None, state="discussion", year=YEAR, agency=here.agency["name"])["count"] == 1
    assert act("budget_programme_list", None, year=YEAR + 5)["count"] == 0
    with pytest.raises(tk.ValidationError, match="not known"):
        act("budget_programme_list", None, state="nowhere")
    with pytest.raises(tk.NotAuthorized, match="own actions"):
        tk.get_action("package_patch")({"user": core.Sysadmin()["name"]}, {"id": here.id, "title": "x"})


def test_a_register_brings_programmes_and_takes_them_back() -> None:
    agency, writer = factories.Agency(), RegistryProgrammes()
    record = {
        "id": "a0000000-0000-4000-8000-000000000001",
        "owner_org": agency["id"],
        "name": "from-register",
        "title_translated": {"ru": "Дороги"},
        "programme_code": "215-003",
        "programme_years": "2026-2028",
        "programme_amount": "12 000 000,50",
    }
    writer.create({}, record)
    shown = act("budget_programme_show", None, id="from-register")
    assert (shown["state"], shown["years"], shown["totals"]["2026"]) == ("approved", [2026, 2027, 2028], "12000000.5")
    writer.update({}, {**record, "programme_amount": "13000000"})
    writer.withdraw({}, record["id"])
    gone = act("budget_programme_show", None, id="from-register")
    assert (gone["state"], gone["totals"]["2026"]) == ("withdrawn", "13000000")
    writer.restore({}, record)
    assert act("budget_programme_show", None, id="from-register")["state"] == "approved"
    with pytest.raises(tk.ValidationError):
        writer.create({}, {**record, "id": "b", "programme_code": "не код"})
    assert model.Session.get(Programme, "b") is None
