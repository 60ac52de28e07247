"""The pages about officers, as an administrator of an agency sees them."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

import ckan.model as model
import pytest
from ckan.tests import factories
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import officers

from tests.civic.example_component import with_example

pytestmark = [with_example, pytest.mark.usefixtures("clean_portal")]
LANGUAGES = ("", "/ru", "/en")


@pytest.fixture
def admin(clean_portal: None) -> dict[str, Any]:
    return factories.UserWithToken()


@pytest.fixture
def agency(admin: dict[str, Any]) -> dict[str, Any]:
    return factories.Organization(title="Agency One", users=[{"name": admin["name"], "capacity": "admin"}])


@pytest.fixture
def visit(app: Any, admin: dict[str, Any]) -> Any:
    def call(path: str, *, status: int = 200, by: dict[str, Any] | None = None, **more: Any) -> str:
        headers = {"Authorization": (by or admin)["token"]}
        send = app.post if "data" in more else app.get
        answer = send(path, headers=headers, follow_redirects=False, **more)
        assert answer.status_code == status, answer.text[:2000]
        return unescape(answer.text)

    return call


def officer_in(agency: dict[str, Any], role: Role = Role.AUTHOR) -> int:
    user = factories.User(fullname="Aliya Officer")
    [made] = officers.grant([officers.Grant(user["id"], agency["id"], "example", role, officers.today())], user["id"])
    model.Session.commit()
    return made.id


def test_visitors_are_sent_to_sign_in(app: Any) -> None:
    for page in ("", "/new", "/import", "/gaps", "/1/revoke"):
        answer = app.get(f"/officers{page}", follow_redirects=False)
        assert answer.status_code == 302
        assert "/user/login" in answer.headers["Location"]


def test_people_without_an_agency_are_told_why_not(visit: Any) -> None:
    someone = factories.UserWithToken()
    for page in ("", "/new", "/import", "/gaps"):
        assert "administrators" in visit(f"/en/officers{page}", by=someone, status=403)


def test_the_list_shows_officers_and_filters_them(visit: Any, agency: dict[str, Any]) -> None:
    officer_in(agency)
    page = visit("/en/officers")
    assert "Aliya Officer" in page
    assert "Agency One" in page
    assert "Aliya Officer" not in visit("/en/officers?role=head")
    assert "Aliya Officer" in visit("/en/officers?state=nonsense&page=1&q=aliya")


def test_an_officer_sees_colleagues_but_no_buttons(visit: Any, agency: dict[str, Any]) -> None:
    number = officer_in(agency)
    officer = factories.UserWithToken()
    officers.grant([officers.Grant(officer["id"], agency["id"], "example", Role.HEAD, officers.today())], officer["id"])
    model.Session.commit()
    page = visit("/en/officers", by=officer)
    assert "Aliya Officer" in page
    assert "/officers/new" not in page
    visit(f"/en/officers/{number}/revoke", by=officer, status=403)


def test_a_role_is_granted_by_the_form(visit: Any, agency: dict[str, Any]) -> None:
    person = factories.User()
    data = {"user": person["name"], "agency": agency["name"], "component": "example", "role": "author"}
    visit("/en/officers/new", data=data, status=302)
    assert person["name"] in visit("/en/officers")


def test_a_wrong_form_comes_back_with_what_was_written(visit: Any, agency: dict[str, Any]) -> None:
    data = {"user": "nobody-here", "agency": agency["name"], "component": "example", "role": "author"}
    page = visit("/en/officers/new", data=data, status=400)
    assert "There is no user “nobody-here”" in page
    assert 'value="nobody-here"' in page
    assert re.search(rf'<option value="{agency["name"]}" selected>', page)
    assert 'aria-invalid="true" aria-describedby="hint-user error-user"' in page


def test_a_role_is_revoked_after_a_question(visit: Any, agency: dict[str, Any]) -> None:
    number = officer_in(agency)
    assert "Aliya Officer" in visit(f"/en/officers/{number}/revoke")
    visit(f"/en/officers/{number}/revoke", data={"hand_over_to": "nobody"}, status=400)
    visit(f"/en/officers/{number}/revoke", data={"hand_over_to": ""}, status=302)
    assert "The role of Aliya Officer has ended. 7 open tasks were passed on." in visit("/en/officers")
    assert "Aliya Officer" not in visit("/en/officers")
    assert "Aliya Officer" in visit("/en/officers?state=ended")
    visit("/en/officers/999999/revoke", by=sysadmin(), status=404)


def sysadmin() -> dict[str, Any]:
    return factories.SysadminWithToken()


def test_a_wrong_file_comes_back_as_a_table_of_faults(visit: Any, agency: dict[str, Any]) -> None:
    text = f"user,agency,component,role\nnobody,{agency['name']},example,<b>cook</b>\n"
    page = visit("/en/officers/import", data={"upload": (io.BytesIO(text.encode()), "list.csv")}, status=400)
    assert "2 faults in the file" in page
    assert "There is no user “nobody”" in page
    assert "<b>cook</b>" in page  # unescaped by this test: in the page it is text
    right = f"user,agency,component,role\n{factories.User()['name']},{agency['name']},example,head\n"
    visit("/en/officers/import", data={"upload": (io.BytesIO(right.encode()), "list.csv")}, status=302)
    assert "Choose a CSV file" in visit("/en/officers/import", data={}, status=400)


def test_what_people_wrote_is_text_on_the_page(app: Any, admin: dict[str, Any], agency: dict[str, Any]) -> None:
    text = f"user,agency,component,role\n<script>x</script>,{agency['name']},example,head\n"
    data = {"upload": (io.BytesIO(text.encode()), "list.csv")}
    answer = app.post("/en/officers/import", data=data, headers={"Authorization": admin["token"]})
    assert "<script>x" not in answer.text
    assert "&lt;script&gt;x" in answer.text


def test_gaps_lead_to_the_form(visit: Any, agency: dict[str, Any]) -> None:
    page = visit("/en/officers/gaps?component=example")
    assert f"/officers/new?agency={agency['name']}&component=example" in page
    officer_in(agency)
    assert "Every agency has somebody responsible" in visit("/en/officers/gaps?component=example")


def test_the_agencys_own_pages_lead_here(visit: Any, agency: dict[str, Any]) -> None:
    assert f"/officers?agency={agency['name']}" in visit(f"/en/organization/manage_members/{agency['name']}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_has_every_language(visit: Any, agency: dict[str, Any], language: str) -> None:
    number = officer_in(agency)
    titles = {"": "Лауазымды тұлғалар", "/ru": "Должностные лица", "/en": "Officers"}
    for page in ("", "/new", "/import", "/gaps", f"/{number}/revoke"):
        text = visit(f"{language}/officers{page}")
        assert titles[language] in text
        if language:
            assert "Лауазымды" not in text
