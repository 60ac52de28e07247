"""The pages of the discussion: readable without an account, usable without a script, safe for what strangers write."""

from __future__ import annotations

import re
from typing import Any

import ckan.model as model
import pytest
from ckan.tests import factories
from ckanext.opengov.civic.service import persons

from tests.civic.discussion_component import HEARING, TOPIC, ForumPlugin, act, officer, person, with_forum, write

pytestmark = [with_forum, pytest.mark.usefixtures("clean_portal")]

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture(autouse=True)
def _fresh_forum() -> None:
    ForumPlugin.forget()


def token() -> tuple[str, dict[str, str]]:
    user = factories.UserWithToken()
    persons.confirm_address(model.Session.get_one(model.User, user["id"]))
    model.Session.commit()
    return user["name"], {"Authorization": user["token"]}


def forum(app: Any, headers: dict[str, str] | None = None, kind: str = TOPIC, prefix: str = "/en") -> str:
    return app.get(f"{prefix}/example/{kind}/1", headers=headers or {}).get_data(as_text=True)


def test_a_visitor_reads_and_is_asked_to_sign_in(app: Any) -> None:
    write(person(), "Нужен мост.")
    page = forum(app)
    assert "Нужен мост." in page
    assert "Sign in and take part" in page
    assert "<textarea" not in page
    answer = app.get("/example/topic/1")
    assert "Set-Cookie" not in answer.headers


def test_what_strangers_write_is_never_markup(app: Any) -> None:
    made = write(person(), SCRIPT, author_name=SCRIPT)
    _name, headers = token()
    for path in ("/en/example/topic/1", f"/en/discussion/{made['thread_id']}", f"/en/discussion/comment/{made['id']}"):
        for who in ({}, headers):
            page = app.get(path, headers=who).get_data(as_text=True)
            assert "&lt;script&gt;alert(1)" in page
            assert "<script>alert(1)" not in page
            assert "<img src=x" not in page


def test_a_form_writes_and_leads_back_to_the_comment(app: Any) -> None:
    _name, headers = token()
    form = {"entity_type": TOPIC, "entity_id": "1", "text": "Нужен мост.", "language": "ru", "next": "/example/topic/1"}
    answer = app.post("/ru/discussion/comment", data=form, headers=headers, follow_redirects=False)
    (made,) = act("comment_list", None, entity_type=TOPIC, entity_id="1")["comments"]
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f"/ru/example/topic/1#comment-{made['id']}")


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "", "javascript:alert(1)"]
)
def test_a_form_leads_to_no_other_site(app: Any, target: str) -> None:
    _name, headers = token()
    form = {"entity_type": TOPIC, "entity_id": "1", "text": "Нужен мост.", "language": "ru", "next": target}
    answer = app.post("/discussion/comment", data=form, headers=headers, follow_redirects=False)
    assert answer.status_code == 302
    assert "evil" not in answer.headers["Location"]
    assert answer.headers["Location"].startswith(("/", "http://127.0.0.1"))


def test_a_text_that_is_refused_is_not_lost(app: Any) -> None:
    _name, headers = token()
    form = {"entity_type": TOPIC, "entity_id": "1", "text": "Нужен мост.", "language": "de"}
    answer = app.post("/en/discussion/comment", data=form, headers=headers, expect_errors=True)
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert "kk, ru, en" in page
    assert re.search(r"<textarea[^>]*>Нужен мост\.</textarea>", page)


def test_votes_go_by_forms_and_say_what_is_pressed(app: Any) -> None:
    made = write(person(), "Нужен мост.")
    _name, headers = token()
    address = f"/discussion/comment/{made['id']}/vote"
    form = {"value": "1", "next": "/example/topic/1"}
    assert app.post(address, data=form, headers=headers, follow_redirects=False).status_code == 302
    page = forum(app, headers)
    assert re.search(r'name="value" value="0" aria-pressed="true"', page)
    part = app.post(address, data={"value": "0"}, headers={**headers, "HX-Request": "true"}).get_data(as_text=True)
    assert part.strip().startswith("<form")
    assert 'aria-pressed="true"' not in part


def test_a_script_gets_the_next_page_as_items_and_a_browser_as_a_page(app: Any) -> None:
    author = person()
    for number in range(25):
        made = write(author, "".join(chr(0x430 + (number * 7 + place * (number + 3)) % 32) for place in range(40)))
    first = forum(app)
    (more,) = re.findall(r'hx-get="([^"]+)"', first)
    address = more.replace("&amp;", "&")
    part = app.get(address, headers={"HX-Request": "true"})
    assert part.get_data(as_text=True).strip().startswith("<li")
    assert "HX-Request" in part.headers["Vary"]
    whole = app.get(address).get_data(as_text=True)
    assert "<html" in whole
    shown = re.findall(r'id="comment-([0-9a-f-]+)"', first + part.get_data(as_text=True))
    assert len(set(shown)) == len(shown) == 25
    assert made["id"] in shown


