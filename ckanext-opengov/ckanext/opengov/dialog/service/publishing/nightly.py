"""Once a night, on the portal's clock."""

from __future__ import annotations

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service.calendar import ALMATY
from ckanext.opengov.dialog.service.publishing import publishing

# From this hour in Almaty on; a portal that stood still then publishes as soon as it runs again.
HOUR = 2
DONE = "opengov.dialog.published_on"
_TAKE = sa.text("SELECT pg_try_advisory_lock(hashtext('opengov_dialog_publishing'))")
_GIVE = sa.text("SELECT pg_advisory_unlock(hashtext('opengov_dialog_publishing'))")


def run() -> dict[str, list[str]] | None:
    """Publish if it is time and was not done today; None when there is nothing to do now."""
    now = utc_now().astimezone(ALMATY)
    today = now.date().isoformat()
    if not tk.config[publishing.AGENCY] or now.hour < HOUR or model.get_system_info(DONE) == today:
        return None
    written = publish()
    model.set_system_info(DONE, today)
    return written


def publish() -> dict[str, list[str]]:
    """Publish now; while another process does, nothing."""
    with model.Session.get_bind().connect() as lock:
        if not lock.scalar(_TAKE):
            return {}
        try:
            return publishing.publish()
        finally:
            lock.execute(_GIVE)
