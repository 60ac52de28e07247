"""Audits and findings as readers get them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.budget.model.audits import Audit, Finding
from ckanext.opengov.budget.model.programmes import Programme
from ckanext.opengov.budget.service import amounts, cards
from ckanext.opengov.budget.service.audits import life, totals
from ckanext.opengov.budget.service.audits.rules import AUDIT_STATES, KINDS, MOVES, STATES, TABLE, VIOLATIONS
from ckanext.opengov.budget.service.people import Person
from ckanext.opengov.budget.service.reports.figures import share
from ckanext.opengov.civic.service import officers, wording


def _picked(value: Mapping[str, str]) -> str:
    return wording.pick(value, wording.current())


def briefs(many: Sequence[Audit]) -> list[dict[str, Any]]:
    """Audits in a list, with their sums: what belongs to them is read for all at once."""
    ids = {one.id for one in many}
    names, sums = cards.names(ids), _sums(ids)
    places = cards.agencies_of({place for one in many for place in (one.body_id, one.audited_id)})
    return [
        {
            **_own(one),
            **sums.get(one.id, _NOTHING),
            "name": names[one.id],
            "body": places[one.body_id],
            "audited": places[one.audited_id],
        }
        for one in many
    ]


_NOTHING: Mapping[str, Any] = {"count": 0, "found": "0", "cured": "0", "share": None}


def _sums(ids: Collection[str]) -> dict[str, dict[str, Any]]:
    total = sa.func.sum
    query = (
        sa.select(Finding.audit_id, sa.func.count(), total(Finding.amount), total(Finding.cured_amount))
        .where(Finding.audit_id.in_(list(ids)))
        .group_by(Finding.audit_id)
    )
    return {
        audit: {
            "count": count,
            "found": amounts.plain(found),
            "cured": amounts.plain(cured),
            "share": share(found, cured),
        }
        for audit, count, found, cured in model.Session.execute(query)
    }


def _own(found: Audit) -> dict[str, Any]:
    return {
        "id": found.id,
        "kind": found.kind,
        "kind_title": tk._(KINDS[found.kind]),
        "state": found.state,
        "state_title": tk._(AUDIT_STATES[found.state]),
        "title": _picked(found.title),
        "title_translated": found.title,
        "period_from": found.period_from.isoformat(),
        "period_until": found.period_until.isoformat(),
        "amount": amounts.plain(found.amount) if found.amount is not None else None,
    }


def full(found: Audit, person: Person) -> dict[str, Any]:
    """An audit with its findings, and what this person may do now."""
    rows, sides = life.findings(found.id), life.sides(found, person)
    known, kinds = totals.matched(found, rows), person.kinds(found.body_id)
    events = [
        event
        for (state, event), rule in TABLE.items()
        if state == found.state and not kinds.isdisjoint({str(role) for role in rule.who})
    ]
    return {
        **briefs([found])[0],
        "summary": _picked(found.summary),
        "summary_translated": found.summary,
        "act_number": found.act_number,
        "act_date": found.act_date.isoformat() if found.act_date else None,
        "findings": [finding(one, known, sides) for one in rows],
        "events": events,
        "sides": sorted(sides),
    }


def finding(one: Finding, known: Mapping[str, Programme], sides: Collection[str]) -> dict[str, Any]:
    """One finding; ``moves`` are the states to which this person may bring it."""
    programme = known.get(one.programme_code)
    is_late = one.state in ("open", "curing") and one.deadline is not None and one.deadline < officers.today()
    return {
        "audit_id": one.audit_id,
        "number": one.number,
        "object": _picked(one.object),
        "object_translated": one.object,
        "violation": one.violation,
        "violation_title": tk._(VIOLATIONS[one.violation]),
        "amount": amounts.plain(one.amount),
        "cured_amount": amounts.plain(one.cured_amount),
        "share": share(one.amount, one.cured_amount),
        "recommendation": _picked(one.recommendation),
        "recommendation_translated": one.recommendation,
        "deadline": one.deadline.isoformat() if one.deadline else None,
        "is_late": is_late,
        "responsible": one.responsible,
        "state": one.state,
        "state_title": tk._(STATES[one.state]),
        "note": one.note,
        "evidence": one.evidence,
        "programme_code": one.programme_code,
        "line_code": one.line_code,
        "programme": {"id": programme.id, "title": _picked(programme.passport["title"])} if programme else None,
        "moves": [to for (at, to), who in MOVES.items() if at == one.state and not who.isdisjoint(sides)],
    }


def page(wanted: Mapping[str, Any], hidden: Collection[str] | None) -> tuple[int, list[Audit]]:
    """How many audits there are, and some of them.

    :param hidden: bodies whose drafts are shown too; None for all
    """
    columns = {"kind": Audit.kind, "state": Audit.state, "agency": Audit.audited_id, "body": Audit.body_id}
    conditions: list[sa.ColumnElement[bool]] = [
        column == wanted[name] for name, column in columns.items() if wanted.get(name)
    ]
    if wanted.get("year"):
        conditions.append(sa.extract("year", Audit.period_until) == wanted["year"])
    if hidden is not None:
        conditions.append(sa.or_(Audit.published_at.is_not(None), Audit.body_id.in_(list(hidden))))
    if not wanted.get("state"):
        conditions.append(Audit.state != "withdrawn")
    count = model.Session.scalar(sa.select(sa.func.count()).select_from(Audit).where(*conditions)) or 0
    query = sa.select(Audit).where(*conditions).order_by(Audit.period_until.desc(), Audit.id)
    return count, list(model.Session.scalars(query.offset(wanted["offset"]).limit(wanted["limit"])))
