"""Apps on open data: sent, looked at, shown, withdrawn; their pictures and links."""

from __future__ import annotations

import base64
import io
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.lib import jobs
from ckan.lib.search.common import make_connection
from ckan.tests import factories, helpers
from ckanext.opengov import factories as own
from ckanext.opengov.civic.model.notices import Notice
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import outbox
from ckanext.opengov.data.model.apps import App, AppPicture
from ckanext.opengov.data.service import my_items
from ckanext.opengov.data.service.apps import life, pictures
from ckanext.opengov.data.service.quality import links
from PIL import Image
from werkzeug.datastructures import MultiDict

from tests.data.service.test_apps_rules import picture

pytestmark = pytest.mark.usefixtures("clean_portal")


def act(name: str, user: str | None, /, **data: Any) -> Any:
    return tk.get_action(name)({"user": user or ""}, data)


def drained() -> None:
    """Let follow what follows, until the index shows it."""
    outbox.drain()
    make_connection().commit(waitSearcher=True)


def sent(**more: Any) -> dict[str, Any]:
    return {
        "title": "Мектеп картасы",
        "notes": "Жақын мектепті табады.",
        "developer": "Команда",
        "links": [{"kind": "website", "url": "https://maps.example.org/"}],
        "datasets": ["schools"],
        **more,
    }


@pytest.fixture
def maker(dataset: dict[str, Any]) -> str:
    return own.citizen()["name"]


@pytest.fixture
def moderator(agency: dict[str, Any]) -> str:
    return own.officer(agency["id"], "data", Role.MODERATOR)["name"]


def signed_in(name: str) -> dict[str, str]:
    return {"Authorization": factories.APIToken(user=name)["token"]}


def wrong(user: str, **more: Any) -> dict[str, Any]:
    with pytest.raises(tk.ValidationError) as caught:
        act("application_create", user, **sent(**more))
    return caught.value.error_dict


def test_an_app_goes_its_way(maker: str, moderator: str) -> None:
    made = act("application_create", maker, **sent())
    assert (made["state"], made["may_edit"]) == ("waiting", True)
    for nobody in ("", own.citizen()["name"]):
        with pytest.raises(tk.ObjectNotFound):
            act("application_show", nobody, id=made["id"])
    assert act("application_list", "")["count"] == 0
    assert act("application_list", maker, mine=True)["count"] == 1
    assert [one["id"] for one in act("application_list", moderator, state="waiting")["results"]] == [made["id"]]
    with pytest.raises(tk.ValidationError, match="reason"):
        act("application_moderate", moderator, id=made["id"], event="refuse")
    refused = act("application_moderate", moderator, id=made["id"], event="refuse", reason="No link works")
    assert refused["reason"] == "No link works"
    again = act("application_update", maker, id=made["id"], **sent(title="Мектептер картасы"))
    assert (again["state"], again["title"], again["reason"]) == ("waiting", "Мектептер картасы", None)
    act("application_moderate", moderator, id=made["id"], event="publish")
    shown = act("application_show", "", id=made["id"])
    assert shown["links"][0]["host"] == "maps.example.org"
    assert [one["name"] for one in shown["datasets"]] == ["schools"]
    assert "reason" not in shown
    assert act("application_list", "", dataset="schools")["count"] == 1
    drained()
    told = sa.select(Notice.event).where(Notice.entity_type == "application").order_by(Notice.id)
    assert model.Session.scalars(told).all() == ["application.refuse", "application.publish"]
    assert helpers.call_action("package_search", q="картасы", fq="dataset_type:application")["count"] == 1
    act("application_withdraw", maker, id=made["id"])
    assert act("application_list", "")["count"] == 0
    drained()
    anonymous: Any = {"user": "", "ignore_auth": False}
    found = tk.get_action("package_search")(anonymous, {"fq": "dataset_type:application"})
    assert found["count"] == 0


