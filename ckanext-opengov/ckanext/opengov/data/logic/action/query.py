"""The actions that read tables."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.service.limits import limited
from ckanext.opengov.data import push_messages, versions
from ckanext.opengov.data.logic.schema import query as schema
from ckanext.opengov.data.service import keyed, query
from ckanext.opengov.data.service.finding import Faulty
from ckanext.opengov.data.service.query.changes import Span

__all__ = ["data_diff", "data_query"]


@tk.side_effect_free
@limited("data_query")
def data_query(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Read a table: filter, choose, sort, search, group and count. All parameters are data; none is SQL.

    Walk through large answers with ``next``: give it as ``cursor`` and change nothing else. Every row that exists and
    matches throughout the walk comes exactly once. A walk in another order than that of arrival stays with the rows
    of its beginning where the table keeps history; where it does not, ``changed`` tells that rows changed meanwhile.
    A request by GET gives objects as JSON.

    :param resource_id: the id of the table's resource
    :type resource_id: string
    :param fields: names of the fields to return (optional; all)
    :type fields: list of strings
    :param filters: field → value, list of values, None (is empty), or comparisons: ``eq``, ``ne``, ``lt``, ``le``,
        ``gt``, ``ge``, ``in``, ``contains``, ``starts``, ``words`` (one of them is there), ``empty`` (true or false);
        all must hold (optional)
    :type filters: dictionary
    :param q: words that must all be somewhere in the text fields, whichever look-alike letters they have (optional)
    :type q: string
    :param sort: names of fields, of the group or of figures; with ``-`` before them downwards; empty values come last
        (optional; the order of arrival)
    :type sort: list of strings
    :param group: names of fields: one record for each combination of their values; of a date also ``field:year``,
        ``:quarter``, ``:month``, ``:day``, of a number a step such as ``field:100``, of a KATO code ``field:region``
        (optional)
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
    :param version: the rows as they stood after this push, where the table keeps history (optional)
    :type version: int
    :param as_of: the same by a time; a day counts to its end in Almaty (optional)
    :type as_of: string

    :returns: ``fields`` (``id`` and PostgreSQL's ``type``), ``records``, ``next`` (None on the last page), ``total``,
        ``version`` (the number of the push after which the rows stood so; None for tables that no pushes fill),
        ``changed`` (whether rows changed since the walk began)
    :rtype: dictionary
    :raises ValidationError: with everything in the question that is wrong
    :raises ObjectNotFound: when the resource has no table
    """
    wish = _checked(data_dict, schema.query(), context)
    tk.check_access("data_query", context, wish)
    try:
        with query.told(query.SECONDS), query.reading(wish["resource_id"], query.SECONDS) as found:
            if found is None:
                raise tk.ObjectNotFound(tk._("This resource has no table."))
            versions.note(found)
            return query.answered(found, query.read(wish, found.columns))
    except Faulty as problem:
        raise tk.ValidationError({"query": push_messages.sentences(problem.findings)}) from None


@tk.side_effect_free
@limited("data_query")
def data_diff(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """What is different in a table between two of its versions, row by row. The table must keep history.

    :param resource_id: the id of the table's resource
    :type resource_id: string
    :param from: the earlier version: the number of a push, or a day or time (optional; the push before the last)
    :type from: string
    :param to: the later one (optional; as the table stands now)
    :type to: string
    :param limit: records on a page, at most 10000 (optional, default: 100)
    :type limit: int
    :param cursor: ``next`` of the page before (optional)
    :type cursor: string

    :returns: ``from``, ``to`` (numbers of pushes), on the first page ``counts`` (``added``, ``changed``, ``deleted``),
        ``records`` (``change``, ``key``, ``before``, ``after``, ``fields`` that changed), ``next``
    :rtype: dictionary
    :raises ValidationError: when a version is not kept, or not given rightly
    :raises ObjectNotFound: when the resource has no keyed table
    """
    wish = _checked(data_dict, schema.difference(), context)
    tk.check_access("data_diff", context, wish)
    table = keyed.get(wish["resource_id"])
    if table is None:
        raise tk.ObjectNotFound(tk._("There is no keyed table of this resource. Register the data set first."))
    key = keyed.structure_of(table).key
    try:
        with query.told(query.SECONDS), query.reading(table.resource_id, query.SECONDS) as found:
            if found is None:
                raise tk.ObjectNotFound(tk._("This resource has no table."))
            last = _version(found, wish.get("to"), found.number or 0)
            first = _version(found, wish.get("from"), max(0, last - 1))
            span = Span(first, last, min(wish["limit"], schema.MOST_ROWS), wish.get("cursor"))
            return query.difference(found, key, span)
    except Faulty as problem:
        raise tk.ValidationError({"query": push_messages.sentences(problem.findings)}) from None


def _version(found: query.Reading, given: str | None, otherwise: int) -> int:
    """A number, or the last push until a day or a time."""
    if given is None:
        return otherwise
    wish = query.read({"version": given} if given.isdigit() else {"as_of": given}, found.columns)
    if wish.version is not None:
        return wish.version
    moment = wish.as_of or dt.datetime.now(dt.UTC)
    return found.number_at(moment)


def _checked(data_dict: DataDict, rules: Any, context: Context) -> dict[str, Any]:
    wish, errors = tk.navl_validate(data_dict, rules, context)
    if errors:
        raise tk.ValidationError(errors)
    return wish
