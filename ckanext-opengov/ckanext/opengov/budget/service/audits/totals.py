"""What audits found and what was cured: per agency; and the codes that lead nowhere."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.budget.model.audits import Audit, Finding
from ckanext.opengov.budget.model.programmes import Programme
from ckanext.opengov.budget.service import amounts, cards
from ckanext.opengov.budget.service.reports.figures import share
from ckanext.opengov.civic.service import officers


def by_agency(year: int | None = None, agency_id: str | None = None) -> list[dict[str, Any]]:
    """Audited agency → what was found and cured, how many findings are open, disputed, late; the most found first.

    :param year: audits whose period ends in it
    """
    count, sums = sa.func.count(), sa.func.coalesce
    found, cured = sums(sa.func.sum(Finding.amount), 0), sums(sa.func.sum(Finding.cured_amount), 0)
    late = sa.and_(Finding.state.in_(("open", "curing")), Finding.deadline < officers.today())
    query = (
        sa.select(
            Audit.audited_id,
            sa.func.count(sa.distinct(Audit.id)),
            sa.func.count(Finding.number),
            found.label("found"),
            cured,
            count.filter(Finding.state.in_(("open", "curing"))),
            count.filter(Finding.state == "disputed"),
            count.filter(late),
        )
        .outerjoin(Finding, Finding.audit_id == Audit.id)
        .where(Audit.state == "published")
        .group_by(Audit.audited_id)
        .order_by(sa.desc("found"), Audit.audited_id)
    )
    if year:
        query = query.where(sa.extract("year", Audit.period_until) == year)
    if agency_id:
        query = query.where(Audit.audited_id == agency_id)
    names = ("audits", "findings", "found", "cured", "open", "disputed", "late")
    rows = model.Session.execute(query).all()
    places = cards.agencies_of({row[0] for row in rows})
    return [_row(places[row[0]], dict(zip(names, row[1:], strict=True))) for row in rows]


def _row(agency: cards.Agency, figures: dict[str, Any]) -> dict[str, Any]:
    part = share(figures["found"], figures["cured"])
    sums = {name: amounts.plain(figures[name]) for name in ("found", "cured")}
    return {"agency": agency, **figures, **sums, "share": part}


def matched(audit: Audit, findings: Collection[Finding]) -> dict[str, Programme]:
    """Code of a programme that a finding names → the programme of the audited agency."""
    codes = {one.programme_code for one in findings if one.programme_code}
    if not codes:
        return {}
    query = sa.select(Programme).where(Programme.agency_id == audit.audited_id, Programme.code.in_(codes))
    found: dict[str, Programme] = {}
    for one in model.Session.scalars(query.order_by(Programme.created_at.desc())):
        if "discussion" in one.moments or "approved" in one.moments:
            found.setdefault(one.code, one)
    return found


def unmatched(limit: int = 200) -> list[dict[str, Any]]:
    """Findings whose code of a programme leads to none of the audited agency's."""
    there = sa.exists().where(
        Programme.code == Finding.programme_code, Programme.agency_id == Audit.audited_id, Programme.state != "draft"
    )
    query = (
        sa.select(Finding, Audit)
        .join(Audit, Audit.id == Finding.audit_id)
        .where(Audit.state == "published", Finding.programme_code != "", ~there)
        .order_by(Audit.audited_id, Finding.programme_code, Finding.number)
        .limit(limit)
    )
    rows = model.Session.execute(query).all()
    places = cards.agencies_of({audit.audited_id for _, audit in rows})
    return [
        {
            "audit_id": audit.id,
            "number": finding.number,
            "agency": places[audit.audited_id],
            "programme_code": finding.programme_code,
            "line_code": finding.line_code,
        }
        for finding, audit in rows
    ]
