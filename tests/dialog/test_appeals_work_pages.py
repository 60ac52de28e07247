"""The pages on which officers work on appeals and standing answers."""

from __future__ import annotations

import base64
from typing import Any

import ckan.model as model
import pytest
import sqlalchemy as sa
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.dialog.model.appeals import Appeal

from tests.dialog import conference_ground
from tests.dialog.appeals import ANSWER, REASON, TEXT, act, agency, citizen, officer, work, write
from tests.dialog.officers_ground import Visitor, visitor

pytestmark = pytest.mark.usefixtures("clean_portal")

PERSONAL = f"{TEXT} Мой телефон +7 701 234 56 78."
WITH_QUESTIONS = "Во дворе темно. Когда починят освещение? Кто отвечает за детскую площадку?"


@pytest.fixture
def here(clean_portal: None) -> str:
    return agency(title_translated={"en": "Energy department"})


@pytest.fixture
def clerk(app: Any, here: str) -> Visitor:
    return visitor(app, here, Role.AUTHOR, Role.PUBLISHER)


@pytest.fixture
def head(app: Any, here: str) -> Visitor:
    return visitor(app, here, Role.HEAD)


def change(number: str, **values: Any) -> None:
    model.Session.execute(sa.update(Appeal).where(Appeal.number == number).values(**values))
    model.Session.commit()


def test_the_whole_way_from_taking_to_the_signature(clerk: Visitor, head: Visitor, here: str) -> None:
    author = citizen()
    number = write(author, here, text=WITH_QUESTIONS)["number"]
    desk = f"/appeal/desk/{number}"
    page = clerk.get(desk)
    assert "Take into work" in page
    assert "Text of the answer" not in page
    clerk.post(f"{desk}/take")
    links = {"link_title": ["Карта освещения", ""], "link_url": ["/dataset/lights", ""]}
    text = "Освещение починят до конца недели."
    clerk.post(f"{desk}/draft", text=text, **links)
    page = clerk.get(desk)
    assert text in page
    assert "Sign and send" not in page
    assert "signs it" in page

    # The head sees the gate, whether the text is checked or signed at once, and the text stays.
    page = head.post(f"{desk}/check", status=200, text=text)
    assert "Кто отвечает за детскую площадку?</q>" in page
    assert f">{text}</textarea>" in page
    page = head.post(f"{desk}/answer", status=400, text=text, signer_name="Руководитель", **links)
    assert "Look again before it is signed" in page
    assert 'value="questions"' in page
    assert 'value="/dataset/lights"' in page
    head.post(f"{desk}/answer", text=text, signer_name="Руководитель", acknowledged="questions", **links)

    shown = act("appeal_show", author, number=number)
    assert shown["state"] == "answered"
    assert shown["answers"][0]["links"] == [{"title": "Карта освещения", "url": "/dataset/lights"}]
    page = head.get(desk)
    assert "Signed in spite of a warning." in page
    assert "Руководитель" in page


def test_links_of_the_draft_go_with_the_answer_that_is_signed_by_action(here: str, head: Visitor) -> None:
    clerk = officer(here, Role.AUTHOR)
    number = write(citizen(), here)["number"]
    act("appeal_take", clerk, number=number)
    link = {"title": "Бюджет", "url": "/budget/1"}
    act("appeal_draft", clerk, number=number, text=ANSWER, links=[link])
    assert act("appeal_answer", head.name, number=number)["answers"][0]["links"] == [link]


def test_the_gate_shows_the_passages_of_a_copy(here: str, head: Visitor) -> None:
    author = citizen()
    for n in range(2):
        number = write(author, here, text=f"Нет света во дворе дома {n}.")["number"]
        act("appeal_take", head.name, number=number)
        if n == 0:
            act("appeal_answer", head.name, number=number, text=ANSWER)
    page = head.post(f"/appeal/desk/{number}/check", status=200, text=ANSWER)
    assert f"<q>{ANSWER}</q>" in page
    assert "nearly the same" in page


