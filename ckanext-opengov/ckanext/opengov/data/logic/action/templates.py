"""Actions on standard templates: had, filled, checked, marked, loaded; and on the grid in the page."""

from __future__ import annotations

import base64
from functools import partial
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service import wording
from ckanext.opengov.civic.service.limits import limited
from ckanext.opengov.data.logic import presented, pushing, templating
from ckanext.opengov.data.logic.schema import templates as schema
from ckanext.opengov.data.logic.templating import Ground
from ckanext.opengov.data.service.templates import fillers, fixes, grid, kept, workbook
from ckanext.opengov.data.service.templates.shape import label

__all__ = [
    "data_fix_forget",
    "data_grid_check",
    "data_grid_delete",
    "data_grid_save",
    "data_template_export",
    "data_template_list",
    "data_template_marked",
    "data_template_show",
    "data_template_upload",
    "data_template_validate",
]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A longer list is not sent along.
MOST_CHOICES = 500


def _checked(data_dict: DataDict, rules: Any, context: Context) -> dict[str, Any]:
    wish, errors = tk.navl_validate(data_dict, rules, context)
    if errors:
        raise tk.ValidationError(errors)
    return wish


@tk.side_effect_free
def data_template_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """How the rows of a table are filled: its columns with labels, types, examples and lists of allowed values.

    :param resource_id: the id of the table's resource
    :type resource_id: string
    :param language: kk, ru or en (optional; that of the request)
    :type language: string

    :returns: ``columns`` (``name``, ``label``, ``type``, ``unit``, ``required``, ``key``, ``example``, ``choices`` as
        ``value`` and ``label``, ``choices_whole``), ``key``, ``shared`` (whether many agencies fill it, each its part),
        ``version`` of the structure, ``title``, ``dataset`` (name), ``agency`` (name)
    :rtype: dictionary
    :raises ObjectNotFound: when the resource has no keyed table
    """
    tk.check_access("data_template_show", context, data_dict)
    wish = _checked(data_dict, schema.show(), context)
    at = templating.ground(context, wish)
    language = wish.get("language") or wording.current()
    package = model.Session.get(model.Package, at.table.package_id)
    agency = model.Session.get(model.Group, at.table.agency_id)
    return {
        "resource_id": at.table.resource_id,
        "columns": [_column(at, one, language) for one in at.shape.fields],
        "key": [name for name in at.structure.key if name in at.shape.names],
        "shared": at.structure.parts is not None,
        "fillers": list(at.structure.parts.agencies) if at.structure.parts else [],
        "version": at.table.structure_version,
        "title": templating.title_of(at.table, language),
        "dataset": package.name if package else None,
        "agency": agency.name if agency else None,
    }


def _column(at: Ground, one: Any, language: str) -> dict[str, Any]:
    choices = at.shape.choices.get(one.name)
    values = choices.values[:MOST_CHOICES] if choices else ()
    return {
        "name": one.name,
        "label": label(one, language),
        "type": one.type,
        "unit": one.unit,
        "required": at.shape.is_required(one),
        "key": one.name in at.structure.key,
        "example": at.shape.example(one, language),
        "choices": [{"value": value, "label": choices.shown(value, language)} for value in values] if choices else [],
        "choices_whole": choices is None or (choices.whole and len(choices.values) <= MOST_CHOICES),
    }


@tk.side_effect_free
def data_template_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """The tables that the person fills, newest first: those of the own agencies, and those of which they fill a part.

    :returns: of each ``resource_id``, ``title``, ``dataset`` (name), ``agency`` (name of the one whose table it is),
        ``last_push`` (None when no rows came yet)
    :rtype: list of dictionaries
    """
    tk.check_access("data_template_list", context, data_dict)
    user = access.user_of(context)
    return [templating.listed(one) for one in fillers.tables_of(user)] if user else []


