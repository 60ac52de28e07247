"""What ``ckan harvester run`` does, as a periodic task: start due jobs, close finished ones."""

from __future__ import annotations

import ckan.model as model
import ckan.plugins.toolkit as tk


def run_due() -> None:
    """Start the jobs that are due and mark finished ones as such."""
    site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})
    context = {"model": model, "session": model.Session, "ignore_auth": True, "user": site_user["name"]}
    tk.get_action("harvest_jobs_run")(context, {})
