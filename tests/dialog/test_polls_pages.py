"""The pages of polls, without a script: voting, receipt, results, files, the officers' forms."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import ckan.model as model
import pytest
import sqlalchemy as sa
from ckan.tests import factories
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.dialog.model.polls import Ballot, Poll, PollText
from werkzeug.datastructures import MultiDict

from tests.dialog.poll_ground import ALL, SINGLE, TEXT, act, close, draft, ids, officer, opened, person

pytestmark = pytest.mark.usefixtures("clean_portal")


def signed_in(name: str) -> dict[str, str]:
    """Headers of somebody's requests."""
    return {"Authorization": factories.APIToken(user=name)["token"]}


def whole_ballot(poll: dict[str, Any]) -> list[tuple[str, str]]:
    single, multiple, ranked, scale, text = (f"q-{name}" for name in ids(poll))
    return [
        (single, "1"),
        (multiple, "1"),
        (multiple, "3"),
        (f"{ranked}-2", "1"),
        (f"{ranked}-1", "2"),
        (f"{ranked}-3", ""),
        (scale, "4"),
        (text, "Больше света."),
    ]


def test_a_citizen_votes_by_the_form_and_gets_a_receipt(app: Any) -> None:
    poll, citizen = opened(), person()
    headers = signed_in(citizen)
    page = app.get(f"/ru/poll/{poll['id']}", headers=headers)
    assert "Новый парк" in page.body
    assert all(f'name="{field}"' in page.body for field, _ in whole_ballot(poll))
    voted = app.post(f"/ru/poll/{poll['id']}/vote", data=MultiDict(whole_ballot(poll)), headers=headers)
    code = re.search(r"<code>([0-9A-Z-]{24})</code>", voted.body)
    assert code
    choices = model.Session.scalars(sa.select(Ballot)).one().choices
    assert choices[ids(poll)[2]] == ["2", "1"]
    checked = app.post(f"/ru/poll/{poll['id']}/receipt", data={"receipt": code.group(1)})
    assert 'role="status"' in checked.body
    assert "alert-success" in checked.body


def test_a_wrong_answer_comes_back_with_what_was_given(app: Any) -> None:
    poll, citizen = opened(), person()
    first, _, ranked = ids(poll)[:3]
    data = {f"q-{first}": "2", f"q-{ranked}-1": "1", f"q-{ranked}-2": "1"}
    again = app.post(f"/ru/poll/{poll['id']}/vote", data=data, headers=signed_in(citizen), status=400)
    assert f'id="q-{ranked}-error"' in again.body
    assert f'id="q-{first}-2" value="2" checked' in again.body
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(Ballot)) == 0


def test_visitors_read_the_questions_and_are_shown_where_to_sign_in(app: Any) -> None:
    poll = opened()
    page = app.get(f"/poll/{poll['id']}")
    assert "Саябақ қай жерде керек?" in page.body
    assert "/user/login" in page.body
    assert 'type="submit">Дауыс беру' not in page.body
    app.post(f"/poll/{poll['id']}/vote", data={f"q-{ids(poll)[0]}": "1"}, status=401, follow_redirects=False)


def test_drafts_are_seen_by_their_officers_only(app: Any) -> None:
    agency = factories.Organization()["id"]
    publisher = officer(agency)
    made = draft(publisher, agency)
    app.get(f"/poll/{made['id']}", headers=signed_in(person()), status=403)
    assert "Жаңа саябақ" in app.get(f"/poll/{made['id']}", headers=signed_in(publisher)).body
    assert made["id"] in app.get("/poll/?state=draft", headers=signed_in(publisher)).body
    assert made["id"] not in app.get("/poll/?state=draft").body


def test_the_list_shows_running_polls_first(app: Any) -> None:
    ended, running = opened([SINGLE]), opened([SINGLE])
    close(ended)
    page = app.get("/poll/").body
    assert page.index(running["id"]) < page.index(ended["id"])
    assert ended["id"] not in app.get("/poll/?state=open").body
    assert running["id"] not in app.get("/poll/?state=closed").body


def test_results_have_tables_and_files(app: Any) -> None:
    poll = opened([SINGLE])
    for choice in ("1", "1", "2"):
        act("poll_vote", person(), id=poll["id"], choices={ids(poll)[0]: choice})
    app.get(f"/poll/{poll['id']}/results.csv", status=404)
    close(poll)
    page = app.get(f"/ru/poll/{poll['id']}").body
    assert "<caption" in page
    assert re.search(r"66,7\s*%", page)
    rows = list(csv.reader(io.StringIO(app.get(f"/ru/poll/{poll['id']}/results.csv").data.decode("utf-8-sig"))))
    assert rows[1:] == [
        ["Где нужен парк?", "single", "В центре", "2", "0.6667"],
        ["Где нужен парк?", "single", "На окраине", "1", "0.3333"],
    ]
    assert app.get(f"/poll/{poll['id']}/results.json").json["ballots"] == 3