def test_of_two_who_answer_at_once_the_second_is_told_and_keeps_the_text(
    app: Any, here: str, head: Visitor, clerk: Visitor
) -> None:
    number = write(citizen(), here)["number"]
    act("appeal_take", clerk.name, number=number)
    act("appeal_answer", officer(here, Role.DEPUTY_HEAD), number=number, text=ANSWER)
    page = head.post(f"/appeal/desk/{number}/answer", status=400, text="Мой длинный ответ.")
    assert "answered already, perhaps by a colleague" in page
    assert ">Мой длинный ответ.</textarea>" in page
    # Somebody whose role does not let them, or whose appeal went elsewhere meanwhile, keeps it too.
    page = clerk.post(f"/appeal/desk/{number}/answer", status=403, text="Мой длинный ответ.")
    assert ">Мой длинный ответ.</textarea>" in page


def test_nobody_overwrites_a_draft_of_a_colleague_unseen(here: str, clerk: Visitor, head: Visitor) -> None:
    number = write(citizen(), here)["number"]
    act("appeal_take", clerk.name, number=number)
    seen = act("appeal_work_show", head.name, number=number)["draft_mark"]
    act("appeal_draft", clerk.name, number=number, text="Черновик первого.", seen=seen)
    page = head.post(f"/appeal/desk/{number}/draft", status=400, text="Черновик второго.", seen=seen)
    assert "A colleague has saved another draft meanwhile." in page
    assert "Черновик первого." in page
    assert ">Черновик второго.</textarea>" in page
    seen = act("appeal_work_show", head.name, number=number)["draft_mark"]
    assert f'name="seen" value="{seen}"' in page
    head.post(f"/appeal/desk/{number}/draft", text="Черновик второго.", seen=seen)
    assert act("appeal_show", clerk.name, number=number)["draft"] == "Черновик второго."


def test_an_officer_of_another_agency_is_refused_with_a_sentence(app: Any, here: str, clerk: Visitor) -> None:
    stranger = visitor(app, agency(), Role.AUTHOR, Role.HEAD, Role.MODERATOR)
    author = citizen()
    number = write(author, here)["number"]
    change(number, visibility="public")
    assert "This appeal is with another agency." in stranger.get(f"/appeal/desk/{number}", status=403)
    private = write(author, here, text=PERSONAL, public=False)["number"]
    page = stranger.get(f"/appeal/desk/{private}", status=404)
    assert "There is no appeal with this number" in page
    assert "701 234" not in page
    assert number not in stranger.get("/appeal/desk/")
    assert "701 234" in clerk.get(f"/appeal/desk/{private}")

    nobody = visitor(app)
    assert "Only officers of the dialogue" in nobody.get("/appeal/desk/", status=403)
    assert "Only moderators" in nobody.get("/appeal/desk/queue", status=403)
    anonymous = Visitor(app, "", "")
    assert "/user/login" in anonymous.get(f"/appeal/desk/{number}", status=302)


def test_forwarding_leads_back_to_the_list_and_shows_the_ledger_to_the_other_agency(
    app: Any, here: str, clerk: Visitor
) -> None:
    there = agency(name="roads", title_translated={"en": "Roads department"})
    other = visitor(app, there, Role.PUBLISHER)
    number = write(citizen(), here)["number"]
    page = clerk.post(f"/appeal/desk/{number}/forward", status=400, agency="", reason=REASON)
    assert "There is no such agency" in page
    assert f">{REASON}</textarea>" in page
    clerk.post(f"/appeal/desk/{number}/forward", agency="roads", reason=REASON)
    clerk.get(f"/appeal/desk/{number}", status=404)
    page = other.get(f"/appeal/desk/{number}")
    assert "Energy department → Roads department" in page
    assert REASON in page
    assert "Not yours? Pass it on by" in page

    other.post(f"/appeal/desk/{number}/forward", agency=here, reason=REASON)
    assert "came back 1 time" in clerk.get(f"/appeal/desk/{number}")
    assert "came back 1 time" in clerk.get("/appeal/desk/")


