"""Template helpers of harvesting."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
from babel.dates import format_datetime
from ckan.authz import has_user_permission_for_some_org
from ckan.common import current_user

from ckanext.harvest.model import UPDATE_FREQUENCIES
from ckanext.opengov.harvest.messages import N_
from ckanext.opengov.harvest.registry.harvester import NAME, unwrap

_FREQUENCIES = {
    "MANUAL": N_("Only when started by hand"),
    "ALWAYS": N_("All the time"),
    "DAILY": N_("Every day"),
    "WEEKLY": N_("Every week"),
    "BIWEEKLY": N_("Every two weeks"),
    "MONTHLY": N_("Every month"),
}
_STATUSES = {
    "new": N_("New"),
    "changed": N_("Changed"),
    "returned": N_("Back again"),
    "vanished": N_("Gone from the list"),
    "withdrawn": N_("Withdrawn"),
    "held": N_("Gone, but kept"),
    "unchanged": N_("Unchanged"),
    "bad": N_("Not taken in"),
}
_ROWS = {
    "new": N_("New entry"),
    "changed": N_("Changed entry"),
    "returned": N_("Entry that is back"),
    "vanished": N_("Entry that is gone"),
    "held": N_("Entry that is gone, but kept"),
}
_RUN_STATUSES = {
    "New": N_("Waiting"),
    "Running": N_("Running"),
    "Finished": N_("Finished"),
    "Aborted": N_("Stopped"),
}
_TYPES = {
    "opengov_registry": (
        N_("Registry: a list in JSON, CSV or Excel"),
        N_("You say in the mapping which column of the list goes into which field."),
    ),
    "opengov_budget_packages": (
        N_("Registry of budgets"),
        N_("A JSON list of Fiscal Data Packages, each with the lines of one budget. Needs no settings."),
    ),
    "opengov_dcat_us": (N_("DCAT-US: a data.json file"), N_("Needs no settings.")),
    "dcat_rdf": (N_("DCAT: a catalogue in RDF"), N_("RDF/XML, Turtle or JSON-LD. Needs no settings.")),
    "ckan": (N_("Another CKAN portal"), N_("The address of its home page. Needs no settings.")),
}


def opengov_harvest_open() -> bool:
    """Whether the person who looks runs harvest sources: an editor or administrator of an agency."""
    if not current_user.is_authenticated:
        return False
    return current_user.sysadmin or has_user_permission_for_some_org(current_user.name, "create_dataset")


def opengov_harvest_frequencies() -> list[dict[str, str]]:
    """How often a source may run, for a select."""
    return [{"value": name, "text": opengov_harvest_frequency(name)} for name in UPDATE_FREQUENCIES]


def opengov_harvest_frequency(name: str) -> str:
    """How often a source runs, in words."""
    return tk._(_FREQUENCIES.get(name, name))


def opengov_harvest_status(name: str) -> str:
    """What happens with a row, or with a run, in a word."""
    return tk._(_STATUSES.get(name) or _RUN_STATUSES.get(name) or name)


def opengov_harvest_row(status: str) -> str:
    """What would happen with one row."""
    return tk._(_ROWS[status])


def opengov_harvest_types() -> list[dict[str, str]]:
    """The kinds of sources, ours first, with an explanation each."""
    available = {info["name"]: info for info in tk.h.harvesters_info()}
    order = [name for name in _TYPES if name in available] + [name for name in available if name not in _TYPES]
    found = []
    for name in order:
        title, hint = _TYPES.get(name, (available[name]["title"], available[name]["description"]))
        found.append({"name": name, "title": tk._(title), "hint": tk._(hint)})
    return found


def opengov_harvest_type(name: str) -> str:
    """The kind of a source, in words."""
    return tk._(_TYPES[name][0]) if name in _TYPES else name


def opengov_harvest_config(config: str | None, source_type: str | None) -> str:
    """A source's configuration as its officer wrote it."""
    return unwrap(config or "") if source_type == NAME else config or ""


def opengov_harvest_time(moment: str) -> str:
    """A moment in the reader's language and the portal's time zone."""
    parsed = dt.datetime.fromisoformat(moment)
    parsed = parsed if parsed.tzinfo else parsed.replace(tzinfo=dt.UTC)
    return format_datetime(parsed, "d MMM y, HH:mm", tzinfo=tk.h.get_display_timezone(), locale=tk.h.lang())


def opengov_harvest_report(source_id: str) -> dict[str, Any]:
    """What the page of a source shows: see the action ``harvest_source_report``."""
    return tk.get_action("harvest_source_report")({}, {"id": source_id, **_chosen()})


def _chosen() -> dict[str, Any]:
    offset = tk.request.args.get("offset", "0")
    chosen: dict[str, Any] = {"offset": int(offset) if offset.isdecimal() else 0}
    if job := (tk.request.view_args or {}).get("id") if tk.request.endpoint == "harvester.job_show" else None:
        chosen["job_id"] = job
    return chosen
