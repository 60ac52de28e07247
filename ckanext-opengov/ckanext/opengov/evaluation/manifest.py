"""What evaluation tells the portal: its types, roles, periodic work, events, and its own indicators."""

from __future__ import annotations

from ckanext.opengov.civic.interfaces import ComponentManifest, EntityType, PeriodicTask
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.evaluation.service import (
    discussing,
    indicators,
    moving,
    packages,
    people,
    periods,
    rating,
    register,
    results,
    states,
    stored,
    tasks,
)

MINUTES = 60
_SUPERVISOR = frozenset({Role.SUPERVISOR})
_WRITERS = frozenset({Role.AUTHOR, Role.PUBLISHER, Role.HEAD, Role.DEPUTY_HEAD})

MANIFEST = ComponentManifest(
    name=people.COMPONENT,
    title=N_("Evaluation of agencies"),
    description=N_("How agencies are rated: by what they reach, by what the portal counts, and by citizens"),
    endpoint="opengov_evaluation.index",
    entity_types=(EntityType(packages.EVALUATION), EntityType(packages.SERVICE)),
    private_labels=True,
    package_labels=packages.package_labels,
    user_labels=packages.user_labels,
    periodic_tasks=(
        PeriodicTask("evaluation-clock", 10 * MINUTES, moving.advance),
        PeriodicTask("evaluation-integrity", 30 * MINUTES, rating.watch),
    ),
    outbox_handlers={packages.INDEX: packages.index},
    permissions={
        **states.permissions(),
        "evaluation_framework_create": _SUPERVISOR,
        "evaluation_framework_check": _SUPERVISOR,
        "evaluation_period_open": _SUPERVISOR,
        "evaluation_period_count": _SUPERVISOR,
        "evaluation_show": _WRITERS | people.OFFICIALS,
        "evaluation_list": _WRITERS | people.OFFICIALS,
        "public_service_create": _WRITERS,
        "public_service_update": _WRITERS,
        "service_rating_link_create": _WRITERS,
        "evaluation_results_save": _WRITERS,
    },
    events={**states.TITLES, **stored.EVENTS, **periods.EVENTS, **register.EVENTS, **rating.EVENTS, **results.EVENTS},
    discussion=discussing.RULES,
    registry_writers={packages.SERVICE: register.RegistryServices()},
    tasks=tasks.waiting,
    task_kinds=tasks.KINDS,
    office_pages={
        "opengov_evaluation_desk.index": N_("Evaluations"),
        "opengov_evaluation_office.services": N_("Public services and results of the agency"),
    },
    indicators=indicators.INDICATORS,
)