def test_each_step_has_its_form_and_says_what_is_wrong_beside_the_field(
    here: str, clerk: Visitor, head: Visitor
) -> None:
    number = write(citizen(), here)["number"]
    desk = f"/appeal/desk/{number}"
    clerk.post(f"{desk}/take")
    assert "Extend the term" not in clerk.get(desk)
    page = head.post(f"{desk}/extend", status=400, until="2031-01-01", reason=REASON)
    assert "not later than" in page
    assert 'id="error-until"' in page
    latest = act("appeal_work_show", head.name, number=number)["extend_until"]
    head.post(f"{desk}/extend", until=latest, reason=REASON)
    page = head.get(desk)
    assert "Extended by" in page
    assert f"extended to {latest}" not in page
    assert "law" in head.post(f"{desk}/not_consider", status=400)
    clerk.post(f"{desk}/assign", assignee=head.name)
    assert act("appeal_work_show", head.name, number=number)["assignee_id"] == model.User.get(head.name).id
    clerk.post(f"{desk}/ask", question="На каком участке улицы?")
    page = clerk.get(desk)
    assert "the clock stands since" in page
    assert "На каком участке улицы?" in page
    clerk.get(f"{desk}/answer", status=302)


def test_another_answer_is_taken_over_below_what_was_typed(here: str, clerk: Visitor) -> None:
    reviewer = officer(here, Role.HEAD)
    texts = {"question": {"ru": "Когда починят уличное освещение?"}, "answer": {"ru": "Заявку выполняют за три дня."}}
    made = act("standing_answer_create", clerk.name, agency=here, **texts)
    act("standing_answer_update", reviewer, id=made["id"], state="reviewed")
    number = write(citizen(), here)["number"]
    act("appeal_take", clerk.name, number=number)
    desk = f"/appeal/desk/{number}"
    assert "Когда починят уличное освещение?" in clerk.get(desk)
    page = clerk.post(f"{desk}/adopt", status=200, text="Здравствуйте!", source=f"standing:{made['id']}")
    assert ">Здравствуйте!\n\nЗаявку выполняют за три дня.</textarea>" in page


def test_a_moderator_sees_both_texts_and_hides_one_for_a_reason(app: Any, here: str) -> None:
    moderator = visitor(app, here, Role.MODERATOR)
    author = citizen()
    first = write(author, here, text=PERSONAL)["number"]
    second = write(author, here, text="Во дворе темно, сосед Ержан включает музыку ночью.")["number"]
    for number in (first, second):
        change(number, visibility="pending")
    page = moderator.get("/appeal/desk/queue")
    assert "2 appeals wait" in page
    assert page.index(first) < page.index(second)
    assert "+7 701 234 56 78</mark>" in page
    moderator.post(f"/appeal/desk/{first}/moderate", decision="accept", back="queue")
    page = moderator.post(f"/appeal/desk/{second}/moderate", status=400, decision="hide", reason="нет")
    assert "Say why in a sentence or two" in page
    form = {"decision": "hide", "listed": "others", "reason": "Назван сосед."}
    moderator.post(f"/appeal/desk/{second}/moderate", **form)
    assert "0 appeals wait" in moderator.get("/appeal/desk/queue")
    assert act("appeal_show", None, number=first)["visibility"] == "public"
    # In the language of the author, whatever that of the moderator.
    reason = act("appeal_show", author, number=second)["hidden_reason"]
    assert reason == "В тексте говорится о частной жизни других людей. Назван сосед."


def test_the_list_is_filtered_and_paged(here: str, clerk: Visitor) -> None:
    author = citizen()
    numbers = [
        write(author, here, text=f"Нет света во дворе дома {n}.", topic="roads" if n % 2 else "utilities")["number"]
        for n in range(22)
    ]
    clerk.post(f"/appeal/desk/{numbers[0]}/take")
    page = clerk.get("/appeal/desk/")
    assert numbers[21] in page
    assert numbers[0] not in page
    cursor = act("appeal_work_list", clerk.name)["next"]
    assert numbers[0] in clerk.get(f"/appeal/desk/?cursor={cursor}")
    page = clerk.get("/appeal/desk/?assignee=me")
    assert numbers[0] in page
    assert numbers[1] not in page
    assert "No appeal fits" in clerk.get("/appeal/desk/?overdue=true")
    assert numbers[1] not in clerk.get("/appeal/desk/?topic=utilities")
    clerk.get("/appeal/desk/?cursor=nonsense", status=400)


