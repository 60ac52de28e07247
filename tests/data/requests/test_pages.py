"""Pages of requests for data, as a visitor, an author and officers see them."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import pytest
from ckan.tests import factories
from ckanext.opengov.civic.roles import Role

from tests.data.ground import TITLE, WANTED, act, agency, ask, citizen, dataset, officer, work

pytestmark = pytest.mark.usefixtures("clean_portal")


def signed(name: str) -> dict[str, Any]:
    return {"Authorization": factories.APIToken(user=name)["token"]}


def test_a_search_that_finds_nothing_offers_a_request(app: Any) -> None:
    page = app.get("/en/dataset/?q=bus+timetable").text
    assert "Is this data set missing?" in page
    assert "/en/request/new?title=bus+timetable" in page
    form = app.get("/en/request/new?title=bus+timetable").text
    assert 'value="bus timetable"' in form
    assert "sign in first" in form
    assert "Send the request" not in form


def test_from_the_form_to_the_answer(app: Any) -> None:
    owner = agency(name="transport", title="Управление транспорта")
    other = agency(name="roads", title="Управление дорог")
    author, publisher, moderator = citizen(), officer(owner, Role.PUBLISHER), officer(owner, Role.MODERATOR)
    me = signed(author)
    wrong = app.post("/en/request/new", data={"title": "bus", "language": "ru"}, headers=me)
    assert wrong.status_code == 400
    assert 'href="#field-title"' in wrong.text
    assert 'href="#field-wanted"' in wrong.text

    data = {"title": TITLE, "wanted": WANTED, "language": "ru", "agency": "transport", "data_languages": ["kk", "ru"]}
    made = app.post("/en/request/new", data=data, headers=me)
    assert made.status_code == 200
    assert "A moderator reads the text" in made.text
    (found,) = act("data_request_list", author, scope="mine")["requests"]
    page, desk = f"/en/request/{found['number']}", f"/en/request/{found['number']}/desk"
    assert app.get(page, status=404)
    assert app.get(desk, headers=signed(citizen()), status=404)

    assert "Publish" in app.get(desk, headers=signed(moderator)).text
    app.post(f"{desk}/moderate", data={"decision": "accept"}, headers=signed(moderator))
    work()
    assert TITLE in app.get(page).text
    assert TITLE in app.get("/en/request/?q=автобусов").text
    assert TITLE in app.get(f"/en/request/new?title={TITLE}").text
    assert app.get(f"/data_request/{found['number']}", follow_redirects=False).headers["Location"].endswith(page[3:])
    assert app.get(desk, headers=me, status=403)

    fan = signed(citizen())
    supported = app.post(f"{page}/support", data={"supported": "true"}, headers=fan)
    assert "1 person wants this too" in supported.text

    boss = signed(publisher)
    refused = app.post(f"{desk}/publish", data={"datasets": "nothing-here", "text": "Готово."}, headers=boss)
    assert refused.status_code == 400
    assert "There is no public data set “nothing-here”" in refused.text
    assert "Готово." in refused.text
    published = dataset(owner, title="Bus timetable")
    address = f"http://test.ckan.net/ru/dataset/{published['name']}"
    done = app.post(f"{desk}/publish", data={"datasets": address, "language": "kk", "text": "Дайын."}, headers=boss)
    assert "The answer is public" in done.text
    shown = app.get(page).text
    assert f"/en/dataset/{published['name']}" in shown
    assert 'lang="kk">Дайын.' in shown
    assert model.Group.get(other).name == "roads"


def test_the_authorised_body_finds_the_agency_in_its_page(app: Any) -> None:
    owner = agency(name="transport")
    approver = signed(officer(agency(), Role.LIST_APPROVER))
    made = ask(citizen())
    listed = app.get("/en/request/desk", headers=approver).text
    assert made["number"] in listed
    desk = f"/en/request/{made['number']}/desk"
    wrong = app.post(f"{desk}/assign", data={"agency": "nobody"}, headers=approver)
    assert wrong.status_code == 400
    app.post(f"{desk}/assign", data={"agency": "transport"}, headers=approver)
    assert act("data_request_show", officer(owner, Role.HEAD), id=made["id"])["agency"]["name"] == "transport"
    assert app.get("/en/request/desk", follow_redirects=False).status_code == 302


@pytest.mark.parametrize("language", ["", "/ru", "/en"])
def test_pages_stand_in_every_language(app: Any, language: str) -> None:
    owner = agency(name="transport")
    author = citizen()
    made = ask(author, agency="transport", why="Чтобы сделать приложение для остановок.")
    act("data_request_moderate", officer(owner, Role.MODERATOR), id=made["id"], decision="accept")
    for path in ("/request/", "/request/new", f"/request/{made['number']}"):
        assert app.get(f"{language}{path}").status_code == 200
    boss = signed(officer(owner, Role.HEAD))
    for path in ("/request/desk", f"/request/{made['number']}/desk"):
        assert app.get(f"{language}{path}", headers=boss).status_code == 200
    assert app.get(f"{language}/request/?cursor=nonsense", status=400)
