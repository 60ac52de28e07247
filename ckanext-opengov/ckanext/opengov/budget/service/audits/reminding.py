"""Reminders of findings: a week before their day, on it, and every week after it until they are cured."""

from __future__ import annotations

import datetime as dt

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.budget.model.audits import Audit, Finding
from ckanext.opengov.budget.names import COMPONENT
from ckanext.opengov.budget.service.audits.rules import TYPE
from ckanext.opengov.budget.service.people import WRITERS
from ckanext.opengov.civic.service import journal, notices, officers, wording
from ckanext.opengov.civic.service.refusal import N_

LANGUAGES = ("kk", "ru", "en")
SUBJECT = N_("Finding {number} of an audit is to be cured until {day}")
BATCH = 200
WEEK = 7


def is_due(deadline: dt.date, reminded_on: dt.date | None, today: dt.date) -> bool:
    """Whether a reminder is sent today. Pure."""
    left = (deadline - today).days
    if left > WEEK:
        return False
    if reminded_on is None:
        return True
    if reminded_on < deadline <= today:
        return True
    return (today - reminded_on).days >= WEEK


def remind(today: dt.date | None = None) -> int:
    """Send what is due. Safe to repeat: a finding is told of once on a day. Commits.

    :returns: how many reminders
    """
    day = today or officers.today()
    query = (
        sa.select(Finding, Audit)
        .join(Audit, Audit.id == Finding.audit_id)
        .where(Audit.state == "published", Finding.state.in_(("open", "curing")))
        .where(Finding.deadline <= day + dt.timedelta(days=WEEK))
        .where(sa.or_(Finding.reminded_on.is_(None), Finding.reminded_on < day))
        .order_by(Finding.deadline, Finding.audit_id, Finding.number)
        .limit(BATCH)
        .with_for_update(of=Finding, skip_locked=True)
    )
    found = [
        (finding, audit)
        for finding, audit in model.Session.execute(query).all()
        if is_due(finding.deadline, finding.reminded_on, day)
    ]
    for finding, audit in found:
        finding.reminded_on = day
        _tell(finding, audit, day)
    model.Session.flush()
    journal.record_many(
        journal.Happening(TYPE, audit.id, "audit_result.reminder", public={"number": finding.number})
        for finding, audit in found
    )
    model.Session.commit()
    return len(found)


def _tell(finding: Finding, audit: Audit, day: dt.date) -> None:
    users = officers.responsible(COMPONENT, audit.audited_id, WRITERS)
    until = finding.deadline.isoformat() if finding.deadline else ""
    if users:
        notices.notify(
            "budget.audit_reminder",
            entity_type=TYPE,
            entity_id=audit.id,
            component=COMPONENT,
            agency_id=audit.audited_id,
            subject={code: wording.say(code, SUBJECT).format(number=finding.number, day=until) for code in LANGUAGES},
            body={code: wording.pick(finding.object, code) for code in LANGUAGES},
            url=f"/audit_result/{audit.id}#finding-{finding.number}",
            to_users=users,
            key=f"{audit.id}:{finding.number}:reminder:{day.isoformat()}",
        )
