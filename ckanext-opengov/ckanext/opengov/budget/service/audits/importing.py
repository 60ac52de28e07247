"""Audits of another register: published ones, with the two sums that registers have as one finding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.budget.model.audits import Audit, Finding
from ckanext.opengov.budget.service import registry
from ckanext.opengov.budget.service.audits import life, rules
from ckanext.opengov.budget.service.refused import Refused
from ckanext.opengov.budget.service.reports.kinds import bounds
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service.refusal import Refusal


class RegistryAudits(registry.Writer):
    """``title_translated``, ``notes_translated``, ``audit_kind``, ``audited_agency`` (address or BIN), ``audit_period``
    (a year, or two days parted by a stroke), ``found_amount`` and ``cured_amount`` in tenge, ``act_number``.
    """

    TYPE = rules.TYPE

    def store(self, record: Mapping[str, Any], *, is_new: bool) -> None:
        values = life.checked(_audit(record))
        if is_new:
            now = utc_now()
            made = Audit(id=record["id"], body_id=record["owner_org"], state="published", created_at=now, **values)
            made.published_at = now
            life.add(made, record.get("name"))
        else:
            made = life.lock(record["id"])
            for name, value in values.items():
                setattr(made, name, value)
            made.state = "published"
            life.settle(made)
        _finding(made, record)

    def hide(self, package_id: str) -> None:
        found = life.lock(package_id)
        found.state = "withdrawn"
        life.settle(found)


def _audit(record: Mapping[str, Any]) -> dict[str, Any]:
    first, _, last = registry.short(record, "audit_period").partition("/")
    if not last:
        try:
            first, last = (day.isoformat() for day in bounds(first))
        except Refusal as error:
            raise Refused({"audit_period": [error]}) from error
    return {
        "title": registry.translated(record, "title"),
        "summary": registry.translated(record, "notes"),
        "kind": registry.short(record, "audit_kind"),
        "audited": _agency(registry.short(record, "audited_agency")),
        "period_from": first,
        "period_until": last,
        "act_number": registry.short(record, "act_number"),
    }


def _agency(reference: str) -> str:
    """The id of an agency that a register names by its BIN; any other name as it is."""
    by_bin = model.Group.extras["bin"].astext == reference  # pyright: ignore[reportIndexIssue]
    query = sa.select(model.Group.id).where(by_bin, model.Group.is_organization, model.Group.state == "active")
    return model.Session.scalar(query.limit(1)) or reference


def _finding(audit: Audit, record: Mapping[str, Any]) -> None:
    amount = registry.short(record, "found_amount")
    if not amount:
        return
    cured = registry.short(record, "cured_amount") or "0"
    raw = {"object": audit.title, "violation": "procedure", "amount": amount, "cured_amount": cured}
    made = rules.finding(raw, None, frozenset({rules.BODY}))
    is_cured = made["amount"] == made["cured_amount"]
    found = model.Session.get(Finding, (audit.id, 1)) or Finding(audit_id=audit.id, number=1)
    for name, value in {**made, "state": "cured" if is_cured else "open", "changed_at": utc_now()}.items():
        setattr(found, name, value)
    model.Session.add(found)