def test_who_may_do_what(maker: str, moderator: str, agency: dict[str, Any]) -> None:
    other = own.citizen()["name"]
    foreign = own.officer(own.Agency()["id"], "data", Role.MODERATOR)["name"]
    approver = own.officer(own.Agency()["id"], "data", Role.LIST_APPROVER)["name"]
    for user in ("", factories.User()["name"]):
        with pytest.raises(tk.NotAuthorized):
            act("application_create", user, **sent())
    made = act("application_create", maker, **sent())
    for user in (other, moderator):
        with pytest.raises(tk.NotAuthorized):
            act("application_update", user, id=made["id"], **sent())
        with pytest.raises(tk.NotAuthorized):
            act("application_withdraw", user, id=made["id"])
    for user in ("", maker, other, foreign):
        with pytest.raises(tk.NotAuthorized):
            act("application_moderate", user, id=made["id"], event="publish")
    assert act("application_list", foreign, state="waiting")["count"] == 0
    with pytest.raises(tk.NotAuthorized):
        act("application_list", other, state="waiting")
    assert act("application_list", approver, state="waiting")["count"] == 1
    assert act("application_moderate", approver, id=made["id"], event="publish")["state"] == "published"
    for action in ("package_patch", "package_delete", "dataset_purge"):
        with pytest.raises(tk.NotAuthorized):
            tk.get_action(action)({"user": factories.Sysadmin()["name"]}, {"id": made["id"], "title": "x"})


def test_personal_data_and_the_author_are_not_shown(maker: str, moderator: str) -> None:
    made = act("application_create", maker, **sent(notes="Звоните +7 701 123 45 67, отвечу всем."))
    act("application_moderate", moderator, id=made["id"], event="publish")
    shown = act("application_show", "", id=made["id"])
    assert "123 45 67" not in shown["notes"]
    assert "author_id" not in shown
    author = model.Session.get(App, made["id"]).author_id
    assert helpers.call_action("package_show", id=made["id"])["creator_user_id"] != author


def test_everything_wrong_is_told_at_once(maker: str) -> None:
    told = wrong(maker, title="", notes="x" * 4_000, links=[], datasets=["nothing"], pictures=["text"])
    assert set(told) == {"title", "notes", "links", "datasets", "pictures"}
    assert "nothing" in told["datasets"][0]
    secret = own.Dataset(name="secret", private=True)
    assert "datasets" in wrong(maker, datasets=[secret["id"]])
    assert "datasets" in wrong(maker, datasets=[])


def test_pictures_are_stored_kept_and_forgotten(app: Any, maker: str, moderator: str) -> None:
    encoded = {"name": "a.png", "content": base64.b64encode(picture()).decode()}
    made = act("application_create", maker, **sent(pictures=[encoded, encoded], alts=["Карта"]))
    first, second = made["pictures"]
    assert (first["alt"], second["alt"]) == ("Карта", "Мектеп картасы")
    app.get(first["url"], status=404)
    act("application_moderate", moderator, id=made["id"], event="publish")
    shown = app.get(first["url"])
    assert shown.headers["Content-Type"] == "image/webp"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert Image.open(io.BytesIO(shown.data)).size == (300, 240)
    app.get(f"/app/{made['id']}/picture/{made['id']}.webp", status=404)
    changed = act("application_update", maker, id=made["id"], **sent(keep=[second["id"]]))
    assert [one["id"] for one in changed["pictures"]] == [second["id"]]
    assert not pictures.path(first["id"]).exists()
    assert pictures.path(second["id"]).exists()
    with pytest.raises(tk.ValidationError):
        act("application_update", maker, id=made["id"], **sent(pictures=[encoded] * 5))
    model.Session.rollback()
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(AppPicture)) == 1


