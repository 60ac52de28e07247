"""What the civic kit itself tells the portal: its periodic work, the events of its journal."""

from __future__ import annotations

from ckanext.opengov.civic.interfaces import ComponentManifest, PeriodicTask
from ckanext.opengov.civic.service import (
    agency_titles,
    drafts,
    helpdesk,
    journal_seal,
    kit_tasks,
    mail,
    notices,
    officers,
    outbox,
    persons,
    ratings,
    searches,
    subscriptions,
    transferred_days,
    webhooks,
)
from ckanext.opengov.civic.service.discussion import announcing, mine, moderation
from ckanext.opengov.civic.service.refusal import N_

HOUR = 3_600
DAY = 86_400
MINUTES = 60

MANIFEST = ComponentManifest(
    name="civic",
    title=N_("Civic kit"),
    periodic_tasks=(
        PeriodicTask("outbox", 5, outbox.drain),
        PeriodicTask("outbox-forget", DAY, outbox.forget_done),
        PeriodicTask("journal-seal", HOUR, journal_seal.seal_nightly),
        PeriodicTask("officers-ended", HOUR, officers.end_expired),
        PeriodicTask("notices-digests", 5 * MINUTES, notices.send_digests),
        PeriodicTask("notices-searches", 10 * MINUTES, searches.watch),
        PeriodicTask("notices-forget", DAY, notices.forget_old),
        PeriodicTask("subscriptions-forget", DAY, subscriptions.forget_unconfirmed),
        PeriodicTask("persons-forget-links", DAY, persons.forget_links),
        PeriodicTask("drafts-forget", DAY, drafts.forget_old),
    ),
    permissions={**moderation.PERMISSIONS, **helpdesk.PERMISSIONS},
    outbox_handlers={
        **announcing.HANDLERS,
        mail.TOPIC: mail.handle,
        notices.SPREAD: notices.spread,
        notices.DELIVER: notices.deliver,
        webhooks.TOPIC: webhooks.handle,
        agency_titles.TOPIC: agency_titles.reindex,
        transferred_days.TOPIC: transferred_days.recompute,
    },
    events={
        **announcing.EVENTS,
        **ratings.EVENTS,
        **helpdesk.EVENTS,
        **transferred_days.EVENTS,
        officers.GRANTED: N_("An officer received a role"),
        officers.REVOKED: N_("An officer's role ended"),
    },
    task_handover=helpdesk.hand_over,
    my_items=mine.written,
    tasks=kit_tasks.waiting,
    task_kinds=kit_tasks.KINDS,
    bulk_actions=kit_tasks.BULK,
)