def test_the_author_sees_what_waits_and_what_others_do_not_read(app: Any) -> None:
    name, headers = token()
    write(name, "Звоните +7 701 234 56 78.", HEARING)
    page = forum(app, headers, HEARING)
    assert "Waits for a moderator" in page
    assert "234 56 78" in page
    assert "Waits for a moderator" not in forum(app, None, HEARING)


def test_a_hidden_comment_says_why_on_the_page(app: Any) -> None:
    made, moderator = write(person(), "Плохое слово."), officer()
    act("comment_moderate", moderator, ids=[made["id"]], state="hidden", reason="insult")
    page = forum(app)
    assert "Hidden by a moderator: Insults or threats" in page
    assert "Плохое" not in page
    assert "Қорлау" in forum(app, prefix="")
    assert "Оскорбления" in forum(app, prefix="/ru")


def test_similar_comments_are_counted_beside_each_other(app: Any) -> None:
    text = "Прошу сохранить сквер у школы номер десять, дети там гуляют каждый день."
    for _ in range(3):
        made = write(person(), text)
    assert "and 2 similar" in forum(app)
    groups = app.get(f"/en/discussion/{made['thread_id']}/similar").get_data(as_text=True)
    assert "3 comments" in groups


def test_only_the_author_opens_the_form_for_changing(app: Any) -> None:
    name, headers = token()
    made = write(name, "Нужен мост.")
    address = f"/en/discussion/comment/{made['id']}/edit"
    assert "Нужен мост." in app.get(address, headers=headers).get_data(as_text=True)
    _other, strangers = token()
    assert app.get(address, headers=strangers, expect_errors=True).status_code == 403
    app.post(address, data={"text": "Нужен тротуар."}, headers=headers)
    assert act("comment_show", None, id=made["id"])["text"] == "Нужен тротуар."


def test_the_moderators_queue_marks_personal_data_and_decides_by_its_form(app: Any) -> None:
    name, headers = token()
    ForumPlugin.competent.add((model.User.get(name).id, "1"))
    first = write(person(), f"Звоните +7 701 234 56 78. {SCRIPT}", HEARING)
    second = write(person(), "Совсем другое мнение.", HEARING)
    page = app.get("/en/moderation", headers=headers).get_data(as_text=True)
    assert re.search(r"<mark>.*\+7 701 234 56 78", page)
    assert "<script>alert(1)" not in page
    form = {"ids": [first["id"], second["id"]], "state": "public", "next": "/moderation"}
    app.post("/en/moderation", data=form, headers=headers)
    shown = act("comment_list", None, entity_type=HEARING, entity_id="1")["comments"]
    assert {one["id"] for one in shown} == {first["id"], second["id"]}


def test_hiding_without_a_reason_is_refused_on_the_page(app: Any) -> None:
    name, headers = token()
    ForumPlugin.competent.add((model.User.get(name).id, "1"))
    made = write(person(), "Текст.", HEARING)
    app.post("/en/moderation", data={"ids": made["id"], "state": "hidden", "next": "/moderation"}, headers=headers)
    assert act("comment_show", name, id=made["id"])["state"] == "pending"


def test_the_queue_is_for_moderators(app: Any) -> None:
    _name, headers = token()
    assert app.get("/moderation", headers=headers, expect_errors=True).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/discussion/7d9fd3a9-9a4f-4b34-8b85-ef5fa6bb47f0",
        "/discussion/7d9fd3a9-9a4f-4b34-8b85-ef5fa6bb47f0/similar",
        "/discussion/7d9fd3a9-9a4f-4b34-8b85-ef5fa6bb47f0/export.csv",
        "/discussion/comment/7d9fd3a9-9a4f-4b34-8b85-ef5fa6bb47f0",
        "/discussion/1",
        "/discussion/7d9fd3a9-9a4f-4b34-8b85-ef5fa6bb47f0/export.xml",
    ],
)
def test_what_is_not_there_is_not_found(app: Any, path: str) -> None:
    assert app.get(path, expect_errors=True).status_code == 404


def test_a_made_up_place_in_a_list_is_refused(app: Any) -> None:
    made = write(person(), "Текст.")
    for query in ("cursor=abc", "sort=random", "cluster_id=x", "parent_id=1"):
        answer = app.get(f"/discussion/{made['thread_id']}?{query}", expect_errors=True)
        assert answer.status_code == 400