def test_who_watches_over_all_agencies_reads_everything_and_moves_nothing(app: Any, here: str) -> None:
    supervisor = visitor(app, agency(), Role.SUPERVISOR)
    number = write(citizen(), here)["number"]
    assert number in supervisor.get("/appeal/desk/")
    page = supervisor.get(f"/appeal/desk/{number}")
    assert "Take into work" not in page
    assert "Energy department" in supervisor.get("/appeal/desk/")
    supervisor.post(f"/appeal/desk/{number}/take", status=403)


def test_files_come_as_they_are_to_officers_and_never_open_in_the_portal(app: Any, here: str, clerk: Visitor) -> None:
    content = base64.b64encode(PERSONAL.encode()).decode()
    number = write(citizen(), here, attachments=[{"name": "письмо.txt", "content": content}])["number"]
    shown = act("appeal_work_show", clerk.name, number=number)["attachments"][0]
    path = f"/appeal/desk/{number}/file/{shown['id']}"
    answer = app.get(path, headers={"Authorization": clerk.token})
    assert answer.data.decode() == PERSONAL
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert "701 234" not in clerk.get(f"{path}?copy=1", status=200)
    stranger = visitor(app, agency(), Role.HEAD)
    assert "701 234" not in stranger.get(path, status=404)


def test_a_standing_answer_is_drafted_reviewed_by_another_and_read_by_all(
    app: Any, here: str, clerk: Visitor, head: Visitor
) -> None:
    number = write(citizen(), here)["number"]
    act("appeal_take", clerk.name, number=number)
    act("appeal_answer", head.name, number=number, text=ANSWER)
    assert ANSWER in clerk.get(f"/answers/new?appeal={number}")
    name = model.Group.get(here).name
    assert "in one language at least" in clerk.post("/answers/new", status=400, agency=name)
    form = {"agency": name, "topic": "utilities", "question_ru": "Когда починят фонари?", "answer_ru": ANSWER}
    clerk.post("/answers/new", **form)
    made = act("standing_answer_list", clerk.name, agency=here, state="draft")["standing_answers"][0]
    page = f"/answers/{made['id']}"
    anonymous = Visitor(app, "", "")
    anonymous.get(page, status=404)
    assert "It is right: publish" not in clerk.get(page)
    clerk.post(f"{page}/decision", decision="review")
    anonymous.get(page, status=404)
    head.post(f"{page}/decision", decision="review")
    assert ANSWER in anonymous.get(page)
    assert "Когда починят фонари?" in anonymous.get("/answers/")

    # A changed text is a draft again, and somebody else reviews it.
    head.post(f"{page}/edit", question_ru="Когда починят фонари?", answer_ru="За три дня.", topic="utilities")
    anonymous.get(page, status=404)
    assert "Когда починят фонари?" in clerk.get("/answers/desk")
    clerk.post(f"{page}/decision", decision="withdraw")
    assert "Когда починят фонари?" in clerk.get("/answers/desk?state=withdrawn")
    stranger = visitor(app, agency(), Role.AUTHOR)
    stranger.get(f"{page}/edit", status=404)
    assert "Only officers" in visitor(app).get("/answers/desk", status=403)


def test_my_page_says_what_became_of_a_question() -> None:
    from ckanext.opengov.dialog.service import mine

    ground = conference_ground.ground("collecting")
    author = conference_ground.person()
    asked = ground.admitted(author)
    ground.ask(author, "Будет ли скидка для студентов?")
    write(author, ground.agency["id"])
    ground.to("live")
    ground.answer(asked)
    items = list(mine.written(model.User.get(author).id, None, 10))
    assert [one.at for one in items] == sorted((one.at for one in items), reverse=True)
    assert len(items) == 3
    answered = next(one for one in items if asked["id"] in one.url)
    assert answered.public
    assert answered.state == "Answered"
    assert [link.title for link in answered.became] == ["Answer"]
    pending = next(one for one in items if "скидка" in one.title)
    assert not pending.public
    assert len(list(mine.written(model.User.get(author).id, items[0].at, 10))) == 2
    work()
