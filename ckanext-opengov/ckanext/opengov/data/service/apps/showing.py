"""Apps as they are read: one, a page of them, those of a data set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.data import display
from ckanext.opengov.data.model.apps import App, AppDataset, AppPicture
from ckanext.opengov.data.service.agencies import loaded
from ckanext.opengov.data.service.apps.rules import KINDS, STATES, State, host_of


def agencies_of(app_id: str) -> list[str]:
    """The agencies whose data an app uses."""
    package = model.Package
    query = sa.select(package.owner_org).join(AppDataset, AppDataset.dataset_id == package.id)
    found = model.Session.scalars(query.where(AppDataset.app_id == app_id, package.owner_org.isnot(None)).distinct())
    return [one for one in found if one]


def listed(wish: dict[str, Any]) -> tuple[int, list[dict[str, Any]]]:
    """A page of apps, the newest first.

    :param wish: ``state``, ``q``, ``dataset`` (id), ``author`` (id), ``agencies`` (ids, whose data are used; None for
        all), ``offset``, ``limit``
    """
    query = sa.select(App)
    if wish.get("state"):
        query = query.where(App.state == wish["state"])
    if wish.get("author"):
        query = query.where(App.author_id == wish["author"])
    if wish.get("q"):
        words = wish["q"].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        query = query.where(sa.or_(App.title.ilike(f"%{words}%"), App.notes.ilike(f"%{words}%")))
    query = query.where(*_used(wish))
    count = model.Session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    newest = sa.func.coalesce(App.published_at, App.created_at).desc()
    page = query.order_by(newest, App.id).limit(wish["limit"]).offset(wish["offset"])
    return count, shown(model.Session.scalars(page).all())


def _used(wish: dict[str, Any]) -> list[sa.ColumnElement[bool]]:
    """Conditions on the data sets that apps use."""
    uses = sa.select(AppDataset.app_id)
    conditions = []
    if wish.get("dataset"):
        conditions.append(App.id.in_(uses.where(AppDataset.dataset_id == wish["dataset"])))
    if wish.get("agencies") is not None:
        package = model.Package
        of_theirs = uses.join(package, package.id == AppDataset.dataset_id)
        conditions.append(App.id.in_(of_theirs.where(package.owner_org.in_(wish["agencies"]))))
    return conditions


def shown(apps: Sequence[App]) -> list[dict[str, Any]]:
    """Apps with pictures and data sets: two statements, however many there are."""
    ids = [one.id for one in apps]
    pictures, datasets = _pictures(ids), _datasets(ids)
    return [_shown(one, pictures[one.id], datasets[one.id]) for one in apps]


def _shown(app: App, pictures: list[dict[str, Any]], datasets: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": app.id,
        "title": app.title,
        "notes": app.notes,
        "developer": app.developer,
        "state": app.state,
        "state_title": tk._(STATES[State(app.state)]),
        "links": [{**one, "title": tk._(KINDS[one["kind"]].title), "host": host_of(one["url"])} for one in app.links],
        "pictures": pictures,
        "datasets": datasets,
        "contest_id": app.contest_id,
        "place": app.place,
        "created_at": app.created_at.isoformat(),
        "published_at": app.published_at.isoformat() if app.published_at else None,
    }


def _pictures(ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    query = sa.select(AppPicture).where(AppPicture.app_id.in_(ids)).order_by(AppPicture.position)
    for one in model.Session.scalars(query):
        url = tk.url_for("opengov_data_apps.picture", app_id=one.app_id, picture_id=one.id, locale="default")
        found[one.app_id].append({"id": one.id, "alt": one.alt, "width": one.width, "height": one.height, "url": url})
    return found


def _datasets(ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Public data sets only: one that was deleted or made private since is not told of."""
    package = model.Package
    translated = package.extras["title_translated"].astext  # pyright: ignore[reportAttributeAccessIssue]
    query = (
        sa.select(AppDataset.app_id, package.id, package.name, package.title, translated)
        .join(package, package.id == AppDataset.dataset_id)
        .where(AppDataset.app_id.in_(ids), package.state == "active", package.private.is_(False))
        .order_by(package.title)
    )
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for app_id, id_, name, title, texts in model.Session.execute(query):
        named = display.text({"title": title or name, "title_translated": loaded(texts)}, "title")
        found[app_id].append({"id": id_, "name": name, "title": named["text"]})
    return found
