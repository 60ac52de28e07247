"""Officers make and watch their sources in the pages, in three languages."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import pytest
from ckan.tests import factories, helpers
from ckanext.harvest.model import HarvestJob
from ckanext.opengov.harvest.model import HarvestNotice
from lxml import html

from tests.harvest.portal import SIMPLE, harvest, open_office

pytestmark = pytest.mark.usefixtures("clean_portal")
HEAD = "code,name,about\n"
THREE = HEAD + "1,Schools,Where they are\n2,Hospitals,\n3,Libraries,And their books\n"
LANGUAGES = ("", "/ru", "/en")


def tree(answer: Any) -> Any:
    return html.fromstring(answer.body)


def text(answer: Any) -> str:
    return " ".join(" ".join(tree(answer).body.itertext()).split())


def mapping_in(answer: Any) -> str:
    return tree(answer).xpath("//textarea[@name='config']")[0].text.strip()


def signed_in(user: dict[str, Any]) -> dict[str, str]:
    token = helpers.call_action("api_token_create", {"user": user["name"]}, user=user["name"], name="pages")
    return {"Authorization": token["token"]}


class Desk:
    """An office and its officer's signed-in browser."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.office = open_office()
        token = helpers.call_action(
            "api_token_create", {"user": self.office.officer["name"]}, user=self.office.officer["name"], name="t"
        )
        self.headers = {"Authorization": token["token"]}

    def get(self, path: str, status: int = 200) -> Any:
        return self.app.get(path, headers=self.headers, status=status)

    def post(self, path: str, status: int | None = 200, **data: str) -> Any:
        return self.app.post(path, data=data, headers=self.headers, status=status, follow_redirects=True)


@pytest.fixture
def desk(app) -> Desk:
    return Desk(app)


def form(desk: Desk, url: str, **data: str) -> dict[str, str]:
    values = {
        "source_type": "opengov_registry",
        "title": "Our registry",
        "url": url,
        "owner_org": desk.office.agency["id"],
        "frequency": "DAILY",
        "config": SIMPLE,
        "notes": "",
        "save": "save",
    }
    return {**values, **data}


def test_an_officer_makes_a_source_in_the_form_and_runs_it(desk, registry):
    page = desk.get("/en/harvest/new")
    assert desk.office.agency["title"] in text(page)
    desk.post("/en/harvest/new", **form(desk, registry.put("/list.csv", THREE)))
    source = helpers.call_action("harvest_source_show", id="our-registry")
    assert (source["frequency"], source["owner_org"]) == ("DAILY", desk.office.agency["id"])
    desk.post(f"/harvest/refresh/{source['id']}")
    assert model.Session.query(HarvestJob).filter_by(source_id=source["id"]).count() == 1


def test_a_mapping_with_mistakes_comes_back_with_them_and_with_what_was_typed(desk):
    typed = "key: code\nfields:\n  titel: name\n"
    page = desk.post("/en/harvest/new", **form(desk, "https://example.org/list.csv", config=typed))
    assert "Line 3, fields.titel: “titel” is not known here. Did you mean “title”?" in text(page)
    assert mapping_in(page) == typed.strip()


def test_the_form_of_a_saved_source_shows_its_mapping_as_it_was_written(desk, registry):
    source = desk.office.source(registry.put("/list.csv", THREE))
    harvest(source)
    page = desk.get("/harvest/edit/a-source")
    assert mapping_in(page) == SIMPLE.strip()
    assert tree(page).xpath("//input[@name='source_type'][@checked]/@value") == ["opengov_registry"]
    desk.post("/harvest/edit/a-source", **form(desk, source["url"], name="a-source", title="Renamed"))
    assert helpers.call_action("harvest_source_show", id="a-source")["title"] == "Renamed"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_source_opens_in_every_language(desk, registry, language):
    source = desk.office.source(registry.put("/list.csv", THREE + ",No key,\n"))
    run = harvest(source)
    for path in (
        "/harvest",
        "/harvest/new",
        "/harvest/a-source",
        "/harvest/about/a-source",
        "/harvest/admin/a-source",
        "/harvest/edit/a-source",
        "/harvest/a-source/job",
        "/harvest/a-source/job/last",
        f"/harvest/a-source/job/{run.job.id}",
    ):
        desk.get(language + path)


