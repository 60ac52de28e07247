"""The action that reads tables."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.data import push_messages
from ckanext.opengov.data.logic.schema import query as schema
from ckanext.opengov.data.service import query
from ckanext.opengov.data.service.finding import Faulty

__all__ = ["data_query"]


@tk.side_effect_free
def data_query(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Read a table: filter, choose, sort, search, group and count. All parameters are data; none is SQL.

    Walk through large answers with ``next``: give it as ``cursor`` and change nothing else. Every row that exists and
    matches throughout the walk, with unchanged values in the fields of ``sort``, comes exactly once. A request by GET
    gives objects as JSON.

    :param resource_id: the id of the table's resource
    :type resource_id: string
    :param fields: names of the fields to return (optional; all)
    :type fields: list of strings
    :param filters: field → value, list of values, None (is empty), or comparisons: ``eq``, ``ne``, ``lt``, ``le``,
        ``gt``, ``ge``, ``in``, ``contains``, ``starts``, ``empty`` (true or false); all must hold (optional)
    :type filters: dictionary
    :param q: words that must all be somewhere in the text fields (optional)
    :type q: string
    :param sort: names of fields, of the group or of figures; with ``-`` before them downwards; empty values come last
        (optional; the order of arrival)
    :type sort: list of strings
    :param group: names of fields: one record for each combination of their values (optional)
    :type group: list of strings
    :param aggregates: name of a figure → ``function`` (``count``, ``sum``, ``avg``, ``min``, ``max``, ``distinct``,
        ``median``, ``percentile``), ``field`` and for ``percentile`` ``fraction`` from 0 to 1; ``"count"`` alone
        counts rows (optional)
    :type aggregates: dictionary
    :param limit: records on a page, at most 10000 (optional, default: 100)
    :type limit: int
    :param cursor: ``next`` of the page before (optional)
    :type cursor: string
    :param total: count all records, which takes longer (optional, default: false)
    :type total: boolean

    :returns: ``fields`` (``id`` and PostgreSQL's ``type``), ``records``, ``next`` (None on the last page), ``total``
    :rtype: dictionary
    :raises ValidationError: with everything in the question that is wrong
    :raises ObjectNotFound: when the resource has no table
    """
    wish, errors = tk.navl_validate(data_dict, schema.query(), context)
    if errors:
        raise tk.ValidationError(errors)
    tk.check_access("data_query", context, wish)
    try:
        answer = query.answer(wish["resource_id"], wish)
    except Faulty as problem:
        raise tk.ValidationError({"query": push_messages.sentences(problem.findings)}) from None
    if answer is None:
        raise tk.ObjectNotFound(tk._("This resource has no table."))
    return answer
