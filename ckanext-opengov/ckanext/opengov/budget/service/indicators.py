"""What evaluation may count of open budgets: each indicator as the statement that selects its cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.budget.model.audits import Audit, Finding
from ckanext.opengov.budget.model.programmes import CouncilOpinion, Programme
from ckanext.opengov.civic.interfaces import Indicator, Link
from ckanext.opengov.civic.service import wording
from ckanext.opengov.civic.service.calendar import local_date
from ckanext.opengov.civic.service.refusal import N_


def findings_cured(begin: dt.datetime, end: dt.datetime) -> sa.Select[Any]:
    """Findings of published audits that were to be cured in the period."""
    cured = sa.case((Finding.state == "cured", 1), else_=0).label("part")
    case = (Finding.audit_id + "/" + sa.cast(Finding.number, sa.Text)).label("entity_id")
    query = sa.select(Audit.audited_id.label("agency_id"), case, cured).join(Finding, Finding.audit_id == Audit.id)
    in_period = (Finding.deadline >= local_date(begin), Finding.deadline < local_date(end))
    return query.where(Audit.state == "published", *in_period)


def council_opinions(begin: dt.datetime, end: dt.datetime) -> sa.Select[Any]:
    """Programmes that were approved in the period; worth one with an opinion of the public council."""
    approved = sa.cast(Programme.moments["approved"].astext, sa.DateTime(timezone=True))
    heard = sa.exists().where(CouncilOpinion.programme_id == Programme.id)
    part = sa.case((heard, 1), else_=0).label("part")
    query = sa.select(Programme.agency_id.label("agency_id"), Programme.id.label("entity_id"), part)
    return query.where(approved >= begin, approved < end)


def finding_links(ids: Sequence[str]) -> Mapping[str, Link]:
    """Findings, on the pages of their audits."""
    audits = {one.partition("/")[0] for one in ids}
    query = sa.select(Audit.id, Audit.title).where(Audit.id.in_(audits), Audit.state == "published")
    titles = {one.id: wording.pick(one.title, wording.current()) for one in model.Session.execute(query)}
    return {
        one: Link(f"{titles[audit]}, {number}", f"/audit_result/{audit}")
        for one in ids
        if (audit := one.partition("/")[0]) in titles and (number := one.partition("/")[2])
    }


def programme_links(ids: Sequence[str]) -> Mapping[str, Link]:
    """Programmes that the public reads."""
    package: Any = model.Package
    query = sa.select(package.id, package.title).where(package.id.in_(ids), package.private.is_(False))
    return {one.id: Link(one.title, f"/budget_programme/{one.id}") for one in model.Session.execute(query)}


INDICATORS: Mapping[str, Indicator] = {
    "findings_cured": Indicator(
        title=N_("Findings cured"),
        about=N_("Findings of published audits that were to be cured in the period."),
        rows=findings_cured,
        links=finding_links,
    ),
    "council_opinions": Indicator(
        title=N_("Programmes with an opinion of the public council"),
        about=N_(
            "Budget programmes approved in the period; counted are those that the public council gave its opinion on."
        ),
        rows=council_opinions,
        links=programme_links,
    ),
}