def test_the_source_s_page_shows_runs_counts_and_bad_rows(desk, registry):
    source = desk.office.source(registry.put("/list.csv", THREE + ",No key,\n"))
    harvest(source)
    page = text(desk.get("/en/harvest/admin/a-source"))
    assert "Finished 3 0 0 0 1" in page
    assert "5 code The key is blank. Every row needs a value here." in page


def test_a_notice_stands_on_the_page_until_it_is_put_away_or_over(desk, registry):
    source = desk.office.source(registry.put("/list.csv", THREE))
    harvest(source)
    registry.put("/list.csv", "<html>")
    harvest(source)
    assert "web page or XML" in text(desk.get("/en/harvest/admin/a-source"))
    assert "веб-страница" in text(desk.get("/ru/harvest/admin/a-source"))
    assert "веб-бет" in text(desk.get("/harvest/admin/a-source"))
    notice = model.Session.query(HarvestNotice).one()
    page = desk.post(f"/en/harvest/notice/{notice.id}/close")
    assert "Put away" not in text(page)


def test_confirming_a_list_starts_the_next_run(desk, registry):
    source = desk.office.source(registry.put("/list.csv", THREE))
    harvest(source)
    registry.put("/list.csv", HEAD + "1,Schools,Where they are\n")
    harvest(source)
    notice = model.Session.query(HarvestNotice).filter_by(closed_at=None).one()
    desk.post(f"/en/harvest/notice/{notice.id}/close", confirm="true")
    assert model.Session.query(HarvestJob).filter_by(source_id=source["id"]).count() == 3


def test_a_rehearsal_shows_what_would_change(desk, registry):
    source = desk.office.source(registry.put("/list.csv", THREE))
    harvest(source)
    registry.put("/list.csv", THREE.replace("Where they are", "Moved"))
    page = text(desk.post(f"/en/harvest/rehearse/{source['id']}"))
    assert "notes Where they are Moved" in page
    assert "Nothing has been written." in page


def test_a_rehearsal_before_saving_tells_mistakes_and_rows(desk, registry):
    url = registry.put("/list.csv", THREE)
    assert "Schools" in text(desk.post("/en/harvest/rehearse", **form(desk, url)))
    assert "Line 1" in text(desk.post("/en/harvest/rehearse", **form(desk, url, config="nothing")))
    assert helpers.call_action("harvest_source_list") == []


@pytest.mark.parametrize("what", ["refresh", "clear", "delete"])
def test_nothing_changes_by_following_a_link(desk, registry, what):
    source = desk.office.source(registry.put("/list.csv", THREE))
    desk.get(f"/harvest/{what}/{source['id']}", status=405)
    assert model.Session.query(HarvestJob).count() == 0
    assert model.Package.get(source["id"]).state == "active"


def test_a_run_is_stopped_by_a_form_only(desk, registry):
    source = desk.office.source(registry.put("/list.csv", THREE))
    job = desk.office.call("harvest_job_create", source_id=source["id"])
    desk.get(f"/harvest/{source['id']}/job/{job['id']}/abort", status=405)
    desk.post(f"/harvest/{source['id']}/job/{job['id']}/abort")
    model.Session.expire_all()
    assert model.Session.get(HarvestJob, job["id"]).status == "Finished"


def test_a_stranger_sees_the_source_but_not_its_workings(app, desk, registry):
    source = desk.office.source(registry.put("/list.csv", THREE))
    harvest(source)
    assert "Schools" in text(app.get("/en/harvest/a-source"))
    stranger = factories.User()
    headers = signed_in(stranger)
    for path in ("/harvest/admin/a-source", "/harvest/edit/a-source"):
        app.get(path, headers=headers, status=403)
    app.post(f"/harvest/rehearse/{source['id']}", headers=headers, status=403)
    app.post("/harvest/rehearse", data=form(desk, registry.address), headers=headers, status=403)
