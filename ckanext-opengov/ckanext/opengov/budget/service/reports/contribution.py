"""What reports add to the manifest."""

from __future__ import annotations

from typing import Any

import ckan.model as model

from ckanext.opengov.budget.contribution import Contribution
from ckanext.opengov.budget.model.reports import Report
from ckanext.opengov.budget.service import cards
from ckanext.opengov.budget.service.reports import importing, kinds, life
from ckanext.opengov.civic.interfaces import EntityType
from ckanext.opengov.civic.service.refusal import N_


def before_index(document: dict[str, Any]) -> dict[str, Any]:
    """Put title, summary and rows where the analyzers of their languages find them."""
    found = model.Session.get(Report, document["id"]) if document.get("type") == kinds.TYPE else None
    if found is None:
        return document
    rows = [row["title"] for row in found.figures.get("rows", ())]
    return cards.in_languages(document, [found.title, found.summary, *rows])


CONTRIBUTION = Contribution(
    entity_types=(EntityType(kinds.TYPE),),
    permissions=kinds.PERMISSIONS,
    events=kinds.EVENTS,
    discussion={kinds.TYPE: life.RULES},
    registry_writers={kinds.TYPE: importing.RegistryReports()},
    office_pages={"opengov_budget_reports.calendar": N_("Calendar of budget reports")},
    before_index=before_index,
)
