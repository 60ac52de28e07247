"""Scores as they are read: of a data set, of an agency, of all of them. Nothing is computed here anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.data.model.quality import DatasetQuality, LinkCheck
from ckanext.opengov.data.service.quality.metrics import BY_NAME, DIMENSIONS, MOST, MOST_POINTS, WAITING, band

_Q = DatasetQuality
_COLUMNS = {name: getattr(_Q, name) for name in ("score", *DIMENSIONS)}


def dataset(dataset_id: str) -> dict[str, Any] | None:
    """The score of one data set with what it lost, the dearest first; None when there is none yet."""
    found = model.Session.get(_Q, dataset_id)
    if found is None:
        return None
    lost = [_lost(name, one) for name, one in found.lost.items() if name in BY_NAME]
    return {
        **_points({name: getattr(found, name) for name in _COLUMNS}),
        "lost": sorted(lost, key=lambda one: (one["why"] == WAITING, -one["points"])),
        "computed_at": found.computed_at.isoformat(),
    }


def _lost(name: str, stored: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "metric": name,
        "dimension": BY_NAME[name].dimension,
        "points": stored["points"],
        "most": BY_NAME[name].points,
        "why": stored["why"],
        "values": stored.get("values", {}),
        "files": stored.get("files", []),
    }


def _points(values: Mapping[str, Any]) -> dict[str, Any]:
    score = values["score"]
    return {
        "score": score,
        "most": MOST_POINTS,
        "band": band(score)[0],
        "dimensions": {name: {"score": values[name], "most": MOST[name]} for name in DIMENSIONS},
    }


def scores(ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """Points in all and by dimension of these data sets, in one statement."""
    rows = model.Session.execute(sa.select(_Q.dataset_id, *_COLUMNS.values()).where(_Q.dataset_id.in_(ids)))
    return {row[0]: dict(zip(_COLUMNS, row[1:], strict=True)) for row in rows}


def dead_links(dataset_id: str) -> dict[str, str]:
    """Dead links of a data set: resource → reason."""
    query = sa.select(LinkCheck.resource_id, LinkCheck.reason)
    found = model.Session.execute(query.where(LinkCheck.dataset_id == dataset_id, LinkCheck.state == "dead"))
    return {row[0]: row[1] or "" for row in found}


def _public() -> sa.ColumnElement[bool]:
    package = model.Package
    return sa.and_(package.type == "dataset", package.state == "active", package.private.is_(False))


def _means() -> list[Any]:
    return [sa.func.round(sa.func.avg(column), 1).label(name) for name, column in _COLUMNS.items()]


def summary(agency_id: str | None = None) -> dict[str, Any] | None:
    """Means over the public data sets, of an agency or of all; None when there are none with a score."""
    package = model.Package
    counted = [sa.func.count().filter(_Q.score >= 351).label("excellent")]
    query = sa.select(sa.func.count().label("datasets"), *_means(), *counted)
    query = query.join(package, package.id == _Q.dataset_id).where(_public())
    if agency_id:
        query = query.where(package.owner_org == agency_id)
    row = model.Session.execute(query).mappings().one()
    if not row["datasets"]:
        return None
    means = {name: float(row[name]) for name in _COLUMNS}
    return {"datasets": row["datasets"], "excellent": row["excellent"], **_points(means)}


def league() -> list[dict[str, Any]]:
    """Every agency with public data sets, the best first; equal scores share a rank."""
    package, group = model.Package, model.Group
    mean = sa.func.avg(_Q.score)
    query = (
        sa.select(
            group.id,
            group.name,
            group.title,
            sa.func.count().label("datasets"),
            sa.func.rank().over(order_by=sa.func.round(mean, 1).desc()).label("rank"),
            *_means(),
        )
        .join(package, package.id == _Q.dataset_id)
        .join(group, group.id == package.owner_org)
        .where(_public(), group.state == "active")
        .group_by(group.id, group.name, group.title)
        .order_by(sa.func.round(mean, 1).desc(), group.title)
    )
    return [
        {
            "rank": row["rank"],
            "agency": {"id": row["id"], "name": row["name"], "title": row["title"] or row["name"]},
            "datasets": row["datasets"],
            **_points({name: float(row[name]) for name in _COLUMNS}),
        }
        for row in model.Session.execute(query).mappings()
    ]


def losses(agency_id: str | None = None) -> list[dict[str, Any]]:
    """Where the public data sets lose points: metric → points in all, and in how many data sets; the dearest first."""
    package = model.Package
    each = sa.func.jsonb_each(_Q.lost).table_valued("key", "value", name="each")
    points = sa.cast(sa.func.jsonb_extract_path_text(each.c.value, "points"), sa.Integer)
    total = sa.func.sum(points).label("points")
    query = (
        sa.select(each.c.key.label("metric"), total, sa.func.count().label("datasets"))
        .select_from(_Q)
        .join(package, package.id == _Q.dataset_id)
        .join(each, sa.true())
        .where(_public())
        .group_by(each.c.key)
        .order_by(total.desc(), each.c.key)
    )
    if agency_id:
        query = query.where(package.owner_org == agency_id)
    return [dict(row) for row in model.Session.execute(query).mappings() if row["metric"] in BY_NAME]


def datasets(agency_id: str, limit: int, offset: int) -> list[dict[str, Any]]:
    """The public data sets of an agency, those with the fewest points first."""
    package = model.Package
    translated = package.extras["title_translated"].astext  # pyright: ignore[reportAttributeAccessIssue]
    query = (
        sa.select(package.id, package.name, package.title, translated.label("translated"), _Q.score)
        .join(_Q, _Q.dataset_id == package.id)
        .where(_public(), package.owner_org == agency_id)
        .order_by(_Q.score, package.name)
        .limit(limit)
        .offset(offset)
    )
    return [dict(row) | {"band": band(row["score"])[0]} for row in model.Session.execute(query).mappings()]
