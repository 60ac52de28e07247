"""What audits add to the manifest."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.budget.contribution import Contribution
from ckanext.opengov.budget.model.audits import Audit, Finding
from ckanext.opengov.budget.service import cards
from ckanext.opengov.budget.service.audits import importing, reminding, rules
from ckanext.opengov.civic.interfaces import EntityType, PeriodicTask
from ckanext.opengov.civic.service.refusal import N_

HOURS = 3_600


def before_index(document: dict[str, Any]) -> dict[str, Any]:
    """Put title, summary and findings where the analyzers of their languages find them."""
    found = model.Session.get(Audit, document["id"]) if document.get("type") == rules.TYPE else None
    if found is None:
        return document
    query = sa.select(Finding.object, Finding.recommendation).where(Finding.audit_id == found.id)
    texts = [text for row in model.Session.execute(query.order_by(Finding.number)) for text in row]
    return cards.in_languages(document, [found.title, found.summary, *texts])


CONTRIBUTION = Contribution(
    entity_types=(EntityType(rules.TYPE),),
    periodic_tasks=(PeriodicTask("budget-findings", HOURS, reminding.remind),),
    permissions=rules.PERMISSIONS,
    events=rules.EVENTS,
    registry_writers={rules.TYPE: importing.RegistryAudits()},
    office_pages={"opengov_budget_audits.work": N_("Audits and findings")},
    before_index=before_index,
)
