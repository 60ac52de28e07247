"""Actions of harvesting, and what is added to those of others."""

from __future__ import annotations

import uuid
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.logic import index_update_package_dicts, package_show_default_and_custom_schemas
from ckan.types import Action, Context, DataDict

from ckanext.harvest.queue import get_harvester
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.harvest.harvester import ListHarvester, SourceView, source_view
from ckanext.opengov.harvest.logic import schema
from ckanext.opengov.harvest.model import HarvestBadRow, HarvestNotice, HarvestRecord, HarvestRun
from ckanext.opengov.harvest.service import notices, rehearsal, reports, saving
from ckanext.opengov.harvest.service.writers import new_name

SOURCE_TYPE = "harvest"


@tk.validate_action_data(schema.rehearse)
def harvest_source_rehearse(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show what a run of a source would change. Nothing is written.

    Either ``id``, or ``url`` with ``source_type`` and ``config`` of a source that is not saved yet; both together
    rehearse a change of a saved source.

    :param id: name or id of the source (optional)
    :param url: address of the list (optional)
    :param source_type: ``opengov_registry`` or ``opengov_dcat_us`` (optional)
    :param config: the configuration, for a registry its mapping in YAML (optional)
    :param owner_org: name or id of the agency of the source (optional)
    :param offset: rows to leave out, 0 by default
    :param limit: rows to show, 50 by default and at most

    :returns: ``problem`` (why nothing would be done, or None), ``counts`` by kind of change, ``columns``, ``total``,
        ``rows`` (status, key, place, title, ``changes`` with field, before, after, and ``refused`` with what the
        target's rules say), ``bad_rows`` (place, field, reason)
    :raises ValidationError: when address or mapping are not valid
    """
    tk.check_access("harvest_source_rehearse", context, data_dict)
    saved = _saved(data_dict["id"]) if data_dict.get("id") else None
    kind = data_dict.get("source_type") or (saved.type if saved else "")
    harvester = get_harvester(kind)
    if not isinstance(harvester, ListHarvester):
        raise tk.ValidationError({"source_type": [tk._("Sources of this type can't be rehearsed.")]})
    view = _view(saved, data_dict)
    saving.check(view.url, kind, view.config, view.owner_org)
    return rehearsal.rehearse(harvester, view, data_dict["offset"], min(data_dict["limit"], schema.MOST_ROWS))


def _saved(reference: str) -> Any:
    package = model.Package.get(reference)
    source = reports.find_source(package.id) if package else None
    if source is None:
        raise tk.ObjectNotFound(tk._("There is no such source."))
    return source


def _view(saved: Any, data_dict: DataDict) -> SourceView:
    before = source_view(saved) if saved else SourceView("", "")
    organization = model.Group.get(data_dict.get("owner_org"))
    return SourceView(
        url=data_dict.get("url") or before.url,
        config=data_dict.get("config", before.config),
        owner_org=organization.id if organization else before.owner_org,
        id=before.id,
    )


@tk.side_effect_free
@tk.validate_action_data(schema.report)
def harvest_source_report(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """What a source's officers watch: notices, the last runs with their counts, and the bad rows of one run.

    :param id: name or id of the source
    :param job_id: the run whose bad rows are wanted (optional, the last one by default)
    :param offset: bad rows to leave out, 0 by default

    :returns: ``notices``, ``runs`` (the last 20), ``run`` (the one that the bad rows are of), ``bad_rows`` (at most
        50), ``bad_rows_total``, ``job_id``, ``offset``, ``frequency``, ``next_run``
    """
    tk.check_access("harvest_source_report", context, data_dict)
    source = _saved(data_dict["id"])
    return reports.report(source, data_dict.get("job_id"), data_dict["offset"])


@tk.validate_action_data(schema.close_notice)
def harvest_notice_close(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Put a notice away, or confirm that the list is right although it looks like an accident.

    A confirmed notice lets the next run go on where this one was stopped; that run ends the notice.

    :param id: id of the notice
    :param confirm: whether the list is confirmed, for notices of the kinds ``vanished`` and ``shape``

    :returns: the notice
    """
    tk.check_access("harvest_notice_close", context, data_dict)
    notice = model.Session.get(HarvestNotice, data_dict["id"])
    if notice is None:
        raise tk.ObjectNotFound(tk._("There is no such notice."))
    if data_dict["confirm"] and notice.kind not in notices.CONFIRMABLE:
        raise tk.ValidationError({"confirm": [tk._("There is nothing to confirm in this notice.")]})
    if data_dict["confirm"]:
        notice.confirmed = True
    else:
        notice.closed_at = utc_now()
    model.Session.commit()
    return reports.describe_notice(notice)


@tk.chained_action
def package_create(next_action: Action, context: Context, data_dict: DataDict) -> Any:
    """Check address and mapping of a new harvest source."""
    if data_dict.get("type") == SOURCE_TYPE:
        tk.check_access("package_create", context, data_dict)
        organization = model.Group.get(data_dict.get("owner_org"))
        _check_source(data_dict, {}, organization.id if organization else None)
        if not data_dict.get("name") and data_dict.get("title"):
            data_dict["name"] = new_name({"title": data_dict["title"], "id": str(uuid.uuid4()), "type": "source"})
    return next_action(context, data_dict)


@tk.chained_action
def package_update(next_action: Action, context: Context, data_dict: DataDict) -> Any:
    """Check address and mapping of a harvest source that is changed."""
    package = model.Package.get(data_dict.get("id") or data_dict.get("name"))
    if package is not None and package.type == SOURCE_TYPE:
        tk.check_access("package_update", context, data_dict)
        source = reports.find_source(package.id)
        before = {"url": source.url, "source_type": source.type, "config": source.config} if source else {}
        organization = model.Group.get(data_dict.get("owner_org") or package.owner_org)
        _check_source(data_dict, before, organization.id if organization else None)
    return next_action(context, data_dict)


def _check_source(data_dict: DataDict, before: dict[str, Any], owner_org: str | None) -> None:
    def value(name: str) -> str:
        return str(data_dict.get(name, before.get(name)) or "").strip()

    config = saving.check(value("url"), value("source_type"), value("config"), owner_org)
    if "config" in data_dict:
        data_dict["config"] = config


@tk.chained_action
def harvest_source_clear(next_action: Action, context: Context, data_dict: DataDict) -> Any:
    """Forget the rows of the source too, or the next run would take them for rows that are there."""
    answer = next_action(context, data_dict)
    for table in (HarvestRecord, HarvestBadRow, HarvestRun, HarvestNotice):
        model.Session.execute(sa.delete(table).where(table.source_id == answer["id"]))
    model.Session.commit()
    return answer


@tk.chained_action
def harvest_source_reindex(next_action: Action, context: Context, data_dict: DataDict) -> bool:
    """Index a source with its last run.

    The stock action indexes it without its schema, so from the first run on CKAN 2.12 shows it without type and
    configuration, and no form can save it any more.
    """
    tk.check_access("harvest_source_reindex", context, data_dict)
    both = package_show_default_and_custom_schemas(context, tk.get_or_bust(data_dict, "id"))
    index_update_package_dicts(both, bool(context.get("defer_commit")))
    return True