def test_a_dead_link_is_marked_when_the_portal_finds_it_dead(
    app: Any, maker: str, moderator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = act("application_create", maker, **sent())
    act("application_moderate", moderator, id=made["id"], event="publish")
    outbox.drain()
    url = made["links"][0]["url"]
    answers = iter([links.Outcome(True), links.Outcome(None), links.Outcome(False, reason="status:404")])
    monkeypatch.setattr(life.link_checks, "ask", lambda _url: next(answers))
    for expected in ("works", "works", "dead"):
        jobs.get_queue("bulk").empty()
        app.post(f"/app/{made['id']}/report", data={"url": url})
        outbox.drain()
        for job in jobs.get_queue("bulk").jobs:
            life.look(*job.args)
        model.Session.expire_all()
        assert act("application_show", "", id=made["id"])["links"][0]["state"] == expected
    jobs.get_queue("bulk").empty()
    assert model.Session.scalar(sa.select(sa.func.count()).where(Notice.event == "application.link")) == 1
    with pytest.raises(tk.ValidationError):
        act("application_link_report", "", id=made["id"], url="https://elsewhere.example.org/")


def test_the_pages_from_the_form_to_the_data_set(app: Any, maker: str, moderator: str) -> None:
    headers, judge = signed_in(maker), signed_in(moderator)
    assert "/user/login" in app.get("/ru/app/new?dataset=schools").body
    assert ">schools</textarea>" in app.get("/ru/app/new?dataset=schools", headers=headers).body
    data = [
        ("title", "<b>Карта</b>"),
        ("notes", "Находит школу <script>alert(1)</script>"),
        ("link_kind", "website"),
        ("link_url", "http://example.org"),
        ("datasets", "http://portal/dataset/schools"),
    ]
    bad = app.post("/ru/app/new", data=MultiDict(data), headers=headers, status=400).body
    assert 'href="#field-links"' in bad
    assert "http://example.org" in bad
    data[3] = ("link_url", "https://example.org/")
    files = {"picture": (io.BytesIO(picture()), "map.png"), "alt": "Экран"}
    done = app.post("/ru/app/new", data=MultiDict([*data, *files.items()]), headers=headers)
    assert "<script>alert" not in done.body
    assert "Экран" in done.body
    one = model.Session.scalars(sa.select(App)).one()
    assert one.id in app.get("/ru/app/?mine=true", headers=headers).body
    assert one.id not in app.get("/ru/app/").body
    assert one.id in app.get("/ru/app/moderation", headers=judge).body
    app.get("/ru/app/?state=waiting", status=401, follow_redirects=False)
    app.get("/ru/app/?state=nothing", status=400)
    assert "map" not in app.get(f"/ru/app/{one.id}/edit", headers=headers).body
    app.get(f"/ru/app/{one.id}/edit", headers=judge, status=403)
    app.post(f"/ru/app/{one.id}/moderate", data={"event": "publish"}, headers=judge)
    for language in ("", "/ru", "/en"):
        assert one.id in app.get(f"{language}/app/?q=Карта").body
        page = app.get(f"{language}/app/{one.id}").body
        assert 'rel="nofollow ugc noopener external"' in page
        assert "/dataset/schools" in page
        assert one.id in app.get(f"{language}/dataset/schools").body
    assert app.get(f"/application/app-{one.id[:13]}").status_code == 200
    app.post(f"/ru/app/{one.id}/withdraw", headers=headers)
    app.get(f"/ru/app/{one.id}", status=404)


def test_an_app_waits_at_its_moderators_desk_and_in_its_makers_list(maker: str, moderator: str) -> None:
    made = act("application_create", maker, **sent())

    def waiting(user: str) -> list[str]:
        return [one["title"] for one in act("workplace_task_list", user)["tasks"]]

    elsewhere = own.officer(factories.Organization()["id"], "data", Role.MODERATOR)["name"]
    assert waiting(moderator) == ["Мектеп картасы"]
    assert waiting(elsewhere) == []
    (mine,) = my_items.my_items(model.User.get(maker).id, None, 10)
    assert (mine.title, mine.url, mine.public) == ("Мектеп картасы", f"/app/{made['id']}", False)
    act("application_moderate", moderator, id=made["id"], event="publish")
    assert waiting(moderator) == []
    (mine,) = my_items.my_items(model.User.get(maker).id, None, 10)
    assert mine.public
    assert list(my_items.my_items(model.User.get(maker).id, mine.at, 10)) == []
