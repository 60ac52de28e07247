"""Actions on the catalogue: lists, agencies, tables of files."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Action, Context, DataDict
from sqlalchemy import select

from ckanext.opengov.data import language, loading, messages
from ckanext.opengov.data.logic.schema import catalogue as schema
from ckanext.opengov.data.model.tables import TableLoad
from ckanext.opengov.data.service import agencies
from ckanext.opengov.data.service.quality import exporting

__all__ = [
    "dcat_catalog_search",
    "dcat_catalog_show",
    "opengov_agency_tree",
    "opengov_table_load",
    "opengov_table_show",
    "package_list",
]


@tk.side_effect_free
def package_list(context: Context, data_dict: DataDict) -> list[str]:
    """Names of the public data sets, in the order of the alphabet.

    Data sets only: records of other types have lists of their own.

    :param limit: how many at most; not more than 1000 (optional, default: 1000)
    :type limit: int
    :param offset: how many to leave out at the beginning (optional, default: 0)
    :type offset: int

    :rtype: list of strings
    :raises ValidationError: when a number is not a whole number of 0 or more
    """
    tk.check_access("package_list", context, data_dict)
    page, errors = tk.navl_validate(data_dict, schema.package_list(), context)
    if errors:
        raise tk.ValidationError(errors)
    package = model.Package
    statement = (
        select(package.name)
        .where(package.type == "dataset", package.state == "active", package.private.is_(False))
        .order_by(package.name)
        .limit(min(page["limit"], schema.LIST_LIMIT))
        .offset(page["offset"])
    )
    return list(model.Session.scalars(statement))


def _datasets_only(data_dict: DataDict) -> DataDict:
    # ckanext-dcat excludes two types by name and takes all the others for data sets.
    return {**data_dict, "fq": f"{data_dict.get('fq') or ''} +dataset_type:dataset".strip()}


@tk.chained_action
@tk.side_effect_free
def dcat_catalog_search(original: Action, context: Context, data_dict: DataDict) -> Any:
    """The catalogue as RDF, data sets only; parameters are those of ckanext-dcat."""
    with exporting.catalogue():
        return original(context, _datasets_only(data_dict))


@tk.chained_action
@tk.side_effect_free
def dcat_catalog_show(original: Action, context: Context, data_dict: DataDict) -> Any:
    """The catalogue as RDF, data sets only; parameters are those of ckanext-dcat."""
    with exporting.catalogue():
        return original(context, _datasets_only(data_dict))


@tk.side_effect_free
def opengov_agency_tree(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """The active agencies as a tree, with the number of their public data sets.

    :param q: words in the name of an agency, in any language; what stands above a match is kept (optional)
    :type q: string

    :returns: the top agencies: ``id``, ``name``, ``title``, ``title_translated``, ``level``, ``region`` (KATO code),
        ``package_count`` and ``children`` of the same shape
    :rtype: list of dictionaries
    """
    tk.check_access("opengov_agency_tree", context, data_dict)
    wish, errors = tk.navl_validate(data_dict, schema.agency_tree(), context)
    if errors:
        raise tk.ValidationError(errors)
    counts = _dataset_counts()
    known = [one | {"package_count": counts.get(one["name"], 0)} for one in agencies.all_active()]
    nodes = agencies.tree(known, language.current())
    return agencies.matching(nodes, wish["q"]) if wish.get("q") else nodes


def _dataset_counts() -> dict[str, int]:
    """One search for all agencies. What is public is the same for everybody."""
    query = {"q": "*:*", "rows": 0, "facet.field": ["organization"], "facet.limit": -1}
    answer = tk.get_action("package_search")({"user": "", "auth_user_obj": None}, query)  # pyright: ignore
    return answer["facets"].get("organization", {})


@tk.side_effect_free
def opengov_table_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """What became of an uploaded file that should be a table of the DataStore.

    :param resource_id: the id of the file's resource
    :type resource_id: string

    :returns: ``state`` (``none``, ``waiting``, ``loading``, ``ready`` or ``failed``), ``rows`` (number or None),
        ``problem`` (code or None), ``message`` (what is wrong, where, and what would be right, in the reader's
        language), ``notes`` (how the file was read), ``finished_at`` (ISO time in UTC or None)
    :rtype: dictionary
    :raises ObjectNotFound: when there is no such resource
    """
    wish = _resource_wish(context, data_dict)
    tk.check_access("opengov_table_show", context, wish)
    load = model.Session.get(TableLoad, wish["resource_id"])
    if load is None:
        return {"state": "none", "rows": None, "problem": None, "message": None, "notes": [], "finished_at": None}
    return {
        "state": load.state,
        "rows": load.rows if load.state == "ready" else None,
        "problem": load.problem,
        "message": messages.problem(load.problem, load.details) if load.problem else None,
        "notes": messages.notes(load.details) if load.state == "ready" else [],
        "finished_at": load.finished_at.isoformat() if load.finished_at else None,
    }


def opengov_table_load(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Read an uploaded file into its table again.

    :param resource_id: the id of the file's resource
    :type resource_id: string

    :returns: as ``opengov_table_show``
    :rtype: dictionary
    :raises ObjectNotFound: when there is no such resource
    :raises ValidationError: when the resource is no uploaded file of a format that becomes a table
    """
    wish = _resource_wish(context, data_dict)
    tk.check_access("opengov_table_load", context, wish)
    resource = model.Session.get(model.Resource, wish["resource_id"])
    package = model.Session.get(model.Package, resource.package_id) if resource else None
    if resource is None or package is None:
        raise tk.ObjectNotFound(tk._("There is no such file."))
    if not loading.is_table(resource, package.type):
        formats = ", ".join(loading.tables.FORMATS)
        message = tk._("Only uploaded files become tables. Formats: {formats}.").format(formats=formats)
        raise tk.ValidationError({"resource_id": [message]})
    loading.request(resource.id)
    model.Session.commit()
    return tk.get_action("opengov_table_show")(tk.fresh_context(context), wish)


def _resource_wish(context: Context, data_dict: DataDict) -> DataDict:
    wish, errors = tk.navl_validate(data_dict, schema.table(), context)
    if errors:
        raise tk.ValidationError(errors)
    return wish