@tk.side_effect_free
@limited("data_export")
def data_template_export(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The template to fill: a workbook with labels, an example, a locked head and drop-down lists; or a CSV's header.

    :param resource_id: the id of the table's resource
    :type resource_id: string
    :param language: kk, ru or en (optional; that of the request)
    :type language: string
    :param format: ``xlsx`` or ``csv`` (optional, default: ``xlsx``)
    :type format: string

    :returns: ``name`` of the file, ``mimetype``, and its bytes in base64 as ``content``
    :rtype: dictionary
    """
    tk.check_access("data_template_export", context, data_dict)
    wish = _checked(data_dict, schema.export(), context)
    at = templating.ground(context, wish)
    language = wish.get("language") or wording.current()
    name = f"{at.table.external_id}-{language}"
    if wish["format"] == "csv":
        return _file(f"{at.table.external_id}.csv", "text/csv; charset=utf-8", workbook.write_csv(at.shape))
    title = templating.title_of(at.table, language)
    return _file(f"{name}.xlsx", XLSX, workbook.write(at.shape, language, title, partial(wording.say, language)))


def _file(name: str, mimetype: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "mimetype": mimetype, "content": base64.b64encode(content).decode()}


def data_template_validate(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Check a filled template, workbook or CSV, and change nothing: everything that is wrong is told at once.

    :param resource_id: the id of the table's resource
    :type resource_id: string
    :param upload: the file
    :type upload: file
    :param agency: whose part it is, of a table that many agencies fill (optional; the table's own)
    :type agency: string

    :returns: ``ok``, ``rows``, ``wrong_rows``, ``count`` of problems, ``problems`` (the first 1000: ``sheet``, ``row``,
        ``column``, ``field``, ``label``, ``value``, ``message``, ``suggestion``), ``notes`` on how the file was read,
        ``marked`` (the id for ``data_template_marked``)
    :rtype: dictionary
    :raises ValidationError: when the file is no table of this structure, or cannot be read
    """
    tk.check_access("data_template_validate", context, data_dict)
    wish = _checked(data_dict, schema.upload(), context)
    pushing.count(context, presented.token(context))
    at = templating.ground(context, wish, fills=True)
    name, path = templating.save(context, wish, at)
    keep = False
    try:
        filled, found = templating.outcome(at, path)
        keep = not found.ok
        return templating.told(at, found, filled.notes, name)
    finally:
        if not keep:
            kept.drop(path)


def data_template_upload(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Load a filled template: nothing until it is right, then all of it in one transaction.

    :param resource_id: the id of the table's resource
    :type resource_id: string
    :param upload: the file
    :type upload: file
    :param mode: ``upsert`` (rows are added or changed by their key) or ``replace`` (rows that did not come are deleted
        too; of a table that many agencies fill only those of the own part); optional, default: ``upsert``
    :type mode: string
    :param agency: whose part it is, of a table that many agencies fill (optional; the table's own)
    :type agency: string

    :returns: ``report`` as ``data_template_validate``, and ``receipt`` as ``data_push``; None when the file is wrong
    :rtype: dictionary
    :raises ValidationError: when the file cannot be read, or another push changed the table meanwhile
    """
    tk.check_access("data_template_upload", context, data_dict)
    wish = _checked(data_dict, schema.upload(), context)
    at = templating.ground(context, wish, fills=True)
    name, path = templating.save(context, wish, at)
    keep = False
    try:
        filled, found = templating.outcome(at, path)
        keep = not found.ok
        report = templating.told(at, found, filled.notes, name)
        return {"report": report, "receipt": templating.load(context, wish, found) if found.ok else None}
    finally:
        if not keep:
            kept.drop(path)


@tk.side_effect_free
def data_template_marked(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """A file that was wrong, as a workbook: the wrong cells are coloured and say what would be right.

    :param id: ``marked`` of ``data_template_validate``; it is there for a day
    :type id: string
    :param language: kk, ru or en (optional; that of the request)
    :type language: string

    :returns: as ``data_template_export``
    :rtype: dictionary
    :raises ObjectNotFound: when it is not there any more, or is somebody else's
    """
    tk.check_access("data_template_marked", context, data_dict)
    wish = _checked(data_dict, schema.marked(), context)
    found = kept.find(wish["id"])
    if found is None or found[0].user_id != templating.user_id(context):
        raise tk.ObjectNotFound(tk._("This file is not kept any more. Send it again."))
    of, path = found
    language = wish.get("language") or wording.current()
    order = {"resource_id": of.resource_id, "agency": of.agency}
    at = templating.ground(context, order, fills=True)
    filled, outcome = templating.outcome(at, path)
    content = templating.marked_workbook(at, filled, outcome, language)
    return _file(f"{at.table.external_id}-marked.xlsx", XLSX, content)


def data_grid_check(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Check rows that are typed or pasted, and change nothing. What the person corrected before is put in again.

    :param resource_id: the id of the table's resource
    :type resource_id: string
    :param rows: rows, each field → text
    :type rows: list of dictionaries
    :param agency: whose part it is (optional)
    :type agency: string

    :returns: as ``data_template_validate`` without ``marked``; ``row`` counts from 1; and ``mended``: what was put in
        (``row``, ``field``, ``from``, ``to``)
    :rtype: dictionary
    """
    tk.check_access("data_grid_check", context, data_dict)
    wish = _checked(data_dict, schema.grid(), context)
    at = templating.ground(context, wish, fills=True)
    rows, mended = grid.mended(wish["rows"], fixes.of(at.table.resource_id, templating.user_id(context)))
    filled = grid.filled(rows, at.shape)
    return {**templating.told(at, templating.checked(at, filled), {}), "mended": mended}


def data_grid_save(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take the rows of a grid in, all or none, and remember what was corrected on the way.

    :param resource_id: the id of the table's resource
    :type resource_id: string
    :param rows: rows, each field → text
    :type rows: list of dictionaries
    :param fixes: what was corrected: ``field``, ``from``, ``to`` (optional)
    :type fixes: list of dictionaries
    :param agency: whose part it is (optional)
    :type agency: string

    :returns: ``report`` as ``data_grid_check``, and ``receipt`` as ``data_push``; None when a row is wrong
    :rtype: dictionary
    """
    tk.check_access("data_grid_save", context, data_dict)
    wish = _checked(data_dict, schema.grid_save(), context)
    at = templating.ground(context, wish, fills=True)
    person = templating.user_id(context)
    if person:
        given = [(_text(one, "field"), _text(one, "from"), _text(one, "to")) for one in wish["fixes"]]
        fixes.remember(at.table.resource_id, person, [one for one in given if one[0] in at.shape.names])
        model.Session.commit()
    found = templating.checked(at, grid.filled(wish["rows"], at.shape))
    report = templating.told(at, found, {})
    return {"report": report, "receipt": templating.load(context, wish, found) if found.ok else None}


def _text(one: dict[str, Any], name: str) -> str:
    return grid.text_of(one.get(name))


def data_grid_delete(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Delete rows by their keys.

    :param resource_id: the id of the table's resource
    :type resource_id: string
    :param keys: keys, each field of the key → value
    :type keys: list of dictionaries
    :param agency: whose part it is (optional)
    :type agency: string

    :returns: the receipt, as ``data_push``
    :rtype: dictionary
    """
    tk.check_access("data_grid_delete", context, data_dict)
    wish = _checked(data_dict, schema.deletion(), context)
    at = templating.ground(context, wish, fills=True)
    names = [name for name in at.structure.key if name in at.shape.names]
    return templating.delete(context, wish, names)


def data_fix_forget(context: Context, data_dict: DataDict) -> dict[str, int]:
    """Forget what the person corrected in this table.

    :param resource_id: the id of the table's resource
    :type resource_id: string

    :returns: ``forgotten``, how many
    :rtype: dictionary
    """
    tk.check_access("data_fix_forget", context, data_dict)
    wish = _checked(data_dict, schema.filled(tk.get_validator), context)
    count = fixes.forget(wish["resource_id"], templating.user_id(context))
    model.Session.commit()
    return {"forgotten": count}
