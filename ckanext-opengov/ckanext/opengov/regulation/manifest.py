"""What open regulations tell the portal: their type, roles, periodic work, events."""

from __future__ import annotations

from ckanext.opengov.civic.interfaces import ComponentManifest, EntityType, PeriodicTask
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.regulation.service import (
    answering,
    changes,
    discussing,
    importing,
    indicators,
    moving,
    notices,
    packages,
    placing,
    states,
    tasks,
)
from ckanext.opengov.regulation.service.words import COMPONENT, TYPE

MINUTE = 60

MANIFEST = ComponentManifest(
    name=COMPONENT,
    title=N_("Open regulations"),
    description=N_("Read draft acts while they can still change, and comment on them paragraph by paragraph"),
    endpoint="opengov_regulation.index",
    entity_types=(EntityType(TYPE),),
    private_labels=True,
    package_labels=packages.package_labels,
    user_labels=packages.user_labels,
    periodic_tasks=(
        PeriodicTask("regulation-clock", 20, moving.advance),
        PeriodicTask("regulation-due", 60 * MINUTE, notices.tell_due),
    ),
    outbox_handlers={
        packages.INDEX: packages.index,
        moving.MOVED: notices.moved,
        answering.ANSWERED: notices.answered,
        notices.AUTHORS: notices.placed,
        placing.REGROUP: placing.regroup,
        changes.LINKED: changes.tell,
    },
    permissions=states.permissions(),
    events=states.TITLES,
    deadline_recomputers=(moving.recompute,),
    discussion=discussing.RULES,
    registry_writers={TYPE: importing.RegistryActs()},
    tasks=tasks.waiting,
    task_kinds=tasks.KINDS,
    indicators=indicators.INDICATORS,
    office_pages={"opengov_regulation_desk.index": N_("Draft acts of the agency")},
)
