"""The quality of real data sets: facts gathered, kept, read by actions and pages, written to RDF; links asked."""

from __future__ import annotations

import csv
import datetime as dt
import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests import factories, helpers
from ckanext.opengov import factories as own
from ckanext.opengov.civic.service import outbox
from ckanext.opengov.data.model.quality import DatasetQuality, LinkCheck
from ckanext.opengov.data.service.quality import checking, keeping, links
from rdflib import Graph, Namespace

from tests.data.conftest import work

pytestmark = pytest.mark.usefixtures("clean_portal")
INSIDE = pytest.mark.ckan_config("opengov.outward.allowed_hosts", ["127.0.0.1"])
DQV = Namespace("http://www.w3.org/ns/dqv#")


def show(**data: Any) -> dict[str, Any]:
    return helpers.call_action("data_quality_show", **data)


def lost(dataset: dict[str, Any]) -> dict[str, int]:
    return {one["metric"]: one["points"] for one in show(id=dataset["id"])["lost"]}


def signed_in(name: str) -> dict[str, str]:
    return {"Authorization": factories.APIToken(user=name)["token"]}


class _Host(BaseHTTPRequestHandler):
    """A server of files; ``/no-head`` knows only GET."""

    asked: list[tuple[str, str]]

    def do_HEAD(self) -> None:
        self._answer("HEAD")

    def do_GET(self) -> None:
        self._answer("GET")

    def _answer(self, method: str) -> None:
        self.server.asked.append((method, self.path))  # pyright: ignore[reportAttributeAccessIssue]
        status = {"/gone.csv": 404, "/busy.csv": 429}.get(self.path, 200)
        if self.path == "/no-head.csv" and method == "HEAD":
            status = 405
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if self.path == "/page" else "text/csv")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is written to the screen."""


@pytest.fixture
def host() -> Iterator[Any]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Host)
    server.asked = []  # pyright: ignore[reportAttributeAccessIssue]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "PAUSE", 0.0)


def linked(dataset: dict[str, Any], url: str) -> str:
    resource = helpers.call_action("resource_create", package_id=dataset["id"], url=url, format="CSV", name="List")
    outbox.drain()
    return resource["id"]


def due_again() -> None:
    past = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
    model.Session.execute(sa.update(LinkCheck).values(next_at=past))
    model.Session.commit()


def test_an_uploaded_table_has_all_points_but_explained_columns(dataset: dict[str, Any], upload: Any) -> None:
    outbox.drain()
    assert show(id=dataset["name"])["score"] == 405 - 100 - 110 - 5
    resource = upload("schools.csv", dataset["id"])
    outbox.drain()
    assert lost(dataset) == {"structure": 15}
    found = show(id=dataset["id"])
    assert (found["score"], found["band"]) == (390, "excellent")
    assert found["lost"][0]["files"] == [{"id": resource["id"], "name": "schools.csv", "reason": ""}]
    fields = helpers.call_action("datastore_info", id=resource["id"])["fields"]
    explained = [{"id": one["id"], "type": one["type"], "info": {"label": "Meaning"}} for one in fields]
    order = {"resource_id": resource["id"], "fields": explained, "force": True}
    helpers.call_action("datastore_create", **order)
    helpers.call_action("data_quality_check", id=dataset["id"])
    assert show(id=dataset["id"])["score"] == 405


def test_a_change_of_the_passport_changes_the_score(dataset: dict[str, Any]) -> None:
    outbox.drain()
    before = show(id=dataset["id"])["score"]
    helpers.call_action("package_patch", id=dataset["id"], category="", contact_email="", contact_phone="")
    outbox.drain()
    assert show(id=dataset["id"])["score"] == before - 30 - 20


def test_a_file_that_is_no_table_and_a_lost_file_cost_points(dataset: dict[str, Any], upload: Any) -> None:
    upload("broken.json", dataset["id"], format="JSON")
    outbox.drain()
    assert show(id=dataset["id"])["lost"][0]["advice"]
    assert {"types", "structure"} <= set(lost(dataset))


@INSIDE
def test_a_dead_link_counts_after_the_second_try(dataset: dict[str, Any], host: Any) -> None:
    base = f"http://127.0.0.1:{host.server_port}"
    good, gone = linked(dataset, f"{base}/no-head.csv"), linked(dataset, f"{base}/gone.csv")
    assert {one["why"] for one in show(id=dataset["id"])["lost"] if one["metric"] == "answers"} == {"waiting"}
    checking.run()
    keeping.catch_up()
    assert ("GET", "/no-head.csv") in host.asked
    assert model.Session.get(LinkCheck, good).state == "works"
    assert model.Session.get(LinkCheck, gone).state == "waiting"
    assert checking.run() == 0
    due_again()
    checking.run()
    keeping.catch_up()
    model.Session.expire_all()
    assert model.Session.get(LinkCheck, gone).state == "dead"
    answers = next(one for one in show(id=dataset["id"])["lost"] if one["metric"] == "answers")
    assert (answers["points"], [one["id"] for one in answers["files"]]) == (25, [gone])
    assert "404" in answers["files"][0]["reason"]
    helpers.call_action("resource_patch", id=gone, url=f"{base}/new.csv")
    outbox.drain()
    checking.run()
    keeping.catch_up()
    assert "answers" not in lost(dataset)


@INSIDE
def test_a_page_is_no_file_and_a_busy_server_is_not_blamed(dataset: dict[str, Any], host: Any) -> None:
    base = f"http://127.0.0.1:{host.server_port}"
    page, busy = linked(dataset, f"{base}/page"), linked(dataset, f"{base}/busy.csv")
    for _ in range(3):
        due_again()
        checking.run()
    assert model.Session.get(LinkCheck, page).is_file is False
    assert model.Session.get(LinkCheck, busy).state == "waiting"
    keeping.catch_up()
    told = next(one for one in show(id=dataset["id"])["lost"] if one["metric"] == "download")
    assert (told["why"], [one["id"] for one in told["files"]]) == ("page", [page])


@pytest.mark.parametrize("url", ["http://127.0.0.1:5000/", "http://169.254.169.254/latest/meta-data/"])
def test_addresses_inside_are_never_asked(url: str) -> None:
    assert links.ask(url) == links.Outcome(False, reason="inside")


@pytest.mark.parametrize("url", ["ftp://example.org/a.csv", "no address", "http://", "http://[::1/"])
def test_what_is_no_address_is_told(url: str) -> None:
    assert links.ask(url).works is False


def test_hosts_are_asked_in_turn() -> None:
    given = [("1", "http://a/1"), ("2", "http://a/2"), ("3", "http://b/1"), ("4", "http://a/3"), ("5", "http://b/2")]
    assert [one[0] for one in checking.in_turn(given)] == ["1", "3", "2", "5", "4"]


def test_time_alone_makes_data_late(dataset: dict[str, Any]) -> None:
    helpers.call_action("package_patch", id=dataset["id"], frequency="DAILY", modified="2026-01-03")
    outbox.drain()
    row = model.Session.get(DatasetQuality, dataset["id"])
    assert row.recheck_at is not None
    assert keeping.catch_up() == 0
    row.recheck_at, row.score = dt.datetime.now(dt.UTC), 1
    model.Session.commit()
    assert keeping.catch_up() == 1
    model.Session.expire_all()
    assert model.Session.get(DatasetQuality, dataset["id"]).score > 1


def test_the_clock_finds_what_no_message_told(dataset: dict[str, Any]) -> None:
    model.Session.execute(sa.text("DELETE FROM opengov_outbox WHERE topic = 'data.quality'"))
    model.Session.commit()
    assert show(id=dataset["id"])["score"] is None
    assert keeping.catch_up() == 1
    assert show(id=dataset["id"])["score"]
    helpers.call_action("package_delete", id=dataset["id"])
    outbox.drain()
    assert model.Session.get(DatasetQuality, dataset["id"]) is None


def test_many_data_sets_cost_no_more_statements_than_one(agency: dict[str, Any]) -> None:
    ids = [own.Dataset(owner_org=agency["id"])["id"] for _ in range(6)]
    engine = model.Session.get_bind()
    counted: list[str] = []

    def count(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        counted.append(statement)

    sa.event.listen(engine, "before_cursor_execute", count)
    try:
        keeping.compute(ids[:1])
        one = len(counted)
        keeping.compute(ids)
    finally:
        sa.event.remove(engine, "before_cursor_execute", count)
    assert len(counted) - one == one


def test_agencies_are_ranked_by_their_public_data_sets(app: Any, agency: dict[str, Any]) -> None:
    other = own.Agency(name="other", title_translated={"kk": "=1+1", "ru": "=1+1"})
    own.Dataset(owner_org=agency["id"])
    own.Dataset(owner_org=other["id"], category="", tags_translated={})
    own.Dataset(owner_org=other["id"], private=True)
    keeping.catch_up()
    found = helpers.call_action("data_quality_list")
    assert [(one["rank"], one["agency"]["name"], one["datasets"]) for one in found["results"]] == [
        (1, "ministry", 1),
        (2, "other", 1),
    ]
    assert found["results"][0]["score"] - found["results"][1]["score"] == 60
    assert found["all"]["datasets"] == 2
    of_other = show(agency="other")
    assert {one["metric"] for one in of_other["losses"]} >= {"category", "keywords"}
    assert len(of_other["results"]) == 1
    for language in ("", "/ru", "/en"):
        assert "other" in app.get(f"{language}/quality").body
        assert app.get(f"{language}/quality/agency/other").status_code == 200
    rows = list(csv.DictReader(io.StringIO(app.get("/ru/quality/agencies.csv").data.decode("utf-8-sig"))))
    assert [(row["agency"], row["datasets"]) for row in rows] == [("ministry", "1"), ("other", "1")]
    assert rows[1]["title"] == "'=1+1"
    assert app.get("/quality/agencies.json").json["all"]["datasets"] == 2
    app.get("/quality/agency/nobody", status=404)


def test_the_page_of_a_data_set_says_what_would_raise_the_score(app: Any, dataset: dict[str, Any]) -> None:
    work()
    reader = app.get("/ru/dataset/schools").body
    assert 'id="og-quality"' in reader
    assert "Добавьте файл или ссылку" in reader
    assert "/dataset/schools/quality" not in reader
    editor = factories.User()
    member = {"id": dataset["owner_org"], "username": editor["name"], "role": "editor"}
    helpers.call_action("organization_member_create", **member)
    headers = signed_in(editor["name"])
    assert "/dataset/schools/quality" in app.get("/ru/dataset/schools", headers=headers).body
    assert "og-lost--form" in app.get("/ru/dataset/edit/schools", headers=headers).body
    assert app.post("/ru/dataset/schools/quality", headers=headers).status_code == 200
    app.post("/ru/dataset/schools/quality", headers=signed_in(factories.User()["name"]), status=403)


def test_who_may_not_see_a_data_set_does_not_see_its_score(agency: dict[str, Any]) -> None:
    secret = own.Dataset(owner_org=agency["id"], private=True)
    visitor: Any = {"user": "", "ignore_auth": False}
    with pytest.raises(tk.NotAuthorized):
        tk.get_action("data_quality_show")(visitor, {"id": secret["id"]})
    with pytest.raises(tk.ObjectNotFound):
        show(id="nothing")
    for wrong in ({}, {"id": "a", "agency": "b"}, {"agency": "x", "limit": "many"}):
        with pytest.raises((tk.ValidationError, tk.ObjectNotFound)):
            show(**wrong)


def test_the_points_stand_in_the_rdf(app: Any, dataset: dict[str, Any]) -> None:
    outbox.drain()
    score = show(id=dataset["id"])["score"]
    for page in ("/dataset/schools.ttl", "/catalog.ttl"):
        graph = Graph().parse(data=app.get(page).body, format="turtle")
        values = {
            str(graph.value(one, DQV.isMeasurementOf)).rpartition("#")[2]: graph.value(one, DQV.value).toPython()
            for one in graph.objects(predicate=DQV.hasQualityMeasurement)
        }
        assert values["score"] == score
        assert values["findability"] == 100
        assert len(values) == 6
