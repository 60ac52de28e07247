"""Contests of apps: entries in their period, marks of the jury, places worked out by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests import factories
from ckanext.opengov import factories as own
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.data.model.apps import Contest

pytestmark = pytest.mark.usefixtures("clean_portal")

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)


def act(name: str, user: str | None, /, **data: Any) -> Any:
    return tk.get_action(name)({"user": user or ""}, data)


@pytest.fixture
def organiser(agency: dict[str, Any]) -> str:
    return own.officer(agency["id"], "data", Role.LIST_APPROVER)["name"]


@pytest.fixture
def jury() -> list[str]:
    return [own.citizen()["name"] for _ in range(2)]


def held(organiser: str, jury: list[str], /, **more: Any) -> dict[str, Any]:
    given = {
        "name": "summer",
        "title": {"kk": "Жазғы байқау", "ru": "Летний конкурс"},
        "rules": {"ru": "Судят пользу."},
        "opens_at": (NOW - DAY).isoformat(),
        "closes_at": (NOW + DAY).isoformat(),
        "jury": jury,
    }
    return act("contest_create", organiser, **{**given, **more})


def entered(organiser: str, title: str, author: str | None = None) -> str:
    """A published app that takes part."""
    author = author or own.citizen()["name"]
    links = [{"kind": "website", "url": "https://example.org/"}]
    sent = {"title": title, "notes": "Текст", "links": links, "datasets": ["schools"]}
    app = act("application_create", author, **sent)
    act("application_moderate", organiser, id=app["id"], event="publish")
    act("contest_enter", author, id="summer", app=app["id"])
    return app["id"]


def close() -> None:
    model.Session.execute(sa.update(Contest).values(closes_at=NOW - dt.timedelta(hours=1)))
    model.Session.commit()


def test_a_contest_from_its_announcement_to_the_winners(
    app: Any, dataset: dict[str, Any], organiser: str, jury: list[str]
) -> None:
    contest = held(organiser, jury)
    assert (contest["phase"], contest["jurors"]) == ("open", 2)
    first, second = entered(organiser, "Первое"), entered(organiser, "Второе")
    with pytest.raises(tk.ValidationError, match="mark"):
        act("contest_mark", jury[0], id="summer", app=first, mark=9)
    with pytest.raises(tk.ValidationError):
        act("contest_decide", organiser, id="summer")
    close()
    with pytest.raises(tk.ValidationError, match="contest"):
        entered(organiser, "Опоздавшее")
    for juror, of_first, of_second in ((jury[0], 6, 9), (jury[1], 7, 8)):
        act("contest_mark", juror, id="summer", app=first, mark=of_first)
        if juror == jury[1]:
            with pytest.raises(tk.ValidationError, match="1"):
                act("contest_decide", organiser, id="summer")
        act("contest_mark", juror, id="summer", app=second, mark=of_second)
    act("contest_mark", jury[0], id="summer", app=first, mark=7)
    shown = act("contest_show", jury[0], id="summer")
    assert {one["id"]: one["my_mark"] for one in shown["entries"]} == {first: 7, second: 9}
    assert "mean" not in shown["entries"][0]
    assert "my_mark" not in act("contest_show", "", id="summer")["entries"][0]
    decided = act("contest_decide", organiser, id="summer")
    assert [(one["id"], one["place"], one["mean"]) for one in decided["entries"]] == [(second, 1, 8.5), (first, 2, 7.0)]
    for again in ("contest_decide", "contest_mark"):
        with pytest.raises((tk.ValidationError, tk.NotAuthorized)):
            act(again, jury[0] if again == "contest_mark" else organiser, id="summer", app=first, mark=10)
    for language in ("", "/ru", "/en"):
        assert second in app.get(f"{language}/app/contest/summer").body
        assert "/app/contest/summer" in app.get(f"{language}/app/contests").body


def test_who_may_do_what(dataset: dict[str, Any], organiser: str, jury: list[str]) -> None:
    for user in ("", jury[0], own.officer(own.Agency()["id"], "data", Role.MODERATOR)["name"]):
        with pytest.raises(tk.NotAuthorized):
            held(user, jury)
    held(organiser, jury)
    app = entered(organiser, "Карта")
    with pytest.raises(tk.NotAuthorized):
        act("contest_enter", own.citizen()["name"], id="summer", app=app)
    with pytest.raises(tk.ValidationError, match="jury"):
        entered(organiser, "Своё", jury[0])
    close()
    for user in ("", organiser, factories.Sysadmin()["name"]):
        with pytest.raises(tk.NotAuthorized):
            act("contest_mark", user, id="summer", app=app, mark=10)
    with pytest.raises(tk.NotAuthorized):
        act("contest_decide", jury[0], id="summer")
    with pytest.raises(tk.ObjectNotFound):
        act("contest_show", "", id="nothing")


def test_a_contest_that_does_not_fit_is_refused_by_field(organiser: str, jury: list[str]) -> None:
    wrong: list[dict[str, Any]] = [
        {"name": "A b"},
        {"title": {}},
        {"rules": {"xx": "?"}},
        {"opens_at": "tomorrow"},
        {"closes_at": (NOW - 2 * DAY).isoformat()},
        {"jury": ["nobody-of-this-name"]},
        {"jury": []},
        {"jury": 5},
    ]
    for one in wrong:
        with pytest.raises(tk.ValidationError) as caught:
            held(organiser, jury, **one)
        assert set(one) <= set(caught.value.error_dict)
    held(organiser, jury)
    with pytest.raises(tk.ValidationError, match="name"):
        held(organiser, jury)


def test_marks_are_whole_numbers_from_1_to_10(dataset: dict[str, Any], organiser: str, jury: list[str]) -> None:
    held(organiser, jury)
    app = entered(organiser, "Карта")
    close()
    for mark in (0, 11, "ten", 5.5, -1, None):
        with pytest.raises(tk.ValidationError, match="mark"):
            act("contest_mark", jury[0], id="summer", app=app, mark=mark)
    assert act("contest_mark", jury[0], id="summer", app=app, mark="10")["entries"][0]["my_mark"] == 10


def test_the_forms_of_organiser_maker_and_jury(
    app: Any, dataset: dict[str, Any], organiser: str, jury: list[str]
) -> None:
    def signed_in(name: str) -> dict[str, str]:
        return {"Authorization": factories.APIToken(user=name)["token"]}

    app.get("/ru/app/contests/new", headers=signed_in(jury[0]), status=403)
    judge = signed_in(organiser)
    form = {"name": "autumn", "title-ru": "Осень", "rules-ru": "Правила", "jury": " ".join(jury)}
    bad = app.post("/ru/app/contests/new", data=form, headers=judge, status=400).body
    assert "Осень" in bad
    assert 'href="#field-opens_at"' in bad
    times = {"opens_at": "2026-01-01T09:00", "closes_at": "2036-01-01T09:00"}
    assert "Осень" in app.post("/ru/app/contests/new", data=form | times, headers=judge).body
    assert model.Session.scalars(sa.select(Contest)).one().opens_at.isoformat() == "2026-01-01T04:00:00+00:00"
    held(organiser, jury)
    maker = own.citizen()["name"]
    links = [{"kind": "website", "url": "https://example.org/"}]
    made = act("application_create", maker, title="Карта", notes="Текст", links=links, datasets=["schools"])
    assert made["id"] in app.get("/ru/app/contest/summer", headers=signed_in(maker)).body
    app.post("/ru/app/contest/summer/enter", data={"app": made["id"]}, headers=signed_in(maker))
    act("application_moderate", organiser, id=made["id"], event="publish")
    model.Session.execute(sa.update(Contest).where(Contest.name == "summer").values(closes_at=NOW))
    model.Session.commit()
    for name in jury:
        assert 'name="mark"' in app.get("/ru/app/contest/summer", headers=signed_in(name)).body
        marked = {"app": made["id"], "mark": "8"}
        app.post("/ru/app/contest/summer/mark", data=marked, headers=signed_in(name))
    app.post("/ru/app/contest/summer/decide", headers=judge)
    assert act("application_show", "", id=made["id"])["place"] == 1
