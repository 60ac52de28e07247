"""Where there is something to follow, its page says so, and who follows it hears of what is new."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, urlsplit

import ckan.model as model
import pytest
import sqlalchemy as sa
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opengov.civic.model.notices import Delivery, Notice
from ckanext.opengov.civic.service import outbox, searches
from ckanext.opengov.dialog.service.polls import life
from lxml import html

from tests.dialog import conference_ground, poll_ground

pytestmark = pytest.mark.usefixtures("clean_portal")


def followed(app: Any, path: str) -> dict[str, str]:
    """What the link “Follow” of a page names; the page that it leads to is there."""
    page = html.fromstring(app.get(path).body)
    (link,) = page.xpath("//p[@class='og-follow']/a[contains(@href, '/notices/subscribe')]/@href")
    app.get(link)
    query = parse_qs(urlsplit(link).query)
    return {"kind": query["kind"][0], "value": query["value"][0]}


def told() -> list[tuple[str, str]]:
    rows = model.Session.execute(sa.select(Notice.event, Notice.subject["ru"].astext).order_by(Notice.id))
    return [(event, subject) for event, subject in rows]


def test_agencies_data_sets_and_searches_can_be_followed(app: Any) -> None:
    agency = factories.Organization()
    dataset = factories.Dataset(owner_org=agency["id"])
    assert followed(app, f"/ru/organization/{agency['name']}") == {"kind": "agency", "value": agency["id"]}
    assert followed(app, f"/dataset/{dataset['name']}") == {"kind": "entity", "value": f"dataset:{dataset['id']}"}
    search = f"/ru/dataset/?q=мектеп&organization={agency['name']}&sort=name+asc&page=1"
    value = f"organization={agency['name']}&q=%D0%BC%D0%B5%D0%BA%D1%82%D0%B5%D0%BF&type=dataset"
    assert followed(app, search) == {"kind": "search", "value": value}
    assert "og-follow" not in app.get("/dataset/").body


def test_polls_and_conferences_can_be_followed(app: Any) -> None:
    poll = poll_ground.opened()
    assert followed(app, f"/ru/poll/{poll['id']}") == {"kind": "entity", "value": f"{life.TYPE}:{poll['id']}"}
    conference = conference_ground.ground("collecting").conference
    value = f"conference:{conference['id']}"
    assert followed(app, f"/conference/{conference['id']}") == {"kind": "entity", "value": value}


def test_a_data_set_is_told_of_as_new_and_once_a_day_as_changed() -> None:
    agency = factories.Organization()
    made = factories.Dataset(owner_org=agency["id"], title_translated={"ru": "Школы"})
    hidden = factories.Dataset(owner_org=agency["id"], private=True)
    for number in range(2):
        call_action("package_patch", id=made["id"], url=f"https://example.org/{number}")
    assert told() == [("data.published", "Новый набор данных: Школы")]
    yesterday = dt.datetime.now(dt.UTC).replace(tzinfo=None) - dt.timedelta(days=2)
    table = model.package_table
    model.Session.execute(sa.update(table).values(metadata_created=yesterday))
    model.Session.commit()
    for number in range(2):
        call_action("package_patch", id=made["id"], url=f"https://example.org/again/{number}")
        call_action("package_patch", id=hidden["id"], url=f"https://example.org/again/{number}")
    assert told()[1:] == [("data.changed", "Набор данных изменён: Школы")]
    notice = model.Session.scalars(sa.select(Notice)).first()
    assert notice is not None
    assert (notice.component, notice.agency_id, notice.url) == ("data", agency["id"], f"/dataset/{made['name']}")


def test_who_follows_an_agency_and_a_search_hears_of_a_new_data_set_once() -> None:
    agency, citizen = factories.Organization(), poll_ground.person()
    for kind, value in (("agency", agency["id"]), ("search", "q=Школы")):
        poll_ground.act("subscription_create", citizen, target_kind=kind, target_value=value)
    factories.Dataset(owner_org=agency["id"], title_translated={"ru": "Школы"})
    searches.watch()
    outbox.drain()
    searches.watch()
    assert len(model.Session.scalars(sa.select(Delivery)).all()) == 1
