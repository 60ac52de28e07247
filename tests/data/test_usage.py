"""Statistics of data sets: what counts, how it comes to the table, and that nothing is kept of who read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories, helpers
from ckanext.opengov import factories as own
from ckanext.opengov.civic.service.calendar import local_date
from ckanext.opengov.data.model.usage import Usage
from ckanext.opengov.data.service import usage

pytestmark = pytest.mark.usefixtures("clean_portal")

TODAY = local_date(dt.datetime.now(dt.UTC))


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    for day in (TODAY - dt.timedelta(days=1), TODAY):
        connect_to_redis().delete(usage._key(day))


def total(dataset: dict[str, Any]) -> dict[str, int]:
    usage.flush()
    return helpers.call_action("data_usage_show", id=dataset["id"])["total"]


def test_views_downloads_and_calls_are_counted(app: Any, dataset: dict[str, Any], upload: Any) -> None:
    resource = upload("schools.csv", dataset["id"])
    page = app.get("/ru/dataset/schools").body
    assert 'data-og-seen="/dataset/schools/seen"' in page
    assert total(dataset) == {"views": 0, "downloads": 0, "api_calls": 0}
    seen = app.get("/dataset/schools/seen")
    assert seen.status_code == 204
    assert "no-store" in seen.headers["Cache-Control"]
    assert "Set-Cookie" not in seen.headers
    app.get("/dataset/schools/seen")
    app.get(f"/dataset/schools/resource/{resource['id']}/download/schools.csv")
    app.get("/api/3/action/package_show?id=schools")
    app.post("/api/3/action/datastore_search", json={"resource_id": resource["id"]})
    app.get("/api/3/action/package_show?id=nothing", status=404)
    app.get("/api/3/action/package_search?q=schools")
    assert total(dataset) == {"views": 2, "downloads": 1, "api_calls": 2}
    # The clock may come as often as it likes.
    assert total(dataset) == {"views": 2, "downloads": 1, "api_calls": 2}


def test_what_is_not_public_is_neither_counted_nor_told(app: Any, agency: dict[str, Any]) -> None:
    secret = own.Dataset(name="secret", owner_org=agency["id"], private=True)
    assert app.get("/dataset/secret/seen").status_code == 204
    assert app.get("/dataset/%00/seen", status=None).status_code < 500
    headers = {"Authorization": factories.SysadminWithToken()["token"]}
    app.get("/api/3/action/package_show?id=secret", headers=headers)
    assert total(secret) == {"views": 0, "downloads": 0, "api_calls": 0}
    visitor: Any = {"user": "", "ignore_auth": False}
    with pytest.raises(tk.NotAuthorized):
        tk.get_action("data_usage_show")(visitor, {"id": secret["id"]})
    with pytest.raises(tk.ObjectNotFound):
        helpers.call_action("data_usage_show", id="nothing")


def test_days_add_up_and_a_loss_of_redis_loses_nothing_that_was_written(dataset: dict[str, Any]) -> None:
    for _ in range(3):
        usage.count("views", dataset["id"])
    usage.flush()
    connect_to_redis().delete(usage._key(TODAY))
    usage.count("views", dataset["id"])
    assert total(dataset)["views"] == 3
    for days, views in ((1, 10), (29, 100), (30, 1_000)):
        model.Session.add(Usage(dataset_id=dataset["id"], day=TODAY - dt.timedelta(days=days), views=views))
    model.Session.commit()
    found = helpers.call_action("data_usage_show", id=dataset["id"])
    assert found["total"]["views"] == 1_113
    assert found["recent"]["views"] == 113
    assert [one["views"] for one in found["days"]] == [100, 10, 3]


def test_a_count_knows_nothing_of_the_reader(app: Any, dataset: dict[str, Any]) -> None:
    app.get("/dataset/schools/seen", headers={"X-Forwarded-For": "203.0.113.7", "User-Agent": "somebody"})
    stored = connect_to_redis().hgetall(usage._key(TODAY))
    assert list(stored) == [f"{dataset['id']}/views".encode()]
    assert connect_to_redis().ttl(usage._key(TODAY)) > 0
    assert {column.name for column in Usage.__table__.columns} == {"dataset_id", "day", *usage.KINDS}
