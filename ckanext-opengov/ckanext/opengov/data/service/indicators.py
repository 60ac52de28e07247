"""What evaluation may count of open data: each indicator as the statement that selects its cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.interfaces import Indicator, Link
from ckanext.opengov.civic.service import agencies, wording
from ckanext.opengov.civic.service.calendar import local_date
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.model.lists import ListItem
from ckanext.opengov.data.model.quality import DatasetQuality
from ckanext.opengov.data.service.lists.states import IN_FORCE
from ckanext.opengov.data.service.quality.metrics import MOST_POINTS

_DATE = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"


def _rows(agency: Any, entity: Any, part: Any) -> sa.Select[Any]:
    return sa.select(agency.label("agency_id"), entity.label("entity_id"), part.label("part"))


def list_in_time(begin: dt.datetime, end: dt.datetime) -> sa.Select[Any]:
    """Items of approved lists that were due in the period."""
    in_time = sa.case((ListItem.linked_on <= ListItem.due_on, 1), else_=0)
    query = _rows(ListItem.agency_id, ListItem.id, in_time).where(ListItem.state.in_(IN_FORCE))
    return query.where(ListItem.due_on >= local_date(begin), ListItem.due_on < local_date(end))


def _published(end: dt.datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Public data sets that there were at the end of the period: by their passport, else by when they came here."""
    package: Any = model.Package
    issued = package.extras["issued"].astext
    stated = sa.case((issued.regexp_match(_DATE), sa.func.to_date(sa.func.left(issued, 10), "YYYY-MM-DD")))
    return (
        package.id == DatasetQuality.dataset_id,
        package.state == model.State.ACTIVE,
        package.private.is_(False),
        sa.func.coalesce(stated, sa.cast(package.metadata_created, sa.Date)) < local_date(end),
    )


def fresh(_begin: dt.datetime, end: dt.datetime) -> sa.Select[Any]:
    """Public data sets; worth one when the last update came in the promised time."""
    is_fresh = sa.case((DatasetQuality.lost.has_key("fresh"), 0), else_=1)
    package: Any = model.Package
    query = _rows(package.owner_org, DatasetQuality.dataset_id, is_fresh)
    return query.where(*_published(end), package.owner_org.is_not(None))


def quality(_begin: dt.datetime, end: dt.datetime) -> sa.Select[Any]:
    """Public data sets; worth their points."""
    package: Any = model.Package
    query = _rows(package.owner_org, DatasetQuality.dataset_id, DatasetQuality.score)
    return query.where(*_published(end), package.owner_org.is_not(None))


def dataset_links(ids: Sequence[str]) -> Mapping[str, Link]:
    """Public data sets."""
    package: Any = model.Package
    title = package.extras["title_translated"].astext
    query = sa.select(package.id, package.name, package.title, title)
    public = (package.id.in_(ids), package.state == model.State.ACTIVE, package.private.is_(False))
    found = model.Session.execute(query.where(*public))
    return {one[0]: Link(agencies.shown_title(*one[1:]), f"/dataset/{one[1]}") for one in found}


def item_links(ids: Sequence[str]) -> Mapping[str, Link]:
    """Items, on the lists of their agencies."""
    query = sa.select(ListItem.id, ListItem.title, ListItem.number, model.Group.name)
    found = model.Session.execute(
        query.join(model.Group, model.Group.id == ListItem.agency_id).where(ListItem.id.in_(ids))
    )
    return {
        one.id: Link(f"{one.number}. {wording.pick(one.title, wording.current())}", f"/list/{one.name}")
        for one in found
    }


INDICATORS: Mapping[str, Indicator] = {
    "list_in_time": Indicator(
        title=N_("List items published in time"),
        about=N_("Items of the approved list that were due in the period."),
        rows=list_in_time,
        links=item_links,
    ),
    "fresh": Indicator(
        title=N_("Data updated as promised"),
        about=N_("Public data sets at the end of the period; counted are those updated as often as promised."),
        rows=fresh,
        links=dataset_links,
    ),
    "quality": Indicator(
        title=N_("Quality of descriptions"),
        about=N_("Points of the public data sets out of 405, by the method of the European Data Portal."),
        rows=quality,
        links=dataset_links,
        whole=MOST_POINTS,
    ),
}
