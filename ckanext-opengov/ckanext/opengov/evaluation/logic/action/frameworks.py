"""Actions on frameworks and periods."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.evaluation.logic import schema
from ckanext.opengov.evaluation.logic.shared import checked, person
from ckanext.opengov.evaluation.model.evaluations import Framework
from ckanext.opengov.evaluation.service import moving, periods, shipped, showing, snapshots, stored

__all__ = [
    "evaluation_framework_check",
    "evaluation_framework_create",
    "evaluation_framework_list",
    "evaluation_framework_show",
    "evaluation_period_count",
    "evaluation_period_list",
    "evaluation_period_open",
    "evaluation_period_verify",
]


def _content(data_dict: DataDict) -> Any:
    name = data_dict.get("shipped")
    if not name:
        return data_dict.get("content")
    try:
        return shipped.data(str(name))
    except KeyError as error:
        message = tk._("There is no framework “{id}” that ships. There are: {known}.")
        shown = message.format(id=str(name)[:60], known=", ".join(shipped.names()))
        raise tk.ValidationError({"shipped": [shown]}) from error


def _shown(row: Framework, *, whole: bool = False) -> dict[str, Any]:
    found = {
        "id": row.id,
        "name": row.name,
        "version": row.version,
        "title": showing.pick(row.title),
        "title_translated": row.title,
        "frozen": row.frozen_at is not None,
        "created_at": row.created_at.isoformat(),
    }
    return found | {"tree": row.tree, "yaml": stored.as_yaml(row)} if whole else found


def evaluation_framework_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Store a framework as a new version of its name. Versions are never changed.

    :param content: the tree: ``name``, ``title`` (language → text), ``about``, ``basis``, ``minimum`` (cases under
        which a share is not rated) and ``blocks`` → ``children`` (criteria) → ``children`` (indicators), or a flat list
        ``nodes`` with ``parent``. Each node has ``key``, ``title`` and ``weight`` (neighbours sum to 100); an indicator
        also ``unit``, ``direction`` (up, down), ``scale`` (linear with ``target`` and ``floor``; steps with ``steps``;
        yes_no), ``kinds`` (central, region, district), ``source`` (entered, survey, automatic), ``automatic``
        (component.name), ``about``, ``basis``
    :type content: dictionary, or the same as YAML or JSON text
    :param shipped: name of a framework that ships, instead of ``content``
    :type shipped: string

    :returns: as :py:func:`evaluation_framework_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but supervisors
    :raises ValidationError: with every fault and its place
    """
    tk.check_access("evaluation_framework_create", context, data_dict)
    row = stored.create(_content(data_dict), person(context).user_id)
    model.Session.commit()
    return _shown(row, whole=True)


@tk.side_effect_free
def evaluation_framework_check(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Check a framework without storing it.

    :param content: as in :py:func:`evaluation_framework_create`
    :type content: dictionary or string

    :returns: ``indicators``: how many there are
    :rtype: dictionary
    :raises ValidationError: with every fault and its place
    """
    tk.check_access("evaluation_framework_check", context, data_dict)
    return {"indicators": len(stored.checked(_content(data_dict)).indicators())}


@tk.side_effect_free
def evaluation_framework_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One version of a framework.

    :param id: its id, ``name@version``, or a name for the newest version
    :type id: string

    :returns: ``id``, ``name``, ``version``, ``title``, ``frozen``, ``tree`` and the same as ``yaml``
    :rtype: dictionary
    :raises ObjectNotFound: when there is none
    """
    tk.check_access("evaluation_framework_show", context, data_dict)
    return _shown(stored.get(data_dict.get("id")), whole=True)


@tk.side_effect_free
def evaluation_framework_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """All versions of all frameworks, newest first in each name.

    :rtype: list of dictionaries with ``id``, ``name``, ``version``, ``title``, ``frozen``
    """
    tk.check_access("evaluation_framework_list", context, data_dict)
    return [_shown(row) for row in stored.listed()]


def evaluation_period_open(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Open a period: the framework's version is frozen, and every agency that it applies to gets an evaluation.

    :param name: address of the period, such as 2026
    :type name: string
    :param title: language → title
    :type title: dictionary
    :param framework: id, ``name@version`` or name (its newest version)
    :type framework: string
    :param starts_on: first day
    :type starts_on: string
    :param ends_on: last day
    :type ends_on: string

    :returns: the period
    :rtype: dictionary
    :raises NotAuthorized: for all but supervisors
    :raises ValidationError: also when it overlaps another period under the same framework
    """
    tk.check_access("evaluation_period_open", context, data_dict)
    data = checked(data_dict, schema.period_open(), context)
    data["framework"] = stored.get(data["framework"])
    period = periods.open_period(periods.Opening(**data), person(context).user_id)
    model.Session.commit()
    return showing.period(period)


@tk.side_effect_free
def evaluation_period_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """All periods, the newest first.

    :param published: only those of which something is published
    :type published: bool

    :rtype: list of dictionaries with ``id``, ``name``, ``title``, ``framework``, ``version``, ``starts_on``,
        ``ends_on``, ``snapshot_at``, ``digest``, ``published``
    """
    tk.check_access("evaluation_period_list", context, data_dict)
    return [showing.period(one) for one in periods.listed(published=bool(data_dict.get("published")))]


def evaluation_period_count(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take the facts of a period that has ended: once. The clock does it by itself on the day after.

    :param id: id or name of the period
    :type id: string

    :returns: ``facts``: how many; ``digest`` of all of them
    :rtype: dictionary
    :raises NotAuthorized: for all but supervisors
    :raises ValidationError: before the end, or for a second time
    """
    tk.check_access("evaluation_period_count", context, data_dict)
    period = periods.get(data_dict.get("id"))
    number = moving.count(period.id, person(context).user_id)
    model.Session.commit()
    return {"facts": number, "digest": period.digest}


@tk.side_effect_free
def evaluation_period_verify(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Count the facts of a period again from the cases that were kept with them.

    :param id: id or name of the period
    :type id: string

    :returns: ``facts``, ``different`` (indicator and agency whose sums are other than their cases'), ``digest_equal``
    :rtype: dictionary
    """
    tk.check_access("evaluation_period_verify", context, data_dict)
    return snapshots.verify(periods.get(data_dict.get("id")))
