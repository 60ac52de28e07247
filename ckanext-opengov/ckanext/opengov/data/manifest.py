"""What open data tells the portal: its types, roles, periodic work, events."""

from __future__ import annotations

from ckanext.opengov.civic.interfaces import ComponentManifest, EntityType, PeriodicTask
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data import loading, push_contribution
from ckanext.opengov.data.service import discussing, indicators, my_items, recording, tasks, usage
from ckanext.opengov.data.service.apps import contribution as apps
from ckanext.opengov.data.service.lists import contribution as lists
from ckanext.opengov.data.service.quality import contribution as quality
from ckanext.opengov.data.service.requests import contribution as requests
from ckanext.opengov.data.service.requests import watching
from ckanext.opengov.data.service.requests.states import TYPE as REQUEST

MANIFEST = ComponentManifest(
    name="data",
    title=N_("Open data"),
    description=N_("Data sets of the agencies, machine-readable, with one API for all of them"),
    endpoint="dataset.search",
    entity_types=(
        EntityType("dataset", guarded=False),
        EntityType(REQUEST),
        EntityType(apps.TYPE),
    ),
    outbox_handlers={loading.TOPIC: loading.enqueue, **requests.HANDLERS, **quality.HANDLERS, **apps.HANDLERS},
    periodic_tasks=(
        PeriodicTask("data-tables", 60, loading.recover),
        *requests.PERIODIC,
        *lists.PERIODIC,
        *push_contribution.PERIODIC,
        *quality.PERIODIC,
        *usage.PERIODIC,
    ),
    package_labels=requests.package_labels,
    permissions={**requests.PERMISSIONS, **lists.PERMISSIONS, **apps.PERMISSIONS, **push_contribution.PERMISSIONS},
    events={
        **recording.EVENTS,
        **requests.EVENTS,
        **lists.EVENTS,
        **apps.EVENTS,
        **push_contribution.EVENTS,
    },
    discussion=discussing.RULES,
    deadline_recomputers=(watching.recompute,),
    my_items=my_items.my_items,
    tasks=tasks.waiting,
    task_kinds=tasks.KINDS,
    indicators=indicators.INDICATORS,
    office_pages={
        "opengov_data_request_work.index": N_("Requests for data to my agencies"),
        "opengov_data_apps.moderation": N_("Apps that wait for a moderator"),
        "opengov_data_list_work.index": N_("Lists of open data"),
        "opengov_data_templates.index": N_("Tables that I fill"),
    },
)
