"""What evaluation itself knows of each agency, declared as every component declares it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.interfaces import Indicator, Link
from ckanext.opengov.civic.service import wording
from ckanext.opengov.civic.service.calendar import local_date
from ckanext.opengov.civic.service.ratings import AXES, GOOD
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.evaluation.model.services import Service, ServiceRating, Target


def _rows(agency: Any, entity: Any, is_worth: Any) -> sa.Select[Any]:
    part = sa.case((is_worth, 1), else_=0)
    return sa.select(agency.label("agency_id"), sa.cast(entity, sa.Text).label("entity_id"), part.label("part"))


def targets_reached(begin: dt.datetime, end: dt.datetime) -> sa.Select[Any]:
    """Target indicators of the years that begin in the period or hold it."""
    first, last = local_date(begin).year, local_date(end - dt.timedelta(seconds=1)).year
    down = sa.and_(Target.direction == "down", Target.reached <= Target.planned)
    up = sa.and_(Target.direction == "up", Target.reached >= Target.planned)
    query = _rows(Target.agency_id, Target.id, sa.or_(down, up))
    return query.where(Target.year.between(first, last))


def _active() -> tuple[sa.ColumnElement[bool], ...]:
    package: Any = model.Package
    return package.id == Service.id, package.state == model.State.ACTIVE


def services_online(_begin: dt.datetime, end: dt.datetime) -> sa.Select[Any]:
    """Services of the register at the end of the period."""
    return _rows(Service.agency_id, Service.id, Service.online).where(Service.created_at < end, *_active())


def services_good(begin: dt.datetime, end: dt.datetime) -> sa.Select[Any]:
    """Ratings of the period; good are those whose marks have a mean of four or more."""
    marks = [getattr(ServiceRating, axis) for axis in AXES]
    total = sum((sa.func.coalesce(mark, 0) for mark in marks), sa.literal(0))
    number = sum((sa.case((mark.is_not(None), 1), else_=0) for mark in marks), sa.literal(0))
    query = _rows(ServiceRating.agency_id, ServiceRating.id, total >= GOOD * number)
    return query.where(ServiceRating.at >= begin, ServiceRating.at < end)


def target_links(ids: Sequence[str]) -> Mapping[str, Link]:
    """Target indicators, on the page of their agency's results."""
    query = sa.select(Target.id, Target.title, Target.year, model.Group.name)
    query = query.join(model.Group, model.Group.id == Target.agency_id).where(Target.id.in_(ids))
    return {
        one.id: Link(f"{one.year}: {wording.pick(one.title, wording.current())}", f"/evaluation/results/{one.name}")
        for one in model.Session.execute(query)
    }


def service_links(ids: Sequence[str]) -> Mapping[str, Link]:
    """Services of the register."""
    query = sa.select(Service.id, Service.title).where(Service.id.in_(ids))
    return {
        one.id: Link(wording.pick(one.title, wording.current()), f"/public_service/{one.id}")
        for one in model.Session.execute(query)
    }


def rating_links(ids: Sequence[str]) -> Mapping[str, Link]:
    """Ratings, on the page of their service: who gave them is nobody's business."""
    numbers = [int(one) for one in ids if one.isdecimal()]
    query = sa.select(ServiceRating.id, Service.title, Service.id.label("service_id"))
    query = query.join(Service, Service.id == ServiceRating.service_id).where(ServiceRating.id.in_(numbers))
    return {
        str(one.id): Link(wording.pick(one.title, wording.current()), f"/public_service/{one.service_id}")
        for one in model.Session.execute(query)
    }


INDICATORS: Mapping[str, Indicator] = {
    "targets_reached": Indicator(
        title=N_("Target indicators reached"),
        about=N_("Target indicators of the agency's plans in the years of the period."),
        rows=targets_reached,
        links=target_links,
    ),
    "services_online": Indicator(
        title=N_("Services online"),
        about=N_("Public services of the register at the end of the period."),
        rows=services_online,
        links=service_links,
    ),
    "services_good": Indicator(
        title=N_("Good ratings of services"),
        about=N_("Ratings that citizens gave in the period; good are those with a mean mark of 4 or more."),
        rows=services_good,
        links=rating_links,
    ),
}
