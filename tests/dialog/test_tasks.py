"""What waits for officers of the dialogue in the workplace, and what they do to many tasks at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.model as model
import pytest
import sqlalchemy as sa
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.notices import Notice
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.dialog.model.appeals import Appeal
from ckanext.opengov.dialog.service.appeals import moving
from ckanext.opengov.dialog.service.appeals.people import PORTAL

from tests.dialog import conference_ground, poll_ground
from tests.dialog.appeals import ANSWER, act, agency, citizen, officer, work, write
from tests.dialog.officers_ground import visitor

pytestmark = pytest.mark.usefixtures("clean_portal")


def waiting(user: str, **data: Any) -> dict[str, Any]:
    model.Session.expire_all()
    return act("workplace_task_list", user, component="dialog", **data)


def kinds(user: str) -> dict[str, int]:
    return {one["name"]: one["number"] for one in waiting(user)["counters"]["kinds"] if one["component"] == "dialog"}


def change(number: str, **values: Any) -> None:
    model.Session.execute(sa.update(Appeal).where(Appeal.number == number).values(**values))
    model.Session.commit()


def test_an_appeal_waits_under_what_is_to_be_done_next() -> None:
    here = agency()
    clerk, head, author = officer(here, Role.AUTHOR), officer(here, Role.HEAD), citizen()
    number = write(author, here)["number"]
    assert kinds(clerk) == kinds(head) == {"appeal_take": 1}

    act("appeal_take", clerk, number=number)
    assert kinds(clerk) == kinds(head) == {"appeal_answer": 1}
    task = waiting(clerk)["tasks"][0]
    assert task["mine"]
    assert number in task["title"]
    assert task["url"].endswith(f"/appeal/desk/{number}")

    act("appeal_ask", clerk, number=number, question="На каком участке улицы?")
    assert kinds(clerk) == {}
    moving.transition(act("appeal_show", clerk, number=number)["id"], "lapse", PORTAL, {})
    model.Session.commit()
    assert kinds(clerk) == {"appeal_silent": 1}

    act("appeal_draft", clerk, number=number, text=ANSWER)
    assert kinds(head) == {"appeal_sign": 1}
    assert kinds(clerk) == {"appeal_silent": 1}
    act("appeal_answer", head, number=number)
    assert kinds(clerk) == kinds(head) == {}


def test_overdue_ones_stand_first_and_heads_are_told_of_a_term_that_ends() -> None:
    here = agency()
    clerk, head, author = officer(here, Role.AUTHOR), officer(here, Role.HEAD), citizen()
    numbers = [
        write(author, here, subject=f"Нет освещения на улице {n}", text=f"Нет света во дворе дома {n}.")["number"]
        for n in range(3)
    ]
    for number in numbers:
        act("appeal_take", clerk, number=number)
    change(numbers[1], due_at=utc_now() + dt.timedelta(days=2))
    change(numbers[2], due_at=utc_now() - dt.timedelta(days=2))

    found = waiting(head)
    assert [one["title"].partition(":")[0] for one in found["tasks"]] == [numbers[2], numbers[1], numbers[0]]
    assert [one["overdue"] for one in found["tasks"]] == [True, False, False]
    assert kinds(head) == {"appeal_answer": 2, "appeal_ending": 1}
    assert kinds(clerk) == {"appeal_answer": 3}
    assert len(waiting(head, overdue=True)["tasks"]) == 1
    # Page by page nothing is left out and nothing comes twice.
    first = waiting(head, limit=2)
    rest = waiting(head, limit=2, cursor=first["next"])
    assert [one["id"] for one in (*first["tasks"], *rest["tasks"])] == [one["id"] for one in found["tasks"]]


def test_nobody_sees_the_tasks_of_another_agency_or_role() -> None:
    here, there = agency(), agency()
    author = citizen()
    number = write(author, here)["number"]
    change(number, visibility="pending")
    stranger = officer(there, Role.AUTHOR, Role.HEAD, Role.MODERATOR)
    assert kinds(stranger) == {}
    moderator = officer(here, Role.MODERATOR)
    assert kinds(moderator) == {"appeal_moderate": 1}
    act("appeal_moderate", moderator, number=number, decision="accept")
    assert kinds(moderator) == {}
    # Who watches over all agencies has no work of theirs to do.
    assert kinds(officer(there, Role.SUPERVISOR)) == {}


def test_many_are_taken_and_given_to_a_colleague_at_once() -> None:
    here, there = agency(), agency()
    chief, clerk, author = officer(here, Role.PUBLISHER), officer(here, Role.AUTHOR), citizen()
    for n in range(2):
        write(author, here, text=f"Нет света во дворе дома {n}.")
    ids = [one["id"] for one in waiting(chief)["tasks"]]

    def bulk(user: str, action: str, **data: Any) -> dict[str, Any]:
        return act("workplace_bulk", user, component="dialog", action=action, ids=ids, **data)

    assert bulk(chief, "take")["done"] == ids
    assert {one["mine"] for one in waiting(chief)["tasks"]} == {True}
    assert bulk(chief, "assign", value=clerk)["done"] == ids
    assert {one["mine"] for one in waiting(clerk)["tasks"]} == {True}

    # The colleague gets a letter of each, with the address of the page on which the work is done.
    work()
    letters = model.Session.scalars(sa.select(Notice.url).where(Notice.event == "appeal.assign")).all()
    assert sorted(letters) == sorted(one["url"] for one in waiting(clerk)["tasks"])

    outsider = officer(there, Role.AUTHOR)
    failed = bulk(chief, "assign", value=outsider)["failed"]
    assert [one["message"] for one in failed] == ["Choose an officer of the dialogue of this agency."] * 2
    assert len(bulk(clerk, "assign", value=clerk)["failed"]) == len(ids)


def test_the_workplace_offers_colleagues_and_asks_whom(app: Any) -> None:
    here = agency()
    write(citizen(), here)
    chief, clerk = visitor(app, here, Role.PUBLISHER), officer(here, Role.AUTHOR)
    assert f'<option value="{clerk}">' in chief.get("/workplace")

    task = waiting(chief.name)["tasks"][0]
    form = {"deed": "dialog/assign", "ids": f"dialog/{task['id']}"}
    chief.post("/workplace", **form, **{"value-dialog/assign": ""})
    assert waiting(chief.name)["tasks"][0]["assignee"] is None
    chief.post("/workplace", **form, **{"value-dialog/assign": clerk})
    assert waiting(chief.name)["tasks"][0]["assignee"] == model.User.get(clerk).id


def test_questions_of_conferences_wait_for_moderators_and_then_for_answers() -> None:
    here = conference_ground.ground("collecting")
    here.ask()
    here.ask(text="Будет ли скидка для студентов?")
    assert kinds(here.moderator) == {"conference_moderate": 1}
    assert waiting(here.moderator)["tasks"][0]["title"].startswith("2 ")
    for question in here.listed(here.moderator, state="pending"):
        act("conference_question_moderate", here.moderator, id=question["id"], state="public")
    assert kinds(here.moderator) == {}
    here.to("live")
    assert kinds(here.head) == {"conference_answer": 1}
    for question in here.listed(state="public"):
        here.answer(question)
    assert kinds(here.head) == {}


def test_polls_wait_for_a_moderator_of_texts_and_for_a_conclusion() -> None:
    poll = poll_ground.opened()
    moderator = officer(poll["agency"]["id"], Role.MODERATOR)
    first, *_, last = poll["questions"]
    choices = {first["id"]: first["options"][0]["id"], last["id"]: "Больше скамеек."}
    act("poll_vote", poll_ground.person(), id=poll["id"], choices=choices)
    assert kinds(moderator) == {"poll_texts": 1}
    assert kinds(poll["publisher"]) == {}
    poll_ground.close(poll)
    assert kinds(poll["publisher"]) == {"poll_conclude": 1}


def test_a_standing_answer_waits_for_another_officer() -> None:
    here = agency()
    writer, reviewer = officer(here, Role.AUTHOR), officer(here, Role.PUBLISHER)
    texts = {"question": {"ru": "Как подключить свет?"}, "answer": {"ru": "Подайте заявление в энергосбыт."}}
    made = act("standing_answer_create", writer, agency=here, **texts)
    assert kinds(writer) == {}
    assert kinds(reviewer) == {"standing_review": 1}
    act("standing_answer_update", reviewer, id=made["id"], state="reviewed")
    assert kinds(reviewer) == {}
