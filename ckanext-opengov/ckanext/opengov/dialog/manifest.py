"""What open dialogue tells the portal: its types, roles, periodic work, events."""

from __future__ import annotations

from ckanext.opengov.civic.interfaces import ComponentManifest, EntityType, PeriodicTask
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.dialog.service import indicators, mine, tasks
from ckanext.opengov.dialog.service.appeals import (
    answering,
    importing,
    moving,
    notices,
    packages,
    people,
    states,
    watching,
)
from ckanext.opengov.dialog.service.conferences import contribution as conferences
from ckanext.opengov.dialog.service.polls import life as polls
from ckanext.opengov.dialog.service.publishing import nightly

MINUTES = 60

MANIFEST = ComponentManifest(
    name=people.COMPONENT,
    title=N_("Open dialogue"),
    description=N_("Appeals to the heads of agencies with public answers, internet conferences and polls"),
    endpoint="opengov_dialog.index",
    entity_types=(EntityType(packages.TYPE), EntityType(conferences.TYPE), EntityType(polls.TYPE)),
    private_labels=True,
    package_labels=packages.package_labels,
    user_labels=packages.user_labels,
    periodic_tasks=(
        PeriodicTask("dialog-overdue", 10 * MINUTES, watching.tell_overdue),
        PeriodicTask("dialog-lapse", 30 * MINUTES, watching.lapse_questions),
        PeriodicTask("dialog-close", 24 * 60 * MINUTES, watching.close_answered),
        PeriodicTask("dialog-publish", 10 * MINUTES, nightly.run),
        *polls.PERIODIC,
    ),
    outbox_handlers={
        moving.MOVED: notices.moved,
        packages.INDEX: packages.index,
        **conferences.HANDLERS,
        **polls.HANDLERS,
    },
    permissions={
        **states.permissions(),
        **conferences.PERMISSIONS,
        **polls.PERMISSIONS,
        # Over all agencies: terms and answers of everybody are theirs to watch.
        "appeal_work_list": people.READERS,
        "appeal_work_show": people.READERS,
        "appeal_moderation_queue": frozenset({Role.MODERATOR}),
        "appeal_answer_check": frozenset({Role.AUTHOR, Role.PUBLISHER, Role.HEAD, Role.DEPUTY_HEAD}),
        "appeal_picture_release": people.READERS - {Role.SUPERVISOR},
        "standing_answer_create": frozenset({Role.AUTHOR, Role.PUBLISHER, Role.HEAD, Role.DEPUTY_HEAD}),
        "standing_answer_update": frozenset({Role.AUTHOR, Role.PUBLISHER, Role.HEAD, Role.DEPUTY_HEAD}),
    },
    events={
        **states.TITLES,
        **conferences.EVENTS,
        **polls.EVENTS,
        "standing_answer.draft": N_("A standing answer was drafted"),
        "standing_answer.reviewed": N_("A standing answer was reviewed"),
        "standing_answer.withdrawn": N_("A standing answer was withdrawn"),
    },
    ratings={packages.TYPE: answering.RATING_RULES},
    deadline_recomputers=(watching.recompute,),
    task_handover=watching.hand_over,
    my_items=mine.written,
    registry_writers={packages.TYPE: importing.RegistryAppeals()},
    tasks=tasks.waiting,
    task_kinds=tasks.KINDS,
    bulk_actions=tasks.BULK,
    indicators=indicators.INDICATORS,
    office_pages={
        "opengov_dialog_appeals_work.index": N_("Appeals of the agency"),
        "opengov_dialog_standing.work": N_("Standing answers"),
    },
)
