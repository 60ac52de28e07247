"""What programmes add to the manifest."""

from __future__ import annotations

from typing import Any

import ckan.model as model

from ckanext.opengov.budget.contribution import Contribution
from ckanext.opengov.budget.model.programmes import Programme
from ckanext.opengov.budget.service import cards
from ckanext.opengov.budget.service.people import INSIDE
from ckanext.opengov.budget.service.programmes import discussing, importing, states, watching
from ckanext.opengov.civic.interfaces import EntityType, PeriodicTask
from ckanext.opengov.civic.service.refusal import N_

MINUTES = 60


def before_index(document: dict[str, Any]) -> dict[str, Any]:
    """Put the passport where the analyzers of its languages find it."""
    found = model.Session.get(Programme, document["id"]) if document.get("type") == states.TYPE else None
    if found is None:
        return document
    text = found.passport
    rows = [one["title"] for one in (*text["indicators"], *text["lines"])]
    return cards.in_languages(document, [text["title"], text["goal"], *rows])


CONTRIBUTION = Contribution(
    entity_types=(EntityType(states.TYPE),),
    periodic_tasks=(
        PeriodicTask("budget-discussions", MINUTES, watching.close_discussions),
        PeriodicTask("budget-overdue", 10 * MINUTES, watching.tell_overdue),
    ),
    outbox_handlers={cards.INDEX: cards.index},
    permissions={**states.permissions(), "budget_draft_show": INSIDE},
    events=states.EVENTS,
    discussion={states.TYPE: discussing.RULES},
    registry_writers={states.TYPE: importing.RegistryProgrammes()},
    deadline_recomputers=(watching.recompute,),
    office_pages={
        "opengov_budget_programmes_work.index": N_("Budget programmes of the agency"),
        "opengov_budget_programmes_work.council": N_("Public council: programmes"),
    },
    before_index=before_index,
)
