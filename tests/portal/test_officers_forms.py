"""The officers' forms: each keeps its draft, explains its fields, and leads to the helpdesk."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import pytest
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import drafts, officers
from lxml import html

pytestmark = pytest.mark.usefixtures("clean_portal")

FORMS = {
    "/poll/new": "poll-new",
    "/conference/new": "conference-new",
    "/harvest/new": "harvest-source-new",
}


@pytest.fixture
def desk(app: Any) -> dict[str, Any]:
    """An editor of an agency who is a publisher of its dialogue too, and the headers of their requests."""
    user = factories.UserWithToken()
    agency = factories.Organization(users=[{"name": user["name"], "capacity": "editor"}])
    officers.grant(
        [officers.Grant(user["id"], agency["id"], "dialog", Role.PUBLISHER, officers.today())], actor=user["id"]
    )
    model.Session.commit()
    return {"user": user["id"], "agency": agency, "headers": {"Authorization": user["token"]}}


@pytest.mark.parametrize("language", ["", "/ru"])
def test_each_form_has_a_draft_help_and_a_way_to_ask(app: Any, desk: dict[str, Any], language: str) -> None:
    for path, key in FORMS.items():
        page = html.fromstring(app.get(f"{language}{path}", headers=desk["headers"]).body)
        (form,) = page.xpath(f"//form[@data-opengov-draft='{key}']")
        helped = form.xpath(".//*[@aria-describedby]")
        assert len(form.xpath(".//details[@class='og-help']")) >= 2
        for one in helped:
            assert all(page.xpath(f"//*[@id='{name}']") for name in one.get("aria-describedby").split())
        assert page.xpath("//a[contains(@href, '/helpdesk/') and contains(@href, 'form=')]")
        assert page.xpath("//script[contains(@src, 'drafts')]")


def test_a_draft_goes_when_its_source_is_saved(app: Any, desk: dict[str, Any]) -> None:
    drafts.save(desk["user"], "harvest-source-new", {"title": ["Our"]}, {})
    model.Session.commit()
    data = {
        "source_type": "dcat_rdf",
        "title": "Our catalogue",
        "url": "http://127.0.0.1/catalogue.ttl",
        "owner_org": desk["agency"]["id"],
        "frequency": "DAILY",
        "config": "",
        "notes": "",
        "save": "save",
        "opengov_draft": "harvest-source-new",
    }
    app.post("/harvest/new", data=data, headers=desk["headers"], follow_redirects=False, status=302)
    assert call_action("harvest_source_show", id="our-catalogue")["title"] == "Our catalogue"
    assert drafts.find(desk["user"], "harvest-source-new") is None


def test_questions_of_a_drafted_poll_have_their_fields(app: Any, desk: dict[str, Any]) -> None:
    drafts.save(desk["user"], "poll-new", {"question-2-text-ru": ["Третий вопрос?"], "question-0-kind": ["text"]}, {})
    model.Session.commit()
    page = html.fromstring(app.get("/ru/poll/new", headers=desk["headers"]).body)
    assert page.xpath("//input[@name='question-2-text-ru']")
    assert page.xpath("//input[@name='blocks']/@value") == ["3"]


def test_officers_find_the_harvest_sources_from_every_page(app: Any, desk: dict[str, Any]) -> None:
    def linked(headers: dict[str, str]) -> bool:
        page = html.fromstring(app.get("/ru/about", headers=headers).body)
        return bool(page.xpath("//div[contains(@class, 'account')]//a[starts-with(@href, '/ru/harvest')]"))

    assert linked(desk["headers"])
    assert not linked({"Authorization": factories.UserWithToken()["token"]})


def test_data_sets_and_agencies_keep_their_drafts_too(app: Any, desk: dict[str, Any]) -> None:
    administrator = {"Authorization": factories.SysadminWithToken()["token"]}
    for path, key, headers in (
        ("/ru/dataset/new", "dataset-new", desk["headers"]),
        (f"/organization/edit/{desk['agency']['name']}", f"agency-{desk['agency']['id']}", administrator),
    ):
        page = html.fromstring(app.get(path, headers=headers).body)
        assert page.xpath(f"//form[descendant-or-self::*[@data-opengov-draft='{key}']]")
        assert page.xpath("//script[contains(@src, 'drafts')]")
    drafts.save(desk["user"], "dataset-new", {"title": ["Our"]}, {})
    model.Session.commit()
    data = {
        "title_translated-ru": "Школы",
        "notes_translated-ru": "Где они",
        "name": "drafted-schools",
        "owner_org": desk["agency"]["id"],
        "category": "EDUC",
        "region": "750000000",
        "frequency": "MONTHLY",
        "contact_email": "office@example.org",
        "_ckan_phase": "dataset_new_1",
        "pkg_name": "",
        "save": "go-resource",
        "opengov_draft": "dataset-new",
    }
    app.post("/dataset/new", data=data, headers=desk["headers"], follow_redirects=False, status=302)
    assert drafts.find(desk["user"], "dataset-new") is None
