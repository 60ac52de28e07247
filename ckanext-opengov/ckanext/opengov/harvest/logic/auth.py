"""Who may do what with harvest sources: those who may edit a source may also watch, rehearse and stop it."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.harvest.model import HarvestJob
from ckanext.opengov.harvest.model import HarvestNotice


def harvest_source_rehearse(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may edit the source, or for a source that is not saved yet, make one for the agency."""
    if data_dict.get("id"):
        return _may_update(context, str(data_dict["id"]))
    return _may("harvest_source_create", context, {"owner_org": data_dict.get("owner_org"), "type": "harvest"})


def harvest_source_report(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may edit the source."""
    return _may_update(context, str(data_dict["id"]))


def harvest_notice_close(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may edit the source that the notice is about."""
    notice = model.Session.get(HarvestNotice, str(data_dict["id"]))
    if notice is None:
        raise tk.ObjectNotFound(tk._("There is no such notice."))
    return _may_update(context, notice.source_id)


@tk.chained_auth_function
def harvest_job_abort(next_auth: Any, context: Context, data_dict: Any) -> AuthResult:
    """Harvesting lets only administrators stop a run; here who may start it may stop it."""
    reference = data_dict.get("source_id") or data_dict.get("id")
    job = HarvestJob.get(reference)
    return _may_update(context, str(job.source_id if job else reference))


@tk.chained_auth_function
def harvest_source_clear(next_auth: Any, context: Context, data_dict: Any) -> AuthResult:
    """Clearing purges every data set of a source past all rules and without a trace: for administrators only."""
    return {"success": False, "msg": tk._("Only administrators may clear a source.")}


def _may_update(context: Context, source_id: str) -> AuthResult:
    return _may("harvest_source_update", context, {"id": source_id})


def _may(name: str, context: Context, data_dict: DataDict) -> AuthResult:
    try:
        tk.check_access(name, context, data_dict)
    except tk.NotAuthorized:
        return {"success": False, "msg": tk._("Only editors and administrators of the agency may do this.")}
    return {"success": True}