def test_scripts_in_texts_are_shown_as_text(app: Any) -> None:
    bad = "<script>alert(1)</script>"
    poll = opened([{**SINGLE, "text": {"kk": bad}, "options": [{"kk": bad}, {"kk": f"=1+1{bad}"}]}, TEXT])
    act("poll_vote", person(), id=poll["id"], choices=dict(zip(ids(poll), ["2", bad], strict=True)))
    model.Session.execute(sa.update(PollText).values(state="public"))
    model.Session.commit()
    assert bad not in app.get(f"/poll/{poll['id']}").body
    close(poll)
    assert bad not in app.get(f"/poll/{poll['id']}").body
    assert "'=1+1" in app.get(f"/poll/{poll['id']}/results.csv").data.decode("utf-8-sig")


def test_an_officer_drafts_and_announces_by_forms(app: Any) -> None:
    agency = factories.Organization()
    headers = signed_in(officer(agency["id"]))
    assert app.get("/ru/poll/new", headers=headers)
    data = {
        "owner_org": agency["name"],
        "title-ru": "Парк",
        "starts_at": "2030-03-01T09:00",
        "ends_at": "2030-03-08T18:00",
        "level": "email",
        "results_when": "after_end",
        "blocks": "2",
        "question-0-kind": "ranked",
        "question-0-text-ru": "Что сначала?",
        "question-0-options-ru": "Деревья\nСкамьи\n",
        "question-0-options-kk": "Ағаштар\nОрындықтар",
    }
    more = app.post("/ru/poll/new", data={**data, "more": "1"}, headers=headers)
    assert "question-1-kind" in more.body
    assert "Скамьи" in more.body
    wrong = app.post("/ru/poll/new", data={**data, "ends_at": ""}, headers=headers, status=400)
    assert "Деревья" in wrong.body
    app.post("/ru/poll/new", data=data, headers=headers)
    poll = model.Session.scalars(sa.select(Poll)).one()
    assert poll.starts_at.isoformat() == "2030-03-01T04:00:00+00:00"
    assert poll.questions[0]["options"][1]["text"] == {"kk": "Орындықтар", "ru": "Скамьи"}
    assert "Деревья" in app.get(f"/ru/poll/{poll.id}/edit", headers=headers).body
    changed = app.post(f"/ru/poll/{poll.id}/edit", data={**data, "title-kk": "Саябақ"}, headers=headers)
    assert "alert-danger" not in changed.body
    app.post(f"/ru/poll/{poll.id}/step", data={"event": "announce"}, headers=headers)
    model.Session.expire_all()
    assert act("poll_show", None, id=poll.id)["title"] == {"kk": "Саябақ", "ru": "Парк"}
    assert app.get("/ru/poll/new", headers=signed_in(person()), status=403)


def test_a_moderator_lets_answers_pass(app: Any) -> None:
    poll = opened([TEXT])
    act("poll_vote", person(), id=poll["id"], choices={ids(poll)[0]: "Больше света"})
    headers = signed_in(officer(poll["agency"]["id"], Role.MODERATOR))
    page = app.get(f"/ru/poll/{poll['id']}/texts", headers=headers)
    assert "Больше света" in page.body
    waiting = model.Session.scalars(sa.select(PollText)).one().id
    app.post(f"/ru/poll/{poll['id']}/texts", data={"ids": waiting, "state": "public"}, headers=headers)
    close(poll)
    assert "Больше света" in app.get(f"/ru/poll/{poll['id']}").body


@pytest.mark.parametrize("language", ["", "/ru", "/en"])
def test_every_state_has_its_page(app: Any, language: str) -> None:
    poll = opened(ALL)
    headers = signed_in(officer(poll["agency"]["id"], Role.MODERATOR))
    for state in ("open", "closed", "published"):
        if state == "closed":
            close(poll)
        if state == "published":
            act("poll_transition", poll["publisher"], id=poll["id"], event="publish", conclusion={"ru": "В центре."})
        for who in ({}, headers):
            assert app.get(f"{language}/poll/{poll['id']}", headers=who)
