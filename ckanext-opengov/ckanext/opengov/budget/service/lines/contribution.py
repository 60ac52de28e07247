"""What budget lines add to the manifest."""

from __future__ import annotations

from ckanext.opengov.budget.contribution import Contribution
from ckanext.opengov.budget.service.lines import relay
from ckanext.opengov.civic.interfaces import PeriodicTask
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service.refusal import N_

CONTRIBUTION = Contribution(
    periodic_tasks=(PeriodicTask("budget-imports", 60, relay.tidy),),
    outbox_handlers={relay.PUBLISH: relay.publish},
    permissions={
        "budget_create": frozenset({Role.PUBLISHER, Role.HEAD}),
        "budget_import": frozenset({Role.PUBLISHER, Role.HEAD}),
        "budget_check": frozenset({Role.AUTHOR, Role.PUBLISHER, Role.HEAD}),
    },
    office_pages={"opengov_budget_work.index": N_("Import of budgets")},
    events={relay.IMPORTED: N_("A budget was imported: {lines} lines, {periods} periods")},
)
