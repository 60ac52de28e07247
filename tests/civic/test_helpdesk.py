"""Drafts of forms are kept for whoever types; officers ask the helpdesk, methodologists answer, everybody searches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from html import unescape
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.notices import Notice
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import drafts, journal, officers

from tests.civic.example_component import with_example

pytestmark = [with_example, pytest.mark.usefixtures("clean_portal")]
PHONE = "+7 701 234 56 78"


def call(user: dict[str, Any] | None, deed: str, /, **data: Any) -> Any:
    return tk.get_action(deed)({"user": user["name"] if user else ""}, data)


def errors_of(work: Callable[[], Any]) -> dict[str, Any]:
    with pytest.raises(tk.ValidationError) as caught:
        work()
    return caught.value.error_dict


@pytest.fixture
def agency(clean_portal: None) -> dict[str, Any]:
    return factories.Organization()


def officer_with(agency: dict[str, Any], role: Role) -> dict[str, Any]:
    user = factories.UserWithToken()
    officers.grant([officers.Grant(user["id"], agency["id"], "example", role, officers.today())], user["id"])
    model.Session.commit()
    return user


@pytest.fixture
def author(agency: dict[str, Any]) -> dict[str, Any]:
    return officer_with(agency, Role.AUTHOR)


@pytest.fixture
def methodologist(agency: dict[str, Any]) -> dict[str, Any]:
    return officer_with(agency, Role.METHODOLOGIST)


def test_a_draft_is_replaced_and_belongs_to_one_person() -> None:
    user, other = factories.User(), factories.User()
    call(user, "draft_save", form_key="dataset-new", data={"title": ["A"]}, title="New data set", url="/dataset/new")
    call(user, "draft_save", form_key="dataset-new", data={"title": ["AB"]})
    assert call(user, "draft_show", form_key="dataset-new")["draft"]["data"] == {"title": ["AB"]}
    assert [one["form_key"] for one in call(user, "draft_list")] == ["dataset-new"]
    assert call(other, "draft_show", form_key="dataset-new") == {"draft": None}
    assert call(other, "draft_delete", form_key="dataset-new") == {"deleted": False}
    assert call(user, "draft_delete", form_key="dataset-new") == {"deleted": True}
    assert call(user, "draft_show", form_key="dataset-new") == {"draft": None}


def test_drafts_that_are_too_large_or_lead_away_are_refused() -> None:
    user = factories.User()
    too_large = {"text": ["x" * 300_000]}
    assert "256 KB" in errors_of(lambda: call(user, "draft_save", form_key="f", data=too_large))["data"][0]
    assert "data" in errors_of(lambda: call(user, "draft_save", form_key="f", data="text"))
    for url in ("https://example.com/", "//example.com", "/\\example.com"):
        assert "url" in errors_of(lambda: call(user, "draft_save", form_key="f", data={"a": ["b"]}, url=url))  # noqa: B023
    assert call(user, "draft_list") == []
    with pytest.raises(tk.NotAuthorized):
        call(None, "draft_save", form_key="f", data={"a": ["b"]})


def test_only_so_many_drafts_are_kept_and_not_for_ever() -> None:
    user = factories.User()
    for number in range(drafts.MOST):
        drafts.save(user["id"], f"form-{number}", {"a": ["b"]}, {})
    model.Session.commit()
    assert (
        "200 drafts" in errors_of(lambda: call(user, "draft_save", form_key="one more", data={"a": ["b"]}))["data"][0]
    )
    call(user, "draft_save", form_key="form-7", data={"a": ["c"]})
    assert drafts.forget_old() == 0
    assert drafts.forget_old(utc_now() + drafts.KEPT + dt.timedelta(minutes=1)) == drafts.MOST


def test_a_question_is_answered_and_its_author_told(author: Any, methodologist: Any) -> None:
    asked = call(author, "helpdesk_question_create", question="How do I publish?", form="dataset-new", language="en")
    answered = call(methodologist, "helpdesk_question_answer", id=asked["id"], answer="Press “Publish”.", public=True)
    assert (answered["state"], answered["public"]) == ("answered", True)
    [notice] = model.Session.query(Notice).all()
    assert notice.url == f"/helpdesk/{asked['id']}"
    assert notice.body["kk"] == "Press “Publish”."
    assert not notice.public
    events = [one["event"] for one in journal.entries("helpdesk_question", str(asked["id"]), internal=False)]
    assert events == ["helpdesk.asked", "helpdesk.answered"]


def test_the_public_list_is_searched_by_the_beginnings_of_words(author: Any, methodologist: Any) -> None:
    texts = {"Деректер жиынтығын қалай жариялаймын?": "Түймені басыңыз.", "Как исправить срок?": "Откройте карточку."}
    for question, answer in texts.items():
        asked = call(author, "helpdesk_question_create", question=question)
        call(methodologist, "helpdesk_question_answer", id=asked["id"], answer=answer, public=True)
    hidden = call(author, "helpdesk_question_create", question="Как исправить срок втайне?")
    call(methodologist, "helpdesk_question_answer", id=hidden["id"], answer="Так.")

    def found(q: str) -> list[str]:
        return [one["question"] for one in call(None, "helpdesk_answer_list", q=q)["answers"]]

    assert found("дерек") == ["Деректер жиынтығын қалай жариялаймын?"]
    assert found("СРОК карточ") == ["Как исправить срок?"]
    assert found("срок түйме") == []
    assert found("':* & | !(") == found("")
    assert len(found("")) == 2
    first = call(None, "helpdesk_answer_list", limit=1)
    second = call(None, "helpdesk_answer_list", limit=1, before=first["next"])
    assert first["answers"][0]["id"] > second["answers"][0]["id"]
    assert second["next"] is None


def test_personal_data_never_becomes_public(author: Any, methodologist: Any) -> None:
    asked = call(author, "helpdesk_question_create", question=f"The citizen of {PHONE} wrote. What now?", language="en")
    call(methodologist, "helpdesk_question_answer", id=asked["id"], answer=f"Call {PHONE} back.", public=True)
    public = call(None, "helpdesk_question_show", id=asked["id"])
    assert PHONE not in str(public)
    assert PHONE not in str(call(None, "helpdesk_answer_list"))
    assert PHONE in call(methodologist, "helpdesk_question_show", id=asked["id"])["question"]


def test_a_question_is_read_by_its_author_and_methodologists_until_it_is_public(
    author: Any, methodologist: Any, agency: Any
) -> None:
    asked = call(author, "helpdesk_question_create", question="A question")
    assert call(author, "helpdesk_question_show", id=asked["id"])["may_answer"] is False
    assert call(methodologist, "helpdesk_question_show", id=asked["id"])["may_answer"] is True
    for stranger in (None, officer_with(agency, Role.HEAD)):
        with pytest.raises(tk.NotAuthorized):
            call(stranger, "helpdesk_question_show", id=asked["id"])
    with pytest.raises(tk.ObjectNotFound):
        call(author, "helpdesk_question_show", id=asked["id"] + 1)


def test_only_officers_ask_and_only_methodologists_answer(author: Any) -> None:
    with pytest.raises(tk.NotAuthorized):
        call(factories.User(), "helpdesk_question_create", question="May I?")
    asked = call(author, "helpdesk_question_create", question="A question")
    for deed in ("helpdesk_question_answer", "helpdesk_question_take"):
        with pytest.raises(tk.NotAuthorized):
            call(author, deed, id=asked["id"], answer="Myself")
    for text in ("", "  ", "x" * 5_001):
        assert "question" in errors_of(lambda: call(author, "helpdesk_question_create", question=text))  # noqa: B023


def test_open_questions_wait_in_the_methodologists_workplace(author: Any, methodologist: Any, agency: Any) -> None:
    asked = [call(author, "helpdesk_question_create", question=f"Question {number}") for number in range(3)]
    found = call(methodologist, "workplace_task_list", kind="question")["tasks"]
    assert [task["title"] for task in found] == ["Question 0", "Question 1", "Question 2"]
    assert call(author, "workplace_task_list")["tasks"] == []
    ids = [task["id"] for task in found[:2]]
    assert call(methodologist, "workplace_bulk", component="civic", action="take", ids=ids)["done"] == ids
    assert [task["mine"] for task in call(methodologist, "workplace_task_list")["tasks"]] == [True, True, False]
    colleague = officer_with(agency, Role.METHODOLOGIST)
    done = call(colleague, "workplace_bulk", component="civic", action="take", ids=ids)
    assert "Another methodologist" in done["failed"][0]["message"]
    call(methodologist, "helpdesk_question_answer", id=asked[0]["id"], answer="Yes")
    assert len(call(methodologist, "workplace_task_list")["tasks"]) == 2


def test_a_leaving_methodologist_hands_questions_on(author: Any, methodologist: Any, agency: Any) -> None:
    asked = call(author, "helpdesk_question_create", question="A question")
    call(methodologist, "helpdesk_question_take", id=asked["id"])
    colleague = officer_with(agency, Role.METHODOLOGIST)
    [held] = officers.open_grants([methodologist["id"]]).values()
    assert officers.revoke(held, author["id"], colleague["id"]) >= 1
    model.Session.commit()
    assert call(colleague, "helpdesk_question_show", id=asked["id"])["assignee"] == colleague["id"]


@pytest.fixture
def visit(app: Any) -> Callable[..., str]:
    def call(user: dict[str, Any] | None, path: str, *, status: int = 200, **more: Any) -> str:
        send = app.post if "data" in more else app.get
        headers = {"Authorization": user["token"]} if user else {}
        answer = send(path, headers=headers, follow_redirects=False, **more)
        assert answer.status_code == status, answer.text[:3000]
        return unescape(answer.text)

    return call


def test_asking_and_answering_in_the_pages(visit: Any, author: Any, methodologist: Any) -> None:
    visit(None, "/en/helpdesk/new", status=302)
    page = visit(author, "/en/helpdesk/new?form=dataset-new&url=/dataset/new")
    assert 'data-opengov-draft="helpdesk-new"' in page
    assert 'href="/en/dataset/new"' in page
    assert "Write your question" in visit(author, "/en/helpdesk/new", status=400, data={"question": " "})
    call(author, "draft_save", form_key="helpdesk-new", data={"question": ["How"]})
    form = {"question": "How do I begin?", "url": "/dataset/new", "opengov_draft": "helpdesk-new"}
    visit(author, "/en/helpdesk/new", status=302, data=form)
    assert call(author, "draft_list") == []
    [asked] = call(author, "helpdesk_question_list")
    address = f"/en/helpdesk/{asked['id']}"
    assert "not answered yet" in visit(author, address)
    visit(None, address, status=302)
    assert "Write the answer" in visit(methodologist, address, status=400, data={"answer": ""})
    visit(methodologist, address, status=302, data={"answer": "Begin here.", "public": "true"})
    assert "Begin here." in visit(None, address)
    assert "Begin here." in visit(None, "/helpdesk?q=begin")
    assert "Begin here." in visit(None, "/ru/helpdesk")
    visit(author, "/helpdesk/999999", status=404)


def test_a_draft_stays_when_its_form_is_refused(visit: Any, author: Any) -> None:
    call(author, "draft_save", form_key="helpdesk-new", data={"question": ["How"]})
    visit(author, "/en/helpdesk/new", status=400, data={"question": "", "opengov_draft": "helpdesk-new"})
    assert len(call(author, "draft_list")) == 1
    page = visit(author, "/en/workplace")
    assert "helpdesk-new" in page
    visit(author, "/en/workplace/draft/delete", status=302, data={"form_key": "helpdesk-new"})
    assert call(author, "draft_list") == []
