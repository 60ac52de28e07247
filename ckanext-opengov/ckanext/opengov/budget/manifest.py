"""What open budgets tell the portal: their types, roles, periodic work, events."""

from __future__ import annotations

from ckanext.opengov.budget.contribution import merged
from ckanext.opengov.budget.names import COMPONENT
from ckanext.opengov.budget.parts import PARTS
from ckanext.opengov.budget.service import indicators, mine, tasks
from ckanext.opengov.civic.interfaces import ComponentManifest
from ckanext.opengov.civic.service.refusal import N_

MANIFEST = ComponentManifest(
    name=COMPONENT,
    title=N_("Open budgets"),
    description=N_("Where the money is planned and where it goes, from the draft to the audit"),
    endpoint="opengov_budget.index",
    entity_types=merged(PARTS, "entity_types"),
    periodic_tasks=merged(PARTS, "periodic_tasks"),
    outbox_handlers=merged(PARTS, "outbox_handlers"),
    permissions=merged(PARTS, "permissions"),
    events=merged(PARTS, "events"),
    discussion=merged(PARTS, "discussion"),
    registry_writers=merged(PARTS, "registry_writers"),
    indicators=indicators.INDICATORS,
    office_pages=merged(PARTS, "office_pages"),
    deadline_recomputers=merged(PARTS, "deadline_recomputers"),
    my_items=mine.written,
    tasks=tasks.waiting,
    task_kinds=tasks.KINDS,
)
