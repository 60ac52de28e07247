"""Pages of approved lists, as visitors, officers and the authorised body use them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from ckan.tests import factories

from tests.data.ground import act, citizen, dataset
from tests.data.lists.test_lists import MET, Country, draft, only
from tests.data.lists.test_workbook import book, row

pytestmark = pytest.mark.usefixtures("clean_portal")

FIELDS = {
    "title_kk": "Мектептер тізімі",
    "title_ru": "Список школ",
    "title_en": "List of schools",
    "due_on": "2026-12-31",
    "frequency": "MONTHLY",
    "criteria": MET,
}


def signed(name: str) -> dict[str, Any]:
    return {"Authorization": factories.APIToken(user=name)["token"]}


def test_from_the_form_of_an_item_to_the_public_list(app: Any) -> None:
    here = Country()
    author, head, approver = (signed(one) for one in (here.author, here.head, here.approver))
    desk = "/en/list/education/desk"
    wrong = app.post(f"{desk}/item", data={**FIELDS, "title_en": "", "due_on": ""}, headers=author)
    assert wrong.status_code == 400
    assert 'href="#field-due_on"' in wrong.text
    assert 'value="Список школ"' in wrong.text
    assert "The item is saved" in app.post(f"{desk}/item", data=FIELDS, headers=author).text
    assert "no approved list yet" in app.get("/en/list/education").text
    for user, event in ((head, "agree"), (approver, "approve")):
        assert "Done." in app.post(f"{desk}/step", data={"event": event}, headers=user).text
    page = app.get("/en/list/education").text
    assert "List of schools" in page
    assert "Item 1 was approved" in page
    assert "/en/list/education" in app.get("/en/list/").text

    published = dataset(here.agency, title="Schools")
    linked = {**FIELDS, "dataset": published["name"]}
    app.post(f"{desk}/item/1", data=linked, headers=author)
    assert only(None, here.agency)["dataset"] == published["name"]
    moved = app.post(f"{desk}/item/1", data={**linked, "due_on": "2027-01-31"}, headers=author)
    assert (moved.status_code, "Say why in a sentence" in moved.text) == (400, True)
    app.post(f"{desk}/item/1", data={**linked, "due_on": "2027-01-31", "reason": "Перенос срока."}, headers=author)
    assert "A change is proposed: Перенос срока." in app.get(desk, headers=approver).text
    app.post(f"{desk}/step", data={"event": "amend", "number": "1"}, headers=approver)
    assert "January 31, 2027" in app.get("/en/list/education").text


def test_a_workbook_with_mistakes_shows_all_of_them(app: Any) -> None:
    here = Country()
    author, desk = signed(here.author), "/en/list/education/desk"
    taken = app.get("/ru/list/education.xlsx", headers=author)
    assert taken.headers["Content-Disposition"] == "attachment; filename=education-list.xlsx"

    def send(content: bytes) -> Any:
        return app.post(f"{desk}/import", data={"file": (io.BytesIO(content), "list.xlsx")}, headers=author)

    wrong = send(book(row(due_on="soon"), row(frequency="often", title_kk="")))
    assert wrong.status_code == 400
    assert "Nothing was read: 3 cells are wrong" in wrong.text
    for cell in ("E3", "B4", "F4"):
        assert f"<td>{cell}</td>" in wrong.text
    assert "not a workbook" in send(b"a;b").text
    assert "Read: 2 new" in send(book(row(), row())).text


def test_only_officers_work_on_a_list(app: Any) -> None:
    here = Country()
    draft(here.author, here.agency)
    for path in ("desk", "education/desk", "education/desk/item"):
        assert app.get(f"/en/list/{path}", follow_redirects=False).status_code == 302
    stranger = signed(citizen())
    assert "You hold no role" in app.get("/en/list/desk", headers=stranger).text
    for path in ("education/desk", "education/desk/item", "education/desk/item/1"):
        app.get(f"/en/list/{path}", headers=stranger, status=403)
    app.get("/en/list/nobody", status=404)
    app.get("/en/list/education/desk/item/99", headers=signed(here.author), status=404)
    assert "/en/list/education/desk" in app.get("/en/list/desk", headers=signed(here.approver)).text
    assert act("data_list_show", None, agency=here.agency)["may"] == []


@pytest.mark.parametrize("language", ["", "/ru", "/en"])
def test_pages_stand_in_every_language(app: Any, language: str) -> None:
    here = Country()
    here.approved(due_on="2020-01-01")
    for path in ("/list/", "/list/education", "/list/education.xlsx"):
        assert app.get(f"{language}{path}").status_code == 200
    for path in ("/list/desk", "/list/education/desk", "/list/education/desk/item/1"):
        assert app.get(f"{language}{path}", headers=signed(here.author)).status_code == 200
